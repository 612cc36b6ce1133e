"""The checks of lessons 02, 05 and 06: right answers are right, and likely mistakes get the hint that fits."""

import numpy as np
import pandas as pd
import pytest

from coursekit import data, language, models, training
from coursekit.exercises import check
from coursekit.exercises.checks import lesson_texts

SCORES = {
    "training": pd.DataFrame({0: [1.0, 0.98], 1: [1.0, 0.96]}, index=[100, 200]),
    "test": pd.DataFrame({0: [0.7, 0.8], 1: [0.6, 0.9]}, index=[100, 200]),
}
FITS = np.array([[0.0, 1.0, 4.0], [2.0, 3.0, 2.0], [1.0, 5.0, 0.0]])
CURVE = np.array([0.5, 0.5, 3.0])
TRUTH = np.array([1.0] * 12 + [0.0] * 18)
GRID = np.array([-1.5, -0.6, 0.0, 0.6, 1.5])
SDS = np.array([0.8, 0.1, 0.3, 0.3, 0.8])


def weights(kept_in_groups, zeros_outside):
    found = np.full(30, 0.5)
    found[kept_in_groups:12] = 0
    found[12 : 12 + zeros_outside] = 0
    return found


CASES = [
    ("02-gap", (0.12, SCORES), "right"),
    ("02-gap", (-0.12, SCORES), "reversed"),
    ("02-gap", (0.97, SCORES), "training_only"),
    ("02-gap", (0.85, SCORES), "test_only"),
    ("02-gap", (0.235, SCORES), "all_sizes"),
    ("02-gap", (0.5, SCORES), "other"),
    ("02-diagnose", (["over", "under", "fine"],), "right"),
    ("02-diagnose", (["ｏｖｅｒ", "under", "fine"],), "right"),
    ("02-diagnose", (["over", "under"],), "three"),
    ("02-diagnose", (["fine", "under", "fine"],), "a"),
    ("02-diagnose", (["over", "fine", "fine"],), "b"),
    ("02-diagnose", (["over", "under", "under"],), "c"),
    ("02-variance", (FITS.var(axis=0).mean(), FITS, CURVE), "right"),
    ("02-variance", (FITS.std(axis=0).mean(), FITS, CURVE), "deviation"),
    ("02-variance", (FITS.var(axis=1).mean(), FITS, CURVE), "along_x"),
    ("02-variance", (np.mean((FITS.mean(axis=0) - CURVE) ** 2), FITS, CURVE), "squared_bias"),
    ("02-variance", (np.mean((FITS - CURVE) ** 2), FITS, CURVE), "whole_error"),
    ("02-variance", (100, FITS, CURVE), "other"),
    ("05-penalty", (1.4,), "right"),
    ("05-penalty", (0.4,), "only_l1"),
    ("05-penalty", (1,), "only_l2"),
    ("05-penalty", (14,), "no_strength"),
    ("05-penalty", (2.0,), "squared_sum"),
    ("05-penalty", (7,), "other"),
    ("05-convert", ((0.4, 0.3),), "right"),
    ("05-convert", ((0.3, 0.4),), "swapped"),
    ("05-convert", ((0.2, 0.3),), "half"),
    ("05-convert", ((0.5, 0.4),), "as_it_stands"),
    ("05-convert", ((1, 1),), "other"),
    ("05-select", (weights(12, 15), TRUTH), "right"),
    ("05-select", (weights(11, 18), TRUTH), "group_broken"),
    ("05-select", (weights(12, 14), TRUTH), "too_few_zeros"),
    ("06-scale", (5,), "right"),
    ("06-scale", (1.25,), "kept"),
    ("06-scale", (0.8,), "rate"),
    ("06-scale", (0.2,), "keep"),
    ("06-scale", (2,), "other"),
    ("06-gap", (1.5, GRID, SDS), "right"),
    ("06-gap", (2 / 3, GRID, SDS), "upside_down"),
    ("06-gap", (0.6, GRID, SDS), "all_outside"),
    ("06-gap", (0.1, GRID, SDS), "difference"),
    ("06-gap", (9, GRID, SDS), "other"),
]


@pytest.mark.parametrize(("name", "arguments", "verdict"), CASES)
@pytest.mark.parametrize("code", sorted(language.languages()))
def test_an_answer_gets_the_feedback_that_fits(code, name, arguments, verdict):
    language.set_language(code)
    feedback = check(name, *arguments)
    assert feedback.right is (verdict == "right")
    lesson, exercise = name.split("-")
    assert lesson_texts(lesson)["exercises"][exercise][verdict][code] in feedback.message


def test_the_accuracy_without_dropout_is_asked_for():
    model, test = models.classifier(64, 10, units=4, dropout_rate=0.5, seed=0), data.digits(seed=0).test
    accuracy = training.evaluate(model, *test)["accuracy"]
    for answer, verdict in ((accuracy, "right"), (100 * accuracy + 1, "percent"), (accuracy / 3, "other")):
        feedback = check("06-find", answer, model, *test)
        assert lesson_texts("06")["exercises"]["find"][verdict]["en"] in feedback.message


@pytest.mark.parametrize("lesson", ["02", "05", "06"])
def test_every_feedback_has_a_case(lesson):
    reached = {(name, verdict) for name, _, verdict in CASES} | {
        ("06-find", verdict) for verdict in ("right", "percent", "other")
    }
    for exercise, texts in lesson_texts(lesson)["exercises"].items():
        assert {(f"{lesson}-{exercise}", verdict) for verdict in texts} <= reached
