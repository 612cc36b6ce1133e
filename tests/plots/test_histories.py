"""One table for any history: ours, Keras' own, and one whose data loss could not be told from the penalty."""

import warnings
from typing import ClassVar

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from coursekit import training
from coursekit.language import text
from coursekit.plots import plot_loss_curves
from coursekit.plots.histories import known_metric, metric_name, seen, table_of
from coursekit.training import History

NAN = float("nan")


def of_keras(first_epoch=0, **logs):
    """A history as `model.fit` fills it."""
    history = keras.callbacks.History()
    history.epoch = list(range(first_epoch, first_epoch + len(next(iter(logs.values())))))
    history.history = logs
    return history


class Untold:
    """A history of training.fit whose model's penalty could not be told from the loss."""

    table = pd.DataFrame(
        {"epoch": [1, 2], "data_loss": [NAN, NAN], "penalty": [NAN, NAN], "val_data_loss": [3, 2]}
    )
    history: ClassVar = {"loss": [2.0, 1.0], "val_loss": [3.5, 2.5]}


def test_a_history_of_model_fit_is_read():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, kernel_regularizer="l2")])
    model.compile("sgd", "mse", metrics=["mae"])
    x, y = np.ones((8, 2)), np.ones(8)
    history = model.fit(x, y, validation_data=(x, y), epochs=3, verbose=0)
    table = table_of(history)
    assert list(table["epoch"]) == [1, 2, 3]
    assert set(table) == {"epoch", "loss", "mae", "val_loss", "val_mae"}
    for name, values in history.history.items():
        assert_allclose(table[name], values)


def test_training_that_went_on_keeps_its_epochs():
    assert list(table_of(of_keras(5, loss=[1.0, 0.5]))["epoch"]) == [6, 7]


def test_a_metric_of_several_numbers_is_a_column_each():
    table = table_of(of_keras(loss=[1.0, 0.5], f1_score=[np.array([0.1, 0.2]), np.array([0.3, 0.4])]))
    assert_allclose(table[["f1_score_0", "f1_score_1"]], [[0.1, 0.2], [0.3, 0.4]])
    assert "f1_score" not in table


def test_columns_that_are_there_already_are_not_read_twice():
    class Ours:
        table = pd.DataFrame(
            {"epoch": [1, 2], "data_loss": [1.0, 0.5], "f1_score_0": [1, 2], "f1_score_1": [3, 4]}
        )
        history: ClassVar = {"loss": [1.5, 1.0], "f1_score": [np.array([9, 9]), np.array([9, 9])]}

    table = table_of(Ours())
    assert_allclose(table["f1_score_1"], [3, 4])
    assert_allclose(table["loss"], [1.5, 1.0])


def test_our_history_knows_the_loss_of_keras_too():
    table = table_of(
        History({"data_loss": [1.0], "penalty": [0.5], "val_data_loss": [2.0], "val_penalty": [0.5]})
    )
    assert (table["loss"][0], table["val_loss"][0]) == (1.5, 2.5)


def test_losses_of_few_epochs_stand_where_the_others_of_the_validation_do():
    class Sparse:
        table = pd.DataFrame({"epoch": [1, 2, 3], "data_loss": [3, 2, 1], "val_data_loss": [NAN, 2.0, NAN]})
        history: ClassVar = {"loss": [3.5, 2.5, 1.5], "val_loss": [2.5]}

    assert_allclose(table_of(Sparse())["val_loss"], [NAN, 2.5, NAN])


@pytest.mark.parametrize("first_epoch", [0, 3])
@pytest.mark.parametrize("fit", [keras.Model.fit, training.fit])
def test_validation_of_every_second_epoch_stands_at_these(fit, first_epoch):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    x, y = np.ones((8, 2)), np.ones((8, 1))
    options = {"epochs": 8, "initial_epoch": first_epoch, "validation_freq": 2, "verbose": 0}
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="This model is trained by model.fit")
        history = fit(model, x, y, validation_data=(x, y), **options)
    table = table_of(history).set_index("epoch")
    assert list(table.index) == list(range(first_epoch + 1, 9))
    validated = [epoch for epoch in table.index if epoch % 2 == 0]
    assert list(table.index[table["val_loss"].notna()]) == validated
    assert_allclose(table["val_loss"].dropna(), history.history["val_loss"])
    ax = plot_loss_curves(history)
    lowest = next(line for line in ax.lines if "lowest" in str(line.get_label()).lower())
    assert lowest.get_xdata()[0] == table["val_loss"].idxmin()
    plt.close(ax.figure)


@pytest.mark.parametrize(
    "logs",
    [
        {"loss": [4.0, 3, 2, 1], "val_loss": [2.0]},  # of epoch 3, or of epoch 4
        {"loss": [4.0, 3, 2, 1], "val_loss": [2.0] * 3},
        {"loss": [4.0, 3, 2, 1], "mine": [2.0, 1.0]},
    ],
)
def test_where_it_is_not_known_which_epochs_were_validated_the_history_is_refused(logs):
    with pytest.raises(
        ValueError, match=r"`history` must have a value of '.*' for each of its 4 epochs.*2\.0"
    ):
        table_of(of_keras(**logs))


@pytest.mark.parametrize(
    "history",
    [None, 3, {"loss": [1.0]}, History({}), keras.callbacks.History(), [1.0]],
    ids=lambda h: type(h).__module__,
)
def test_what_is_no_history_is_named(history):
    with pytest.raises(
        ValueError, match=r"`history` must be a History of training\.fit or model\.fit.*Received: history="
    ):
        table_of(history)


def test_the_loss_of_keras_stands_in_for_a_data_loss_that_is_not_known():
    assert known_metric(table_of(of_keras(loss=[1.0])), "data_loss") == "loss"
    assert known_metric(table_of(Untold()), "data_loss") == "loss"
    assert known_metric(table_of(History({"data_loss": [1.0], "penalty": [0.0]})), "data_loss") == "data_loss"
    assert known_metric(table_of(Untold()), "penalty") == "penalty"


@pytest.mark.usefixtures("reader")
def test_names_of_metrics():
    assert metric_name("accuracy") == text("accuracy")
    assert metric_name("loss") == text("loss_of_keras") != text("loss")
    assert metric_name("model") == "model"  # a label of that name means something else


def test_a_column_is_seen_if_any_of_it_is_finite():
    table = pd.DataFrame({"a": [NAN, 1.0], "b": [NAN, np.inf]})
    assert [seen(table, name) for name in ("a", "b", "c")] == [True, False, False]
