"""Reading a reader's answer: numbers, choices and names, full-width characters understood."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from coursekit import _arguments, language

if TYPE_CHECKING:
    import pandas as pd


class NotUnderstood(Exception):
    """The answer is not of the kind that the exercise asks for; the message says what is, to the reader."""


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
    value = normalized(answer).removesuffix("%") if isinstance(answer, str) else answer
    try:
        single = np.asarray(value)
        result = math.nan if single.dtype.kind in "bmM" else float(single.item())
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
    options = list(options)
    text = normalized(answer) if isinstance(answer, str) else None
    if text is None or text not in options:
        raise _no_choice(answer, options)
    return text


def choices(answer: object, options: Iterable[str]) -> set[str]:
    """Return the answer as a set of options; a text such as ``"a, c"`` or ``"ac"`` will do.

    Raises:
        NotUnderstood: if something in it is no option.
    """
    options = list(options)
    if isinstance(answer, str):
        answer = [c for c in normalized(answer) if c not in " ,、・"]
    if not isinstance(answer, (list, tuple, set, frozenset)):
        raise _no_choice(answer, options)
    return {choice(part, options) for part in answer}


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


def table(answer: object, *columns: str) -> pd.DataFrame:
    """Return the table of a `History`, with these columns and a finite number in each.

    Raises:
        NotUnderstood: if the answer is no `History`, or one without them.
    """
    found = getattr(answer, "table", None)
    if found is None or not all(name in found and np.isfinite(found[name]).any() for name in columns):
        names = ", ".join(columns)
        raise NotUnderstood(language.text("answer_history", columns=names, answer=_arguments.shown(answer)))
    return found


def _no_choice(answer: object, options: list[str]) -> NotUnderstood:
    names = ", ".join(f'"{option}"' for option in options)
    return NotUnderstood(language.text("answer_choice", options=names, answer=_arguments.shown(answer)))
