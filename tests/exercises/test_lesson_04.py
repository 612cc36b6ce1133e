"""The checks of lesson 04: right answers are right, and likely mistakes get the hint that fits."""

import numpy as np
import pytest

from coursekit import language
from coursekit.exercises import check
from coursekit.exercises.checks import lesson_texts

Z = np.array([-2.0, -0.4, 0.0, 0.3, 0.8])
TRUTH = np.array([1.0] * 10 + [0.0] * 20)


def weights(true_ones, false_ones):
    found = np.zeros(30)
    found[:true_ones] = 0.5
    found[10 : 10 + false_ones] = 0.1
    return found


CASES = [
    ("threshold", (np.array([-1.5, 0, 0, 0, 0.3]),), "right"),
    ("threshold", ([1.5, 0, 0, 0, 0.3],), "sign"),
    ("threshold", (np.sign(Z) * (np.abs(Z) - 0.5),), "not_stopped"),
    ("threshold", ([-2.0, 0, 0, 0, 0.8],), "hard"),
    ("threshold", (Z,), "other"),
    ("alpha", (0.15,), "right"),
    ("alpha", ("０．１５",), "right"),
    ("alpha", (0.3,), "same"),
    ("alpha", (0.6,), "doubled"),
    ("alpha", (60,), "rows"),
    ("alpha", (1,), "other"),
    ("false", (5, weights(9, 5), TRUTH), "right"),
    ("false", (14, weights(9, 5), TRUTH), "all_found"),
    ("false", (9, weights(9, 5), TRUTH), "true_ones"),
    ("false", (16, weights(9, 5), TRUTH), "zeros"),
    ("false", (7, weights(9, 5), TRUTH), "other"),
    ("select", (weights(8, 2), TRUTH), "right"),
    ("select", (weights(10, 3), TRUTH), "too_many_false"),
    ("select", (weights(7, 0), TRUTH), "too_few_true"),
]


@pytest.mark.parametrize(("name", "arguments", "verdict"), CASES)
@pytest.mark.parametrize("code", sorted(language.languages()))
def test_an_answer_gets_the_feedback_that_fits(code, name, arguments, verdict):
    language.set_language(code)
    feedback = check(f"04-{name}", *arguments)
    assert feedback.right is (verdict == "right")
    assert lesson_texts("04")["exercises"][name][verdict][code] in feedback.message


def test_every_feedback_can_be_reached():
    reached = {(name, verdict) for name, _, verdict in CASES}
    written = {(name, key) for name, texts in lesson_texts("04")["exercises"].items() for key in texts}
    assert reached == written


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("threshold", ([1.0, 2.0],)), ("alpha", ("?",)), ("select", ("all", TRUTH)), ("false", (None, Z, Z))],
)
def test_an_answer_of_the_wrong_kind_is_no_error(name, arguments):
    assert check(f"04-{name}", *arguments).status == "wrong"
