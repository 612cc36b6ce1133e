"""What learners hand over, as arrays: `Rows`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from coursekit._arguments import received, shown
from coursekit.language import text

__all__ = ["Rows", "as_arrays", "is_array", "pair", "rows", "weighted"]


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
