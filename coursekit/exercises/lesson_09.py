"""The exercises of lesson 09: each function names the feedback in 09.toml that fits an answer."""

from __future__ import annotations

import numpy as np

from coursekit.exercises import answers

__all__ = ["inference", "old", "smooth"]


def old(answer: object) -> str:
    """The penalty of l1_l2(0.01) on (1, −2, 3): that of L1 alone."""
    value = answers.number(answer)
    known = {"right": 0.06, "both": 0.20, "only_l2": 0.14, "no_strength": 6.0, "zero": 0.0}
    return next((verdict for verdict, expected in known.items() if np.isclose(value, expected)), "other")


def smooth(answer: object) -> str:
    """The smoothed target of a class that is not the correct one: 0.2/5."""
    value = answers.number(answer)
    known = {"right": 0.04, "others_only": 0.05, "correct_class": 0.84, "all": 0.2, "zero": 0.0}
    return next((verdict for verdict, expected in known.items() if np.isclose(value, expected)), "other")


def inference(answer: object) -> str:
    """Which layers act at inference: batch normalization alone."""
    chosen = answers.choices(answer, "abcde")
    if chosen & {"a", "e"}:
        return "dropout"
    if chosen & {"c", "d"}:
        return "noise"
    return "right" if chosen == {"b"} else "missing"
