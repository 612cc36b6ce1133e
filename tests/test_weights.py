"""Kernels as arrays, and the sums that Keras' penalties multiply."""

import subprocess
import sys

import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from coursekit import models, weights

W = np.array([1.0, -2.0, 3.0])


def test_the_norms_of_a_small_vector():
    assert weights.l1_norm(W) == 6
    assert weights.squared_l2_norm(W) == 14


@pytest.mark.parametrize("strength", [0.01, 0.5])
def test_a_norm_times_a_strength_is_keras_penalty(strength):
    w = np.random.default_rng(0).normal(size=(7, 5)).astype("float32")
    l1, l2 = keras.regularizers.L1(strength)(w), keras.regularizers.L2(strength)(w)
    assert_allclose(strength * weights.l1_norm(w), float(l1), rtol=1e-5)
    assert_allclose(strength * weights.squared_l2_norm(w), float(l2), rtol=1e-5)


def test_norms_are_those_of_linear_algebra_and_not_of_a_matrix():
    w = np.random.default_rng(1).normal(size=(4, 3))
    assert_allclose(weights.l1_norm(w), np.linalg.norm(w.ravel(), 1))
    assert_allclose(weights.squared_l2_norm(w), np.linalg.norm(w) ** 2)


def test_many_small_weights_add_up():
    """float32 sums of a million equal weights would lose digits; these are float64."""
    w = np.full(1_000_000, 0.1, "float32")
    assert_allclose(weights.l1_norm(w), 1_000_000 * float(np.float32(0.1)), rtol=1e-9)


def test_sparsity_counts_exact_zeros_unless_there_is_a_tolerance():
    w = [[0.0, 1e-4], [-1e-4, 0.5]]
    assert weights.sparsity(w) == 0.25
    assert weights.sparsity(w, tolerance=1e-4) == 0.75
    assert weights.sparsity(w, tolerance=1) == 1


def test_a_weight_that_is_no_number_is_not_zero():
    assert weights.sparsity([0.0, np.nan], tolerance=1) == 0.5


def test_kernels_are_the_layers_kernels_without_biases():
    model = models.classifier(6, 3, units=(5, 4), dropout_rate=0.5)
    found = weights.kernels(model)
    dense = [layer for layer in model.layers if isinstance(layer, keras.layers.Dense)]
    assert list(found) == [layer.name for layer in dense]
    assert [kernel.shape for kernel in found.values()] == [(6, 5), (5, 4), (4, 3)]
    for layer in dense:
        assert_array_equal(found[layer.name], layer.get_weights()[0])


def test_flat_holds_every_kernel_value_once():
    model = models.classifier(6, 3, units=(5, 4))
    assert weights.flat(model).shape == (6 * 5 + 5 * 4 + 4 * 3,)
    assert_allclose(
        weights.flat(model).sum(), sum(kernel.sum() for kernel in weights.kernels(model).values()), rtol=1e-4
    )


def test_nested_models_are_included_and_equal_names_are_kept_apart():
    def block(name):
        return keras.Sequential([keras.Input((3,)), keras.layers.Dense(3, name="dense")], name=name)

    model = keras.Sequential([keras.Input((3,)), block("first"), block("second")])
    assert list(weights.kernels(model)) == ["first/dense", "second/dense"]
    assert weights.flat(model).shape == (18,)


def test_training_leaves_the_arrays_alone():
    model = models.regressor(2, units=3)
    before = weights.flat(model)
    kept = before.copy()
    model.fit(np.ones((4, 2)), np.zeros(4), epochs=2, verbose=0)
    assert_array_equal(before, kept)
    assert not np.array_equal(weights.flat(model), kept)


@pytest.mark.parametrize("model", [None, "model", 3, keras.Sequential([keras.layers.Dense(2)])])
def test_a_model_without_kernels_is_named(model):
    with pytest.raises(ValueError, match=r"`model` must be a built Keras model.*Received: model="):
        weights.flat(model)


def test_neither_weights_nor_plots_nor_data_import_keras():
    code = (
        "import sys; from coursekit import data, plots, weights; curve = data.noisy_curve(); data.digits();"
        "plots.plot_curve_fit(*curve.train, *curve.test); weights.l1_norm(curve.train.y);"
        "print('keras' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
