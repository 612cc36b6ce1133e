"""Masks on a network, averages over passes, and uncertainty."""

import numpy as np
import pytest

from coursekit import plots
from coursekit.language import languages, set_language, text


def labelled(ax, label):
    (found,) = [line for line in ax.get_lines() if line.get_label() == label]
    return found


@pytest.mark.parametrize("language", languages())
def test_dropped_units_have_no_connections(language):
    set_language(language)
    ax = plots.plot_network_mask([[1, 1, 0], [True, False], [1]])
    kept, dropped = (labelled(ax, text(key)) for key in ("unit_kept", "unit_dropped"))
    assert (len(kept.get_xdata()), len(dropped.get_xdata())) == (4, 2)
    connections = [line for line in ax.get_lines() if line not in (kept, dropped)]
    assert len(connections) == 2 * 1 + 1 * 1
    ends = {(float(x), float(y)) for line in connections for x, y in zip(*line.get_data(), strict=True)}
    assert ends.isdisjoint(zip(dropped.get_xdata(), dropped.get_ydata(), strict=True))


def test_averages_and_the_reference():
    ax = plots.plot_monte_carlo([1, 10], {"a": [0.5, 0.4]}, "accuracy", reference=0.3)
    np.testing.assert_allclose(labelled(ax, "a").get_ydata(), [0.5, 0.4])
    assert set(labelled(ax, text("without_dropout_pass")).get_ydata()) == {0.3}
    assert ax.get_xscale() == "log"


def test_mean_and_band():
    x, passes = np.array([0.0, 1.0]), np.array([[1.0, 2.0], [3.0, 2.0]])
    ax = plots.plot_uncertainty(x, passes, x, ([0.5], [0.5]))
    np.testing.assert_allclose(labelled(ax, text("mean_of_passes")).get_ydata(), [2, 2])
    (band,) = ax.collections
    heights = band.get_paths()[0].vertices[:, 1]
    assert (heights.min(), heights.max()) == (0.0, 4.0)


@pytest.mark.parametrize(
    ("function", "arguments", "name"),
    [
        (plots.plot_network_mask, ([[1]],), "layers"),
        (plots.plot_network_mask, (3,), "layers"),
        (plots.plot_network_mask, ([[1] * 51, [1]],), "layers"),
        (plots.plot_monte_carlo, ([1, 2], {}, "y"), "values"),
        (plots.plot_monte_carlo, ([1, 2], [1, 2], "y"), "values"),
        (plots.plot_uncertainty, ([0, 1], [[1, 2]], [0, 1], [0]), "rows"),
        (plots.plot_monte_carlo, ([0, 1], {"a": [1, 2]}, "y"), "passes"),
        (plots.plot_monte_carlo, ([1, 2], {"a": [1]}, "y"), "values"),
        (plots.plot_uncertainty, ([0, 1], [[1, 2, 3]], [0, 1], ([0], [0])), "predictions"),
    ],
)
def test_what_does_not_fit_is_refused(function, arguments, name):
    with pytest.raises(ValueError, match=f"`{name}"):
        function(*arguments)


def test_9_lines_and_more_can_be_told_apart():
    lines = plots.plot_monte_carlo([1, 10], {f"model {i}": [1, 2] for i in range(30)}, "y").get_lines()
    assert len({(line.get_color(), line.get_linestyle()) for line in lines}) == 30
