"""The weights of models: one by one, by size, how they are distributed, and which are exactly 0."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from coursekit._arguments import array, column, integer, received
from coursekit.language import readable_figures, text
from coursekit.plots.alignment import by_number, column_beside, index_of
from coursekit.plots.theme import (
    BLACK,
    BLUE,
    ORANGE,
    axes,
    finish,
    legend_above,
    look,
    note,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

__all__ = [
    "plot_grouped_weights",
    "plot_weight_histogram",
    "plot_weight_sizes",
    "plot_weights",
    "plot_zero_pattern",
]

# A histogram has room for the legend of so many models above its bins.
FEW_MODELS = 4


@readable_figures()
def plot_weights(weights: ArrayLike, truth: ArrayLike | None = None, *, ax: Axes | None = None) -> Axes:
    """Plot each weight of a linear model as a stem, and the true weights that are not 0 as rings.

    Args:
        weights: shape (features,) or (features, 1).
        truth: the true weights, of the same length; ``None`` where they are not known. Two series of pandas are paired
            by their labels.
        ax: axes to draw on; by default those of a new figure.

    Raises:
        ValueError: if an array has another shape or is not finite.
    """
    weights = by_number(weights)
    values, true = column("weights", weights), None
    if truth is not None:
        true = column_beside("truth", truth, "weights", index_of(weights), len(values))
    ax = axes(ax, figsize=(8.0, 2.8))
    places = np.arange(len(values))
    ax.vlines(places, 0, values, color=BLUE, linewidth=1)
    # An exact zero stays an open space: it is the message of these figures.
    ax.plot(
        places[values != 0],
        values[values != 0],
        "o",
        color=BLUE,
        markersize=4,
        label=text("estimated_weights"),
    )
    if true is not None:
        ax.plot(
            places[true != 0],
            true[true != 0],
            "o",
            color=ORANGE,
            fillstyle="none",
            markersize=10,
            label=text("true_weights"),
        )
    ax.axhline(0, color=BLACK, linewidth=0.6)
    if not values.any():
        note(ax, text("all_zero"))
    ax.set(xlabel=text("feature_number"), ylabel=text("weight"))
    return legend_above(finish(ax, legend=False), "right")


@readable_figures()
def plot_grouped_weights(
    weights: ArrayLike, truth: ArrayLike, group_size: int, *, ax: Axes | None = None
) -> Axes:
    """Plot each weight of a linear model, with the features of a group side by side on a gray band.

    Args:
        weights: shape (features,).
        truth: the true weights, of the same length; the groups are the features at the front that are not 0.
        group_size: features in a group, at least 1.
        ax: axes to draw on; by default those of a new figure.

    Raises:
        ValueError: if an array has another shape or is not finite, or ``group_size`` is below 1.
    """
    group_size = integer("group_size", group_size, lowest=1)
    truth = by_number(truth)
    true = column("truth", truth)
    values = column_beside("weights", weights, "truth", index_of(truth), len(true))
    ax = plot_weights(values, true, ax=ax)
    for start in range(0, int(np.count_nonzero(true)), group_size):
        label = text("group_of_copies") if start == 0 else None
        end = min(start + group_size, len(true))
        ax.axvspan(start - 0.4, end - 0.6, color="black", alpha=0.07, linewidth=0, label=label)
    entries = len(ax.get_legend_handles_labels()[1])
    ax.legend(
        frameon=False, loc="lower right", bbox_to_anchor=(1, 1), ncols=entries, borderaxespad=0.2,
        columnspacing=1.2, handletextpad=0.3,
    )  # fmt: skip
    return ax


@readable_figures()
def plot_weight_sizes(weights: Mapping[str, ArrayLike], *, ax: Axes | None = None) -> Axes:
    """Plot the sizes |w| of several models' weights, sorted, on a logarithmic axis; exact zeros lie on its floor.

    Args:
        weights: ``{name: weights}``, each of any shape; the legend gives the number of exact zeros.
        ax: axes to draw on; by default those of a new figure.

    Raises:
        ValueError: if there are no weights, none but zeros, or one is not finite.
    """
    sizes = {name: np.sort(np.abs(w))[::-1] for name, w in _groups(weights).items()}
    positive = np.concatenate([w[w > 0] for w in sizes.values()])
    if not positive.size:
        raise ValueError(f"`weights` must hold a weight that is not 0. {received('weights', weights)}")
    floor = 10 ** (np.floor(np.log10(positive.min())) - 1)
    ax = axes(ax, entries=len(sizes))
    for i, (name, w) in enumerate(sizes.items()):
        label = text("with_zeros", name=name, zeros=int(np.sum(w == 0)))
        ax.plot(
            np.arange(1, len(w) + 1), np.where(w > 0, w, floor), markersize=4, label=label,
            **look(i) | {"linestyle": "none"},
        )  # fmt: skip
    ax.set(xlabel=text("weights_by_size"), ylabel=text("weight_size"), yscale="log", ylim=(floor / 2, None))
    ticks = 10.0 ** np.arange(np.log10(floor) + 1, np.ceil(np.log10(positive.max())) + 1)
    ticks = ticks[:: -(-len(ticks) // 12)]
    ax.set_yticks([floor, *ticks], ["0", *(f"$10^{{{round(np.log10(t))}}}$" for t in ticks)])
    ax.minorticks_off()
    return finish(ax)


@readable_figures()
def plot_weight_histogram(
    weights: Mapping[str, ArrayLike], *, bins: int = 61, ax: Axes | None = None
) -> Axes:
    """Plot how many weights of each model lie where, with the same bins for all models.

    The vertical axis is logarithmic, because most weights lie near 0 and the few large ones are the point. A bin is
    centered at 0, if ``bins`` is odd.

    Args:
        weights: ``{name: weights}``, each of any shape; the legend gives their standard deviation.
        bins: number of bins, at least 1, between the two ends of the largest weight's size.
        ax: axes to draw on; by default those of a new figure.

    Raises:
        ValueError: if there are no weights, or one is not finite.
    """
    bins, groups = integer("bins", bins, lowest=1), _groups(weights)
    reach = max(float(np.abs(w).max()) for w in groups.values()) or 1.0
    edges = np.linspace(-reach, reach, bins + 1)
    counts = {name: np.histogram(w, edges)[0] for name, w in groups.items()}
    ax = axes(ax, entries=len(groups), few=FEW_MODELS)
    for i, (name, w) in enumerate(groups.items()):
        style = {key: value for key, value in look(i).items() if key != "marker"}
        label = text("with_sd", name=name, sd=f"{w.std():.3f}")
        ax.stairs(counts[name], edges, linewidth=1.8, label=label, **style)
    ax.set(xlabel=text("weight"), ylabel=text("number_of_weights"), yscale="log")
    # Empty bins have no logarithm: the axis begins below one weight. Above the highest bin is room for a small legend.
    room = 6 ** len(groups) if len(groups) <= FEW_MODELS else 2
    ax.set_ylim(0.7, room * max(values.max() for values in counts.values()))
    return finish(ax, few=FEW_MODELS)


@readable_figures()
def plot_zero_pattern(kernel: ArrayLike, *, ax: Axes | None = None) -> Axes:
    """Draw the kernel of a dense layer as a table: a filled square for each weight that is not exactly 0.

    Args:
        kernel: shape (features, units). A feature that no unit uses is an empty column.
        ax: axes to draw on; by default those of a new figure.

    Raises:
        ValueError: if the kernel has another shape or is not finite.
    """
    values = array("kernel", by_number(kernel), finite=True)
    if values.ndim != 2 or not values.size:
        raise ValueError(
            f"`kernel` must have the shape (features, units). Received: an array of shape {values.shape}"
        )
    ax = axes(ax, figsize=(8.0, 2.4))
    feature, unit = np.nonzero(values)
    ax.plot(feature, unit, "s", color=BLUE, markersize=3.5)
    if not values.any():
        note(ax, text("all_zero"))
    ax.set(
        xlabel=text("feature_number"), ylabel=text("unit_number"),
        xlim=(-1, len(values)), ylim=(values.shape[1] - 0.5, -0.5),
    )  # fmt: skip
    return finish(ax, legend=False)


def _groups(weights: Mapping[str, ArrayLike]) -> dict[str, np.ndarray]:
    """Return the weights of each model as an array of shape (weights,)."""
    if not isinstance(weights, Mapping) or not weights:
        raise ValueError(
            f"`weights` must be a dictionary with weights for each name. {received('weights', weights)}"
        )
    groups = {name: array(f"weights[{name!r}]", w, finite=True).ravel() for name, w in weights.items()}
    for name, w in groups.items():
        if not w.size:
            raise ValueError(f"`weights[{name!r}]` must hold at least one weight. Received: none")
    return groups
