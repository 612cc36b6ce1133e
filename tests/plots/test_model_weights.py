"""Weights one by one, by size, as a table, and in a histogram that counts each once."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from coursekit import language, plots
from coursekit.language import text

RNG = np.random.default_rng(0)
WEIGHTS = {"large": RNG.normal(0, 0.5, size=(64, 10)), "small": RNG.normal(0, 0.05, size=400)}


def labelled(ax, label):
    (found,) = [line for line in ax.get_lines() if line.get_label() == label]
    return np.array(found.get_data())


def test_weights_that_are_zero_are_not_drawn():
    ax = plots.plot_weights([1.0, 0.0, -2.0], truth=[0.0, 0.5, -2.0])
    assert_allclose(labelled(ax, text("estimated_weights")), [[0, 2], [1, -2]])
    assert_allclose(labelled(ax, text("true_weights")), [[1, 2], [0.5, -2]])


def test_sizes_are_sorted_and_zeros_lie_on_their_tick_below_all_others():
    ax = plots.plot_weight_sizes({"a": [[0.1], [-3.0], [0.01]], "b": [0.0, 2.0, 0.0], "c": [1.0, 0.0]})
    assert_allclose(labelled(ax, text("with_zeros", name="a", zeros=0))[1], [3, 0.1, 0.01])
    sizes = labelled(ax, text("with_zeros", name="b", zeros=2))[1]
    assert sizes[0] == 2
    assert (sizes[1:] < 0.005).all()
    # Whatever model a zero belongs to, it lies at the tick that says 0.
    assert_allclose(sizes[1:], ax.get_yticks()[0])
    assert_allclose(labelled(ax, text("with_zeros", name="c", zeros=1))[1], [1, ax.get_yticks()[0]])
    assert ax.get_yscale() == "log"
    assert ax.get_yticklabels()[0].get_text() == "0"


def test_the_zero_pattern_shows_every_weight_that_is_not_zero():
    kernel = np.array([[0.0, 0.1], [0.0, 0.0], [-2.0, 1e-9]])
    ax = plots.plot_zero_pattern(kernel)
    (squares,) = ax.get_lines()
    assert set(map(tuple, np.transpose(squares.get_data()).astype(int))) == {(0, 1), (2, 0), (2, 1)}
    assert (ax.get_xlabel(), ax.get_ylabel()) == (text("feature_number"), text("unit_number"))


def test_groups_lie_on_bands():
    truth = np.array([1.0, 1.0, -1.0, -1.0, 0.0])
    ax = plots.plot_grouped_weights([0.5, 1.5, -2.0, 0.0, 0.0], truth, 2)
    np.testing.assert_allclose([(p.get_x(), p.get_width()) for p in ax.patches], [(-0.4, 1.8), (1.6, 1.8)])
    labels = ax.get_legend_handles_labels()[1]
    assert labels.count(text("group_of_copies")) == 1


@pytest.mark.usefixtures("reader")
def test_axes_speak_the_readers_language():
    drawn = [
        plots.plot_weights([1.0, 0.0], truth=[1.0, 2.0]),
        plots.plot_weight_sizes({"SGD": [1.0, 0.01]}),
    ]
    assert [ax.get_xlabel() for ax in drawn] == [text("feature_number"), text("weights_by_size")]


def test_every_weight_is_counted_once():
    ax = plots.plot_weight_histogram(WEIGHTS)
    assert [int(patch.get_data().values.sum()) for patch in ax.patches] == [640, 400]


def test_bins_are_the_same_reach_to_the_largest_weight_and_one_is_centered_at_0():
    first, second = (patch.get_data() for patch in plots.plot_weight_histogram(WEIGHTS, bins=21).patches)
    assert_array_equal(first.edges, second.edges)
    assert_allclose(first.edges[[0, -1]], np.array([-1, 1]) * np.abs(WEIGHTS["large"]).max())
    assert_allclose(first.edges[10] + first.edges[11], 0, atol=1e-12)
    # Counted one by one.
    low, high = first.edges[10:12]
    assert first.values[10] == sum(low <= w < high for w in WEIGHTS["large"].ravel())


@pytest.mark.parametrize("code", language.languages())
def test_labels_are_in_the_readers_language(code):
    language.set_language(code)
    ax = plots.plot_weight_histogram(WEIGHTS)
    assert (ax.get_xlabel(), ax.get_ylabel()) == (language.text("weight"), language.text("number_of_weights"))
    expected = [language.text("with_sd", name=name, sd=f"{np.std(w):.3f}") for name, w in WEIGHTS.items()]
    assert ax.get_legend_handles_labels()[1] == expected
    ax.figure.canvas.draw()


def test_models_differ_in_color_and_dash():
    first, second = plots.plot_weight_histogram(WEIGHTS).patches
    assert first.get_edgecolor() != second.get_edgecolor()
    assert first.get_linestyle() != second.get_linestyle()


def test_weights_that_are_all_zero_can_be_drawn():
    _, ax = plt.subplots()
    assert plots.plot_weight_histogram({"dead": np.zeros(5)}, ax=ax) is ax
    assert ax.patches[0].get_data().values.sum() == 5


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"weights": {}}, "weights"),
        ({"weights": [1.0, 2.0]}, "weights"),
        ({"weights": {"a": [np.nan]}}, r"weights\['a'\]"),
        ({"weights": {"a": []}}, r"weights\['a'\]"),
        ({"weights": WEIGHTS, "bins": 0}, "bins"),
        ({"weights": WEIGHTS, "ax": 3}, "ax"),
    ],
)
def test_arguments_out_of_range_are_named(arguments, name):
    with pytest.raises(ValueError, match=f"`{name}` must"):
        plots.plot_weight_histogram(**arguments)


@pytest.mark.parametrize(
    ("draw", "name"),
    [
        (lambda: plots.plot_weights([1.0, np.nan]), "weights"),
        (lambda: plots.plot_weights([1.0, 2.0], truth=[1.0]), "truth"),
        (lambda: plots.plot_weight_sizes({}), "weights"),
        (lambda: plots.plot_zero_pattern([1.0, 2.0]), "kernel"),
        (lambda: plots.plot_weight_sizes({"a": [0.0]}), "weights"),
        (lambda: plots.plot_weight_sizes({"a": [1.0], "b": []}), r"weights\['b'\]"),
        (lambda: plots.plot_grouped_weights([1.0, 2.0], [1.0, 0.0], 0), "group_size"),
        (lambda: plots.plot_grouped_weights([1.0, 2.0], [1.0, 0.0], 1.5), "group_size"),
    ],
)
def test_they_say_what_is_wrong(draw, name):
    with pytest.raises(ValueError, match=f"`{name}` must"):
        draw()


@pytest.mark.parametrize("models", [1, 4, 5, 8, 30, 100])
def test_the_bins_of_any_number_of_models_fill_the_picture(models):
    ax = plots.plot_weight_histogram({f"model {i}": RNG.normal(size=10_000) for i in range(models)})
    ax.figure.canvas.draw()
    highest = max(patch.get_data().values.max() for patch in ax.patches)
    _, top = ax.transAxes.inverted().transform(ax.transData.transform((0, highest)))
    assert 0.45 < top < 1
    assert ax.get_window_extent().height > 150


def test_30_models_can_be_told_apart():
    patches = plots.plot_weight_histogram({f"model {i}": [0.1] for i in range(30)}).patches
    assert len({(patch.get_edgecolor(), patch.get_linestyle()) for patch in patches}) == 30
    lines = plots.plot_weight_sizes({f"model {i}": [0.1] for i in range(30)}).get_lines()
    assert len({(line.get_color(), line.get_marker()) for line in lines}) == 30


def test_sizes_over_many_powers_of_ten_have_few_ticks():
    ax = plots.plot_weight_sizes({"a": 10.0 ** -np.arange(40)})
    assert len(ax.get_yticks()) <= 13


@pytest.mark.usefixtures("reader")
def test_weights_that_are_all_zero_say_so():
    for ax in (plots.plot_weights([0.0, 0.0], truth=[1.0, 0.0]), plots.plot_zero_pattern(np.zeros((3, 2)))):
        assert [note.get_text() for note in ax.texts] == [text("all_zero")]
    assert not plots.plot_weights([0.0, 0.1]).texts


def test_the_last_band_of_a_group_ends_with_the_weights():
    (band,) = plots.plot_grouped_weights([0.5, 1.5], [1.0, 1.0], 30).patches
    assert band.get_x() + band.get_width() == pytest.approx(1.4)
