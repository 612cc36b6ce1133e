"""The histogram of weights: every weight is counted once, in the same bins for all models."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from coursekit import language, plots

RNG = np.random.default_rng(0)
WEIGHTS = {"large": RNG.normal(0, 0.5, size=(64, 10)), "small": RNG.normal(0, 0.05, size=400)}


@pytest.fixture(autouse=True)
def closed_afterwards():
    yield
    plt.close("all")


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
