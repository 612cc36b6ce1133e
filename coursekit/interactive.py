"""Sliders that retrain a real Keras network while the reader watches.

Every explorer has a static figure before it in the lesson that tells the same story, and uses only what ipywidgets 7.7
(Google Colab) and 8 share.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from coursekit import data, plots
from coursekit._arguments import integer, received
from coursekit.language import text

if TYPE_CHECKING:
    import ipywidgets

__all__ = ["draw_width", "explore_width"]


def __dir__() -> list[str]:
    return __all__  # completion shows no module that is merely used here


def explore_width(
    dataset: data.Dataset | None = None,
    *,
    widths: Sequence[int] = (1, 2, 4, 8, 16, 32, 64, 128),
    hidden_layers: int = 3,
    epochs: int = 1000,
    seed: int = 0,
) -> ipywidgets.Widget:
    """Return a slider for the width of a network that is fitted to a noisy curve.

    Each move builds a network, trains it on ``dataset.train`` and draws the curve that it learned, with its errors on
    the training points and on the true curve.

    Args:
        dataset: points around a curve and, for the test, on it; `data.noisy_curve` by default.
        widths: units of each hidden layer that the slider offers; it starts in the middle.
        hidden_layers: number of hidden layers, at least 1.
        epochs: passes through the training points, at least 1.
        seed: draws the initial weights.

    Raises:
        ValueError: if an argument is out of its range.
    """
    import ipywidgets

    # Checked here, because an error while a slider moves is easily missed.
    points = data.noisy_curve() if dataset is None else dataset
    if not isinstance(points, data.Dataset) or points.train.x.shape[1:] != (1,):
        raise ValueError(f"`dataset` must be a Dataset of one feature. {received('dataset', dataset)}")
    if not isinstance(widths, (list, tuple, range)) or not widths:
        raise ValueError(f"`widths` must be a list with an integer or more. {received('widths', widths)}")
    widths = [integer("widths", units, lowest=1) for units in widths]
    hidden_layers = integer("hidden_layers", hidden_layers, lowest=1)
    epochs = integer("epochs", epochs, lowest=1)
    seed = integer("seed", seed, lowest=0)

    slider = ipywidgets.SelectionSlider(
        options=widths,
        value=widths[len(widths) // 2],
        description=text("units_per_layer"),
        continuous_update=False,
        style={"description_width": "initial"},
        layout={"width": "480px"},
    )

    def draw(units: int) -> None:
        import matplotlib.pyplot as plt

        draw_width(points, units, hidden_layers=hidden_layers, epochs=epochs, seed=seed)
        plt.show()

    return ipywidgets.VBox([slider, ipywidgets.interactive_output(draw, {"units": slider})])


def draw_width(
    points: data.Dataset, units: int, *, hidden_layers: int = 3, epochs: int = 1000, seed: int = 0
):
    """Train one network of the explorer and return the Axes with its curve; the title gives its errors."""
    from coursekit import models, training

    model = models.regressor(
        1, units=(units,) * hidden_layers, activation="tanh", learning_rate=0.005, seed=seed
    )
    training.fit(
        model, *points.train, epochs=epochs, batch_size=len(points.train.x), seed=seed, progress=False
    )
    train_error, true_error = (
        float(np.mean((model.predict_on_batch(part.x).ravel() - part.y) ** 2))
        for part in (points.train, points.test)
    )
    # The test points lie on the true curve, whichever it is.
    ax = plots.plot_curve_fit(
        *points.train, points.test.x, model.predict_on_batch(points.test.x), points.test.y
    )
    ax.set_title(
        text("width_errors", units=units, train_error=train_error, true_error=true_error), fontsize=11
    )
    return ax
