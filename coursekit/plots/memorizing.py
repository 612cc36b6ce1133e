"""What a network says, while it is trained, of the images whose label is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from coursekit._arguments import array
from coursekit.language import readable_figures, text
from coursekit.plots.alignment import column_beside, index_of
from coursekit.plots.theme import GRAY, GREEN, ORANGE, axes, curve, finish

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

__all__ = ["plot_memorizing"]


@readable_figures()
def plot_memorizing(
    answers: ArrayLike, wrong_labels: ArrayLike, true_labels: ArrayLike, *, ax: Axes | None = None
) -> Axes:
    """Plot, for each epoch, the share of wrongly labeled images that are given the true and the wrong label.

    Args:
        answers: classes that the network gives the images, a row an epoch, shape (epochs, images).
        wrong_labels: the label that each image has in the training data, shape (images,).
        true_labels: the label that it should have, shape (images,).
        ax: axes to draw on; by default those of a new figure.

    Raises:
        ValueError: if there is no epoch or no image, an array has another shape or index, or is not finite.
    """
    said = array("answers", answers, finite=True)
    if said.ndim != 2 or not said.size:
        raise ValueError(
            f"`answers` must have the shape (epochs, images). Received: an array of shape {said.shape}"
        )
    other, images = "answers", index_of(answers, axis=1)
    if images is None:
        other, images = "wrong_labels", index_of(wrong_labels)
    wrong = column_beside("wrong_labels", wrong_labels, other, images, said.shape[1])
    true = column_beside("true_labels", true_labels, other, images, said.shape[1])
    as_true, as_wrong = (np.mean(said == labels, axis=1) for labels in (true, wrong))
    epochs = np.arange(1, len(said) + 1)
    ax = axes(ax)
    curve(ax, epochs, as_true, color=GREEN, linestyle="-.", label=text("given_true_label"))
    curve(ax, epochs, as_wrong, color=ORANGE, label=text("given_wrong_label"))
    curve(ax, epochs, 1 - as_true - as_wrong, color=GRAY, linestyle=":", label=text("given_another_label"))
    ax.set(xlabel=text("epoch"), ylabel=text("share_of_wrong_labels"), ylim=(-0.03, 1.03))
    return finish(ax)
