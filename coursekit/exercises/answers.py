"""Reading a reader's answer: numbers, choices and names, full-width characters understood."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable

import numpy as np

from coursekit import language


class NotUnderstood(Exception):
    """The answer is not of the kind that the exercise asks for; the message says what is, to the reader."""


def normalized(answer: str) -> str:
    """Return a text with full-width letters, digits and signs made half-width, in lower case and trimmed."""
    # The long vowel mark and two dashes are what an input method gives for a minus; NFKC leaves them alone.
    text = unicodedata.normalize("NFKC", answer).translate(str.maketrans("ー−–", "---"))
    return text.strip().lower()


def number(answer: object) -> float:
    """Return the answer as a finite number.

    Raises:
        NotUnderstood: if it is none.
    """
    value: object = answer
    if isinstance(value, str):
        value = normalized(value).removesuffix("%")
    if isinstance(value, np.ndarray) and value.size == 1:
        value = value.item()
    try:
        result = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        result = math.nan
    if isinstance(answer, bool) or not math.isfinite(result):
        raise NotUnderstood(language.text("answer_number", answer=_short(answer)))
    return result


def choice(answer: object, options: Iterable[str]) -> str:
    """Return the answer as one of the options, written in lower case.

    Raises:
        NotUnderstood: if it is none of them.
    """
    options = list(options)
    text = normalized(answer) if isinstance(answer, str) else answer
    if text not in options:
        raise NotUnderstood(
            language.text(
                "answer_choice", options=", ".join(f'"{o}"' for o in options), answer=_short(answer)
            )
        )
    return str(text)


def choices(answer: object, options: Iterable[str]) -> set[str]:
    """Return the answer as a set of options; a text such as ``"a, c"`` or ``"ac"`` will do.

    Raises:
        NotUnderstood: if something in it is no option.
    """
    options = list(options)
    if isinstance(answer, str):
        answer = [c for c in normalized(answer) if c not in " ,、・"]
    if not isinstance(answer, (list, tuple, set, frozenset)):
        raise NotUnderstood(
            language.text(
                "answer_choice", options=", ".join(f'"{o}"' for o in options), answer=_short(answer)
            )
        )
    return {choice(part, options) for part in answer}


def array(answer: object, shape: tuple[int, ...]) -> np.ndarray:
    """Return the answer as an array of finite numbers of the given shape.

    Raises:
        NotUnderstood: if it is none.
    """
    try:
        values = np.asarray(answer, dtype="float64")
    except (TypeError, ValueError):
        raise NotUnderstood(language.text("answer_array", shape=shape, answer=_short(answer))) from None
    if values.shape != shape or not np.isfinite(values).all():
        raise NotUnderstood(language.text("answer_array", shape=shape, answer=_short(answer)))
    return values


def _short(answer: object) -> str:
    """Return the answer as text of at most 60 characters."""
    text = repr(answer).replace("\n", " ")
    return text if len(text) <= 60 else text[:57] + "…"
