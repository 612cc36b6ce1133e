"""A score over two strengths."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from coursekit._arguments import array, column, received
from coursekit.language import text
from coursekit.plots.style import ORANGE, axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike


def plot_heatmap(
    l1: ArrayLike, l2: ArrayLike, errors: ArrayLike, label: str, *, decimals: int = 2, ax: Axes | None = None
) -> Axes:
    """Draw errors over two penalty strengths as colored fields with their numbers; the lowest has a frame.

    Args:
        l1: strengths λ₁ in ascending order, not negative, shape (m,); 0 is allowed.
        l2: strengths λ₂, likewise, shape (n,).
        errors: an error for each pair, shape (m, n).
        label: what the errors are, in the reader's language.
        decimals: digits after the point.
        ax: axes to draw on; by default those of a new figure.

    Raises:
        ValueError: if an array has another shape, is not finite, or the strengths do not ascend.
    """
    from matplotlib.patches import Rectangle

    first, second = _ascending("l1", l1), _ascending("l2", l2)
    values = array("errors", errors, finite=True)
    if values.shape != (len(first), len(second)):
        raise ValueError(
            f"`errors` must have the shape ({len(first)}, {len(second)}). "
            f"Received: an array of shape {values.shape}"
        )
    ax = axes(ax, figsize=(7.4, 5.0))
    # Dark is good. A few very high errors should not take up all the colors.
    top = float(np.quantile(values, 0.9))
    picture = ax.imshow(values, origin="lower", cmap="cividis", vmax=max(top, values.min()), aspect="auto")
    middle = (values.min() + top) / 2
    for i, j in np.ndindex(values.shape):
        color = "white" if values[i, j] < middle else "black"
        ax.text(j, i, f"{values[i, j]:.{decimals}f}", ha="center", va="center", color=color, fontsize=9)
    i, j = np.unravel_index(values.argmin(), values.shape)
    frame = Rectangle(
        (j - 0.5, i - 0.5), 1, 1, fill=False, edgecolor=ORANGE, linewidth=3, label=text("lowest")
    )
    ax.add_patch(frame)
    ax.set_xticks(range(len(second)), [f"{value:g}" for value in second])
    ax.set_yticks(range(len(first)), [f"{value:g}" for value in first])
    ax.set(xlabel=text("strength_l2"), ylabel=text("strength_l1"))
    ax.figure.colorbar(picture, ax=ax, label=label, extend="max" if values.max() > top else "neither")
    ax.legend(frameon=False, loc="lower right", bbox_to_anchor=(1, 1), borderaxespad=0.2)
    return ax


def _ascending(name: str, strengths: ArrayLike) -> np.ndarray:
    values = column(name, strengths)
    if values.min() < 0 or np.any(np.diff(values) <= 0):
        raise ValueError(f"`{name}` must be ascending and not negative. {received(name, strengths)}")
    return values


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
        ValueError: if an array has another shape or is not finite.
    """
    from coursekit.plots.paths import plot_weights

    true = column("truth", truth)
    ax = plot_weights(column("weights", weights, rows=len(true)), true, ax=ax)
    for start in range(0, int(np.count_nonzero(true)), group_size):
        label = text("group_of_copies") if start == 0 else None
        ax.axvspan(start - 0.4, start + group_size - 0.6, color="black", alpha=0.07, linewidth=0, label=label)
    entries = len(ax.get_legend_handles_labels()[1])
    ax.legend(
        frameon=False, loc="lower right", bbox_to_anchor=(1, 1), ncols=entries, borderaxespad=0.2,
        columnspacing=1.2, handletextpad=0.3,
    )  # fmt: skip
    return ax
