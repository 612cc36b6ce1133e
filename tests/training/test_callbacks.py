"""Callbacks: hooks in Keras' order with Keras' logs; whatever a callback does, the outcome is that of `model.fit`."""

from __future__ import annotations

import warnings

import keras
import numpy as np
import pytest

from coursekit import training
from coursekit.training import deciding

Callback, callbacks = keras.callbacks.Callback, keras.callbacks
keras_on_jax_fails = pytest.mark.skipif(
    keras.config.backend() == "jax", reason="Keras itself fails here on JAX"
)
quiet = pytest.mark.filterwarnings("ignore:This model is trained by model.fit")


def hook(name, do):
    """Return a callback with one hook, ``do(model, number of the call)``."""
    calls = []

    def act(self, *_, **__):
        do(self.model, len(calls))
        calls.append(1)

    return type("Acts", (Callback,), {name: act})()


def rate(value):
    def change(model, call):
        model.optimizer.learning_rate = value(call) if callable(value) else value

    return change


def halve_weights(model, call):
    model.set_weights([w / 2 for w in model.get_weights()])


def halve_and_stop(model, call):
    halve_weights(model, call)
    model.stop_training = call == 1


CHANGES = {
    "rate 0 from the first batch on": ("on_train_batch_begin", rate(0.0)),
    "a rate for each batch": ("on_train_batch_begin", rate(lambda call: 0.01 * (1 + call % 3))),
    "a rate at the begin of training": ("on_train_begin", rate(0.05)),
    "a rate at the begin of an epoch": ("on_epoch_begin", rate(lambda call: 0.1 / (call + 1))),
    "a rate at the end of an epoch": ("on_epoch_end", rate(lambda call: 0.1 / (call + 1))),
    "weights at the begin of training": ("on_train_begin", halve_weights),
    "weights at the begin of an epoch": ("on_epoch_begin", halve_weights),
    "weights at the end of a batch": ("on_train_batch_end", halve_weights),
    "weights at the end of an epoch": ("on_epoch_end", halve_weights),
    "weights before validation": ("on_test_begin", halve_weights),
    "weights after validation": ("on_test_end", halve_weights),
    "weights at the end of training": ("on_train_end", halve_weights),
    "weights, and stop": ("on_epoch_end", halve_and_stop),
    "stop at a batch": ("on_train_batch_end", lambda m, call: setattr(m, "stop_training", call == 1)),
    "stop before the first batch": ("on_train_begin", lambda m, _: setattr(m, "stop_training", True)),
    "stop at the begin of an epoch": (
        "on_epoch_begin",
        lambda m, call: setattr(m, "stop_training", call == 1),
    ),
    "the optimizer's clipnorm": ("on_train_begin", lambda m, _: setattr(m.optimizer, "clipnorm", 0.01)),
    "an activation": (
        "on_train_begin",
        lambda m, _: setattr(m.layers[0], "activation", keras.activations.tanh),
    ),
    "an activation in the first epoch": (
        "on_epoch_begin",
        lambda m, _: setattr(m.layers[0], "activation", keras.activations.tanh),
    ),
    "the optimizer's count": ("on_epoch_end", lambda m, _: m.optimizer.iterations.assign(0)),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_a_callback_changes_changes_training_as_in_keras(name, same, build, rows):
    where, do = CHANGES[name]
    model = lambda: build(keras.layers.Dropout(0.3, seed=3))  # noqa: E731
    *_, history = same(
        model, rows.x, rows.y, validation_data=rows.validation, callbacks=lambda: [hook(where, do)], epochs=4
    )
    stops_early = name in ("stop before the first batch", "stop at the begin of an epoch")
    assert history.compiled is not ("batch" in where or stops_early)


@quiet
@pytest.mark.parametrize(
    "make",
    [
        lambda: callbacks.EarlyStopping(monitor="val_accuracy", patience=1),
        lambda: callbacks.EarlyStopping(monitor="val_entropy", patience=1, restore_best_weights=True),
        lambda: callbacks.EarlyStopping(monitor="val_loss", patience=1, restore_best_weights=True),
        lambda: callbacks.EarlyStopping(monitor="accuracy", patience=0, min_delta=0.01),
        lambda: callbacks.ReduceLROnPlateau(monitor="val_accuracy", patience=0, factor=0.5),
        lambda: callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.7),
        lambda: callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: logs.update(mine=epoch * 2.0)),
        lambda: callbacks.TerminateOnNaN(),
        lambda: [],
        lambda: None,
        lambda: callbacks.EarlyStopping(patience=1),
        pytest.param(
            lambda: [[callbacks.EarlyStopping(patience=1)], [[callbacks.TerminateOnNaN()]]],
            marks=keras_on_jax_fails,
        ),
        lambda: [callbacks.ProgbarLogger()],
    ],
)
def test_keras_callbacks_in_every_form(make, same, build, rows):
    entropy = keras.metrics.SparseCategoricalCrossentropy

    def model():
        return build(metrics=["accuracy", entropy(name="entropy")], optimizer=keras.optimizers.Adam(0.1))

    same(model, rows.x, rows.y, validation_data=rows.validation, callbacks=make, epochs=8)


def test_a_checkpoint_of_the_best_by_accuracy_is_the_one_of_keras(same, build, rows, tmp_path):
    paths = iter(["theirs.keras", "ours.keras"])

    def make():
        path = str(tmp_path / next(paths))
        return [callbacks.ModelCheckpoint(path, monitor="val_accuracy", save_best_only=True)]

    model = lambda: build(optimizer=keras.optimizers.Adam(0.3))  # noqa: E731
    same(model, rows.x, rows.y, validation_data=rows.validation, callbacks=make, epochs=6, compiled=True)
    saved = [
        keras.models.load_model(tmp_path / name).get_weights() for name in ("theirs.keras", "ours.keras")
    ]
    for a, b in zip(*saved, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)


def size(variable):
    return float(keras.ops.sum(keras.ops.abs(keras.ops.cast(variable, "float32"))))


class Watch(Callback):
    """Notes each hook with its logs, and the state that the model shows there."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def note(self, name, logs):
        numbers = {k: v for k, v in (logs or {}).items() if k not in training.history.OURS}
        values = [*numbers.values(), *map(size, self.model.variables)]
        # Before the first step Keras has built neither metrics nor optimizer.
        if name not in ("on_train_begin", "on_epoch_begin 0"):
            values += [*map(float, self.model.get_metrics_result().values())]
            values += map(size, self.model.optimizer.variables)
        self.seen.append((name, list(numbers), values))

    def on_train_begin(self, logs=None):
        self.note("on_train_begin", logs)

    def on_train_end(self, logs=None):
        self.note("on_train_end", logs)

    def on_epoch_begin(self, epoch, logs=None):
        self.note(f"on_epoch_begin {epoch}", logs)

    def on_epoch_end(self, epoch, logs=None):
        self.note(f"on_epoch_end {epoch}", logs)

    def on_test_begin(self, logs=None):
        self.note("on_test_begin", logs)

    def on_test_end(self, logs=None):
        self.note("on_test_end", logs)


@pytest.mark.parametrize("validated", [True, False])
def test_hooks_come_in_keras_order_with_keras_logs_and_the_models_state(validated, same, build, rows):
    watches = []

    def make():
        watches.append(Watch())
        scheduler = callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.9)
        mine = callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: logs.update(mine=float(epoch)))
        return [scheduler, mine, watches[-1]]

    def model():
        return build(keras.layers.Dropout(0.2, seed=5))

    options = {"validation_data": rows.validation} if validated else {}
    *_, history = same(model, rows.x, rows.y, callbacks=make, compiled=True, **options)
    assert {"learning_rate", "mine"} <= set(history.table)
    theirs, ours = (watch.seen for watch in watches)
    assert [(name, keys) for name, keys, _ in ours] == [(name, keys) for name, keys, _ in theirs]
    for (name, _, a), (_, _, b) in zip(theirs, ours, strict=True):
        np.testing.assert_allclose(b, a, rtol=2e-4, atol=2e-5, err_msg=name)


def test_our_columns_stand_beside_keras_keys(build, rows):
    seen = []
    watch = callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(dict(logs)))
    model = build(kernel_regularizer=keras.regularizers.L2(0.1))
    training.fit(
        model, rows.x, rows.y, epochs=1, validation_data=rows.validation, callbacks=watch, progress=False
    )
    for prefix in ("", "val_"):
        assert seen[0][f"{prefix}data_loss"] + seen[0][f"{prefix}penalty"] == pytest.approx(
            seen[0][f"{prefix}loss"]
        )
        assert seen[0][f"{prefix}penalty"] > 0.1


@quiet
@pytest.mark.parametrize("eager", [False, True])
def test_a_callback_that_watches_our_column_is_left_as_it_was_found(eager, build, rows):
    model = build(optimizer=keras.optimizers.Adam(0.2))
    model.run_eagerly = eager
    stop = callbacks.EarlyStopping(monitor="val_data_loss", patience=1, restore_best_weights=True)
    history = training.fit(
        model, rows.x, rows.y, epochs=60, validation_data=rows.validation, callbacks=stop, progress=False
    )
    assert stop.mode == "auto"
    assert len(history) < 60
    losses = history.columns["val_data_loss"]
    assert losses[history.held] == losses.min()
    assert training.evaluate(model, *rows.validation)["data_loss"] == pytest.approx(losses.min(), rel=1e-4)


@quiet
def test_training_that_broke_off_is_resumed(build, rows, tmp_path):
    class Break(Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 2:
                raise RuntimeError("power cut")

    def trained(fit, folder, **options):
        given = {"epochs": 4, "shuffle": False, **options}
        with pytest.raises(RuntimeError, match="power cut"):
            fit(
                build(),
                rows.x,
                rows.y,
                callbacks=[callbacks.BackupAndRestore(tmp_path / folder), Break()],
                **given,
            )
        again = build()
        fit(again, rows.x, rows.y, callbacks=[callbacks.BackupAndRestore(tmp_path / folder)], **given)
        return again

    theirs = trained(keras.Model.fit, "theirs", verbose=0)
    ours = trained(training.fit, "ours", progress=False)
    assert int(ours.optimizer.iterations) == int(theirs.optimizer.iterations) == 12
    for a, b in zip(theirs.get_weights(), ours.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)


def test_what_acts_at_batches_is_left_to_keras(tmp_path):
    own = hook("on_test_batch_end", lambda *_: None)
    for callback in (
        callbacks.TensorBoard(tmp_path),
        callbacks.ProgbarLogger(),
        own,
        callbacks.TerminateOnNaN(),
    ):
        assert deciding.of_call({"callbacks": [callback]}) == "not_compiled_callback"
    assert deciding.of_call({"callbacks": callbacks.ModelCheckpoint(tmp_path / "a.keras", save_freq=5)})
    assert not deciding.of_call({"callbacks": callbacks.ModelCheckpoint(tmp_path / "a.keras")})
    assert not deciding.of_call({"callbacks": [callbacks.CSVLogger(tmp_path / "a.csv")]})


def exploding():
    return keras.optimizers.SGD(1e20)


@quiet
def test_an_exploded_epoch_is_recorded_as_keras_records_it(same, build, rows):
    *_, history = same(
        lambda: build(optimizer=exploding()),
        rows.x,
        rows.y,
        validation_data=rows.validation,
        epochs=5,
        callbacks=lambda: [callbacks.TerminateOnNaN()],
    )
    assert len(history) < 5
    assert not np.isfinite(history.history["loss"][-1])


@quiet
def test_an_exploded_model_is_never_the_best_of_a_sweep(build, rows):
    def build_model(rate):
        return build(optimizer=keras.optimizers.SGD(rate))

    result = training.sweep(
        build_model,
        {"rate": [1e20, 0.01]},
        rows.x,
        rows.y,
        epochs=3,
        validation_data=rows.validation,
        callbacks=lambda: [callbacks.TerminateOnNaN()],
        progress=False,
    )
    assert [run.diverged for run in result.runs] == [True, False]
    assert result.best("val_data_loss") == {"rate": 0.01}


# --- A model that changes under way ------------------------------------------------------------------


@quiet
@keras_on_jax_fails
def test_a_layer_that_a_callback_freezes_stays_as_it_is(build, rows):
    kept = {}

    def freeze(model, call):
        if call == 1:
            model.layers[0].trainable = False
            kept["frozen"] = model.layers[0].get_weights()

    model = build()
    history = training.fit(
        model, rows.x, rows.y, epochs=5, callbacks=[hook("on_epoch_end", freeze)], progress=False
    )
    assert len(history) == 5
    for a, b in zip(kept["frozen"], model.layers[0].get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert history.columns["data_loss"][-1] < history.columns["data_loss"][1]


@quiet
def test_an_optimizer_that_a_callback_gives_goes_on(build, rows):
    def stand_still(model, call):
        if call == 1:
            model.optimizer = keras.optimizers.SGD(0.0)

    kept = []
    watch = hook("on_epoch_end", lambda model, _: kept.append(model.get_weights()))
    model = build(optimizer=keras.optimizers.Adam(0.1))
    training.fit(
        model, rows.x, rows.y, epochs=4, callbacks=[hook("on_epoch_end", stand_still), watch], progress=False
    )
    assert not np.array_equal(kept[0][0], kept[1][0])
    for later in kept[2:]:
        np.testing.assert_array_equal(kept[1][0], later[0])


def test_strengths_and_rates_that_a_callback_sets_count_from_the_next_epoch_on(build, rows):
    def change(model, call):
        if call == 1:
            model.layers[0].kernel.regularizer.l2 = 1.0
            model.layers[1].rate = 0.99

    model = build(keras.layers.Dropout(0.0, seed=1), kernel_regularizer=keras.regularizers.L2(0.0))
    history = training.fit(
        model, rows.x, rows.y, epochs=4, callbacks=[hook("on_epoch_end", change)], progress=False
    )
    penalty, loss = history.columns["penalty"], history.columns["data_loss"]
    assert (penalty[:2] == 0).all()
    assert (penalty[2:] > 0.1).all()
    assert loss[2] > 1.05 * loss[1]
    assert history.compiled


def test_an_error_in_a_callback_keeps_history_and_model(build, rows):
    def fail(model, call):
        if call == 2:
            raise KeyboardInterrupt

    model = build()
    with warnings.catch_warnings(), pytest.raises(KeyboardInterrupt):
        training.fit(model, rows.x, rows.y, epochs=9, callbacks=hook("on_epoch_end", fail), progress=False)
    assert (len(model.history), model.history.finished) == (3, False)
    assert int(model.optimizer.iterations) == 9


# --- A callback that evaluates or predicts -------------------------------------------------------------


def evaluate(model, call):
    inputs = np.linspace(-1, 1, 160, dtype="float32").reshape(40, 4)
    model.evaluate(inputs, np.arange(40) % 2, verbose=0)


def predict(model, call):
    model.predict(np.ones((3, 4), "float32"), verbose=0)


def stop_evaluating(model, call):
    model.stop_evaluating = model.stop_predicting = True


class Asks(Watch):
    """Does something in one of its hooks, and notes each."""

    def __init__(self, where, do):
        super().__init__()
        self.where, self.do = where, do

    def note(self, name, logs):
        super().note(name, logs)
        self.seen[-1][1].append(getattr(self.model, "stop_evaluating", False))
        if name.split()[0] == self.where:
            self.do(self.model, len(self.seen))


@pytest.mark.parametrize("do", [evaluate, predict, stop_evaluating])
@pytest.mark.parametrize(
    "where", ["on_train_begin", "on_epoch_begin", "on_epoch_end", "on_test_begin", "on_test_end"]
)
def test_what_a_callback_asks_a_model_leaves_what_keras_leaves(where, do, same, build, rows):
    watches = []

    def make():
        watches.append(Asks(where, do))
        return [watches[-1]]

    model = lambda: build(keras.layers.Dropout(0.3, seed=3))  # noqa: E731
    *_, history = same(model, rows.x, rows.y, validation_data=rows.validation, callbacks=make)
    # Keras adds the training rows of the epoch to what `evaluate` measured at its begin.
    assert history.compiled is not (where == "on_epoch_begin" and do is evaluate)
    theirs, ours = (watch.seen for watch in watches)
    assert [(name, keys) for name, keys, _ in ours] == [(name, keys) for name, keys, _ in theirs]
    for (name, _, a), (_, _, b) in zip(theirs, ours, strict=True):
        np.testing.assert_allclose(b, a, rtol=2e-4, atol=2e-5, err_msg=name)


@pytest.mark.parametrize("epochs", [1, 2])
def test_evaluation_is_stopped_where_keras_stops_it(epochs, same, build, rows):
    model, _, _ = same(
        build, rows.x, rows.y, epochs=epochs, validation_data=rows.validation, batch_size=20, validation_batch_size=7,
        callbacks=lambda: [hook("on_test_begin", stop_evaluating)], compiled=True,
    )  # fmt: skip
    whole = model.evaluate(*rows.validation, verbose=0)[0]
    assert model.history.history["val_loss"][-1] != pytest.approx(whole, rel=1e-3)


def test_what_was_measured_before_a_fit_is_no_part_of_it(same, build, rows):
    """Where a callback makes the model one for `model.fit`, too."""

    def trained():
        model = build()
        training.fit(model, rows.x, rows.y, epochs=1, shuffle=False, progress=False)
        return model

    def change(model, call):
        model.layers[0].activation = lambda x: x

    *_, history = same(trained, rows.x, rows.y, callbacks=lambda: [hook("on_train_begin", change)], epochs=2)
    assert not history.compiled
