"""The exercises of lesson 03: each function names the feedback in 03.toml that fits an answer."""

from __future__ import annotations

from math import isclose, sqrt
from typing import TYPE_CHECKING

from coursekit.exercises import answers

if TYPE_CHECKING:
    from coursekit.training import SweepResult

__all__ = ["alpha", "halving", "penalty", "strength", "units"]


def penalty(answer: object) -> str:
    """0.01 · (1 + 4 + 9) = 0.14."""
    value = answers.number(answer)
    if isclose(value, 0.14, abs_tol=1e-6):
        return "right"
    if isclose(value, 0.07, abs_tol=1e-6):
        return "half"
    if isclose(value, 0.01 * sqrt(14), abs_tol=1e-3):
        return "norm"
    if isclose(value, 0.06, abs_tol=1e-6):
        return "sizes"
    if isclose(value, 14, abs_tol=1e-6):
        return "no_strength"
    return "other"


def halving(answer: object) -> str:
    """The first step at which 0.99 to the power of the steps is at most one half: 69."""
    value = answers.number(answer)
    if value == 69:
        return "right"
    if 68 <= value < 69:
        return "too_early"
    if value in (138, 139):
        return "half_force"
    if value == 50:
        return "same_amount"
    return "other"


def alpha(answer: object) -> str:
    """n·λ = 150 · 0.02 = 3."""
    value = answers.number(answer)
    if isclose(value, 3, rel_tol=1e-6):
        return "right"
    if isclose(value, 0.02, rel_tol=1e-6):
        return "unchanged"
    if isclose(value, 1.5, rel_tol=1e-6) or isclose(value, 6, rel_tol=1e-6):
        return "factor_two"
    if isclose(value, 0.02 / 150, rel_tol=0.01):
        return "divided"
    return "other"


def units(answer: object) -> str:
    """A weight 1000 times as large has a million times the penalty."""
    value = answers.number(answer)
    if isclose(value, 1e6, rel_tol=1e-6):
        return "right"
    if isclose(value, 1e3, rel_tol=1e-6):
        return "not_squared"
    if isclose(value, 1e-6, rel_tol=1e-6) or isclose(value, 1e-3, rel_tol=1e-6):
        return "upside_down"
    if isclose(value, 1, rel_tol=1e-6):
        return "same"
    return "other"


def strength(answer: object, result: SweepResult) -> str:
    """The λ with the best mean accuracy on the validation data."""
    value = answers.number(answer)
    final = result.final.groupby("l2")[["accuracy", "val_accuracy"]].mean()
    strengths, validation = final.index.to_numpy(), final["val_accuracy"].to_numpy()
    if isclose(value, strengths[validation.argmax()], rel_tol=0.01):
        return "right"
    if isclose(value, validation.max(), rel_tol=0.01):
        return "score"
    if isclose(value, strengths[final["accuracy"].to_numpy().argmax()], rel_tol=0.01, abs_tol=1e-6):
        return "training"
    return "other"
