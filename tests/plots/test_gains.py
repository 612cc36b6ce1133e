"""Gains with intervals, arrows, pairs, and the reliability diagram."""

import numpy as np
import pytest

from coursekit import intervals, plots
from coursekit.language import text
from coursekit.plots.theme import ORANGE

GAINS = {"first cure": [0.1, 0.2, 0.3], "second cure": [0.0, -0.1, 0.1]}
P = np.array([[0.95, 0.05], [0.85, 0.15], [0.45, 0.55]])


@pytest.mark.usefixtures("reader")
def test_gains_have_their_mean_and_the_interval_of_it():
    ax = plots.plot_gains(GAINS, text("gain_accuracy"), marked="second cure")
    assert [label.get_text() for label in ax.get_yticklabels()] == list(GAINS)
    assert ax.get_xlabel() == text("gain_accuracy")
    for container, values in zip(ax.containers, GAINS.values(), strict=True):
        assert container[0].get_xdata()[0] == pytest.approx(np.mean(values))
        ends = sorted(caps.get_xdata()[0] for caps in container[1])
        assert ends == pytest.approx(intervals.paired(np.zeros(3), values))
    assert [container[0].get_color() == ORANGE for container in ax.containers] == [False, True]
    assert list(ax.get_lines()[0].get_xdata()) == [0, 0]


@pytest.mark.usefixtures("reader")
def test_an_arrow_leads_from_before_to_after():
    before, after = np.array([[0.6, -1.0], [0.7, -0.9]]), np.array([[0.9, -0.8], [0.8, -0.5]])
    ax = plots.plot_changes(
        {text("patient_wrong_labels"): (before, after)}, text("accuracy"), text("log_likelihood")
    )
    arrows = [child for child in ax.texts if child.arrow_patch]
    assert [tuple(arrow.xy) for arrow in arrows] == [tuple(end) for end in after]
    assert [tuple(arrow.xyann) for arrow in arrows] == [tuple(start) for start in before]
    assert ax.get_legend().get_texts()[0].get_text() == text("patient_wrong_labels")


@pytest.mark.usefixtures("reader")
def test_pairs_say_how_many_rise_stay_and_fall():
    ax = plots.plot_pairs([1, 2, 3, 4], [2, 2, 1, 5], (text("remedy_shifts"), text("remedy_l2")), "y")
    found = {entry.get_text() for entry in ax.get_legend().get_texts()}
    assert found == {text("rises", count=2), text("equal", count=1), text("falls", count=1)}
    assert len(ax.get_lines()) == 4
    assert [label.get_text() for label in ax.get_xticklabels()] == [text("remedy_shifts"), text("remedy_l2")]


@pytest.mark.usefixtures("reader")
def test_reliability_lies_on_the_diagonal_where_confidence_is_earned():
    ax = plots.plot_reliability({"net": (P, [0, 0, 0])})
    diagonal, points = ax.get_lines()
    assert list(diagonal.get_xdata()) == list(diagonal.get_ydata()) == [0, 1]
    np.testing.assert_allclose(points.get_xdata(), [0.55, 0.85, 0.95])
    np.testing.assert_allclose(points.get_ydata(), [0, 1, 1])
    assert (ax.get_xlabel(), ax.get_ylabel()) == (text("confidence_mean"), text("share_right"))


@pytest.mark.parametrize(
    ("draw", "name"),
    [
        (lambda: plots.plot_gains({}, "x"), "gains"),
        (lambda: plots.plot_gains({"a": [np.nan]}, "x"), "gains"),
        (lambda: plots.plot_gains(GAINS, "x", marked="third"), "marked"),
        (lambda: plots.plot_changes({}, "x", "y"), "changes"),
        (lambda: plots.plot_changes({"a": ([[1, 2]], [[1, 2], [3, 4]])}, "x", "y"), "changes"),
        (lambda: plots.plot_changes({"a": 3}, "x", "y"), "changes"),
        (lambda: plots.plot_pairs([1, 2], [1], ("a", "b"), "y"), "second"),
        (lambda: plots.plot_pairs([1, 2], [1, 2], ("a",), "y"), "names"),
        (lambda: plots.plot_reliability({}), "predictions"),
        (lambda: plots.plot_reliability({"a": (P, [3, 0, 0])}), "labels"),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw, name):
    with pytest.raises(ValueError, match=f"`{name}"):
        draw()
