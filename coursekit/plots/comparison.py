"""Scores side by side, with their spread over seeds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from coursekit._arguments import array, column, received
from coursekit.language import readable_figures, text
from coursekit.plots.alignment import beside, index_of
from coursekit.plots.theme import BLACK, BLUE, GRAY, ORANGE, SKY, TALLEST, axes, finish

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

__all__ = ["plot_scores", "plot_selection"]


@readable_figures()
def plot_scores(
    scores: Mapping[str, ArrayLike], xlabel: str, *, baseline: str | None = None, ax: Axes | None = None
) -> Axes:
    """Draw the mean of each group of scores, their standard deviation and the single scores, a line a group.

    Points and not bars, so that the axis need not begin at 0: small differences and negative scores, such as
    log-likelihoods, can be read.

    Args:
        scores: ``{name: scores over seeds}``, each of shape (seeds,); the first is drawn on top.
        xlabel: what the scores are, in the reader's language.
        baseline: a name in ``scores`` whose mean is marked by a line through all remedies.
        ax: axes to draw on; by default those of a new figure.

    Raises:
        ValueError: if there is no score, one is not finite, or ``baseline`` is no name in ``scores``.
    """
    if not isinstance(scores, Mapping) or not scores:
        raise ValueError(
            f"`scores` must be a dictionary with scores for a name. {received('scores', scores)}"
        )
    if baseline is not None and baseline not in scores:
        raise ValueError(f"`baseline` must be a name in `scores`. {received('baseline', baseline)}")
    groups = {name: column(f"scores[{name!r}]", values) for name, values in scores.items()}
    ax = axes(ax, figsize=(6.8, min(0.4 * len(groups) + 1.0, TALLEST)))
    for i, values in enumerate(groups.values()):
        # The single scores stand a little lower, where the error bar does not hide them.
        ax.plot(values, np.full(values.size, i + 0.25), "o", color=GRAY, markersize=4, alpha=0.6, mew=0)
        spread = values.std(ddof=1) if values.size > 1 else None
        ax.errorbar(values.mean(), i, xerr=spread, fmt="D", color=BLUE, markersize=6, capsize=4, zorder=3)
    if baseline is not None:
        ax.axvline(
            groups[baseline].mean(),
            color=BLACK,
            linestyle=":",
            label=text("mean_of", name=baseline),
            zorder=0,
        )
    ax.set_yticks(range(len(groups)), list(groups))
    ax.set_ylim(len(groups) - 0.4, -0.6)
    ax.set_xlabel(xlabel)
    finish(ax, legend=False)
    if baseline is not None:
        # Above the axes, where no point can be hidden.
        ax.legend(frameon=False, loc="lower right", bbox_to_anchor=(1, 1), borderaxespad=0)
    return ax


@readable_figures()
def plot_selection(validation_scores: ArrayLike, other_scores: ArrayLike, *, ax: Axes | None = None) -> Axes:
    """Plot the score of chosen models on other data against the score that they were chosen by.

    Args:
        validation_scores: shape (choices,), the score of the chosen model on the data that decided.
        other_scores: shape (choices,), its score on data that did not.
        ax: axes to draw on; by default those of a new figure.

    Raises:
        ValueError: if the two differ in length, are empty or not finite.
    """
    other_scores = beside("other_scores", other_scores, "validation_scores", index_of(validation_scores))
    validation = array("validation_scores", validation_scores, finite=True)
    other = array("other_scores", other_scores, finite=True)
    if validation.ndim != 1 or validation.shape != other.shape or not validation.size:
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
