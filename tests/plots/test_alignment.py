"""Tables and series are drawn where their index says: every plot that pairs two arguments puts rows in order."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from coursekit import plots
from coursekit.plots.alignment import at_places, beside, by_number, column_at, column_beside, index_of

PLACES = [0.1, 0.001, 0.01]
RIGHT = [1.0, 2.0, 3.0]
SORTED = pd.Series([2.0, 3.0, 1.0], index=[0.001, 0.01, 0.1])


class TestAtPlaces:
    def test_an_index_of_places_puts_rows_in_order(self):
        assert_allclose(column_at("y", SORTED, "x", PLACES), RIGHT)
        assert_allclose(at_places("y", SORTED.to_frame(), "x", PLACES).to_numpy().ravel(), RIGHT)
        assert_allclose(at_places("y", SORTED.to_frame().T, "x", PLACES, axis=1).to_numpy().ravel(), RIGHT)

    def test_single_and_double_precision_are_the_same_place(self):
        assert_allclose(column_at("y", SORTED, "x", np.float32(PLACES)), RIGHT)

    def test_places_with_the_same_index_are_paired_with_it(self):
        x = pd.Series(PLACES, index=["b", "a", "c"])
        y = pd.Series([2.0, 1.0, 3.0], index=["a", "b", "c"])
        assert_allclose(column_at("y", y, "x", x), RIGHT)

    def test_whole_numbers_in_a_pivoted_index_are_places_and_counted_rows_are_not(self):
        pivoted = pd.Series([0.0, 1.0, 2.0], index=[0, 1, 2])
        assert_allclose(column_at("y", pivoted, "x", [2, 1, 0]), [2, 1, 0])
        assert_allclose(column_at("y", pd.Series([0.0, 1.0, 2.0]), "x", [2, 1, 0]), [0, 1, 2])

    @pytest.mark.parametrize("rows", [RIGHT, np.array(RIGHT), pd.Series(RIGHT)])
    def test_rows_without_labels_stay_as_they_are(self, rows):
        assert_allclose(column_at("y", rows, "x", PLACES), RIGHT)

    def test_rows_of_one_table_stay_together_even_where_labels_repeat(self):
        table = pd.DataFrame({"x": PLACES, "y": RIGHT}, index=[7, 7, 9])
        assert_allclose(column_at("y", table["y"], "x", table["x"]), RIGHT)

    @pytest.mark.parametrize(
        "index", [[0.1, 0.01, 1.0], ["a", "b", "c"], [0.1, 0.1, 0.01], [5, 8, 11], [0.1, 0.01, np.nan]]
    )
    def test_other_places_are_refused(self, index):
        with pytest.raises(
            ValueError, match=r"`y` must have the values of `x` as its index.*Received: index"
        ):
            column_at("y", pd.Series(RIGHT, index=index), "x", PLACES)

    def test_another_length_is_told_as_such(self):
        with pytest.raises(ValueError, match=r"`y` must have the shape \(3,\)"):
            column_at("y", SORTED[:2], "x", PLACES)


class TestBeside:
    LABELS = pd.Index(["b", "a", "c"])

    def test_labels_are_paired(self):
        y = pd.Series([2.0, 1.0, 3.0], index=["a", "b", "c"])
        assert_allclose(column_beside("y", y, "x", self.LABELS, 3), RIGHT)

    @pytest.mark.parametrize("labels", [None, pd.RangeIndex(3)])
    def test_an_index_on_one_side_only_changes_nothing(self, labels):
        shuffled = pd.Series(RIGHT, index=[8, 5, 11])
        assert_allclose(beside("y", shuffled, "x", labels), RIGHT)
        assert_allclose(beside("y", RIGHT, "x", self.LABELS), RIGHT)
        assert_allclose(beside("y", pd.Series(RIGHT), "x", self.LABELS), RIGHT)

    def test_other_labels_are_refused(self):
        y = pd.Series(RIGHT, index=["a", "b", "d"])
        with pytest.raises(ValueError, match="`y` must have the labels of `x` as its index"):
            beside("y", y, "x", self.LABELS)


def test_numbered_rows_are_put_in_their_order():
    assert_allclose(by_number(pd.Series([3.0, 1.0, 2.0], index=[2, 0, 1])), RIGHT)
    assert_allclose(by_number(pd.Series(RIGHT, index=["c", "a", "b"])), RIGHT)
    assert by_number(RIGHT) is RIGHT


def test_only_pandas_has_an_index():
    assert index_of(["index"]) is index_of(np.ones(2)) is index_of(SORTED, axis=1) is None
    assert list(index_of(SORTED)) == [0.001, 0.01, 0.1]


def picture(ax):
    """Return all numbers that are drawn, in the order in which they are drawn."""
    figure = getattr(ax, "figure", ax)
    drawn = []
    for axes in figure.axes:
        drawn += [line.get_xydata() for line in axes.get_lines()]
        drawn += [np.asarray(image.get_array(), float) for image in axes.images]
        drawn += [path.vertices for bars in axes.collections for path in bars.get_paths()]
        drawn.append(axes.get_title())
    return drawn


X, ORDER = np.array([3.0, 1.0, 2.0]), [1, 2, 0]  # places, and where pandas would sort them
UP = np.array([1.0, 2.0, 3.0])
RNG = np.random.default_rng(0)
Y, Z, WIDE, DIGITS = (
    RNG.uniform(1, 2, 3),
    RNG.uniform(1, 2, 3),
    RNG.uniform(1, 2, (3, 3)),
    RNG.random((3, 64)),
)
NAMES = np.array(["c", "a", "b"])
CERTAIN = np.array([[0.9, 0.1], [0.3, 0.7], [0.6, 0.4]])


def rows(values, labels=X):
    """The values as a table or series whose rows are sorted by their labels."""
    kind = pd.Series if np.ndim(values) == 1 else pd.DataFrame
    return kind(values, index=labels).sort_index()


def columns(values, labels=X):
    return pd.DataFrame(values, columns=labels).sort_index(axis=1)


PAIRED = {
    "plot_bias_variance": [
        lambda same: plots.plot_bias_variance(X, *((rows(Y), rows(Z)) if same else (Y, Z)), "degree"),
    ],
    "plot_changes": [
        lambda same: plots.plot_changes(
            {
                "a": (pd.DataFrame(WIDE[:, :2], NAMES), rows(WIDE[:, 1:], NAMES))
                if same
                else (WIDE[:, :2], WIDE[:, 1:])
            },
            "a",
            "b",
        ),
    ],
    "plot_coefficient_path": [
        lambda same: plots.plot_coefficient_path(X, rows(WIDE) if same else WIDE),
        lambda same: plots.plot_coefficient_path(
            X,
            pd.DataFrame(WIDE, columns=NAMES) if same else WIDE,
            groups=rows(np.arange(3), NAMES) if same else np.arange(3),
        ),
    ],
    "plot_curve_fit": [
        lambda same: plots.plot_curve_fit(X, Y, X, *((rows(Y), rows(Z)) if same else (Y, Z))),
        lambda same: plots.plot_curve_fit(
            *((pd.Series(X, NAMES), rows(Y, NAMES)) if same else (X, Y)), UP, UP
        ),
    ],
    "plot_digits": [
        lambda same: plots.plot_digits(
            pd.DataFrame(DIGITS, index=NAMES) if same else DIGITS,
            pd.Series([1, 2, 3], index=NAMES).sort_index() if same else [1, 2, 3],
            wrong=pd.Series([True, False, True], index=NAMES).sort_index() if same else [True, False, True],
        ),
    ],
    "plot_discoveries": [
        lambda same: plots.plot_discoveries(
            X, rows(np.tril(WIDE)) if same else np.tril(WIDE), [True, False, True]
        ),
        lambda same: plots.plot_discoveries(
            X,
            pd.DataFrame(np.tril(WIDE), columns=NAMES) if same else np.tril(WIDE),
            rows(np.array([True, False, False]), NAMES) if same else [True, False, False],
        ),
    ],
    "plot_folds": [
        lambda same: plots.plot_folds(UP, pd.DataFrame(WIDE, index=UP)[::-1] if same else WIDE),
    ],
    "plot_grouped_weights": [
        lambda same: plots.plot_grouped_weights(
            rows(Y, NAMES) if same else Y, pd.Series([2.0, 1.0, 0.0], NAMES) if same else [2, 1, 0], 1
        ),
    ],
    "plot_heatmap": [
        lambda same: plots.plot_heatmap(
            UP, UP, pd.DataFrame(WIDE, index=UP, columns=UP).iloc[::-1, ::-1] if same else WIDE, "error"
        ),
    ],
    "plot_memorizing": [
        lambda same: plots.plot_memorizing(
            columns(np.eye(3), NAMES) if same else np.eye(3),
            rows(np.array([1, 0, 0]), NAMES) if same else [1, 0, 0],
            rows(np.array([0, 1, 2]), NAMES) if same else [0, 1, 2],
        ),
    ],
    "plot_monte_carlo": [
        lambda same: plots.plot_monte_carlo(X, {"a": rows(Y) if same else Y}, "score"),
    ],
    "plot_pairs": [
        lambda same: plots.plot_pairs(
            *((pd.Series(Y, NAMES), rows(Z, NAMES)) if same else (Y, Z)), ("a", "b"), "score"
        ),
    ],
    "plot_penalty_geometry": [
        lambda same: plots.plot_penalty_geometry(
            pd.DataFrame(WIDE[:, :2], index=NAMES, columns=["v", "u"]) if same else WIDE[:, :2],
            rows(Y, NAMES) if same else Y,
            pd.Series([0.1, 0.2], index=["u", "v"]) if same else [0.2, 0.1],
            "l2",
        ),
    ],
    "plot_reliability": [
        lambda same: plots.plot_reliability(
            {
                "a": (pd.DataFrame(CERTAIN, NAMES), rows(np.array([0, 1, 1]), NAMES))
                if same
                else (CERTAIN, [0, 1, 1])
            }
        ),
    ],
    "plot_selection": [
        lambda same: plots.plot_selection(pd.Series(Y, NAMES) if same else Y, rows(Z, NAMES) if same else Z),
    ],
    "plot_spread": [
        lambda same: plots.plot_spread(X, columns(WIDE) if same else WIDE, rows(Y) if same else Y),
    ],
    "plot_uncertainty": [
        lambda same: plots.plot_uncertainty(
            X,
            columns(WIDE) if same else WIDE,
            rows(Y) if same else Y,
            (pd.Series(Y, NAMES), rows(Z, NAMES)) if same else (Y, Z),
        ),
    ],
    "plot_validation_curve": [
        lambda same: plots.plot_validation_curve(X, {"a": rows(WIDE) if same else WIDE}, "score"),
    ],
    "plot_weight_pairs": [
        lambda same: plots.plot_weight_pairs(
            pd.Series(Y, NAMES) if same else Y, rows(Z, NAMES) if same else Z, "a", "b"
        ),
    ],
    "plot_weights": [
        lambda same: plots.plot_weights(pd.Series(Y, NAMES) if same else Y, rows(Z, NAMES) if same else Z),
        lambda same: plots.plot_weights(pd.Series(Y[ORDER], index=ORDER) if same else Y),
    ],
    "plot_zero_pattern": [
        lambda same: plots.plot_zero_pattern(
            pd.DataFrame(np.tril(WIDE)[ORDER], index=ORDER) if same else np.tril(WIDE)
        ),
    ],
}

# These pair nothing: each of their arguments stands alone, or is a history with its own epochs.
ALONE = {
    "plot_accuracy_curves", "plot_error_parts", "plot_gains", "plot_loss_curves", "plot_metric", "plot_network_mask",
    "plot_penalized_loss", "plot_scores", "plot_weight_histogram", "plot_weight_sizes",
}  # fmt: skip


@pytest.mark.parametrize(
    "draw",
    [pytest.param(way, id=f"{name}-{i}") for name, ways in PAIRED.items() for i, way in enumerate(ways)],
)
def test_sorted_tables_give_the_picture_of_the_arrays(draw):
    with_tables, with_arrays = picture(draw(True)), picture(draw(False))
    assert len(with_tables) == len(with_arrays)
    for one, other in zip(with_tables, with_arrays, strict=True):
        if isinstance(one, str):
            assert one == other
        else:
            assert_allclose(one, other)


def test_every_plot_that_pairs_arguments_is_tried():
    assert set(PAIRED) | ALONE == set(plots.__all__)


def test_a_pivoted_table_is_drawn_at_its_strengths_in_any_order_of_the_range():
    runs = pd.DataFrame({"l2": [0.1, 0.1, 0.001, 0.001], "seed": [0, 1, 0, 1], "loss": [1.0, 1.2, 2.0, 2.2]})
    pivoted = runs.pivot_table(index="l2", columns="seed", values="loss")
    for param_range in ([0.1, 0.001], [0.001, 0.1]):
        line = plots.plot_validation_curve(param_range, {"a": pivoted}, "loss").containers[0].lines[0]
        assert_allclose(line.get_xydata(), [[0.001, 2.1], [0.1, 1.1]])
    with pytest.raises(
        ValueError, match=r"`scores\['a'\]` must have the values of `param_range` as its index"
    ):
        plots.plot_validation_curve([0.1, 0.01], {"a": pivoted}, "loss")
