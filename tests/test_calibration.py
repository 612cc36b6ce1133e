"""Confidence against correctness, and the one number that rescales it."""

import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from coursekit import calibration

P = np.array([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.3, 0.3, 0.4], [0.05, 0.05, 0.9]])
Y = np.array([0, 2, 2, 2])


def test_the_log_likelihood_is_keras_cross_entropy_with_its_sign_changed():
    loss = float(np.mean(np.asarray(keras.losses.sparse_categorical_crossentropy(Y, P))))
    assert_allclose(calibration.log_likelihood(P, Y), -loss, rtol=1e-6)
    sure_and_wrong = calibration.log_likelihood([[1.0, 0.0]], [1])
    assert_allclose(sure_and_wrong, np.log(1e-7))


def test_rescaling_is_the_softmax_of_divided_logits():
    logits = np.random.default_rng(0).normal(size=(6, 4))
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    cooler = np.exp(logits / 2) / np.exp(logits / 2).sum(axis=1, keepdims=True)
    assert_allclose(calibration.rescaled(p, 2), cooler, rtol=1e-6)
    assert_allclose(calibration.rescaled(p, 1), p, rtol=1e-6)
    assert_array_equal(calibration.rescaled(p, 5).argmax(axis=1), p.argmax(axis=1))


@pytest.mark.parametrize("true_temperature", [0.5, 1.0, 2.5])
def test_the_temperature_that_made_the_labels_is_found(true_temperature):
    generator = np.random.default_rng(0)
    p = np.exp(2 * generator.normal(size=(20000, 5)))
    p /= p.sum(axis=1, keepdims=True)
    honest = calibration.rescaled(p, true_temperature)
    labels = (honest.cumsum(axis=1) > generator.random((len(p), 1))).argmax(axis=1)
    assert_allclose(calibration.temperature(p, labels), true_temperature, rtol=0.05)


def test_reliability_counts_right_answers_where_the_classifier_is_equally_sure():
    sure, right, rows = calibration.reliability(P, Y, bins=2)
    assert_array_equal(rows, [1, 3])
    assert_allclose(sure, [0.4, 0.8])
    assert_allclose(right, [1, 2 / 3])
    assert_array_equal(calibration.reliability([[1.0, 0.0]], [0])[2], [1])


def test_what_is_no_probability_or_no_class_is_refused():
    for p in (P[0], P * 2, -P, np.full((2, 2), np.nan)):
        with pytest.raises(ValueError, match="`probabilities`"):
            calibration.log_likelihood(p, Y)
    for y in (Y[:2], Y + 1, Y - 1, Y.astype(float)):
        with pytest.raises(ValueError, match="`labels`"):
            calibration.log_likelihood(P, y)
    with pytest.raises(ValueError, match="`temperature`"):
        calibration.rescaled(P, 0)
