"""What cannot be trained on, said in the reader's language: which row, column or label, and what to do about it."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from coursekit._arguments import received, shown
from coursekit.language import text
from coursekit.training.rows import NUMBERS, Rows, pair, rows
from coursekit.training.sharing import key

__all__ = ["arrays", "check", "checked", "compiled"]


def compiled(model: Any) -> keras.Model:
    """Return ``model`` if it is a compiled Keras model.

    Raises:
        ValueError: if not.
    """
    if not isinstance(model, keras.Model):
        raise ValueError(f"`model` must be a Keras model. {received('model', model)}")
    if not model.compiled:
        raise ValueError(
            "`model` must be compiled. You must call `compile()` before training: model.compile(optimizer, loss). "
            "Received: a model that is not compiled"
        )
    return model


def checked(
    model: keras.Model,
    x: Any,
    y: Any,
    sample_weight: Any = None,
    validation_data: Any = None,
    *,
    nan_is_wanted: bool = False,
) -> tuple[Rows | None, Rows | None]:
    """Return training and validation rows that can be trained on; None for what is no array. Build the model for them.

    Args:
        model: compiled; one that waits for its first rows to know their shape is built.
        x, y, sample_weight, validation_data: as in `fit`.
        nan_is_wanted: whether NaN and infinity may come, and labels that give them.

    Raises:
        ValueError: if the data cannot be trained on.
    """
    train = rows("x, y", x, y, sample_weight)
    validation = pair("validation_data", validation_data)
    if train is not None:
        _build(model, train)
    if not nan_is_wanted:
        for name, found, given in (("x, y", train, (x, y)), ("validation_data", validation, validation_data)):
            if found is not None:
                check(name, given[0], given[1], found, model)
    return train, validation


def arrays(
    model: keras.Model, x: Any, y: Any, sample_weight: Any, validation_data: Any
) -> tuple[Rows, Rows | None]:
    """Return `checked` rows of data that must be arrays.

    Raises:
        ValueError: if they are not, or cannot be trained on.
    """
    train, validation = checked(model, x, y, sample_weight, validation_data)
    if train is None or (validation is None) != (validation_data is None):
        raise ValueError(
            "`x`, `y` and `validation_data` must be arrays, lists or frames. Received: other data"
        )
    return train, validation


def check(name: str, x: Any, y: Any, found: Rows, model: keras.Model) -> None:
    """Raise a ValueError that says what cannot be trained on.

    Layers of one's own, and those of preprocessing, may know what to do with text; a loss of one's own with NaN in y.

    Args:
        name: what the message calls the data.
        x, y: the data as they were given; frames know the names of their columns.
        found: the same as arrays.
        model: the one to train.
    """
    parts = (("x", x, found.x), ("y", y, found.y), ("sample_weight", None, found.sample_weight))
    for part, given, values in parts:
        frames = keras.tree.flatten(given)
        for i, array in enumerate(keras.tree.flatten(values) if values is not None else ()):
            frame = frames[i] if i < len(frames) else None
            if array.dtype.kind not in "biuf":
                if part != "x" or key.structure(model) is not None:
                    raise ValueError(_no_numbers(name, part, array, frame))
            elif not np.isfinite(array).all() and (part != "y" or key.has_stock_loss(model)):
                at = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
                place = _place(part, at, frame)
                raise ValueError(text("data_not_finite", name=name, place=place, value=array[at]))
    _check_labels(name, found.y, model)


def _check_labels(name: str, labels: Any, model: keras.Model) -> None:
    """Raise a ValueError if integer labels do not fit the number of outputs; they would give a loss of NaN."""
    loss = model.loss
    sparse = loss == "sparse_categorical_crossentropy" or isinstance(
        loss, keras.losses.SparseCategoricalCrossentropy
    )
    classes = getattr(model, "output_shape", (None,))[-1]
    if not (sparse and isinstance(classes, int) and isinstance(labels, np.ndarray)):
        return
    ignored = getattr(loss, "ignore_class", None)
    labels = labels if ignored is None else labels[labels != ignored]
    if labels.size and (labels.min() < 0 or labels.max() >= classes):
        raise ValueError(
            f"`{name}` must have labels from 0 to {classes - 1}, as the model has {classes} outputs. "
            f"Received: labels from {labels.min()} to {labels.max()}"
        )


def _build(model: keras.Model, train: Rows) -> None:
    """Build a model that waits for its first rows to know their shape."""
    if model.built or not isinstance(model, keras.Sequential) or keras.tree.is_nested(train.x):
        return
    # What keeps its state from batch to batch must know how many rows a batch has: model.fit tells it.
    if not any(getattr(layer, "stateful", False) for layer in model.layers):
        model.build((None, *train.x.shape[1:]))


def _no_numbers(name: str, part: str, array: np.ndarray, frame: Any) -> str:
    """Name the first value that is no number; of a frame, in the first column that does not hold numbers."""
    kinds = [getattr(kind, "kind", "O") for kind in getattr(frame, "dtypes", [])] if array.ndim == 2 else []
    column = next((i for i, kind in enumerate(kinds) if kind not in "biuf"), None)
    odd = (
        at
        for at, value in np.ndenumerate(array)
        if column in (None, at[-1]) and (not isinstance(value, NUMBERS) or value != value)
    )
    at = next(odd, (0,) * array.ndim if column is None else (0, column))
    remedy = text("data_text_labels" if part == "y" else "data_text_features")
    place = _place(part, at, frame)
    return text("data_no_numbers", name=name, place=place, value=shown(array[at]), remedy=remedy)


def _place(part: str, at: tuple[int, ...], frame: Any) -> str:
    if len(at) == 1:
        return text("data_row", part=part, row=at[0])
    columns = getattr(frame, "columns", None)
    column = repr(columns[at[1]]) if columns is not None and len(at) == 2 else ", ".join(map(str, at[1:]))
    return text("data_row_column", part=part, row=at[0], column=column)
