import numpy as np
import pytest

from coursekit import data


def test_groups_are_correlated_and_the_rest_is_not():
    dataset = data.correlated_regression(20_000, correlation=0.9, seed=1)
    found = np.corrcoef(dataset.train.x.T)
    expected = np.eye(30)
    for group in range(3):
        part = slice(4 * group, 4 * group + 4)
        expected[part, part] = np.where(np.eye(4) == 1, 1, 0.9)
    np.testing.assert_allclose(found, expected, atol=0.04)
    np.testing.assert_allclose(dataset.train.x.std(axis=0), 1, atol=0.03)


def test_targets_are_linear_with_the_true_weights():
    dataset = data.correlated_regression(noise=0.5, n_train=20_000, seed=2)
    np.testing.assert_allclose(dataset.test.y, dataset.test.x @ dataset.coefficients, atol=1e-4)
    assert np.std(dataset.train.y - dataset.train.x @ dataset.coefficients) == pytest.approx(0.5, rel=0.03)
    assert dataset.coefficients[:12].reshape(3, 4).sum(axis=1).tolist() == [4, -3, 2]
    assert not dataset.coefficients[12:].any()


def test_a_correlation_of_one_makes_exact_copies():
    x = data.correlated_regression(correlation=1, group_size=2, n_features=8).train.x
    for first in (0, 2, 4):
        np.testing.assert_array_equal(x[:, first], x[:, first + 1])


def test_a_seed_gives_the_same_rows_and_parts_do_not_depend_on_each_other():
    one, other = data.correlated_regression(seed=3), data.correlated_regression(n_train=60, seed=3)
    np.testing.assert_array_equal(one.validation.x, other.validation.x)
    np.testing.assert_array_equal(one.train.y, data.correlated_regression(seed=3).train.y)
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
def test_bad_arguments_are_named(arguments, name):
    with pytest.raises(ValueError, match=f"`{name}`"):
        data.correlated_regression(**arguments)
