"""What lesson 08 claims, measured with the lesson's own experiments over several seeds.

A seed divides the people who are not in the test data between training and validation, and draws the initial weights,
the order of the rows and the masks.
"""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from coursekit import data, models, training

REMEDIES = [{"l2": 0.1}, {"l1": 0.01}, {"l1": 0.01, "l2": 0.03}, {"rate": 0.5, "l2": 0.03}]


def clinic(seed, **point):
    return standardize(data.diabetes(seed=seed))


def standardize(dataset):
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
    assert test.max() < 0.45
    assert test[:3].mean() == pytest.approx(0.31, abs=0.05)
    if len(test) == 6:
        assert test.mean() == pytest.approx(0.26, abs=0.05)
    assert scores(result, {}, "validation")[:3].mean() == pytest.approx(0, abs=0.08)
    for run in result.runs:
        if not run.point:
            validation = run.history.columns["val_data_loss"]
            assert np.argmin(validation) < 10
            assert validation[-1] > 1.5 * validation.min()
            assert run.history.columns["data_loss"][-1] < 0.03
    first = result.runs[0].history.columns["val_data_loss"]
    assert first[-1] == pytest.approx(2 * first.min(), rel=0.2)


@pytest.mark.claim("08-linear-regression-is-the-bar")
def test_linear_regression_is_far_better_than_the_untreated_network(result, claim_seeds):
    seeds = claim_seeds(6)
    assert (linear_scores(seeds, "test") > scores(result, {}, "test") + 0.1).all()
    assert linear_scores(range(6), "test").mean() == pytest.approx(0.55, abs=0.01)
    validation = linear_scores(range(3), "validation")
    assert validation.mean() == pytest.approx(0.47, abs=0.01)
    assert validation.std(ddof=1) == pytest.approx(0.06, abs=0.01)
    assert linear_scores(range(3), "test").std(ddof=1) < 0.01


@pytest.mark.claim("08-remedies-reach-the-linear-model")
def test_remedies_reach_linear_regression_and_do_not_pass_it(result, claim_seeds):
    linear = linear_scores(claim_seeds(6), "test")
    for point in REMEDIES:
        cured = scores(result, point, "test")
        assert abs((cured - linear).mean()) < 0.03, point
        assert (cured > scores(result, {}, "test") + 0.08).all()
        assert scores(result, point, "validation")[:3].mean() == pytest.approx(0.49, abs=0.03)
    for point, mean in (({"l2": 0.1}, 0.53), ({"l1": 0.01}, 0.56), ({"rate": 0.5, "l2": 0.03}, 0.57)):
        assert scores(result, point, "test")[:3].mean() == pytest.approx(mean, abs=0.02)
    if len(linear) == 6:
        for point, mean in (({"l2": 0.1}, 0.52), ({"l1": 0.01}, 0.55), ({"rate": 0.5, "l2": 0.03}, 0.56)):
            assert scores(result, point, "test").mean() == pytest.approx(mean, abs=0.02)


@pytest.mark.claim("08-with-few-rows-l2-beats-the-plain-line")
def test_with_few_rows_l2_is_better_than_linear_regression_and_with_more_as_good(claim_seeds):
    people, means = data.diabetes(seed=0), {}
    for n in (50, 100, 200):
        found = {"nothing": [], "l2": [], "linear": []}
        for seed in claim_seeds(6):
            rows = np.random.default_rng(seed).permutation(200)[:n]
            some = data.Split(people.train.x[rows], people.train.y[rows])
            part = standardize(data.Dataset(some, people.validation, people.test))
            for name, strength in (("nothing", None), ("l2", 0.1)):
                model = build_model(l2=strength, seed=seed)
                training.fit(model, *part.train, epochs=40000 // n, progress=False)
                found[name].append(r_squared(model, *part.validation))
            found["linear"].append(LinearRegression().fit(*part.train).score(*part.validation))
        means[n] = [np.mean(found[name][:3]) for name in ("nothing", "l2", "linear")]
        nothing, l2, linear = (np.array(found[name]) for name in ("nothing", "l2", "linear"))
        assert nothing.mean() < 0
        assert (l2 > nothing + 0.15).all()
        assert abs((l2 - linear).mean()) < 0.03 if n > 50 else (l2 - linear).mean() > 0.05
    assert means[50][1:] == pytest.approx([0.38, 0.29], abs=0.03)
    assert means[100][1] == pytest.approx(means[100][2], abs=0.03)
    assert means[200][1:] == pytest.approx([0.47, 0.47], abs=0.02)
