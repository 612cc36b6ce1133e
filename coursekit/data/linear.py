"""Linear problems whose true weights are known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from coursekit._arguments import array, integer, number, received
from coursekit.data.splits import Dataset, Split, generators

__all__ = ["correlated_regression", "linear_regression", "sparse_regression"]


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
    truth, *parts = generators(seed, 4)
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
    truth, *parts = generators(seed, 4)
    coefficients = np.zeros(n_features)
    informative = truth.choice(n_features, n_informative, replace=False)
    coefficients[informative] = np.linspace(0.2, 2, n_informative) * truth.choice([-1, 1], n_informative)

    def linear(n: int, sd: float, generator: np.random.Generator) -> Split:
        x = generator.standard_normal((n, n_features))
        y = x @ coefficients + sd * generator.standard_normal(n)
        return Split(x.astype("float32"), y.astype("float32"))

    train, validation, test = map(linear, counts, (noise, noise, 0), parts)
    return Dataset(train, validation, test, coefficients=coefficients)


def correlated_regression(
    n_train: int = 50,
    n_validation: int = 50,
    n_test: int = 1000,
    *,
    n_features: int = 30,
    group_size: int = 4,
    correlation: float = 0.99,
    noise: float = 1.0,
    seed: int = 0,
) -> Dataset:
    """Return a linear problem in which the features that matter come in groups of near copies.

    Three groups of ``group_size`` features each, at the front of x, have the true weights 4/s, −3/s and 2/s, with s the
    size of the group; the other features have the weight 0. A feature of a group is √c · z + √(1 − c) · own, with z
    common to the group, and z and own standard normal: it has the sd 1, and the correlation c with the others of its
    group. With c = 1 the features of a group are exact copies. y = xw + noise · ε with standard normal ε. The test rows
    have no noise, so that an error on them is the distance from the truth.

    Args:
        n_train: training rows, at least 1.
        n_validation: validation rows, at least 1; as noisy as the training rows.
        n_test: test rows, at least 1.
        n_features: columns of x, at least ``3 * group_size``.
        group_size: features in each of the three groups, at least 1.
        correlation: c, in [0, 1].
        noise: standard deviation of the noise, in the unit of y; not negative.
        seed: draws the rows and the noise.

    Returns:
        A `Dataset` with the true weights in ``coefficients``; ``x`` has shape (rows, n_features), ``y`` shape (rows,).

    Raises:
        ValueError: if an argument is out of its range.
    """
    rows = {"n_train": n_train, "n_validation": n_validation, "n_test": n_test}
    counts = [integer(name, n, lowest=1) for name, n in rows.items()]
    group_size = integer("group_size", group_size, lowest=1)
    n_features = integer("n_features", n_features, lowest=1)
    totals = np.array([4.0, -3.0, 2.0])
    grouped = len(totals) * group_size
    if n_features < grouped:
        raise ValueError(
            f"`n_features` must be at least {grouped}, the features of the groups. "
            f"{received('n_features', n_features)}"
        )
    common, noise = number("correlation", correlation, "[0, 1]"), number("noise", noise, "[0, inf)")
    coefficients = np.zeros(n_features)
    coefficients[:grouped] = np.repeat(totals / group_size, group_size)

    def linear(n: int, sd: float, generator: np.random.Generator) -> Split:
        x = generator.standard_normal((n, n_features))
        shared = np.repeat(generator.standard_normal((n, len(totals))), group_size, axis=1)
        x[:, :grouped] = np.sqrt(common) * shared + np.sqrt(1 - common) * x[:, :grouped]
        y = x @ coefficients + sd * generator.standard_normal(n)
        return Split(x.astype("float32"), y.astype("float32"))

    train, validation, test = map(linear, counts, (noise, noise, 0), generators(seed, 3))
    return Dataset(train, validation, test, coefficients=coefficients)
