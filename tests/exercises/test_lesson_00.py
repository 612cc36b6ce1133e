"""The checks of lesson 00: right answers are right, and likely mistakes get the hint that fits."""

import pytest

from coursekit import data, language
from coursekit.exercises import check
from coursekit.exercises.checks import lesson_texts

DIGITS = data.digits(label_noise=0.4, seed=0)
WRONG = int(DIGITS.wrong_labels.sum())
CASES = [
    ("count", (WRONG, DIGITS), "right"),
    ("count", (600 - WRONG, DIGITS), "right_labels"),
    ("count", (240, DIGITS), "redrawn"),
    ("count", (WRONG / 600, DIGITS), "fraction"),
    ("count", (7, DIGITS), "other"),
    ("trust", ("b",), "right"),
    ("trust", ("a",), "training"),
    ("rate", (76.8,), "right"),
    ("rate", (179.2,), "kept"),
    ("rate", (3,), "other"),
]


@pytest.mark.parametrize(("name", "arguments", "verdict"), CASES)
@pytest.mark.parametrize("code", sorted(language.languages()))
def test_an_answer_gets_the_feedback_that_fits(code, name, arguments, verdict):
    language.set_language(code)
    feedback = check(f"00-{name}", *arguments)
    assert feedback.right is (verdict == "right")
    text = lesson_texts("00")["exercises"][name][verdict][code]
    assert feedback.message.endswith(text)
    assert text in feedback._repr_html_()


def test_every_feedback_has_a_case():
    reached = {(name, verdict) for name, _, verdict in CASES}
    texts = lesson_texts("00")["exercises"]
    assert {(name, verdict) for name in texts for verdict in texts[name]} == reached
