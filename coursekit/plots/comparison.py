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


def plot_selection(validation_scores: ArrayLike, other_scores: ArrayLike, *, ax: Axes | None = None) -> Axes:
    """Plot the score of chosen models on other data against the score that they were chosen by.

    Args:
        validation_scores: shape (choices,), the score of the chosen model on the data that decided.
        other_scores: shape (choices,), its score on data that did not.
        ax: axes to draw on; by default those of a new figure.

    Raises:
        ValueError: if the two differ in length, are empty or not finite.
    """
    validation, other = np.asarray(validation_scores, float), np.asarray(other_scores, float)
    same = validation.ndim == 1 and validation.shape == other.shape and validation.size > 0
    if not same or not np.isfinite([validation, other]).all():
        raise ValueError(
            "`validation_scores` and `other_scores` must be finite numbers, equally many and at least one. "
            f"Received: validation_scores={validation_scores!r}, other_scores={other_scores!r}"
        )
    ax = axes(ax, figsize=(5.2, 4.6))
    limits = (min(validation.min(), other.min()) - 0.03, max(validation.max(), other.max()) + 0.03)
    ax.plot(limits, limits, color=GRAY, linestyle="--", label=text("equal_scores"))
    ax.plot(validation, other, "o", color=SKY, alpha=0.5, label=text("one_choice"))
    mean = (validation.mean(), other.mean())
    ax.plot(
        *mean, "D", color=ORANGE, markeredgecolor="white", markersize=12, linestyle="none", label=text("mean")
    )
    ax.set(
        xlim=limits,
        ylim=limits,
        aspect="equal",
        xlabel=text("accuracy_when_chosen"),
        ylabel=text("accuracy_on_others"),
    )
    return finish(ax)
