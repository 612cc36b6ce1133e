"""The exercises of lesson 01: each function names the feedback in 01.toml that fits an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coursekit.exercises import answers

if TYPE_CHECKING:
    from coursekit.training import History


def best_epoch(answer: object, history: History) -> str:
    """The epoch with the lowest validation loss."""
    table = history.table
    value = answers.number(answer)
    best = table["val_data_loss"].idxmin()
    if value == table.loc[best, "epoch"]:
        return "right"
    if value == best:
        return "row_number"
    if value == table.loc[table["data_loss"].idxmin(), "epoch"]:
        return "training_loss"
    if value == table.loc[table["val_accuracy"].idxmax(), "epoch"]:
        return "accuracy"
    return "other"


def gap(answer: object, history: History) -> str:
    """Training accuracy minus validation accuracy in the last epoch."""
    last = history.table.iloc[-1]
    value, expected = answers.number(answer), last["accuracy"] - last["val_accuracy"]
    if abs(value - expected) < 0.002:
        return "right"
    if abs(value + expected) < 0.002:
        return "sign"
    if abs(value - 100 * expected) < 0.2:
        return "percent"
    first = history.table.iloc[0]
    if abs(value - (first["accuracy"] - first["val_accuracy"])) < 0.002:
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


def smaller(answer: History, history: History) -> str:
    """A network whose final validation loss is below half of the large one's, without underfitting."""
    mine, large = answer.table.iloc[-1], history.table.iloc[-1]
    if mine["val_accuracy"] <= 0.4:
        return "underfitting"
    if mine["val_data_loss"] >= large["val_data_loss"] / 2:
        return "too_large"
    return "right"
