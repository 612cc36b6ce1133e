"""What learners hand over: checked, and made arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from coursekit._arguments import integer, received, shown
from coursekit.language import text
from coursekit.training.sharing import key

__all__ = [
    "Rows",
    "arrays",
    "as_arrays",
    "at_least_one",
    "build",
    "check",
    "check_labels",
    "compiled",
    "is_array",
    "pair",
    "rows",
    "weighted",
]


NUMBERS = (bool, int, float, np.number, np.bool_)


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
    def parts(self) -> tuple:
        """x, y and sample weight; an empty tuple in the place of what is missing, as a program takes no None."""
        return self.x, self.y, () if self.sample_weight is None else self.sample_weight

    @property
    def signature(self) -> str:
        """Structure, shapes without the rows, and kinds of number: what a program depends on."""
        return str(keras.tree.map_structure(lambda a: (a.shape[1:], str(a.dtype)), self.parts))

    def split(self, share: float) -> tuple[Rows, Rows]:
        """Return the rows before and in the last ``share``, as ``validation_split`` of `model.fit` does.

        Raises:
            ValueError: if one of both has no rows.
        """
        at = int(np.floor(self.count * (1.0 - share)))
        if not 0 < at < self.count:
            raise ValueError(
                "`validation_split` must leave at least one row for training and one for validation. "
                f"Received: validation_split={share} of {self.count} rows"
            )
        first = keras.tree.map_structure(lambda a: a[:at], self.parts)
        last = keras.tree.map_structure(lambda a: a[at:], self.parts)
        weighted = self.sample_weight is not None
        return Rows(*first[: 2 + weighted]), Rows(*last[: 2 + weighted])


def rows(name: str, x: Any, y: Any, sample_weight: Any = None) -> Rows | None:
    """Return data as `Rows`, or None if they are no arrays, lists or frames (a `tf.data.Dataset`, a sparse matrix, …).

    Args:
        name: what messages call the data.
        x, y, sample_weight: as in `model.fit`.

    Raises:
        ValueError: if they are empty, differ in length, or hold what is neither number nor text.
    """
    for part, value in (("x", x), ("y", y), ("sample_weight", sample_weight)):
        if isinstance(value, (str, *NUMBERS)):
            raise ValueError(f"`{name}` must hold rows. {received(part, value)}")
    if y is None or not all(map(is_array, (x, y, sample_weight))):
        return None
    x, y = as_arrays(name, "x", x), as_arrays(name, "y", y)
    if sample_weight is not None:
        sample_weight = as_arrays(name, "sample_weight", sample_weight)
        if keras.tree.is_nested(y) and not keras.tree.is_nested(sample_weight):
            sample_weight = keras.tree.map_structure(lambda _: sample_weight, y)
    found = Rows(x, y, sample_weight)
    lengths = {len(a) for a in keras.tree.flatten(found.parts)}
    if len(lengths) != 1:
        raise ValueError(
            f"`{name}` must have the same number of rows everywhere. Received: {sorted(lengths)}"
        )
    if lengths == {0}:
        raise ValueError(f"`{name}` must have at least one row. Received: no rows")
    return found


def pair(name: str, data: Any) -> Rows | None:
    """Return ``(x, y)`` or ``(x, y, sample_weight)`` as `Rows`; None if it is None or holds no arrays.

    Raises:
        ValueError: if it is a pair or triple of what `rows` refuses.
    """
    if isinstance(data, (str, *NUMBERS)) or (isinstance(data, (tuple, list)) and len(data) not in (2, 3)):
        raise ValueError(f"`{name}` must be (x, y) or (x, y, sample_weight). {received(name, data)}")
    return rows(name, *data) if isinstance(data, (tuple, list)) else None


def check(name: str, x: Any, y: Any, found: Rows, model: keras.Model) -> None:
    """Raise a ValueError that says in the reader's language what cannot be trained on, and what to do about it.

    Layers of one's own, and those of preprocessing, may know what to do with text; a loss of one's own with NaN in y.

    Args:
        name: what the message calls the data.
        x, y: the data as they were given; frames know the names of their columns.
        found: the same as arrays.
        model: the one to train.
    """
    parts = (("x", x, found.x), ("y", y, found.y), ("sample_weight", None, found.sample_weight))
    for part, given, arrays in parts:
        frames = keras.tree.flatten(given)
        for i, array in enumerate(keras.tree.flatten(arrays) if arrays is not None else ()):
            frame = frames[i] if i < len(frames) else None
            if array.dtype.kind not in "biuf":
                if part != "x" or key.structure(model) is not None:
                    raise ValueError(_no_numbers(name, part, array, frame))
            elif not np.isfinite(array).all() and (part != "y" or key.has_stock_loss(model)):
                at = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
                place = _place(part, at, frame)
                raise ValueError(text("data_not_finite", name=name, place=place, value=array[at]))


def weighted(found: Rows, class_weight: Any) -> Rows:
    """Return rows with a weight each by its class, as Keras gives it: labels are rounded, others have the weight 1.

    Raises:
        ValueError: if the weights are no dictionary, or there are several outputs or other weights.
    """
    if not isinstance(class_weight, dict):
        raise ValueError(
            "`class_weight` must be a dictionary {class: weight}, for instance from "
            f"sklearn.utils.class_weight.compute_class_weight. {received('class_weight', class_weight)}"
        )
    if found.sample_weight is not None:
        raise ValueError("`class_weight` and `sample_weight` cannot both be given. Received: both")
    if keras.tree.is_nested(found.y):
        raise ValueError(
            "`class_weight` must be used with a single output; several take `sample_weight`. "
            f"Received: {len(keras.tree.flatten(found.y))} outputs"
        )
    y = found.y
    classes = y.argmax(-1) if y.ndim > 1 and y.shape[-1] != 1 else y.reshape(len(y))
    weights = [class_weight.get(int(label), 1.0) for label in np.round(classes).astype("int32").ravel()]
    return Rows(found.x, found.y, np.array(weights, keras.config.floatx()))


def arrays(
    model: keras.Model, x: Any, y: Any, sample_weight: Any, validation_data: Any
) -> tuple[Rows, Rows | None]:
    """Return training and validation data that must be arrays, checked for stock layers and losses."""
    train = rows("x, y", x, y, sample_weight)
    validation = pair("validation_data", validation_data)
    if train is None or (validation is None) != (validation_data is None):
        raise ValueError(
            "`x`, `y` and `validation_data` must be arrays, lists or frames. Received: other data"
        )
    check("x, y", x, y, train, model)
    return train, validation


def build(model: keras.Model, train: Rows) -> None:
    """Build a model that waits for its first rows to know their shape."""
    if model.built or not isinstance(model, keras.Sequential) or keras.tree.is_nested(train.x):
        return
    # What keeps its state from batch to batch must know how many rows a batch has: model.fit tells it.
    if not any(getattr(layer, "stateful", False) for layer in model.layers):
        model.build((None, *train.x.shape[1:]))


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


def at_least_one(**values: Any) -> None:
    """Raise a ValueError unless every value is an integer of at least 1."""
    for name, value in values.items():
        integer(name, value, lowest=1)


def check_labels(model: keras.Model, data: Rows, name: str) -> None:
    """Raise a ValueError if integer labels do not fit the number of outputs; they would give a loss of NaN."""
    loss = model.loss
    sparse = loss == "sparse_categorical_crossentropy" or isinstance(
        loss, keras.losses.SparseCategoricalCrossentropy
    )
    classes, labels = getattr(model, "output_shape", (None,))[-1], data.y
    if not (sparse and isinstance(classes, int) and isinstance(labels, np.ndarray)):
        return
    ignored = getattr(loss, "ignore_class", None)
    labels = labels if ignored is None else labels[labels != ignored]
    if labels.size and (labels.min() < 0 or labels.max() >= classes):
        raise ValueError(
            f"`{name}` must have labels from 0 to {classes - 1}, as the model has {classes} outputs. "
            f"Received: labels from {labels.min()} to {labels.max()}"
        )


def is_array(value: Any) -> bool:
    """Whether a value is, or holds, nothing but what has rows in memory; None will do."""
    if value is None or isinstance(value, range):
        return True
    if isinstance(value, (list, tuple)) and value and _is_number_or_text(value):
        return True
    leaves = keras.tree.flatten(value) if isinstance(value, (list, tuple, dict)) else [value]
    return bool(leaves) and all(_has_rows(leaf) for leaf in leaves)


def _is_number_or_text(value: Any) -> bool:
    """Whether a value is a number or text, or a list of nothing else."""
    if isinstance(value, (list, tuple)):
        return all(map(_is_number_or_text, value))
    return isinstance(value, (str, *NUMBERS))


def _has_rows(leaf: Any) -> bool:
    kind = type(leaf).__module__.split(".")[0]
    if kind in ("numpy", "pandas"):
        return len(getattr(leaf, "shape", ())) > 0 and not hasattr(leaf, "sparse")
    return keras.ops.is_tensor(leaf) and type(leaf).__name__ not in ("RaggedTensor", "SparseTensor", "BCOO")


def as_arrays(name: str, part: str, values: Any) -> Any:
    """Return a structure of lists, frames or arrays as one of arrays."""
    if isinstance(values, range) or (isinstance(values, (list, tuple)) and _is_number_or_text(values)):
        try:
            values = np.array(values)
        except ValueError:
            raise ValueError(text("data_uneven", name=name, part=part, values=shown(values))) from None
    return keras.tree.map_structure(lambda a: _array(name, part, a), values)


def _array(name: str, part: str, values: Any) -> np.ndarray:
    """Return an array: numbers, floats as Keras' own kind, or text as objects."""
    if hasattr(values, "to_numpy"):
        array = _of_frame(values)
    else:
        array = keras.ops.convert_to_numpy(values) if keras.ops.is_tensor(values) else np.asarray(values)
    if array.ndim == 0:
        raise ValueError(f"`{name}` must hold one row or more. Received: {part}={values!r}")
    if array.dtype.kind not in "biuf":
        return array.astype(object)
    floatx = keras.config.floatx()
    return array.astype(floatx) if array.dtype.kind == "f" and array.dtype != floatx else array


def _of_frame(values: Any) -> np.ndarray:
    """Return the values of a pandas frame or series; numbers of different kinds, and bool beside them, as floats."""
    kinds = list(values.dtypes) if hasattr(values, "columns") else [values.dtype]
    if not all(getattr(kind, "kind", "O") in "biuf" for kind in kinds):
        return values.astype(object).to_numpy()
    if len(set(kinds)) == 1 and isinstance(kinds[0], np.dtype):
        return values.to_numpy()
    # Columns of pandas' own kinds may lack a value, which is NaN then.
    return values.astype("Float64").to_numpy(dtype=keras.config.floatx(), na_value=np.nan)


def _no_numbers(name: str, part: str, array: np.ndarray, frame: Any) -> str:
    """Name the first column that holds no numbers, or the first value that is none."""
    kinds = [getattr(kind, "kind", "O") for kind in getattr(frame, "dtypes", [])] if array.ndim == 2 else []
    at = next((i for i, value in np.ndenumerate(array) if not isinstance(value, NUMBERS)), (0,) * array.ndim)
    if any(kind not in "biuf" for kind in kinds):
        column = next(i for i, kind in enumerate(kinds) if kind not in "biuf")
        odd = [
            row
            for row, value in enumerate(array[:, column])
            if not isinstance(value, NUMBERS) or value != value
        ]
        at = (odd[0] if odd else 0, column)
    remedy = text("data_text_labels" if part == "y" else "data_text_features")
    place = _place(part, at, frame)
    return text("data_no_numbers", name=name, place=place, value=shown(array[at]), remedy=remedy)


def _place(part: str, at: tuple[int, ...], frame: Any) -> str:
    if len(at) == 1:
        return text("data_row", part=part, row=at[0])
    columns = getattr(frame, "columns", None)
    column = repr(columns[at[1]]) if columns is not None and len(at) == 2 else ", ".join(map(str, at[1:]))
    return text("data_row_column", part=part, row=at[0], column=column)
