"""Early stopping, with the network and the settings of lesson 07."""

from __future__ import annotations

import keras
from measuring import Report, forget, seconds

from coursekit import data, models, training

RATES, SEEDS = [0.1, 0.3, 0.5, 0.6, 0.7, 0.8], 4
EPOCHS, BATCH = 60, 64


def build_model(rate: float = 0.5, seed: int = 0) -> keras.Model:
    """The lesson's network with dropout on the input, too."""
    return models.classifier(
        64,
        10,
        units=(128, 128),
        dropout_rate=rate,
        input_dropout_rate=0.2,
        learning_rate=0.002,
        seed=seed,
    )


def stop_early() -> list[keras.callbacks.Callback]:
    """The lesson's callback. Without a penalty, val_loss is the data loss."""
    return [keras.callbacks.EarlyStopping("val_loss", patience=10, restore_best_weights=True)]


def rows(seed: int = 0, **point: float) -> data.Dataset:
    """The lesson's rows."""
    return data.digits(n_train=400, n_validation=200, label_noise=0.4, seed=seed)


def keras_fit(seed: int, **options) -> int:
    """Train a new model with `model.fit`, which traces each anew; return its epochs."""
    given = {"epochs": EPOCHS, "batch_size": BATCH, "callbacks": stop_early(), "verbose": 0, **options}
    dataset = rows()
    history = build_model(seed=seed).fit(*dataset.train, validation_data=dataset.validation, **given)
    return len(history.epoch)


def our_fit(seed: int) -> int:
    """Train a new model with `fit`; return its epochs."""
    given = {"epochs": EPOCHS, "batch_size": BATCH, "callbacks": stop_early(), "progress": False}
    dataset = rows()
    history = training.fit(
        build_model(seed=seed), *dataset.train, validation_data=dataset.validation, **given
    )
    return len(history)


def our_sweep() -> int:
    """Train all models; return their number."""
    result = training.sweep(
        build_model,
        {"rate": RATES},
        data=rows,
        epochs=EPOCHS,
        batch_size=BATCH,
        seeds=range(SEEDS),
        callbacks=stop_early,
        progress=False,
    )
    return len(result.runs)


def stopping(report: Report) -> None:
    """`fit` and `sweep` with EarlyStopping beside `model.fit` with it."""
    usual = seconds(lambda: keras_fit(1), 2)
    best = seconds(lambda: keras_fit(1, validation_batch_size=200), 2)
    report.section("EarlyStopping, lesson 07; a new model each time", usual=usual, best=min(usual, best))
    report.row(f"model.fit, usual, {keras_fit(1)} epochs", usual)
    report.row("model.fit, validation in one batch", best)
    forget()
    report.row("fit, first call, tracing included", seconds(lambda: our_fit(0), 1))
    report.row(f"fit, {our_fit(1)} epochs", seconds(lambda: our_fit(1)))
    forget()
    models_trained = len(RATES) * SEEDS
    for which in ("first", "second"):
        report.row(
            f"sweep of {models_trained} models, {which}, a model", seconds(our_sweep, 1) / models_trained
        )
