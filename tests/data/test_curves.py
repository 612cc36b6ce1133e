"""Points around a curve: as noisy as they say, each part drawn by itself."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from coursekit import data


def test_test_points_lie_on_the_true_curve():
    test = data.noisy_curve(n_test=500).test
    assert_allclose(test.y, np.sin(np.pi * test.x[:, 0]), atol=1e-6)
    assert test.x.shape == (500, 1)
    assert test.x.min() >= -1
    assert test.x.max() <= 1


def test_points_scatter_by_the_noise_in_training_and_validation():
    """The residuals' standard deviation is the noise: within 4 standard errors, noise/√(2n)."""
    n, noise = 4000, 0.3
    curve = data.noisy_curve(n, n, noise=noise)
    for part in (curve.train, curve.validation):
        residuals = part.y - data.true_curve(part.x[:, 0])
        assert abs(residuals.std() - noise) < 4 * noise / np.sqrt(2 * n)
        assert abs(residuals.mean()) < 4 * noise / np.sqrt(n)


def test_without_noise_all_points_lie_on_the_curve():
    curve = data.noisy_curve(noise=0, function=lambda x: 2 * x + 1)
    for part in (curve.train, curve.validation, curve.test):
        assert_allclose(part.y, 2 * part.x[:, 0] + 1, atol=1e-6)


@pytest.mark.parametrize("grown", ["n_train", "n_validation", "n_test"])
def test_more_rows_of_one_part_leave_the_others_alone(grown):
    few, many = data.noisy_curve(seed=1), data.noisy_curve(seed=1, **{grown: 300})
    for part in {"train", "validation", "test"} - {grown.removeprefix("n_")}:
        assert_array_equal(getattr(few, part).x, getattr(many, part).x)
        assert_array_equal(getattr(few, part).y, getattr(many, part).y)


def test_the_parts_of_a_curve_differ():
    curve = data.noisy_curve(20, 20, 20)
    assert not set(curve.train.x.ravel()) & set(curve.validation.x.ravel())
    assert not set(curve.train.x.ravel()) & set(curve.test.x.ravel())


def test_a_constant_is_a_curve():
    assert_array_equal(data.noisy_curve(noise=0, function=lambda x: 2.0).test.y, np.full(200, 2, "float32"))


@pytest.mark.parametrize(
    "function", [lambda x: x[:, None], lambda x: x[:-1], lambda x: None, lambda x: x / 0, lambda x: "y"]
)
@pytest.mark.filterwarnings("ignore:divide by zero")
def test_a_function_must_give_a_number_for_each_x(function):
    with pytest.raises(ValueError, match="`function` must give a finite number for each x"):
        data.noisy_curve(function=function)
