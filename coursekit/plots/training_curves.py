"""Curves over the epochs of a training run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from coursekit._arguments import received
from coursekit.language import readable_figures, text
from coursekit.plots.histories import known_metric, metric_name, seen, table_of
from coursekit.plots.theme import PARTS, axes, curve, finish, line_style

if TYPE_CHECKING:
    import keras
    import pandas as pd
    from matplotlib.axes import Axes

    from coursekit.training import History

__all__ = ["plot_accuracy_curves", "plot_loss_curves", "plot_metric", "plot_penalized_loss"]

# What the columns of a history begin with.
PREFIXES = {"": "training", "val_": "validation"}


@readable_figures()
def plot_loss_curves(
    history: History | keras.callbacks.History, *, mark_minimum: bool = True, ax: Axes | None = None
) -> Axes:
    """Plot the data loss of training and validation data against the epoch.

    The penalty is left out: Keras adds it to both losses, which hides what the model does with the data. Where the
    data loss is not known, as in Keras' own history, Keras' losses are drawn, and the vertical axis says so.

    Args:
        history: what `training.fit` or `model.fit` returned.
        mark_minimum: whether to mark the epoch with the lowest validation loss.
        ax: axes to draw on; by default those of a new figure.

    Raises:
        ValueError: if ``history`` is no history, or holds no loss that is finite; if ``ax`` is no Axes.
    """
    ax = plot_metric(history, "data_loss", ax=ax)
    table = table_of(history)
    validation = f"val_{known_metric(table, 'data_loss')}"
    if mark_minimum and seen(table, validation):
        lowest = table.iloc[int(np.nanargmin(table[validation]))]
        ax.plot(
            lowest["epoch"],
            lowest[validation],
            color=PARTS["validation"]["color"],
            marker="o",
            markersize=8,
            linestyle="none",
            label=text("lowest_at_epoch", epoch=int(lowest["epoch"])),
        )
        ax.legend(frameon=False)
    return ax


@readable_figures()
def plot_accuracy_curves(history: History | keras.callbacks.History, *, ax: Axes | None = None) -> Axes:
    """Plot the accuracy on training and validation data against the epoch.

    Args:
        history: what `training.fit` or `model.fit` returned for a model with the metric ``"accuracy"``.
        ax: axes to draw on; by default those of a new figure.

    Raises:
        ValueError: if ``history`` is no history with an accuracy, or ``ax`` no Axes.
    """
    ax = plot_metric(history, "accuracy", ax=ax)
    ax.set_ylim(0, 1.03)
    return ax


@readable_figures()
def plot_metric(history: History | keras.callbacks.History, metric: str, *, ax: Axes | None = None) -> Axes:
    """Plot one metric, and its validation twin, against the epoch.

    Args:
        history: what `training.fit` or `model.fit` returned.
        metric: a metric such as ``"accuracy"``; ``"val_accuracy"`` is drawn with it where it exists. One of several
            numbers is several columns: ``"f1_score_0"``, ``"f1_score_1"``. For a ``"data_loss"`` that is not known,
            Keras' ``"loss"`` is drawn.
        ax: axes to draw on; by default those of a new figure.

    Raises:
        ValueError: if there is no such metric, or none of its values is finite; if ``history`` is no history, or ``ax``
            no Axes.
    """
    table = table_of(history)
    drawn = known_metric(table, metric)
    metrics = [name for name in table.columns if name != "epoch" and not name.startswith("val_")]
    if not isinstance(metric, str) or drawn not in metrics:
        raise ValueError(
            f"`metric` must be one of {', '.join(map(repr, metrics))}. {received('metric', metric)}"
        )
    if not seen(table, drawn) and not seen(table, f"val_{drawn}"):
        raise ValueError(
            f"`history` must hold a finite value of {drawn!r}. Received: {len(table)} epochs with NaN or infinity"
        )
    ax = axes(ax)
    for prefix, part in PREFIXES.items():
        _draw(ax, table, f"{prefix}{drawn}", part, label=text(f"{part}_data"), **line_style(part))
    ax.set(xlabel=text("epoch"), ylabel=metric_name(drawn))
    return finish(ax)


@readable_figures()
def plot_penalized_loss(history: History | keras.callbacks.History, *, ax: Axes | None = None) -> Axes:
    """Plot Keras' ``loss`` and ``val_loss`` above the data losses: the distance between the two is the penalty.

    Where a data loss is not known, as in Keras' own history, only Keras' is drawn.

    Args:
        history: what `training.fit` or `model.fit` returned for a training with validation data.
        ax: axes to draw on; by default those of a new figure.

    Raises:
        ValueError: if ``history`` is no history with validation data, or ``ax`` no Axes.
    """
    table = table_of(history)
    if "val_loss" not in table:
        raise ValueError(f"`history` must have validation data. {received('history', history)}")
    if not seen(table, "loss") and not seen(table, "val_loss"):
        raise ValueError(
            f"`history` must hold a finite loss. Received: {len(table)} epochs with NaN or infinity"
        )
    ax = axes(ax)
    for prefix, part in PREFIXES.items():
        if seen(table, f"{prefix}data_loss"):
            _draw(ax, table, f"{prefix}data_loss", part, label=text(f"{part}_data"), **line_style(part))
    for prefix, part in PREFIXES.items():
        _draw(
            ax,
            table,
            f"{prefix}loss",
            part,
            color=PARTS[part]["color"],
            linestyle=":",
            marker=PARTS[part]["marker"],
            markersize=4,
            markevery=max(1, len(table) // 12),
            label=text("keras_loss", name=f"{prefix}loss"),
        )
    ax.set(xlabel=text("epoch"), ylabel=text("loss"))
    return finish(ax)


def _draw(ax: Axes, table: pd.DataFrame, name: str, part: str, **style: Any) -> None:
    """Draw a column of the table against the epoch, if there is one."""
    if name in table:
        curve(ax, table["epoch"], table[name], dot=PARTS[part]["marker"], **style)
