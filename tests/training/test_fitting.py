"""`fit`: seeds, curves, callbacks, interrupts, and what it refuses."""

from __future__ import annotations

import subprocess
import sys
import warnings

import keras
import numpy as np
import pytest

from coursekit import data, models, training
from coursekit.training import deciding
from coursekit.training.sharing import pool
from coursekit.training.sharing.key import structure

DIGITS = data.digits(n_train=64, n_validation=32, seed=0)


def classifier(**options):
    return models.classifier(64, 10, units=16, **{"seed": 0, **options})


def fit(model, dataset=DIGITS, **options):
    options = {"epochs": 3, "validation_data": dataset.validation, "progress": False, **options}
    return training.fit(model, *dataset.train, **options)


def test_the_same_seed_gives_the_same_numbers_and_another_seed_others():
    first, second, other = (fit(classifier(dropout_rate=0.3), seed=s) for s in (1, 1, 2))
    for name, values in first.columns.items():
        np.testing.assert_array_equal(values, second.columns[name])
    assert not np.array_equal(first.columns["data_loss"], other.columns["data_loss"])


@pytest.mark.slow
def test_the_same_seed_gives_the_same_numbers_in_a_new_process():
    code = (
        "from coursekit import data, models, training;"
        "d = data.digits(n_train=64, n_validation=32, seed=0);"
        "m = models.classifier(64, 10, units=16, seed=0, dropout_rate=0.3);"
        "h = training.fit(m, *d.train, validation_data=d.validation, epochs=3, seed=1, progress=False);"
        "print(h.columns['val_data_loss'].tolist())"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    expected = fit(classifier(dropout_rate=0.3), seed=1).columns["val_data_loss"]
    np.testing.assert_array_equal(np.array(eval(printed.splitlines()[-1])), expected)


def test_data_loss_and_penalty_are_apart():
    model = classifier(l2=0.01)
    history = fit(model)
    table = history.table
    assert list(table.columns) == [
        "epoch", "data_loss", "penalty", "accuracy", "val_data_loss", "val_penalty", "val_accuracy"
    ]  # fmt: skip
    weights = [w for w in model.get_weights() if w.ndim == 2]
    penalty = 0.01 * sum(float((w.astype("float64") ** 2).sum()) for w in weights)
    assert table["val_penalty"].iloc[-1] == pytest.approx(penalty, rel=1e-5)
    loss, accuracy = model.evaluate(*DIGITS.validation, verbose=0)
    assert history.history["val_loss"][-1] == pytest.approx(loss, rel=1e-5)
    assert table["val_data_loss"].iloc[-1] == pytest.approx(loss - penalty, rel=1e-4)
    assert table["val_accuracy"].iloc[-1] == pytest.approx(accuracy)


def test_evaluate_gives_what_model_evaluate_gives():
    model = classifier(l1=0.001)
    fit(model)
    result = training.evaluate(model, *DIGITS.test)
    loss, accuracy = model.evaluate(*DIGITS.test, verbose=0)
    assert result["data_loss"] + result["penalty"] == pytest.approx(loss, rel=1e-5)
    assert result["accuracy"] == pytest.approx(accuracy)


def test_models_that_differ_in_numbers_share_a_graph_and_others_do_not():
    a = classifier(l2=0.1, dropout_rate=0.5, learning_rate=0.01)
    b = classifier(l2=0.0, dropout_rate=0.0, seed=4)
    assert structure(a) == structure(b) is not None
    assert structure(a) != structure(classifier(l2=0.1))
    assert structure(a) != structure(classifier(l2=0.1, dropout_rate=0.5, activation="tanh"))


def test_a_warm_start_with_other_strengths_needs_no_new_trace():
    fit(classifier(l2=0.1))
    before_it = {key: list(idle) for key, idle in pool._idle.items()}
    model = classifier(l2=0.0)
    before = fit(model).columns["data_loss"][-1]
    after = fit(model).columns["data_loss"][-1]
    assert after < before
    assert pool._idle == before_it


def test_a_value_hidden_in_a_lambda_or_a_closure_is_never_taken_from_another_model():
    def build(factor):
        model = keras.Sequential(
            [
                keras.Input((64,)),
                keras.layers.Lambda(lambda x: factor * x),
                keras.layers.Dense(1, kernel_initializer="ones", name="out"),
            ]
        )
        model.compile(
            optimizer=keras.optimizers.SGD(0.0),
            loss=lambda t, p: factor * keras.ops.mean((t - p) ** 2, axis=-1),
        )
        return model

    x, y = DIGITS.train.x, np.zeros((64, 1), "float32")
    for factor in (1.0, 2.0, 3.0):
        history = training.fit(build(factor), x, y, epochs=1, progress=False)
        expected = factor * np.mean((factor * x.sum(1)) ** 2)
        assert history.columns["data_loss"][0] == pytest.approx(expected, rel=1e-4)


def test_what_cannot_be_compiled_is_trained_by_keras_with_one_notice():
    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = keras.layers.Dense(10, activation="softmax")

        def call(self, x):
            return self.dense(x)

        def train_step(self, *args, **kwargs):
            return super().train_step(*args, **kwargs)

    model = Own()
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    with pytest.warns(UserWarning, match="not Keras' own") as caught:
        history = fit(model)
    assert len([w for w in caught if "model.fit" in str(w.message)]) == 1
    assert not history.compiled
    assert {"data_loss", "penalty", "accuracy", "val_data_loss"} <= set(history.table)


def left_to_keras(**options):
    model = classifier(**options)
    model.run_eagerly = True
    return model


def test_what_keras_trains_gives_the_same_history():
    with pytest.warns(UserWarning, match="run_eagerly"):
        theirs = fit(left_to_keras(l2=0.01), shuffle=False)
    ours = fit(classifier(l2=0.01), shuffle=False)
    assert set(theirs.columns) == set(ours.columns)
    for name in ("val_data_loss", "val_penalty", "accuracy", "val_accuracy"):
        np.testing.assert_allclose(theirs.columns[name], ours.columns[name], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(theirs.history["loss"], ours.history["loss"], rtol=1e-4)


@pytest.mark.filterwarnings("ignore:This model is trained by model.fit")
def test_what_keras_trains_has_our_keys_for_callbacks_and_keeps_its_history_at_an_interrupt():
    model = left_to_keras(learning_rate=0.05)
    stop = keras.callbacks.EarlyStopping(monitor="val_data_loss", patience=0)
    assert len(fit(model, epochs=50, callbacks=[stop])) < 50

    class Interrupt(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 1:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(model, epochs=9, callbacks=[Interrupt()])
    assert len(model.history) == 2
    assert not model.history.finished


def test_another_backend_is_left_to_keras(monkeypatch):
    monkeypatch.setattr(keras.config, "backend", lambda: "torch")
    assert deciding.of_model(classifier()) == "not_compiled_backend"


def test_averaged_weights_are_left_to_keras():
    model = models.classifier(64, 10, units=4, optimizer=keras.optimizers.SGD(0.1, use_ema=True), seed=0)
    with pytest.warns(UserWarning, match="use_ema"):
        fit(model)


def test_a_model_without_weights_is_only_measured():
    model = keras.Sequential([keras.Input((64,)), keras.layers.Dropout(0.5, seed=0)])
    model.compile("sgd", "mean_squared_error")
    x = np.ones((64, 64), "float32")
    history = training.fit(model, x, x, epochs=2, progress=False)
    np.testing.assert_allclose(history.columns["data_loss"], 1, atol=0.05)


# --- Callbacks -------------------------------------------------------------------------------------


def test_early_stopping_restores_the_best_weights():
    model = classifier(learning_rate=0.05)
    stop = keras.callbacks.EarlyStopping(monitor="val_data_loss", patience=3, restore_best_weights=True)
    history = fit(model, epochs=200, callbacks=[stop])
    assert len(history) < 200
    best = history.columns["val_data_loss"].min()
    assert training.evaluate(model, *DIGITS.validation)["data_loss"] == pytest.approx(best, rel=1e-4)


def test_callbacks_see_the_keys_of_keras_and_ours_and_may_change_the_learning_rate():
    seen = []

    class Watch(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            seen.append((epoch, logs, float(self.model.optimizer.learning_rate.numpy())))

    model = classifier(l2=0.01)
    halve = keras.callbacks.LearningRateScheduler(lambda epoch, rate: 0.001 * 0.5**epoch)
    history = fit(model, callbacks=[halve, Watch()])
    assert [epoch for epoch, _, _ in seen] == [0, 1, 2]
    assert {"loss", "val_loss", "accuracy", "data_loss", "penalty", "val_data_loss"} <= set(seen[0][1])
    np.testing.assert_allclose([rate for _, _, rate in seen], [0.001, 0.0005, 0.00025], rtol=1e-6)
    np.testing.assert_allclose([logs["loss"] for _, logs, _ in seen], history.history["loss"], rtol=1e-6)


def test_the_learning_rate_is_reduced_on_a_plateau_as_in_keras():
    def trained(fit_with, **options):
        model = models.classifier(64, 10, units=8, optimizer=keras.optimizers.SGD(2.0), seed=0)
        reduce = keras.callbacks.ReduceLROnPlateau(monitor="val_loss", factor=0.5, patience=1)
        options |= {"validation_data": DIGITS.validation, "epochs": 12, "shuffle": False}
        fit_with(model, *DIGITS.train, callbacks=[reduce], **options)
        return float(model.optimizer.learning_rate.numpy()), model.get_weights()

    (ours, our_weights), (theirs, their_weights) = (
        trained(training.fit, progress=False),
        trained(keras.Model.fit, verbose=0),
    )
    assert ours == theirs < 2.0
    for a, b in zip(our_weights, their_weights, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-3)


def test_model_checkpoint_saves_the_model(tmp_path):
    model = classifier()
    fit(model, callbacks=[keras.callbacks.ModelCheckpoint(str(tmp_path / "m.keras"))])
    saved = keras.models.load_model(tmp_path / "m.keras")
    for a, b in zip(saved.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


# --- Faults ----------------------------------------------------------------------------------------


def test_an_interrupt_keeps_the_history_and_the_model():
    class Interrupt(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 1:
                raise KeyboardInterrupt

    model = classifier()
    with pytest.raises(KeyboardInterrupt):
        fit(model, epochs=10, callbacks=[Interrupt()])
    assert len(model.history) == 2
    assert not model.history.finished
    assert len(fit(model)) == 3


def test_an_interrupted_sweep_is_partial_and_keeps_what_was_finished():
    started = []

    def build(seed):
        started.append(seed)
        if len(started) == 6:
            raise KeyboardInterrupt
        return classifier(seed=seed)

    result = training.sweep(build, {}, *DIGITS.train, epochs=2, seeds=range(10), progress=False)
    assert result.partial
    assert len(result.runs) < 6


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"epochs": 0}, "epochs"),
        ({"epochs": 2.5}, "epochs"),
        ({"validation_split": 1.0, "validation_data": None}, "validation_split"),
        ({"batch_size": 0}, "batch_size"),
        ({"validation_data": 3}, "validation_data"),
        ({"sample_weight": np.ones(64), "class_weight": {0: 1.0}}, "class_weight"),
    ],
)
def test_bad_arguments_are_named(change, name):
    with pytest.raises(ValueError, match=name):
        fit(classifier(), **change)


def test_no_warning_where_nothing_is_wrong():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # NumPy warns of how Keras' own variables become arrays; nothing that a reader sees or could mend.
        warnings.filterwarnings("ignore", message="__array__ implementation", category=DeprecationWarning)
        fit(classifier(dropout_rate=0.2))
