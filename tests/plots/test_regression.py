"""A curve fitted to points."""

import numpy as np
import pytest

from coursekit import language, plots

pytestmark = pytest.mark.usefixtures("reader")


def labels(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_a_curve_fit_shows_points_truth_and_model():
    grid = np.linspace(-1, 1, 5)
    ax = plots.plot_curve_fit([[0.0], [0.5]], [1.0, 2.0], grid[:, None], 50 * grid, grid**2)
    assert labels(ax) == [language.text(key) for key in ("training_data", "true_curve", "model")]
    low, high = ax.get_ylim()
    assert -3 < low < 1 < 2 < high < 5  # the points decide what is shown, not a wild curve
