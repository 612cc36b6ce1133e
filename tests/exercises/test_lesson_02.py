"""The checks of lesson 02: right answers are right, and likely mistakes get the hint that fits."""

import numpy as np
import pandas as pd
import pytest

from coursekit import language
from coursekit.exercises import check
from coursekit.exercises.checks import lesson_texts

SCORES = {
    "training": pd.DataFrame({0: [1.0, 0.98], 1: [1.0, 0.96]}, index=[100, 200]),
    "test": pd.DataFrame({0: [0.7, 0.8], 1: [0.6, 0.9]}, index=[100, 200]),
}
FITS = np.array([[0.0, 1.0, 4.0], [2.0, 3.0, 2.0], [1.0, 5.0, 0.0]])
CURVE = np.array([0.5, 0.5, 3.0])
CASES = [
    ("gap", (0.12, SCORES), "right"),
    ("gap", (-0.12, SCORES), "reversed"),
    ("gap", (0.97, SCORES), "training_only"),
    ("gap", (0.85, SCORES), "test_only"),
    ("gap", (0.235, SCORES), "all_sizes"),
    ("gap", (0.5, SCORES), "other"),
    ("diagnose", (["over", "under", "fine"],), "right"),
    ("diagnose", (["ｏｖｅｒ", "under", "fine"],), "right"),
    ("diagnose", (["over", "under"],), "three"),
    ("diagnose", (["fine", "under", "fine"],), "a"),
    ("diagnose", (["over", "fine", "fine"],), "b"),
    ("diagnose", (["over", "under", "under"],), "c"),
    ("variance", (FITS.var(axis=0).mean(), FITS, CURVE), "right"),
    ("variance", (FITS.std(axis=0).mean(), FITS, CURVE), "deviation"),
    ("variance", (FITS.var(axis=1).mean(), FITS, CURVE), "along_x"),
    ("variance", (np.mean((FITS.mean(axis=0) - CURVE) ** 2), FITS, CURVE), "squared_bias"),
    ("variance", (np.mean((FITS - CURVE) ** 2), FITS, CURVE), "whole_error"),
    ("variance", (100, FITS, CURVE), "other"),
]


@pytest.mark.parametrize(("name", "arguments", "verdict"), CASES)
@pytest.mark.parametrize("code", sorted(language.languages()))
def test_an_answer_gets_the_feedback_that_fits(code, name, arguments, verdict):
    language.set_language(code)
    feedback = check(f"02-{name}", *arguments)
    assert feedback.right is (verdict == "right")
    assert lesson_texts("02")["exercises"][name][verdict][code] in feedback.message


def test_every_feedback_has_a_case():
    reached = {(name, verdict) for name, _, verdict in CASES}
    texts = lesson_texts("02")["exercises"]
    assert {(name, verdict) for name in texts for verdict in texts[name]} == reached
