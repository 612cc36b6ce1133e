"""`History`: what happened in a training run, as a table and as Keras' dictionary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike

__all__ = ["History", "keras_columns"]


OURS = ("data_loss", "penalty", "val_data_loss", "val_penalty")


class History:
    """The course of a training run, one row an epoch.

    The data loss and the penalty stand apart, because Keras adds the penalty to both ``loss`` and ``val_loss``: models
    are compared by what they do with data.

    Args:
        columns: ``{name: one value an epoch}``: ``data_loss``, ``penalty``, the metrics, and the same with ``val_``. A
            metric of several numbers has the shape (epochs, numbers).
        history: Keras' dictionary, where it is known; by default made of the columns.
        finished: whether the run came to its end; False after an interrupt.
        first_epoch: the number of the first row, 1 unless training went on from before.
        held: the place of the row whose weights the model holds: the last one, unless they were restored.
        compiled: whether the compiled program trained; False where `model.fit` did.
        modes: ``{column: "min" or "max"}``, what is better, as far as Keras knows.

    Attributes:
        columns: the values as float64 arrays of shape (epochs,), a column for each number.
        finished, held, compiled, modes: as given.
    """

    def __init__(
        self,
        columns: Mapping[str, ArrayLike],
        *,
        history: Mapping[str, list] | None = None,
        finished: bool = True,
        first_epoch: int = 1,
        held: int = -1,
        compiled: bool = True,
        modes: Mapping[str, str] | None = None,
    ) -> None:
        self.columns = dict(_numbers(columns))
        lengths = {len(values) for values in self.columns.values()}
        if len(lengths) > 1:
            raise ValueError(f"`columns` must all have the same length. Received: lengths {sorted(lengths)}")
        self.finished, self.held, self.compiled = finished, held, compiled
        self.modes = {**dict.fromkeys(OURS, "min"), **(modes or {})}
        self._first_epoch, self._history = first_epoch, history
        self._rows = lengths.pop() if lengths else 0

    def __len__(self) -> int:
        return self._rows

    def __repr__(self) -> str:
        return f"<History of {len(self)} epochs: {', '.join(self.columns)}>"

    @property
    def epoch(self) -> list[int]:
        """The epochs as Keras counts them, from 0."""
        return [number - 1 for number in self._epochs()]

    @property
    def table(self) -> pd.DataFrame:
        """A tidy table: ``epoch`` (counted from 1), then the columns."""
        import pandas as pd

        return pd.DataFrame({"epoch": self._epochs(), **self.columns})

    @property
    def history(self) -> dict[str, list]:
        """Keras' dictionary of lists: ``loss`` is the data loss plus the penalty, as in `model.fit`."""
        if self._history is not None:
            return {name: list(values) for name, values in self._history.items()}
        return {name: values.tolist() for name, values in keras_columns(self.columns).items()}

    def _epochs(self) -> range:
        return range(self._first_epoch, self._first_epoch + self._rows)


def keras_columns(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Return columns, or single values, under the names of Keras: loss with penalty, metrics, then ``val_``."""
    named: dict[str, Any] = {}
    for prefix in ("", "val_"):
        if f"{prefix}data_loss" in columns:
            named[f"{prefix}loss"] = columns[f"{prefix}data_loss"] + columns.get(f"{prefix}penalty", 0.0)
        named |= {
            name: values
            for name, values in columns.items()
            if name not in OURS and name.startswith("val_") == bool(prefix)
        }
    return named


def _numbers(columns: Mapping[str, Any]):
    """Yield a column for each number."""
    for name, values in columns.items():
        array = np.asarray(values, dtype="float64")
        if array.ndim < 2:
            yield name, array
        else:
            flat = array.reshape(len(array), -1)
            yield from ((f"{name}_{i}", flat[:, i]) for i in range(flat.shape[1]))
