"""A score over two strengths."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from coursekit._arguments import array, column, integer, received
from coursekit.language import readable_figures, text
from coursekit.plots.alignment import at_places
from coursekit.plots.theme import ORANGE, axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

__all__ = ["plot_heatmap"]

# In a figure of the usual size, more numbers in a row or column would run into each other.
COLUMNS, ROWS = 12, 20


@readable_figures()
def plot_heatmap(
    l1: ArrayLike, l2: ArrayLike, errors: ArrayLike, label: str, *, decimals: int = 2, ax: Axes | None = None
) -> Axes:
    """Draw errors over two penalty strengths as colored fields with their numbers; the lowest has a frame.

    More than 20 × 12 fields have no numbers, which nobody could read.

    Args:
        l1: strengths λ₁ in ascending order, not negative, shape (m,); 0 is allowed.
        l2: strengths λ₂, likewise, shape (n,).
        errors: an error for each pair, shape (m, n). The rows of a table of pandas belong to the strengths λ₁ in its
            index, its columns to the λ₂ in their names.
        label: what the errors are, in the reader's language.
        decimals: digits after the point, at least 0.
        ax: axes to draw on; by default those of a new figure.

    Raises:
        ValueError: if a shape or an index does not fit, a value is not finite, or the strengths do not ascend.
    """
    from matplotlib.patches import Rectangle

    first, second = _ascending("l1", l1), _ascending("l2", l2)
    in_rows = at_places("errors", errors, "l1", l1)
    values = array("errors", at_places("errors", in_rows, "l2", l2, axis=1), finite=True)
    decimals = integer("decimals", decimals, lowest=0)
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
    readable = len(first) <= ROWS and len(second) <= COLUMNS
    for i, j in np.ndindex(values.shape) if readable else ():
        color = "white" if values[i, j] < middle else "black"
        ax.text(j, i, f"{values[i, j]:.{decimals}f}", ha="center", va="center", color=color, fontsize=9)
    i, j = np.unravel_index(values.argmin(), values.shape)
    frame = Rectangle(
        (j - 0.5, i - 0.5), 1, 1, fill=False, edgecolor=ORANGE, linewidth=3, label=text("lowest")
    )
    ax.add_patch(frame)
    ax.set_xticks(*_ticks(second, COLUMNS))
    ax.set_yticks(*_ticks(first, ROWS))
    ax.set(xlabel=text("strength_l2"), ylabel=text("strength_l1"))
    ax.figure.colorbar(picture, ax=ax, label=label, extend="max" if values.max() > top else "neither")
    ax.legend(frameon=False, loc="lower right", bbox_to_anchor=(1, 1), borderaxespad=0.2)
    return ax


def _ascending(name: str, strengths: ArrayLike) -> np.ndarray:
    values = column(name, strengths)
    if values.min() < 0 or np.any(np.diff(values) <= 0):
        raise ValueError(f"`{name}` must be ascending and not negative. {received(name, strengths)}")
    return values


def _ticks(strengths: np.ndarray, most: int) -> tuple[range, list[str]]:
    """Return where an axis has ticks, and their labels: at each strength, or at every few where there are too many."""
    step = 1 if len(strengths) <= most else -(-2 * len(strengths) // most)
    places = range(0, len(strengths), step)
    return places, [f"{strengths[i]:g}" if step == 1 else f"{strengths[i]:.2g}" for i in places]
