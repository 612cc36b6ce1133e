"""Validation curves: a score against a hyperparameter, with its spread over seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from coursekit._arguments import array, column, number, received
from coursekit.language import readable_figures, text
from coursekit.plots.alignment import at_places
from coursekit.plots.sweep_scores import scores_of_sweep
from coursekit.plots.theme import BLACK, BLUE, ORANGE, PARTS, SKY, axes, curve, finish, look

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

    from coursekit.training import SweepResult

__all__ = ["plot_folds", "plot_validation_curve"]


@readable_figures()
def plot_validation_curve(
    param_range: ArrayLike | SweepResult,
    scores: Mapping[str, ArrayLike] | str,
    ylabel: str | Sequence[str],
    *,
    xlabel: str | None = None,
    xscale: str = "log",
    chosen: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Plot the mean of scores over seeds, and their standard deviation as error bars, against a hyperparameter.

    A `SweepResult` knows its scores: ``plot_validation_curve(result, "l2", ["data_loss", "val_data_loss"])`` takes the
    name of a hyperparameter and one metric or several. Runs that have none, since they diverged, are left out, and the
    legend counts them.

    Args:
        param_range: values of the hyperparameter, shape (values,), in any order; or a `SweepResult`.
        scores: ``{name: scores}`` of shape (values, seeds), or (values,) for a single seed. The names ``"training"``,
            ``"validation"`` and ``"test"`` are shown as these data are in every figure, in the reader's language. The
            rows of a table of pandas are drawn at the values in its index. Of a sweep: a hyperparameter's name.
        ylabel: what the scores are, in the reader's language. Of a sweep: a metric, or a list of them.
        xlabel: what the hyperparameter is; the regularization strength by default.
        xscale: ``"log"``, ``"linear"``, or ``"symlog"``: logarithmic, with a place for 0.
        chosen: a value of the hyperparameter to mark.
        ax: axes to draw on; by default those of a new figure.

    Raises:
        ValueError: if the shapes or an index do not fit, a value is not finite, or not above 0 on a logarithmic axis.
    """
    sweep = callable(getattr(param_range, "scores", None))
    if sweep:
        param_range, scores, named, ylabel = scores_of_sweep(param_range, scores, ylabel)
        xlabel = named if xlabel is None else xlabel
    values = _on_axis(param_range, xscale)
    if not isinstance(scores, Mapping) or not scores:
        raise ValueError(
            f"`scores` must be a dictionary with scores for each name. {received('scores', scores)}"
        )
    groups = {
        name: _rows(f"scores[{name!r}]", group, "param_range", param_range, finite=not sweep)
        for name, group in scores.items()
    }
    marked = None
    if chosen is not None:
        marked = number("chosen", chosen, "(0, inf)" if xscale == "log" else "(-inf, inf)")
    order = np.argsort(values)
    ax = axes(ax, entries=len(groups) + (chosen is not None))
    for i, (name, group) in enumerate(groups.items()):
        mean, spread = _mean_and_spread(group[order])
        ax.errorbar(values[order], mean, yerr=spread, capsize=3, markersize=5, **_style(i, name, group))
    if marked is not None:
        ax.axvline(marked, color=BLACK, linestyle=":", label=text("chosen_value", value=f"{marked:.2g}"))
    ax.set(xlabel=text("strength") if xlabel is None else xlabel, ylabel=ylabel)
    _scale(ax, xscale, values[order])
    return finish(ax)


@readable_figures()
def plot_folds(param_range: ArrayLike, losses: ArrayLike, *, ax: Axes | None = None) -> Axes:
    """Plot losses of a cross-validation against the strength: each fold, their mean, and its standard error.

    The lowest mean is marked, and the strength of the one-standard-error rule: the largest whose mean is at most the
    lowest mean plus that mean's standard error (L. Breiman et al. 1984, Classification and Regression Trees, section
    3.4.3).

    Args:
        param_range: strengths in ascending order, above 0, shape (values,).
        losses: shape (values, folds), at least two folds; the rows of a table belong to the values in its index.
        ax: axes to draw on; by default those of a new figure.

    Raises:
        ValueError: if the shapes or an index do not fit, a value is not finite, or the strengths do not ascend or are
            not above 0.
    """
    values = column("param_range", param_range)
    if values.min() <= 0 or np.any(np.diff(values) <= 0):
        raise ValueError(
            f"`param_range` must be ascending and above 0. {received('param_range', param_range)}"
        )
    folds = _rows("losses", losses, "param_range", param_range)
    if folds.shape[1] < 2:
        raise ValueError(f"`losses` must have at least 2 folds. Received: an array of shape {folds.shape}")
    mean, error = folds.mean(axis=1), folds.std(axis=1, ddof=1) / np.sqrt(folds.shape[1])
    lowest = int(mean.argmin())
    limit = mean[lowest] + error[lowest]
    chosen = int(np.flatnonzero(mean <= limit).max())
    ax = axes(ax)
    for i, fold in enumerate(folds.T):
        curve(ax, values, fold, color=SKY, linewidth=1, label=text("one_fold") if i == 0 else None)
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


def _on_axis(param_range: Any, xscale: str) -> np.ndarray:
    """Return the values of a hyperparameter, if the axis has a place for each."""
    if xscale not in ("log", "linear", "symlog"):
        raise ValueError(f"`xscale` must be 'log', 'linear' or 'symlog'. {received('xscale', xscale)}")
    values = column("param_range", param_range)
    if xscale == "log" and values.min() <= 0:
        raise ValueError(
            "`param_range` must be above 0 on a logarithmic axis; xscale='symlog' and xscale='linear' have a place "
            f"for 0. {received('param_range', param_range)}"
        )
    return values


def _scale(ax: Axes, xscale: str, values: np.ndarray) -> None:
    """Give the axis its scale; the values ascend."""
    if xscale == "symlog":
        sizes = np.abs(values[values != 0])
        smallest = sizes.min() if sizes.size else 1.0
        ax.set_xscale("symlog", linthresh=smallest)
        if values[0] >= 0:
            # No room for strengths below 0, which there are not.
            ax.set_xlim(-smallest / 3, 1.4 * max(values[-1], smallest))
    else:
        ax.set_xscale(xscale)
    if xscale == "log" and len(values) <= 9 and np.all(values == np.round(values)):
        # Counts, such as rows or units, are read as numbers rather than as powers of ten.
        ax.set_xticks(values, [f"{value:g}" for value in values])
        ax.minorticks_off()


def _rows(name: str, scores: Any, place: str, places: Any, *, finite: bool = True) -> np.ndarray:
    """Return scores as an array of shape (values, seeds or folds), a row for each place."""
    found = array(name, at_places(name, scores, place, places), finite=finite)
    if found.ndim == 1:
        found = found[:, None]
    values = np.size(places)
    if found.ndim != 2 or len(found) != values or not found.shape[1]:
        raise ValueError(f"`{name}` must have {values} rows. Received: an array of shape {found.shape}")
    if not np.isfinite(found).any():
        raise ValueError(f"`{name}` must hold a finite score. {received(name, scores)}")
    return found


def _mean_and_spread(group: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
    """Return mean and standard deviation of each row, without what is not finite; no deviation for a single seed."""
    if np.isfinite(group).all():
        return group.mean(axis=1), group.std(axis=1, ddof=1) if group.shape[1] > 1 else None
    known = np.ma.masked_invalid(group)
    spread = known.std(axis=1, ddof=1).filled(np.nan) if group.shape[1] > 1 else None
    return known.mean(axis=1).filled(np.nan), spread


def _style(i: int, name: str, group: np.ndarray) -> dict[str, Any]:
    """Return look and label of the i-th group; the parts of a data set look the same everywhere."""
    label = text(f"{name}_data") if name in PARTS else name
    missing = int(np.sum(~np.isfinite(group)))
    if missing:
        label = text("without_missing_runs", name=label, count=missing)
    return {**(PARTS[name] if name in PARTS else look(i)), "label": label}
