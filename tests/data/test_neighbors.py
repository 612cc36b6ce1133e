"""The borrowed digits have the form of the course's own, and are another set of people's."""

import numpy as np
from numpy.testing import assert_array_equal

from coursekit import data
from coursekit.data.neighbors import _filled


def test_shapes_kinds_and_labels():
    x, y = data.neighbor_digits()
    assert x.shape == (5000, 64)
    assert x.dtype == np.float32
    assert x.min() == 0
    assert x.max() == 1
    assert_array_equal(np.bincount(y), [500] * 10)


def test_values_are_counts_of_ink_in_blocks_of_16_as_in_the_course_own_digits():
    for x in (data.neighbor_digits().x, data.digits().test.x):
        assert_array_equal(x * 16, np.round(x * 16))


def test_a_digit_is_cut_out_and_drawn_from_top_to_bottom():
    image = np.zeros((28, 28))
    image[10:18, 12:14] = 1  # 8 rows, 2 columns: four times as large, in the middle
    expected = np.zeros((32, 32))
    expected[:, 12:20] = 1
    assert_array_equal(_filled(image), expected)


def test_every_digit_reaches_the_first_and_the_last_row():
    images = data.neighbor_digits().x.reshape(-1, 8, 8)
    assert images[:, 0].any(axis=1).all()
    assert images[:, -1].any(axis=1).all()


def test_what_is_returned_may_be_changed():
    data.neighbor_digits().x[:] = 0
    assert data.neighbor_digits().x.any()
    assert_array_equal(data.neighbor_digits().x, data.neighbor_digits().x)
