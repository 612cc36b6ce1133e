"""The exercises of lesson 00: each function names the feedback in 00.toml that fits an answer."""

from __future__ import annotations

from coursekit.data import Dataset
from coursekit.exercises import answers

__all__ = ["count", "rate", "trust"]


def count(answer: object, digits: Dataset) -> str:
    """How many training labels are wrong."""
    value = answers.number(answer)
    wrong = digits.wrong_labels
    assert wrong is not None, "lesson 00 uses the digits, which know their wrong labels"
    if value == wrong.sum():
        return "right"
    if value == (~wrong).sum():
        return "right_labels"
    if value == round(0.4 * len(wrong)):
        return "redrawn"
    if abs(value - wrong.mean()) < 0.001:
        return "fraction"
    return "other"


def trust(answer: object) -> str:
    """The network that does better on new images: b."""
    return "right" if answers.choice(answer, "ab") == "b" else "training"


def rate(answer: object) -> str:
    """Dropout(0.3) drops 76.8 of 256 units on average; 76 to 77 will do."""
    value = answers.number(answer)
    if 76 <= value <= 77:
        return "right"
    if 179 <= value <= 180:
        return "kept"
    return "other"
