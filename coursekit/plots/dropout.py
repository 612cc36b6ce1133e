"""Dropout: which units are there, what its noise averages to, and the uncertainty that it shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from coursekit._arguments import array, column, received
from coursekit.language import readable_figures, text
from coursekit.plots.alignment import at_places, column_at, column_beside, index_of
from coursekit.plots.theme import BLACK, BLUE, GRAY, ORANGE, axes, curve, finish, look

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

__all__ = ["plot_monte_carlo", "plot_network_mask", "plot_uncertainty"]

# Larger layers would be a blot of crossing lines.
MOST_UNITS = 50


@readable_figures()
def plot_network_mask(layers: Sequence[ArrayLike], *, ax: Axes | None = None) -> Axes:
    """Draw a network whose dropped units are crossed out and have no connections.

    Args:
        layers: for each layer, from input to output, a mask of its units: True or 1 for a unit that is kept.
        ax: axes to draw on; by default those of a new figure.

    Raises:
        ValueError: if there are fewer than two layers, or one has no units or more than 50.
    """
    if not hasattr(layers, "__iter__"):
        raise ValueError(f"`layers` must be a list of masks. {received('layers', layers)}")
    masks = [array(f"layers[{i}]", mask, finite=True).ravel() != 0 for i, mask in enumerate(layers)]
    if len(masks) < 2 or not all(1 <= mask.size <= MOST_UNITS for mask in masks):
        raise ValueError(
            f"`layers` must hold two layers or more, each with 1 to {MOST_UNITS} units. "
            f"Received: layers of {[mask.size for mask in masks]} units"
        )
    ax = axes(ax, figsize=(3.4, 3.4))
    places = [np.linspace(-1, 1, mask.size) * mask.size / 2 for mask in masks]
    for i in range(len(masks) - 1):
        for here, kept_here in zip(places[i], masks[i], strict=True):
            for there, kept_there in zip(places[i + 1], masks[i + 1], strict=True):
                if kept_here and kept_there:
                    ax.plot([i, i + 1], [here, there], color=GRAY, linewidth=0.6, alpha=0.6, zorder=1)
    looks: tuple[tuple[bool, dict[str, Any], str], ...] = (
        (True, {"marker": "o", "color": BLUE}, "unit_kept"),
        (False, {"marker": "X", "color": ORANGE}, "unit_dropped"),
    )
    for kept, style, label in looks:
        x = [i for i, mask in enumerate(masks) for _ in range(int((mask == kept).sum()))]
        y = np.concatenate([place[mask == kept] for place, mask in zip(places, masks, strict=True)])
        ax.plot(x, y, linestyle="none", markersize=10, zorder=2, label=text(label), **style)
    ax.set_axis_off()
    ax.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.5, 0.02), ncols=2, handletextpad=0.2)
    return ax


@readable_figures()
def plot_monte_carlo(
    passes: ArrayLike,
    values: Mapping[str, ArrayLike],
    ylabel: str,
    *,
    reference: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Plot what averages over k dropped-out passes give, against k on a logarithmic axis.

    Args:
        passes: numbers of passes k, at least 1, ascending, shape (n,).
        values: ``{name: values}``, each of shape (n,).
        ylabel: what the values are, in the reader's language.
        reference: the value of the single pass without dropout, drawn as a line.
        ax: axes to draw on; by default those of a new figure.

    Raises:
        ValueError: if a shape or an index does not fit, a number of passes is below 1, or there are no values.
    """
    k = column("passes", passes)
    if k.min() < 1:
        raise ValueError(f"`passes` must be at least 1. {received('passes', passes)}")
    if not isinstance(values, Mapping) or not values:
        raise ValueError(
            f"`values` must be a dictionary with values for each name. {received('values', values)}"
        )
    lines = {name: column_at(f"values[{name!r}]", line, "passes", passes) for name, line in values.items()}
    height = None if reference is None else column("reference", reference, rows=1)[0]
    ax = axes(ax, figsize=(4.6, 3.4), entries=len(lines) + 1)
    for i, (name, line) in enumerate(lines.items()):
        ax.plot(k, line, markersize=4, label=name, **look(i))
    if height is not None:
        ax.axhline(height, color=BLACK, linestyle=":", label=text("without_dropout_pass"))
    ax.set(xscale="log", xlabel=text("passes"), ylabel=ylabel)
    return finish(ax)


@readable_figures()
def plot_uncertainty(
    x: ArrayLike,
    predictions: ArrayLike,
    truth: ArrayLike,
    rows: tuple[ArrayLike, ArrayLike],
    *,
    ax: Axes | None = None,
) -> Axes:
    """Plot the mean of many dropped-out predictions, a band of two standard deviations, the truth and the data.

    Args:
        x: places, ascending, shape (n,).
        predictions: shape (passes, n).
        truth: the true curve, shape (n,).
        rows: training points, ``(x, y)``.
        ax: axes to draw on; by default those of a new figure.

    Raises:
        ValueError: if an array has another shape or index or is not finite.
    """
    places = column("x", x)
    true = column_at("truth", truth, "x", x)
    curves = array("predictions", at_places("predictions", predictions, "x", x, axis=1), finite=True)
    if curves.ndim != 2 or curves.shape[1] != len(places) or not len(curves):
        raise ValueError(
            f"`predictions` must have the shape (passes, {len(places)}). Received: shape {curves.shape}"
        )
    if not hasattr(rows, "__len__") or len(rows) != 2:
        raise ValueError(f"`rows` must be a pair (x, y). {received('rows', rows)}")
    points = column("rows[0]", rows[0])
    heights = column_beside("rows[1]", rows[1], "rows[0]", index_of(rows[0]), len(points))
    mean, sd = curves.mean(axis=0), curves.std(axis=0)
    ax = axes(ax, figsize=(7.0, 3.8))
    # Over a single place, the band is as wide as its edge.
    edge = 0 if len(places) > 1 else 8
    ax.fill_between(
        places, mean - 2 * sd, mean + 2 * sd, color=BLUE, alpha=0.2, linewidth=edge, label=text("two_sd_band")
    )
    curve(ax, places, mean, color=BLUE, label=text("mean_of_passes"))
    curve(ax, places, true, color=BLACK, linestyle="--", label=text("true_curve"))
    ax.plot(points, heights, "o", color=ORANGE, markersize=4, label=text("training_data"))
    ax.set(xlabel="x", ylabel="y")
    finish(ax, legend=False)
    # Below the picture: curve and band may lie anywhere in it.
    ax.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.13), ncols=2)
    return ax
