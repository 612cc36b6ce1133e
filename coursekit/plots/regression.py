"""Curves fitted to points."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from coursekit._arguments import column
from coursekit.language import readable_figures, text
from coursekit.plots.alignment import column_at, column_beside, index_of
from coursekit.plots.theme import GRAY, ORANGE, PARTS, axes, curve, finish

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

__all__ = ["plot_curve_fit"]


@readable_figures()
def plot_curve_fit(
    x: ArrayLike,
    y: ArrayLike,
    grid: ArrayLike,
    predicted: ArrayLike | None = None,
    truth: ArrayLike | None = None,
    *,
    ax: Axes | None = None,
) -> Axes:
    """Plot points, the curve that a model drew through them, and the true curve.

    Args:
        x, y: the points the model was trained on, shape (rows,) or (rows, 1).
        grid: places at which the curves are known, shape (places,) or (places, 1).
        predicted: the model's values there; ``None`` for no curve. NaN, from a training that diverged, leaves a gap.
        truth: the true values there; ``None`` for no curve.
        ax: axes to draw on; by default those of a new figure.

    Raises:
        ValueError: if an array has another shape or index, or a point is not finite.
    """
    points = column("x", x)
    values = column_beside("y", y, "x", index_of(x), len(points))
    places = column("grid", grid)
    if truth is not None:
        truth = column_at("truth", truth, "grid", grid)
    if predicted is not None:
        predicted = column_at("predicted", predicted, "grid", grid, finite=False)
    ax = axes(ax)
    ax.plot(points, values, "o", color=PARTS["training"]["color"], label=text("training_data"), zorder=3)
    if truth is not None:
        curve(ax, places, truth, color=GRAY, linestyle="--", label=text("true_curve"))
    if predicted is not None:
        curve(ax, places, predicted, color=ORANGE, linewidth=2, label=text("model"))
    # A wild curve may leave the picture: the points decide what is shown.
    margin = 0.35 * (np.ptp(values) or 1.0)
    ax.set(xlabel="x", ylabel="y", ylim=(values.min() - margin, values.max() + margin))
    return finish(ax)
