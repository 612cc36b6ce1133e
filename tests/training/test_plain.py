"""What `model.fit` trains: data loss and penalty apart as far as they can be known, and nothing else changed."""

from __future__ import annotations

import random
import warnings

import keras
import numpy as np
import pytest

from coursekit import training

pytestmark = pytest.mark.filterwarnings("ignore:This model is trained by model.fit")
L2 = keras.regularizers.L2


class OwnStep(keras.Model):
    """A model with a train_step of its own."""

    def train_step(self, *arguments):
        return super().train_step(*arguments)


def own(*layers, optimizer="sgd", **options):
    x = keras.Input((4,))
    hidden = x
    for layer in layers:
        hidden = layer(hidden)
    initial = keras.initializers.GlorotUniform(2)
    model = OwnStep(x, keras.layers.Dense(1, kernel_initializer=initial, **options)(hidden))
    model.compile(optimizer, "mse", metrics=["mae"])
    return model


def fit(model, rows, **options):
    options = {"validation_data": (rows.x_val, rows.number[:50]), "epochs": 2, "progress": False, **options}
    return training.fit(model, rows.x, rows.number, **options)


@pytest.mark.parametrize("strength", [0.01, 1.0, 30.0])
@pytest.mark.filterwarnings("ignore:model.fit tells only")
def test_the_validation_data_loss_is_exact_and_that_of_training_is_not_guessed(strength, rows):
    model = own(optimizer=keras.optimizers.SGD(0.005), kernel_regularizer=L2(strength))
    history = fit(model, rows, epochs=3)
    assert not history.compiled
    predicted = model.predict(rows.x_val, verbose=0)
    data_loss = float(np.mean((predicted - rows.number[:50]) ** 2))
    penalty = strength * float(np.sum(model.get_weights()[0] ** 2))
    assert history.columns["val_data_loss"][-1] == pytest.approx(data_loss, rel=1e-3, abs=1e-5)
    assert history.columns["val_penalty"][-1] == pytest.approx(penalty, rel=1e-3)
    assert history.history["val_loss"][-1] == pytest.approx(data_loss + penalty, rel=1e-4)
    assert np.isnan(history.columns["data_loss"]).all()
    assert np.isnan(history.columns["penalty"]).all()
    assert np.isfinite(history.history["loss"]).all()


def test_without_a_penalty_the_training_data_loss_is_the_loss_and_nothing_is_said(rows):
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message="model.fit tells only")
        history = fit(own(), rows)
    np.testing.assert_array_equal(history.columns["data_loss"], history.history["loss"])
    assert (history.columns["penalty"] == 0).all()


def test_one_notice_says_why_a_data_loss_is_nan(rows):
    with pytest.warns(UserWarning, match="model.fit tells only") as caught:
        fit(own(kernel_regularizer=L2(0.1)), rows, epochs=4)
    assert len([w for w in caught if "model.fit tells only" in str(w.message)]) == 1


@pytest.mark.filterwarnings("ignore:model.fit tells only")
def test_an_activity_penalty_with_an_own_step(same, rows):
    def make():
        layers = keras.layers
        return own(layers.Dense(3, kernel_initializer="ones"), layers.ActivityRegularization(l2=0.1))

    *_, history = same(
        make, rows.x, rows.number, validation_data=(rows.x_val, rows.number[:50]), compiled=False
    )
    assert np.isnan(history.columns["data_loss"]).all()
    assert np.isnan(history.columns["val_data_loss"]).all()


def test_the_order_of_rows_depends_on_the_seed_alone_and_the_generators_are_left_as_found(rows):
    histories = []
    for between, seed in ((1, 5), (2, 5), (2, 6)):
        keras.utils.set_random_seed(between)
        expected = np.random.RandomState(between).random(), random.Random(between).random()
        histories.append(fit(own(), rows, seed=seed, epochs=3).columns["data_loss"])
        assert (np.random.random(), random.random()) == expected
    np.testing.assert_array_equal(histories[0], histories[1])
    assert not np.array_equal(histories[1], histories[2])


@pytest.mark.skipif(keras.config.backend() != "tensorflow", reason="TensorFlow's generator")
@pytest.mark.parametrize("seed", [None, 12])
def test_tensorflow_keeps_its_seed_and_its_place(seed, rows):
    import tensorflow as tf

    def drawn(between):
        tf.random.set_seed(seed)
        first = tf.random.normal((2,)).numpy()
        if between:
            fit(own(), rows)
        return first, tf.random.normal((2,)).numpy()

    with_fit, without = drawn(True), drawn(False)
    if seed is not None:
        np.testing.assert_array_equal(with_fit, without)
    assert not np.array_equal(*with_fit)


def test_epochs_that_were_not_validated_have_no_value_there(rows):
    history = fit(own(), rows, epochs=4, validation_freq=2)
    assert np.isnan(history.columns["val_data_loss"]).tolist() == [True, False, True, False]
    assert len(history.history["val_loss"]) == 2


def test_epochs_are_counted_from_where_training_went_on(rows):
    history = fit(own(), rows, epochs=5, initial_epoch=3)
    assert history.table["epoch"].tolist() == [4, 5]
    assert history.epoch == [3, 4]


def test_an_error_within_an_epoch_leaves_the_epochs_before(rows):
    class Fails(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if int(self.model.optimizer.iterations) == 8:
                raise KeyboardInterrupt

    model = own()
    with pytest.raises(KeyboardInterrupt):
        fit(model, rows, epochs=9, callbacks=[Fails()])
    assert (len(model.history), model.history.finished) == (2, False)
    assert len(fit(model, rows)) == 2


def test_a_call_that_keras_refuses_leaves_no_history_of_before(rows):
    model = own()
    fit(model, rows)
    with pytest.raises(ValueError, match="x"):
        training.fit(model, object(), rows.number, epochs=1, progress=False)
    assert len(model.history) == 0


class AddsLoss(keras.layers.Layer):
    """Adds the mean of its squared inputs to the loss, always or in training only."""

    def __init__(self, always=True):
        super().__init__()
        self.always = always

    def call(self, x, training=False):
        if training or self.always:
            self.add_loss(keras.ops.mean(keras.ops.square(x)))
        return x


class AddsNothing(keras.layers.Layer):
    def call(self, x):
        return x


class Subclass(keras.Model):
    def __init__(self, layer):
        super().__init__()
        self.layer, self.head = layer, keras.layers.Dense(1)

    def call(self, x):
        return self.head(self.layer(x))


def functional(layer):
    return keras.Sequential([keras.Input((4,)), layer, keras.layers.Dense(1)])


@pytest.mark.parametrize("build", [functional, Subclass])
@pytest.mark.parametrize("as_data", ["arrays", "batches"])
@pytest.mark.parametrize(
    ("layer", "known"),
    [
        (lambda: AddsLoss(), (False, False)),
        (lambda: AddsLoss(always=False), (False, True)),
        (lambda: AddsNothing(), (True, True)),
    ],
)
def test_a_data_loss_is_nan_where_a_layer_adds_to_the_loss(layer, known, as_data, build, rows):
    model = build(layer())
    model.compile("sgd", "mse")
    x, y = rows.x, rows.number
    validation = (rows.x_val, rows.number[:50])
    given = (
        {"x": x, "y": y} if as_data == "arrays" else {"x": ((x, y) for _ in range(2)), "steps_per_epoch": 1}
    )
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        history = training.fit(model, **given, epochs=2, validation_data=validation, progress=False)
    said = [str(w.message) for w in caught if "model.fit tells only" in str(w.message)]
    for column, loss, is_known, part in (
        ("data_loss", "loss", known[0], "training"), ("val_data_loss", "val_loss", known[1], "validation")
    ):  # fmt: skip
        values = history.columns[column]
        assert np.isnan(values).all() if not is_known else np.array_equal(values, history.history[loss])
        assert any(f"sum of {part} data loss" in message for message in said) is not is_known
    if as_data == "arrays":
        assert np.isnan(training.evaluate(model, x, y)["data_loss"]) == (not known[1])


@pytest.mark.filterwarnings("ignore:model.fit tells only")
def test_a_loss_of_the_models_own_may_leave_the_penalty_out(rows):
    class OwnLoss(keras.Model):
        def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
            return keras.ops.mean(keras.ops.square(y - y_pred))

    x = keras.Input((4,))
    model = OwnLoss(x, keras.layers.Dense(1, kernel_regularizer=L2(10.0))(x))
    model.compile("sgd")
    columns = fit(model, rows).columns
    assert np.isnan([*columns["data_loss"], *columns["val_data_loss"]]).all()
