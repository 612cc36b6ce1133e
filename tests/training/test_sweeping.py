"""`sweep`: every member is the model that `fit` gives, and nothing is lost."""

from __future__ import annotations

import os
import random
import threading

import joblib
import keras
import numpy as np
import pytest

from coursekit import data, language, models, training

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
    return models.classifier(64, 10, units=16, optimizer=keras.optimizers.SGD(learning_rate), seed=seed)


def test_a_failing_build_model_names_point_and_seed():
    with pytest.raises(ValueError, match=r"dropout_rate.*1\.5.*seed 0"):
        training.sweep(build_model, {"dropout_rate": [1.5]}, *DIGITS.train, epochs=1, progress=False)


def test_callbacks_come_from_a_factory():
    options = {"epochs": 60, "validation_data": DIGITS.validation, "progress": False}
    made = []

    def stop():
        made.append(keras.callbacks.EarlyStopping(monitor="val_data_loss", patience=0))
        return made[-1:]

    result = training.sweep(build_fast, {"l2": [0.0, 0.1]}, *DIGITS.train, callbacks=stop, **options)
    assert len(made) == 2
    for run in result.runs:
        losses = run.history.columns["val_data_loss"]
        assert len(losses) < 60
        assert losses[-1] > losses[-2]
        assert (np.diff(losses[:-1]) < 0).all()


def build_fast(l2, seed):
    return models.classifier(64, 10, units=16, l2=l2, learning_rate=0.1, seed=seed)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"seeds": ()}, "seeds"),
        ({"seeds": 3}, r"seeds.*range.*Received"),
        ({"seeds": "12"}, "seeds"),
        ({"seeds": [-1]}, "seeds"),
        ({"seeds": [0.5]}, "seeds"),
        ({"grid": {"l2": []}}, "grid"),
        ({"grid": {"l2": 0.1}}, "grid.*list of values.*Received"),
        ({"grid": {"activation": "relu"}}, "grid.*list of values"),
        ({"grid": None}, "grid"),
        ({"grid": 3}, "grid"),
        ({"grid": []}, "grid"),
        ({"grid": [3]}, "grid"),
        ({"grid": {"penalty": [1]}}, "grid.*penalty"),
        ({"grid": {"epoch": [1]}}, "grid.*epoch"),
        ({"grid": {"accuracy": [1]}}, "grid.*accuracy"),
        ({"grid": {"val_accuracy": [1]}}, "grid.*val_accuracy"),
        ({"grid": {"loss": [1]}}, "grid.*loss"),
        ({"epochs": 0}, "epochs"),
        ({"data": lambda seed: None}, "either"),
        ({"callbacks": []}, r"callbacks.*function.*Received"),
        ({"callbacks": [keras.callbacks.TerminateOnNaN()]}, "callbacks.*function"),
        ({"build_model": None}, "build_model.*function"),
        ({"x": None, "y": None, "data": lambda seed: 3}, r"data.*training, validation.*Received"),
        (
            {
                "x": None,
                "y": None,
                "data": lambda seed: (DIGITS.train, None),
                "validation_data": DIGITS.validation,
            },
            "data.*validation_data",
        ),
        (
            {"x": None, "y": None, "data": lambda seed: (DIGITS.train, None), "sample_weight": 1},
            "data.*sample_weight",
        ),
    ],
)
def test_bad_arguments_are_named_before_anything_is_trained(arguments, message, monkeypatch):
    from coursekit.training import run

    monkeypatch.setattr(run.Run, "advance", None)
    options = {
        "build_model": lambda seed=0, **_: build_model(seed=seed),
        "grid": {},
        "epochs": 1,
        "progress": False,
    }
    options |= {"x": DIGITS.train.x, "y": DIGITS.train.y, **arguments}
    with pytest.raises(ValueError, match=message):
        training.sweep(options.pop("build_model"), options.pop("grid"), **options)


def test_a_model_or_an_optimizer_that_is_returned_again_is_refused():
    model = build_model()
    with pytest.raises(ValueError, match=r"build_model.*new model.*'l2': 0.1.*seed 0"):
        training.sweep(lambda l2, seed: model, {"l2": [0.0, 0.1]}, *DIGITS.train, epochs=1, progress=False)
    optimizer = keras.optimizers.Adam()
    with pytest.raises(ValueError, match=r"build_model.*optimizer of its own"):
        training.sweep(
            lambda seed: models.classifier(64, 10, units=4, optimizer=optimizer, seed=seed),
            {},
            *DIGITS.train,
            epochs=1,
            seeds=range(2),
            progress=False,
        )


def test_weights_of_rows_and_of_classes_are_those_of_fit():
    weights = np.linspace(0.1, 2, len(DIGITS.train.y))
    for options in ({"sample_weight": weights}, {"class_weight": {0: 5.0, 1: 0.1}}):
        result = training.sweep(build_model, {}, *DIGITS.train, epochs=2, progress=False, **options)
        alone = training.fit(build_model(), *DIGITS.train, epochs=2, progress=False, **options)
        np.testing.assert_allclose(result.table["data_loss"], alone.columns["data_loss"], rtol=1e-5)
    plain = training.fit(build_model(), *DIGITS.train, epochs=2, progress=False)
    assert not np.allclose(plain.columns["data_loss"], alone.columns["data_loss"])


def test_a_function_without_a_seed_draws_from_keras_global_seed_and_leaves_the_others():
    def build(units):
        model = keras.Sequential(
            [keras.Input((64,)), keras.layers.Dense(units, "relu"), keras.layers.Dense(10, "softmax")]
        )
        model.compile("adam", "sparse_categorical_crossentropy")
        return model

    np.random.seed(3), random.seed(3)
    expected = np.random.random(), random.random()
    np.random.seed(3), random.seed(3)
    options = {"epochs": 2, "seeds": (0, 1), "progress": False}
    one, other = (training.sweep(build, {"units": [5]}, *DIGITS.train, **options).table for _ in range(2))
    np.testing.assert_array_equal(one["data_loss"], other["data_loss"])
    assert not np.allclose(*(part["data_loss"] for _, part in one.groupby("seed")))
    assert (np.random.random(), random.random()) == expected


def test_metrics_that_keras_numbers_through_share_a_column_and_a_program():
    def build(l2, seed):
        penalty = keras.regularizers.L2(l2)
        model = keras.Sequential(
            [keras.Input((64,)), keras.layers.Dense(1, "sigmoid", kernel_regularizer=penalty)]
        )
        model.compile("adam", "binary_crossentropy", metrics=[keras.metrics.AUC()])
        return model

    from coursekit.training.sharing import forget, pool

    forget()
    x, y = DIGITS.train.x, (DIGITS.train.y > 4).astype("float32")
    options = {"validation_data": (x, y), "epochs": 2, "seeds": range(2), "progress": False}
    result = training.sweep(build, {"l2": [0.0, 0.01, 1.0]}, x, y, **options)
    assert [name for name in result.table if "auc" in name] == ["auc", "val_auc"]
    assert result.table["val_auc"].notna().all()
    assert result.best("val_auc") == {"l2": result.final.groupby("l2")["val_auc"].mean().idxmax()}
    assert len(pool._idle) == 1
    assert sum(map(len, pool._idle.values())) <= (os.cpu_count() or 1)


def test_structures_are_trained_one_after_the_other():
    from coursekit.training.sharing import forget, pool

    forget()
    made = []
    take = pool.take

    def counted(*arguments):
        before = set(map(id, (p for programs in pool._idle.values() for p in programs)))
        program = take(*arguments)
        made.append(id(program) not in before)
        return program

    grid = {"seed_of_labels": range(4), "units": range(3, 15)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pool, "take", counted)
        result = training.sweep(
            lambda seed_of_labels, units, seed: models.classifier(64, 10, units=units, seed=seed_of_labels),
            grid,
            *DIGITS.train,
            epochs=1,
            progress=False,
        )
    assert len(result.runs) == 48
    assert list(result.final["units"]) == [*range(3, 15)] * 4
    assert sum(made) <= 12 * (os.cpu_count() or 1)


def test_the_number_of_jobs_is_obeyed():
    threads = set()

    def note():
        threads.add(threading.get_ident())
        return []

    with joblib.parallel_config(n_jobs=1):
        training.sweep(
            build_model, {}, *DIGITS.train, epochs=2, seeds=range(6), callbacks=note, progress=False
        )
    assert len(threads) == 1
    threads.clear()
    with joblib.parallel_config(n_jobs=3):
        training.sweep(
            build_model, {}, *DIGITS.train, epochs=30, seeds=range(9), callbacks=note, progress=False
        )
    assert len(threads) == 3


@pytest.mark.parametrize("code", ["ja", "en"])
def test_the_bar_of_a_sweep_counts_models(code, monkeypatch):
    made = []

    class Bar:
        def __init__(self, **options):
            made.append(options)
            self.update = made.append

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

    monkeypatch.setattr("tqdm.auto.tqdm", Bar)
    language.set_language(code)
    training.sweep(build_model, {}, *DIGITS.train, epochs=2, seeds=range(3))
    assert made[0]["unit"] == {"ja": "モデル", "en": "model"}[code]
    assert made[0]["total"] == 3
    assert made[1:] == [1, 1, 1]
