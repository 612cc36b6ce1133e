"""The exercises of lesson 02: each function names the feedback in 02.toml that fits an answer."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from coursekit.exercises import answers

__all__ = ["diagnose", "gap", "variance"]

DIAGNOSES = ("over", "under", "fine")


def gap(answer: object, scores: Mapping[str, pd.DataFrame]) -> str:
    """The mean difference between training and test accuracy with 200 training images."""
    value = answers.number(answer)
    training, test = (scores[part].loc[200].to_numpy() for part in ("training", "test"))
    known = {
        "right": np.mean(training - test),
        "reversed": np.mean(test - training),
        "training_only": training.mean(),
        "test_only": test.mean(),
        "all_sizes": np.mean(scores["training"].to_numpy() - scores["test"].to_numpy()),
    }
    return next((name for name, expected in known.items() if np.isclose(value, expected, atol=1e-3)), "other")


def diagnose(answer: object) -> str:
    """A overfits, B underfits, C does neither."""
    found = [answers.choice(one, DIAGNOSES) for one in answers.parts(answer)]
    if len(found) != 3:
        return "three"
    for name, one, expected in zip("abc", found, DIAGNOSES, strict=True):
        if one != expected:
            return name
    return "right"


def variance(answer: object, fits: np.ndarray, truth: np.ndarray) -> str:
    """The variance of the fits over training sets, averaged over the places."""
    value, curves = answers.number(answer), np.asarray(fits)
    known = {
        "right": curves.var(axis=0).mean(),
        "deviation": curves.std(axis=0).mean(),
        "along_x": curves.var(axis=1).mean(),
        "squared_bias": np.mean((curves.mean(axis=0) - truth) ** 2),
        "whole_error": np.mean((curves - truth) ** 2),
    }
    return next((name for name, expected in known.items() if np.isclose(value, expected, rtol=1e-3)), "other")
