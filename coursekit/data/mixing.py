"""Training rows that are mixtures of two."""

from __future__ import annotations

import numpy as np

from coursekit._arguments import array, integer, number
from coursekit.data.splits import Split

__all__ = ["mixup"]


def mixup(x: np.ndarray, y: np.ndarray, alpha: float = 0.2, *, copies: int = 1, seed: int = 0) -> Split:
    """Return mixtures of pairs of rows, and of their labels: s·(one row) + (1 − s)·(another).

    Each row of the result belongs to a row of x; its partner is drawn from the others and from itself, its share s
    from the distribution Beta(alpha, alpha), at least ½ of the row itself. With ``copies=60``, one epoch over the
    result, ``shuffle=False``, is training for 60 epochs with new mixtures in each.

    Source: H. Zhang, M. Cisse, Y. Dauphin, D. Lopez-Paz (2018), mixup: Beyond empirical risk minimization, ICLR.

    Args:
        x: shape (rows, …).
        y: one-hot labels, `keras.utils.to_categorical(labels)`, or numbers: shape (rows, classes) or (rows,).
            Integer labels are refused, for the mean of a 3 and a 7 is no 5.
        alpha: above 0; the larger, the nearer to ½ the shares. 0 mixes nothing.
        copies: how many mixtures to make of each row, at least 1.
        seed: draws order, partners and shares.

    Returns:
        A `Split` of ``copies`` times as many rows, float32, each copy in an order of its own.

    Raises:
        ValueError: if an argument is out of its range, y holds integers, or x and y differ in length.
    """
    alpha = number("alpha", alpha, "[0, inf)")
    copies = integer("copies", copies, lowest=1)
    if np.asarray(y).dtype.kind not in "f":
        raise ValueError(
            "`y` must be one-hot labels of a floating type, such as keras.utils.to_categorical(labels) returns. "
            f"Received: an array of {np.asarray(y).dtype}"
        )
    rows, labels = array("x", x, finite=True).astype("float32"), array("y", y, finite=True).astype("float32")
    if not rows.ndim or not labels.ndim or len(rows) != len(labels) or not len(rows):
        raise ValueError(
            f"`x` and `y` must have equally many rows, at least 1. "
            f"Received: arrays of the shapes {rows.shape} and {labels.shape}"
        )
    generator = np.random.default_rng(np.random.SeedSequence(integer("seed", seed, lowest=0)))
    first = np.concatenate([generator.permutation(len(rows)) for _ in range(copies)])
    second = generator.integers(len(rows), size=len(first))
    share = generator.beta(alpha, alpha, size=len(first)) if alpha else np.ones(len(first))
    share = np.maximum(share, 1 - share).astype("float32")
    return Split(_mixed(rows, first, second, share), _mixed(labels, first, second, share))


def _mixed(values: np.ndarray, first: np.ndarray, second: np.ndarray, share: np.ndarray) -> np.ndarray:
    share = share.reshape(-1, *[1] * (values.ndim - 1))
    return share * values[first] + (1 - share) * values[second]
