"""What every data set has in common."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from coursekit import data


@pytest.mark.parametrize("make", [data.digits, data.noisy_curve])
def test_a_seed_gives_the_same_numbers_and_another_seed_others(make):
    first, again, other = make(seed=3), make(seed=3), make(seed=4)
    for part in ("train", "validation", "test"):
        assert_array_equal(getattr(first, part).x, getattr(again, part).x)
        assert_array_equal(getattr(first, part).y, getattr(again, part).y)
        assert not np.array_equal(getattr(first, part).x, getattr(other, part).x)


def test_a_data_set_unpacks_as_keras_takes_it():
    x, y = data.noisy_curve().train
    assert len(x) == len(y) == 20
