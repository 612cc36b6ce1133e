"""Small images with their labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from coursekit._arguments import array, integer, received
from coursekit.language import readable_figures
from coursekit.plots.alignment import beside, column_beside, index_of
from coursekit.plots.theme import BLACK, ORANGE

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike

__all__ = ["plot_digits"]

# More take longer to draw than anyone looks at them.
MOST_IMAGES = 200


@readable_figures()
def plot_digits(
    images: ArrayLike,
    titles: ArrayLike,
    *,
    wrong: ArrayLike | None = None,
    columns: int = 10,
    fig: Figure | None = None,
) -> Figure:
    """Draw 8 × 8 images in rows, each with a title; titles of wrong labels are orange and have a ✗.

    Args:
        images: shape (images, 64), gray values in [0, 1]; at most 200 images.
        titles: a title for each image, such as its label.
        wrong: shape (images,), True where the title is wrong; ``None`` for none.
        columns: images in a row.
        fig: figure to draw on; by default a new one.

    Returns:
        The figure, with one axes an image.

    Raises:
        ValueError: if images, titles and marks differ in number or have another shape, or ``columns`` is below 1.
    """
    pixels = array("images", images, finite=True)
    if pixels.ndim != 2 or pixels.shape[1] != 64 or not len(pixels):
        raise ValueError(
            f"`images` must have the shape (images, 64). Received: an array of shape {pixels.shape}"
        )
    if len(pixels) > MOST_IMAGES:
        raise ValueError(f"`images` must hold at most {MOST_IMAGES} images. Received: {len(pixels)}")
    # More columns than images would only make the figure wider.
    columns = min(integer("columns", columns, lowest=1), max(len(pixels), 10))
    labels = index_of(images)
    names = np.atleast_1d(np.asarray(beside("titles", titles, "images", labels), dtype=object))
    if names.shape != (len(pixels),):
        raise ValueError(f"`titles` must hold a title for each image. {received('titles', titles)}")
    marks = np.zeros(len(pixels))
    if wrong is not None:
        marks = column_beside("wrong", wrong, "images", labels, len(pixels))
    rows = -(-len(pixels) // columns)
    fig = _figure(fig, rows, columns)
    for ax, image, name, is_wrong in zip(
        fig.subplots(rows, columns, squeeze=False).flat, pixels, names, marks, strict=False
    ):
        ax.imshow(image.reshape(8, 8), cmap="gray_r", vmin=0, vmax=1)
        ax.set_title(f"{name} ✗" if is_wrong else f"{name}", color=ORANGE if is_wrong else BLACK, fontsize=11)
    for ax in fig.axes:
        ax.axis("off")
    return fig


def _figure(fig: Figure | None, rows: int, columns: int) -> Figure:
    """Return ``fig``, or a new figure with room for so many images."""
    import matplotlib.figure
    import matplotlib.pyplot as plt

    if fig is None:
        return plt.figure(figsize=(0.72 * columns, 1.0 * rows), layout="constrained")
    if not isinstance(fig, matplotlib.figure.FigureBase):
        raise ValueError(f"`fig` must be a matplotlib Figure. {received('fig', fig)}")
    return fig
