"""Weights along a path of strengths."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from coursekit import plots
from coursekit.language import languages, set_language, text

STRENGTHS = [1.0, 0.1, 0.01]
PATH = np.array([[0.0, 0.0, 0.0], [0.5, 0.0, -0.2], [0.9, 0.1, -0.4]])
MATTERS = [True, False, True]


def labelled(ax, label):
    (found,) = [line for line in ax.get_lines() if line.get_label() == label]
    return np.array(found.get_data())


def test_a_path_has_a_line_for_each_feature_in_the_order_of_the_strengths():
    ax = plots.plot_coefficient_path(STRENGTHS, PATH, MATTERS, chosen=0.1)
    curves = [line for line in ax.get_lines() if len(line.get_xdata()) == 3]
    assert len(curves) == 3
    for curve in curves:
        assert_array_equal(curve.get_xdata(), [0.01, 0.1, 1.0])
    drawn = sorted(tuple(curve.get_ydata()) for curve in curves)
    assert drawn == sorted(map(tuple, PATH[::-1].T))
    assert ax.get_xscale() == "log"
    labels = [entry.get_text() for entry in ax.get_legend().get_texts()]
    expected = [text("other_features"), text("informative_features"), text("chosen_strength", strength="0.1")]
    assert labels == expected


def test_a_path_without_known_features_needs_no_legend():
    assert plots.plot_coefficient_path(STRENGTHS, PATH).get_legend() is None


def test_the_groups_of_a_path_differ_in_color_and_dash():
    ax = plots.plot_coefficient_path(STRENGTHS, PATH[:, [0, 0, 1, 2]], groups=[1, 1, 0, 2])
    lines = ax.get_lines()
    assert_allclose(lines[0].get_ydata(), PATH[::-1, 1])
    styles = [(line.get_color(), line.get_linestyle()) for line in lines]
    assert styles[1] == styles[2]
    assert len({color for color, _ in styles}) == len({dash for _, dash in styles}) == 3
    labels = [entry.get_text() for entry in ax.get_legend().get_texts()]
    assert labels == [
        text("other_features"),
        text("feature_group", number=1),
        text("feature_group", number=2),
    ]


def test_discoveries_are_counted():
    ax = plots.plot_discoveries(STRENGTHS, PATH, MATTERS)
    assert_allclose(labelled(ax, text("true_discoveries")), [[0.01, 0.1, 1], [2, 2, 0]])
    assert_allclose(labelled(ax, text("false_discoveries")), [[0.01, 0.1, 1], [1, 0, 0]])


@pytest.mark.parametrize("code", sorted(languages()))
def test_they_speak_the_readers_language(code):
    set_language(code)
    drawn = [
        plots.plot_coefficient_path(STRENGTHS, PATH, MATTERS),
        plots.plot_discoveries(STRENGTHS, PATH, MATTERS, chosen=0.5),
    ]
    assert [ax.get_xlabel() for ax in drawn] == [
        text("strength"),
        text("strength"),
    ]
    for ax in drawn:
        ax.figure.canvas.draw()


@pytest.mark.parametrize(
    ("draw", "name"),
    [
        (lambda: plots.plot_coefficient_path([0.0, 1.0], PATH[:2]), "strengths"),
        (lambda: plots.plot_coefficient_path([1.0, 2.0], PATH), "coefficients"),
        (lambda: plots.plot_discoveries(STRENGTHS, PATH, [True]), "informative"),
        (lambda: plots.plot_coefficient_path(STRENGTHS, PATH, chosen=0), "chosen"),
        (lambda: plots.plot_coefficient_path(STRENGTHS, PATH, groups=[0, 1]), "groups"),
        (lambda: plots.plot_coefficient_path(STRENGTHS, PATH, groups=[0, 1, 1.5]), "groups"),
        (lambda: plots.plot_coefficient_path(STRENGTHS, PATH, groups=[0, 1, -1]), "groups"),
        (lambda: plots.plot_coefficient_path(STRENGTHS, PATH, MATTERS, groups=[1, 1, 1]), "groups"),
    ],
)
def test_they_say_what_is_wrong(draw, name):
    with pytest.raises(ValueError, match=f"`{name}` must|`{name}\\["):
        draw()
