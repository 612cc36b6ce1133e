"""What a validation curve shows of a sweep: its values, its scores, and what the reader's language calls them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from coursekit._arguments import array, received
from coursekit.language import text
from coursekit.plots.histories import metric_name

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

__all__ = ["SweepScores", "scores_of_sweep"]

# Hyperparameters with a name in the reader's language; others are called as the grid calls them.
NAMED = {
    "l1": "strength_l1",
    "l2": "strength_l2",
    "dropout_rate": "dropout_rate",
    "rate": "dropout_rate",
    "units": "units_in_layer",
    "degree": "degree",
}


class SweepScores(NamedTuple):
    """Values of a hyperparameter, ``{name: scores of shape (values, seeds)}``, and the labels of both axes."""

    values: np.ndarray
    groups: dict[str, pd.DataFrame]
    xlabel: str
    ylabel: str


def scores_of_sweep(result: Any, hyperparameter: object, metrics: object) -> SweepScores:
    """Return the scores of a `SweepResult` for one metric or several.

    Args:
        result: its ``scores(hyperparameter, metric)`` is a table with a row a value and a column a seed.
        hyperparameter: a name of its grid.
        metrics: a column of its table, such as ``"val_data_loss"``, or a list of them.

    Raises:
        ValueError: if these are no names, or the hyperparameter's values no numbers. The messages call the three
            ``param_range``, ``scores`` and ``ylabel``, as `plot_validation_curve` does.
    """
    if not isinstance(hyperparameter, str):
        raise ValueError(
            "`scores` must be the name of a hyperparameter where `param_range` is a SweepResult. "
            f"{received('scores', hyperparameter)}"
        )
    names = [metrics] if isinstance(metrics, str) else metrics
    if not isinstance(names, Sequence) or not names or not all(isinstance(name, str) for name in names):
        raise ValueError(
            "`ylabel` must be a metric, or a list of them, where `param_range` is a SweepResult. "
            f"{received('ylabel', metrics)}"
        )
    tables = {name: result.scores(hyperparameter, name) for name in names}
    drawn = list(dict.fromkeys(metric_name(name.removeprefix("val_")) for name in names))
    return SweepScores(
        array(f"param_range.scores({hyperparameter!r}).index", tables[names[0]].index),
        {_group(name, alone=len(drawn) == 1): table for name, table in tables.items()},
        text(NAMED[hyperparameter]) if hyperparameter in NAMED else hyperparameter,
        " / ".join(drawn),
    )


def _group(metric: str, *, alone: bool) -> str:
    """Return the name of a metric's curve: its part of the data, and the metric's own name if there are several."""
    part = "validation" if metric.startswith("val_") else "training"
    if alone:
        return part
    return text("metric_on_data", metric=metric_name(metric.removeprefix("val_")), data=text(f"{part}_data"))
