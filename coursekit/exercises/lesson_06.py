"""The exercises of lesson 06: each function names the feedback in 06.toml that fits an answer."""

from __future__ import annotations

from typing import Any

import numpy as np

from coursekit.exercises import answers

__all__ = ["find", "gap", "scale"]


def scale(answer: object) -> str:
    """The factor of the survivors of Dropout(0.8): 1/0.2."""
    value = answers.number(answer)
    known = {"right": 5.0, "kept": 1.25, "rate": 0.8, "keep": 0.2}
    return next((verdict for verdict, expected in known.items() if np.isclose(value, expected)), "other")


def gap(answer: object, grid: np.ndarray, sds: np.ndarray) -> str:
    """The mean standard deviation in the gap, divided by that where there are data."""
    value, places, widths = answers.number(answer), np.abs(np.asarray(grid)), np.asarray(sds)
    inside, with_data = places < 0.3, (places >= 0.3) & (places <= 1)
    ratio = widths[inside].mean() / widths[with_data].mean()
    known = {
        "right": ratio,
        "upside_down": 1 / ratio,
        "all_outside": widths[inside].mean() / widths[~inside].mean(),
        "difference": widths[inside].mean() - widths[with_data].mean(),
    }
    return next((name for name, expected in known.items() if np.isclose(value, expected, rtol=1e-3)), "other")


def find(answer: object, model: Any, x: np.ndarray, y: np.ndarray) -> str:
    """The accuracy of a model on some rows, with dropout off."""
    from coursekit import training

    value = answers.number(answer)
    if np.isclose(value, training.evaluate(model, x, y)["accuracy"], atol=1e-4):
        return "right"
    return "percent" if 1 < value <= 100 else "other"
