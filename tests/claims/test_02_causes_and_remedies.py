"""What lesson 02 claims, measured with the lesson's own experiments over several seeds.

A seed draws the split, the label noise, the initial weights and the order of the rows.
"""

from __future__ import annotations

from functools import cache

import keras
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from coursekit import data, models, stored, training


def build_model(units=128, l2=None, seed=0):
    return models.classifier(64, 10, units=units, l2=l2, seed=seed)


def clean_digits(n, seed):
    return data.digits(n_train=n, n_validation=200, seed=seed)


def noisy_digits(seed, label_noise=0.4, **point):
    return data.digits(n_train=400, n_validation=200, label_noise=label_noise, seed=seed)


def scores(result, name, rows):
    """Training accuracy (of the last epoch) and test accuracy: tables of value × seed."""
    final = result.final
    final["test"] = [
        training.evaluate(run.model, *rows(**run.point, seed=run.seed).test)["accuracy"]
        for run in result.runs
    ]
    return tuple(final.pivot(index=name, columns="seed", values=score) for score in ("accuracy", "test"))


def sweep(grid, rows, epochs, seeds, model=build_model, **options):
    return training.sweep(model, grid, data=rows, epochs=epochs, seeds=seeds, progress=False, **options)


@pytest.mark.claim("02-more-data-closes-the-gap")
def test_more_data_close_the_gap(claim_seeds, claimed):
    """In the counter-condition there are 50 rows whatever n says."""
    rows = claimed(clean_digits, counter=lambda n, seed: clean_digits(50, seed))

    def model(n, seed):
        return build_model(seed=seed)

    accuracy, test = scores(sweep({"n": [50, 200, 800]}, rows, 60, claim_seeds(5), model), "n", rows)
    gap = accuracy - test
    assert (gap.loc[50] > gap.loc[200] + 0.02).all()
    assert (gap.loc[200] > gap.loc[800] + 0.01).all()
    assert accuracy.mean(axis=1).min() > 0.97
    assert gap.loc[50].mean() == pytest.approx(0.2, abs=0.05)
    assert gap.loc[800].mean() == pytest.approx(0.03, abs=0.015)
    assert test.loc[800].min() > 0.95


@pytest.mark.claim("02-score-has-a-peak-over-width")
def test_the_score_has_a_peak_over_the_width(claim_seeds, claimed):
    """With right labels, 128 units have no lies to learn and do no worse than 16."""
    label_noise = claimed(0.4, counter=0.0)

    def rows(seed, **point):
        return noisy_digits(seed, label_noise)

    result = sweep({"units": [1, 2, 4, 16, 128]}, rows, 100, claim_seeds(5))
    accuracy, test = scores(result, "units", rows)
    assert (test.loc[16] > test.loc[128] + 0.01).all()
    assert (test.loc[16] > test.loc[2] + 0.3).all()
    assert accuracy.mean(axis=1).is_monotonic_increasing
    assert (test.loc[[4, 16, 128]].mean(axis=1) > accuracy.loc[[4, 16, 128]].mean(axis=1)).all()
    means = test.mean(axis=1)
    assert means.loc[[1, 2]].max() < 0.4
    assert means.loc[16] == pytest.approx(0.86, abs=0.02)
    assert means.loc[128] == pytest.approx(0.79, abs=0.03)


@pytest.mark.claim("02-too-much-regularization-underfits")
def test_some_regularization_helps_and_too_much_underfits(claim_seeds, claimed):
    def unregularized(l2, seed):
        return build_model(seed=seed)

    model = claimed(build_model, counter=unregularized)
    result = sweep({"l2": [0.0, 0.003, 0.1, 1.0]}, noisy_digits, 60, claim_seeds(5), model)
    accuracy, test = scores(result, "l2", noisy_digits)
    gain = test.loc[0.003] - test.loc[0.0]
    assert np.mean(gain > 0) >= 0.9
    assert gain.mean() > 0.01
    assert (accuracy.loc[0.003] < accuracy.loc[0.0] - 0.01).all()
    assert max(accuracy.loc[1.0].max(), test.loc[1.0].max()) < 0.2
    assert max(accuracy.loc[0.1].mean(), test.loc[0.1].mean()) < 0.2


def early_stopping():
    return [keras.callbacks.EarlyStopping("val_data_loss", patience=10, restore_best_weights=True)]


@pytest.mark.claim("02-early-stopping-is-strong")
def test_early_stopping_is_strong(claim_seeds, claimed):
    stop = claimed({"callbacks": early_stopping}, counter={})
    results = [sweep({}, noisy_digits, 100, claim_seeds(5), **kind) for kind in ({}, stop)]
    full, stopped = (
        np.array([training.evaluate(r.model, *noisy_digits(r.seed).test)["accuracy"] for r in result.runs])
        for result in results
    )
    assert (stopped > full).all()
    assert np.mean(stopped - full) > 0.05
    assert full.mean() == pytest.approx(0.79, abs=0.03)
    assert stopped.mean() == pytest.approx(0.88, abs=0.03)
    best = [int(run.history.columns["val_data_loss"].argmin()) + 1 for run in results[1].runs]
    assert max(best) <= 50


def with_shifts(x):
    images = x.reshape(-1, 8, 8)
    moves = [(0, 0), (0, 1), (0, -1), (1, 0), (-1, 0)]
    return np.concatenate([np.roll(images, move, axis=(1, 2)) for move in moves]).reshape(-1, 64)


def with_copies(x):
    return np.tile(x, (5, 1))


def augmentation_scores(n, label_noise, seed, augment):
    """Accuracy on test images, on shifted ones and on the original training images.

    The rows are 100 epochs and 20 epochs on the original images, and 20 epochs on augmented ones.
    """
    dataset = data.digits(n_train=n, n_validation=200, label_noise=label_noise, seed=seed)
    x, y = dataset.train
    x_test, y_test = dataset.test
    parts = [(x_test, y_test), (with_shifts(x_test)[len(x_test) :], np.tile(y_test, 4)), (x, y)]
    found = []
    for rows, labels, epochs in [(x, y, 100), (x, y, 20), (augment(x), np.tile(y, 5), 20)]:
        model = build_model(seed=seed)
        training.fit(model, rows, labels, epochs=epochs, batch_size=25, seed=seed, progress=False)
        found.append([training.evaluate(model, *part)["accuracy"] for part in parts])
    return found


@pytest.mark.claim("02-augmentation-helps-against-wrong-labels")
def test_augmentation_prepares_for_shifts_and_stopping_does_the_rest(claim_seeds, claimed):
    """In the counter-condition, there are as many copies of each image, but none is shifted."""
    augment = claimed(with_shifts, counter=with_copies)
    seeds = claim_seeds(5)
    clean, noisy = (
        np.array([augmentation_scores(*kind, seed, augment) for seed in seeds])
        for kind in ((100, 0.0), (400, 0.4))
    )
    # Axes: seeds, models, parts.
    assert (clean[:, 2, 1] > clean[:, 0, 1] + 0.2).all()
    assert np.mean(clean[:, 2, 0] - clean[:, 0, 0]) < -0.005
    plain, short, shifted = noisy[:, :, 0].T
    assert (shifted > plain + 0.03).all()
    assert np.mean(short - plain) > 0.6 * np.mean(shifted - plain)
    assert (noisy[:, 2, 1] > noisy[:, 1, 1] + 0.25).all()
    assert (noisy[:, 2, 2] < noisy[:, 0, 2] - 0.05).all()
    means = [*noisy[:, :, 0].mean(axis=0), *clean[:, [0, 2], 0].mean(axis=0)]
    assert means == pytest.approx([0.78, 0.88, 0.9, 0.89, 0.87], abs=0.03)


GRID = np.linspace(-0.9, 0.9, 61)
TRUTH = data.true_curve(GRID)


def fits(degree, n_train, seeds, noise=0.3):
    curves = []
    for seed in seeds:
        x, y = data.noisy_curve(n_train=n_train, noise=noise, seed=seed).train
        curves.append(np.polyval(np.polyfit(x[:, 0], y, degree), GRID))
    return np.array(curves)


def parts_of(curves):
    """Squared bias and variance, each averaged over the places."""
    return np.mean((curves.mean(axis=0) - TRUTH) ** 2), np.mean(curves.var(axis=0))


@pytest.mark.claim("02-bias-falls-and-variance-rises")
def test_bias_falls_until_degree_3_and_variance_rises_after_it(claim_seeds, claimed):
    """Without noise there is nothing to chase: no degree is too high."""
    noise, seeds = claimed(0.3, counter=0.0), claim_seeds(200, always=True)
    curves = [[fits(degree, n, seeds, noise) for degree in range(1, 8)] for n in (20, 100)]
    bias, variance = np.moveaxis([[parts_of(c) for c in row] for row in curves], -1, 0)
    error = bias + variance
    assert error[0].argmin() + 1 == 3
    assert error[1].argmin() + 1 > 3
    np.testing.assert_allclose(error, [[np.mean((c - TRUTH) ** 2) for c in row] for row in curves])
    assert error[0, 2] == pytest.approx(0.03, abs=0.01)
    assert bias[0] == pytest.approx([0.15, 0.15, 0.003, *bias[0, 3:]], abs=0.01)
    np.testing.assert_allclose(bias[1, :2], bias[0, :2], rtol=0.15)
    assert abs(bias[1, 2] - bias[0, 2]) < 0.003
    # Degree 2 scatters most of the first three, by what a parabola cannot express.
    assert variance[0, 1] > 1.5 * max(variance[0, 0], variance[0, 2])
    misfit = [parts_of(fits(degree, 20, seeds, noise=0.0))[1] for degree in (2, 3)]
    assert misfit == pytest.approx([0.06, 0.002], abs=0.015)
    assert variance[0, 2] < variance[0, 3:].min()
    assert variance[0, 5:].min() > 10 * variance[0, 2]
    assert (bias[0, 3:] < 0.2 * variance[0, 3:]).all()
    assert variance[1].max() < 0.02
    # New measurements have noise of their own.
    measured = TRUTH + noise * np.random.default_rng(seeds[0]).standard_normal((len(seeds), len(GRID)))
    assert np.mean((curves[1][2] - measured) ** 2) == pytest.approx(error[1, 2] + 0.09, abs=0.01)


@pytest.mark.claim("02-remedies-reduce-variance")
def test_remedies_reduce_the_variance(claim_seeds, claimed):
    seeds = claim_seeds(20, always=True)

    def model(seed, l2=None, dropout_rate=None):
        remedy = {"l2": l2, "dropout_rate": dropout_rate}
        return models.regressor(1, units=(64, 64), activation="tanh", learning_rate=0.01, seed=seed, **remedy)

    def rows(seed, **point):
        return data.noisy_curve(n_train=20, seed=seed)

    def parts(epochs=500, **remedy):
        result = sweep([remedy], rows, epochs, seeds, model, batch_size=20)
        places = GRID[:, None].astype("float32")
        return parts_of(np.array([np.asarray(run.model(places))[:, 0] for run in result.runs]))

    remedies = claimed(
        {"l2": {"l2": 0.003}, "dropout": {"dropout_rate": 0.1}, "stopping": {"epochs": 150}},
        counter={"l2": {}, "dropout": {}, "stopping": {}},
    )
    bias, variance = parts()
    found = {name: parts(**remedy) for name, remedy in remedies.items()}
    for name, (_, reduced) in found.items():
        assert reduced < 0.75 * variance, name
    assert found["dropout"][0] > bias
    assert found["l2"][1] < 0.5 * variance


@pytest.mark.claim("02-leakage-invents-a-score")
def test_leakage_invents_a_score(claim_seeds, claimed):
    means = []
    for on_everybody in (claimed(True, counter=False), False):
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
    assert means == pytest.approx([0.8, 0.5], abs=0.07)


DESCENT = (8, 32, 512)


@cache
def descent(seed, label_noise):
    """Training and test accuracy after 600 epochs, a row for each of three widths."""
    dataset = noisy_digits(seed, label_noise)
    found = []
    for units in DESCENT:
        model = build_model(units, seed=seed)
        history = training.fit(model, *dataset.train, epochs=600, seed=seed, progress=False)
        found.append(
            [history.table["accuracy"].iloc[-1], training.evaluate(model, *dataset.test)["accuracy"]]
        )
    return np.array(found)


@pytest.mark.claim("02-double-descent")
def test_the_score_falls_and_rises_again_with_the_width(claim_seeds, claimed):
    """With right labels there is no valley."""
    found = np.array([descent(seed, claimed(0.2, counter=0.0)) for seed in claim_seeds(5)])
    fitted, (peak, valley, end) = found[..., 0].mean(axis=0), found[..., 1].mean(axis=0)
    assert valley < peak - 0.01
    assert valley < end - 0.01
    assert abs(end - peak) < 0.025
    assert 0.95 < fitted[1] < 0.999 < fitted[2]

    table = stored.load("02_double_descent")
    means = table.groupby("units")[["training", "test"]].mean()
    assert sorted(set(table["seed"])) == list(range(5))
    assert means["test"].loc[[4, 8, 32, 512]].tolist() == pytest.approx([0.72, 0.81, 0.775, 0.81], abs=0.01)
    assert means["test"].loc[8:].idxmin() == 32
    assert means["training"].loc[32] == pytest.approx(0.98, abs=0.01)
    assert means["training"].loc[64] > 0.99


@pytest.mark.slow
def test_the_stored_table_can_be_computed_again():
    kept = stored.load("02_double_descent").set_index(["units", "seed"]).sort_index()
    seeds = range(3)
    again = np.mean([descent(seed, 0.2) for seed in seeds], axis=0)
    for units, (fitted, test) in zip(DESCENT, again, strict=True):
        means = kept.loc[[(units, seed) for seed in seeds]].mean()
        # Other processors round otherwise, and 600 epochs carry that far; but not as far as the valley is deep.
        assert test == pytest.approx(means["test"], abs=0.012)
        assert fitted == pytest.approx(means["training"], abs=0.012)
