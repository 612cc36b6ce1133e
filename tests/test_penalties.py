"""Strengths of penalties: each conversion against what scikit-learn solves, each sum against Keras."""

import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.optimize import minimize
from sklearn.linear_model import ElasticNet, Lasso, Ridge

from coursekit import penalties

RNG = np.random.default_rng(0)
X = RNG.normal(1.0, 2.0, size=(40, 6))
Y = X @ [2.0, -1.0, 0.5, 0.3, 0.0, 0.0] + 3.0 + RNG.normal(size=40)


def minimum(l1, l2):
    """Return w at the minimum of Keras' objective, found by a general solver.

    w is a difference of two vectors that are not negative, so that |w| is their sum and everything is smooth.
    """

    def objective(v):
        up, down, b = v[:6], v[6:12], v[12]
        w = up - down
        error = X @ w + b - Y
        slope = 2 * X.T @ error / len(Y) + 2 * l2 * w
        gradient = np.concatenate([slope + l1, l1 - slope, [2 * error.mean()]])
        return np.mean(error**2) + l1 * np.sum(up + down) + l2 * np.sum(w**2), gradient

    bounds = [(0, None)] * 12 + [(None, None)]
    options = {"maxiter": 20_000, "ftol": 1e-15, "gtol": 1e-10}
    found = minimize(objective, np.full(13, 0.1), jac=True, bounds=bounds, options=options)
    return found.x[:6] - found.x[6:12]


@pytest.mark.parametrize("l2", [0.01, 0.3, 2.0])
def test_ridge_solves_keras_l2(l2):
    theirs = Ridge(alpha=penalties.ridge_alpha(l2, len(Y))).fit(X, Y).coef_
    assert_allclose(theirs, minimum(0.0, l2), atol=1e-4)


@pytest.mark.parametrize("l1", [0.05, 0.5, 2.0])
def test_lasso_solves_keras_l1(l1):
    theirs = Lasso(alpha=penalties.lasso_alpha(l1), tol=1e-10).fit(X, Y).coef_
    assert_allclose(theirs, minimum(l1, 0.0), atol=1e-4)


@pytest.mark.parametrize(("l1", "l2"), [(0.5, 0.1), (0.1, 1.0), (1.5, 0.01), (0.7, 0.0)])
def test_elastic_net_solves_keras_l1l2(l1, l2):
    theirs = ElasticNet(**penalties.elastic_net_arguments(l1, l2), tol=1e-10).fit(X, Y).coef_
    assert_allclose(theirs, minimum(l1, l2), atol=1e-4)


@pytest.mark.parametrize("strength", [0.0, 0.003, 4.0])
def test_the_ways_back_undo_the_ways_there(strength):
    assert_allclose(penalties.ridge_l2(penalties.ridge_alpha(strength, 7), 7), strength)
    assert_allclose(penalties.lasso_l1(penalties.lasso_alpha(strength)), strength)
    for l2 in (0.0, 0.2):
        back = penalties.elastic_net_strengths(**penalties.elastic_net_arguments(strength, l2))
        assert_allclose([back["l1"], back["l2"]], [strength, l2], atol=1e-12)


def test_from_scikit_learn_to_keras_and_back():
    back = penalties.elastic_net_arguments(**penalties.elastic_net_strengths(0.3, 0.8))
    assert_allclose([back["alpha"], back["l1_ratio"]], [0.3, 0.8])
    assert penalties.elastic_net_arguments(0, 0) == {"alpha": 0.0, "l1_ratio": 0.0}


@pytest.mark.parametrize(("l1", "l2"), [(0.01, 0.0), (0.0, 0.01), (0.02, 0.3), (0.0, 0.0)])
def test_the_sum_is_what_keras_adds(l1, l2):
    w = RNG.normal(size=(5, 3)).astype("float32")
    theirs = float(keras.regularizers.L1L2(l1=l1, l2=l2)(keras.ops.convert_to_tensor(w)))
    assert_allclose(penalties.penalty_sum(w, l1=l1, l2=l2), theirs, rtol=1e-6)


def test_the_sum_has_no_half():
    assert_allclose(penalties.penalty_sum([1, -2, 3], l1=0.01), 0.06)
    assert_allclose(penalties.penalty_sum([1, -2, 3], l2=0.01), 0.14)
    assert_allclose(penalties.penalty_sum([1, -2, 3], l1=0.01, l2=0.01), 0.20)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: penalties.ridge_alpha(-1, 5), "l2"),
        (lambda: penalties.ridge_alpha(1, 0), "n_rows"),
        (lambda: penalties.ridge_alpha(1, 2.5), "n_rows"),
        (lambda: penalties.ridge_l2("1", 5), "alpha"),
        (lambda: penalties.lasso_alpha(np.nan), "l1"),
        (lambda: penalties.lasso_l1(-0.1), "alpha"),
        (lambda: penalties.elastic_net_arguments(0.1, -0.1), "l2"),
        (lambda: penalties.elastic_net_strengths(0.1, 1.1), "l1_ratio"),
        (lambda: penalties.penalty_sum("abc"), "w"),
        (lambda: penalties.penalty_sum([1.0], l1=-1), "l1"),
    ],
)
def test_arguments_out_of_range_are_named(call, name):
    with pytest.raises(ValueError, match=f"`{name}` must"):
        call()
