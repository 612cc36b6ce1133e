"""`check`: is this answer right, and if not, what is worth another look?"""

from __future__ import annotations

import html
import importlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import resources

from coursekit import language
from coursekit._arguments import received, shown
from coursekit.exercises.answers import NotUnderstood, Unanswered

__all__ = ["MARKS", "Feedback", "check", "lesson_texts", "lessons"]

# Sign and color of each status; the colors are told apart with any color vision.
MARKS = {"right": ("✓", "#009E73"), "wrong": ("✗", "#D55E00"), "unanswered": ("…", "#0072B2")}


@dataclass(frozen=True)
class Feedback:
    """What `check` says about an answer; a notebook shows it as a coloured box.

    Attributes:
        status: ``"right"``, ``"wrong"`` or ``"unanswered"``.
        message: the text, in the reader's language.
    """

    status: str
    message: str

    @property
    def right(self) -> bool:
        """Whether the answer is right."""
        return self.status == "right"

    def __repr__(self) -> str:
        return f"{MARKS[self.status][0]} {self.message}"

    def _repr_html_(self) -> str:
        mark, color = MARKS[self.status]
        return (
            f'<div style="border-left: 4px solid {color}; padding: 4px 12px; margin: 4px 0">'
            f'<b style="color: {color}">{mark}</b> {html.escape(self.message, quote=False)}</div>'
        )


def check(name: str, answer: object, *context: object) -> Feedback:
    """Say whether an answer is right, in the reader's language.

    An unanswered exercise (``answer = ...``) is no error, and neither is an answer of the wrong kind: the feedback
    says what is expected. Digits and letters typed in full width are understood. Where what the exercise is about is
    missing or of another kind, the feedback says how `check` is called.

    Args:
        name: the exercise, such as ``"01-best-epoch"``.
        answer: the reader's answer.
        context: what the exercise is about, for example a `History`, where the right answer depends on it.

    Returns:
        A `Feedback`.

    Raises:
        ValueError: if there is no such exercise; the message lists those of the lesson.
    """
    judge, texts = _exercise(name)
    if answer is Ellipsis:
        return Feedback("unanswered", language.text("check_unanswered"))
    try:
        verdict = judge(answer, *context)
    except Unanswered as nothing:
        return Feedback("unanswered", str(nothing))
    except NotUnderstood as problem:
        return Feedback("wrong", str(problem))
    # Answers are read without an error, so it is the context that is missing, too much or of another kind.
    except Exception:
        return Feedback("wrong", _how_to_call(name, judge, context))
    message = language.translate(texts[verdict], where=f"exercise {name!r}, {verdict!r}")
    if verdict == "right":
        return Feedback("right", language.text("check_right") + message)
    return Feedback("wrong", language.text("check_wrong") + message)


def _how_to_call(name: str, judge: Callable[..., str], context: tuple[object, ...]) -> str:
    """Say how an exercise is checked, and what was received instead."""
    needed, given = list(inspect.signature(judge).parameters), ["answer", *map(shown, context)]
    return language.text("check_call", name=name, needed=", ".join(needed), given=", ".join(given))


@cache
def lessons() -> tuple[str, ...]:
    """Return the numbers of the lessons that have exercises or a quiz, such as ``"01"``."""
    files = resources.files("coursekit.exercises").iterdir()
    return tuple(sorted(file.name.removesuffix(".toml") for file in files if file.name.endswith(".toml")))


def lesson_texts(lesson: str) -> dict:
    """Return the texts of a lesson's exercises and quiz: the content of ``NN.toml``.

    Raises:
        ValueError: if the lesson has none.
    """
    if not isinstance(lesson, str) or lesson not in lessons():
        known = ", ".join(map(repr, lessons()))
        raise ValueError(f"`lesson` must be one of {known}. {received('lesson', lesson)}")
    return language.read_toml(f"exercises/{lesson}.toml")


def _exercise(name: str) -> tuple[Callable[..., str], dict]:
    """Return the function that judges an exercise, and its texts."""
    lesson, _, short = name.partition("-") if isinstance(name, str) else ("", "", "")
    # A name that fits no lesson is answered with all exercises there are.
    near = [lesson] if lesson in lessons() else lessons()
    known = [f"{number}-{key}" for number in near for key in lesson_texts(number).get("exercises", {})]
    if not isinstance(name, str) or name not in known:
        raise ValueError(f"`name` must be one of {', '.join(map(repr, known))}. {received('name', name)}")
    exercises = lesson_texts(lesson)["exercises"]
    module = importlib.import_module(f"coursekit.exercises.lesson_{lesson}")
    return getattr(module, short.replace("-", "_")), exercises[short]
