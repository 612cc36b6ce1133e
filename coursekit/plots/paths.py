"""The weights of a linear model: one by one, by size, and along a path of penalty strengths."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from coursekit._arguments import array, column, number, received
from coursekit.language import text
from coursekit.plots.style import BLACK, BLUE, DASHES, GRAY, MARKERS, ORANGE, PALETTE, axes, finish

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
        ax.plot(
            np.arange(1, len(w) + 1), np.where(w > 0, w, floor), MARKERS[i % len(MARKERS)],
            color=PALETTE[i % len(PALETTE)], markersize=4, label=label,
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
    groups: ArrayLike | None = None,
    chosen: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Plot each weight of a linear model against the strength of its penalty: the coefficient path.

    Args:
        strengths: penalty strengths λ, above 0, in any order, shape (strengths,).
        coefficients: weights at each strength, shape (strengths, features).
        informative: True for the features that matter, shape (features,): they are drawn solid, the others dashed gray.
        groups: instead of ``informative``, the group each feature belongs to, counted from 1, and 0 for features that
            do not matter, shape (features,): each group has a color and a dash of its own.
        chosen: a strength to mark.
        ax: axes to draw on; by default those of a new figure.

    Raises:
        ValueError: if an array has another shape, a strength is not above 0, or ``informative`` and ``groups`` are both
            given.
    """
    order, values = _strengths(strengths)
    paths = _paths(coefficients, len(values))[order]
    if informative is not None and groups is not None:
        raise ValueError("`groups` must be None where `informative` is given. Received: both")
    belongs = (
        _informative(informative, paths.shape[1]).astype(int)
        if groups is None
        else _groups(groups, paths.shape[1])
    )
    ax = axes(ax)
    for group in np.unique(belongs):
        lines = ax.plot(values, paths[:, belongs == group], **_group_style(group))
        if informative is not None or groups is not None:
            known = "informative_features" if groups is None else "feature_group"
            lines[0].set_label(text(known, number=group) if group else text("other_features"))
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

    The arguments are those of `plot_coefficient_path`, without ``groups``.

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


def _groups(groups: ArrayLike, features: int) -> np.ndarray:
    numbers = column("groups", groups, rows=features)
    if np.any(numbers < 0) or np.any(numbers % 1):
        raise ValueError(f"`groups` must hold whole numbers from 0. {received('groups', groups)}")
    return numbers.astype(int)


def _group_style(group: int) -> dict[str, Any]:
    """Return how to draw the features of a group, counted from 1; 0 stands for the features that do not matter."""
    if group == 0:
        return {"color": GRAY, "linestyle": "--", "linewidth": 0.8}
    # Dashed lines are those of the other features.
    dashes = [dash for dash in DASHES if dash != "--"]
    colors = [color for color in PALETTE if color != GRAY]
    return {
        "color": colors[(group - 1) % len(colors)],
        "linestyle": dashes[(group - 1) % len(dashes)],
        "linewidth": 1.6,
    }


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
        # More than three in a row are wider than a figure of two columns has room for.
        columns = entries if entries <= 3 else 2
        ax.legend(
            frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1), ncols=columns, borderaxespad=0.2
        )
    return ax
