"""What lesson 00 claims: 40 % wrong labels are learned by heart, and dropout with L2 cures it."""

from __future__ import annotations

import numpy as np
import pytest

from coursekit import data, models, training


@pytest.fixture(scope="module")
def tour(request):
    """Final training accuracy and test accuracy by seed, untreated and cured."""
    results = {"untreated": [], "cured": []}
    treatments = {"untreated": {}, "cured": {"dropout_rate": 0.5, "input_dropout_rate": 0.2, "l2": 0.001}}
    for seed in range(6 if request.config.getoption("--all-seeds") else 3):
        digits = data.digits(label_noise=0.4, seed=seed)
        for name, treatment in treatments.items():
            model = models.classifier(64, 10, units=(256, 256), seed=seed, **treatment)
            history = training.fit(
                model, *digits.train, validation_data=digits.validation, epochs=120, seed=seed, progress=False
            )
            test_accuracy = training.evaluate(model, *digits.test)["accuracy"]
            results[name].append((history.table["accuracy"].iloc[-1], test_accuracy, history.table))
    return results


@pytest.mark.claim("00-learned-by-heart")
def test_the_untreated_network_learns_wrong_labels_by_heart(tour):
    for accuracy, _, table in tour["untreated"]:
        assert accuracy >= 0.999
        assert table["val_accuracy"].iloc[-1] < table["val_accuracy"].max() - 0.05
    assert 0.64 < np.mean([test for _, test, _ in tour["untreated"]]) < 0.74


@pytest.mark.claim("00-cured")
def test_dropout_and_l2_cure_it(tour):
    for (_, before, _), (accuracy, after, table) in zip(tour["untreated"], tour["cured"], strict=True):
        assert accuracy < 0.8
        assert table["val_accuracy"].iloc[-1] > 0.55
        assert after > before + 0.1
    assert 0.88 < np.mean([test for _, test, _ in tour["cured"]]) < 0.94
