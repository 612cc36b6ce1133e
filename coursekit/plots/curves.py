"""Curves over the epochs of a training run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from coursekit._arguments import received
from coursekit.language import text
from coursekit.plots.style import PARTS, axes, finish, line_style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from coursekit.training import History


def plot_loss_curves(history: History, *, mark_minimum: bool = True, ax: Axes | None = None) -> Axes:
    """Plot the data loss of training and validation data against the epoch.

    The penalty is left out: Keras adds it to both losses, which hides what the model does with the data.

    Args:
        history: a training run; its table needs ``epoch`` and ``data_loss``, and may have ``val_data_loss``.
        mark_minimum: whether to mark the epoch with the lowest validation loss.
        ax: axes to draw on; by default those of a new figure.

    Raises:
        ValueError: if ``history`` is no `History`, or ``ax`` no Axes.
    """
    ax = plot_metric(history, "data_loss", ax=ax)
    table = history.table
    if mark_minimum and "val_data_loss" in table and table["val_data_loss"].notna().any():
        lowest = table.iloc[int(np.nanargmin(table["val_data_loss"]))]
        ax.plot(
            lowest["epoch"],
            lowest["val_data_loss"],
            color=PARTS["validation"]["color"],
            marker="o",
            markersize=8,
            linestyle="none",
            label=text("lowest_at_epoch", epoch=int(lowest["epoch"])),
        )
        ax.legend(frameon=False)
    return ax


def plot_accuracy_curves(history: History, *, ax: Axes | None = None) -> Axes:
    """Plot the accuracy on training and validation data against the epoch.

    Args:
        history: a training run whose table has ``epoch`` and ``accuracy``, and may have ``val_accuracy``.
        ax: axes to draw on; by default those of a new figure.

    Raises:
        ValueError: if ``history`` is no `History` with an accuracy, or ``ax`` no Axes.
    """
    ax = plot_metric(history, "accuracy", ax=ax)
    ax.set_ylim(0, 1.03)
    return ax


def plot_metric(history: History, metric: str, *, ax: Axes | None = None) -> Axes:
    """Plot one column of a history's table, and its validation twin, against the epoch.

    Args:
        history: a training run.
        metric: a column such as ``"accuracy"``; ``"val_accuracy"`` is drawn with it where it exists.
        ax: axes to draw on; by default those of a new figure.

    Raises:
        ValueError: if the table has no such column, ``history`` is no `History`, or ``ax`` no Axes.
    """
    table = getattr(history, "table", None)
    if table is None:
        raise ValueError(f"`history` must be a History of training.fit. {received('history', history)}")
    metrics = [name for name in table.columns if name != "epoch" and not name.startswith("val_")]
    if not isinstance(metric, str) or metric not in metrics:
        raise ValueError(
            f"`metric` must be one of {', '.join(map(repr, metrics))}. {received('metric', metric)}"
        )
    ax = axes(ax)
    ax.plot(table["epoch"], table[metric], label=text("training_data"), **line_style("training"))
    if f"val_{metric}" in table:
        ax.plot(
            table["epoch"], table[f"val_{metric}"], label=text("validation_data"), **line_style("validation")
        )
    ax.set(xlabel=text("epoch"), ylabel=_name(metric))
    return finish(ax)


def plot_penalized_loss(history: History, *, ax: Axes | None = None) -> Axes:
    """Plot Keras' ``loss`` and ``val_loss`` above the data losses: the distance between the two is the penalty.

    Args:
        history: a training run with validation data.
        ax: axes to draw on; by default those of a new figure.

    Raises:
        ValueError: if ``history`` is no `History` with validation data, or ``ax`` no Axes.
    """
    ax = plot_metric(history, "data_loss", ax=ax)
    table = history.table
    if "val_data_loss" not in table:
        raise ValueError(f"`history` must have validation data. {received('history', history)}")
    for prefix, part in (("", "training"), ("val_", "validation")):
        ax.plot(
            table["epoch"],
            table[f"{prefix}data_loss"] + table[f"{prefix}penalty"],
            color=PARTS[part]["color"],
            linestyle=":",
            marker=PARTS[part]["marker"],
            markersize=4,
            markevery=max(1, len(table) // 12),
            label=text("keras_loss", name=f"{prefix}loss"),
        )
    ax.set_ylabel(text("loss"))
    ax.legend(frameon=False)
    return ax


def _name(metric: str) -> str:
    """Return a metric's name in the reader's language, or as it is: a reader may bring a metric of their own."""
    try:
        return text(metric)
    except KeyError:
        return metric
