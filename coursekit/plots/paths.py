"""The weights of a linear model: one by one, by size, and along a path of penalty strengths."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from coursekit._arguments import array, column, number, received
from coursekit.language import text
from coursekit.plots.style import BLACK, BLUE, GRAY, MARKERS, ORANGE, PALETTE, axes, finish

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike


def plot_weights(weights: ArrayLike, truth: ArrayLike | None = None, *, ax: Axes | None = None) -> Axes:
    """Plot each weight of a linear model as a stem, and the true weights that are not 0 as rings.

    Args:
        weights: shape (features,) or (features, 1).
        truth: the true weights, of the same length; ``None`` where they are not known.
        ax: axes to draw on; by default those of a new figure.

    Raises:
        ValueError: if an array has another shape or is not finite.
    """
    values = column("weights", weights)
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
    if truth is not None:
        true = column("truth", truth, rows=len(values))
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
    ax.set(xlabel=text("feature_number"), ylabel=text("weight"))
    return _legend_above(finish(ax, legend=False), "right")


def plot_weight_sizes(weights: Mapping[str, ArrayLike], *, ax: Axes | None = None) -> Axes:
    """Plot the sizes |w| of several models' weights, sorted, on a logarithmic axis; exact zeros lie on its floor.

    Args:
        weights: ``{name: weights}``, each of any shape; the legend gives the number of exact zeros.
        ax: axes to draw on; by default those of a new figure.

    Raises:
        ValueError: if there are no weights, none but zeros, or one is not finite.
    """
    if not isinstance(weights, Mapping) or not weights:
        raise ValueError(
            f"`weights` must be a dictionary with weights for each name. {received('weights', weights)}"
        )
    sizes = {
        name: np.sort(np.abs(array(f"weights[{name!r}]", w, finite=True)).ravel())[::-1]
        for name, w in weights.items()
    }
    positive = np.concatenate([w[w > 0] for w in sizes.values()])
    if not positive.size:
        raise ValueError(f"`weights` must hold a weight that is not 0. {received('weights', weights)}")
    floor = 10 ** (np.floor(np.log10(positive.min())) - 1)
    ax = axes(ax)
    for i, (name, w) in enumerate(sizes.items()):
        label = text("with_zeros", name=name, zeros=int(np.sum(w == 0)))
        # Groups on the floor are drawn one above the other.
        heights = np.where(w > 0, w, floor * 1.5**i)
        ax.plot(
            np.arange(1, len(w) + 1), heights, MARKERS[i % len(MARKERS)], color=PALETTE[i % len(PALETTE)],
            markersize=4, label=label,
        )  # fmt: skip
    ax.set(xlabel=text("weights_by_size"), ylabel=text("weight_size"), yscale="log", ylim=(floor / 2, None))
    ticks = 10.0 ** np.arange(np.log10(floor) + 1, np.ceil(np.log10(positive.max())) + 1)
    ax.set_yticks([floor, *ticks], ["0", *(f"$10^{{{round(np.log10(t))}}}$" for t in ticks)])
    ax.minorticks_off()
    return finish(ax)


def plot_coefficient_path(
    strengths: ArrayLike,
    coefficients: ArrayLike,
    informative: ArrayLike | None = None,
    *,
    chosen: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Plot each weight of a linear model against the strength of its penalty: the coefficient path.

    Args:
        strengths: penalty strengths λ, above 0, in any order, shape (strengths,).
        coefficients: weights at each strength, shape (strengths, features).
        informative: True for the features that matter, shape (features,): they are drawn solid, the others dashed gray.
        chosen: a strength to mark.
        ax: axes to draw on; by default those of a new figure.

    Raises:
        ValueError: if an array has another shape, or a strength is not above 0.
    """
    order, values = _strengths(strengths)
    paths = _paths(coefficients, len(values))[order]
    matters = _informative(informative, paths.shape[1])
    ax = axes(ax)
    groups: list[tuple[np.ndarray, dict[str, Any], str]] = [
        (~matters, {"color": GRAY, "linestyle": "--", "linewidth": 0.8}, "other_features"),
        (matters, {"color": BLUE, "linestyle": "-", "linewidth": 1.6}, "informative_features"),
    ]
    for some, style, key in groups:
        lines = ax.plot(values, paths[:, some], **style)
        if lines and informative is not None:
            lines[0].set_label(text(key))
    ax.set(xscale="log", xlabel=text("strength"), ylabel=text("weight"))
    _mark(ax, chosen)
    return _legend_above(finish(ax, legend=False), "center")


def plot_discoveries(
    strengths: ArrayLike,
    coefficients: ArrayLike,
    informative: ArrayLike,
    *,
    chosen: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Plot the number of features with a weight other than 0 against the strength: those that matter, and the others.

    The arguments are those of `plot_coefficient_path`.

    Raises:
        ValueError: if an array has another shape, or a strength is not above 0.
    """
    order, values = _strengths(strengths)
    paths = _paths(coefficients, len(values))[order]
    matters = _informative(informative, paths.shape[1])
    found = paths != 0
    ax = axes(ax)
    ax.plot(
        values, found[:, matters].sum(axis=1), "o-", color=BLUE, markersize=4, label=text("true_discoveries")
    )
    ax.plot(
        values,
        found[:, ~matters].sum(axis=1),
        "s--",
        color=ORANGE,
        markersize=4,
        label=text("false_discoveries"),
    )
    ax.set(xscale="log", xlabel=text("strength"), ylabel=text("number_of_features"))
    _mark(ax, chosen)
    return finish(ax)


def plot_zero_pattern(kernel: ArrayLike, *, ax: Axes | None = None) -> Axes:
    """Draw the kernel of a dense layer as a table: a filled square for each weight that is not exactly 0.

    Args:
        kernel: shape (features, units). A feature that no unit uses is an empty column.
        ax: axes to draw on; by default those of a new figure.

    Raises:
        ValueError: if the kernel has another shape or is not finite.
    """
    values = array("kernel", kernel, finite=True)
    if values.ndim != 2 or not values.size:
        raise ValueError(
            f"`kernel` must have the shape (features, units). Received: an array of shape {values.shape}"
        )
    ax = axes(ax, figsize=(8.0, 2.4))
    feature, unit = np.nonzero(values)
    ax.plot(feature, unit, "s", color=BLUE, markersize=3.5)
    ax.set(
        xlabel=text("feature_number"), ylabel=text("unit_number"),
        xlim=(-1, len(values)), ylim=(values.shape[1] - 0.5, -0.5),
    )  # fmt: skip
    return finish(ax, legend=False)


def _strengths(strengths: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Return the order of the strengths, and the strengths in it."""
    values = column("strengths", strengths)
    if values.min() <= 0:
        raise ValueError(f"`strengths` must be above 0. {received('strengths', strengths)}")
    order = np.argsort(values)
    return order, values[order]


def _paths(coefficients: ArrayLike, strengths: int) -> np.ndarray:
    paths = array("coefficients", coefficients, finite=True)
    if paths.ndim != 2 or len(paths) != strengths:
        raise ValueError(
            f"`coefficients` must have the shape ({strengths}, features). Received: an array of shape {paths.shape}"
        )
    return paths


def _informative(informative: ArrayLike | None, features: int) -> np.ndarray:
    if informative is None:
        return np.ones(features, dtype=bool)
    return column("informative", informative, rows=features) != 0


def _mark(ax: Axes, chosen: float | None) -> None:
    """Draw a vertical line at a chosen strength."""
    if chosen is not None:
        place = number("chosen", chosen, "(0, inf)")
        ax.axvline(place, color=BLACK, linestyle=":", label=text("chosen_strength", strength=f"{place:.2g}"))


def _legend_above(ax: Axes, side: str) -> Axes:
    """Add the legend, if there is anything to explain, above the picture, whose weights may lie anywhere in it."""
    entries = len(ax.get_legend_handles_labels()[1])
    if side == "right" and entries:
        ax.legend(frameon=False, loc="lower right", bbox_to_anchor=(1, 1), ncols=entries, borderaxespad=0.2)
    elif entries:
        ax.legend(
            frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1), ncols=entries, borderaxespad=0.2
        )
    return ax
