"""Checks of arguments, with one kind of message: what an argument must be, and what was received."""

from __future__ import annotations

import math
from numbers import Real

import numpy as np


def integer(name: str, value: object, *, lowest: int) -> int:
    """Return the value as an int.

    Raises:
        ValueError: if it is no integer (True is none), or lower than ``lowest``.
    """
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < lowest:
        raise ValueError(f"`{name}` must be an integer, at least {lowest}. {received(name, value)}")
    return int(value)


def number(name: str, value: object, interval: str, meaning: str = "") -> float:
    """Return the value as a float.

    Args:
        name: what the message calls the argument.
        value: the argument; NumPy's numbers will do.
        interval: where it must lie, such as ``"[0, 1)"``: a round bracket excludes the end.
        meaning: what the argument is, where the message should say so.

    Raises:
        ValueError: if it is no number (True is none), or outside the interval; NaN is outside any.
    """
    low, high = map(float, interval[1:-1].split(","))
    try:
        x = float(value) if isinstance(value, Real) and not isinstance(value, bool) else math.nan
    except OverflowError:
        x = math.inf
    inside = (
        low <= x <= high and not (x == low and interval[0] == "(") and not (x == high and interval[-1] == ")")
    )
    if not inside:
        what = f"a number in {interval}" + (f", {meaning}" if meaning else "")
        raise ValueError(f"`{name}` must be {what}. {received(name, value)}")
    return x


def array(name: str, value: object, *, finite: bool = False) -> np.ndarray:
    """Return the value as an array of float64.

    Raises:
        ValueError: if it holds anything but real numbers, or, where ``finite`` is asked, NaN or infinity.
    """
    try:
        found = np.asarray(value)
    except (TypeError, ValueError):
        found = np.array(None)
    if found.dtype.kind not in "buif" or (finite and not np.isfinite(found).all()):
        what = "an array of finite numbers" if finite else "an array of numbers"
        raise ValueError(f"`{name}` must be {what}. {received(name, value)}")
    return found.astype("float64")


def column(name: str, value: object, *, rows: int | None = None, finite: bool = True) -> np.ndarray:
    """Return the value as an array of float64 of shape (rows,); shape (rows, 1) or a single number will do.

    Args:
        name: what the message calls the argument.
        value: the argument.
        rows: how many rows there must be; any number from 1 on by default.
        finite: whether NaN and infinity are refused.

    Raises:
        ValueError: if it is no such array.
    """
    found = array(name, value, finite=finite)
    values = found.ravel()
    one_column = found.shape in ((), values.shape, (values.size, 1))
    if not one_column or not values.size or rows not in (None, values.size):
        shape = "(rows,) with at least 1 row" if rows is None else f"({rows},)"
        raise ValueError(f"`{name}` must have the shape {shape}. Received: an array of shape {found.shape}")
    return values


def received(name: str, value: object) -> str:
    """Return the last sentence of a message: "Received: name=value"."""
    return f"Received: {name}={shown(value)}"


def shown(value: object) -> str:
    """Return a value as it is written in code, on one line of at most 60 characters."""
    try:
        text = " ".join(repr(value).split())
    except Exception:  # a repr may fail in any way; the message about the value must not
        text = f"<{type(value).__name__}>"
    return text if len(text) <= 60 else text[:59] + "…"
