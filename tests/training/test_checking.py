"""What cannot be trained on is named: row, column or label, and what to do about it."""

from __future__ import annotations

import keras
import numpy as np
import pandas as pd
import pytest

from coursekit import data, models, training

DIGITS = data.digits(n_train=64, n_validation=32, seed=0)


def classifier():
    return models.classifier(64, 10, units=16, seed=0)


BAD = {
    "NaN in a column": (lambda x, y: (frame_with_nan(x), y), "row 5, column 'b' of x"),
    "infinity in an array": (lambda x, y: (np.where(x == x[3, 2], np.inf, x), y), "row 3, column 2 of x"),
    "NaN in y": (lambda x, y: (x, np.where(np.arange(70) == 4, np.nan, y)), "row 4 of y"),
    "text labels": (lambda x, y: (x, np.where(y, "cat", "dog")), "StringLookup"),
    "text labels in a list": (lambda x, y: (x, ["cat"] * 70), "StringLookup"),
    "a column of text": (
        lambda x, y: (pd.DataFrame(x, columns=list("abcd")).assign(b="x"), y),
        "get_dummies",
    ),
    "a category": (lambda x, y: (pd.DataFrame(x).assign(b=pd.Categorical(y)), y), None),
    "a date": (lambda x, y: (pd.DataFrame(x).assign(b=pd.Timestamp("2020-01-01")), y), "get_dummies"),
    "a missing value of pandas": (
        lambda x, y: (pd.DataFrame(x).assign(b=pd.array([None] + [1] * 69, "Int64")), y),
        "row 0, column 'b'",
    ),
    "an object column": (
        lambda x, y: (pd.DataFrame(x).assign(b=[1, None] + [2] * 68).astype({"b": object}), y),
        "row 1, column 'b'",
    ),
    "uneven rows": (lambda x, y: ([[1.0], [1.0, 2.0]], y), "equal length"),
}


def frame_with_nan(x):
    table = pd.DataFrame(x, columns=list("abcd"))
    table.loc[5, "b"] = np.nan
    return table


@pytest.mark.parametrize("where", ["x, y", "validation_data"])
@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_trained_on_is_named_with_the_remedy(name, where, build, rows):
    make, message = BAD[name]
    x, y = make(rows.x, rows.y)
    given = {"x": x, "y": y} if where == "x, y" else {"x": rows.x, "y": rows.y, "validation_data": (x, y)}
    with pytest.raises(ValueError, match=message) as caught:
        training.fit(build(), **given, epochs=1, progress=False)
    assert "Received" in str(caught.value)
    assert where in str(caught.value)


def test_weights_are_numbers_too(build, rows):
    for weights, message in ((["a"] * 70, "sample_weight"), (np.full(70, np.nan), "row 0 of sample_weight")):
        with pytest.raises(ValueError, match=message):
            training.fit(build(), rows.x, rows.y, sample_weight=weights, progress=False)


@pytest.mark.filterwarnings("ignore:This model is trained by model.fit")
def test_nan_in_y_under_a_stock_loss_is_an_error_whatever_the_layers(rows):
    class Own(keras.layers.Layer):
        def call(self, x):
            return x

    model = keras.Sequential([keras.Input((4,)), Own(), keras.layers.Dense(1)])
    model.compile("adam", "mse")
    with pytest.raises(ValueError, match="row 3"):
        training.fit(
            model, rows.x, np.where(np.arange(70)[:, None] == 3, np.nan, rows.number), progress=False
        )


def test_bad_data_are_named():
    x, y = DIGITS.train
    for bad_x, bad_y, message in [
        (x[:0], y[:0], "at least one row"),
        (np.full_like(x, np.nan), y, "NaN"),
        (x, y[:5], "same number of rows"),
        (x, y + 5, "labels from 0 to 9"),
        ([["a"] * 64], y[:1], "numbers"),
    ]:
        with pytest.raises(ValueError, match=message):
            training.fit(classifier(), bad_x, bad_y, epochs=1, progress=False)


def test_a_model_that_is_not_compiled_is_refused():
    model = keras.Sequential([keras.Input((64,)), keras.layers.Dense(10)])
    with pytest.raises(ValueError, match="compile"):
        training.fit(model, *DIGITS.train, epochs=1)


def test_run_and_evaluate_name_the_same(build, rows):
    for validation, message in (
        ((rows.x_val, rows.y_val + 2), "labels"),
        ((rows.x_val * np.nan, rows.y_val), "NaN"),
    ):
        with pytest.raises(ValueError, match=message):
            training.Run(build(), rows.x, rows.y, validation_data=validation)
        with pytest.raises(ValueError, match=message):
            training.evaluate(build(), *validation)


@pytest.mark.filterwarnings("ignore:This model is trained by model.fit")
def test_who_watches_for_nan_may_meet_it(rows):
    watch = [keras.callbacks.TerminateOnNaN()]
    model = keras.Sequential(
        [keras.Input((4,)), keras.layers.Dense(2, activation="softmax")]
    )  # a relu may hide NaN
    model.compile("sgd", "sparse_categorical_crossentropy")
    history = training.fit(
        model, rows.x * np.nan, rows.y, epochs=3, callbacks=watch, shuffle=False, progress=False
    )
    assert len(history) == 1
