"""What the engines of all backends do with rows: as tensors, without a sample weight, in batches for validation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras

from coursekit.training.arguments import Rows

VALIDATION_BATCH = 1024


def tensors(rows: Rows | None, convert: Callable) -> tuple:
    """Return x, y and sample weight as tensors; an empty tuple for what is None, as a graph takes no None.

    Args:
        rows: or None.
        convert: makes a tensor of an array.
    """
    if rows is None:
        return ()
    weight = () if rows.sample_weight is None else rows.sample_weight
    return keras.tree.map_structure(convert, (rows.x, rows.y, weight))


def optional(sample_weight: Any) -> Any:
    """Return a sample weight from `tensors` as Keras wants it: None if there is none."""
    return None if isinstance(sample_weight, tuple) and not sample_weight else sample_weight


def validation_batch(model: keras.Model, batch_size: int) -> int:
    """Return how many rows to validate at once.

    It does not matter to a mean over rows, which Keras' losses are by default; a sum a batch would change with it.
    """
    reductions = {getattr(item, "reduction", "mean") for item in keras.tree.flatten(model.loss)}
    return VALIDATION_BATCH if reductions <= {"sum_over_batch_size", "mean"} else batch_size
