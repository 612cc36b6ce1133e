"""What a validation curve shows of a sweep, in both languages."""

import pandas as pd
import pytest
from numpy.testing import assert_allclose

from coursekit.language import text
from coursekit.plots.sweep_scores import scores_of_sweep

pytestmark = pytest.mark.usefixtures("reader")


class Sweep:
    """What stands in for a SweepResult: the scores of two seeds at three values."""

    def __init__(self, values=(0.0, 0.01, 0.1)):
        self.values = values

    def scores(self, hyperparameter, metric):
        assert hyperparameter in ("l2", "momentum", "activation")
        start = 1 if metric.startswith("val_") else 0
        return pd.DataFrame({0: [start, start + 1, start + 2], 1: [start] * 3}, index=list(self.values))


def test_one_metric_is_the_part_of_the_data_and_the_axis_has_its_name():
    found = scores_of_sweep(Sweep(), "l2", "val_data_loss")
    assert_allclose(found.values, [0, 0.01, 0.1])
    assert list(found.groups) == ["validation"]
    assert_allclose(found.groups["validation"], [[1, 1], [2, 1], [3, 1]])
    assert (found.xlabel, found.ylabel) == (text("strength_l2"), text("data_loss"))


def test_training_and_validation_share_the_name_of_the_axis():
    found = scores_of_sweep(Sweep(), "l2", ["accuracy", "val_accuracy"])
    assert list(found.groups) == ["training", "validation"]
    assert found.ylabel == text("accuracy")


def test_different_metrics_have_their_names_in_the_legend():
    found = scores_of_sweep(Sweep(), "l2", ("val_accuracy", "val_data_loss", "auc"))
    validation, training = text("validation_data"), text("training_data")
    assert list(found.groups) == [
        text("metric_on_data", metric=text("accuracy"), data=validation),
        text("metric_on_data", metric=text("data_loss"), data=validation),
        text("metric_on_data", metric="auc", data=training),
    ]
    assert found.ylabel == f"{text('accuracy')} / {text('data_loss')} / auc"


def test_a_hyperparameter_without_a_label_is_called_as_in_the_grid():
    assert scores_of_sweep(Sweep(), "momentum", "val_auc").xlabel == "momentum"


@pytest.mark.parametrize(
    ("hyperparameter", "metrics", "name"),
    [
        (3, "val_data_loss", "scores"),
        ({"a": [1]}, "val_data_loss", "scores"),
        ("l2", 3, "ylabel"),
        ("l2", [], "ylabel"),
        ("l2", ["val_data_loss", 3], "ylabel"),
    ],
)
def test_what_is_no_name_is_refused(hyperparameter, metrics, name):
    with pytest.raises(
        ValueError, match=f"`{name}` must be .* where `param_range` is a SweepResult.*Received: {name}="
    ):
        scores_of_sweep(Sweep(), hyperparameter, metrics)


def test_values_that_are_no_numbers_are_refused():
    with pytest.raises(
        ValueError, match=r"`param_range\.scores\('activation'\)\.index` must be .*Received.*tanh"
    ):
        scores_of_sweep(Sweep(("tanh", "relu", "elu")), "activation", "val_data_loss")
