"""Keys: two models share one only if one program serves both."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from coursekit import training
from coursekit.training.sharing.key import has_stock_loss, structure

L = keras.layers
X = np.random.default_rng(0).normal(size=(40, 4)).astype("float32")
Y = (X[:, 0] > 0).astype("int32")


def model_of(*layers, loss="sparse_categorical_crossentropy", optimizer="sgd", metrics=None):
    initial = keras.initializers.GlorotUniform(1)
    model = keras.Sequential([keras.Input((4,)), *layers, L.Dense(2, "softmax", kernel_initializer=initial)])
    model.compile(optimizer, loss, metrics=metrics)
    return model


def dense(activation="relu", name=None, **options):
    return L.Dense(
        8, activation, name=name, kernel_initializer=keras.initializers.GlorotUniform(2), **options
    )


ALIKE = {
    "names": lambda: (model_of(dense(name="a")), model_of(dense(name="b"))),
    "seeds and rates": lambda: (model_of(L.Dropout(0.1, seed=1)), model_of(L.Dropout(0.7, seed=2))),
    "strengths": lambda: (
        model_of(dense(kernel_regularizer=keras.regularizers.L2(0.1))),
        model_of(dense(kernel_regularizer=keras.regularizers.L2(0.0))),
    ),
    "learning rates": lambda: (
        model_of(optimizer=keras.optimizers.Adam(0.1)),
        model_of(optimizer=keras.optimizers.Adam(0.2)),
    ),
    "numbers in the names of metrics": lambda: tuple(
        model_of(metrics=[keras.metrics.MeanSquaredError()]) for _ in "ab"
    ),
}
DIFFERENT = {
    "an activation named like its layer": lambda: (
        model_of(dense("relu", "relu")),
        model_of(dense("tanh", "tanh")),
    ),
    "a loss named like a layer": lambda: (
        model_of(dense(name="mse"), loss="mse"),
        model_of(dense(name="mae"), loss="mae"),
    ),
    "the delta of a loss": lambda: (
        model_of(loss=keras.losses.Huber(0.5)),
        model_of(loss=keras.losses.Huber(2.0)),
    ),
    "the momentum": lambda: (
        model_of(optimizer=keras.optimizers.SGD(0.1, momentum=0.5)),
        model_of(optimizer=keras.optimizers.SGD(0.1, momentum=0.9)),
    ),
    "a penalty and none": lambda: (model_of(dense()), model_of(dense(kernel_regularizer="l2"))),
    "noise": lambda: (model_of(L.GaussianNoise(0.1)), model_of(L.GaussianNoise(0.2))),
    "the penalty of an activity": lambda: tuple(model_of(L.ActivityRegularization(l2=s)) for s in (0.1, 0.2)),
    "a limit": lambda: tuple(model_of(dense(kernel_constraint=keras.constraints.MaxNorm(s))) for s in (1, 2)),
}


@pytest.mark.parametrize("name", ALIKE)
def test_numbers_and_names_do_not_count(name):
    a, b = ALIKE[name]()
    assert structure(a) == structure(b) is not None


@pytest.mark.parametrize("name", DIFFERENT)
def test_everything_else_counts(name):
    a, b = DIFFERENT[name]()
    assert None not in (structure(a), structure(b))
    assert structure(a) != structure(b)


@pytest.mark.parametrize("name", ["seed", "my_seed", "kernel_initializer", "a_regularizer", "name"])
def test_an_output_of_any_name_keeps_its_loss(name, same):
    """The second model would otherwise take the program of the first."""

    def build(loss):
        x = keras.Input((4,))
        initial = keras.initializers.GlorotUniform(3)
        outputs = {n: L.Dense(1, name=n, kernel_initializer=initial)(x) for n in (name, "b")}
        model = keras.Model(x, outputs)
        model.compile("sgd", loss={name: loss, "b": "mse"})
        return model

    y = {n: X[:, :1] for n in (name, "b")}
    assert structure(build("mse")) != structure(build("mae"))
    for loss in ("mse", "mae"):
        same(lambda loss=loss: build(loss), X, y)


def test_models_with_activations_named_like_them_are_trained_each_with_its_own(same):
    for activation in ("relu", "tanh", "sigmoid"):
        same(lambda a=activation: model_of(dense(a, a)), X, Y, compiled=True)


def test_what_may_hide_a_value_has_no_key():
    class Own(L.Layer):
        def call(self, x):
            return x

    class Sum(keras.regularizers.Regularizer):
        def __call__(self, w):
            return keras.ops.sum(w)

        def get_config(self):
            return {}

    def own(y_true, y_pred):
        return y_pred[:, 0]

    for hidden in (
        model_of(Own()),
        model_of(L.Lambda(lambda x: x)),
        model_of(dense(activation=lambda x: x)),
        model_of(dense(kernel_regularizer=Sum())),
        model_of(loss=own),
        model_of(metrics=[own]),
        model_of(L.Normalization(mean=1.0, variance=2.0)),
    ):
        assert structure(hidden) is None
    assert has_stock_loss(model_of(Own()))
    assert not has_stock_loss(model_of(loss=own))


@pytest.mark.filterwarnings("ignore:This model is trained by model.fit")
def test_metrics_of_a_compilation_before_are_those_of_keras(same):
    def again():
        model = model_of(metrics=["accuracy"])
        model.compile("sgd", "sparse_categorical_crossentropy")
        return model

    same(again, X, Y)
    assert len(training.fit(again(), X, Y, epochs=2, progress=False)) == 2


@pytest.mark.filterwarnings("ignore:This model is trained by model.fit")
def test_metrics_that_differ_in_what_their_configuration_does_not_tell(same):
    def build(metric):
        model = keras.Sequential(
            [keras.Input((4,)), L.Dense(2, kernel_initializer=keras.initializers.GlorotUniform(1))]
        )
        model.compile("sgd", "mse", metrics=[metric()])
        return model

    for metric in (
        lambda: keras.metrics.CosineSimilarity(axis=-1, name="c"),
        lambda: keras.metrics.CosineSimilarity(axis=0, name="c"),
        lambda: keras.losses.Huber(1.0, name="h"),
        lambda: keras.losses.Huber(0.1, name="h"),
    ):
        same(lambda metric=metric: build(metric), X, X[:, :2])
