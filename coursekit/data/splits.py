"""What every data set has in common: three parts, and random numbers that do not depend on their sizes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from coursekit._arguments import integer

__all__ = ["Dataset", "Split", "generators"]


class Split(NamedTuple):
    """Rows of a data set, ``y`` with a value a row.

    ``x`` has the shape (rows, features) and holds float32, for images (rows, height, width, channels).
    """

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
        feature_names: a name for each feature of a table of measurements.
    """

    train: Split
    validation: Split
    test: Split
    wrong_labels: np.ndarray | None = None
    true_labels: np.ndarray | None = None
    coefficients: np.ndarray | None = None
    feature_names: tuple[str, ...] | None = None


def generators(seed: int, n: int) -> list[np.random.Generator]:
    """Return ``n`` independent generators, so that more rows of one part never change another part."""
    sequence = np.random.SeedSequence(integer("seed", seed, lowest=0))
    return [np.random.default_rng(child) for child in sequence.spawn(n)]
