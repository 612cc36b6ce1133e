"""What the tests of training share: small rows, small models, and a comparison with `model.fit`."""

from __future__ import annotations

import warnings

import keras
import numpy as np
import pytest

from coursekit import training

RNG = np.random.default_rng(0)
X = RNG.normal(size=(70, 4)).astype("float32")
Y = (X[:, 0] + 0.5 * RNG.normal(size=70) > 0).astype("int32")


class Rows:
    """70 rows of 4 features and two classes, the same for validation, and a number to predict."""

    x, y = X, Y
    x_val, y_val = X[::-1][:50] * 0.9, Y[::-1][:50]
    number = (X[:, :1] - 0.3 * X[:, 1:2]).astype("float32")
    validation = (x_val, y_val)


@pytest.fixture(scope="session")
def rows():
    return Rows


def dense(units, seed, **options):
    return keras.layers.Dense(units, kernel_initializer=keras.initializers.GlorotUniform(seed), **options)


def classifier(
    *extra, optimizer="adam", loss="sparse_categorical_crossentropy", metrics=("accuracy",), **options
):
    """Return M(): a classifier for the rows, the same at each call."""
    layers = [
        keras.Input((4,)),
        dense(8, 1, activation="relu", **options),
        *extra,
        dense(2, 2, activation="softmax"),
    ]
    model = keras.Sequential(layers)
    model.compile(optimizer=optimizer, loss=loss, metrics=list(metrics))
    return model


@pytest.fixture(scope="session")
def build():
    return classifier


@pytest.fixture(scope="session")
def state_of():
    """Return everything that training changes in a model, as arrays."""

    def state(model):
        variables = [*model.variables, *(model.optimizer.variables if model.optimizer else [])]
        return [keras.ops.convert_to_numpy(v) for v in variables]

    return state


@pytest.fixture(scope="session")
def same(state_of):
    """Train two models, one with `model.fit` and one with `fit`, and compare history, weights and optimizer.

    ``callbacks`` is a function that returns new ones. Returns both models and our history.
    """

    def compare(build, x, y, *, rtol=2e-4, atol=2e-5, callbacks=None, compiled=None, **options):
        theirs, ours = build(), build()
        options = {"epochs": 3, "shuffle": False, **options}
        makes = {} if callbacks is None else {"callbacks": callbacks()}
        expected = theirs.fit(x, y, verbose=0, **options, **makes).history
        makes = {} if callbacks is None else {"callbacks": callbacks()}
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="This model is trained by model.fit")
            warnings.filterwarnings("ignore", message="model.fit tells only")
            history = training.fit(ours, x, y, progress=False, **options, **makes)
        assert set(history.history) == set(expected)
        for name, values in expected.items():
            np.testing.assert_allclose(
                np.array(history.history[name]), np.array(values), rtol=rtol, atol=atol, err_msg=name
            )
        for a, b in zip(state_of(theirs), state_of(ours), strict=True):
            np.testing.assert_allclose(a, b, rtol=rtol, atol=atol)
        if compiled is not None:
            assert history.compiled is compiled
        return theirs, ours, history

    return compare
