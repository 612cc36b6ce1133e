"""Curves over the epochs: what stands on the axes, in both languages."""

from __future__ import annotations

from typing import ClassVar

import keras
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

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


RNG = np.random.default_rng(0)
LOSSES = {name: RNG.uniform(1, 2, 20) for name in ("data_loss", "penalty", "val_data_loss", "val_penalty")}

pytestmark = pytest.mark.usefixtures("reader")


def of_keras(**logs):
    """A history as `model.fit` fills it."""
    history = keras.callbacks.History()
    history.epoch, history.history = list(range(len(logs["loss"]))), logs
    return history


class Untold:
    """A history of training.fit whose model's penalty could not be told from the loss."""

    table = pd.DataFrame({"epoch": [1, 2], "data_loss": [np.nan, np.nan], "penalty": [np.nan, np.nan]})
    history: ClassVar = {"loss": [2.0, 1.0], "val_loss": [3.5, 2.5]}


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


def test_each_loss_is_drawn_with_and_without_its_penalty():
    ax = plots.plot_penalized_loss(History(LOSSES))
    lines = {line.get_label(): line for line in ax.get_lines()}
    expected = {
        language.text("training_data"): LOSSES["data_loss"],
        language.text("validation_data"): LOSSES["val_data_loss"],
        language.text("keras_loss", name="loss"): LOSSES["data_loss"] + LOSSES["penalty"],
        language.text("keras_loss", name="val_loss"): LOSSES["val_data_loss"] + LOSSES["val_penalty"],
    }
    assert set(lines) == set(expected)
    for label, values in expected.items():
        assert_allclose(lines[label].get_ydata(), values)
        assert_allclose(lines[label].get_xdata(), np.arange(1, 21))
    assert ax.get_ylabel() == language.text("loss")
    ax.figure.canvas.draw()


def test_a_run_without_validation_data_is_refused():
    history = History({"data_loss": [1.0], "penalty": [0.1]})
    with pytest.raises(ValueError, match="`history` must have validation data"):
        plots.plot_penalized_loss(history)


@pytest.mark.parametrize(
    "history", [of_keras(loss=[2.0, 1.0], val_loss=[3.5, 2.5]), Untold()], ids=["keras", "untold"]
)
class TestWithoutADataLoss:
    def test_the_loss_of_keras_is_drawn_and_the_axis_says_so(self, history):
        for ax in (plots.plot_loss_curves(history), plots.plot_metric(history, "data_loss")):
            training_line, validation_line, *_ = ax.get_lines()
            assert_allclose(training_line.get_xydata(), [[1, 2.0], [2, 1.0]])
            assert_allclose(validation_line.get_ydata(), [3.5, 2.5])
            assert ax.get_ylabel() == language.text("loss_of_keras")

    def test_the_lowest_of_its_validation_is_marked(self, history):
        ax = plots.plot_loss_curves(history)
        assert_allclose(ax.get_lines()[-1].get_xydata(), [[2, 2.5]])

    def test_penalized_losses_are_drawn(self, history):
        lines = {
            line.get_label(): line.get_ydata() for line in plots.plot_penalized_loss(history).get_lines()
        }
        assert_allclose(lines[language.text("keras_loss", name="loss")], [2.0, 1.0])
        assert_allclose(lines[language.text("keras_loss", name="val_loss")], [3.5, 2.5])
        assert language.text("training_data") not in lines


def test_the_accuracy_of_keras_history_is_drawn():
    ax = plots.plot_accuracy_curves(of_keras(loss=[2.0, 1.0], accuracy=[0.5, 0.75], val_accuracy=[0.25, 0.5]))
    assert [list(line.get_ydata()) for line in ax.get_lines()] == [[0.5, 0.75], [0.25, 0.5]]
    assert ax.get_ylabel() == language.text("accuracy")


def test_one_number_of_several_is_a_metric():
    history = of_keras(loss=[2.0, 1.0], f1_score=[np.array([0.1, 0.2]), np.array([0.3, 0.4])])
    assert_allclose(plots.plot_metric(history, "f1_score_1").get_lines()[0].get_ydata(), [0.2, 0.4])
    with pytest.raises(ValueError, match=r"'f1_score_0', 'f1_score_1'.*Received: metric='f1_score'"):
        plots.plot_metric(history, "f1_score")


def test_an_epoch_without_neighbors_is_a_dot():
    ax = plots.plot_loss_curves(History({"data_loss": [1.0, np.nan, 2.0, 3.0], "penalty": [0.0] * 4}))
    (line,) = ax.get_lines()
    assert (line.get_marker(), line.get_markevery()) == ("o", [0])
    (line,) = plots.plot_metric(History({"data_loss": [1.0], "penalty": [0.5]}), "penalty").get_lines()
    assert (line.get_marker(), line.get_markevery()) == ("o", [0])


def test_every_line_of_two_epochs_is_only_a_line():
    for line in plots.plot_accuracy_curves(HISTORY).get_lines():
        assert line.get_marker() == "None"
