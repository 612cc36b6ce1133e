"""The linear problem with known weights: what its rows and its units are."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from coursekit import data


def test_shapes_and_kinds():
    dataset = data.linear_regression(30, 20, 10, n_features=4)
    assert dataset.train.x.shape == (30, 4)
    assert dataset.validation.y.shape == (20,)
    assert dataset.test.x.shape == (10, 4)
    assert dataset.coefficients.shape == (4,)
    assert dataset.train.x.dtype == dataset.train.y.dtype == np.float32


def test_a_seed_gives_the_same_numbers_and_another_seed_others():
    first, again, other = (data.linear_regression(seed=seed) for seed in (3, 3, 4))
    for part in ("train", "validation", "test"):
        assert_array_equal(getattr(first, part).x, getattr(again, part).x)
        assert_array_equal(getattr(first, part).y, getattr(again, part).y)
        assert not np.array_equal(getattr(first, part).x, getattr(other, part).x)
    assert not np.array_equal(first.coefficients, other.coefficients)


@pytest.mark.parametrize("scales", [1.0, [100.0, 1.0, 0.01, 1.0]])
def test_the_test_rows_follow_the_true_weights(scales):
    dataset = data.linear_regression(n_features=4, scales=scales, seed=1)
    x, y = dataset.test
    assert_allclose(x @ dataset.coefficients + 1, y, atol=1e-5)


def test_least_squares_finds_weights_and_noise():
    dataset = data.linear_regression(20_000, n_features=4, noise=0.5, seed=2)
    x, y = dataset.train
    design = np.column_stack([x, np.ones(len(x))]).astype("float64")
    found, residual = np.linalg.lstsq(design, y, rcond=None)[:2]
    assert_allclose(found, [*dataset.coefficients, 1], atol=5 * 0.5 / np.sqrt(20_000))
    assert_allclose(np.sqrt(residual[0] / len(x)), 0.5, rtol=0.02)


def test_other_units_change_x_and_the_weights_and_nothing_else():
    scales = np.array([100.0, 1.0, 0.01])
    one, other = (data.linear_regression(n_features=3, scales=s, seed=5) for s in (1.0, scales))
    for part in ("train", "validation", "test"):
        assert_array_equal(getattr(one, part).y, getattr(other, part).y)
        assert_allclose(getattr(one, part).x * scales, getattr(other, part).x, rtol=1e-6)
    assert_allclose(one.coefficients / scales, other.coefficients)


def test_the_true_weights_have_the_wanted_spread():
    coefficients = data.linear_regression(n_features=4000, weight_sd=0.3, n_test=1).coefficients
    assert_allclose(coefficients.std(), 0.3, rtol=0.06)
    assert_array_equal(data.linear_regression(weight_sd=0, n_test=1).coefficients, np.zeros(20))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("n_train", 0),
        ("n_features", 0),
        ("weight_sd", -1),
        ("noise", np.nan),
        ("scales", 0),
        ("scales", [1.0, 2.0]),
        ("scales", "1"),
        ("seed", -1),
    ],
)
def test_arguments_out_of_range_are_named(name, value):
    with pytest.raises(ValueError, match=f"`{name}` must"):
        data.linear_regression(**{name: value})
