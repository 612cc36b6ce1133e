"""`sweep`: every member is the model that `fit` gives, and nothing is lost."""

from __future__ import annotations

import numpy as np
import pytest

from coursekit import data, models, training
from coursekit.training import History

DIGITS = data.digits(n_train=64, n_validation=32, seed=0)


def build_model(l2=0.0, dropout_rate=0.0, seed=0):
    return models.classifier(64, 10, units=16, l2=l2, dropout_rate=dropout_rate, seed=seed)


@pytest.fixture(scope="module")
def result():
    grid = {"l2": [0, 0.001, 0.1], "dropout_rate": [0.0, 0.5]}
    return training.sweep(
        build_model,
        grid,
        *DIGITS.train,
        epochs=4,
        seeds=(0, 1),
        validation_data=DIGITS.validation,
        progress=False,
    )


def test_the_table_has_a_row_for_each_point_seed_and_epoch(result):
    table = result.table
    assert len(table) == 3 * 2 * 2 * 4
    assert list(table.columns[:4]) == ["l2", "dropout_rate", "seed", "epoch"]
    assert not table["diverged"].any()
    assert len(result.final) == 12
    assert (result.final["epoch"] == 4).all()


@pytest.mark.parametrize(
    ("l2", "dropout_rate", "seed"), [(0, 0.0, 0), (0.1, 0.0, 1), (0.001, 0.5, 1), (0, 0.5, 0)]
)
def test_a_member_is_the_model_that_fit_gives(result, l2, dropout_rate, seed):
    model = build_model(l2, dropout_rate, seed)
    alone = training.fit(
        model, *DIGITS.train, epochs=4, seed=seed, validation_data=DIGITS.validation, progress=False
    )
    table = result.table.query("l2 == @l2 and dropout_rate == @dropout_rate and seed == @seed")
    for name, values in alone.columns.items():
        np.testing.assert_allclose(table[name], values, atol=1e-5)
    member = result.model({"l2": l2, "dropout_rate": dropout_rate}, seed)
    for a, b in zip(member.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)


def test_best_averages_over_the_seeds(result):
    means = result.final.groupby(["l2", "dropout_rate"])["val_data_loss"].mean()
    assert tuple(result.best("val_data_loss").values()) == means.idxmin()
    assert (
        tuple(result.best("val_accuracy").values())
        == result.final.groupby(["l2", "dropout_rate"])["val_accuracy"].mean().idxmax()
    )


def test_data_may_depend_on_the_point():
    sizes = training.sweep(
        lambda n, seed: build_model(seed=seed),
        {"n": [20, 60]},
        data=lambda n, seed: data.digits(n_train=n, n_validation=20, seed=seed),
        epochs=2,
        seeds=(3,),
        progress=False,
    )
    for n in (20, 60):
        dataset = data.digits(n_train=n, n_validation=20, seed=3)
        alone = training.fit(
            build_model(seed=3),
            *dataset.train,
            validation_data=dataset.validation,
            epochs=2,
            seed=3,
            progress=False,
        )
        np.testing.assert_allclose(
            sizes.table.query("n == @n")["data_loss"], alone.columns["data_loss"], atol=1e-5
        )


def test_a_diverging_point_is_marked_and_the_others_go_on():
    result = training.sweep(
        lambda learning_rate, seed: (
            models.classifier(64, 10, units=16, optimizer="sgd", seed=seed)
            if learning_rate < 1
            else _wild(learning_rate, seed)
        ),
        {"learning_rate": [0.01, 1e25]},
        *DIGITS.train,
        epochs=5,
        progress=False,
    )
    diverged = result.table.groupby("learning_rate")["diverged"].all()
    assert not diverged[0.01]
    assert diverged[1e25]
    assert result.best("data_loss") == {"learning_rate": 0.01}


def _wild(learning_rate, seed):
    import keras

    return models.classifier(64, 10, units=16, optimizer=keras.optimizers.SGD(learning_rate), seed=seed)


def test_a_failing_build_model_names_point_and_seed():
    with pytest.raises(ValueError, match=r"dropout_rate.*1\.5.*seed 0"):
        training.sweep(build_model, {"dropout_rate": [1.5]}, *DIGITS.train, epochs=1, progress=False)


def test_callbacks_come_from_a_factory():
    import keras

    result = training.sweep(
        build_model,
        {"l2": [0.0, 0.1]},
        *DIGITS.train,
        epochs=50,
        validation_data=DIGITS.validation,
        callbacks=lambda: [keras.callbacks.EarlyStopping(monitor="val_data_loss", patience=0)],
        progress=False,
    )
    assert all(len(run.history) <= 50 for run in result.runs)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"seeds": ()}, "seeds"),
        ({"grid": {"l2": []}}, "grid"),
        ({"grid": [3]}, "grid"),
        ({"epochs": 0}, "epochs"),
        ({"data": lambda seed: None}, "either"),
    ],
)
def test_bad_arguments_are_named(arguments, message):
    options = {"grid": {}, "epochs": 1, "progress": False, **arguments}
    with pytest.raises(ValueError, match=message):
        training.sweep(build_model, options.pop("grid"), *DIGITS.train, **options)


def test_a_history_is_a_table_and_a_dictionary_of_keras():
    history = History(
        {
            "data_loss": [2.0, 1.0],
            "penalty": [0.5, 0.25],
            "val_data_loss": [3.0, 2.0],
            "val_penalty": [0.4, 0.3],
        }
    )
    assert history.table["epoch"].tolist() == [1, 2]
    assert history.history == {"loss": [2.5, 1.25], "val_loss": [3.4, 2.3]}
    assert history.epoch == [0, 1]
    with pytest.raises(ValueError, match="same length"):
        History({"data_loss": [1.0], "penalty": []})
