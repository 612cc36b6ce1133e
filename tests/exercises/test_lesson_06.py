"""The checks of lesson 06: right answers are right, and likely mistakes get the hint that fits."""

import numpy as np
import pytest

from coursekit import data, language, models, training
from coursekit.exercises import check
from coursekit.exercises.checks import lesson_texts

GRID = np.array([-1.5, -0.6, 0.0, 0.6, 1.5])
SDS = np.array([0.8, 0.1, 0.3, 0.3, 0.8])
CASES = [
    ("scale", (5,), "right"),
    ("scale", (1.25,), "kept"),
    ("scale", (0.8,), "rate"),
    ("scale", (0.2,), "keep"),
    ("scale", (2,), "other"),
    ("gap", (1.5, GRID, SDS), "right"),
    ("gap", (2 / 3, GRID, SDS), "upside_down"),
    ("gap", (0.6, GRID, SDS), "all_outside"),
    ("gap", (0.1, GRID, SDS), "difference"),
    ("gap", (9, GRID, SDS), "other"),
]


@pytest.mark.parametrize(("name", "arguments", "verdict"), CASES)
@pytest.mark.parametrize("code", sorted(language.languages()))
def test_an_answer_gets_the_feedback_that_fits(code, name, arguments, verdict):
    language.set_language(code)
    feedback = check(f"06-{name}", *arguments)
    assert feedback.right is (verdict == "right")
    assert lesson_texts("06")["exercises"][name][verdict][code] in feedback.message


def test_the_accuracy_without_dropout_is_asked_for():
    model, test = models.classifier(64, 10, units=4, dropout_rate=0.5, seed=0), data.digits(seed=0).test
    accuracy = training.evaluate(model, *test)["accuracy"]
    for answer, verdict in ((accuracy, "right"), (100 * accuracy + 1, "percent"), (accuracy / 3, "other")):
        feedback = check("06-find", answer, model, *test)
        assert lesson_texts("06")["exercises"]["find"][verdict]["en"] in feedback.message


def test_every_feedback_has_a_case():
    reached = {(name, verdict) for name, _, verdict in CASES} | {
        ("find", verdict) for verdict in ("right", "percent", "other")
    }
    texts = lesson_texts("06")["exercises"]
    assert {(name, verdict) for name in texts for verdict in texts[name]} == reached
