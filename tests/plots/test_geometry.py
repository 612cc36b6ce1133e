"""The plane of two weights: contours, the region of equal penalty, pairs of weights."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.linear_model import Lasso, LinearRegression, Ridge

from coursekit import data, plots
from coursekit.language import languages, set_language, text

TWO = data.sparse_regression(40, n_features=2, n_informative=2, seed=0).train
SOLUTIONS = {"l1": Lasso(alpha=0.5).fit(*TWO).coef_, "l2": Ridge(alpha=40.0).fit(*TWO).coef_}


def line(ax, key, **values):
    (found,) = [line for line in ax.get_lines() if line.get_label() == text(key, **values)]
    return np.array(found.get_data())


@pytest.mark.parametrize("penalty", ["l1", "l2"])
def test_the_solution_lies_on_the_edge_of_equal_penalty(penalty):
    solution = SOLUTIONS[penalty]
    ax = plots.plot_penalty_geometry(*TWO, solution, penalty)
    edge = line(ax, "l1_diamond" if penalty == "l1" else "l2_circle")
    size = (lambda w: np.abs(w).sum(axis=0)) if penalty == "l1" else (lambda w: (w**2).sum(axis=0))
    assert_allclose(size(edge), size(solution), rtol=1e-6)
    assert_allclose(line(ax, "penalized_solution").ravel(), solution, rtol=1e-6)


def test_the_lowest_data_loss_is_the_least_squares_solution():
    ax = plots.plot_penalty_geometry(*TWO, SOLUTIONS["l1"], "l1")
    expected = LinearRegression().fit(*TWO).coef_
    assert_allclose(line(ax, "lowest_data_loss").ravel(), expected, rtol=1e-4)


def test_one_contour_passes_through_the_solution_with_the_true_error():
    x, y = TWO
    solution = SOLUTIONS["l2"]
    ax = plots.plot_penalty_geometry(x, y, solution, "l2")
    residuals = y - x @ solution
    error = np.mean((residuals - residuals.mean()) ** 2)
    (contours,) = [c for c in ax.collections if hasattr(c, "levels")]
    assert np.abs(contours.levels - error).min() < 1e-5


@pytest.mark.parametrize("code", sorted(languages()))
def test_geometry_speaks_the_readers_language(code):
    set_language(code)
    ax = plots.plot_penalty_geometry(*TWO, SOLUTIONS["l1"], "l1")
    shown = [entry.get_text() for entry in ax.get_legend().get_texts()]
    assert shown == [text("l1_diamond"), text("lowest_data_loss"), text("penalized_solution")]
    ax.figure.canvas.draw()


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ((np.ones((5, 3)), np.ones(5), [0, 1], "l1"), "x"),
        ((np.ones((5, 2)), np.ones(4), [0, 1], "l1"), "y"),
        ((np.ones((5, 2)), np.ones(5), [0, 1, 2], "l1"), "weights"),
        ((np.ones((5, 2)), np.ones(5), [0, 1], "l3"), "penalty"),
    ],
)
def test_geometry_says_what_is_wrong(arguments, name):
    with pytest.raises(ValueError, match=f"`{name}` must"):
        plots.plot_penalty_geometry(*arguments)


def test_pairs_are_told_apart_by_whether_one_is_zero():
    ax = plots.plot_weight_pairs([1.0, 0.4, 0.0], [0.0, 0.6, 1.0], "a", "b")
    assert_allclose(line(ax, "both_kept"), [[0.4], [0.6]])
    assert_allclose(line(ax, "one_dropped"), [[1, 0], [0, 1]])
    assert_allclose(line(ax, "same_sum", total="1.00").sum(axis=0), 1)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("a", "b")


def test_pairs_need_equally_many():
    with pytest.raises(ValueError, match="`second` must"):
        plots.plot_weight_pairs([1.0, 2.0], [1.0], "a", "b")


@pytest.mark.parametrize("scale", [1.0, 1e8])
def test_the_lowest_point_itself_can_be_the_solution(scale):
    x, y = np.float64(TWO[0]), np.float64(TWO[1]) * scale
    best = np.linalg.lstsq(x - x.mean(axis=0), y - y.mean(), rcond=None)[0]
    ax = plots.plot_penalty_geometry(x, y, best, "l2")
    assert_allclose(line(ax, "penalized_solution"), line(ax, "lowest_data_loss"), rtol=1e-3)
