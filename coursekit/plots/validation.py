"""Validation curves: a score against a hyperparameter, with its spread over seeds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from coursekit._arguments import array, column, number, received
from coursekit.language import text
from coursekit.plots.style import BLACK, BLUE, DASHES, MARKERS, ORANGE, PALETTE, PARTS, SKY, axes, finish

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike


def plot_validation_curve(
    param_range: ArrayLike,
    scores: Mapping[str, ArrayLike],
    ylabel: str,
    *,
    xlabel: str | None = None,
    xscale: str = "log",
    chosen: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Plot the mean of scores over seeds, and their standard deviation as error bars, against a hyperparameter.

    Args:
        param_range: values of the hyperparameter, shape (values,), in any order.
        scores: ``{name: scores}`` of shape (values, seeds), or (values,) for a single seed. The names ``"training"``,
            ``"validation"`` and ``"test"`` are shown as these data are in every figure, in the reader's language.
        ylabel: what the scores are, in the reader's language.
        xlabel: what the hyperparameter is; the regularization strength by default.
        xscale: ``"log"`` or ``"linear"``.
        chosen: a value of the hyperparameter to mark.
        ax: axes to draw on; by default those of a new figure.

    Raises:
        ValueError: if the shapes do not fit, a value is not finite, or not above 0 on a logarithmic axis.
    """
    if xscale not in ("log", "linear"):
        raise ValueError(f"`xscale` must be 'log' or 'linear'. {received('xscale', xscale)}")
    values = column("param_range", param_range)
    if xscale == "log" and values.min() <= 0:
        raise ValueError(
            f"`param_range` must be above 0 on a logarithmic axis. {received('param_range', param_range)}"
        )
    if not isinstance(scores, Mapping) or not scores:
        raise ValueError(
            f"`scores` must be a dictionary with scores for each name. {received('scores', scores)}"
        )
    groups = {name: _rows(f"scores[{name!r}]", group, len(values)) for name, group in scores.items()}
    order = np.argsort(values)
    ax = axes(ax)
    for i, (name, group) in enumerate(groups.items()):
        spread = group.std(axis=1, ddof=1)[order] if group.shape[1] > 1 else None
        ax.errorbar(
            values[order], group.mean(axis=1)[order], yerr=spread, capsize=3, markersize=5, **_style(i, name)
        )
    if chosen is not None:
        marked = number("chosen", chosen, "(0, inf)" if xscale == "log" else "(-inf, inf)")
        ax.axvline(marked, color=BLACK, linestyle=":", label=text("chosen_value", value=f"{marked:.2g}"))
    ax.set(xscale=xscale, xlabel=text("strength") if xlabel is None else xlabel, ylabel=ylabel)
    if xscale == "log" and len(values) <= 9 and np.all(values == np.round(values)):
        # Counts, such as rows or units, are read as numbers rather than as powers of ten.
        ax.set_xticks(values[order], [f"{value:g}" for value in values[order]])
        ax.minorticks_off()
    return finish(ax)


def plot_folds(param_range: ArrayLike, losses: ArrayLike, *, ax: Axes | None = None) -> Axes:
    """Plot losses of a cross-validation against the strength: each fold, their mean, and its standard error.

    The lowest mean is marked, and the strength of the one-standard-error rule: the largest whose mean is at most the
    lowest mean plus that mean's standard error (L. Breiman et al. 1984, Classification and Regression Trees, section
    3.4.3).

    Args:
        param_range: strengths in ascending order, above 0, shape (values,).
        losses: shape (values, folds), at least two folds.
        ax: axes to draw on; by default those of a new figure.

    Raises:
        ValueError: if the shapes do not fit, a value is not finite, or the strengths do not ascend or are not above 0.
    """
    values = column("param_range", param_range)
    if values.min() <= 0 or np.any(np.diff(values) <= 0):
        raise ValueError(
            f"`param_range` must be ascending and above 0. {received('param_range', param_range)}"
        )
    folds = _rows("losses", losses, len(values))
    if folds.shape[1] < 2:
        raise ValueError(f"`losses` must have at least 2 folds. Received: an array of shape {folds.shape}")
    mean, error = folds.mean(axis=1), folds.std(axis=1, ddof=1) / np.sqrt(folds.shape[1])
    lowest = int(mean.argmin())
    limit = mean[lowest] + error[lowest]
    chosen = int(np.flatnonzero(mean <= limit).max())
    ax = axes(ax)
    for i, fold in enumerate(folds.T):
        ax.plot(values, fold, color=SKY, linewidth=1, label=text("one_fold") if i == 0 else None)
    ax.errorbar(
        values, mean, yerr=error, color=BLUE, marker="o", markersize=5, capsize=3, label=text("mean_of_folds")
    )
    ax.axhline(limit, color=BLACK, linestyle=":", linewidth=1, label=text("one_error_above"))
    for i, marker, key in ((lowest, "s", "lowest_mean"), (chosen, "D", "one_error_rule")):
        ax.plot(
            values[i], mean[i], marker, color=ORANGE, markersize=9, label=text(key, value=f"{values[i]:g}")
        )
    ax.set(xscale="log", xlabel=text("strength"), ylabel=text("validation_data_loss"))
    return finish(ax)


def _rows(name: str, scores: ArrayLike, values: int) -> np.ndarray:
    """Return scores as an array of shape (values, seeds or folds)."""
    found = array(name, scores, finite=True)
    if found.ndim == 1:
        found = found[:, None]
    if found.ndim != 2 or len(found) != values or not found.shape[1]:
        raise ValueError(f"`{name}` must have {values} rows. Received: an array of shape {found.shape}")
    return found


def _style(i: int, name: str) -> dict:
    """Return the look of the i-th group; the parts of a data set look the same everywhere."""
    if name in PARTS:
        return {**PARTS[name], "label": text(f"{name}_data")}
    looks = {"color": PALETTE, "linestyle": DASHES, "marker": MARKERS}
    return {"label": name} | {key: choices[i % len(choices)] for key, choices in looks.items()}
