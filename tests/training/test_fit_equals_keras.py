"""Without shuffling, `fit` gives the losses, metrics and weights of `model.fit`."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from coursekit import training

layers, regularizers = keras.layers, keras.regularizers
EPOCHS, BATCH = 3, 16
RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 6)).astype("float32")  # the last batch has 8 rows
X_VAL = RNG.normal(size=(10, 6)).astype("float32")
IMAGES = RNG.normal(size=(40, 6, 6, 1)).astype("float32")
SERIES = RNG.normal(size=(40, 5, 2)).astype("float32")
LABELS = RNG.integers(0, 3, 40)
LABELS_VAL = RNG.integers(0, 3, 10)
Y = (X[:, 0] - 0.5 * X[:, 1]).astype("float32")


def dense(units, seed, **options):
    return layers.Dense(units, kernel_initializer=keras.initializers.GlorotUniform(seed), **options)


def compiled(
    model, optimizer="adam", loss="sparse_categorical_crossentropy", metrics=("accuracy",), **options
):
    model.compile(optimizer=optimizer, loss=loss, metrics=list(metrics), **options)
    return model


def mlp(*extra, optimizer="adam", **options):
    return compiled(
        keras.Sequential(
            [
                keras.Input((6,)),
                dense(8, 1, activation="relu", **options),
                *extra,
                dense(3, 2, activation="softmax"),
            ]
        ),
        optimizer,
    )


def assert_equal_training(build, x, y, validation=None, *, tolerance=2e-6, batch_size=BATCH, **options):
    """Train two copies, one with each, and compare everything."""
    plain, ours = build(), build()
    expected = plain.fit(
        x,
        y,
        validation_data=validation,
        epochs=EPOCHS,
        batch_size=batch_size,
        shuffle=False,
        verbose=0,
        **options,
    ).history
    history = training.fit(
        ours,
        x,
        y,
        validation_data=validation,
        epochs=EPOCHS,
        batch_size=batch_size,
        shuffle=False,
        progress=False,
        **options,
    )
    assert set(history.history) == set(expected)
    for name, values in expected.items():
        np.testing.assert_allclose(history.history[name], values, rtol=1e-4, atol=2e-5, err_msg=name)
    for a, b in zip(plain.get_weights(), ours.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=tolerance)
    return history


PENALTIES = {
    "L1": lambda: regularizers.L1(0.01),
    "L2": lambda: regularizers.L2(0.01),
    "L1L2": lambda: regularizers.L1L2(0.01, 0.02),
}
EXTRAS = {
    "dropout": lambda: layers.Dropout(0.4, seed=7),
    "batch normalization": lambda: layers.BatchNormalization(),
    "gaussian noise": lambda: layers.GaussianNoise(0.3, seed=7),
    "activity penalty": lambda: layers.ActivityRegularization(l2=0.01),
}
OPTIMIZERS = {
    "sgd with momentum": lambda: keras.optimizers.SGD(0.05, momentum=0.9),
    "adamw": lambda: keras.optimizers.AdamW(0.01, weight_decay=0.02),
    "rmsprop": lambda: keras.optimizers.RMSprop(0.01),
    "schedule": lambda: keras.optimizers.Adam(keras.optimizers.schedules.ExponentialDecay(0.02, 3, 0.7)),
    "nadam": lambda: keras.optimizers.Nadam(0.01),
    "adagrad": lambda: keras.optimizers.Adagrad(0.05),
    "adamax": lambda: keras.optimizers.Adamax(0.01),
    "clipnorm": lambda: keras.optimizers.Adam(0.01, clipnorm=0.1),
}


@pytest.mark.parametrize("name", PENALTIES)
def test_penalties_on_kernel_and_bias(name):
    make = PENALTIES[name]
    history = assert_equal_training(
        lambda: mlp(kernel_regularizer=make(), bias_regularizer=make()), X, LABELS, (X_VAL, LABELS_VAL)
    )
    assert (history.table["penalty"] > 0).all()


@pytest.mark.parametrize("name", EXTRAS)
def test_layers_that_differ_in_training(name):
    assert_equal_training(lambda: mlp(EXTRAS[name]()), X, LABELS, (X_VAL, LABELS_VAL))


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizers(name):
    assert_equal_training(lambda: mlp(optimizer=OPTIMIZERS[name]()), X, LABELS)


def test_weights_agree_in_every_bit_with_dropout_and_l2():
    def build():
        return mlp(layers.Dropout(0.3, seed=3), kernel_regularizer=regularizers.L2(0.01))

    assert_equal_training(build, X, LABELS, (X_VAL, LABELS_VAL), tolerance=0)


def test_a_constraint():
    assert_equal_training(lambda: mlp(kernel_constraint=keras.constraints.MaxNorm(0.5)), X, LABELS)


def test_convolution():
    def build():
        convolution = layers.Conv2D(3, 3, kernel_initializer=keras.initializers.GlorotUniform(1))
        return compiled(
            keras.Sequential(
                [keras.Input((6, 6, 1)), convolution, layers.Flatten(), dense(3, 2, activation="softmax")]
            )
        )

    assert_equal_training(build, IMAGES, LABELS)


def test_lstm():
    def build():
        lstm = layers.LSTM(
            4,
            kernel_initializer=keras.initializers.GlorotUniform(1),
            recurrent_initializer=keras.initializers.Orthogonal(seed=2),
        )
        return compiled(keras.Sequential([keras.Input((5, 2)), lstm, dense(3, 2, activation="softmax")]))

    assert_equal_training(build, SERIES, LABELS)


def test_two_inputs():
    def build():
        a, b = keras.Input((6,)), keras.Input((6,))
        joined = layers.Concatenate()([dense(4, 1)(a), dense(4, 2)(b)])
        return compiled(keras.Model([a, b], dense(3, 3, activation="softmax")(joined)))

    assert_equal_training(build, [X, X[::-1]], LABELS)


def test_two_outputs():
    def build():
        x = keras.Input((6,))
        hidden = dense(8, 1, activation="relu")(x)
        outputs = [dense(1, 2, name="a")(hidden), dense(3, 3, activation="softmax", name="b")(hidden)]
        losses, metrics = ["mse", "sparse_categorical_crossentropy"], [["mae"], ["accuracy"]]
        return compiled(keras.Model(x, outputs), loss=losses, metrics=metrics)

    history = assert_equal_training(build, X, [Y, LABELS], (X_VAL, [Y[:10], LABELS_VAL]))
    assert {"a_loss", "b_loss", "a_mae", "b_accuracy", "val_a_loss"} <= set(history.columns)


LOSSES = {
    "regression": ("mse", Y, 1, "linear", ["mae"]),
    "binary": ("binary_crossentropy", (Y > 0).astype("float32"), 1, "sigmoid", ["accuracy"]),
    "one-hot": ("categorical_crossentropy", np.eye(3, dtype="float32")[LABELS], 3, "softmax", ["accuracy"]),
}


@pytest.mark.parametrize("name", LOSSES)
def test_losses(name):
    loss, y, units, activation, metrics = LOSSES[name]

    def build():
        model = keras.Sequential(
            [keras.Input((6,)), dense(8, 1, activation="relu"), dense(units, 2, activation=activation)]
        )
        return compiled(model, loss=loss, metrics=metrics)

    assert_equal_training(build, X, y)


def test_sample_weight():
    assert_equal_training(mlp, X, LABELS, sample_weight=np.linspace(0.5, 2, 40).astype("float32"))


def test_class_weight():
    assert_equal_training(mlp, X, LABELS, class_weight={0: 1.0, 1: 2.0, 2: 0.5})


def test_a_loss_and_a_layer_of_the_users_own():
    class Twice(layers.Layer):
        def call(self, x):
            return 2 * x

    def loss(y_true, y_pred):
        return keras.ops.mean(keras.ops.abs(y_true - y_pred), axis=-1)

    def build():
        return compiled(
            keras.Sequential([keras.Input((6,)), dense(8, 1), Twice(), dense(1, 2)]), loss=loss, metrics=[]
        )

    assert_equal_training(build, X, Y[:, None])
