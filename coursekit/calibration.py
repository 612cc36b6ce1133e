"""How sure a classifier is, beside how often it is right; and the one number that makes it more or less sure."""

from __future__ import annotations

import numpy as np

from coursekit._arguments import array, integer, number, received

__all__ = ["log_likelihood", "reliability", "rescaled", "temperature"]


def __dir__() -> list[str]:
    return __all__  # completion shows no module that is merely used here


SMALLEST = 1e-7  # Keras clips probabilities there before it takes their logarithm


def log_likelihood(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Return the mean log of the probability given to the right class: Keras' cross-entropy with its sign changed.

    Args:
        probabilities: shape (rows, classes), each row summing to 1.
        labels: integers, shape (rows,).

    Raises:
        ValueError: if the shapes do not fit, a row does not sum to 1 or a label is no class.
    """
    p, y = _checked(probabilities, labels)
    return float(np.mean(np.log(np.clip(p[np.arange(len(y)), y], SMALLEST, 1))))


def rescaled(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """Return the probabilities after all log-probabilities were divided by one number.

    Above 1 it makes every answer less sure, below 1 more; which class is the likeliest stays as it is.

    Source: C. Guo, G. Pleiss, Y. Sun, K. Weinberger (2017), On calibration of modern neural networks, ICML.

    Args:
        probabilities: shape (rows, classes), each row summing to 1.
        temperature: above 0.

    Raises:
        ValueError: if the shape does not fit, a row does not sum to 1, or ``temperature`` is not above 0.
    """
    p, _ = _checked(probabilities)
    temperature = number("temperature", temperature, "(0, inf)")
    logits = np.log(np.clip(p, SMALLEST, 1)) / temperature
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def temperature(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Return the temperature in [0.1, 10] whose rescaled probabilities have the highest log-likelihood.

    To be found on validation data: on training data a network that knows them by heart seems not sure enough.

    Args:
        probabilities: shape (rows, classes), each row summing to 1.
        labels: integers, shape (rows,).

    Raises:
        ValueError: as for `log_likelihood`.
    """
    p, y = _checked(probabilities, labels)
    low, high = np.log(0.1), np.log(10)
    for _ in range(50):  # the log-likelihood has a single hill
        left, right = low + (high - low) / 3, high - (high - low) / 3
        before, after = (log_likelihood(rescaled(p, float(np.exp(log_t))), y) for log_t in (left, right))
        low, high = (left, high) if before < after else (low, right)
    return float(np.exp((low + high) / 2))


def reliability(
    probabilities: np.ndarray, labels: np.ndarray, *, bins: int = 10
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return how sure and how right a classifier is where it is about equally sure: a reliability diagram's points.

    Rows are put into ``bins`` equal intervals of [0, 1] by the probability of their likeliest class; empty intervals
    are left out.

    Args:
        probabilities: shape (rows, classes), each row summing to 1.
        labels: integers, shape (rows,).
        bins: at least 1.

    Returns:
        Three arrays with a number for each interval: mean confidence, share of right answers, and how many rows.

    Raises:
        ValueError: as for `log_likelihood`, or if ``bins`` is below 1.
    """
    p, y = _checked(probabilities, labels)
    bins = integer("bins", bins, lowest=1)
    sure, right = p.max(axis=1), p.argmax(axis=1) == y
    interval = np.minimum((sure * bins).astype(int), bins - 1)
    rows = np.bincount(interval, minlength=bins)
    held = rows > 0
    sums = [np.bincount(interval, weights=values, minlength=bins)[held] for values in (sure, right)]
    return sums[0] / rows[held], sums[1] / rows[held], rows[held]


def _checked(probabilities: np.ndarray, labels: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    p = array("probabilities", probabilities, finite=True)
    if p.ndim != 2 or not p.size or p.min() < 0 or not np.allclose(p.sum(axis=1), 1, atol=1e-3):
        raise ValueError(
            "`probabilities` must have the shape (rows, classes), and each row must sum to 1. "
            + received("probabilities", probabilities)
        )
    y = np.zeros(len(p), int) if labels is None else np.asarray(labels)
    if y.shape != p.shape[:1] or y.dtype.kind not in "biu" or y.min() < 0 or y.max() >= p.shape[1]:
        raise ValueError(
            f"`labels` must be {len(p)} integers from 0 to {p.shape[1] - 1}, one for each row. "
            + received("labels", labels)
        )
    return p, y
