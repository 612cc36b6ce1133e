"""What lesson 08 claims, measured with the lesson's own experiments over several seeds.

A seed draws the split of the patients, the initial weights, the order of the rows and the masks.
"""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from coursekit import data, models, training

REMEDIES = [{"l2": 0.1}, {"l1": 0.01}, {"l1": 0.01, "l2": 0.03}, {"rate": 0.5, "l2": 0.03}]


def clinic(seed, **point):
    dataset = data.diabetes(seed=seed)
    mean, sd = dataset.train.x.mean(axis=0), dataset.train.x.std(axis=0)
    center, unit = dataset.train.y.mean(), dataset.train.y.std()
    parts = (dataset.train, dataset.validation, dataset.test)
    return data.Dataset(*(data.Split((x - mean) / sd, (y - center) / unit) for x, y in parts))


def build_model(l1=None, l2=None, rate=None, seed=0):
    return models.regressor(10, units=(128, 128), l1=l1, l2=l2, dropout_rate=rate, seed=seed)


def r_squared(model, x, y):
    return 1 - training.evaluate(model, x, y)["data_loss"] / np.var(y)


@pytest.fixture(scope="module")
def result(claim_seeds):
    return training.sweep(
        build_model, [{}, *REMEDIES], data=clinic, epochs=200, seeds=claim_seeds(6), progress=False
    )


def scores(result, point, part):
    runs = [run for run in result.runs if run.point == point]
    return np.array([r_squared(run.model, *getattr(clinic(run.seed), part)) for run in runs])


def linear_scores(seeds, part):
    return np.array(
        [LinearRegression().fit(*clinic(s).train).score(*getattr(clinic(s), part)) for s in seeds]
    )


@pytest.mark.claim("08-the-network-overfits")
def test_the_colleagues_network_overfits(result):
    assert scores(result, {}, "train").min() > 0.98
    test = scores(result, {}, "test")
    assert test.max() < 0.2
    assert test.mean() == pytest.approx(0.13 if len(test) == 6 else 0.17, abs=0.05)
    for run in result.runs:
        if not run.point:
            validation = run.history.columns["val_data_loss"]
            assert np.argmin(validation) < 40
            assert validation[-1] > 1.3 * validation.min()
            assert run.history.columns["data_loss"][-1] < 0.03


@pytest.mark.claim("08-linear-regression-is-the-bar")
def test_linear_regression_is_far_better_than_the_untreated_network(result, claim_seeds):
    seeds = claim_seeds(6)
    linear = linear_scores(seeds, "test")
    assert (linear > scores(result, {}, "test") + 0.15).all()
    assert linear_scores(range(6), "test").mean() == pytest.approx(0.46, abs=0.01)


@pytest.mark.claim("08-remedies-reach-the-linear-model")
def test_remedies_reach_linear_regression_and_do_not_pass_it(result, claim_seeds):
    linear = linear_scores(claim_seeds(6), "test")
    for point in REMEDIES:
        cured = scores(result, point, "test")
        assert abs((cured - linear).mean()) < 0.05, point
        assert (cured > scores(result, {}, "test") + 0.15).all()
    assert scores(result, {"l2": 0.1}, "test").mean() == pytest.approx(0.45, abs=0.02)
    assert scores(result, {"l2": 0.1}, "validation")[:3].mean() == pytest.approx(0.49, abs=0.03)
