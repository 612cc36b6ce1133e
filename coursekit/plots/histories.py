"""One table for any history: that of `training.fit`, and Keras' own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from coursekit._arguments import array, received, shown
from coursekit.language import text

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["known_metric", "metric_name", "seen", "table_of"]

# Metrics with a name in the reader's language; others are called what Keras calls them.
NAMED = ("accuracy", "data_loss", "penalty")


def table_of(history: Any) -> pd.DataFrame:
    """Return a row for each epoch: ``epoch``, counted from 1, and every value that is known; ``loss`` is Keras'.

    Args:
        history: what `training.fit` or `model.fit` returned.

    Raises:
        ValueError: if it is neither, or has no epochs.
    """
    import pandas as pd

    logs, table = getattr(history, "history", None) or {}, getattr(history, "table", None)
    if table is None and logs and hasattr(history, "epoch"):
        table = pd.DataFrame({"epoch": np.asarray(history.epoch, dtype="int64") + 1})
    if table is None or not len(table):
        raise ValueError(
            "`history` must be a History of training.fit or model.fit with at least one epoch. "
            f"{received('history', history)}"
        )
    return table.assign(**dict(_missing(table, logs)))


def known_metric(table: pd.DataFrame, metric: str) -> str:
    """Return the metric to draw: Keras' ``loss`` in place of a data loss that is not known.

    Keras adds the penalty to its losses. Only `training.fit` tells the two apart, and not for every model.
    """
    return "loss" if metric == "data_loss" and not seen(table, metric) and "loss" in table else metric


def seen(table: pd.DataFrame, name: str) -> bool:
    """Whether a column has anything to draw."""
    return name in table and bool(np.isfinite(table[name].to_numpy("float64")).any())


def metric_name(metric: str) -> str:
    """Return what the reader's language calls a metric; of Keras' loss it says that it may hold the penalty."""
    if metric == "loss":
        return text("loss_of_keras")
    return text(metric) if metric in NAMED else metric


def _missing(table: pd.DataFrame, logs: Mapping[str, Any]) -> Iterator[tuple[str, np.ndarray]]:
    """Yield name and column of what Keras' dictionary knows beside the table; several numbers are several columns."""
    for name, values in logs.items():
        rows = array(f"history.history[{name!r}]", values).reshape(len(values), -1)
        names = [name] if rows.shape[1] == 1 else [f"{name}_{i}" for i in range(rows.shape[1])]
        if not all(known in table for known in names):
            yield from zip(names, _in_every_epoch(name, rows, table).T, strict=True)


def _in_every_epoch(name: str, rows: np.ndarray, table: pd.DataFrame) -> np.ndarray:
    """Return the rows with NaN in epochs that have none.

    Which these are the other columns of the validation tell, or else the number of rows: ``validation_freq=n``
    validates epochs n, 2n, and so on.
    """
    if len(rows) == len(table):
        return rows
    epochs, columns = table["epoch"].to_numpy(), table.filter(regex="^val_")
    likely = [columns.notna().any(axis=1).to_numpy()]
    if name.startswith("val_") and columns.empty:
        likely = [epochs % n == 0 for n in range(2, epochs.max() + 1)]
    validated = [places for places in likely if places.sum() == len(rows)]
    if len(validated) != 1:
        raise ValueError(
            f"`history` must have a value of {name!r} for each of its {len(table)} epochs, or tell which epochs have "
            f"one, as that of training.fit does. Received: {shown(rows.ravel().tolist())}"
        )
    full = np.full((len(table), rows.shape[1]), np.nan)
    full[validated[0]] = rows
    return full
