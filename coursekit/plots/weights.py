"""How the weights of networks are distributed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from coursekit._arguments import array, integer, received
from coursekit.language import text
from coursekit.plots.style import DASHES, PALETTE, axes, finish

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike


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
    if not isinstance(weights, Mapping) or not weights:
        raise ValueError(
            f"`weights` must be a dictionary with weights for each name. {received('weights', weights)}"
        )
    bins = integer("bins", bins, lowest=1)
    groups = {name: array(f"weights[{name!r}]", w, finite=True).ravel() for name, w in weights.items()}
    for name, w in groups.items():
        if not w.size:
            raise ValueError(f"`weights[{name!r}]` must hold at least one weight. Received: none")
    reach = max(float(np.abs(w).max()) for w in groups.values()) or 1.0
    edges = np.linspace(-reach, reach, bins + 1)
    counts = {name: np.histogram(w, edges)[0] for name, w in groups.items()}
    ax = axes(ax)
    for i, (name, w) in enumerate(groups.items()):
        color, dash = PALETTE[i % len(PALETTE)], DASHES[i % len(DASHES)]
        label = text("with_sd", name=name, sd=f"{w.std():.3f}")
        ax.stairs(counts[name], edges, color=color, linestyle=dash, linewidth=1.8, label=label)
    ax.set(xlabel=text("weight"), ylabel=text("number_of_weights"), yscale="log")
    # Empty bins have no logarithm: the axis begins below one weight. Above the highest bin is room for the legend.
    ax.set_ylim(0.7, 6 ** len(groups) * max(values.max() for values in counts.values()))
    return finish(ax)
