"""Stored tables: what is saved comes back, and no other name is known."""

import numpy as np
import pandas as pd
import pytest

from coursekit import stored


def test_a_table_comes_back_as_it_was_saved(tmp_path, monkeypatch):
    monkeypatch.setattr(stored, "FOLDER", tmp_path)
    table = pd.DataFrame({"width": [4, 8], "seed": [0, 1], "accuracy": [0.686, 0.123456]})
    stored.save(table, "table")
    pd.testing.assert_frame_equal(stored.load("table"), table)


@pytest.mark.parametrize("name", ["other", "", None, 3, ["known"], np.array(["known", "other"])])
def test_an_unknown_name_is_refused_with_the_known_ones(tmp_path, monkeypatch, name):
    monkeypatch.setattr(stored, "FOLDER", tmp_path)
    stored.save(pd.DataFrame({"a": [1]}), "known")
    with pytest.raises(ValueError, match=r"`name` must be one of 'known'\. Received: name=") as refusal:
        stored.load(name)
    assert str(refusal.value).endswith(repr(name))
