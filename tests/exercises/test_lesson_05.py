"""The checks of lesson 05: right answers are right, and likely mistakes get the hint that fits."""

import numpy as np
import pytest

from coursekit import language
from coursekit.exercises import check
from coursekit.exercises.checks import lesson_texts

TRUTH = np.array([1.0] * 12 + [0.0] * 18)


def weights(kept_in_groups, zeros_outside):
    found = np.full(30, 0.5)
    found[kept_in_groups:12] = 0
    found[12 : 12 + zeros_outside] = 0
    return found


CASES = [
    ("penalty", (1.4,), "right"),
    ("penalty", (0.4,), "only_l1"),
    ("penalty", (1,), "only_l2"),
    ("penalty", (14,), "no_strength"),
    ("penalty", (2.0,), "squared_sum"),
    ("penalty", (7,), "other"),
    ("convert", ((0.4, 0.3),), "right"),
    ("convert", ((0.3, 0.4),), "swapped"),
    ("convert", ((0.2, 0.3),), "half"),
    ("convert", ((0.5, 0.4),), "as_it_stands"),
    ("convert", ((1, 1),), "other"),
    ("select", (weights(12, 15), TRUTH), "right"),
    ("select", (weights(11, 18), TRUTH), "group_broken"),
    ("select", (weights(12, 14), TRUTH), "too_few_zeros"),
]


@pytest.mark.parametrize(("name", "arguments", "verdict"), CASES)
@pytest.mark.parametrize("code", sorted(language.languages()))
def test_an_answer_gets_the_feedback_that_fits(code, name, arguments, verdict):
    language.set_language(code)
    feedback = check(f"05-{name}", *arguments)
    assert feedback.right is (verdict == "right")
    assert lesson_texts("05")["exercises"][name][verdict][code] in feedback.message


def test_every_feedback_has_a_case():
    reached = {(name, verdict) for name, _, verdict in CASES}
    texts = lesson_texts("05")["exercises"]
    assert {(name, verdict) for name in texts for verdict in texts[name]} == reached
