"""Penalties in the plane of two weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from coursekit._arguments import array, column, received
from coursekit.language import readable_figures, text
from coursekit.plots.alignment import column_beside, index_of
from coursekit.plots.theme import BLUE, GRAY, GREEN, ORANGE, axes, finish

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

__all__ = ["plot_penalty_geometry", "plot_weight_pairs"]

SHAPES = {"l1": (ORANGE, "l1_diamond"), "l2": (BLUE, "l2_circle")}


@readable_figures()
def plot_penalty_geometry(
    x: ArrayLike, y: ArrayLike, weights: ArrayLike, penalty: str, *, ax: Axes | None = None
) -> Axes:
    """Plot the mean squared error over two weights, and the region of equal penalty that a solution touches.

    The contours are those of the data at hand, with the best bias at each point. The thick one passes through the
    solution.

    Args:
        x: training rows, shape (rows, 2).
        y: targets, shape (rows,).
        weights: the solution under the penalty, shape (2,).
        penalty: ``"l1"`` for the diamond |w₁| + |w₂| = constant, ``"l2"`` for the circle w₁² + w₂² = constant.
        ax: axes to draw on; by default those of a new figure.

    Raises:
        ValueError: if an array has another shape, or the penalty is neither.
    """
    rows = array("x", x, finite=True)
    if rows.ndim != 2 or rows.shape[1] != 2 or not len(rows):
        raise ValueError(f"`x` must have the shape (rows, 2). Received: an array of shape {rows.shape}")
    targets = column_beside("y", y, "x", index_of(x), len(rows))
    solution = column_beside("weights", weights, "x", index_of(x, axis=1), 2)
    if penalty not in SHAPES:
        raise ValueError(
            f"`penalty` must be one of {', '.join(map(repr, SHAPES))}. {received('penalty', penalty)}"
        )
    color, label = SHAPES[penalty]
    rows, targets = rows - rows.mean(axis=0), targets - targets.mean()
    best = np.linalg.lstsq(rows, targets, rcond=None)[0]
    reach = 1.3 * max(1e-6, np.abs(best).max(), np.abs(solution).sum())
    places = np.linspace(-reach, reach, 161)
    first, second = np.meshgrid(places, places)
    errors = _errors(rows, targets, first, second)
    lowest, at_solution = (float(_errors(rows, targets, *point)) for point in (best, solution))
    ax = axes(ax, figsize=(4.8, 5.4))
    # Relative to large errors, lest the levels be the same number.
    rise = max(at_solution - lowest, 1e-9 * max(1.0, lowest))
    levels = lowest + rise * np.array([0.1, 0.4, 1, 2, 4, 8])
    ax.contour(first, second, errors, levels=levels, colors=GRAY, linewidths=[0.8, 0.8, 1.8, 0.8, 0.8, 0.8])
    edge = _edge(penalty, solution)
    ax.fill(*edge, color=color, alpha=0.2)
    ax.plot(*edge, color=color, linestyle="-" if penalty == "l1" else "--", label=text(label))
    ax.plot(*best, "^", color=GREEN, markersize=9, label=text("lowest_data_loss"))
    ax.plot(
        *solution, "o", color=color, markersize=9, markeredgecolor="white", label=text("penalized_solution")
    )
    ax.axhline(0, color="black", linewidth=0.6)
    ax.axvline(0, color="black", linewidth=0.6)
    ax.set(xlabel="$w_1$", ylabel="$w_2$", xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")
    finish(ax)
    # Below the picture: a contour or the minimum may lie anywhere in it.
    ax.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.13))
    return ax


@readable_figures()
def plot_weight_pairs(
    first: ArrayLike, second: ArrayLike, xlabel: str, ylabel: str, *, ax: Axes | None = None
) -> Axes:
    """Plot the weights of two features, a point for each fit, and the line on which their sum is the mean one.

    Args:
        first, second: weights of the two features over several fits, shape (fits,).
        xlabel, ylabel: what the two are, in the reader's language.
        ax: axes to draw on; by default those of a new figure.

    Raises:
        ValueError: if the two differ in length, are empty or not finite.
    """
    one = column("first", first)
    other = column_beside("second", second, "first", index_of(first), len(one))
    ax = axes(ax, figsize=(4.8, 4.4))
    total = float((one + other).mean())
    ax.plot([0, total], [total, 0], color=GRAY, linestyle="--", label=text("same_sum", total=f"{total:.2f}"))
    zero = (one == 0) | (other == 0)
    ax.plot(one[~zero], other[~zero], "o", color=BLUE, alpha=0.6, label=text("both_kept"))
    if zero.any():
        ax.plot(one[zero], other[zero], "s", color=ORANGE, alpha=0.7, label=text("one_dropped"))
    ax.set(xlabel=xlabel, ylabel=ylabel, aspect="equal")
    return finish(ax)


def _errors(x: np.ndarray, y: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return the mean squared error at each pair of weights; rows and targets are centered."""
    gram, moment = x.T @ x / len(x), x.T @ y / len(x)
    return (
        np.mean(y**2)
        - 2 * (moment[0] * first + moment[1] * second)
        + gram[0, 0] * first**2
        + 2 * gram[0, 1] * first * second
        + gram[1, 1] * second**2
    )


def _edge(penalty: str, solution: np.ndarray) -> np.ndarray:
    """Return the points of equal penalty, shape (2, points)."""
    if penalty == "l1":
        return np.abs(solution).sum() * np.array([[1, 0, -1, 0, 1], [0, 1, 0, -1, 0]])
    angles = np.linspace(0, 2 * np.pi, 200)
    return np.linalg.norm(solution) * np.array([np.cos(angles), np.sin(angles)])
