"""`SweepResult`: what is best, what is final, and nothing that is lost."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from coursekit import models, training
from coursekit.training import History, SweepResult
from coursekit.training.results import Trained


def result_of(runs, **options):
    """Return a result of runs ``(λ, seed, {column: values})``."""
    return SweepResult(
        [Trained({"l2": l2}, seed, None, History(columns, **options)) for l2, seed, columns in runs]
    )


def test_an_error_is_best_where_it_is_lowest():
    result = result_of(
        [(0.0, 0, {"val_mae": [9.0, 1.74]}), (100.0, 0, {"val_mae": [1.0, 2.28]})], modes={"val_mae": "min"}
    )
    assert result.best("val_mae") == {"l2": 0.0}
    assert result.best("val_mae", mode="max") == {"l2": 100.0}


@pytest.mark.parametrize(
    ("metrics", "column", "mode"),
    [
        (["mae"], "val_mae", "min"),
        (["mse"], "mse", "min"),
        ([keras.metrics.R2Score(name="fit")], "val_fit", "max"),
        ([keras.metrics.RootMeanSquaredError(name="high_score")], "val_high_score", "min"),
        ([keras.metrics.CosineSimilarity(name="error")], "val_error", "max"),
        ([], "val_data_loss", "min"),
        ([], "penalty", "min"),
    ],
)
def test_the_direction_is_that_of_the_metric_whatever_its_name(metrics, column, mode, rows):
    def build_model(l2, seed):
        model = models.regressor(4, units=4, l2=l2, seed=seed)
        model.compile(
            "adam",
            "mse",
            metrics=[type(m).from_config(m.get_config()) if not isinstance(m, str) else m for m in metrics],
        )
        return model

    options = {"validation_data": (rows.x_val, rows.number[:50]), "epochs": 2, "progress": False}
    result = training.sweep(build_model, {"l2": [0.0, 1.0, 10.0]}, rows.x, rows.number, **options)
    means = result.final.groupby("l2")[column].mean()
    assert result.best(column) == {"l2": means.idxmin() if mode == "min" else means.idxmax()}


def test_what_is_better_must_be_known():
    result = result_of([(0.0, 0, {"val_mine": [1.0]}), (1.0, 0, {"val_mine": [2.0]})])
    with pytest.raises(ValueError, match=r"mode.*'min' or 'max'.*val_mine"):
        result.best("val_mine")
    with pytest.raises(ValueError, match=r"mode.*Received.*'val_mine'.*'up'"):
        result.best("val_mine", mode="up")
    assert result.best("val_mine", mode="max") == {"l2": 1.0}
    with pytest.raises(ValueError, match=r"metric.*column.*val_mine.*Received.*val_yours"):
        result.best("val_yours")


def test_a_run_whose_weights_were_restored_counts_with_their_epoch():
    late = {"val_data_loss": [0.1, 0.5, 0.9]}
    steady = {"val_data_loss": [0.6, 0.5, 0.4]}
    restored = [
        Trained({"l2": 0.0}, 0, None, History(late, held=0)),
        Trained({"l2": 1.0}, 0, None, History(steady)),
    ]
    assert SweepResult(restored).best() == {"l2": 0.0}
    assert SweepResult(restored).final["epoch"].tolist() == [1, 3]
    assert result_of([(0.0, 0, late), (1.0, 0, steady)]).best() == {"l2": 1.0}


def test_early_stopping_that_restores_is_seen(rows):
    stop = keras.callbacks.EarlyStopping
    for restore in (True, False):
        result = training.sweep(
            lambda seed: models.classifier(4, 2, units=8, learning_rate=0.3, seed=seed),
            {},
            rows.x,
            rows.y,
            validation_data=rows.validation,
            callbacks=lambda restore=restore: [
                stop(monitor="val_data_loss", patience=3, restore_best_weights=restore)
            ],
            epochs=100,
            seeds=range(3),
            progress=False,
        )
        for run, loss in zip(result.runs, result.final["val_data_loss"], strict=True):
            measured = training.evaluate(run.model, *rows.validation)["data_loss"]
            assert loss == pytest.approx(measured, rel=1e-4)
            assert (loss == run.history.columns["val_data_loss"].min()) or not restore


def test_a_column_that_is_added_stays():
    result = result_of([(0.0, 0, {"data_loss": [1.0]})])
    result.final["test"] = [0.5]
    assert result.final["test"].tolist() == [0.5]
    result.table["mine"] = 1
    assert "mine" in result.table


def test_scores_are_a_row_for_each_value_and_a_column_for_each_seed():
    losses = {(0.1, 0): 3.0, (0.1, 1): 4.0, (0.001, 0): 1.0, (0.001, 1): 2.0}
    result = result_of([(l2, seed, {"val_data_loss": [9.0, loss]}) for (l2, seed), loss in losses.items()])
    scores = result.scores("l2", "val_data_loss")
    assert scores.index.tolist() == [0.001, 0.1]
    assert scores.columns.tolist() == [0, 1]
    np.testing.assert_array_equal(scores, [[1, 2], [3, 4]])
    for arguments, name in ((("l1", "val_data_loss"), "name"), (("l2", "val_loss"), "metric")):
        with pytest.raises(ValueError, match=rf"`{name}` must be one of.*Received"):
            result.scores(*arguments)


def test_an_empty_result_says_so():
    empty = SweepResult([], partial=True)
    assert len(empty.table) == len(empty.final) == 0
    with pytest.raises(ValueError, match="metric"):
        empty.best()
    with pytest.raises(ValueError, match="name"):
        empty.scores("l2")


def test_names_differ_only_where_keras_numbers_them():
    result = SweepResult(
        [
            Trained({}, 0, None, History({"auc": [1.0], "recall_2": [1.0]})),
            Trained({}, 1, None, History({"auc_1": [2.0], "recall_2": [2.0]})),
        ]
    )
    assert result.table["auc"].tolist() == [1.0, 2.0]
    assert result.table["recall_2"].tolist() == [1.0, 2.0]


def test_points_may_hold_arrays_and_lists():
    points = [{"w": np.array([1.0, 2.0]), "units": [3, 4]}, {"w": np.array([1.0, 3.0]), "units": [3, 4]}]
    runs = [
        Trained(point, 0, f"model {i}", History({"val_data_loss": [2.0 - i]}))
        for i, point in enumerate(points)
    ]
    result = SweepResult(runs)
    assert result.best() is points[1]
    assert result.model({"w": [1.0, 2.0], "units": [3, 4]}) == "model 0"
    assert len(result.scores("units")) == 1
    assert len(result.scores("w")) == 2
