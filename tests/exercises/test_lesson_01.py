"""The checks of lesson 01: right answers are right, and likely mistakes get the hint that fits."""

import pytest

from coursekit import language
from coursekit.exercises import check
from coursekit.exercises.checks import lesson_texts
from coursekit.training import History

HISTORY = History(
    {
        "data_loss": [2.0, 1.5, 1.0, 0.5],
        "penalty": [0.0] * 4,
        "accuracy": [0.3, 0.6, 0.8, 1.0],
        "val_data_loss": [2.0, 1.4, 1.6, 2.5],
        "val_penalty": [0.0] * 4,
        "val_accuracy": [0.25, 0.5, 0.6, 0.4],
    }
)


def smaller(loss, accuracy):
    return History({"data_loss": [1.0], "val_data_loss": [loss], "val_accuracy": [accuracy]})


CASES = [
    ("best-epoch", (2, HISTORY), "right"),
    ("best-epoch", (1, HISTORY), "row_number"),
    ("best-epoch", (4, HISTORY), "training_loss"),
    ("best-epoch", (3, HISTORY), "accuracy"),
    ("best-epoch", (99, HISTORY), "other"),
    ("gap", (0.6, HISTORY), "right"),
    ("gap", (-0.6, HISTORY), "sign"),
    ("gap", (60, HISTORY), "percent"),
    ("gap", (0.05, HISTORY), "first_epoch"),
    ("gap", (0.3, HISTORY), "other"),
    ("cases", ("a, d",), "right"),
    ("cases", (["d", "a"],), "right"),
    ("cases", ("a, b",), "underfitting"),
    ("cases", ("a, c, d",), "shift"),
    ("cases", ("a",), "incomplete"),
    ("smaller", (smaller(1.0, 0.5), HISTORY), "right"),
    ("smaller", (smaller(1.0, 0.2), HISTORY), "underfitting"),
    ("smaller", (smaller(2.0, 0.5), HISTORY), "too_large"),
]


@pytest.mark.parametrize(("name", "arguments", "verdict"), CASES)
@pytest.mark.parametrize("code", sorted(language.languages()))
def test_an_answer_gets_the_feedback_that_fits(code, name, arguments, verdict):
    language.set_language(code)
    feedback = check(f"01-{name}", *arguments)
    assert feedback.right is (verdict == "right")
    text = lesson_texts("01")["exercises"][name][verdict][code]
    assert feedback.message.endswith(text)
    assert text in feedback._repr_html_()


def test_every_feedback_has_a_case():
    reached = {(name, verdict) for name, _, verdict in CASES}
    texts = lesson_texts("01")["exercises"]
    assert {(name, verdict) for name in texts for verdict in texts[name]} == reached
