"""`History`: a tidy table, and Keras' dictionary."""

from __future__ import annotations

import numpy as np
import pytest

from coursekit.training import History


def test_a_history_is_a_table_and_a_dictionary_of_keras():
    history = History(
        {
            "data_loss": [2.0, 1.0],
            "penalty": [0.5, 0.25],
            "val_data_loss": [3.0, 2.0],
            "val_penalty": [0.4, 0.3],
        }
    )
    assert history.table["epoch"].tolist() == [1, 2]
    assert history.history == {"loss": [2.5, 1.25], "val_loss": [3.4, 2.3]}
    assert history.epoch == [0, 1]
    with pytest.raises(ValueError, match="same length"):
        History({"data_loss": [1.0], "penalty": []})


def test_several_numbers_are_a_column_each():
    history = History({"data_loss": [2.0, 1.0], "f1": [[0.1, 0.2], [0.3, 0.4]]})
    assert list(history.columns) == ["data_loss", "f1_0", "f1_1"]
    np.testing.assert_array_equal(history.columns["f1_1"], [0.2, 0.4])


def test_keras_dictionary_is_kept_where_it_is_known():
    given = {"loss": [3.0], "f1": [np.array([0.1, 0.2])]}
    history = History({"data_loss": [np.nan]}, history=given, first_epoch=5)
    assert history.history["loss"] == [3.0]
    np.testing.assert_array_equal(history.history["f1"][0], [0.1, 0.2])
    assert (history.epoch, history.table["epoch"].tolist()) == ([4], [5])
