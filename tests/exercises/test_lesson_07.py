"""The checks of lesson 07: right answers are right, and likely mistakes get the hint that fits."""

import pandas as pd
import pytest

from coursekit import language
from coursekit.exercises import check
from coursekit.exercises.checks import lesson_texts

TRIAL = pd.DataFrame(
    [
        ["smaller_network", "a", 0, 1.0, 0.6],
        ["smaller_network", "b", 0, 2.0, 0.7],
        ["smaller_network", "c", 0, 3.0, 0.5],
        ["smaller_network", "a", 1, 2.5, 0.9],
        ["smaller_network", "b", 1, 1.5, 0.8],
        ["smaller_network", "c", 1, 3.5, 0.2],
        ["l1", "a", 0, 0.1, 0.1],
    ],
    columns=["remedy", "setting", "seed", "validation_loss", "test_accuracy"],
)
ACCURACY = pd.DataFrame({"dropout_and_l2": [3, 3, 3, 1], "dropout_and_input": [1, 2, 3, 2]})
LOSSES = pd.DataFrame(
    [[1.4, 1.6], [1.0, 1.2], [1.15, 1.19], [1.2, 1.24], [2.0, 2.0]], index=[0.001, 0.003, 0.01, 0.03, 0.1]
)
CASES = [
    ("choose", (0.7, TRIAL), "right"),
    ("choose", (0.8, TRIAL), "test"),
    ("choose", (3.7 / 6, TRIAL), "all"),
    ("choose", (0.35, TRIAL), "largest"),
    ("choose", (0.1, TRIAL), "other"),
    ("wins", (2, ACCURACY), "right"),
    ("wins", ("２", ACCURACY), "right"),
    ("wins", (1, ACCURACY), "losses"),
    ("wins", (0.5, ACCURACY), "fraction"),
    ("wins", (3, ACCURACY), "other"),
    ("rule", (0.01, LOSSES), "right"),
    ("rule", (0.003, LOSSES), "minimum"),
    ("rule", (0.03, LOSSES), "deviation"),
    ("rule", (0.001, LOSSES), "weakest"),
    ("rule", (0.1, LOSSES), "too_strong"),
    ("rule", (0.02, LOSSES), "other"),
]


@pytest.mark.parametrize(("name", "arguments", "verdict"), CASES)
@pytest.mark.parametrize("code", sorted(language.languages()))
def test_an_answer_gets_the_feedback_that_fits(code, name, arguments, verdict):
    language.set_language(code)
    feedback = check(f"07-{name}", *arguments)
    assert feedback.right is (verdict == "right")
    assert lesson_texts("07")["exercises"][name][verdict][code] in feedback.message


def test_every_feedback_has_a_case():
    reached = {(name, verdict) for name, _, verdict in CASES}
    texts = lesson_texts("07")["exercises"]
    assert {(name, verdict) for name in texts for verdict in texts[name]} == reached
