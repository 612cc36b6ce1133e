"""The digits: scikit-learn's own, in disjoint parts, as noisy as they say; and the sample of MNIST."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.datasets import load_digits

from coursekit import data


def rows_as_bytes(*parts):
    return [row.tobytes() for part in parts for row in part.x]


def test_the_digits_are_scikit_learns_divided_by_16():
    images, labels = load_digits(return_X_y=True)
    dataset = data.digits(n_train=1000, n_validation=300)
    parts = (dataset.train, dataset.validation, dataset.test)
    ours = sorted(zip(rows_as_bytes(*parts), np.concatenate([p.y for p in parts]), strict=True))
    theirs = sorted(zip([row.tobytes() for row in (images / 16).astype("float32")], labels, strict=True))
    assert ours == theirs


def test_shapes_and_kinds():
    dataset = data.digits(n_train=50, n_validation=30)
    assert dataset.train.x.shape == (50, 64)
    assert dataset.validation.y.shape == (30,)
    assert len(dataset.test.x) == 1797 - 80
    assert dataset.train.x.dtype == np.float32
    assert np.issubdtype(dataset.train.y.dtype, np.integer)
    assert dataset.train.x.min() == 0
    assert dataset.train.x.max() == 1


def test_no_image_is_in_two_parts():
    dataset = data.digits()
    rows = rows_as_bytes(dataset.train, dataset.validation, dataset.test)
    assert len(rows) == len(set(rows)) == 1797


def test_without_noise_every_label_is_true():
    dataset = data.digits()
    assert not dataset.wrong_labels.any()
    assert_array_equal(dataset.train.y, dataset.true_labels)


@pytest.mark.parametrize("noise", [0.1, 0.4, 1.0])
def test_wrong_labels_are_where_noisy_and_true_ones_differ(noise):
    dataset = data.digits(label_noise=noise, seed=1)
    clean = data.digits(seed=1)
    assert_array_equal(dataset.true_labels, clean.train.y)
    assert_array_equal(dataset.wrong_labels, dataset.train.y != clean.train.y)


@pytest.mark.parametrize("noise", [0.2, 0.4, 1.0])
def test_nine_in_ten_redrawn_labels_are_wrong(noise):
    """0.4 makes about 36 % wrong: within 4 standard errors of a binomial count over 20 seeds."""
    n, seeds = 600, 20
    wrong = sum(data.digits(n, label_noise=noise, seed=seed).wrong_labels.sum() for seed in range(seeds))
    redrawn = noise * n * seeds
    assert abs(wrong - 0.9 * redrawn) < 4 * np.sqrt(redrawn * 0.9 * 0.1)


def test_validation_labels_are_as_noisy_and_test_labels_are_clean():
    noisy, clean = data.digits(400, 400, label_noise=0.4, seed=2), data.digits(400, 400, seed=2)
    wrong_validation = np.mean(noisy.validation.y != clean.validation.y)
    assert abs(wrong_validation - noisy.wrong_labels.mean()) < 0.1
    assert 0.3 < wrong_validation < 0.4
    assert_array_equal(noisy.test.y, clean.test.y)


def test_noise_leaves_the_images_alone():
    noisy, clean = data.digits(label_noise=0.7, seed=5), data.digits(seed=5)
    for part in ("train", "validation", "test"):
        assert_array_equal(getattr(noisy, part).x, getattr(clean, part).x)


def test_the_images_cannot_be_changed_for_the_next_caller():
    first = data.digits(label_noise=0.4)
    kept = first.test.x.copy()
    first.test.x[:] = 7
    first.train.y[:] = 0
    assert_array_equal(data.digits(label_noise=0.4).test.x, kept)
    assert data.digits(label_noise=0.4).train.y.any()


@pytest.mark.parametrize("rows", [(1797, 1), (600, 1197), (5000, 200)])
def test_some_digits_must_be_left_for_the_test(rows):
    with pytest.raises(ValueError, match=r"less than 1797.*n_train=\d+, n_validation=\d+"):
        data.digits(*rows)
    assert len(data.digits(1000, 796).test.x) == 1


def test_numpys_numbers_will_do():
    ours = data.digits(np.int64(50), np.int32(30), label_noise=np.float32(0.5), seed=np.uint8(3))
    assert_array_equal(ours.train.y, data.digits(50, 30, label_noise=0.5, seed=3).train.y)


class TestMnistSample:
    def test_shapes_and_kinds(self):
        sample = data.mnist_sample(n_train=50, n_validation=30)
        assert sample.train.x.shape == (50, 28, 28, 1)
        assert sample.validation.x.shape == (30, 28, 28, 1)
        assert sample.test.x.shape == (4920, 28, 28, 1)
        assert sample.train.x.dtype == np.float32
        assert sample.train.y.dtype == np.int64
        assert (sample.test.x.min(), sample.test.x.max()) == (0, 1)

    def test_no_image_is_in_two_parts_and_each_digit_is_there_500_times(self):
        sample = data.mnist_sample(100, 100, seed=1)
        parts = (sample.train, sample.validation, sample.test)
        assert len(set(rows_as_bytes(*parts))) == 5000
        assert_array_equal(np.bincount(np.concatenate([part.y for part in parts])), [500] * 10)

    def test_labels_belong_to_their_images(self):
        """A mean image of each digit tells the digits apart: nearest means are right far more often than by chance."""
        sample = data.mnist_sample(4000, 500)
        means = np.array([sample.train.x[sample.train.y == digit].mean(axis=0) for digit in range(10)])
        distances = ((sample.test.x[:, None] - means) ** 2).sum(axis=(2, 3, 4))
        assert np.mean(distances.argmin(axis=1) == sample.test.y) > 0.75

    def test_a_seed_draws_the_split(self):
        first, again, other = (data.mnist_sample(seed=seed) for seed in (3, 3, 4))
        assert_array_equal(first.train.x, again.train.x)
        assert not np.array_equal(first.train.y, other.train.y)

    def test_the_images_cannot_be_changed_for_the_next_caller(self):
        first = data.mnist_sample()
        kept = first.train.x.copy()
        first.train.x[:] = 7
        assert_array_equal(data.mnist_sample().train.x, kept)

    @pytest.mark.parametrize("arguments", [(0, 200), (200, 0), (200.5, 200), (4800, 200)])
    def test_what_cannot_be_drawn_is_refused(self, arguments):
        with pytest.raises(ValueError, match=r"`n_train`|`n_validation`"):
            data.mnist_sample(*arguments)
