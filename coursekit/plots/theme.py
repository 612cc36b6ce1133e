"""What all figures share: colors that every reader can tell apart, axes of one size, lines and legends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from coursekit._arguments import received
from coursekit.language import font_has_letters

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

__all__ = [
    "AMBER",
    "BLACK",
    "BLUE",
    "DASHES",
    "FEW_ENTRIES",
    "GRAY",
    "GREEN",
    "MARKERS",
    "MOST_ENTRIES",
    "ORANGE",
    "PALETTE",
    "PARTS",
    "PINK",
    "SKY",
    "TALLEST",
    "axes",
    "curve",
    "finish",
    "legend_above",
    "legend_below",
    "line_style",
    "look",
    "note",
]

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

# A legend of more entries has a place of its own below the picture. Of more lines than can be told apart there is none.
FEW_ENTRIES, MOST_ENTRIES = 8, 32

# Inches: no file holds a picture of any height.
TALLEST = 100.0


def line_style(part: str) -> dict:
    """Return color and dash of ``"training"``, ``"validation"`` or ``"test"``, without a marker."""
    return {key: value for key, value in PARTS[part].items() if key != "marker"}


def look(i: int) -> dict[str, Any]:
    """Return color, dash and marker of the i-th of any number of lines; the first `MOST_ENTRIES` all differ."""
    rounds = i // len(PALETTE)
    return {
        "color": PALETTE[i % len(PALETTE)],
        "linestyle": DASHES[(i + rounds) % len(DASHES)],
        "marker": MARKERS[(i + rounds) % len(MARKERS)],
    }


def axes(
    ax: Axes | None, figsize: tuple[float, float] = (6.4, 3.8), *, entries: int = 0, few: int = FEW_ENTRIES
) -> Axes:
    """Return ``ax``, or the axes of a new figure.

    Args:
        ax: axes to draw on, or ``None``.
        figsize: width and height of a new figure in inches.
        entries: of its legend; if they are more than ``few``, a new figure has room for them below the picture.
        few: as in `finish`.

    Raises:
        ValueError: if ``ax`` is no Axes: an array of several, for example.
    """
    import matplotlib.axes
    import matplotlib.pyplot as plt
    import matplotlib.text

    if ax is None:
        width, height = figsize
        room = 0.2 * -(-entries // 2) if few < entries <= MOST_ENTRIES else 0
        return plt.subplots(figsize=(width, height + room), layout="constrained")[1]
    if not isinstance(ax, matplotlib.axes.Axes):
        raise ValueError(f"`ax` must be a matplotlib Axes. {received('ax', ax)}")
    # Title, labels and ticks keep the font that they were made with, which may have been before `set_language`.
    for item in ax.findobj(matplotlib.text.Text):
        if not font_has_letters(item.get_fontproperties()):
            item.set_fontfamily(matplotlib.rcParams["font.family"])
    return ax


def curve(ax: Axes, x: Any, y: Any, *, dot: str = "o", **style: Any) -> list[Line2D]:
    """Draw ``y`` against ``x``, with a dot where a point has no neighbor that a line could lead to.

    A line alone would not show a single point, or one between two gaps.

    Args:
        ax: axes to draw on.
        x: places, shape (n,).
        y: heights, shape (n,) or (n, curves); NaN and infinity leave a gap.
        dot: the marker of such points, where ``style`` has none.
        style: what matplotlib's ``plot`` takes.
    """
    heights = np.asarray(y, dtype="float64")
    seen = np.isfinite(heights if heights.ndim == 1 else heights.sum(axis=1))
    beside = np.pad(seen, 1)
    alone = np.flatnonzero(seen & ~beside[:-2] & ~beside[2:])
    if alone.size:
        marked = range(0, len(seen), style.get("markevery", 1)) if "marker" in style else ()
        style = {"marker": dot, "markersize": 5} | style | {"markevery": sorted({*marked, *alone.tolist()})}
    return ax.plot(x, y, **style)


def note(ax: Axes, message: str) -> None:
    """Write a message into the middle of a picture that would otherwise be empty."""
    ax.text(0.5, 0.6, message, transform=ax.transAxes, ha="center", va="center", color=GRAY)


def legend_below(ax: Axes) -> None:
    """Add a legend in two columns below the label of the horizontal axis, if its entries can be told apart."""
    from matplotlib.transforms import ScaledTranslation

    if len(ax.get_legend_handles_labels()[0]) > MOST_ENTRIES:
        return
    below = ScaledTranslation(0, -0.55, ax.figure.dpi_scale_trans)
    ax.legend(
        frameon=False, loc="upper center", bbox_to_anchor=(0.5, 0), bbox_transform=ax.transAxes + below,
        ncols=2, fontsize="small",
    )  # fmt: skip


def legend_above(ax: Axes, side: str) -> Axes:
    """Add the legend, if there is anything to explain, above the picture, whose lines may lie anywhere in it."""
    entries = len(ax.get_legend_handles_labels()[1])
    if entries > FEW_ENTRIES:
        legend_below(ax)
    elif side == "right" and entries:
        ax.legend(frameon=False, loc="lower right", bbox_to_anchor=(1, 1), ncols=entries, borderaxespad=0.2)
    elif entries:
        # More than three in a row are wider than a figure of two columns has room for.
        columns = entries if entries <= 3 else 2
        ax.legend(
            frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1), ncols=columns, borderaxespad=0.2
        )
    return ax


def finish(ax: Axes, *, legend: bool = True, few: int = FEW_ENTRIES) -> Axes:
    """Remove the frame's right and top edge, add a faint grid and a legend, and return the axes.

    A legend of more than ``few`` entries stands below the picture, which it would hide.
    """
    ax.spines[["right", "top"]].set_visible(False)
    ax.grid(alpha=0.25)
    entries = len(ax.get_legend_handles_labels()[0])
    if legend and entries > few:
        legend_below(ax)
    elif legend and entries:
        ax.legend(frameon=False)
    return ax
