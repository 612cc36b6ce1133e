"""Small images with their labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from coursekit.plots.style import BLACK, ORANGE

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike


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
        images: shape (images, 64), gray values in [0, 1].
        titles: a title for each image, such as its label.
        wrong: shape (images,), True where the title is wrong; ``None`` for none.
        columns: images in a row.
        fig: figure to draw on; by default a new one.

    Returns:
        The figure, with one axes an image.

    Raises:
        ValueError: if images and titles differ in number.
    """
    pixels, names = np.asarray(images), np.asarray(titles)
    marks = np.zeros(len(pixels), bool) if wrong is None else np.asarray(wrong)
    if not len(pixels) == len(names) == len(marks):
        raise ValueError(
            "`images`, `titles` and `wrong` must have the same length. "
            f"Received: {len(pixels)}, {len(names)}, {len(marks)}"
        )
    import matplotlib.pyplot as plt

    rows = -(-len(pixels) // columns)
    fig = fig or plt.figure(figsize=(0.72 * columns, 1.0 * rows), layout="constrained")
    for ax, image, name, is_wrong in zip(
        fig.subplots(rows, columns, squeeze=False).flat, pixels, names, marks, strict=False
    ):
        ax.imshow(image.reshape(8, 8), cmap="gray_r", vmin=0, vmax=1)
        ax.set_title(f"{name} ✗" if is_wrong else f"{name}", color=ORANGE if is_wrong else BLACK, fontsize=11)
    for ax in fig.axes:
        ax.axis("off")
    return fig
