"""What lesson 02 claims, measured with the lesson's own experiments over several seeds.

A seed draws the split, the label noise, the initial weights and the order of the rows.
"""

from __future__ import annotations

import keras
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from coursekit import data, models, stored, training


def build_model(units=128, l2=None, seed=0):
    return models.classifier(64, 10, units=units, l2=l2, seed=seed)


def clean_digits(n, seed):
    return data.digits(n_train=n, n_validation=200, seed=seed)


def noisy_digits(seed, **point):
    return data.digits(n_train=400, n_validation=200, label_noise=0.4, seed=seed)


def scores(result, name, rows):
    """Training and test accuracy, each averaged over the seeds, by the value of a hyperparameter."""
    final = result.final
    final["test"] = [
        training.evaluate(run.model, *rows(**run.point, seed=run.seed).test)["accuracy"]
        for run in result.runs
    ]
    return final.groupby(name)[["accuracy", "test"]].mean()


def sweep(grid, rows, epochs, seeds, model=build_model, **options):
    return training.sweep(model, grid, data=rows, epochs=epochs, seeds=seeds, progress=False, **options)


@pytest.mark.claim("02-more-data-closes-the-gap")
def test_more_data_close_the_gap(claim_seeds):
    def model(n, seed):
        return build_model(seed=seed)

    result = sweep({"n": [50, 200, 800]}, clean_digits, 60, claim_seeds(5), model)
    found = scores(result, "n", clean_digits)
    assert found["accuracy"].min() > 0.98
    assert found["test"].loc[50] == pytest.approx(0.79, abs=0.03)
    assert found["test"].loc[800] == pytest.approx(0.96, abs=0.015)
    gap = found["accuracy"] - found["test"]
    assert gap.loc[50] > gap.loc[200] > gap.loc[800]
    assert gap.loc[50] == pytest.approx(0.2, abs=0.03)
    assert gap.loc[800] == pytest.approx(0.03, abs=0.015)


@pytest.mark.claim("02-score-has-a-peak-over-width")
def test_the_score_has_a_peak_over_the_width(claim_seeds):
    result = sweep({"units": [1, 2, 16, 128]}, noisy_digits, 100, claim_seeds(5))
    found = scores(result, "units", noisy_digits)
    assert found["accuracy"].is_monotonic_increasing
    assert (found["test"] > found["accuracy"]).all()
    assert found["test"].loc[[1, 2]].max() < 0.31
    assert found["test"].loc[16] == pytest.approx(0.86, abs=0.02)
    assert found["test"].loc[128] == pytest.approx(0.78, abs=0.02)


@pytest.mark.claim("02-too-much-regularization-underfits")
def test_too_much_regularization_underfits(claim_seeds):
    result = sweep({"l2": [0.0001, 0.01, 0.1, 1.0]}, noisy_digits, 60, claim_seeds(5))
    found = scores(result, "l2", noisy_digits)
    assert found["accuracy"].loc[0.01] < found["accuracy"].loc[0.0001] - 0.03
    assert found["test"].loc[0.01] > found["test"].loc[0.0001] + 0.01
    assert found.loc[[0.1, 1.0]].to_numpy().max() < 0.2


@pytest.mark.claim("02-early-stopping-is-strong")
def test_early_stopping_is_strong(claim_seeds):
    def stop():
        return [keras.callbacks.EarlyStopping("val_data_loss", patience=10, restore_best_weights=True)]

    seeds = claim_seeds(5)
    results = [sweep({}, noisy_digits, 100, seeds, **kind) for kind in ({}, {"callbacks": stop})]
    full, stopped = (
        np.array([training.evaluate(r.model, *noisy_digits(r.seed).test)["accuracy"] for r in result.runs])
        for result in results
    )
    assert (stopped > full + 0.03).all()
    assert full.mean() == pytest.approx(0.78, abs=0.02)
    assert stopped.mean() == pytest.approx(0.88, abs=0.02)
    best = [int(run.history.columns["val_data_loss"].argmin()) + 1 for run in results[1].runs]
    assert min(best) >= 12
    assert max(best) <= 35


def with_shifts(x):
    images = x.reshape(-1, 8, 8)
    moves = [(0, 0), (0, 1), (0, -1), (1, 0), (-1, 0)]
    return np.concatenate([np.roll(images, move, axis=(1, 2)) for move in moves]).reshape(-1, 64)


@pytest.mark.claim("02-augmentation-helps-against-wrong-labels")
def test_augmentation_helps_against_wrong_labels_only(claim_seeds):
    expected = {(100, 0.0): (0.89, 0.87), (400, 0.4): (0.77, 0.90)}
    for (n, label_noise), means in expected.items():
        found = []
        for seed in claim_seeds(5):
            dataset = data.digits(n_train=n, n_validation=200, label_noise=label_noise, seed=seed)
            x, y = dataset.train
            for rows, labels, epochs in [(x, y, 100), (with_shifts(x), np.tile(y, 5), 20)]:
                model = build_model(seed=seed)
                training.fit(model, rows, labels, epochs=epochs, batch_size=25, seed=seed, progress=False)
                found.append(training.evaluate(model, *dataset.test)["accuracy"])
        plain, shifted = np.reshape(found, (-1, 2)).mean(axis=0)
        assert (plain, shifted) == pytest.approx(means, abs=0.025)
        if label_noise:
            assert shifted > plain + 0.08
        else:
            assert shifted < plain + 0.005


GRID = np.linspace(-0.9, 0.9, 61)


def fits(degree, n_train, seeds):
    curves = []
    for seed in seeds:
        x, y = data.noisy_curve(n_train=n_train, seed=seed).train
        curves.append(np.polyval(np.polyfit(x[:, 0], y, degree), GRID))
    return np.array(curves)


@pytest.mark.claim("02-bias-falls-and-variance-rises")
def test_bias_falls_and_variance_rises_with_the_degree(claim_seeds):
    truth = data.true_curve(GRID)
    bias, variance, error = (np.zeros((2, 7)) for _ in range(3))
    for i, n_train in enumerate((20, 100)):
        for degree in range(1, 8):
            curves = fits(degree, n_train, claim_seeds(200, always=True))
            bias[i, degree - 1] = np.mean((curves.mean(axis=0) - truth) ** 2)
            variance[i, degree - 1] = np.mean(curves.var(axis=0))
            error[i, degree - 1] = np.mean((curves - truth) ** 2)
    np.testing.assert_allclose(error, bias + variance, rtol=1e-9)
    assert bias[0, 0] == pytest.approx(0.15, abs=0.01)
    assert bias[:, 2:].max() < 0.01
    np.testing.assert_allclose(bias[1, :4], bias[0, :4], rtol=0.5)
    assert bias[0, 4:].max() < 0.003
    assert variance[0, 4:].min() > 0.15
    assert variance[0, [0, 6]] == pytest.approx([0.03, 3.4], rel=0.1)
    assert error.argmin(axis=1).tolist() == [2, 4]
    assert error[0, 2] == pytest.approx(0.03, abs=0.003)
    assert variance[1].max() < 0.01


@pytest.mark.claim("02-leakage-invents-a-score")
def test_leakage_invents_a_score(claim_seeds):
    means = []
    for on_everybody in (True, False):
        found = []
        for seed in claim_seeds(20, always=True):
            generator = np.random.default_rng(seed)
            x, y = generator.normal(size=(100, 1000)), generator.permutation(np.arange(100) % 2)
            train, held_out = np.arange(50), np.arange(50, 100)
            rows = np.arange(100) if on_everybody else train
            values, label = x[rows] - x[rows].mean(axis=0), y[rows] - y[rows].mean()
            correlation = np.abs(values.T @ label) / (np.linalg.norm(values, axis=0) * np.linalg.norm(label))
            picked = np.argsort(-correlation)[:20]
            model = LogisticRegression().fit(x[train][:, picked], y[train])
            found.append(model.score(x[held_out][:, picked], y[held_out]))
        means.append(np.mean(found))
    assert means == pytest.approx([0.81, 0.5], abs=0.02)


@pytest.mark.claim("02-double-descent")
def test_the_stored_table_shows_a_second_rise():
    table = stored.load("02_double_descent")
    means = table.groupby("units")[["training", "test"]].mean()
    assert sorted(set(table["seed"])) == list(range(5))
    assert means["test"].loc[[4, 8, 32, 512]].tolist() == pytest.approx([0.72, 0.81, 0.775, 0.81], abs=0.01)
    assert means["test"].loc[[24, 32, 64]].max() < means["test"].loc[8] - 0.02
    assert means["test"].loc[512] > means["test"].loc[32] + 0.02
    assert means["test"].idxmin() == 4
    assert means["test"].loc[8:].idxmin() == 32
    assert means["training"].loc[32] == pytest.approx(0.98, abs=0.01)
    assert means["training"].loc[64] > 0.99


@pytest.mark.slow
def test_the_stored_table_can_be_computed_again():
    def rows(seed, **point):
        return data.digits(n_train=400, n_validation=200, label_noise=0.2, seed=seed)

    result = sweep({"units": [8, 32]}, rows, 600, (0, 1))
    final = result.final
    final["test"] = [training.evaluate(run.model, *rows(run.seed).test)["accuracy"] for run in result.runs]
    kept = stored.load("02_double_descent").set_index(["units", "seed"])
    for row in final.itertuples():
        # Other processors round otherwise, and 600 epochs carry that far.
        assert row.test == pytest.approx(kept.loc[(row.units, row.seed), "test"], abs=0.03)
        assert row.accuracy == pytest.approx(kept.loc[(row.units, row.seed), "training"], abs=0.03)
