"""The checks of lesson 03: right answers are right, and likely mistakes get the hint that fits."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from coursekit import language
from coursekit.exercises import check
from coursekit.exercises.checks import lesson_texts

# Two seeds: the best mean validation accuracy, 0.6, is at λ = 0.01, the best training accuracy at 0.
RESULT = SimpleNamespace(
    final=pd.DataFrame(
        {
            "l2": [0.0, 0.001, 0.01, 0.1] * 2,
            "seed": [0] * 4 + [1] * 4,
            "accuracy": [1.0, 0.9, 0.6, 0.1, 0.98, 0.9, 0.6, 0.1],
            "val_accuracy": [0.4, 0.5, 0.58, 0.1, 0.42, 0.66, 0.62, 0.1],
        }
    )
)
CASES = [
    ("penalty", (0.14,), "right"),
    ("penalty", ("０．１４",), "right"),
    ("penalty", (0.07,), "half"),
    ("penalty", (0.01 * np.linalg.norm([1, -2, 3]),), "norm"),
    ("penalty", (0.06,), "sizes"),
    ("penalty", (14,), "no_strength"),
    ("penalty", (0.2,), "other"),
    ("halving", (69,), "right"),
    ("halving", (np.log(0.5) / np.log(0.99),), "too_early"),
    ("halving", (np.ceil(np.log(0.5) / np.log(0.995)),), "half_force"),
    ("halving", (50,), "same_amount"),
    ("halving", (1000,), "other"),
    ("alpha", (3,), "right"),
    ("alpha", (0.02,), "unchanged"),
    ("alpha", (1.5,), "factor_two"),
    ("alpha", (6,), "factor_two"),
    ("alpha", (0.02 / 150,), "divided"),
    ("alpha", (5,), "other"),
    ("units", (1e6,), "right"),
    ("units", (1000,), "not_squared"),
    ("units", (1e-6,), "upside_down"),
    ("units", (1,), "same"),
    ("units", (9,), "other"),
    ("strength", (0.01, RESULT), "right"),
    ("strength", (0.6, RESULT), "score"),
    ("strength", (0.0, RESULT), "training"),
    ("strength", (0.1, RESULT), "other"),
]


@pytest.mark.parametrize("code", language.languages())
@pytest.mark.parametrize(("name", "given", "verdict"), CASES)
def test_the_hint_fits_the_answer(name, given, verdict, code):
    language.set_language(code)
    feedback = check(f"03-{name}", *given)
    assert feedback.right == (verdict == "right")
    assert feedback.message.endswith(lesson_texts("03")["exercises"][name][verdict][code])


def test_every_feedback_can_be_reached():
    written = {
        (name, verdict) for name, texts in lesson_texts("03")["exercises"].items() for verdict in texts
    }
    assert written == {(name, verdict) for name, _, verdict in CASES}


def test_an_unanswered_exercise_is_no_mistake():
    assert check("03-strength", ..., RESULT).status == "unanswered"
