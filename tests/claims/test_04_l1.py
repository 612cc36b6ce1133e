"""What lesson 04 claims, measured with the lesson's own experiments over several seeds.

A seed draws the data with their noise, and the initial weights.
"""

from __future__ import annotations

from functools import cache

import keras
import numpy as np
import pytest
from sklearn.linear_model import ElasticNet, Lasso, LinearRegression, Ridge

from coursekit import data, training
from coursekit.penalties import SoftThreshold, elastic_net_arguments

RATE, STRENGTH = 0.1, 0.2


def linear_model(seed, optimizer, **options):
    first_weights = keras.initializers.GlorotUniform(seed=seed)
    dense = keras.layers.Dense(1, kernel_initializer=first_weights, **options)
    model = keras.Sequential([keras.Input((100,)), dense])
    model.compile(optimizer=optimizer, loss="mean_squared_error")
    return model


def trained_weights(model, seed, epochs):
    train = data.sparse_regression(seed=seed).train
    training.fit(model, *train, epochs=epochs, batch_size=200, shuffle=False, progress=False)
    return model.get_weights()[0][:, 0]


def sgd_weights(seed, epochs, **options):
    return trained_weights(linear_model(seed, keras.optimizers.SGD(RATE), **options), seed, epochs)


@cache
def doubles(seed):
    """The training rows as float64, in which scikit-learn converges further."""
    x, y = data.sparse_regression(seed=seed).train
    return x.astype("float64"), y.astype("float64")


@cache
def lasso(seed, strength=STRENGTH):
    return Lasso(alpha=strength / 2, tol=1e-10, max_iter=100_000).fit(*doubles(seed))


def error(model, part):
    return np.mean((model.predict(part.x) - part.y) ** 2)


def discoveries(seed, weights):
    """The numbers of true and false discoveries."""
    matters = data.sparse_regression(seed=seed).coefficients != 0
    found = np.asarray(weights) != 0
    return np.sum(found & matters), np.sum(found & ~matters)


@pytest.mark.claim("04-l2-gives-no-zeros")
def test_neither_no_penalty_nor_l2_gives_a_zero(claim_seeds, claimed):
    penalty = claimed(
        {"kernel_regularizer": keras.regularizers.L2(STRENGTH)},
        counter={"kernel_constraint": SoftThreshold(STRENGTH, RATE)},
    )
    for seed in claim_seeds(6):
        assert np.all(sgd_weights(seed, 1000) != 0)
        assert np.all(sgd_weights(seed, 1000, **penalty) != 0)


@pytest.mark.claim("04-corners-give-zeros")
def test_the_diamond_gives_zeros_and_the_circle_none(claim_seeds, claimed):
    first = claimed(0.4, counter=2.0)
    for seed in claim_seeds(10):
        free, circle, diamond = in_the_plane(seed, first)
        assert diamond[0] == 0
        assert np.all(circle != 0)
        assert np.all(np.abs(circle) < np.abs(free))
        assert abs(circle[1] - diamond[1]) < 0.2 < abs(free[1] - diamond[1])
        # A weight that the data push harder is kept by the diamond, too.
        assert np.all(in_the_plane(seed, 2.0)[2] != 0)


def in_the_plane(seed, first):
    """The weights without a penalty, with L2 and with L1, where the true ones are `first` and −2."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((200, 2))
    y = x @ [first, -2] + rng.standard_normal(200)
    models = LinearRegression(), Ridge(alpha=200 * 0.6), Lasso(alpha=1.5 / 2)
    return [model.fit(x, y).coef_ for model in models]


@pytest.mark.claim("04-keras-l1-gives-no-zeros")
def test_keras_l1_gives_no_zeros_with_adam_or_sgd(claim_seeds, claimed):
    for seed in claim_seeds(6):
        expected = np.sum(lasso(seed).coef_ == 0)
        assert 67 < expected < 88
        penalty = claimed(
            {"kernel_regularizer": keras.regularizers.L1(STRENGTH)},
            counter={"kernel_constraint": SoftThreshold(STRENGTH, RATE)},
        )
        for optimizer in (keras.optimizers.Adam(0.01), keras.optimizers.SGD(RATE)):
            model = linear_model(seed, optimizer, **penalty)
            sizes = np.abs(trained_weights(model, seed, 2000))
            assert np.all(sizes > 0)
            assert np.sum(sizes < 0.001) < 0.6 * expected
            assert np.sum(sizes < 0.001) < np.sum(sizes < 0.01)


@pytest.mark.claim("04-gradient-steps-jump-over-zero")
def test_weights_hop_around_zero_under_sgd(claim_seeds, claimed):
    for seed in claim_seeds(6):
        penalty = claimed(
            {"kernel_regularizer": keras.regularizers.L1(STRENGTH)},
            counter={"kernel_constraint": SoftThreshold(STRENGTH, RATE)},
        )
        model = linear_model(seed, keras.optimizers.SGD(RATE), **penalty)
        steps = [trained_weights(model, seed, 2000)]
        steps += [trained_weights(model, seed, 1) for _ in range(20)]
        near = np.array(steps)[:, lasso(seed).coef_ == 0]
        changed = np.any(np.sign(near) != np.sign(near[0]), axis=0)
        assert changed.mean() > 0.9
        assert np.abs(near).max() < 0.06
        assert np.all(near != 0)


@pytest.mark.claim("04-soft-threshold-equals-lasso")
def test_the_soft_threshold_has_the_zeros_and_weights_of_the_lasso(claim_seeds, claimed):
    for seed in claim_seeds(6):
        penalty = claimed(
            {"kernel_constraint": SoftThreshold(STRENGTH, RATE)},
            counter={"kernel_regularizer": keras.regularizers.L1(STRENGTH)},
        )
        weights = sgd_weights(seed, 1500, **penalty)
        expected = lasso(seed).coef_
        np.testing.assert_array_equal(weights == 0, expected == 0)
        assert np.abs(weights - expected).max() < 1e-5
        # The weights that matter lose λ/2 each, whatever their size, give or take the noise.
        truth = data.sparse_regression(seed=seed).coefficients
        matters = truth != 0
        lost = (truth - weights)[matters] * np.sign(truth[matters])
        assert np.sum(lost > 0) >= 6
        assert 0.03 < lost.mean() < 0.22


STRENGTHS = np.geomspace(3, 0.03, 30)


@pytest.mark.claim("04-path-equals-lasso")
def test_the_path_from_warm_starts_is_that_of_the_lasso(claim_seeds, claimed):
    # A seed takes long: 30 strengths, 300 steps each.
    for seed in claim_seeds(6)[::3]:
        constraint = SoftThreshold(STRENGTHS[0], RATE)
        optimizer = keras.optimizers.SGD(RATE, momentum=claimed(0.0, counter=0.9))
        model = linear_model(seed, optimizer, kernel_constraint=constraint)
        for strength in STRENGTHS:
            constraint.l1 = strength
            weights = trained_weights(model, seed, 300)
            expected = lasso(seed, strength).coef_
            np.testing.assert_array_equal(weights == 0, expected == 0)
            assert np.abs(weights - expected).max() < 1e-5


@pytest.mark.claim("04-best-prediction-keeps-too-many")
def test_the_strength_that_predicts_best_keeps_features_that_do_not_matter(claim_seeds, claimed):
    seeds = claim_seeds(6)
    distances, found, lost = [], [], []
    for seed in seeds:
        dataset = data.sparse_regression(seed=seed)
        best = claimed(best_on_validation_data, counter=lambda seed: lasso(seed, 0.5))(seed)
        ridges = [Ridge(alpha=200 * strength).fit(*doubles(seed)) for strength in np.geomspace(3, 0.003, 30)]
        ridge = min(ridges, key=lambda model: error(model, dataset.validation))
        free = LinearRegression().fit(*doubles(seed))
        distances.append([error(model, dataset.test) for model in (free, ridge, best)])
        found.append(discoveries(seed, best.coef_))
        # With a large strength, features that matter vanish as well.
        lost.append(10 - discoveries(seed, lasso(seed, STRENGTHS[0]).coef_)[0])
    true_ones, false_ones = np.transpose(found)
    assert min(true_ones) >= 9
    assert np.mean(true_ones) > 9.5
    assert np.sum(false_ones > true_ones) >= 0.8 * len(seeds)
    assert 15 < np.mean(false_ones) < 32
    assert min(lost) > 0
    free, ridge, best = np.mean(distances, axis=0)
    assert best < ridge < free
    assert all(row[2] < 0.5 * row[1] for row in distances)


def best_on_validation_data(seed):
    candidates = [lasso(seed, strength) for strength in STRENGTHS]
    return min(candidates, key=lambda model: error(model, data.sparse_regression(seed=seed).validation))


@pytest.mark.claim("04-selection-costs-prediction")
def test_a_strength_that_selects_well_predicts_worse(claim_seeds, claimed):
    ratios = []
    for seed in claim_seeds(6):
        model, test = lasso(seed, claimed(0.5, counter=0.15)), data.sparse_regression(seed=seed).test
        true_ones, false_ones = discoveries(seed, model.coef_)
        assert true_ones >= 8
        assert false_ones <= 3
        ratios.append(error(model, test) / error(best_on_validation_data(seed), test))
    assert min(ratios) > 2
    assert 3 < np.mean(ratios) < 6


@pytest.mark.claim("04-zero-weights-select-no-feature")
def test_most_weights_of_a_hidden_layer_are_zero_and_hardly_a_feature_is_unused(claim_seeds, claimed):
    used, unused, units = [], [], claimed(16, counter=1)
    for seed in claim_seeds(6):
        model = keras.Sequential(
            [
                keras.Input((100,)),
                keras.layers.Dense(
                    units,
                    activation="relu",
                    kernel_initializer=keras.initializers.GlorotUniform(seed=2 * seed),
                    kernel_constraint=SoftThreshold(0.05, learning_rate=0.05),
                ),
                keras.layers.Dense(1, kernel_initializer=keras.initializers.GlorotUniform(seed=2 * seed + 1)),
            ]
        )
        model.compile(optimizer=keras.optimizers.SGD(0.05), loss="mean_squared_error")
        trained_weights(model, seed, 1000)
        zero = model.get_weights()[0] == 0
        unused.append(np.sum(zero.all(axis=1)))
        assert unused[-1] <= 5
        assert 0.6 < zero.mean() < 0.88
        empty = zero.all(axis=0)
        assert 8 <= np.sum(empty) <= 13
        used.append((~zero[:, ~empty]).mean())
    assert np.median(unused) <= 1
    assert 0.6 < np.mean(used) < 0.82


@pytest.mark.claim("04-correlated-features-are-split-by-chance")
def test_the_sum_of_two_copies_is_stable_and_their_shares_are_not(claim_seeds, claimed):
    arguments = elastic_net_arguments(STRENGTH, l2=claimed(0.0, counter=0.1))
    seeds, ratios = claim_seeds(6), []
    for seed in seeds:
        x, y = doubles(seed)
        rng = np.random.default_rng(seed)
        strongest = np.abs(data.sparse_regression(seed=seed).coefficients).argmax()
        copies = x[:, [strongest]] + 0.1 * rng.standard_normal((200, 2))
        assert 0.98 < np.corrcoef(copies.T)[0, 1] < 0.995
        with_copies = np.hstack([np.delete(x, strongest, axis=1), copies])
        pairs = []
        for _ in range(40):
            rows = rng.integers(0, 200, 200)
            pairs.append(ElasticNet(**arguments).fit(with_copies[rows], y[rows]).coef_[-2:])
        pairs = np.array(pairs)
        spread_of_sum = pairs.sum(axis=1).std(ddof=1)
        assert spread_of_sum < 0.15
        ratios.append(pairs[:, 0].std(ddof=1) / spread_of_sum)
    # For a few data sets one and the same copy gets 0 nearly every time.
    assert np.sum(np.array(ratios) > 2.5) >= 0.8 * len(seeds)
