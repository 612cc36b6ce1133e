"""Groups of scores side by side."""

import numpy as np
import pytest

from coursekit import plots
from coursekit.language import languages, set_language, text

SCORES = {"nothing": [-1.0, -0.8, -0.9], "cure": [-0.5, -0.3, -0.4]}


@pytest.mark.parametrize("language", languages())
def test_means_spreads_single_scores_and_the_baseline(language):
    set_language(language)
    ax = plots.plot_scores(SCORES, "score", baseline="nothing")
    assert [label.get_text() for label in ax.get_yticklabels()] == ["nothing", "cure"]
    assert ax.get_xlabel() == "score"
    means = [container[0].get_xdata()[0] for container in ax.containers]
    np.testing.assert_allclose(means, [-0.9, -0.4])
    for container, mean in zip(ax.containers, means, strict=True):
        ends = [caps.get_xdata()[0] for caps in container[1]]
        np.testing.assert_allclose(sorted(ends), [mean - 0.1, mean + 0.1])
    np.testing.assert_allclose(ax.get_lines()[0].get_xdata(), SCORES["nothing"])
    (line,) = [line for line in ax.get_lines() if line.get_label() == text("mean_of", name="nothing")]
    np.testing.assert_allclose(line.get_xdata(), -0.9)
    bottom, top = ax.get_ylim()
    assert bottom > top


def test_a_single_seed_has_no_error_bar():
    ax = plots.plot_scores({"cure": [0.5]}, "score")
    assert not ax.containers[0][1]
    assert ax.get_legend() is None


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (({}, "score"), "scores"),
        (([1.0], "score"), "scores"),
        (({"cure": [np.nan]}, "score"), "scores"),
    ],
)
def test_scores_that_are_refused(arguments, name):
    with pytest.raises(ValueError, match=f"`{name}"):
        plots.plot_scores(*arguments)


def test_a_baseline_must_be_one_of_the_names():
    with pytest.raises(ValueError, match="`baseline` must be a name in `scores`"):
        plots.plot_scores(SCORES, "score", baseline="other")


@pytest.mark.usefixtures("reader")
def test_choices_are_points_and_their_mean_is_marked():
    ax = plots.plot_selection([0.8, 0.9], [0.7, 0.6])
    _, points, mean = ax.get_lines()
    np.testing.assert_array_equal(points.get_xdata(), [0.8, 0.9])
    assert (mean.get_xdata()[0], mean.get_ydata()[0]) == pytest.approx((0.85, 0.65))
    assert ax.get_xlim() == ax.get_ylim()
    with pytest.raises(ValueError, match="equally many"):
        plots.plot_selection([0.8], [0.7, 0.6])
    for odd in ("high", [None], [[0.5], [0.1, 0.2]]):
        with pytest.raises(ValueError, match=r"`validation_scores` must be .*Received"):
            plots.plot_selection(odd, [0.7])
