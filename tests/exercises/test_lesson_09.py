"""The checks of lesson 09: right answers are right, and likely mistakes get the hint that fits."""

import pytest

from coursekit import language
from coursekit.exercises import check
from coursekit.exercises.checks import lesson_texts

CASES = [
    ("old", 0.06, "right"),
    ("old", "０．０６", "right"),
    ("old", 0.2, "both"),
    ("old", 0.14, "only_l2"),
    ("old", 6, "no_strength"),
    ("old", 0, "zero"),
    ("old", 1, "other"),
    ("smooth", 0.04, "right"),
    ("smooth", 0.05, "others_only"),
    ("smooth", 0.84, "correct_class"),
    ("smooth", 0.2, "all"),
    ("smooth", 0, "zero"),
    ("smooth", 0.1, "other"),
    ("inference", "b", "right"),
    ("inference", "Ｂ", "right"),
    ("inference", ["b"], "right"),
    ("inference", "ab", "dropout"),
    ("inference", "b, e", "dropout"),
    ("inference", "bd", "noise"),
    ("inference", "c", "noise"),
    ("inference", "", "missing"),
]


@pytest.mark.parametrize(("name", "answer", "verdict"), CASES)
@pytest.mark.parametrize("code", sorted(language.languages()))
def test_an_answer_gets_the_feedback_that_fits(code, name, answer, verdict):
    language.set_language(code)
    feedback = check(f"09-{name}", answer)
    assert feedback.right is (verdict == "right")
    assert lesson_texts("09")["exercises"][name][verdict][code] in feedback.message


def test_every_feedback_has_a_case():
    reached = {(name, verdict) for name, _, verdict in CASES}
    texts = lesson_texts("09")["exercises"]
    assert {(name, verdict) for name in texts for verdict in texts[name]} == reached
