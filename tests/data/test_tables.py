"""Tables of measurements: the bundled one, and the larger one with and without a network."""

import keras
import numpy as np
import pytest
from sklearn.datasets import load_diabetes

from coursekit import data, language


def rows_of(dataset):
    return np.concatenate(
        [np.column_stack(part) for part in (dataset.train, dataset.validation, dataset.test)]
    )


def sorted_rows(table):
    return table[np.lexsort(table.T)]


def test_every_person_is_in_one_part_in_natural_units():
    dataset, table = data.diabetes(seed=3), load_diabetes(scaled=False)
    assert [len(part.x) for part in (dataset.train, dataset.validation, dataset.test)] == [200, 100, 142]
    wanted = np.column_stack([table.data, table.target]).astype("float32")
    np.testing.assert_array_equal(sorted_rows(rows_of(dataset)), sorted_rows(wanted))
    assert dataset.feature_names == ("age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6")
    assert dataset.train.x.dtype == dataset.train.y.dtype == np.float32


def test_the_seed_divides_training_and_validation_rows():
    first, again, other = (data.diabetes(seed=seed).train.y for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(np.sort(first), np.sort(other))


def test_the_test_rows_are_the_same_for_every_seed():
    first, *others = (data.diabetes(seed=seed) for seed in range(4))
    for other in others:
        np.testing.assert_array_equal(first.test.x, other.test.x)
        np.testing.assert_array_equal(first.test.y, other.test.y)


@pytest.mark.parametrize("arguments", [{"n_train": 0}, {"n_validation": 0}, {"n_train": 400}, {"seed": -1}])
def test_what_is_out_of_range_is_refused(arguments):
    with pytest.raises(ValueError, match=f"`{next(iter(arguments))}`"):
        data.diabetes(**arguments)


def test_the_larger_table_in_three_parts(monkeypatch):
    x, y = np.arange(160.0).reshape(20, 8), np.arange(20) * 1e5
    parts = (x[:15], y[:15]), (x[15:], y[15:])
    monkeypatch.setattr(keras.datasets.california_housing, "load_data", lambda version: parts)
    dataset = data.california_housing(10, 5, seed=0)
    assert (len(dataset.train.x), len(dataset.test.y)) == (10, 5)
    np.testing.assert_array_equal(sorted_rows(rows_of(dataset)), np.column_stack([x, np.arange(20)]))
    assert len(dataset.feature_names) == 8
    with pytest.raises(ValueError, match="`n_train`"):
        data.california_housing(15, 5)


@pytest.mark.parametrize("code", sorted(language.languages()))
def test_without_a_network_the_bundled_table_comes_with_a_clear_message(monkeypatch, code):
    def fail(version):
        raise OSError("URL fetch failure: no route to host\nmore")

    monkeypatch.setattr(keras.datasets.california_housing, "load_data", fail)
    language.set_language(code)
    with pytest.warns(UserWarning, match="no route to host$") as caught:
        dataset = data.california_housing(seed=2)
    assert str(caught[0].message) == language.text(
        "no_larger_data", reason="URL fetch failure: no route to host"
    )
    np.testing.assert_array_equal(dataset.train.x, data.diabetes(seed=2).train.x)
    with pytest.raises(ValueError, match="`n_train`"):
        data.california_housing(0)
