"""What is changed between two fits without `compile` counts from the next one on, as if `model.fit` traced anew.

Keras' own `model.fit` goes on with the function that it traced first, in which most numbers are constants. What it
takes from variables, such as the learning rate, counts there, too.
"""

from __future__ import annotations

import keras
import numpy as np
import pytest

from coursekit import training

quiet = pytest.mark.filterwarnings("ignore:This model is trained by model.fit")
optimizers = keras.optimizers
on_jax = keras.config.backend() == "jax"


def sgd():
    return optimizers.SGD(0.05, momentum=0.5)


def sets(part, name, value):
    """Return a change of a model: an attribute of one of its parts."""

    def change(model):
        setattr(part(model), name, value() if callable(value) and name == "optimizer" else value)

    return change


def first(model):
    return model.layers[0]


def itself(model):
    return model


def of_optimizer(model):
    return model.optimizer


CHANGES = {
    "an optimizer of the same kind": sets(itself, "optimizer", lambda: optimizers.SGD(0.2, momentum=0.5)),
    "an optimizer of another kind": sets(itself, "optimizer", lambda: optimizers.Adam(0.2)),
    "momentum": sets(of_optimizer, "momentum", 0.9),
    "clipnorm": sets(of_optimizer, "clipnorm", 0.001),
    "weight decay": sets(of_optimizer, "weight_decay", 0.5),
    "learning rate": sets(of_optimizer, "learning_rate", 0.5),
    "a schedule": sets(of_optimizer, "learning_rate", optimizers.schedules.ExponentialDecay(0.5, 1, 0.5)),
    "dropout rate": sets(lambda m: m.layers[1], "rate", 0.9),
    "strength": sets(lambda m: first(m).kernel.regularizer, "l2", 1.0),
    "penalty": sets(lambda m: first(m).kernel, "regularizer", keras.regularizers.L1(0.1)),
    "constraint": sets(lambda m: first(m).kernel, "constraint", keras.constraints.MaxNorm(0.1)),
    "activation": sets(first, "activation", keras.activations.tanh),
    "loss, which Keras does not read": sets(itself, "loss", keras.losses.KLDivergence()),
    "run_eagerly": sets(itself, "run_eagerly", True),
    "trainable": pytest.param(
        sets(first, "trainable", False), marks=pytest.mark.skipif(on_jax, reason="must be compiled again")
    ),
}


@pytest.fixture
def twice(build, rows):
    """Train a model before and after a change, in one of two ways, and return it with its second history."""

    def train(fit, change, frozen=False, **options):
        model = build(
            keras.layers.Dropout(0.3, seed=1),
            optimizer=sgd(),
            kernel_regularizer=keras.regularizers.L2(0.01),
        )
        model.layers[0].trainable = not frozen
        model.compile(model.optimizer, model.loss, metrics=["accuracy"])
        fit(model, rows.x, rows.y, epochs=2, shuffle=False, **options)
        change(model)
        return model, fit(model, rows.x, rows.y, epochs=2, shuffle=False, **options)

    return train


def traced_anew(model, *data, **options):
    model.make_train_function(force=True)
    return model.fit(*data, verbose=0, **options)


def ours(model, *data, **options):
    return training.fit(model, *data, progress=False, **options)


@quiet
@pytest.mark.filterwarnings("ignore:model.fit tells only")
@pytest.mark.parametrize(
    "change",
    [
        pytest.param(*c.values, id=n, marks=c.marks) if hasattr(c, "marks") else pytest.param(c, id=n)
        for n, c in CHANGES.items()
    ],
)
def test_a_change_counts_as_if_keras_traced_anew(change, twice, state_of):
    (theirs, expected), (model, history) = twice(traced_anew, change), twice(ours, change)
    for name, values in expected.history.items():
        np.testing.assert_allclose(history.history[name], values, rtol=2e-4, atol=2e-5, err_msg=name)
    for a, b in zip(state_of(theirs), state_of(model), strict=True):
        np.testing.assert_allclose(a, b, rtol=2e-4, atol=2e-5)


def test_metrics_are_compiled_only(build):
    with pytest.raises(AttributeError, match="metrics"):
        build().metrics = ["mse"]


@quiet
@pytest.mark.parametrize(
    "frozen", [True, pytest.param(False, marks=pytest.mark.skipif(not on_jax, reason="counts"))]
)
def test_where_keras_would_fail_it_is_said_that_the_model_must_be_compiled(frozen, twice, rows, state_of):
    kept = []

    def turn(model):
        model.layers[0].trainable = frozen
        kept.extend([model, state_of(model)])

    with pytest.raises(ValueError, match=r"compiled again.*trainable.*Received"):
        twice(ours, turn, frozen=frozen)
    model, state = kept
    for a, b in zip(state, state_of(model), strict=True):
        np.testing.assert_array_equal(a, b)
    model.compile(sgd(), model.loss)
    ours(model, rows.x, rows.y)
    assert np.array_equal(state[0], state_of(model)[0]) is not frozen
