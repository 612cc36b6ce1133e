"""All plots together: each draws something at any size or names what it cannot draw, and none hides behind a name."""

from __future__ import annotations

import importlib
import pkgutil
import warnings
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest

import coursekit
from coursekit import plots
from coursekit.training import History

NAN = float("nan")
SIZES = (1, 2, 30, 1000)
RNG = np.random.default_rng(0)
SURE = np.array([[0.9, 0.1], [0.3, 0.7]])


def up(n):
    """Values of a hyperparameter, ascending."""
    return np.arange(1, n + 1) / 7


def some(*shape):
    return RNG.uniform(0.1, 0.9, shape)


def named(n, *shape):
    return {f"model {i}": some(*shape) for i in range(n)}


def history(losses):
    columns = {"data_loss": losses, "penalty": np.ones(len(losses)), "accuracy": losses}
    return History(columns | {f"val_{name}": values for name, values in columns.items()})


# {plot: {what there are n of: (a call with n of them, the argument that a message about none of them names)}}
SIZED = {
    "plot_accuracy_curves": {
        "epochs": (lambda n: plots.plot_accuracy_curves(history(some(n))), "history"),
    },
    "plot_bias_variance": {
        "values": (lambda n: plots.plot_bias_variance(up(n), some(n), some(n), "degree"), "param_range"),
    },
    "plot_changes": {
        "groups": (
            lambda n: plots.plot_changes({str(i): (some(2, 2), some(2, 2)) for i in range(n)}, "a", "b"),
            "changes",
        ),
        "seeds": (lambda n: plots.plot_changes({"a": (some(n, 2), some(n, 2) + 1)}, "a", "b"), "changes"),
    },
    "plot_coefficient_path": {
        "strengths": (lambda n: plots.plot_coefficient_path(up(n), some(n, 3)), "strengths"),
        "features": (lambda n: plots.plot_coefficient_path(up(4), some(4, n)), "coefficients"),
        "groups": (
            lambda n: plots.plot_coefficient_path(up(4), some(4, n), groups=range(n)),
            "coefficients",
        ),
    },
    "plot_curve_fit": {
        "points": (lambda n: plots.plot_curve_fit(some(n), some(n), up(4), some(4)), "x"),
        "places": (lambda n: plots.plot_curve_fit(some(2), some(2), up(n), some(n), some(n)), "grid"),
    },
    "plot_digits": {
        "images": (lambda n: plots.plot_digits(some(n, 64), range(n)), "images"),
        "columns": (lambda n: plots.plot_digits(some(3, 64), range(3), columns=n), "columns"),
    },
    "plot_discoveries": {
        "strengths": (
            lambda n: plots.plot_discoveries(up(n), some(n, 3), [True, False, True]),
            "strengths",
        ),
        "features": (lambda n: plots.plot_discoveries(up(4), some(4, n), [True] * n), "coefficients"),
    },
    "plot_error_parts": {
        "models": (lambda n: plots.plot_error_parts(named(n, 2)), "parts"),
    },
    "plot_folds": {
        "values": (lambda n: plots.plot_folds(up(n), some(n, 3)), "param_range"),
        "folds": (lambda n: plots.plot_folds(up(4), some(4, n)), "losses"),
    },
    "plot_gains": {
        "groups": (lambda n: plots.plot_gains(named(n, 3), "gain"), "gains"),
        "seeds": (lambda n: plots.plot_gains(named(2, n), "gain"), "gains"),
    },
    "plot_grouped_weights": {
        "weights": (lambda n: plots.plot_grouped_weights(some(n), some(n), 4), "truth"),
        "group_size": (lambda n: plots.plot_grouped_weights(some(6), some(6), n), "group_size"),
    },
    "plot_heatmap": {
        "strengths": (
            lambda n: plots.plot_heatmap(up(min(n, 100)), up(n), some(min(n, 100), n), "error"),
            "l1",
        ),
    },
    "plot_loss_curves": {
        "epochs": (lambda n: plots.plot_loss_curves(history(some(n)), mark_minimum=False), "history"),
    },
    "plot_memorizing": {
        "epochs": (lambda n: plots.plot_memorizing(some(n, 3), [0, 1, 2], [1, 2, 3]), "answers"),
        "images": (lambda n: plots.plot_memorizing(some(3, n), range(n), range(n)), "answers"),
    },
    "plot_metric": {
        "epochs": (lambda n: plots.plot_metric(history(some(n)), "penalty"), "history"),
    },
    "plot_monte_carlo": {
        "passes": (lambda n: plots.plot_monte_carlo(range(1, n + 1), named(2, n), "score"), "passes"),
        "lines": (lambda n: plots.plot_monte_carlo([1, 10], named(n, 2), "score"), "values"),
    },
    "plot_network_mask": {
        "layers": (lambda n: plots.plot_network_mask([[1, 0]] * n), "layers"),
        "units": (lambda n: plots.plot_network_mask([np.arange(n) % 3, [1, 1]]), "layers"),
    },
    "plot_pairs": {
        "seeds": (lambda n: plots.plot_pairs(some(n), some(n), ("a", "b"), "score"), "first"),
    },
    "plot_penalized_loss": {
        "epochs": (lambda n: plots.plot_penalized_loss(history(some(n))), "history"),
    },
    "plot_penalty_geometry": {
        "rows": (lambda n: plots.plot_penalty_geometry(some(n, 2), some(n), [0.2, 0.1], "l2"), "x"),
    },
    "plot_reliability": {
        "groups": (
            lambda n: plots.plot_reliability({str(i): (SURE, [0, 1]) for i in range(n)}),
            "predictions",
        ),
        "rows": (
            lambda n: plots.plot_reliability({"a": (np.full((n, 2), 0.5), np.zeros(n, int))}),
            "predictions",
        ),
    },
    "plot_scores": {
        "groups": (lambda n: plots.plot_scores(named(n, 1), "score"), "scores"),
        "seeds": (lambda n: plots.plot_scores(named(2, n), "score"), "scores"),
    },
    "plot_selection": {
        "choices": (lambda n: plots.plot_selection(some(n), some(n)), "validation_scores"),
    },
    "plot_spread": {
        "places": (lambda n: plots.plot_spread(up(n), some(3, n), some(n)), "x"),
        "training sets": (lambda n: plots.plot_spread(up(4), some(n, 4), some(4)), "fits"),
    },
    "plot_uncertainty": {
        "places": (lambda n: plots.plot_uncertainty(up(n), some(3, n), some(n), ([0], [0])), "x"),
        "passes": (lambda n: plots.plot_uncertainty(up(4), some(n, 4), up(4), ([0], [0])), "predictions"),
        "rows": (lambda n: plots.plot_uncertainty(up(4), some(3, 4), up(4), (some(n), some(n))), "rows"),
    },
    "plot_validation_curve": {
        "values": (lambda n: plots.plot_validation_curve(up(n), named(2, n, 3), "score"), "param_range"),
        "groups": (lambda n: plots.plot_validation_curve(up(4), named(n, 4, 3), "score"), "scores"),
        "seeds": (lambda n: plots.plot_validation_curve(up(4), named(2, 4, n), "score"), "scores"),
    },
    "plot_weight_histogram": {
        "models": (lambda n: plots.plot_weight_histogram(named(n, 50)), "weights"),
        "weights": (lambda n: plots.plot_weight_histogram(named(2, n)), "weights"),
    },
    "plot_weight_pairs": {
        "fits": (lambda n: plots.plot_weight_pairs(some(n), some(n), "first", "second"), "first"),
    },
    "plot_weight_sizes": {
        "models": (lambda n: plots.plot_weight_sizes(named(n, 20)), "weights"),
        "weights": (lambda n: plots.plot_weight_sizes(named(2, n)), "weights"),
    },
    "plot_weights": {
        "features": (lambda n: plots.plot_weights(some(n), some(n)), "weights"),
    },
    "plot_zero_pattern": {
        "features": (lambda n: plots.plot_zero_pattern(some(n, 3)), "kernel"),
        "units": (lambda n: plots.plot_zero_pattern(some(3, n)), "kernel"),
    },
}

# What nobody could read, or what has no standard error.
REFUSED = {
    ("plot_network_mask", "layers", 1): "layers",
    ("plot_network_mask", "units", 1000): "layers",
    ("plot_folds", "folds", 1): "losses",
    ("plot_digits", "images", 1000): "images",
}

# {plot: (calls whose numbers are NaN or infinite, the argument that the message names; None where a gap is drawn)}
GAPS = {
    "plot_accuracy_curves": [
        (lambda: plots.plot_accuracy_curves(history([NAN, 0.5, NAN])), None),
        (lambda: plots.plot_accuracy_curves(history([NAN, NAN])), "history"),
    ],
    "plot_bias_variance": [
        (lambda: plots.plot_bias_variance([1, 2], [NAN, 1], [1, 1], "degree"), "squared_bias"),
        (lambda: plots.plot_bias_variance([1, 2], [1, 1], [1, 0], "degree"), "variance"),
    ],
    "plot_changes": [
        (lambda: plots.plot_changes({"a": ([[0, NAN]], [[1, 1]])}, "a", "b"), "changes"),
    ],
    "plot_coefficient_path": [
        (lambda: plots.plot_coefficient_path([1, 2], [[NAN], [1]]), "coefficients"),
    ],
    "plot_curve_fit": [
        (lambda: plots.plot_curve_fit([1], [2], [1, 2, 3], [NAN, 2, NAN]), None),
        (lambda: plots.plot_curve_fit([1, NAN], [2, 1], [1, 2]), "x"),
    ],
    "plot_digits": [(lambda: plots.plot_digits(np.full((2, 64), NAN), [1, 2]), "images")],
    "plot_discoveries": [(lambda: plots.plot_discoveries([1, NAN], [[0], [1]], [True]), "strengths")],
    "plot_error_parts": [
        (lambda: plots.plot_error_parts({"a": [NAN, 1]}), "parts"),
        (lambda: plots.plot_error_parts({"a": [-0.1, 1]}), "parts"),
    ],
    "plot_folds": [(lambda: plots.plot_folds([1, 2], [[NAN, 1], [1, 1]]), "losses")],
    "plot_gains": [(lambda: plots.plot_gains({"a": [NAN]}, "gain"), "gains")],
    "plot_grouped_weights": [(lambda: plots.plot_grouped_weights([NAN, 1], [1, 0], 1), "weights")],
    "plot_heatmap": [(lambda: plots.plot_heatmap([0, 1], [1], [[NAN], [1]], "error"), "errors")],
    "plot_loss_curves": [
        (lambda: plots.plot_loss_curves(history([2, NAN, 1, NAN])), None),
        (lambda: plots.plot_loss_curves(history([NAN, np.inf])), "history"),
    ],
    "plot_memorizing": [
        (lambda: plots.plot_memorizing([[NAN]], [0], [1]), "answers"),
        (lambda: plots.plot_memorizing([[1]], [NAN], [1]), "wrong_labels"),
    ],
    "plot_metric": [
        (lambda: plots.plot_metric(history([NAN, 1]), "data_loss"), None),
        (lambda: plots.plot_metric(history([NAN]), "accuracy"), "history"),
    ],
    "plot_monte_carlo": [
        (lambda: plots.plot_monte_carlo([1, 2], {"a": [NAN, 1]}, "score"), "values"),
        (lambda: plots.plot_monte_carlo([1, 2], {"a": [1, 1]}, "score", reference=NAN), "reference"),
    ],
    "plot_network_mask": [(lambda: plots.plot_network_mask([[1, NAN], [1]]), "layers")],
    "plot_pairs": [(lambda: plots.plot_pairs([1, 2], [NAN, 1], ("a", "b"), "score"), "second")],
    "plot_penalized_loss": [
        (lambda: plots.plot_penalized_loss(history([2, NAN, 1, NAN])), None),
        (lambda: plots.plot_penalized_loss(history([NAN, NAN])), "history"),
    ],
    "plot_penalty_geometry": [
        (lambda: plots.plot_penalty_geometry(some(3, 2), [1, NAN, 2], [1, 1], "l1"), "y"),
    ],
    "plot_reliability": [
        (lambda: plots.plot_reliability({"a": ([[NAN, 1]], [0])}), "predictions"),
    ],
    "plot_scores": [(lambda: plots.plot_scores({"a": [NAN]}, "score"), "scores")],
    "plot_selection": [(lambda: plots.plot_selection([NAN], [1]), "validation_scores")],
    "plot_spread": [(lambda: plots.plot_spread([1, 2], [[NAN, 1]], [1, 1]), "fits")],
    "plot_uncertainty": [
        (lambda: plots.plot_uncertainty([1, 2], [[1, NAN]], [1, 1], ([1], [1])), "predictions"),
        (lambda: plots.plot_uncertainty([1, 2], [[1, 1]], [1, 1], ([1], [NAN])), "rows"),
    ],
    "plot_validation_curve": [
        (lambda: plots.plot_validation_curve([1, 2], {"a": [1, NAN]}, "score"), "scores"),
    ],
    "plot_weight_histogram": [(lambda: plots.plot_weight_histogram({"a": [NAN, 1]}), "weights")],
    "plot_weight_pairs": [(lambda: plots.plot_weight_pairs([1], [NAN], "a", "b"), "second")],
    "plot_weight_sizes": [(lambda: plots.plot_weight_sizes({"a": [NAN, 1]}), "weights")],
    "plot_weights": [
        (lambda: plots.plot_weights([NAN, 1]), "weights"),
        (lambda: plots.plot_weights([0, 0]), None),
    ],
    "plot_zero_pattern": [
        (lambda: plots.plot_zero_pattern([[NAN, 1]]), "kernel"),
        (lambda: plots.plot_zero_pattern([[0, 0]]), None),
    ],
}

CALLS = [
    pytest.param(call, n, REFUSED.get((name, what, n)), id=f"{name}-{n}-{what}")
    for name, ways in SIZED.items()
    for what, (call, _) in ways.items()
    for n in SIZES
]
NONE = [
    pytest.param(call, argument, id=f"{name}-{what}")
    for name, ways in SIZED.items()
    for what, (call, argument) in ways.items()
]


def shows_something(figure):
    """Whether data, or a note, leave a trace: no frame, grid, legend, title or line across the whole axes."""
    for ax in figure.axes:
        ax.set_axis_off()
        ax.set_title("")
        ax.set_visible(ax.get_label() != "<colorbar>")
        if ax.get_legend():
            ax.get_legend().remove()
        for line in list(ax.get_lines()):
            if line.get_transform() != ax.transData:
                line.remove()
    figure.canvas.draw()
    return (np.asarray(figure.canvas.buffer_rgba())[..., :3] < 250).any()


def draw_or_refuse(call, argument):
    """Draw without a warning, and see something; where an argument is named, see it refused by name instead."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        if argument is None:
            drawn = call()
            figure = getattr(drawn, "figure", drawn)
            figure.get_layout_engine().execute(figure)
            figure.set_dpi(40)
            assert shows_something(figure)
        else:
            with pytest.raises(ValueError, match=rf"`{argument}[`.\[](.|\n)*Received"):
                call()
    plt.close("all")


@pytest.mark.parametrize(("call", "n", "argument"), CALLS)
def test_any_number_is_drawn_or_refused_by_name(call, n, argument):
    draw_or_refuse(lambda: call(n), argument)


@pytest.mark.parametrize(("call", "argument"), NONE)
def test_none_is_refused_by_name(call, argument):
    draw_or_refuse(lambda: call(0), argument)


@pytest.mark.parametrize(
    ("call", "argument"),
    [pytest.param(*case, id=f"{name}-{i}") for name, cases in GAPS.items() for i, case in enumerate(cases)],
)
def test_what_is_not_finite_is_a_gap_or_refused_by_name(call, argument):
    draw_or_refuse(call, argument)


def test_an_empty_picture_is_noticed():
    for ax in (plt.subplots()[1], plots.plot_weights([0.0])):
        for note in list(ax.texts):
            note.remove()
        ax.set(xlabel="x", title="nothing")
        assert not shows_something(ax.figure)


def test_every_plot_is_tried():
    assert sorted(SIZED) == sorted(GAPS) == sorted(plots.__all__)


def test_plots_draw_on_the_axes_they_are_given():
    _, ax = plt.subplots()
    assert plots.plot_accuracy_curves(history(some(3)), ax=ax) is ax
    assert plots.plot_selection([0.5], [0.4], ax=ax) is ax


MODULES = [module.name for module in pkgutil.iter_modules(plots.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_a_module_shows_what_it_defines_and_has_a_test_file(name):
    module = importlib.import_module(f"coursekit.plots.{name}")
    public = {
        key for key, value in vars(module).items() if getattr(value, "__module__", "") == module.__name__
    }
    assert {key for key in public if not key.startswith("_")} <= set(module.__all__)
    assert all(hasattr(module, key) for key in module.__all__)
    assert Path(__file__).with_name(f"test_{name}.py").exists()


def test_no_module_of_the_package_has_the_name_of_a_plots_module():
    names = [path.stem for path in Path(coursekit.__path__[0]).rglob("*.py")]
    assert [name for name in MODULES if names.count(name) > 1] == []
