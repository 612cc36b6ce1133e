"""The plots of lessons 00 and 01: what stands on the axes, in both languages."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest

from coursekit import language, plots
from coursekit.training import History

HISTORY = History(
    {
        "data_loss": [2.0, 1.0, 0.5],
        "penalty": [0.1, 0.1, 0.1],
        "accuracy": [0.2, 0.6, 0.9],
        "val_data_loss": [2.1, 1.5, 1.8],
        "val_penalty": [0.1, 0.1, 0.1],
        "val_accuracy": [0.2, 0.5, 0.4],
    }
)


@pytest.fixture(params=["ja", "en"], autouse=True)
def reader(request):
    language.set_language(request.param)
    yield request.param
    for number in plt.get_fignums():
        plt.figure(number).canvas.draw()  # a letter that the font lacks is found only when it is drawn
    plt.close("all")


def labels(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_loss_curves_show_the_data_loss_and_mark_its_minimum():
    ax = plots.plot_loss_curves(HISTORY)
    training_line, validation_line, minimum = ax.get_lines()
    np.testing.assert_array_equal(training_line.get_xdata(), [1, 2, 3])
    np.testing.assert_array_equal(training_line.get_ydata(), HISTORY.columns["data_loss"])
    np.testing.assert_array_equal(validation_line.get_ydata(), HISTORY.columns["val_data_loss"])
    assert (minimum.get_xdata()[0], minimum.get_ydata()[0]) == (2, 1.5)
    assert training_line.get_linestyle() != validation_line.get_linestyle()
    assert ax.get_xlabel() == language.text("epoch")
    assert labels(ax) == [
        language.text("training_data"),
        language.text("validation_data"),
        language.text("lowest_at_epoch", epoch=2),
    ]


def test_a_history_without_validation_has_one_line():
    ax = plots.plot_loss_curves(History({"data_loss": [1.0, 0.5], "penalty": [0.0, 0.0]}))
    assert len(ax.get_lines()) == 1


def test_accuracy_curves_go_from_0_to_1():
    ax = plots.plot_accuracy_curves(HISTORY)
    assert ax.get_ylim()[0] == 0
    assert 1 < ax.get_ylim()[1] < 1.1
    assert ax.get_ylabel() == language.text("accuracy")


def test_an_unknown_metric_is_named():
    with pytest.raises(ValueError, match=r"accuracy.*Received.*auc"):
        plots.plot_metric(HISTORY, "auc")


def test_a_curve_fit_shows_points_truth_and_model():
    grid = np.linspace(-1, 1, 5)
    ax = plots.plot_curve_fit([[0.0], [0.5]], [1.0, 2.0], grid[:, None], 50 * grid, grid**2)
    assert labels(ax) == [language.text(key) for key in ("training_data", "true_curve", "model")]
    low, high = ax.get_ylim()
    assert -3 < low < 1 < 2 < high < 5  # the points decide what is shown, not a wild curve


def test_wrong_digits_are_marked():
    fig = plots.plot_digits(np.zeros((3, 64)), [4, 5, 6], wrong=[False, True, False], columns=2)
    assert [ax.get_title() for ax in fig.axes] == ["4", "5 ✗", "6", ""]
    with pytest.raises(ValueError, match="a title for each image"):
        plots.plot_digits(np.zeros((3, 64)), [1, 2])


def test_choices_are_points_and_their_mean_is_marked():
    ax = plots.plot_selection([0.8, 0.9], [0.7, 0.6])
    _, points, mean = ax.get_lines()
    np.testing.assert_array_equal(points.get_xdata(), [0.8, 0.9])
    assert (mean.get_xdata()[0], mean.get_ydata()[0]) == pytest.approx((0.85, 0.65))
    assert ax.get_xlim() == ax.get_ylim()
    with pytest.raises(ValueError, match="equally many"):
        plots.plot_selection([0.8], [0.7, 0.6])


def test_plots_draw_on_the_axes_they_are_given():
    _, ax = plt.subplots()
    assert plots.plot_accuracy_curves(HISTORY, ax=ax) is ax
    assert plots.plot_selection([0.5], [0.4], ax=ax) is ax
