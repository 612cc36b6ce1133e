"""Data that learners bring, as arrays: lists, frames, shares and class weights."""

from __future__ import annotations

import keras
import numpy as np
import pandas as pd
import pytest

from coursekit import training


def frame(rows):
    table = pd.DataFrame(rows.x.astype("float64"), columns=list("abcd"))
    table["d"] = table["d"] > 0
    return table


def test_frames_of_numbers_and_bool(same, build, rows):
    table = frame(rows)
    same(build, table, pd.Series(rows.y), validation_data=(table[:30], pd.Series(rows.y[:30])), compiled=True)


def test_the_order_of_columns_counts(build, rows):
    table = frame(rows)
    histories = [
        training.fit(build(), t, rows.y, epochs=2, shuffle=False, progress=False).columns["data_loss"]
        for t in (table, table[list("dcba")], table.astype("float32").to_numpy()[:, ::-1])
    ]
    np.testing.assert_allclose(histories[1], histories[2], rtol=1e-6)
    assert not np.allclose(histories[0], histories[1])


def test_lists_of_numbers(build, rows):
    ours = training.fit(build(), rows.x.tolist(), rows.y.tolist(), epochs=2, shuffle=False, progress=False)
    arrays = training.fit(build(), rows.x, rows.y, epochs=2, shuffle=False, progress=False)
    np.testing.assert_allclose(ours.columns["data_loss"], arrays.columns["data_loss"], rtol=1e-6)
    assert ours.compiled


def test_a_range_is_a_list(build):
    assert training.fit(build(), np.eye(4)[[0, 1]], range(2), progress=False).compiled


def test_a_share_of_the_last_rows_validates(same, build, rows):
    weights = np.linspace(0.5, 2, 70)
    *_, history = same(build, rows.x, rows.y, validation_split=0.3, sample_weight=weights, compiled=True)
    assert "val_data_loss" in history.table


@pytest.mark.parametrize("weights", [[1.0, 2.0], np.array([1.0, 2.0]), "balanced"])
def test_class_weights_are_a_dictionary(weights, build, rows):
    with pytest.raises(ValueError, match=r"class_weight.*dictionary.*Received"):
        training.fit(build(), rows.x, rows.y, class_weight=weights, epochs=1)


def test_class_weights_are_for_one_output(rows):
    x = keras.Input((4,))
    model = keras.Model(x, [keras.layers.Dense(2)(x), keras.layers.Dense(2)(x)])
    model.compile("adam", "mse")
    y = np.zeros((70, 2), "float32")
    with pytest.raises(ValueError, match=r"class_weight.*single output"):
        training.fit(model, rows.x, [y, y], class_weight={0: 1.0}, epochs=1)


def test_class_weights_are_for_training_rows_only(same, build, rows):
    same(build, rows.x, rows.y, class_weight={0: 5.0, 1: 1.0}, validation_split=0.3, compiled=True)
    same(build, rows.x, rows.y, class_weight={0: 5.0, 1: 1.0}, validation_data=rows.validation, compiled=True)
