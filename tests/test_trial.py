"""The trial of lesson 07: equal budgets, remedies that are what they say, and a table that grows a seed at a time."""

import keras
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from coursekit import calibration, data, models, stored, trial


def test_every_remedy_has_four_settings_and_none_is_one_of_them():
    assert {len(settings) for settings in trial.REMEDIES.values()} == {4}
    assert all(settings[0] == {} for settings in trial.REMEDIES.values())
    assert all(setting for settings in trial.REMEDIES.values() for setting in settings[1:])


def test_the_patients_are_those_of_the_lesson():
    digits = data.digits(400, 200, label_noise=0.4, seed=3)
    wrong, healthy, few = (trial.patient(name, 3) for name in ("wrong_labels", "healthy", "few_rows"))
    assert wrong.train.x.shape == (400, 8, 8, 1)
    assert_array_equal(wrong.train.x.reshape(400, 64), digits.train.x)
    assert_array_equal(wrong.train.y, digits.train.y)
    assert_array_equal(healthy.train.x, wrong.train.x)
    assert 0.3 < np.mean(healthy.train.y != wrong.train.y) < 0.42
    assert_array_equal(few.train.x, data.mnist_sample(200, 200, seed=3).train.x)
    with pytest.raises(ValueError, match="`name` must be one of wrong_labels"):
        trial.patient("C", 0)


@pytest.fixture
def short(monkeypatch):
    """Trainings of two epochs, on few rows."""
    monkeypatch.setattr(trial, "EPOCHS", 2)
    whole = trial.patient

    def part(name, seed):
        rows = whole(name, seed)
        parts = (rows.train, rows.validation, rows.test)
        return data.Dataset(*(data.Split(some.x[:40], some.y[:40]) for some in parts))

    monkeypatch.setattr(trial, "patient", part)


@pytest.mark.usefixtures("short")
@pytest.mark.filterwarnings("ignore")
class TestMembers:
    def member(self, **setting):
        return trial.members("wrong_labels", trial.patient("wrong_labels", 0), 0, **setting)

    def test_each_setting_of_each_remedy_trains_a_network(self):
        plain = np.concatenate([w.ravel() for w in self.member()[0].get_weights()])
        for settings in trial.REMEDIES.values():
            for setting in settings[1:]:
                networks = self.member(**setting)
                assert len(networks) == setting.get("networks", 1)
                weights = np.concatenate([w.ravel() for w in networks[-1].get_weights()])
                assert weights.shape == plain.shape
                if "patience" not in setting:
                    assert not np.array_equal(weights, plain), setting

    def test_adamw_shrinks_kernels_and_not_biases(self):
        optimizer = self.member(weight_decay=1.0)[0].optimizer
        assert isinstance(optimizer, keras.optimizers.AdamW)
        kernel, bias = (keras.Variable(np.ones(2), name=name) for name in ("kernel", "bias"))
        assert optimizer._use_weight_decay(kernel)
        assert not optimizer._use_weight_decay(bias)

    def test_averaged_weights_are_those_of_keras(self):
        optimizer = self.member(momentum=0.9)[0].optimizer
        assert (optimizer.use_ema, optimizer.ema_momentum) == (True, 0.9)

    def test_a_seed_repeats_a_training_shifts_and_mixtures_included(self):
        for setting in ({"translation": 0.1, "dropout_rate": 0.3}, {"alpha": 1.0}):
            first, again = (self.member(**setting)[0].get_weights() for _ in range(2))
            for one, other in zip(first, again, strict=True):
                assert_allclose(one, other, atol=1e-6)

    def test_the_mean_probability_is_predicted(self):
        networks = self.member(networks=2)
        x = trial.patient("wrong_labels", 0).test.x
        found = trial.predict(networks, x)
        assert_allclose(found, models.ensemble(networks).predict(x, verbose=0), atol=1e-6)


@pytest.mark.usefixtures("short")
@pytest.mark.filterwarnings("ignore")
def test_the_table_holds_scores_of_validation_and_test_rows():
    remedies = {"l2": [{}, {"l2": 0.01}], "ensemble": [{}, {"networks": 2}]}
    table = trial.measure("wrong_labels", 1, remedies)
    assert list(table.columns) == trial.COLUMNS
    assert table["setting"].tolist() == ["none", "l2=0.01", "none", "networks=2"]
    assert_array_equal(table.iloc[0, 3:], table.iloc[2, 3:])
    rows = trial.patient("wrong_labels", 1)
    probabilities = trial.predict(trial.members("wrong_labels", rows, 1), rows.test.x)
    right = probabilities.argmax(axis=1) == rows.test.y
    assert table["test_accuracy"][0] == pytest.approx(right.mean())
    expected = calibration.log_likelihood(probabilities, rows.test.y)
    assert table["test_log_likelihood"][0] == pytest.approx(expected, abs=1e-5)


def test_seeds_are_stored_one_by_one_and_no_seed_twice(tmp_path, monkeypatch):
    asked = []

    def measured(name, seed):
        asked.append(seed)
        return pd.DataFrame([["l2", "none", seed, *np.zeros(6)]], columns=trial.COLUMNS)

    monkeypatch.setattr(stored, "FOLDER", tmp_path)
    monkeypatch.setattr(trial, "measure", measured)
    trial.main(["few_rows", "5000", "2"])
    trial.main(["few_rows", "5001", "2"])
    assert asked == [5000, 5001, 5002]
    assert stored.load("07_few_rows")["seed"].tolist() == asked
