"""Feedback in the reader's language: `check` for exercises, `quiz` for questions to think about.

Each lesson has two files beside this one: ``lesson_NN.py`` decides whether an answer is right, and ``NN.toml`` holds
every text, in all languages, side by side.
"""

from coursekit.exercises.checks import Feedback, check
from coursekit.exercises.quizzes import Quiz, quiz

__all__ = ["Feedback", "Quiz", "check", "quiz"]


def __dir__() -> list[str]:
    return __all__  # completion shows no module that is merely used here
