"""What all figures share: looks that differ, dots where a line would be invisible, legends that hide nothing."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.transforms import Bbox

from coursekit import language, plots
from coursekit.plots.theme import (
    FEW_ENTRIES,
    MOST_ENTRIES,
    PARTS,
    axes,
    curve,
    finish,
    legend_above,
    line_style,
    look,
    note,
)
from coursekit.training import History

NAN = np.nan


def test_looks_differ_and_the_first_are_those_of_the_palette():
    looks = [tuple(look(i).values()) for i in range(MOST_ENTRIES)]
    assert len({(color, dash) for color, dash, _ in looks}) == MOST_ENTRIES
    assert len({(color, marker) for color, _, marker in looks}) == MOST_ENTRIES
    assert look(1) == PARTS["validation"]


def test_the_look_of_a_part_without_its_marker():
    assert line_style("test") == {key: PARTS["test"][key] for key in ("color", "linestyle")}


@pytest.mark.parametrize(
    ("heights", "dots"),
    [
        ([1.0], [0]),
        ([1.0, 2.0], []),
        ([1.0, NAN, 2.0, 3.0, NAN, 4.0], [0, 5]),
        ([NAN, 1.0, np.inf], [1]),
        ([NAN, NAN], []),
    ],
)
def test_a_point_without_neighbors_is_a_dot(heights, dots):
    (line,) = curve(plt.subplots()[1], range(len(heights)), heights)
    assert (line.get_marker(), line.get_markevery()) == (("o", dots) if dots else ("None", None))


def test_dots_are_added_to_the_markers_that_a_line_has():
    heights = [1.0, 1.0, 1.0, NAN, 1.0, NAN]
    (line,) = curve(plt.subplots()[1], range(6), heights, marker="s", markevery=2)
    assert (line.get_marker(), line.get_markevery()) == ("s", [0, 2, 4])
    (line,) = curve(plt.subplots()[1], [0], [1.0], dot="^")
    assert line.get_marker() == "^"


def test_several_curves_at_a_single_place_are_dots():
    lines = curve(plt.subplots()[1], [1.0], [[1.0, 2.0, 3.0]])
    assert [line.get_markevery() for line in lines] == [[0]] * 3


@pytest.mark.parametrize("finished", [finish, lambda ax: legend_above(ax, "center")])
def test_a_long_legend_stands_below_the_picture_and_its_labels(finished):
    ax = axes(None, entries=FEW_ENTRIES + 4)
    for i in range(FEW_ENTRIES + 4):
        ax.plot([1, 2], [1, i], label=f"model {i}")
    finished(ax)
    ax.set_xlabel("epoch")
    ax.figure.canvas.draw()
    legend, picture, label = (part.get_window_extent() for part in (ax.get_legend(), ax, ax.xaxis.label))
    assert len(ax.get_legend().get_texts()) == FEW_ENTRIES + 4
    assert legend.y1 < label.y0 < picture.y0
    assert legend.y0 >= 0
    assert Bbox(picture).height > 200  # the figure grew; the picture did not shrink


def test_a_short_legend_stands_in_the_picture():
    ax = axes(None)
    for i in range(FEW_ENTRIES):
        ax.plot([1, 2], [1, i], label=f"model {i}")
    finish(ax).figure.canvas.draw()
    assert ax.get_legend().get_window_extent().y0 > ax.get_window_extent().y0
    assert tuple(ax.figure.get_size_inches()) == (6.4, 3.8)


def test_more_lines_than_can_be_told_apart_have_no_legend():
    ax = axes(None, entries=MOST_ENTRIES + 1)
    for i in range(MOST_ENTRIES + 1):
        ax.plot([1, 2], [1, i], label=f"model {i}")
    assert finish(ax).get_legend() is None
    assert tuple(ax.figure.get_size_inches()) == (6.4, 3.8)


def test_what_is_no_axes_is_named():
    with pytest.raises(ValueError, match=r"`ax` must be a matplotlib Axes\. Received: ax="):
        axes(plt.subplots(1, 2)[1])


def test_a_note_stands_in_the_middle():
    ax = axes(None)
    note(ax, "nothing here")
    (message,) = ax.texts
    assert message.get_text() == "nothing here"
    assert message.get_transform() == ax.transAxes


@pytest.mark.parametrize("first", ["rcdefaults", "seaborn-v0_8", "language"])
@pytest.mark.parametrize("then", ["rcdefaults", "seaborn-v0_8", "language"])
def test_axes_made_under_other_settings_show_every_letter(first, then):
    """Letters that are missing when the figure is drawn are failures (see conftest.py)."""

    def use(name):
        if name == "language":
            language.set_language("ja")
        else:
            mpl.rcdefaults() if name == "rcdefaults" else plt.style.use(name)

    with mpl.rc_context():
        language.set_language("ja")
        use(first)
        fig, (left, right) = plt.subplots(1, 2)
        left.set_title("Run 1")
        use(then)
        plots.plot_scores({"罰則": [0.1, 0.2], "なし": [0.3, 0.4]}, "正解率", ax=left)
        left.set_title("訓練")
        plots.plot_metric(
            History({"data_loss": [2.0, 1.0], "val_data_loss": [3.0, 2.0]}), "data_loss", ax=right
        )
        fig.canvas.draw()
    plt.close(fig)


def test_axes_whose_font_has_the_letters_keep_it():
    with mpl.rc_context({"font.family": ["STIXGeneral"]}):
        fig, ax = plt.subplots()
        axes(ax)
        assert ax.title.get_fontfamily() == ["STIXGeneral"]
    plt.close(fig)
