"""What lesson 00 claims: 40 % wrong labels are learned by heart, and dropout with L2 cures it.

A seed draws the split, the wrong labels, the initial weights, the order of the rows and the dropout masks.
"""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest

from coursekit import data, models, training

NOTHING: dict = {}
CURE = {"dropout_rate": 0.5, "input_dropout_rate": 0.2, "l2": 0.001}


@cache
def tour(seed, label_noise, cured):
    """Train the network of the tour; return what it then does with each part of the data."""
    digits = data.digits(label_noise=label_noise, seed=seed)
    model = models.classifier(64, 10, units=(256, 256), seed=seed, **(CURE if cured else NOTHING))
    history = training.fit(
        model, *digits.train, validation_data=digits.validation, epochs=120, seed=seed, progress=False
    )
    wrong = digits.wrong_labels
    answers = model.predict_on_batch(digits.train.x).argmax(axis=1)
    return SimpleNamespace(
        table=history.table,
        training=np.mean(answers == digits.train.y),
        repeated=np.mean((answers == digits.train.y)[wrong]) if wrong.any() else np.nan,
        corrected=np.mean((answers == digits.true_labels)[wrong]) if wrong.any() else np.nan,
        test=training.evaluate(model, *digits.test)["accuracy"],
    )


@pytest.mark.claim("00-learned-by-heart")
def test_the_untreated_network_learns_wrong_labels_by_heart(claim_seeds, claimed):
    label_noise = claimed(0.4, counter=0.0)
    runs = [tour(seed, label_noise, cured=False) for seed in claim_seeds(6)]
    for run in runs:
        assert run.training > 0.995
        assert run.test < 0.8  # the effect of the labels: with right ones it is above 0.95
        assert run.repeated > 0.99
        val_accuracy = run.table["val_accuracy"]
        assert val_accuracy.iloc[-1] < val_accuracy.max() - 0.05
    assert 0.65 < np.mean([run.test for run in runs]) < 0.75


@pytest.mark.claim("00-cured")
def test_dropout_and_l2_cure_it(claim_seeds, claimed):
    cured = claimed(True, counter=False)
    before, after = ([tour(seed, 0.4, cured=c) for seed in claim_seeds(6)] for c in (False, cured))
    for untreated, run in zip(before, after, strict=True):
        assert run.test > untreated.test + 0.1
        assert run.repeated < 0.2
        assert run.corrected > 0.75
        assert run.table["accuracy"].iloc[-1] < run.training < 0.72
        assert run.table["val_accuracy"].iloc[-1] > untreated.table["val_accuracy"].iloc[-1] + 0.05
    assert np.mean([run.test for run in before]) == pytest.approx(0.7, abs=0.05)
    assert np.mean([run.test for run in after]) == pytest.approx(0.92, abs=0.03)
