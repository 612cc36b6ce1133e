"""The weights of a linear model along a path of penalty strengths."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from coursekit._arguments import array, column, number, received
from coursekit.language import readable_figures, text
from coursekit.plots.alignment import at_places, beside, index_of
from coursekit.plots.theme import (
    BLACK,
    BLUE,
    DASHES,
    GRAY,
    ORANGE,
    PALETTE,
    axes,
    curve,
    finish,
    legend_above,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

__all__ = ["plot_coefficient_path", "plot_discoveries"]


@readable_figures()
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
        coefficients: weights at each strength, shape (strengths, features). The rows of a table of pandas belong to the
            strengths in its index, and its columns to the labels of ``informative`` or ``groups``, if they have any.
        informative: True for the features that matter, shape (features,): they are drawn solid, the others dashed gray.
        groups: instead of ``informative``, the group each feature belongs to, counted from 1, and 0 for features that
            do not matter, shape (features,): each group has a color and a dash of its own.
        chosen: a strength to mark.
        ax: axes to draw on; by default those of a new figure.

    Raises:
        ValueError: if a shape or an index does not fit, a strength is not above 0, or ``informative`` and ``groups``
            are both given.
    """
    order, values = _strengths(strengths)
    paths = _paths(coefficients, strengths)[order]
    if informative is not None and groups is not None:
        raise ValueError("`groups` must be None where `informative` is given. Received: both")
    features, labels = paths.shape[1], index_of(coefficients, axis=1)
    belongs = (
        _informative(beside("informative", informative, "coefficients", labels), features).astype(int)
        if groups is None
        else _groups(beside("groups", groups, "coefficients", labels), features)
    )
    ax = axes(ax, entries=len(np.unique(belongs)) + 1)
    for group in np.unique(belongs):
        lines = curve(ax, values, paths[:, belongs == group], **_group_style(group))
        if informative is not None or groups is not None:
            known = "informative_features" if groups is None else "feature_group"
            lines[0].set_label(text(known, number=group) if group else text("other_features"))
    ax.set(xscale="log", xlabel=text("strength"), ylabel=text("weight"))
    _mark(ax, chosen)
    return legend_above(finish(ax, legend=False), "center")


@readable_figures()
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
        ValueError: if a shape or an index does not fit, or a strength is not above 0.
    """
    order, values = _strengths(strengths)
    paths = _paths(coefficients, strengths)[order]
    labels = index_of(coefficients, axis=1)
    matters = _informative(beside("informative", informative, "coefficients", labels), paths.shape[1])
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


def _strengths(strengths: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Return the order of the strengths, and the strengths in it."""
    values = column("strengths", strengths)
    if values.min() <= 0:
        raise ValueError(f"`strengths` must be above 0. {received('strengths', strengths)}")
    order = np.argsort(values)
    return order, values[order]


def _paths(coefficients: ArrayLike, strengths: ArrayLike) -> np.ndarray:
    """Return the weights, a row for each strength and at least one column."""
    paths = array(
        "coefficients", at_places("coefficients", coefficients, "strengths", strengths), finite=True
    )
    rows = np.size(strengths)
    if paths.ndim != 2 or len(paths) != rows or not paths.size:
        raise ValueError(
            f"`coefficients` must have the shape ({rows}, features). Received: an array of shape {paths.shape}"
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
