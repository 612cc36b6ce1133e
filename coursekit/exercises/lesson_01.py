"""The exercises of lesson 01: each function names the feedback in 01.toml that fits an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from coursekit.exercises import answers

if TYPE_CHECKING:
    from coursekit.training import History

__all__ = ["best_epoch", "cases", "gap", "smaller"]


def best_epoch(answer: object, history: History) -> str:
    """The epoch with the lowest validation loss."""
    value = answers.number(answer)
    table = answers.table(history, "data_loss", "val_data_loss", "val_accuracy")
    epochs = table["epoch"].to_numpy()
    best = np.nanargmin(table["val_data_loss"])
    if value == epochs[best]:
        return "right"
    if value == best:
        return "row_number"
    if value == epochs[np.nanargmin(table["data_loss"])]:
        return "training_loss"
    if value == epochs[np.nanargmax(table["val_accuracy"])]:
        return "accuracy"
    return "other"


def gap(answer: object, history: History) -> str:
    """Training accuracy minus validation accuracy in the last epoch."""
    value = answers.number(answer)
    table = answers.table(history, "accuracy", "val_accuracy")
    gaps = (table["accuracy"] - table["val_accuracy"]).to_numpy()
    expected = gaps[-1]
    if abs(value - expected) < 0.002:
        return "right"
    if abs(value + expected) < 0.002:
        return "sign"
    if abs(value - 100 * expected) < 0.2:
        return "percent"
    if abs(value - gaps[0]) < 0.002:
        return "first_epoch"
    return "other"


def cases(answer: object) -> str:
    """Which of four cases are overfitting: a and d."""
    chosen = answers.choices(answer, "abcd")
    if chosen == {"a", "d"}:
        return "right"
    if "b" in chosen:
        return "underfitting"
    if "c" in chosen:
        return "shift"
    return "incomplete"


def smaller(answer: object, history: History) -> str:
    """A network whose final validation loss is below half of the large one's, without underfitting."""
    columns = ("val_data_loss", "val_accuracy")
    mine, large = answers.table(answer, *columns).iloc[-1], answers.table(history, *columns).iloc[-1]
    if mine["val_accuracy"] <= 0.4:
        return "underfitting"
    # Asked this way round, a loss that is no number is not right.
    if mine["val_data_loss"] < large["val_data_loss"] / 2:
        return "right"
    return "too_large"
