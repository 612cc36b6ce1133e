"""The validation curve: means, spreads and labels."""

from typing import ClassVar

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from coursekit import language, plots

VALUES = np.array([0.1, 0.001, 0.01])
SCORES = np.random.default_rng(0).normal(size=(3, 5))


def drawn(ax, i=0):
    """Return the values, means and half lengths of the error bars of a group."""
    line, _, bars = ax.containers[i].lines
    lengths = [np.ptp(segment[:, 1]) / 2 for segment in bars[0].get_segments()] if bars else None
    return line.get_xdata(), line.get_ydata(), lengths


def test_means_and_standard_deviations_stand_at_their_values_in_order():
    values, means, lengths = drawn(plots.plot_validation_curve(VALUES, {"validation": SCORES}, "score"))
    order = np.argsort(VALUES)
    assert_allclose(values, VALUES[order])
    assert_allclose(means, SCORES.mean(axis=1)[order])
    assert_allclose(lengths, SCORES.std(axis=1, ddof=1)[order])


def test_one_seed_has_no_error_bars():
    for scores in (SCORES[:, 0], SCORES[:, :1]):
        _, means, lengths = drawn(plots.plot_validation_curve(VALUES, {"a": scores}, "score"))
        assert_allclose(means, SCORES[np.argsort(VALUES), 0])
        assert lengths is None


@pytest.mark.parametrize("code", language.languages())
def test_labels_are_in_the_readers_language(code):
    language.set_language(code)
    groups = {"training": SCORES, "test": SCORES, "mine": SCORES}
    ax = plots.plot_validation_curve(VALUES, groups, "score", chosen=0.01)
    assert ax.get_xlabel() == language.text("strength")
    assert ax.get_ylabel() == "score"
    labels = set(ax.get_legend_handles_labels()[1])
    marked = language.text("chosen_value", value="0.01")
    assert labels == {language.text("training_data"), language.text("test_data"), "mine", marked}
    ax.figure.canvas.draw()


def test_groups_differ_in_color_dash_and_marker():
    ax = plots.plot_validation_curve(VALUES, {name: SCORES for name in "abc"}, "score")
    lines = [container.lines[0] for container in ax.containers]
    for look in ("get_color", "get_linestyle", "get_marker"):
        assert len({getattr(line, look)() for line in lines}) == 3


def test_a_rate_is_drawn_on_a_linear_axis_that_may_hold_0():
    _, ax = plt.subplots()
    rates = [0.0, 0.2, 0.5]
    assert (
        plots.plot_validation_curve(rates, {"a": SCORES}, "score", xlabel="rate", xscale="linear", ax=ax)
        is ax
    )
    assert (ax.get_xscale(), ax.get_xlabel()) == ("linear", "rate")


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"param_range": [0.0, 0.1, 1.0]}, "param_range"),
        ({"param_range": [0.1, np.nan, 1.0]}, "param_range"),
        ({"scores": {}}, "scores"),
        ({"scores": SCORES}, "scores"),
        ({"scores": {"a": SCORES.T}}, r"scores\['a'\]"),
        ({"scores": {"a": [[np.inf]] * 3}}, r"scores\['a'\]"),
        ({"xscale": "cubic"}, "xscale"),
        ({"chosen": 0}, "chosen"),
        ({"ax": 3}, "ax"),
    ],
)
def test_arguments_out_of_range_are_named(change, name):
    arguments = {"param_range": VALUES, "scores": {"a": SCORES}, "ylabel": "score"} | change
    with pytest.raises(ValueError, match=f"`{name}` must"):
        plots.plot_validation_curve(**arguments)


def test_counts_are_ticks_of_their_own():
    ax = plots.plot_validation_curve([4, 16, 512], {"test": [0.1, 0.2, 0.3]}, "accuracy")
    assert [label.get_text() for label in ax.get_xticklabels()] == ["4", "16", "512"]
    assert ax.get_xscale() == "log"


def test_without_a_place_for_0_the_message_names_the_remedy_which_works():
    rates = [0.0, 0.01, 0.1]
    with pytest.raises(ValueError, match="above 0 on a logarithmic axis; xscale='symlog'"):
        plots.plot_validation_curve(rates, {"a": SCORES}, "score")
    ax = plots.plot_validation_curve(rates, {"a": SCORES}, "score", xscale="symlog", chosen=0)
    assert ax.get_xscale() == "symlog"
    assert -0.01 < ax.get_xlim()[0] < 0 < 0.1 < ax.get_xlim()[1]
    left, middle, right = ax.transData.transform([(rate, 0) for rate in rates])[:, 0]
    assert middle - left == pytest.approx(right - middle, rel=0.2)


def test_30_groups_can_be_told_apart():
    ax = plots.plot_validation_curve(VALUES, {f"model {i}": SCORES for i in range(30)}, "score")
    lines = [container.lines[0] for container in ax.containers]
    assert len({(line.get_color(), line.get_linestyle()) for line in lines}) == 30


class Sweep:
    """What stands in for a SweepResult: scores as a table with a row a value and a column a seed."""

    tables: ClassVar = {
        "data_loss": pd.DataFrame([[1.0, 3.0], [5.0, 5.0], [0.0, 1.0]], index=[0.001, 0.01, 0.1]),
        "val_data_loss": pd.DataFrame(
            [[6.0, 8.0], [7.0, np.nan], [np.inf, np.nan]], index=[0.001, 0.01, 0.1]
        ),
        "val_auc": pd.DataFrame([[np.nan], [np.nan]], index=[0.0, 0.1]),
    }

    def scores(self, name, metric):
        assert name == "l2"
        return self.tables[metric]


@pytest.mark.usefixtures("reader")
class TestOfASweep:
    def test_both_losses_of_a_sweep_at_its_strengths(self):
        ax = plots.plot_validation_curve(Sweep(), "l2", ["data_loss", "val_data_loss"], chosen=0.01)
        values, means, lengths = drawn(ax)
        assert_allclose(values, [0.001, 0.01, 0.1])
        assert_allclose(means, [2, 5, 0.5])
        assert_allclose(lengths, np.array([2, 0, 1]) / np.sqrt(2))
        assert (ax.get_xlabel(), ax.get_ylabel()) == (
            language.text("strength_l2"),
            language.text("data_loss"),
        )

    def test_runs_without_a_score_are_left_out_and_counted(self):
        ax = plots.plot_validation_curve(Sweep(), "l2", "val_data_loss", xlabel="mine")
        assert_allclose(ax.containers[0].lines[0].get_ydata(), [7, 7, np.nan])
        data = language.text("validation_data")
        expected = language.text("without_missing_runs", name=data, count=3)
        assert ax.get_legend_handles_labels()[1] == [expected]
        assert ax.get_xlabel() == "mine"

    def test_a_score_that_no_run_has_is_refused(self):
        with pytest.raises(ValueError, match=r"`scores\['validation'\]` must hold a finite score.*Received"):
            plots.plot_validation_curve(Sweep(), "l2", "val_auc", xscale="linear")

    def test_a_table_with_a_column_scores_is_no_sweep(self):
        table = pd.DataFrame({"scores": [1.0, 2.0]})
        with pytest.raises(ValueError, match="`param_range` must"):
            plots.plot_validation_curve(table.assign(more=1.0), {"a": [1.0, 2.0]}, "score")


class TestFolds:
    STRENGTHS = (0.1, 0.2, 0.4)
    LOSSES = np.array([[2.0, 2.2, 2.4, 2.6], [1.0, 1.2, 1.4, 1.6], [1.1, 1.3, 1.4, 1.7]])

    @pytest.mark.parametrize("code", language.languages())
    def test_folds_mean_standard_error_and_both_choices(self, code):
        language.set_language(code)
        ax = plots.plot_folds(self.STRENGTHS, self.LOSSES)
        values, means, lengths = drawn(ax)
        assert_allclose(values, self.STRENGTHS)
        assert_allclose(means, self.LOSSES.mean(axis=1))
        assert_allclose(lengths, self.LOSSES.std(axis=1, ddof=1) / 2)
        for i, fold in enumerate(self.LOSSES.T):
            assert_allclose(ax.get_lines()[i].get_ydata(), fold)
        texts = [entry.get_text() for entry in ax.get_legend().get_texts()]
        assert language.text("lowest_mean", value="0.2") in texts
        assert language.text("one_error_rule", value="0.4") in texts

    def test_a_strength_beyond_the_standard_error_is_not_chosen(self):
        worse = self.LOSSES + np.array([[0], [0], [0.2]])
        texts = [t.get_text() for t in plots.plot_folds(self.STRENGTHS, worse).get_legend().get_texts()]
        assert language.text("one_error_rule", value="0.2") in texts

    @pytest.mark.parametrize(
        ("strengths", "losses", "name"),
        [
            ((0.2, 0.1, 0.4), LOSSES, "param_range"),
            ((0, 0.1, 0.4), LOSSES, "param_range"),
            (STRENGTHS, LOSSES[:2], "losses"),
            (STRENGTHS, LOSSES[:, :1], "losses"),
            (STRENGTHS, np.where(LOSSES > 2.5, np.nan, LOSSES), "losses"),
        ],
    )
    def test_what_is_refused(self, strengths, losses, name):
        with pytest.raises(ValueError, match=f"`{name}`"):
            plots.plot_folds(strengths, losses)
