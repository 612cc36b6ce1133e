"""The map over two strengths, and weights in groups."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from coursekit import plots
from coursekit.language import languages, set_language, text

L1, L2 = [0, 0.1, 1], [0, 0.5]
ERRORS = np.array([[3.0, 2.5], [1.25, 1.5], [4.0, 9.0]])


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


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


def test_groups_lie_on_bands():
    truth = np.array([1.0, 1.0, -1.0, -1.0, 0.0])
    ax = plots.plot_grouped_weights([0.5, 1.5, -2.0, 0.0, 0.0], truth, 2)
    np.testing.assert_allclose([(p.get_x(), p.get_width()) for p in ax.patches], [(-0.4, 1.8), (1.6, 1.8)])
    labels = ax.get_legend_handles_labels()[1]
    assert labels.count(text("group_of_copies")) == 1
