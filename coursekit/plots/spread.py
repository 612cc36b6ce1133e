"""What many training sets do to one kind of model: bias and variance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from coursekit._arguments import array, column, integer, received
from coursekit.language import readable_figures, text
from coursekit.plots.alignment import at_places, column_at
from coursekit.plots.theme import BLACK, BLUE, GRAY, GREEN, ORANGE, TALLEST, axes, curve, finish, legend_above

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

__all__ = ["plot_bias_variance", "plot_error_parts", "plot_spread"]


@readable_figures()
def plot_spread(
    x: ArrayLike, fits: ArrayLike, truth: ArrayLike, *, shown: int | None = None, ax: Axes | None = None
) -> Axes:
    """Plot the curves that one kind of model draws from different training sets, their mean, and the true curve.

    Args:
        x: places, ascending, shape (n,).
        fits: predictions there, a row for each training set, shape (training sets, n).
        truth: the true curve there, shape (n,).
        shown: how many of the curves to draw, at least 1; by default all. The mean is always that of all.
        ax: axes to draw on; by default those of a new figure.

    Raises:
        ValueError: if an array has another shape or index or is not finite, or ``shown`` is below 1.
    """
    places = column("x", x)
    true = column_at("truth", truth, "x", x)
    curves = _curves(at_places("fits", fits, "x", x, axis=1), len(places))
    drawn = len(curves) if shown is None else integer("shown", shown, lowest=1)
    ax = axes(ax)
    for i, fit in enumerate(curves[:drawn]):
        curve(
            ax,
            places,
            fit,
            color=GRAY,
            linewidth=0.6,
            alpha=0.6,
            label=text("one_training_set") if i == 0 else None,
        )
    curve(ax, places, true, color=BLACK, linestyle="--", label=text("true_curve"))
    curve(ax, places, curves.mean(axis=0), color=BLUE, linewidth=2.2, label=text("mean_of_fits"))
    margin = max(1.0, float(np.ptp(true)) / 2)
    ax.set(xlabel="x", ylabel="y", ylim=(true.min() - margin, true.max() + margin))
    return finish(ax)


@readable_figures()
def plot_bias_variance(
    param_range: ArrayLike,
    squared_bias: ArrayLike,
    variance: ArrayLike,
    xlabel: str,
    *,
    ax: Axes | None = None,
) -> Axes:
    """Plot squared bias, variance and their sum against a hyperparameter, on a logarithmic scale.

    Args:
        param_range: values of the hyperparameter, ascending, shape (values,).
        squared_bias, variance: above 0, of the same shape.
        xlabel: what the hyperparameter is, in the reader's language.
        ax: axes to draw on; by default those of a new figure.

    Raises:
        ValueError: if the arrays differ in length or index, are not finite, or one is not above 0.
    """
    values = column("param_range", param_range)
    bias = _above_0("squared_bias", column_at("squared_bias", squared_bias, "param_range", param_range))
    spread = _above_0("variance", column_at("variance", variance, "param_range", param_range))
    ax = axes(ax)
    lines: tuple[tuple[np.ndarray, dict[str, Any], str], ...] = (
        (bias, {"color": ORANGE, "linestyle": "--", "marker": "s"}, "squared_bias"),
        (spread, {"color": GREEN, "linestyle": "-.", "marker": "^"}, "variance"),
        (bias + spread, {"color": BLUE, "linestyle": "-", "marker": "o"}, "bias_and_variance"),
    )
    for heights, style, key in lines:
        ax.plot(values, heights, markersize=5, label=text(key), **style)
    ax.set(yscale="log", xlabel=xlabel, ylabel=text("squared_error"))
    return finish(ax)


@readable_figures()
def plot_error_parts(parts: Mapping[str, ArrayLike], *, ax: Axes | None = None) -> Axes:
    """Draw a bar for each model, whose two parts are its squared bias and its variance.

    Args:
        parts: ``{name: (squared bias, variance)}``, none below 0; the first is drawn on top.
        ax: axes to draw on; by default those of a new figure.

    Raises:
        ValueError: if there is no model, or one has no two finite numbers from 0 on.
    """
    if not isinstance(parts, Mapping) or not parts:
        raise ValueError(
            f"`parts` must be a dictionary with two numbers for a name. {received('parts', parts)}"
        )
    rows = np.array([column(f"parts[{name!r}]", pair, rows=2) for name, pair in parts.items()])
    if rows.min() < 0:
        raise ValueError(f"`parts` must not be below 0. {received('parts', parts)}")
    ax = axes(ax, figsize=(6.8, min(0.4 * len(rows) + 1.2, TALLEST)))
    places = np.arange(len(rows))
    bias, spread = rows.T
    ax.barh(places, bias, 0.6, color=ORANGE, hatch="///", edgecolor="white", label=text("squared_bias"))
    ax.barh(places, spread, 0.6, left=bias, color=GREEN, edgecolor="white", label=text("variance"))
    ax.set_yticks(places, list(parts))
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set_xlabel(text("squared_error"))
    finish(ax, legend=False)
    return legend_above(ax, "right")


def _curves(fits: ArrayLike, places: int) -> np.ndarray:
    curves = array("fits", fits, finite=True)
    if curves.ndim != 2 or curves.shape[1] != places or not len(curves):
        raise ValueError(
            f"`fits` must have the shape (training sets, {places}). Received: an array of shape {curves.shape}"
        )
    return curves


def _above_0(name: str, values: np.ndarray) -> np.ndarray:
    if values.min() <= 0:
        raise ValueError(f"`{name}` must be above 0 on a logarithmic axis. {received(name, values)}")
    return values
