"""How fast training is, beside `model.fit`, as ratios in one run: ``make bench``.

Prints one table and writes ``build/bench.json``. The figures are ratios because machines differ and are noisy; each
time is the shortest of several. Another backend: ``KERAS_BACKEND=jax make bench``.
"""

from __future__ import annotations

import json
import os
import resource
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

from coursekit import data, models, training

EPOCHS, BATCH = 100, 32
STRENGTHS = [0.0, 1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 1e-1]
BUILD = Path(__file__).parents[2] / "build"


def build_model(l2: float = 1e-3, seed: int = 0) -> keras.Model:
    """The network of the case: 64-128-128-10 with L2 and dropout."""
    return models.classifier(64, 10, units=(128, 128), l2=l2, dropout_rate=0.3, seed=seed)


def seconds(work: Callable[[], object], repeats: int = 3) -> float:
    """Return the shortest of several times."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def keras_fit(dataset: data.Dataset, epochs: int) -> float:
    """Return the seconds that a warm `model.fit` needs."""
    model = build_model()

    def fit(n: int) -> None:
        model.fit(*dataset.train, validation_data=dataset.validation, epochs=n, batch_size=BATCH, verbose=0)

    fit(2)
    return seconds(lambda: fit(epochs), repeats=2)


def our_fit(dataset: data.Dataset, epochs: int, seed: int = 0) -> None:
    """Train a new model with `fit`."""
    training.fit(
        build_model(seed=seed),
        *dataset.train,
        validation_data=dataset.validation,
        epochs=epochs,
        progress=False,
    )


def our_sweep(dataset: data.Dataset) -> None:
    """Train 32 models with `sweep`."""
    training.sweep(
        build_model,
        {"l2": STRENGTHS},
        *dataset.train,
        epochs=EPOCHS,
        seeds=range(4),
        validation_data=dataset.validation,
        progress=False,
    )


def large() -> data.Dataset:
    """60 000 rows of 64 random features, for the one case that is not small."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(61_000, 64)).astype("float32"), rng.integers(0, 10, 61_000)
    return data.Dataset(
        data.Split(x[:60_000], y[:60_000]), data.Split(x[60_000:], y[60_000:]), data.Split(x[:1], y[:1])
    )


def scikit_learn(dataset: data.Dataset) -> float:
    """Return the seconds of scikit-learn's `MLPClassifier` for the same network without dropout."""
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    model = MLPClassifier(
        (128, 128), batch_size=BATCH, max_iter=EPOCHS, alpha=1e-3, tol=0, n_iter_no_change=EPOCHS
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return seconds(lambda: model.fit(*dataset.train), repeats=2)


def main() -> None:
    """Measure everything, print the table and write it."""
    digits = data.digits(n_train=400, n_validation=200, seed=0)
    rows: list[dict] = []

    def note(what: str, time_needed: float, reference: float, goal: str = "") -> None:
        rows.append({"what": what, "seconds": time_needed, "ratio": reference / time_needed, "goal": goal})
        print(f"{what:58} {time_needed:8.3f} s {reference / time_needed:8.1f}x  {goal}", flush=True)

    backend = keras.config.backend()
    print(f"Keras {keras.__version__} on {backend}; ratios to model.fit of the same backend")
    plain = keras_fit(digits, EPOCHS)
    note("model.fit, warm, 100 epochs", plain, plain)
    note("fit, first call, tracing included", seconds(lambda: our_fit(digits, EPOCHS), 1), plain, "8x")
    note(
        "fit, another model of the same structure", seconds(lambda: our_fit(digits, EPOCHS, 1)), plain, "20x"
    )
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for which in ("first", "second"):
        note(
            f"sweep of 32 models, {which}, a model", seconds(lambda: our_sweep(digits), 1) / 32, plain, "40x"
        )
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) / 1024
    note("scikit-learn MLPClassifier, no dropout", scikit_learn(digits), plain)
    big = large()
    plain_epoch = keras_fit(big, 1)
    note("model.fit, 60 000 rows, one epoch", plain_epoch, plain_epoch)
    our_fit(big, 1)
    note("fit, 60 000 rows, one epoch", seconds(lambda: our_fit(big, 1), 2), plain_epoch, "1.5x")
    for epochs in (50, 200, 400):
        note(
            f"fit, {epochs} epochs", seconds(lambda n=epochs: our_fit(digits, n), 2), plain * epochs / EPOCHS
        )
    print(f"memory that the two sweeps added at their peak: {grown:.0f} MB")
    BUILD.mkdir(exist_ok=True)
    result = {"keras": keras.__version__, "backend": backend, "rows": rows, "sweep_memory_mb": grown}
    (BUILD / "bench.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
