"""What lesson 01 claims, measured with the lesson's own experiments over several seeds.

A seed draws everything: the data with their noise, the initial weights and the order of the rows.
"""

from __future__ import annotations

import numpy as np
import pytest

from coursekit import data, models, training


def train_on_curve(curve, units, seed):
    model = models.regressor(1, units=units, activation="tanh", learning_rate=0.005, seed=seed)
    training.fit(model, *curve.train, epochs=1000, batch_size=20, seed=seed, progress=False)
    return model


@pytest.mark.claim("01-large-network-leaves-the-curve")
def test_the_large_network_is_closer_to_the_points_and_further_from_the_curve(claim_seeds):
    distances = []
    for seed in claim_seeds(10):
        curve = data.noisy_curve(n_train=20, noise=0.3, seed=seed)
        small, large = (train_on_curve(curve, units, seed) for units in (8, (128, 128, 128)))
        on_points = [training.evaluate(model, *curve.train)["data_loss"] for model in (small, large)]
        from_truth = [training.evaluate(model, *curve.test)["data_loss"] for model in (small, large)]
        assert on_points[1] < on_points[0], seed
        assert from_truth[1] > from_truth[0], seed
        distances.append(from_truth)
    small, large = np.mean(distances, axis=0)
    assert large > 3 * small


@pytest.fixture(scope="module")
def noisy_runs(claim_seeds):
    """The runs of experiment 2, by seed: history, test accuracy and data set."""
    runs = {}
    for seed in claim_seeds(6):
        digits = data.digits(label_noise=0.4, seed=seed)
        model = models.classifier(64, 10, units=(256, 256), seed=seed)
        history = training.fit(
            model, *digits.train, validation_data=digits.validation, epochs=120, seed=seed, progress=False
        )
        runs[seed] = history.table, training.evaluate(model, *digits.test)["accuracy"], digits
    return runs


@pytest.mark.claim("01-wrong-labels-are-learned-by-heart")
def test_wrong_labels_are_learned_by_heart(noisy_runs):
    for table, _, digits in noisy_runs.values():
        assert 0.33 < digits.wrong_labels.mean() < 0.39
        assert table["accuracy"].iloc[-1] >= 0.999
    test_accuracy = np.mean([accuracy for _, accuracy, _ in noisy_runs.values()])
    assert 0.64 < test_accuracy < 0.74


@pytest.mark.claim("01-validation-loss-turns-up")
def test_the_validation_loss_turns_up_after_a_few_epochs(noisy_runs):
    for table, _, _ in noisy_runs.values():
        lowest = table.loc[table["val_data_loss"].idxmin()]
        assert lowest["epoch"] <= 12
        assert table["val_data_loss"].iloc[-1] > 2 * lowest["val_data_loss"]
        assert table["data_loss"].iloc[-1] < 0.05


@pytest.mark.claim("01-random-labels-are-memorized")
def test_random_labels_are_memorized(claim_seeds):
    for seed in claim_seeds(6):
        digits = data.digits(label_noise=1.0, seed=seed)
        model = models.classifier(64, 10, units=(256, 256), seed=seed)
        history = training.fit(
            model, *digits.train, validation_data=digits.validation, epochs=200, seed=seed, progress=False
        )
        assert history.table["accuracy"].iloc[-1] > 0.99
        assert history.table["val_accuracy"].iloc[-1] < 0.2


@pytest.mark.claim("01-shift-hurts-training-images-too")
def test_a_shift_hurts_training_images_as_much_as_test_images(claim_seeds):
    for seed in claim_seeds(6):
        clean = data.digits(seed=seed)
        model = models.classifier(64, 10, units=(256, 256), seed=seed)
        training.fit(model, *clean.train, epochs=60, seed=seed, progress=False)
        scores = {}
        for name, part in (("train", clean.train), ("test", clean.test)):
            shifted = np.roll(part.x.reshape(-1, 8, 8), 1, axis=2).reshape(-1, 64)
            scores[name] = training.evaluate(model, *part)["accuracy"]
            scores[name, "shifted"] = training.evaluate(model, shifted, part.y)["accuracy"]
        assert scores["train"] > 0.99
        assert scores["test"] > 0.93
        assert scores["train", "shifted"] < 0.75
        assert abs(scores["train", "shifted"] - scores["test", "shifted"]) < 0.08


@pytest.mark.claim("01-choosing-makes-validation-optimistic")
def test_the_images_that_decide_flatter_the_chosen_model(claim_seeds):
    for seed in claim_seeds(4):
        few = data.digits(n_train=60, seed=seed)
        result = training.sweep(
            lambda seed: models.classifier(64, 10, units=32, seed=seed),
            {},
            *few.train,
            epochs=100,
            seeds=range(20),
            progress=False,
        )
        images, labels = few.test
        correct = (
            np.array([run.model.predict_on_batch(images).argmax(axis=1) for run in result.runs]) == labels
        )
        rng = np.random.default_rng(seed)
        differences = []
        for _ in range(200):
            order = rng.permutation(len(labels))
            validation, others = order[:50], order[50:]
            chosen = correct[:, validation].mean(axis=1).argmax()
            differences.append(correct[chosen, validation].mean() - correct[chosen, others].mean())
        assert 0.03 < np.mean(differences) < 0.08
        assert np.mean(np.array(differences) > 0) > 0.75
