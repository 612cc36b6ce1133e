"""Dropout: which units are there, what its noise averages to, and the uncertainty that it shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from coursekit._arguments import array, column, received
from coursekit.language import text
from coursekit.plots.style import BLACK, BLUE, DASHES, GRAY, MARKERS, ORANGE, PALETTE, axes, finish

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike


def plot_network_mask(layers: Sequence[ArrayLike], *, ax: Axes | None = None) -> Axes:
    """Draw a network whose dropped units are crossed out and have no connections.

    Args:
        layers: for each layer, from input to output, a mask of its units: True or 1 for a unit that is kept.
        ax: axes to draw on; by default those of a new figure.

    Raises:
        ValueError: if there are fewer than two layers, or one has no units.
    """
    masks = [array(f"layers[{i}]", mask).ravel() != 0 for i, mask in enumerate(layers)]
    if len(masks) < 2 or not all(mask.size for mask in masks):
        raise ValueError(f"`layers` must hold two layers or more with units. {received('layers', layers)}")
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
        ValueError: if the shapes do not fit, or a number of passes is below 1.
    """
    k = column("passes", passes)
    if k.min() < 1:
        raise ValueError(f"`passes` must be at least 1. {received('passes', passes)}")
    ax = axes(ax, figsize=(4.6, 3.4))
    for i, (name, heights) in enumerate(values.items()):
        line = column(f"values[{name!r}]", heights, rows=len(k))
        ax.plot(
            k, line, linestyle=DASHES[i % 4], marker=MARKERS[i], markersize=4, color=PALETTE[i], label=name
        )
    if reference is not None:
        ax.axhline(reference, color=BLACK, linestyle=":", label=text("without_dropout_pass"))
    ax.set(xscale="log", xlabel=text("passes"), ylabel=ylabel)
    return finish(ax)


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
        ValueError: if an array has another shape or is not finite.
    """
    places = column("x", x)
    true, curves = column("truth", truth, rows=len(places)), array("predictions", predictions, finite=True)
    if curves.ndim != 2 or curves.shape[1] != len(places):
        raise ValueError(
            f"`predictions` must have the shape (passes, {len(places)}). Received: shape {curves.shape}"
        )
    mean, sd = curves.mean(axis=0), curves.std(axis=0)
    ax = axes(ax, figsize=(7.0, 3.8))
    ax.fill_between(
        places, mean - 2 * sd, mean + 2 * sd, color=BLUE, alpha=0.2, linewidth=0, label=text("two_sd_band")
    )
    ax.plot(places, mean, color=BLUE, label=text("mean_of_passes"))
    ax.plot(places, true, color=BLACK, linestyle="--", label=text("true_curve"))
    ax.plot(*rows, "o", color=ORANGE, markersize=4, label=text("training_data"))
    ax.set(xlabel="x", ylabel="y")
    finish(ax, legend=False)
    # Below the picture: curve and band may lie anywhere in it.
    ax.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.13), ncols=2)
    return ax
