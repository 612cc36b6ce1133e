"""Real measurements in tables: one that comes with scikit-learn, and a larger one from the internet."""

from __future__ import annotations

import contextlib
import io
import socket
import warnings

import numpy as np

from coursekit._arguments import integer
from coursekit.data.splits import Dataset, Split, generators
from coursekit.language import text

__all__ = ["california_housing", "diabetes"]

HOUSING_FEATURES = (
    "median_income",
    "house_age",
    "rooms",
    "bedrooms",
    "population",
    "occupancy",
    "latitude",
    "longitude",
)
TEST_SEED = 0  # draws the test rows, for every seed the same
PATIENCE = 15.0  # seconds to wait for a server's answer


def diabetes(n_train: int = 200, n_validation: int = 100, *, seed: int = 0) -> Dataset:
    """Return ten measurements of each of 442 people with diabetes, and how far it had progressed a year later.

    Age in years, sex (1 or 2), body mass index in kg/m², blood pressure in mmHg, and six values of the blood serum,
    each in its own unit; y is a score of the disease from 25 to 346. The test rows, all that ``n_train`` and
    ``n_validation`` leave, are the same for every seed; the others are divided at random between training and
    validation. So no seed trains or chooses on rows that another seed tests on.

    Source: B. Efron, T. Hastie, I. Johnstone, R. Tibshirani (2004), Least angle regression, Annals of Statistics 32;
    the copy that comes with scikit-learn, not scaled.

    Args:
        n_train: training rows, at least 1.
        n_validation: validation rows, at least 1; at least 1 row must be left for the test.
        seed: divides the rows that are not for the test between training and validation.

    Returns:
        A `Dataset` with ``feature_names``; ``x`` has shape (rows, 10), ``y`` shape (rows,).

    Raises:
        ValueError: if an argument is out of its range.
    """
    from sklearn.datasets import load_diabetes

    table = load_diabetes(scaled=False)
    return _split(table.data, table.target, tuple(table.feature_names), n_train, n_validation, seed)


def california_housing(n_train: int = 5000, n_validation: int = 2000, *, seed: int = 0) -> Dataset:
    """Return eight numbers about each of 20640 districts of California, and the median value of their houses.

    The table is loaded by `keras.datasets.california_housing` the first time and kept in Keras' folder; y is in units
    of 100 000 dollars. Where it cannot be loaded, a warning says so and `diabetes` is returned instead. The rows are
    divided as in `diabetes`.

    Source: R. Pace, R. Barry (1997), Sparse spatial autoregressions, Statistics & Probability Letters 33.

    Args:
        n_train: training rows, at least 1.
        n_validation: validation rows, at least 1; at least 1 row must be left for the test.
        seed: divides the rows that are not for the test between training and validation.

    Returns:
        A `Dataset` with ``feature_names``; ``x`` has shape (rows, 8), ``y`` shape (rows,).

    Raises:
        ValueError: if an argument is out of its range.
    """
    integer("n_train", n_train, lowest=1)
    integer("n_validation", n_validation, lowest=1)
    try:
        x, y = _download()
    except Exception as problem:  # no network, a firewall, a full disk: the lesson goes on all the same
        warnings.warn(text("no_larger_data", reason=_first_line(problem)), stacklevel=2)
        return diabetes(seed=seed)
    return _split(x, y / 1e5, HOUSING_FEATURES, n_train, n_validation, seed)


def _download() -> tuple[np.ndarray, np.ndarray]:
    """Return all rows of the table, from Keras' folder or the internet."""
    from keras.datasets import california_housing

    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(PATIENCE)
    try:
        # Keras splits with its own seed; we put the rows together again and split with ours.
        with contextlib.redirect_stdout(io.StringIO()):  # Keras' progress bar
            (x, y), (more_x, more_y) = california_housing.load_data(version="large")
    finally:
        socket.setdefaulttimeout(before)
    return np.concatenate([x, more_x]), np.concatenate([y, more_y])


def _first_line(problem: Exception) -> str:
    return (str(problem).strip() or type(problem).__name__).splitlines()[0]


def _split(
    x: np.ndarray, y: np.ndarray, names: tuple[str, ...], n_train: int, n_validation: int, seed: int
) -> Dataset:
    """Return the rows of a table in three parts: the test rows are always the same, the others drawn with the seed."""
    n_train = integer("n_train", n_train, lowest=1)
    n_validation = integer("n_validation", n_validation, lowest=1)
    if n_train + n_validation >= len(x):
        raise ValueError(
            f"`n_train` + `n_validation` must be less than {len(x)}, the number of rows. "
            f"Received: n_train={n_train}, n_validation={n_validation}"
        )
    (for_all_seeds,), (generator,) = generators(TEST_SEED, 1), generators(seed, 1)
    others, test_rows = np.split(for_all_seeds.permutation(len(x)), [n_train + n_validation])
    parts = [*np.split(generator.permutation(others), [n_train]), test_rows]
    train, validation, test = (Split(x[rows].astype("float32"), y[rows].astype("float32")) for rows in parts)
    return Dataset(train, validation, test, feature_names=names)
