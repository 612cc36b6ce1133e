"""Reading a reader's answer: numbers, choices and names, full-width characters understood."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Set
from typing import TYPE_CHECKING

import numpy as np

from coursekit import _arguments, language

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "NotUnderstood",
    "Unanswered",
    "array",
    "call",
    "choice",
    "choices",
    "normalized",
    "number",
    "parts",
    "table",
]

# 1,000,000 but not 1,5, which some countries write for 1.5.
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?")
_UNITS = {"万": 1e4, "億": 1e8, "million": 1e6}


class NotUnderstood(Exception):
    """The answer is not of the kind that the exercise asks for; the message says what is, to the reader."""


class Unanswered(Exception):
    """The answer is a function that returns nothing; the message says so, to the reader."""


def normalized(answer: str) -> str:
    """Return a text with full-width letters, digits and signs made half-width, in lower case and trimmed."""
    # The long vowel mark and these dashes are what an input method gives for a minus; NFKC leaves them alone.
    text = unicodedata.normalize("NFKC", answer).translate(str.maketrans("ー−–‐", "----"))
    return text.strip().lower()


def number(answer: object) -> float:
    """Return the answer as a finite number.

    Raises:
        NotUnderstood: if it is none.
    """
    try:
        single = np.asarray(answer)
        value = single.item()
        if isinstance(value, str):
            value = _number_in(normalized(value).removesuffix("%"))
        result = math.nan if isinstance(value, bool) or single.dtype.kind in "mM" else float(value)
    except Exception:  # whatever the answer is, the reader gets a sentence and no traceback
        result = math.nan
    if not math.isfinite(result):
        raise NotUnderstood(language.text("answer_number", answer=_arguments.shown(answer)))
    return result


def choice(answer: object, options: Iterable[str]) -> str:
    """Return the answer as one of the options, written in lower case.

    Raises:
        NotUnderstood: if it is none of them.
    """
    options, given = list(options), parts(answer)
    text = normalized(given[0]) if len(given) == 1 and isinstance(given[0], str) else None
    if text not in options:
        names = ", ".join(f'"{option}"' for option in options)
        raise NotUnderstood(language.text("answer_choice", options=names, answer=_arguments.shown(answer)))
    return text


def choices(answer: object, options: Iterable[str]) -> set[str]:
    """Return the answer as a set of options; a text such as ``"a, c"`` or ``"ac"`` will do.

    Raises:
        NotUnderstood: if something in it is no option.
    """
    options = list(options)
    if isinstance(answer, str):
        answer = [c for c in normalized(answer) if c not in " ,、・"]
    return {choice(part, options) for part in (answer if isinstance(answer, Set) else parts(answer))}


def parts(answer: object) -> list:
    """Return the values of a list, an array or a Series in their order; anything else is a single value."""
    try:
        return np.asarray(answer, dtype=object).ravel().tolist()
    except Exception:  # as in `number`
        return [answer]


def array(answer: object, shape: tuple[int, ...]) -> np.ndarray:
    """Return the answer as an array of finite numbers of the given shape.

    Raises:
        NotUnderstood: if it is none.
    """
    try:
        values = _arguments.array("answer", answer, finite=True)
    except Exception:  # as in `number`
        values = None
    if values is None or values.shape != shape:
        raise NotUnderstood(language.text("answer_array", shape=shape, answer=_arguments.shown(answer)))
    return values


def call(function: object, *arguments: object) -> object:
    """Return what the reader's function gives for these arguments.

    Raises:
        NotUnderstood: if it is no function, or raises an error.
        Unanswered: if it returns nothing, as a function does whose body is still to be written.
    """
    if not callable(function):
        raise NotUnderstood(language.text("answer_function", answer=_arguments.shown(function)))
    try:
        result = function(*arguments)
    except Exception as problem:  # as in `number`
        error = f"{type(problem).__name__}: {problem}"
        raise NotUnderstood(language.text("answer_function_failed", error=error)) from None
    if result is None or result is Ellipsis:
        raise Unanswered(language.text("answer_function_nothing"))
    return result


def table(answer: object, *columns: str) -> pd.DataFrame:
    """Return the table of a `History`, with these columns and a finite number in each.

    Raises:
        NotUnderstood: if the answer is no `History`, or one without them.
    """
    try:
        found = answer.table  # type: ignore[attr-defined]
        complete = all(np.isfinite(found[name]).any() for name in columns)
    except Exception:  # as in `number`
        complete = False
    if not complete:
        names = ", ".join(columns)
        raise NotUnderstood(language.text("answer_history", columns=names, answer=_arguments.shown(answer)))
    return found


def _number_in(text: str) -> float:
    """Return the number that a normalized text says, with thousands separated or a unit of counting behind it."""
    for unit, size in _UNITS.items():
        if text.endswith(unit):
            return size * _number_in(text.removesuffix(unit).rstrip())
    return float(text.replace(",", "") if _THOUSANDS.fullmatch(text) else text)
