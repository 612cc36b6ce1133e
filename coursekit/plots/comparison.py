"""Scores side by side, with their spread over seeds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from coursekit._arguments import column, received
from coursekit.language import text
from coursekit.plots.style import BLACK, GRAY, ORANGE, PALETTE, SKY, axes, finish

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike


def plot_scores(scores: Mapping[str, ArrayLike], xlabel: str, *, ax: Axes | None = None) -> Axes:
    """Draw a horizontal bar for the mean of each group, its standard deviation, and every single score as a dot.

    Args:
        scores: ``{name: scores over seeds}``, each of shape (seeds,) or a single number; the first is drawn on top.
        xlabel: what the scores are, in the reader's language.
        ax: axes to draw on; by default those of a new figure.

    Raises:
        ValueError: if there is no score, one is not finite, or ``ax`` is no Axes.
    """
    if not isinstance(scores, Mapping) or not scores:
        raise ValueError(
            f"`scores` must be a dictionary with a score or more a name. {received('scores', scores)}"
        )
    groups = {name: column(f"scores[{name!r}]", x) for name, x in scores.items()}
    ax = axes(ax, figsize=(6.4, 0.55 * len(groups) + 1.0))
    for i, values in enumerate(groups.values()):
        spread = values.std(ddof=1) if values.size > 1 else None
        ax.barh(
            i, values.mean(), xerr=spread, height=0.6, color=PALETTE[i % len(PALETTE)], alpha=0.75, capsize=4
        )
        if values.size > 1:
            ax.plot(values, np.full(values.size, i), ".", color=BLACK, markersize=4, alpha=0.6)
    ax.set_yticks(range(len(groups)), list(groups))
    ax.invert_yaxis()
    ax.set_xlabel(xlabel)
    finish(ax, legend=False)
    ax.grid(False, axis="y")
    return ax


def plot_selection(validation_scores: ArrayLike, test_scores: ArrayLike, *, ax: Axes | None = None) -> Axes:
    """Plot test score against validation score, one point a model, and mark the one that validation data choose.

    Args:
        validation_scores: shape (models,), at least one; the highest is chosen, the first of several.
        test_scores: shape (models,), in the same order.
        ax: axes to draw on; by default those of a new figure.

    Raises:
        ValueError: if the two differ in length, are empty or not finite.
    """
    validation = column("validation_scores", validation_scores)
    test = column("test_scores", test_scores, rows=len(validation))
    ax = axes(ax, figsize=(5.2, 4.6))
    chosen = int(np.argmax(validation))
    limits = (min(validation.min(), test.min()) - 0.03, max(validation.max(), test.max()) + 0.03)
    ax.plot(limits, limits, color=GRAY, linestyle="--", label=text("equal_scores"))
    ax.plot(validation, test, "o", color=SKY, alpha=0.7, label=text("one_model"))
    ax.plot(validation[chosen], test[chosen], "D", color=ORANGE, markersize=11, label=text("chosen_model"))
    ax.set(
        xlim=limits,
        ylim=limits,
        aspect="equal",
        xlabel=text("validation_accuracy"),
        ylabel=text("test_accuracy"),
    )
    return finish(ax)
