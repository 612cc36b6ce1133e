"""`quiz`: questions whose every option explains itself when it is opened.

The options are folded HTML elements and need neither a running kernel nor JavaScript: a quiz works on a tablet, in a
printed preview, and in a notebook that nobody has run.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from coursekit import language
from coursekit.exercises.checks import lesson_texts

__all__ = ["Option", "Question", "Quiz", "quiz"]


@dataclass(frozen=True)
class Option:
    """One option of a question: its text, whether it is right, and why or why not."""

    text: str
    right: bool
    why: str


@dataclass(frozen=True)
class Question:
    """A question and its options."""

    text: str
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Quiz:
    """The questions of a lesson, in the reader's language."""

    questions: tuple[Question, ...]

    def __repr__(self) -> str:
        lines = []
        for number, question in enumerate(self.questions, 1):
            lines.append(f"{number}. {question.text}")
            lines += [
                f"   {letter}) {o.text}" for letter, o in zip("abcdefgh", question.options, strict=False)
            ]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        parts = []
        for number, question in enumerate(self.questions, 1):
            parts.append(f"<p><b>{number}.</b> {_inline(question.text)}</p>")
            for letter, option in zip("abcdefgh", question.options, strict=False):
                mark = "✓" if option.right else "✗"
                parts.append(
                    f'<details style="margin-left: 1.5em"><summary>{letter}) {_inline(option.text)}</summary>'
                    f'<p style="margin-left: 1.5em">{mark} {_inline(option.why)}</p></details>'
                )
        return "\n".join(parts)


def quiz(lesson: str) -> Quiz:
    """Return the quiz of a lesson; a notebook shows the questions with folded answers.

    Args:
        lesson: the lesson's number, such as ``"01"``.

    Raises:
        ValueError: if the lesson has no quiz.
    """
    tables = lesson_texts(lesson).get("quiz", [])
    if not tables:
        raise ValueError(
            f"`lesson` must be the number of a lesson that has a quiz. Received: lesson={lesson!r}"
        )
    where = f"quiz of lesson {lesson}"
    return Quiz(
        tuple(
            Question(
                language.translate(table["question"], where=where),
                tuple(
                    Option(
                        language.translate(option["text"], where=where),
                        option.get("right", False),
                        language.translate(option["why"], where=where),
                    )
                    for option in table["options"]
                ),
            )
            for table in tables
        )
    )


def _inline(text: str) -> str:
    """Return a text as HTML, with `code` and **bold** as in markdown."""
    text = html.escape(text, quote=False)
    text = re.sub(r"`([^`]+)`", r"<code>\1</code>", text)
    return re.sub(r"\*\*([^*]+)\*\*", r"<b>\1</b>", text)
