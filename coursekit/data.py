"""Data sets of the course: no download, the same numbers for the same seed, split into three.

Every function returns a `Dataset` with ``train``, ``validation`` and ``test``, each a pair ``(x, y)``, so that
Keras takes them as they are::

    dataset = data.digits(label_noise=0.4)
    model.fit(*dataset.train, validation_data=dataset.validation)
    model.evaluate(*dataset.test)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np

from coursekit._arguments import array, integer, number, received, shown


class Split(NamedTuple):
    """Rows of a data set: ``x`` of shape (rows, features) as float32, and ``y`` with a value a row."""

    x: np.ndarray
    y: np.ndarray


@dataclass(frozen=True)
class Dataset:
    """A data set split into three parts.

    Attributes:
        train: rows to fit weights on.
        validation: rows to choose hyperparameters on; as noisy as the training rows.
        test: rows to report on, once; their labels are clean.
        wrong_labels: shape (training rows,), True where a training label is not the true one.
        true_labels: shape (training rows,), the training labels before noise.
        coefficients: shape (features,), the true weights of a linear data set.
    """

    train: Split
    validation: Split
    test: Split
    wrong_labels: np.ndarray | None = None
    true_labels: np.ndarray | None = None
    coefficients: np.ndarray | None = None


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
    split_seed, train_seed, validation_seed = _generators(seed, 3)
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


def noisy_curve(
    n_train: int = 20,
    n_validation: int = 20,
    n_test: int = 200,
    *,
    noise: float = 0.3,
    function: Callable[[np.ndarray], np.ndarray] | None = None,
    seed: int = 0,
) -> Dataset:
    """Return points scattered around a curve: the smallest problem that shows overfitting.

    x is uniform in [−1, 1] and y = f(x) + noise · ε with standard normal ε. The test points lie on the curve itself,
    without noise, so that an error on them is the distance from the truth.

    Args:
        n_train: training points, at least 1.
        n_validation: validation points, at least 1.
        n_test: test points, at least 1.
        noise: standard deviation of the noise, in the unit of y; not negative.
        function: the curve f, applied to an array of shape (n,); `true_curve` by default.
        seed: draws the points and the noise.

    Returns:
        A `Dataset`; ``x`` has shape (rows, 1) and ``y`` shape (rows,).

    Raises:
        ValueError: if an argument is out of its range.
    """
    rows = {"n_train": n_train, "n_validation": n_validation, "n_test": n_test}
    counts = [integer(name, n, lowest=1) for name, n in rows.items()]
    noise = number("noise", noise, "[0, inf)")
    curve = true_curve if function is None else function
    if not callable(curve):
        raise ValueError(f"`function` must be a function of an array. {received('function', function)}")

    def points(n: int, sd: float, generator: np.random.Generator) -> Split:
        x = np.sort(generator.uniform(-1, 1, n))
        y = _heights(curve, x) + sd * generator.standard_normal(n)
        if np.abs(y).max() > np.finfo("float32").max:
            raise ValueError(f"`noise` and `function` must give float32 numbers. {received('noise', noise)}")
        return Split(x[:, None].astype("float32"), y.astype("float32"))

    train, validation, test = map(points, counts, (noise, noise, 0), _generators(seed, 3))
    return Dataset(train, validation, test)


def true_curve(x: np.ndarray) -> np.ndarray:
    """Return sin(πx), the curve behind `noisy_curve`."""
    return np.sin(np.pi * np.asarray(x))


def linear_regression(
    n_train: int = 50,
    n_validation: int = 50,
    n_test: int = 1000,
    *,
    n_features: int = 20,
    weight_sd: float = 1.0,
    noise: float = 1.0,
    scales: float | Sequence[float] = 1.0,
    seed: int = 0,
) -> Dataset:
    """Return a linear problem whose true weights are known, each feature in a unit of its own if wanted.

    z is standard normal, y = 1 + zw + noise · ε with standard normal ε, and w is drawn once from a normal distribution
    of sd ``weight_sd``. What the reader gets is x = z · scale, each feature in its own unit. y does not depend on the
    units; the weight that belongs to x is w / scale. The test rows have no noise, so that an error on them is the
    distance from the truth.

    Args:
        n_train: training rows, at least 1.
        n_validation: validation rows, at least 1; as noisy as the training rows.
        n_test: test rows, at least 1.
        n_features: columns of x, at least 1.
        weight_sd: standard deviation of the true weights, not negative.
        noise: standard deviation of the noise, in the unit of y; not negative.
        scales: standard deviation of each feature, above 0; one number for all, or shape (n_features,).
        seed: draws the weights, the rows and the noise.

    Returns:
        A `Dataset` with the true weights w / scale in ``coefficients``; ``x`` has shape (rows, n_features), ``y`` shape
        (rows,).

    Raises:
        ValueError: if an argument is out of its range.
    """
    rows = {"n_train": n_train, "n_validation": n_validation, "n_test": n_test}
    counts = [integer(name, n, lowest=1) for name, n in rows.items()]
    n_features = integer("n_features", n_features, lowest=1)
    weight_sd, noise = number("weight_sd", weight_sd, "[0, inf)"), number("noise", noise, "[0, inf)")
    units = array("scales", scales, finite=True)
    if units.shape not in ((), (n_features,)) or np.any(units <= 0):
        raise ValueError(
            f"`scales` must be a number above 0, or {n_features} of them. {received('scales', scales)}"
        )
    truth, *parts = _generators(seed, 4)
    weights = weight_sd * truth.standard_normal(n_features)

    def linear(n: int, sd: float, generator: np.random.Generator) -> Split:
        z = generator.standard_normal((n, n_features))
        y = 1 + z @ weights + sd * generator.standard_normal(n)
        return Split((z * units).astype("float32"), y.astype("float32"))

    train, validation, test = map(linear, counts, (noise, noise, 0), parts)
    return Dataset(train, validation, test, coefficients=weights / units)


def sparse_regression(
    n_train: int = 200,
    n_validation: int = 200,
    n_test: int = 1000,
    *,
    n_features: int = 100,
    n_informative: int = 10,
    noise: float = 1.0,
    seed: int = 0,
) -> Dataset:
    """Return a linear problem in which few of many features matter.

    The features are independent and standard normal, so that all have one scale, and y = xw + noise · ε with
    standard normal ε. Of the true weights, ``n_informative``, drawn at random, have sizes evenly spaced from 0.2 to 2
    and random signs; the others are 0. The test rows have no noise, so that an error on them is the distance from
    the truth.

    Args:
        n_train: training rows, at least 1.
        n_validation: validation rows, at least 1; as noisy as the training rows.
        n_test: test rows, at least 1.
        n_features: columns of x, at least 1.
        n_informative: features whose weight is not 0, from 0 to ``n_features``.
        noise: standard deviation of the noise, in the unit of y; not negative.
        seed: draws the weights, the rows and the noise.

    Returns:
        A `Dataset` with the true weights in ``coefficients``; ``x`` has shape (rows, n_features), ``y`` shape (rows,).

    Raises:
        ValueError: if an argument is out of its range.
    """
    rows = {"n_train": n_train, "n_validation": n_validation, "n_test": n_test}
    counts = [integer(name, n, lowest=1) for name, n in rows.items()]
    n_features = integer("n_features", n_features, lowest=1)
    n_informative = integer("n_informative", n_informative, lowest=0)
    if n_informative > n_features:
        raise ValueError(
            f"`n_informative` must not exceed `n_features`, {n_features}. "
            f"{received('n_informative', n_informative)}"
        )
    noise = number("noise", noise, "[0, inf)")
    truth, *parts = _generators(seed, 4)
    coefficients = np.zeros(n_features)
    informative = truth.choice(n_features, n_informative, replace=False)
    coefficients[informative] = np.linspace(0.2, 2, n_informative) * truth.choice([-1, 1], n_informative)

    def linear(n: int, sd: float, generator: np.random.Generator) -> Split:
        x = generator.standard_normal((n, n_features))
        y = x @ coefficients + sd * generator.standard_normal(n)
        return Split(x.astype("float32"), y.astype("float32"))

    train, validation, test = map(linear, counts, (noise, noise, 0), parts)
    return Dataset(train, validation, test, coefficients=coefficients)


def _heights(curve: Callable, x: np.ndarray) -> np.ndarray:
    """Return the curve at each x; a curve that gives one number for all is a constant."""
    y = np.asarray(curve(x))
    if y.dtype.kind not in "biuf" or y.shape not in (x.shape, ()) or not np.isfinite(y).all():
        raise ValueError(
            f"`function` must give a finite number for each x. {received('function', curve)}, which gives {shown(y)}"
        )
    return y


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


def _generators(seed: int, n: int) -> list[np.random.Generator]:
    """Return ``n`` independent generators, so that more rows of one part never change another part."""
    sequence = np.random.SeedSequence(integer("seed", seed, lowest=0))
    return [np.random.default_rng(child) for child in sequence.spawn(n)]
