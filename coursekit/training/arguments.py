"""What `fit` and `sweep` are given: checked, and made arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np


@dataclass(frozen=True)
class Rows:
    """Data as arrays: ``x``, ``y`` and ``sample_weight`` may each be a structure of arrays, as in Keras."""

    x: Any
    y: Any
    sample_weight: Any = None

    @property
    def count(self) -> int:
        """The number of rows."""
        return len(keras.tree.flatten(self.x)[0])

    @property
    def signature(self) -> tuple:
        """Shapes without the rows, and kinds of number: what a traced graph depends on."""
        parts = (self.x, self.y, self.sample_weight)
        return tuple(
            str(keras.tree.map_structure(lambda a: (a.shape[1:], str(a.dtype)), part))
            if part is not None
            else None
            for part in parts
        )


def rows(name: str, x: Any, y: Any, sample_weight: Any = None, class_weight: dict | None = None) -> Rows:
    """Return data as `Rows`.

    Raises:
        ValueError: if they are empty, differ in length, or hold a NaN or an infinite number.
    """
    if class_weight is not None:
        if sample_weight is not None:
            raise ValueError("`class_weight` and `sample_weight` cannot both be given. Received: both")
        labels = np.asarray(y)
        classes = labels.argmax(-1) if labels.ndim == 2 and labels.shape[1] > 1 else labels.ravel()
        sample_weight = np.array([class_weight.get(int(label), 1.0) for label in classes], "float32")
    parts = {"x": x, "y": y, **({} if sample_weight is None else {"sample_weight": sample_weight})}
    arrays = {
        part: keras.tree.map_structure(lambda a, p=part: _array(name, p, a), v) for part, v in parts.items()
    }
    lengths = {len(a) for part in arrays.values() for a in keras.tree.flatten(part)}
    if len(lengths) != 1:
        raise ValueError(
            f"`{name}` must have the same number of rows everywhere. Received: {sorted(lengths)}"
        )
    if lengths == {0}:
        raise ValueError(f"`{name}` must have at least one row. Received: no rows")
    return Rows(**arrays)


def pair(name: str, data: Any) -> Rows | None:
    """Return ``(x, y)`` or ``(x, y, sample_weight)`` as `Rows`, None as None.

    Raises:
        ValueError: if it is neither.
    """
    if data is None:
        return None
    if not isinstance(data, (tuple, list)) or len(data) not in (2, 3):
        raise ValueError(f"`{name}` must be (x, y) or (x, y, sample_weight). Received: {type(data).__name__}")
    return rows(name, *data)


def at_least_one(**values: Any) -> None:
    """Raise a ValueError unless every value is an integer of at least 1."""
    for name, value in values.items():
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
            raise ValueError(f"`{name}` must be an integer, at least 1. Received: {name}={value!r}")


def compiled(model: Any) -> keras.Model:
    """Return ``model`` if it is a compiled Keras model.

    Raises:
        ValueError: if not.
    """
    if not isinstance(model, keras.Model):
        raise ValueError(f"`model` must be a Keras model. Received: model={model!r}")
    if not model.compiled:
        raise ValueError(
            "`model` must be compiled: call model.compile(optimizer, loss) first. Received: no compile"
        )
    return model


def check_labels(model: keras.Model, data: Rows, name: str) -> None:
    """Raise a ValueError if integer labels do not fit the number of outputs; they would give a loss of NaN."""
    if model.loss != "sparse_categorical_crossentropy" and not isinstance(
        model.loss, keras.losses.SparseCategoricalCrossentropy
    ):
        return
    classes = getattr(model, "output_shape", (None,))[-1]
    labels = np.asarray(data.y)
    if not isinstance(classes, int) or labels.size == 0:
        return
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(
            f"`{name}` must have labels from 0 to {classes - 1}, as the model has {classes} outputs. "
            f"Received: labels from {labels.min()} to {labels.max()}"
        )


def _array(name: str, part: str, values: Any) -> np.ndarray:
    array = np.asarray(values)
    if array.dtype == "float64":
        array = array.astype(keras.config.floatx())
    if array.dtype.kind not in "biuf":
        raise ValueError(f"`{name}` must hold numbers. Received: {part} of type {array.dtype}")
    if array.ndim == 0:
        raise ValueError(f"`{name}` must hold one row or more. Received: {part}={values!r}")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise ValueError(f"`{name}` must hold finite numbers. Received: NaN or infinity in {part}")
    return array
