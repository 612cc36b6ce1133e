"""The sparse linear problem of lesson 04."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from coursekit import data


def test_shapes_and_kinds():
    dataset = data.sparse_regression(30, 20, 10, n_features=8, n_informative=3)
    assert dataset.train.x.shape == (30, 8)
    assert dataset.validation.x.shape == (20, 8)
    assert dataset.test.y.shape == (10,)
    assert dataset.train.x.dtype == dataset.train.y.dtype == np.float32


@pytest.mark.parametrize("n_informative", [0, 1, 10, 100])
def test_so_many_weights_are_not_zero(n_informative):
    weights = data.sparse_regression(n_informative=n_informative, seed=1).coefficients
    assert np.count_nonzero(weights) == n_informative


def test_the_sizes_are_evenly_spaced_and_both_signs_occur():
    weights = data.sparse_regression(seed=2).coefficients
    assert_allclose(np.sort(np.abs(weights))[-10:], np.linspace(0.2, 2, 10))
    assert {-1, 1} <= set(np.sign(weights))


def test_test_rows_lie_on_the_truth_and_the_others_scatter_around_it():
    dataset = data.sparse_regression(4000, 4000, noise=0.5, seed=3)
    for part, sd in ((dataset.train, 0.5), (dataset.validation, 0.5), (dataset.test, 0)):
        residuals = part.y - part.x.astype("float64") @ dataset.coefficients
        assert abs(residuals.std() - sd) < 0.03
    assert_allclose(residuals, 0, atol=1e-5)


def test_features_are_standard_and_uncorrelated():
    x = data.sparse_regression(5000, n_features=6, n_informative=2, seed=4).train.x
    assert_allclose(np.cov(x, rowvar=False), np.eye(6), atol=0.1)


def test_a_seed_gives_the_same_numbers_and_another_seed_others():
    first, again, other = (data.sparse_regression(seed=seed) for seed in (5, 5, 6))
    assert_array_equal(first.train.x, again.train.x)
    assert_array_equal(first.coefficients, again.coefficients)
    assert not np.array_equal(first.coefficients, other.coefficients)


def test_more_training_rows_change_nothing_else():
    small, large = data.sparse_regression(20), data.sparse_regression(50)
    assert_array_equal(small.test.x, large.test.x)
    assert_array_equal(small.coefficients, large.coefficients)


@pytest.mark.parametrize(
    "argument",
    [{"n_train": 0}, {"n_features": 0}, {"n_informative": -1}, {"n_informative": 101}, {"noise": -1.0}],
)
def test_arguments_out_of_range_are_named(argument):
    with pytest.raises(ValueError, match=f"`{next(iter(argument))}` must"):
        data.sparse_regression(**argument)
