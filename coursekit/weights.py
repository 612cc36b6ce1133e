"""The weights of a model as plain arrays, and numbers that describe them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from coursekit._arguments import array, number, received

if TYPE_CHECKING:
    import keras

__all__ = ["flat", "kernels", "l1_norm", "sparsity", "squared_l2_norm"]


def __dir__() -> list[str]:
    return __all__  # completion shows no module that is merely used here


def kernels(model: keras.Model) -> dict[str, np.ndarray]:
    """Return the kernels (the weights without the biases) of a model, by layer name.

    Args:
        model: a built Keras model. Layers inside nested models are included.

    Returns:
        ``{layer name: array}``, ``"outer/inner"`` in a nested model; a dense kernel has shape (inputs, units). The
        arrays are copies, which later training leaves alone.

    Raises:
        ValueError: if the model has no kernel, for example because it is not built.
    """
    found = dict(_kernels(model))
    if not found:
        raise ValueError(
            f"`model` must be a built Keras model with a kernel in some layer. {received('model', model)}"
        )
    return found


def flat(model: keras.Model) -> np.ndarray:
    """Return all kernel values of a model as one array of shape (number of weights,)."""
    return np.concatenate([kernel.ravel() for kernel in kernels(model).values()])


def sparsity(w: np.ndarray, tolerance: float = 0.0) -> float:
    """Return the fraction of weights whose size is at most ``tolerance``: by default, exact zeros.

    Args:
        w: weights, any shape, at least one.
        tolerance: what still counts as zero, not negative.

    Raises:
        ValueError: if ``w`` is empty or holds no numbers, or the tolerance is negative.
    """
    w, tolerance = array("w", w), number("tolerance", tolerance, "[0, inf)")
    if not w.size:
        raise ValueError(f"`w` must hold at least one weight. {received('w', w)}")
    return float(np.mean(np.abs(w) <= tolerance))


def l1_norm(w: np.ndarray) -> float:
    """Return Σ|w|, the sum that `keras.regularizers.L1` multiplies by its ``l1``."""
    return float(np.sum(np.abs(array("w", w))))


def squared_l2_norm(w: np.ndarray) -> float:
    """Return Σw², the sum (with no ½ and no root) that `keras.regularizers.L2` multiplies by its ``l2``."""
    return float(np.sum(np.square(array("w", w))))


def _kernels(model: keras.Model) -> Iterator[tuple[str, np.ndarray]]:
    """Yield name and kernel of each layer, nested models included."""
    for layer in getattr(model, "layers", ()):
        if hasattr(layer, "layers"):
            yield from ((f"{layer.name}/{name}", kernel) for name, kernel in _kernels(layer))
        elif getattr(layer, "kernel", None) is not None:
            yield layer.name, np.asarray(layer.kernel).copy()
