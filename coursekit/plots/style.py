"""What all figures share: colors that every reader can tell apart, and axes of one size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coursekit._arguments import received

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Okabe and Ito's palette, made for readers with any color vision. Lines differ in dash or marker as well.
BLUE, ORANGE, GREEN, PINK, SKY, AMBER, BLACK, GRAY = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#CC79A7",
    "#56B4E9",
    "#E69F00",
    "#000000",
    "#7F7F7F",
)
PALETTE = (BLUE, ORANGE, GREEN, PINK, SKY, AMBER, BLACK, GRAY)
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
DASHES = ("-", "--", "-.", ":")

# The same part of the data looks the same in every figure.
PARTS = {
    "training": {"color": BLUE, "linestyle": "-", "marker": "o"},
    "validation": {"color": ORANGE, "linestyle": "--", "marker": "s"},
    "test": {"color": GREEN, "linestyle": "-.", "marker": "^"},
}


def line_style(part: str) -> dict:
    """Return color and dash of ``"training"``, ``"validation"`` or ``"test"``, without a marker."""
    return {key: value for key, value in PARTS[part].items() if key != "marker"}


def axes(ax: Axes | None, figsize: tuple[float, float] = (6.4, 3.8)) -> Axes:
    """Return ``ax``, or the axes of a new figure of ``figsize`` inches.

    Raises:
        ValueError: if ``ax`` is no Axes: an array of several, for example.
    """
    import matplotlib.axes
    import matplotlib.pyplot as plt

    if ax is None:
        return plt.subplots(figsize=figsize, layout="constrained")[1]
    if not isinstance(ax, matplotlib.axes.Axes):
        raise ValueError(f"`ax` must be a matplotlib Axes. {received('ax', ax)}")
    return ax


def finish(ax: Axes, *, legend: bool = True) -> Axes:
    """Remove the frame's right and top edge, add a faint grid and a legend, and return the axes."""
    ax.spines[["right", "top"]].set_visible(False)
    ax.grid(alpha=0.25)
    if legend and ax.get_legend_handles_labels()[0]:
        ax.legend(frameon=False)
    return ax
