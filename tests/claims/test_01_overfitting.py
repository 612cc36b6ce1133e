"""What lesson 01 claims, measured with the lesson's own experiments over several seeds.

A seed draws everything: the data with their noise, the initial weights and the order of the rows.
"""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from coursekit import data, models, training


def train_on_curve(curve, units, seed):
    model = models.regressor(1, units=units, activation="tanh", learning_rate=0.005, seed=seed)
    training.fit(model, *curve.train, epochs=2000, batch_size=20, seed=seed, progress=False)
    return model


@pytest.mark.claim("01-large-network-leaves-the-curve")
def test_the_large_network_is_closer_to_the_points_and_further_from_the_curve(claim_seeds, claimed):
    """Without noise there is nothing but the curve to learn."""
    noise = claimed(0.3, counter=0.0)
    on_points, from_truth = [], []
    for seed in claim_seeds(10):
        curve = data.noisy_curve(n_train=20, noise=noise, seed=seed)
        networks = [train_on_curve(curve, units, seed) for units in (8, (128, 128, 128))]
        on_points.append([training.evaluate(model, *curve.train)["data_loss"] for model in networks])
        from_truth.append([training.evaluate(model, *curve.test)["data_loss"] for model in networks])
    small, large = np.transpose(from_truth)
    assert np.mean(large > small) >= 0.9
    assert large.mean() > 2 * small.mean()
    small, large = np.transpose(on_points)
    assert np.mean(large < small) >= 0.9


@cache
def noisy_run(seed, label_noise):
    """Experiment 2: the history, what was said of the wrongly labeled images, and the test accuracy."""
    digits = data.digits(label_noise=label_noise, seed=seed)
    model = models.classifier(64, 10, units=(256, 256), seed=seed)
    wrong, said = digits.wrong_labels, []
    listen = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: said.append(np.argmax(model(digits.train.x[wrong]), axis=1))
    )
    history = training.fit(
        model,
        *digits.train,
        validation_data=digits.validation,
        epochs=120,
        callbacks=[listen] if wrong.any() else None,
        seed=seed,
        progress=False,
    )
    return SimpleNamespace(
        table=history.table,
        wrong=wrong.mean(),
        said_true=[np.mean(answers == digits.true_labels[wrong]) for answers in said],
        said_wrong=[np.mean(answers == digits.train.y[wrong]) for answers in said],
        training=training.evaluate(model, *digits.train)["accuracy"],
        test=training.evaluate(model, *digits.test)["accuracy"],
    )


@pytest.mark.claim("01-wrong-labels-are-learned-by-heart")
def test_wrong_labels_are_learned_by_heart(claim_seeds, claimed):
    label_noise = claimed(0.4, counter=0.0)
    runs = [noisy_run(seed, label_noise) for seed in claim_seeds(6)]
    for run in runs:
        assert run.training > 0.995
        assert run.test < 0.8  # the effect of the labels: with right ones it is above 0.95
        assert 0.32 < run.wrong < 0.4
    assert np.mean([run.test for run in runs]) == pytest.approx(0.7, abs=0.05)


@pytest.mark.claim("01-validation-loss-turns-up")
def test_the_validation_loss_turns_up_after_a_few_epochs(claim_seeds, claimed):
    label_noise = claimed(0.4, counter=0.0)
    for seed in claim_seeds(6):
        table = noisy_run(seed, label_noise).table
        lowest = table.loc[table["val_data_loss"].idxmin()]
        assert table["val_data_loss"].iloc[-1] > 2 * lowest["val_data_loss"]
        assert lowest["epoch"] <= 15
        assert table["data_loss"].iloc[-1] < 0.05


@pytest.mark.claim("01-true-digit-first")
def test_the_true_digit_is_said_first_and_the_wrong_label_in_the_end(claim_seeds, claimed):
    """Where all labels are drawn by lot, no true digit is there to be learned first."""
    label_noise = claimed(0.4, counter=1.0)
    for seed in claim_seeds(6):
        run = noisy_run(seed, label_noise)
        best = np.argmax(run.said_true)
        assert run.said_true[best] > 0.8
        assert run.said_wrong[best] < 0.15
        assert best + 1 <= 15
        crossing = np.flatnonzero(np.greater(run.said_wrong, run.said_true))[0] + 1
        assert 20 <= crossing <= 45
        assert run.said_true[-1] < 0.01
        assert run.said_wrong[-1] > 0.99


@pytest.mark.claim("01-random-labels-are-memorized")
def test_random_labels_are_memorized(claim_seeds, claimed):
    label_noise = claimed(1.0, counter=0.0)
    for seed in claim_seeds(6):
        digits = data.digits(label_noise=label_noise, seed=seed)
        model = models.classifier(64, 10, units=(256, 256), seed=seed)
        history = training.fit(
            model, *digits.train, validation_data=digits.validation, epochs=200, seed=seed, progress=False
        )
        assert history.table["accuracy"].iloc[-1] > 0.99
        assert history.table["val_accuracy"].iloc[-1] < 0.2


def shift_scores(n_train, columns, seed):
    """Accuracy on training and test images, as they are and moved to the right by so many columns."""
    clean = data.digits(n_train=n_train, seed=seed)
    model = models.classifier(64, 10, units=(256, 256), seed=seed)
    training.fit(model, *clean.train, epochs=60, seed=seed, progress=False)
    scores = {}
    for name, part in (("train", clean.train), ("test", clean.test)):
        moved = np.roll(part.x.reshape(-1, 8, 8), columns, axis=2).reshape(-1, 64)
        scores[name] = training.evaluate(model, *part)["accuracy"]
        scores[name, "moved"] = training.evaluate(model, moved, part.y)["accuracy"]
    return scores


@pytest.mark.claim("01-shift-hurts-training-images-too")
def test_what_tells_a_shift_from_overfitting_are_new_images_that_are_not_moved(claim_seeds, claimed):
    columns = claimed(1, counter=0)
    for seed in claim_seeds(6):
        many, few = (shift_scores(n, columns, seed) for n in (600, 60))
        for scores in (many, few):
            assert scores["train", "moved"] < 0.65  # says nothing: both fall
            assert scores["train"] > 0.99
        assert abs(many["train", "moved"] - many["test", "moved"]) < 0.12
        assert many["test"] > 0.94
        assert few["test"] < many["test"] - 0.05


@pytest.mark.claim("01-choosing-makes-validation-optimistic")
def test_the_images_that_decide_flatter_the_chosen_model(claim_seeds, claimed):
    """Where there is but one candidate, nothing is chosen."""
    candidates = claimed(20, counter=1)
    for seed in claim_seeds(4):
        few = data.digits(n_train=60, seed=seed)
        result = training.sweep(
            lambda seed: models.classifier(64, 10, units=32, seed=seed),
            {},
            *few.train,
            epochs=100,
            seeds=range(candidates),
            progress=False,
        )
        images, labels = few.test
        correct = np.array([np.argmax(run.model(images), axis=1) for run in result.runs]) == labels
        rng = np.random.default_rng(seed)
        differences = []
        for _ in range(200):
            order = rng.permutation(len(labels))
            validation, others = order[:50], order[50:]
            chosen = correct[:, validation].mean(axis=1).argmax()
            differences.append(correct[chosen, validation].mean() - correct[chosen, others].mean())
        assert 0.02 < np.mean(differences) < 0.08
        assert np.mean(np.array(differences) > 0) > 0.6
