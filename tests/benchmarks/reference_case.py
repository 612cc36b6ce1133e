"""The case that the README names: 64-128-128-10 with L2 and dropout, 400 rows, 100 epochs; alone and in a sweep."""

from __future__ import annotations

import functools

import keras
import numpy as np
from measuring import Report, elsewhere, forget, megabytes, seconds

from coursekit import data, models, training

EPOCHS, BATCH = 100, 32
STRENGTHS = [0.0, 1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 1e-1]
SEEDS = 4
# Goals, beside model.fit as usual: fit warm, fit first, sweep first, sweep second, 60 000 rows.
GOALS = {"tensorflow": ("20x", "8x", "40x", "40x", "1.5x"), "jax": ("2.5x", "", "45x", "60x", "1x")}


@functools.cache
def digits() -> data.Dataset:
    """The rows of the case."""
    return data.digits(n_train=400, n_validation=200, seed=0)


def build_model(
    l2: float | None = 1e-3, seed: int = 0, units: int = 128, dropout_rate: float | None = 0.3, **options
) -> keras.Model:
    """The network of the case."""
    return models.classifier(
        64, 10, units=(units, units), l2=l2, dropout_rate=dropout_rate, seed=seed, **options
    )


def keras_fit(
    dataset: data.Dataset, epochs: int, *, steps_per_execution: int = 1, repeats: int = 2, **options
) -> float:
    """Return the seconds that a warm `model.fit` needs."""
    model = build_model()
    if steps_per_execution > 1:
        loss = "sparse_categorical_crossentropy"
        model.compile("adam", loss, metrics=["accuracy"], steps_per_execution=steps_per_execution)

    def fit(n: int) -> None:
        model.fit(
            *dataset.train,
            validation_data=dataset.validation,
            epochs=n,
            batch_size=BATCH,
            verbose=0,
            **options,
        )

    fit(2)
    return seconds(lambda: fit(epochs), repeats)


@functools.cache
def baselines() -> dict[str, float]:
    """Return the seconds of `model.fit` as it is usually called, and as its documentation makes it fastest."""
    ways = keras_ways()
    return {"usual": ways["usual"], "best": min(ways.values())}


@functools.cache
def keras_ways() -> dict[str, float]:
    """Return the seconds of `model.fit` by the way in which it is called."""
    rows, steps = len(digits().validation.x), -(-len(digits().train.x) // BATCH)
    all_rows = {"validation_batch_size": rows}
    return {
        "usual": keras_fit(digits(), EPOCHS),
        "validation in one batch": keras_fit(digits(), EPOCHS, **all_rows),
        "the same, steps_per_execution": keras_fit(digits(), EPOCHS, steps_per_execution=steps, **all_rows),
    }


def our_fit(dataset: data.Dataset, epochs: int, seed: int = 0, **options) -> None:
    """Train a new model with `fit`."""
    model = build_model(seed=seed, **options)
    rows = dataset.validation
    training.fit(model, *dataset.train, validation_data=rows, epochs=epochs, batch_size=BATCH, progress=False)


def our_sweep(seeds: int = SEEDS, strengths: list[float] = STRENGTHS) -> None:
    """Train a model for each strength and seed with `sweep`."""
    training.sweep(
        build_model,
        {"l2": strengths},
        *digits().train,
        epochs=EPOCHS,
        seeds=range(seeds),
        validation_data=digits().validation,
        progress=False,
    )


def fit(report: Report) -> None:
    """`fit`, first and warm."""
    goals = GOALS[keras.config.backend()]
    report.section("one model, 100 epochs", **baselines())
    for way, needed in keras_ways().items():
        report.row(f"model.fit, {way}", needed)
    forget()
    report.row("fit, first call, tracing included", seconds(lambda: our_fit(digits(), EPOCHS), 1), goals[1])
    report.row(
        "fit, another model of the same structure", seconds(lambda: our_fit(digits(), EPOCHS, 1)), goals[0]
    )


def sweep(report: Report) -> None:
    """`sweep`, first and second; on JAX beside `model.fit` on TensorFlow, where that is faster."""
    goals = GOALS[keras.config.backend()]
    report.section("a sweep, seconds for each model; beside model.fit on TensorFlow", **on_tensorflow())
    forget()
    for which, goal in zip(("first", "second"), goals[2:], strict=False):
        one = seconds(our_sweep, 1) / len(STRENGTHS) / SEEDS
        report.row(f"sweep of {len(STRENGTHS) * SEEDS} models, {which}", one, goal)
    for n in (1, 2, 8):
        one = seconds(lambda n=n: our_sweep(n), 1) / len(STRENGTHS) / n
        report.row(f"sweep of {len(STRENGTHS) * n} models", one)
    grown = elsewhere("sweep_memory")
    report.remark("memory that a sweep of 32 models adds at its peak (goal: under 300 MB):", MB=grown)


def on_tensorflow() -> dict[str, float]:
    """Return the baselines on TensorFlow."""
    return baselines() if keras.config.backend() == "tensorflow" else elsewhere("baselines", "tensorflow")


def sweep_memory() -> float:
    """Return the megabytes that a sweep of 32 models adds, at its peak, to a process with Keras and a first model."""
    build_model().predict(digits().validation.x[:1], verbose=0)
    before = megabytes("VmHWM")
    our_sweep()
    return megabytes("VmHWM") - before


def large(report: Report) -> None:
    """60 000 rows of 64 random features, for the one case that is not small."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(61_000, 64)).astype("float32"), rng.integers(0, 10, 61_000)
    parts = [data.Split(x[part], y[part]) for part in (np.s_[:60_000], np.s_[60_000:], np.s_[:1])]
    big = data.Dataset(*parts)
    usual = keras_fit(big, 1)
    best = keras_fit(big, 1, validation_batch_size=1_000, steps_per_execution=25)
    report.section("60 000 rows, one epoch", usual=usual, best=min(usual, best))
    report.row("model.fit, usual", usual)
    report.row("model.fit, validation in one batch, steps_per_execution=25", best)
    our_fit(big, 1)
    report.row("fit", seconds(lambda: our_fit(big, 1), 2), GOALS[keras.config.backend()][4])


def parts(report: Report) -> None:
    """Where the time goes: the same fit of 100 epochs without a part of it."""
    our_fit(digits(), 1)
    whole = seconds(lambda: our_fit(digits(), EPOCHS))
    report.section("where the time goes: fit without a part", whole=whole)
    report.row("fit", whole)
    without = {
        "dropout": {"dropout_rate": None},
        "L2": {"l2": None},
        "Adam, but with SGD": {"optimizer": "sgd"},
        "most of the arithmetic: 8 units": {"units": 8},
    }
    for name, options in without.items():
        our_fit(digits(), 1, **options)
        report.row(f"fit without {name}", seconds(lambda o=options: our_fit(digits(), EPOCHS, **o)))
    report.row("fit without training: 1 epoch", seconds(lambda: our_fit(digits(), 1)))


def growth(report: Report) -> None:
    """How the time grows with epochs, units and rows."""
    our_fit(digits(), 1)
    report.section(
        "growth, beside 100 epochs, 400 rows, 128 units", fit=seconds(lambda: our_fit(digits(), EPOCHS))
    )
    for epochs in (50, 200, 400):
        report.row(f"fit, {epochs} epochs", seconds(lambda n=epochs: our_fit(digits(), n), 2))
    for units in (32, 256, 512):
        our_fit(digits(), 1, units=units)
        report.row(f"fit, {units} units", seconds(lambda n=units: our_fit(digits(), EPOCHS, units=n), 2))
    for n in (100, 200, 800, 1500):
        rows = data.digits(n_train=n, n_validation=200, seed=0)
        our_fit(rows, 1)
        report.row(f"fit, {n} rows", seconds(lambda d=rows: our_fit(d, EPOCHS), 2))
