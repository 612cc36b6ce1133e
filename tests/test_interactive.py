"""The explorers: moving a slider trains and draws anew, with no more than ipywidgets 7.7 has."""

import ast
import inspect

import matplotlib.pyplot as plt
import numpy as np
import pytest
from numpy.testing import assert_allclose

from coursekit import data, interactive, language

# What the widgets of ipywidgets 7.7.1 take, read from that release: Google Colab has no later one.
EVERY_WIDGET = {"layout"}
DESCRIBED = EVERY_WIDGET | {"description", "description_tooltip", "style", "disabled"}
SELECTION = DESCRIBED | {"options", "value", "label", "index"}
IPYWIDGETS_7_7 = {
    "SelectionSlider": SELECTION | {"orientation", "readout", "continuous_update"},
    "Dropdown": SELECTION,
    "RadioButtons": SELECTION,
    "ToggleButtons": SELECTION | {"tooltips", "icons", "button_style"},
    "IntSlider": DESCRIBED | {"value", "min", "max", "step", "orientation", "readout", "continuous_update"},
    "FloatSlider": DESCRIBED | {"value", "min", "max", "step", "orientation", "readout", "continuous_update"},
    "FloatLogSlider": DESCRIBED
    | {"value", "min", "max", "step", "base", "orientation", "readout", "continuous_update"},
    "Checkbox": DESCRIBED | {"value", "indent"},
    "Button": EVERY_WIDGET | {"description", "disabled", "tooltip", "icon", "button_style", "style"},
    "HTML": EVERY_WIDGET | {"value", "placeholder", "description", "style"},
    "Output": EVERY_WIDGET,
    "HBox": EVERY_WIDGET | {"children", "box_style"},
    "VBox": EVERY_WIDGET | {"children", "box_style"},
    "interactive_output": set(),
}


def calls_of_ipywidgets():
    tree = ast.parse(inspect.getsource(interactive))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("ipywidgets."):
            yield node.func.attr, {keyword.arg for keyword in node.keywords}


def test_the_explorers_use_only_what_ipywidgets_7_7_has():
    calls = list(calls_of_ipywidgets())
    assert calls
    for name, keywords in calls:
        assert name in IPYWIDGETS_7_7, f"ipywidgets 7.7 may lack {name}: look it up and add it"
        assert keywords <= IPYWIDGETS_7_7[name]


@pytest.fixture
def shown(monkeypatch):
    """The title of every figure that is shown, in order."""
    titles = []

    def show():
        titles.append(plt.gca().get_title())
        plt.close("all")

    monkeypatch.setattr(plt, "show", show)
    return titles


def parts(explorer):
    slider, output = explorer.children
    return slider, output


def test_moving_the_slider_trains_and_draws_anew(shown):
    slider, _ = parts(interactive.explore_width(widths=(1, 3, 5), hidden_layers=1, epochs=2))
    assert [title.split()[0] for title in shown] == ["3"]
    slider.value = 5
    slider.value = 1
    assert [title.split()[0] for title in shown] == ["3", "5", "1"]


def test_the_slider_offers_the_widths_and_waits_until_it_is_let_go(shown):
    slider, _ = parts(interactive.explore_width(widths=[2, 4], epochs=1, hidden_layers=1))
    assert list(slider.options) == [2, 4]
    assert slider.continuous_update is False


@pytest.mark.parametrize("code", sorted(language.languages()))
def test_the_explorer_speaks_the_readers_language(code, shown):
    language.set_language(code)
    slider, _ = parts(interactive.explore_width(widths=(2,), epochs=1, hidden_layers=1))
    assert slider.description == language.text("units_per_layer")
    pattern = language.text("width_errors", units=2, train_error=0, true_error=0)
    assert shown[0].split("0.")[0] == pattern.split("0.")[0]
    plt.close("all")


def test_the_title_gives_the_mean_squared_errors_of_what_is_drawn():
    curve = data.noisy_curve(n_test=50, function=lambda x: x**2, seed=1)
    ax = interactive.draw_width(curve, 4, hidden_layers=1, epochs=3)
    points, truth, model = ax.get_lines()
    assert_allclose(points.get_ydata(), curve.train.y, rtol=1e-6)
    assert_allclose(truth.get_ydata(), np.square(truth.get_xdata()), atol=1e-6)
    distance = np.mean((model.get_ydata() - truth.get_ydata()) ** 2)
    assert f"{distance:.3f}" in ax.get_title()
    plt.close(ax.figure)


def test_a_seed_gives_the_same_curve():
    curve = data.noisy_curve()
    first, again = (interactive.draw_width(curve, 3, hidden_layers=1, epochs=3, seed=2) for _ in range(2))
    assert_allclose(first.get_lines()[2].get_ydata(), again.get_lines()[2].get_ydata())
    assert first.get_title() == again.get_title()
    plt.close("all")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("dataset", "digits"),
        ("dataset", data.digits(20, 20)),
        ("widths", ()),
        ("widths", 3),
        ("widths", (0, 1)),
        ("widths", "1"),
        ("hidden_layers", 0),
        ("epochs", 0),
        ("epochs", 2.5),
        ("seed", -1),
        ("seed", None),
    ],
)
def test_what_does_not_fit_is_named_before_anything_is_drawn(name, value, shown):
    with pytest.raises(ValueError, match=f"`{name}` must be .*Received: {name}="):
        interactive.explore_width(**{name: value})
    assert not shown
