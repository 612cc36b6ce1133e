"""Tables and series with an index: their rows belong where the index says, not where they happen to stand.

pandas sorts and reorders rows: a pivoted table ascends, whatever the order of the grid was. Whoever takes its bare
numbers draws each of them at another place.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from coursekit._arguments import column, shown

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike

__all__ = ["at_places", "beside", "by_number", "column_at", "column_beside", "index_of"]


def column_at(
    name: str, values: ArrayLike, place: str, places: ArrayLike, *, finite: bool = True
) -> np.ndarray:
    """Return a value for each place, shape (places,), as `at_places` puts them in order.

    Args:
        name: what messages call the values.
        values: shape (places,) or (places, 1).
        place: what messages call the places.
        places: coordinates, such as strengths, shape (places,) or (places, 1).
        finite: whether NaN and infinity are refused.

    Raises:
        ValueError: if the shape is another one, or an index holds other places.
    """
    rows = len(column(place, places))
    return column(name, at_places(name, values, place, places), rows=rows, finite=finite)


def at_places(name: str, values: Any, place: str, places: ArrayLike, *, axis: int = 0) -> Any:
    """Return the values with their rows (their columns, for ``axis=1``) in the order of the places.

    An index must hold the places, or be the index that the places have themselves. Values without an index, and rows
    that pandas only counted (0, 1, 2, …), stay as they are.

    Raises:
        ValueError: if the index is neither.
    """
    index, labels = index_of(values, axis), index_of(places)
    if index is None or (axis == 1 and _counted(index)):
        return values
    numbers = np.ravel(np.asarray(places)).tolist()
    known: list[Any]
    if _counted(index):
        known = [labels]
    elif _counted(labels):
        known = [numbers, labels]
    else:
        known = [labels, numbers]
    for wanted in known:
        order = _order(index, wanted)
        if order is not None:
            return values.iloc[order] if axis == 0 else values.iloc[:, order]
    if _counted(index) or len(index) != len(numbers):
        return values  # another length is for the check of the shape to tell
    raise _mismatch(name, index, ("index", "columns")[axis], f"the values of `{place}`")


def column_beside(name: str, values: ArrayLike, other: str, labels: pd.Index | None, rows: int) -> np.ndarray:
    """Return a value for each row of another argument, shape (rows,), as `beside` puts them in order.

    Raises:
        ValueError: if the shape is another one, or both have an index and these differ.
    """
    return column(name, beside(name, values, other, labels), rows=rows)


def beside(name: str, values: Any, other: str, labels: pd.Index | None) -> Any:
    """Return the values with their rows in the order of the labels of another argument.

    Where either has no index, or only counted rows, the values stay as they are.

    Raises:
        ValueError: if both have an index and these differ.
    """
    index = index_of(values)
    if index is None or labels is None:
        return values
    order = _order(index, labels)
    if order is not None:
        return values.iloc[order]
    if _counted(index) or _counted(labels) or len(index) != len(labels):
        return values
    raise _mismatch(name, index, "index", f"the labels of `{other}`")


def by_number(values: Any) -> Any:
    """Return the values with their rows in the order of their numbers, if the index holds 0, 1, 2, … in any order."""
    index = index_of(values)
    order = None if index is None else _order(index, range(len(index)))
    return values if order is None else values.iloc[order]


def index_of(values: Any, axis: int = 0) -> pd.Index | None:
    """Return the index of a table or series of pandas, or a table's columns for ``axis=1``; ``None`` without one."""
    return getattr(values, ("index", "columns")[axis], None) if hasattr(values, "iloc") else None


def _counted(index: Any) -> bool:
    """Whether an index says nothing: there is none, or pandas numbered the rows."""
    if index is None:
        return True
    return type(index).__name__ == "RangeIndex" and (index.name, index.start, index.step) == (None, 0, 1)


def _order(index: Iterable, wanted: Iterable | None) -> list[int] | None:
    """Return where each wanted label stands in the index; ``None`` if they are not the same labels, each once."""
    if wanted is None:
        return None
    ours, theirs = _keys(index), _keys(wanted)
    if ours == theirs:
        return list(range(len(ours)))
    where = {label: i for i, label in enumerate(ours)}
    if len(theirs) != len(ours) or len(where) != len(ours) or set(theirs) != set(where):
        return None
    return [where[label] for label in theirs]


def _keys(labels: Iterable) -> list:
    """Return labels that can be compared: 0.1 is the same strength in single and in double precision."""
    return [float(np.float32(label)) if isinstance(label, float) else label for label in labels]


def _mismatch(name: str, index: Any, what: str, expected: str) -> ValueError:
    return ValueError(
        f"`{name}` must have {expected} as its {what}, each once; `.to_numpy()` takes its rows as they stand. "
        f"Received: {what} {shown(list(index))}"
    )
