"""What lesson 05 claims, measured with the lesson's own experiments over several seeds.

A seed draws the data with their noise, and the initial weights.
"""

from __future__ import annotations

from functools import cache

import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.linear_model import ElasticNet, Ridge

from coursekit import data, training
from coursekit.penalties import SoftThreshold, elastic_net_arguments, elastic_net_strengths, ridge_alpha

STRENGTHS = {"L2": (0, 0.1), "L1": (0.2, 0), "both": (0.2, 0.1)}
L1_VALUES = [0, 0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 1]
L2_VALUES = [0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1]


@cache
def problem(seed, correlation=0.99):
    return data.correlated_regression(correlation=correlation, seed=seed)


def fitted(dataset, l1, l2, tol=1e-6):
    x, y = (part.astype("float64") for part in dataset.train)
    if l1 == 0:
        return Ridge(alpha=ridge_alpha(l2, len(x))).fit(x, y)
    return ElasticNet(**elastic_net_arguments(l1, l2), tol=tol, max_iter=100_000).fit(x, y)


def keras_weights(dataset, seed, epochs, optimizer, **options):
    first_weights = keras.initializers.GlorotUniform(seed=seed)
    dense = keras.layers.Dense(1, kernel_initializer=first_weights, **options)
    model = keras.Sequential([keras.Input((30,)), dense])
    model.compile(optimizer=optimizer, loss="mean_squared_error")
    training.fit(model, *dataset.train, epochs=epochs, batch_size=50, shuffle=False, progress=False)
    return model.get_weights()[0][:, 0]


@pytest.mark.claim("05-l1-picks-l2-shares-both-do")
def test_l1_picks_l2_shares_and_both_do():
    # Closed problems, solved in no time: always all ten seeds, for which the lesson gives figures.
    spread, kept, zeros = ({name: [] for name in STRENGTHS} for _ in range(3))
    for seed in range(10):
        for name, (l1, l2) in STRENGTHS.items():
            w = fitted(problem(seed), l1, l2).coef_
            spread[name].append(w[:12].reshape(3, 4).std(axis=1).mean())
            kept[name].append(int(np.sum(w[:12] != 0)))
            zeros[name].append(int(np.sum(w[12:] == 0)))
    summary = {name: (np.mean(values), np.std(values, ddof=1)) for name, values in spread.items()}
    assert_allclose(summary["L1"], (0.75, 0.20), atol=0.02)
    assert_allclose(summary["L2"], (0.07, 0.03), atol=0.01)
    assert_allclose(summary["both"], (0.08, 0.03), atol=0.01)
    assert (min(kept["L1"]), max(kept["L1"])) == (5, 10)
    assert set(kept["both"]) == {12}
    assert (min(zeros["L1"]), max(zeros["L1"])) == (8, 13)
    assert (min(zeros["both"]), max(zeros["both"])) == (8, 12)
    assert set(zeros["L2"]) == {0}


@pytest.mark.claim("05-l1l2-without-strengths-is-nothing")
def test_spellings_of_l1l2():
    w, get = np.array([1.0, -2.0, 3.0], dtype="float32"), keras.regularizers.get
    for penalty in (keras.regularizers.L1L2(l1=0.01, l2=0.01), keras.regularizers.l1_l2(l1=0.01, l2=0.01)):
        assert float(penalty(w)) == pytest.approx(0.20)
    assert float(keras.regularizers.L1L2()(w)) == float(get("l1l2")(w)) == 0
    for one, size in ((keras.regularizers.L1(), 6), (keras.regularizers.L2(), 14)):
        assert float(one(w)) == pytest.approx(0.01 * size)
    with pytest.raises(ValueError, match="l1_l2"):
        get("l1_l2")


@pytest.mark.claim("05-keras-equals-elastic-net")
def test_keras_gives_the_zeros_and_weights_of_elastic_net(claim_seeds):
    arguments = elastic_net_arguments(l1=0.2, l2=0.1)
    assert arguments == pytest.approx({"alpha": 0.2, "l1_ratio": 0.5})
    assert elastic_net_strengths(**arguments) == pytest.approx({"l1": 0.2, "l2": 0.1})
    for seed in claim_seeds(4):
        dataset = problem(seed)
        x = dataset.train.x
        assert 1 / (2 * np.linalg.eigvalsh(x.T @ x / len(x)).max() + 2 * 0.1) > 0.05
        reference = fitted(dataset, 0.2, 0.1, tol=1e-8).coef_
        ours = keras_weights(
            dataset,
            seed,
            3000,
            keras.optimizers.SGD(0.05),
            kernel_regularizer=keras.regularizers.L2(0.1),
            kernel_constraint=SoftThreshold(0.2, learning_rate=0.05),
        )
        assert np.array_equal(ours == 0, reference == 0)
        assert_allclose(ours, reference, atol=1e-5)
        both = keras.regularizers.L1L2(l1=0.2, l2=0.1)
        adam = keras_weights(dataset, seed, 2000, keras.optimizers.Adam(0.01), kernel_regularizer=both)
        assert np.all(adam != 0)
        if seed == 0:
            assert np.sum(ours == 0) == 12


@pytest.mark.claim("05-exact-copies-have-no-single-solution")
def test_solvers_split_exact_copies_differently_and_predict_the_same(claim_seeds):
    for seed in claim_seeds(3):
        dataset = problem(seed, 1.0)
        lasso = fitted(dataset, 0.2, 0).coef_
        ours = keras_weights(
            dataset,
            seed,
            4000,
            keras.optimizers.SGD(0.05),
            kernel_constraint=SoftThreshold(0.2, learning_rate=0.05),
        )
        assert np.sum(np.abs(lasso[:4]) > 1e-9) == 1
        assert np.sum(ours[:4] > 0.1) == 4
        assert ours[:4].sum() == pytest.approx(lasso[:4].sum(), abs=1e-3)
        assert np.abs(ours).sum() == pytest.approx(np.abs(lasso).sum(), abs=1e-3)
        assert_allclose(dataset.test.x @ ours, dataset.test.x @ lasso, atol=1e-3)
        shared = fitted(dataset, 0.2, 0.1, tol=1e-10).coef_
        assert_allclose(shared[:4], shared[0], atol=1e-4)


@pytest.mark.claim("05-paths-of-a-group-stay-together")
def test_weights_of_a_group_stay_together_with_l2():
    signs = np.array([1, -1, 1])[:, None]
    for seed in range(3):
        groups = {
            l2: np.array([fitted(problem(seed), l1, l2).coef_[:12] for l1 in np.geomspace(3, 0.01, 30)])
            for l2 in (0, 0.1)
        }
        groups = {l2: path.reshape(30, 3, 4) for l2, path in groups.items()}
        widest = {l2: np.ptp(path, axis=2).max(axis=0) for l2, path in groups.items()}
        assert widest[0].min() > 1.4
        assert widest[0].max() < 3.5
        assert widest[0.1].min() > 0.2
        assert widest[0.1].max() < 0.9
        assert (groups[0] * signs < 0).any()
        assert not (groups[0.1] * signs < 0).any()
        if seed == 0:
            assert_allclose(groups[0][0, 0], [2.93, 0, 0, 0], atol=0.02)
            assert_allclose(groups[0][-1, 0], [0, 2.27, 1.72, 0], atol=0.02)
            assert (groups[0][:, 2] < 0).any()


@cache
def error_map(seed, part):
    rows = getattr(problem(seed), part)
    models = [[fitted(problem(seed), l1, l2) for l2 in L2_VALUES] for l1 in L1_VALUES]
    return np.array([[np.mean((m.predict(rows.x) - rows.y) ** 2) for m in row] for row in models])


@pytest.mark.claim("05-the-map-is-flat-near-its-minimum")
def test_the_valley_is_flat():
    errors = error_map(0, "validation")
    assert np.unravel_index(errors.argmin(), errors.shape) == (3, 4)
    assert_allclose((errors[0].min(), errors[:, 0].min(), errors.min()), (1.77, 1.71, 1.70), atol=0.006)
    assert errors[3:6, :5].max() < 1.05 * errors.min()
    near = [
        int(np.sum(error_map(seed, "validation") < 1.05 * error_map(seed, "validation").min()))
        for seed in range(12)
    ]
    assert (min(near), max(near)) == (3, 24)


@pytest.mark.claim("05-better-than-l2-hardly-better-than-l1")
def test_better_than_l2_hardly_better_than_l1():
    scores = []
    for seed in range(12):
        validation, test = error_map(seed, "validation"), error_map(seed, "test")
        best = np.unravel_index(validation.argmin(), validation.shape)
        scores.append((test[validation[:, 0].argmin(), 0], test[0, validation[0].argmin()], test[best]))
    # Even the true weights have about the noise's variance as their error on the validation data.
    noise = [
        np.mean((problem(s).validation.x @ problem(s).coefficients - problem(s).validation.y) ** 2)
        for s in range(12)
    ]
    assert_allclose(np.mean(noise), 1, atol=0.15)
    l1, l2, both = np.array(scores).T
    for values, expected in ((l1, (0.33, 0.06)), (l2, (0.60, 0.16)), (both, (0.30, 0.08))):
        assert_allclose((values.mean(), values.std(ddof=1)), expected, atol=0.006)
    assert (both < l2).all()
    assert (l2 - both).mean() == pytest.approx(0.31, abs=0.006)
    assert (l1 - both).mean() == pytest.approx(0.03, abs=0.006)
    assert [int(np.sum(both < l1)), int(np.sum(both == l1)), int(np.sum(both > l1))] == [7, 3, 2]
