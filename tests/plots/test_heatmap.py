"""The map over two strengths."""

import itertools

import numpy as np
import pytest

from coursekit import plots
from coursekit.language import languages, set_language, text

L1, L2 = [0, 0.1, 1], [0, 0.5]
ERRORS = np.array([[3.0, 2.5], [1.25, 1.5], [4.0, 9.0]])


@pytest.mark.parametrize("language", languages())
def test_a_map_shows_every_number_and_frames_the_lowest(language):
    set_language(language)
    ax = plots.plot_heatmap(L1, L2, ERRORS, "error")
    numbers = {(round(t.get_position()[1]), round(t.get_position()[0])): t.get_text() for t in ax.texts}
    assert numbers == {(i, j): f"{ERRORS[i, j]:.2f}" for i in range(3) for j in range(2)}
    (frame,) = ax.patches
    assert (frame.get_y() + 0.5, frame.get_x() + 0.5) == (1, 0)
    assert [label.get_text() for label in ax.get_xticklabels()] == ["0", "0.5"]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["0", "0.1", "1"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == (text("strength_l2"), text("strength_l1"))
    np.testing.assert_array_equal(ax.images[0].get_array(), ERRORS)
    ax.figure.draw_without_rendering()


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ((L1[::-1], L2, ERRORS), "l1"),
        ((L1, [-1, 0], ERRORS), "l2"),
        ((L1, L2, ERRORS.T), "errors"),
        ((L1, L2, ERRORS * np.nan), "errors"),
    ],
)
def test_a_map_refuses_what_does_not_fit(arguments, name):
    with pytest.raises(ValueError, match=f"`{name}`"):
        plots.plot_heatmap(*arguments, "error")


@pytest.mark.parametrize("decimals", [-1, 1.5, None])
def test_digits_after_the_point_are_a_number_of_digits(decimals):
    with pytest.raises(ValueError, match="`decimals` must be an integer, at least 0"):
        plots.plot_heatmap(L1, L2, ERRORS, "error", decimals=decimals)


def test_so_many_fields_that_numbers_would_overlap_have_none():
    strengths = np.arange(30) / 7
    ax = plots.plot_heatmap(strengths, strengths, np.ones((30, 30)), "error")
    assert not ax.texts
    ax.figure.canvas.draw()
    for axis in (ax.xaxis, ax.yaxis):
        boxes = [label.get_window_extent() for label in axis.get_ticklabels()]
        assert not any(one.overlaps(other) for one, other in itertools.pairwise(boxes))
    assert [round(place * 7) for place in map(float, [t.get_text() for t in ax.get_xticklabels()])] == list(
        ax.get_xticks()
    )
