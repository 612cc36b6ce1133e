"""Linear problems with known weights: their rows, units and groups."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from coursekit import data


class TestLinearRegression:
    def test_shapes_and_kinds(self):
        dataset = data.linear_regression(30, 20, 10, n_features=4)
        assert dataset.train.x.shape == (30, 4)
        assert dataset.validation.y.shape == (20,)
        assert dataset.test.x.shape == (10, 4)
        assert dataset.coefficients.shape == (4,)
        assert dataset.train.x.dtype == dataset.train.y.dtype == np.float32

    def test_a_seed_gives_the_same_numbers_and_another_seed_others(self):
        first, again, other = (data.linear_regression(seed=seed) for seed in (3, 3, 4))
        for part in ("train", "validation", "test"):
            assert_array_equal(getattr(first, part).x, getattr(again, part).x)
            assert_array_equal(getattr(first, part).y, getattr(again, part).y)
            assert not np.array_equal(getattr(first, part).x, getattr(other, part).x)
        assert not np.array_equal(first.coefficients, other.coefficients)

    @pytest.mark.parametrize("scales", [1.0, [100.0, 1.0, 0.01, 1.0]])
    def test_the_test_rows_follow_the_true_weights(self, scales):
        dataset = data.linear_regression(n_features=4, scales=scales, seed=1)
        x, y = dataset.test
        assert_allclose(x @ dataset.coefficients + 1, y, atol=1e-5)

    def test_least_squares_finds_weights_and_noise(self):
        dataset = data.linear_regression(20_000, n_features=4, noise=0.5, seed=2)
        x, y = dataset.train
        design = np.column_stack([x, np.ones(len(x))]).astype("float64")
        found, residual = np.linalg.lstsq(design, y, rcond=None)[:2]
        assert_allclose(found, [*dataset.coefficients, 1], atol=5 * 0.5 / np.sqrt(20_000))
        assert_allclose(np.sqrt(residual[0] / len(x)), 0.5, rtol=0.02)

    def test_other_units_change_x_and_the_weights_and_nothing_else(self):
        scales = np.array([100.0, 1.0, 0.01])
        one, other = (data.linear_regression(n_features=3, scales=s, seed=5) for s in (1.0, scales))
        for part in ("train", "validation", "test"):
            assert_array_equal(getattr(one, part).y, getattr(other, part).y)
            assert_allclose(getattr(one, part).x * scales, getattr(other, part).x, rtol=1e-6)
        assert_allclose(one.coefficients / scales, other.coefficients)

    def test_the_true_weights_have_the_wanted_spread(self):
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
    def test_arguments_out_of_range_are_named(self, name, value):
        with pytest.raises(ValueError, match=f"`{name}` must"):
            data.linear_regression(**{name: value})


class TestSparseRegression:
    def test_shapes_and_kinds(self):
        dataset = data.sparse_regression(30, 20, 10, n_features=8, n_informative=3)
        assert dataset.train.x.shape == (30, 8)
        assert dataset.validation.x.shape == (20, 8)
        assert dataset.test.y.shape == (10,)
        assert dataset.train.x.dtype == dataset.train.y.dtype == np.float32

    @pytest.mark.parametrize("n_informative", [0, 1, 10, 100])
    def test_so_many_weights_are_not_zero(self, n_informative):
        weights = data.sparse_regression(n_informative=n_informative, seed=1).coefficients
        assert np.count_nonzero(weights) == n_informative

    def test_the_sizes_are_evenly_spaced_and_both_signs_occur(self):
        weights = data.sparse_regression(seed=2).coefficients
        assert_allclose(np.sort(np.abs(weights))[-10:], np.linspace(0.2, 2, 10))
        assert {-1, 1} <= set(np.sign(weights))

    def test_test_rows_lie_on_the_truth_and_the_others_scatter_around_it(self):
        dataset = data.sparse_regression(4000, 4000, noise=0.5, seed=3)
        for part, sd in ((dataset.train, 0.5), (dataset.validation, 0.5), (dataset.test, 0)):
            residuals = part.y - part.x.astype("float64") @ dataset.coefficients
            assert abs(residuals.std() - sd) < 0.03
        assert_allclose(residuals, 0, atol=1e-5)

    def test_features_are_standard_and_uncorrelated(self):
        x = data.sparse_regression(5000, n_features=6, n_informative=2, seed=4).train.x
        assert_allclose(np.cov(x, rowvar=False), np.eye(6), atol=0.1)

    def test_a_seed_gives_the_same_numbers_and_another_seed_others(self):
        first, again, other = (data.sparse_regression(seed=seed) for seed in (5, 5, 6))
        assert_array_equal(first.train.x, again.train.x)
        assert_array_equal(first.coefficients, again.coefficients)
        assert not np.array_equal(first.coefficients, other.coefficients)

    def test_more_training_rows_change_nothing_else(self):
        small, large = data.sparse_regression(20), data.sparse_regression(50)
        assert_array_equal(small.test.x, large.test.x)
        assert_array_equal(small.coefficients, large.coefficients)

    @pytest.mark.parametrize(
        "argument",
        [{"n_train": 0}, {"n_features": 0}, {"n_informative": -1}, {"n_informative": 101}, {"noise": -1.0}],
    )
    def test_arguments_out_of_range_are_named(self, argument):
        with pytest.raises(ValueError, match=f"`{next(iter(argument))}` must"):
            data.sparse_regression(**argument)


class TestCorrelatedRegression:
    def test_groups_are_correlated_and_the_rest_is_not(self):
        dataset = data.correlated_regression(20_000, correlation=0.9, seed=1)
        found = np.corrcoef(dataset.train.x.T)
        expected = np.eye(30)
        for group in range(3):
            part = slice(4 * group, 4 * group + 4)
            expected[part, part] = np.where(np.eye(4) == 1, 1, 0.9)
        assert_allclose(found, expected, atol=0.04)
        assert_allclose(dataset.train.x.std(axis=0), 1, atol=0.03)

    def test_targets_are_linear_with_the_true_weights(self):
        dataset = data.correlated_regression(noise=0.5, n_train=20_000, seed=2)
        assert_allclose(dataset.test.y, dataset.test.x @ dataset.coefficients, atol=1e-4)
        assert np.std(dataset.train.y - dataset.train.x @ dataset.coefficients) == pytest.approx(
            0.5, rel=0.03
        )
        assert dataset.coefficients[:12].reshape(3, 4).sum(axis=1).tolist() == [4, -3, 2]
        assert not dataset.coefficients[12:].any()

    def test_a_correlation_of_one_makes_exact_copies(self):
        x = data.correlated_regression(correlation=1, group_size=2, n_features=8).train.x
        for first in (0, 2, 4):
            assert_array_equal(x[:, first], x[:, first + 1])

    def test_a_seed_gives_the_same_rows_and_parts_do_not_depend_on_each_other(self):
        one, other = data.correlated_regression(seed=3), data.correlated_regression(n_train=60, seed=3)
        assert_array_equal(one.validation.x, other.validation.x)
        assert_array_equal(one.train.y, data.correlated_regression(seed=3).train.y)
        assert not np.array_equal(one.train.y, data.correlated_regression(seed=4).train.y)

    @pytest.mark.parametrize(
        ("arguments", "name"),
        [
            ({"n_train": 0}, "n_train"),
            ({"n_features": 11}, "n_features"),
            ({"group_size": 0}, "group_size"),
            ({"correlation": 1.1}, "correlation"),
            ({"noise": -1}, "noise"),
            ({"seed": -1}, "seed"),
        ],
    )
    def test_bad_arguments_are_named(self, arguments, name):
        with pytest.raises(ValueError, match=f"`{name}`"):
            data.correlated_regression(**arguments)
