"""Mixtures of rows: what they are made of, and in which shares."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from coursekit import data

X = np.eye(5, dtype="float32")  # a row's entries tell what it is made of
Y = np.eye(5, dtype="float32")


def test_a_label_is_mixed_as_its_row_is():
    mixed = data.mixup(X, Y, 0.5, copies=20)
    assert mixed.x.shape == mixed.y.shape == (100, 5)
    assert mixed.x.dtype == mixed.y.dtype == np.float32
    assert_array_equal(mixed.x, mixed.y)
    assert_allclose(mixed.x.sum(axis=1), 1, rtol=1e-6)
    assert ((mixed.x > 0).sum(axis=1) <= 2).all()
    assert (mixed.x.max(axis=1) >= 0.5).all()


def test_each_copy_holds_each_row_once_in_an_order_of_its_own():
    mixed = data.mixup(X, Y, 0.1, copies=3, seed=4)
    order = mixed.x.argmax(axis=1).reshape(3, 5)
    assert_array_equal(np.sort(order), [range(5)] * 3)
    assert len({tuple(row) for row in order}) > 1


def test_shares_follow_the_beta_distribution_folded_at_one_half():
    alpha = 0.4
    mixed = data.mixup(X, Y, alpha, copies=4000)
    shares = mixed.x.max(axis=1)[(mixed.x > 0).sum(axis=1) == 2]
    drawn = np.random.default_rng(1).beta(alpha, alpha, 100_000)
    drawn = np.maximum(drawn, 1 - drawn)
    assert abs(shares.mean() - drawn.mean()) < 0.01
    assert abs(shares.std() - drawn.std()) < 0.01


def test_alpha_0_mixes_nothing():
    mixed = data.mixup(X, Y, 0)
    assert_array_equal(np.sort(mixed.x.argmax(axis=1)), range(5))
    assert_array_equal(mixed.x.max(axis=1), 1)


def test_images_are_mixed_too_and_a_seed_repeats_it():
    images = np.random.default_rng(0).random((6, 4, 3, 1)).astype("float32")
    labels = np.eye(6, dtype="float32")
    first, again = (data.mixup(images, labels, 0.3, seed=2) for _ in range(2))
    assert_allclose(first.x, np.einsum("ij,jhwc->ihwc", first.y, images), rtol=1e-5, atol=1e-6)
    assert_array_equal(first.x, again.x)


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ((X, np.arange(5)), "y"),
        ((X, Y[:3]), "x"),
        ((X[:0], Y[:0]), "x"),
        ((X * np.nan, Y), "x"),
        ((X, Y, -1), "alpha"),
    ],
)
def test_what_cannot_be_mixed_is_refused(arguments, name):
    with pytest.raises(ValueError, match=f"`{name}`"):
        data.mixup(*arguments)
    with pytest.raises(ValueError, match="`copies`"):
        data.mixup(X, Y, copies=0)
