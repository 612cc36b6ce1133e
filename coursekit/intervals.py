"""How sure is a mean gain: intervals from the seeds that were measured."""

from __future__ import annotations

import numpy as np

from coursekit._arguments import column, integer

__all__ = ["outcomes", "paired", "unpaired"]


def __dir__() -> list[str]:
    return __all__  # completion shows no module that is merely used here


LEVEL = (2.5, 97.5)


def paired(
    first: np.ndarray, second: np.ndarray, *, resamples: int = 10_000, seed: int = 0
) -> tuple[float, float]:
    """Return the 95 % interval of the mean of ``second − first``, taken seed by seed (percentile bootstrap).

    It assumes that the differences are independent draws. Where all seeds divide the same images, it tells about other
    divisions of these images; for new images it is a little too narrow.

    Source: B. Efron, R. Tibshirani (1993), An introduction to the bootstrap.

    Args:
        first, second: scores of the same seeds in the same places, shape (seeds,).
        resamples: how often to draw as many seeds, with replacement, at least 1.
        seed: draws them.

    Raises:
        ValueError: if an array is not finite, or they differ in length.
    """
    before = column("first", first)
    gain = column("second", second, rows=before.size) - before
    return _ends(_means(gain, integer("resamples", resamples, lowest=1), np.random.default_rng(seed)))


def unpaired(
    first: np.ndarray, second: np.ndarray, *, resamples: int = 10_000, seed: int = 0
) -> tuple[float, float]:
    """Return the same interval as if the two had been measured with different seeds.

    Args:
        first, second: scores, shapes (seeds,) and (other seeds,).
        resamples, seed: as in `paired`.

    Raises:
        ValueError: if an array is not finite.
    """
    generator, n = np.random.default_rng(seed), integer("resamples", resamples, lowest=1)
    before, after = (
        _means(column(name, scores), n, generator) for name, scores in (("first", first), ("second", second))
    )
    return _ends(after - before)


def outcomes(first: np.ndarray, second: np.ndarray) -> tuple[int, int, int]:
    """Return for how many seeds ``second`` is higher than ``first``, equal to it, and lower.

    Args:
        first, second: scores of the same seeds in the same places, shape (seeds,).

    Raises:
        ValueError: if an array is not finite, or they differ in length.
    """
    before = column("first", first)
    gain = column("second", second, rows=before.size) - before
    return int((gain > 0).sum()), int((gain == 0).sum()), int((gain < 0).sum())


def _means(values: np.ndarray, resamples: int, generator: np.random.Generator) -> np.ndarray:
    return values[generator.integers(0, values.size, (resamples, values.size))].mean(axis=1)


def _ends(means: np.ndarray) -> tuple[float, float]:
    low, high = np.percentile(means, LEVEL)
    return float(low), float(high)
