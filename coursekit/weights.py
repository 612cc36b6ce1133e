"""The weights of a model as plain arrays, and numbers that describe them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import keras


def kernels(model: keras.Model) -> dict[str, np.ndarray]:
    """Return the kernels (the weights without the biases) of a model, by layer name.

    Args:
        model: a built Keras model. Layers inside nested models are included.

    Returns:
        ``{layer name: array}``; a dense kernel has shape (inputs, units).

    Raises:
        ValueError: if the model has no kernel, for example because it is not built.
    """
    found: dict[str, np.ndarray] = {}
    for layer in model.layers:
        if hasattr(layer, "layers"):
            found |= kernels(layer)
        elif getattr(layer, "kernel", None) is not None:
            found[layer.name] = np.asarray(layer.kernel)
    if not found:
        raise ValueError(
            "`model` must be built and have layers with a kernel. Received: a model without kernels"
        )
    return found


def flat(model: keras.Model) -> np.ndarray:
    """Return all kernel values of a model as one array of shape (number of weights,)."""
    return np.concatenate([kernel.ravel() for kernel in kernels(model).values()])


def sparsity(w: np.ndarray, tolerance: float = 0.0) -> float:
    """Return the fraction of weights whose size is at most ``tolerance``: by default, exact zeros.

    Args:
        w: weights, any shape.
        tolerance: what still counts as zero, not negative.
    """
    if tolerance < 0:
        raise ValueError(f"`tolerance` must be at least 0. Received: tolerance={tolerance}")
    return float(np.mean(np.abs(np.asarray(w)) <= tolerance))


def l1_norm(w: np.ndarray) -> float:
    """Return Σ|w|, the sum that `keras.regularizers.L1` multiplies by its ``l1``."""
    return float(np.sum(np.abs(np.asarray(w, dtype="float64"))))


def squared_l2_norm(w: np.ndarray) -> float:
    """Return Σw², the sum (with no ½ and no root) that `keras.regularizers.L2` multiplies by its ``l2``."""
    return float(np.sum(np.square(np.asarray(w, dtype="float64"))))
