"""What a remedy changes: gains with their intervals, scores before and after, and how sure a network is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from coursekit import calibration, intervals
from coursekit._arguments import column, received
from coursekit.language import readable_figures, text
from coursekit.plots.alignment import beside, column_beside, index_of
from coursekit.plots.theme import BLACK, BLUE, GRAY, MARKERS, ORANGE, PALETTE, axes, finish, legend_above

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

__all__ = ["plot_changes", "plot_gains", "plot_pairs", "plot_reliability"]

TALLEST = 100.0  # inches: no file holds a picture of any height


@readable_figures()
def plot_gains(
    gains: Mapping[str, ArrayLike], xlabel: str, *, marked: str | None = None, ax: Axes | None = None
) -> Axes:
    """Draw each remedy's gain seed by seed, its mean, and the 95 % interval of the mean (bootstrap over seeds).

    Args:
        gains: ``{name: score with the remedy minus score without, seed by seed}``; the first is drawn on top.
        xlabel: what was gained, in the reader's language.
        marked: a name in ``gains`` to draw in another color.
        ax: axes to draw on; by default those of a new figure.

    Raises:
        ValueError: if there is no gain, one is not finite, or ``marked`` is no name in ``gains``.
    """
    if not isinstance(gains, Mapping) or not gains:
        raise ValueError(f"`gains` must be a dictionary with gains for a name. {received('gains', gains)}")
    if marked is not None and marked not in gains:
        raise ValueError(f"`marked` must be a name in `gains`. {received('marked', marked)}")
    groups = {name: column(f"gains[{name!r}]", values) for name, values in gains.items()}
    ax = axes(ax, figsize=(6.8, min(0.34 * len(groups) + 1.0, TALLEST)))
    ax.axvline(0, color=BLACK, linestyle=":", zorder=0)
    for i, (name, values) in enumerate(groups.items()):
        color = ORANGE if name == marked else BLUE
        low, high = intervals.paired(np.zeros_like(values), values)
        ax.plot(values, np.full(values.size, i + 0.25), "o", color=GRAY, markersize=3, alpha=0.5, mew=0)
        ends = [[max(values.mean() - low, 0)], [max(high - values.mean(), 0)]]
        ax.errorbar(values.mean(), i, xerr=ends, fmt="D", color=color, markersize=5, capsize=4, zorder=3)
    ax.set_yticks(range(len(groups)), list(groups))
    ax.set_ylim(len(groups) - 0.4, -0.6)
    ax.set_xlabel(xlabel)
    return finish(ax, legend=False)


@readable_figures()
def plot_changes(
    changes: Mapping[str, tuple[ArrayLike, ArrayLike]], xlabel: str, ylabel: str, *, ax: Axes | None = None
) -> Axes:
    """Draw an arrow for each seed, from two scores without a remedy to the same two with it.

    Args:
        changes: ``{name: (before, after)}``, both of shape (seeds, 2): score across, score up.
        xlabel, ylabel: what the two scores are, in the reader's language.
        ax: axes to draw on; by default those of a new figure.

    Raises:
        ValueError: if there is nothing to draw, or an array has another shape or is not finite.
    """
    if not isinstance(changes, Mapping) or not changes:
        raise ValueError(
            f"`changes` must be a dictionary with two arrays for a name. {received('changes', changes)}"
        )
    ax = axes(ax, figsize=(6.4, 4.0))
    for i, (name, pair) in enumerate(changes.items()):
        try:
            paired = (pair[0], beside("after", pair[1], "before", index_of(pair[0])))
            before, after = (np.asarray(scores, dtype="float64") for scores in paired)
            fits = before.ndim == 2 and before.shape == after.shape and before.shape[1] == 2 and before.size
            fits = fits and np.isfinite(before).all() and np.isfinite(after).all()
        except (TypeError, ValueError):
            fits = False
        if not fits:
            raise ValueError(
                f"`changes[{name!r}]` must be two arrays of finite numbers of the shape (seeds, 2). "
                + received("changes", pair)
            )
        color = PALETTE[i % len(PALETTE)]
        ax.plot(*before.T, MARKERS[i % len(MARKERS)], color=color, markersize=5, mfc="white")
        ax.plot(*after.T, MARKERS[i % len(MARKERS)], color=color, markersize=6, label=name)
        for start, end in zip(before, after, strict=True):
            ax.annotate("", xy=end, xytext=start, arrowprops={"arrowstyle": "->", "color": color, "lw": 1.2})
    ax.set(xlabel=xlabel, ylabel=ylabel)
    finish(ax, legend=False)
    return legend_above(ax, "left")


@readable_figures()
def plot_pairs(
    first: ArrayLike, second: ArrayLike, names: tuple[str, str], ylabel: str, *, ax: Axes | None = None
) -> Axes:
    """Draw a line for each seed from its first score to its second: rising in color, falling in gray dashes.

    Args:
        first, second: scores of the same seeds in the same places, shape (seeds,).
        names: what the two are, in the reader's language.
        ylabel: what the scores are.
        ax: axes to draw on; by default those of a new figure.

    Raises:
        ValueError: if an array is not finite, they differ in length, or there are not two names.
    """
    before = column("first", first)
    after = column_beside("second", second, "first", index_of(first), before.size)
    if not isinstance(names, (tuple, list)) or len(names) != 2:
        raise ValueError(f"`names` must be two texts. {received('names', names)}")
    ax = axes(ax, figsize=(4.2, 3.8))
    for kind, held in (("rises", after > before), ("equal", after == before), ("falls", after < before)):
        style: dict[str, Any] = {
            "rises": {"color": BLUE, "linestyle": "-"},
            "equal": {"color": BLACK, "linestyle": ":"},
            "falls": {"color": ORANGE, "linestyle": "--"},
        }[kind]
        for k, i in enumerate(np.flatnonzero(held)):
            label = text(kind, count=int(held.sum())) if k == 0 else None
            ax.plot(
                [0, 1], [before[i], after[i]], marker="o", markersize=4, linewidth=1, label=label, **style
            )
    ax.set_xticks([0, 1], list(names))
    ax.set(xlim=(-0.25, 1.25), ylabel=ylabel)
    finish(ax, legend=False)
    return legend_above(ax, "left")


@readable_figures()
def plot_reliability(
    predictions: Mapping[str, tuple[ArrayLike, ArrayLike]], *, bins: int = 10, ax: Axes | None = None
) -> Axes:
    """Draw how often a classifier is right against how sure it is: on the diagonal it is as sure as it may be.

    Args:
        predictions: ``{name: (probabilities, labels)}`` of shapes (rows, classes) and (rows,).
        bins: into how many intervals of confidence the rows are put; larger points stand for more rows.
        ax: axes to draw on; by default those of a new figure.

    Raises:
        ValueError: if there is nothing to draw, or as in `calibration.reliability`.
    """
    if not isinstance(predictions, Mapping) or not predictions:
        raise ValueError(
            "`predictions` must be a dictionary with probabilities and labels for a name. "
            + received("predictions", predictions)
        )
    ax = axes(ax, figsize=(4.6, 4.2))
    ax.plot([0, 1], [0, 1], color=GRAY, linestyle="--", label=text("as_sure_as_right"))
    for i, (name, (probabilities, labels)) in enumerate(predictions.items()):
        labels = beside("labels", labels, "probabilities", index_of(probabilities))
        try:
            points = calibration.reliability(np.asarray(probabilities), np.asarray(labels), bins=bins)
        except ValueError as problem:
            raise ValueError(f"`predictions[{name!r}]`: {problem}") from problem
        sure, right, rows = points
        color, marker = PALETTE[i % len(PALETTE)], MARKERS[i % len(MARKERS)]
        ax.plot(sure, right, color=color, marker=marker, markersize=4, label=name)
        ax.scatter(sure, right, s=250 * rows / rows.sum(), color=color, marker=marker, alpha=0.5)
    ax.set(xlim=(0, 1.03), ylim=(0, 1.03), xlabel=text("confidence_mean"), ylabel=text("share_right"))
    return finish(ax)
