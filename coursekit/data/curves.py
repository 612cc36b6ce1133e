"""Points around a curve."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from coursekit._arguments import integer, number, received, shown
from coursekit.data.splits import Dataset, Split, generators

__all__ = ["noisy_curve", "true_curve"]


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

    train, validation, test = map(points, counts, (noise, noise, 0), generators(seed, 3))
    return Dataset(train, validation, test)


def true_curve(x: np.ndarray) -> np.ndarray:
    """Return sin(πx), the curve behind `noisy_curve`."""
    return np.sin(np.pi * np.asarray(x))


def _heights(curve: Callable, x: np.ndarray) -> np.ndarray:
    """Return the curve at each x; a curve that gives one number for all is a constant."""
    y = np.asarray(curve(x))
    if y.dtype.kind not in "biuf" or y.shape not in (x.shape, ()) or not np.isfinite(y).all():
        raise ValueError(
            f"`function` must give a finite number for each x. {received('function', curve)}, which gives {shown(y)}"
        )
    return y
