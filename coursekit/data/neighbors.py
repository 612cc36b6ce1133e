"""Digits from elsewhere, brought into the form of the course's own: something to learn from before one's own rows."""

from __future__ import annotations

from functools import cache

import numpy as np

from coursekit.data.images import _all_of_the_sample
from coursekit.data.splits import Split

__all__ = ["neighbor_digits"]

INK = 0.4  # a pixel at least this bright is ink


def neighbor_digits() -> Split:
    """Return 5000 images of MNIST in the form of the 8 × 8 digits: another pen and paper, the same ten classes.

    scikit-learn's digits were made from black and white images of 32 × 32 pixels that the digit fills from top to
    bottom, by counting ink in blocks of 4 × 4 (E. Alpaydin, C. Kaynak 1998, Optical recognition of handwritten
    digits, UCI repository). The same is done here to MNIST's.

    Returns:
        A `Split`; ``x`` has shape (5000, 64) and values in [0, 1], ``y`` is an integer from 0 to 9.
    """
    x, y = _small_images()
    return Split(x.copy(), y.copy())


@cache
def _small_images() -> tuple[np.ndarray, np.ndarray]:
    images, labels = _all_of_the_sample()
    blocks = [_filled(image / 255) >= INK for image in images]
    counts = np.reshape(blocks, (-1, 8, 4, 8, 4)).mean(axis=(2, 4))
    return counts.reshape(-1, 64).astype("float32"), labels.astype("int64")


def _filled(image: np.ndarray) -> np.ndarray:
    """Return the digit, cut out and drawn on 32 × 32 pixels so that it reaches from top to bottom."""
    rows, columns = (np.flatnonzero((image >= INK).any(axis=axis)) for axis in (1, 0))
    digit = image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    height, width = digit.shape
    wide = int(np.clip(round(width * 32 / height), 1, 32))
    larger = digit[np.arange(32) * height // 32][:, np.arange(wide) * width // wide]
    left = (32 - wide) // 2
    return np.pad(larger, ((0, 0), (left, 32 - wide - left)))
