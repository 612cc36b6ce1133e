"""How fast training is, beside `model.fit`, as ratios in one run: ``make bench``.

Prints one table and writes ``build/bench.json``. The figures are ratios because machines differ and are noisy; each
time is the shortest of several. Another backend: ``KERAS_BACKEND=jax make bench``; there, sweeps are compared with
`model.fit` on TensorFlow, which is measured in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

from coursekit import data, models, training
from coursekit.training import engines

EPOCHS, BATCH = 100, 32
STRENGTHS = [0.0, 1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 1e-1]
SEEDS = 4
BUILD = Path(__file__).parents[2] / "build"
# Goals: fit warm, fit first, sweep first, sweep second, 60 000 rows.
GOALS = {"tensorflow": ("20x", "8x", "40x", "40x", "1.5x"), "jax": ("2.5x", "", "45x", "60x", "1x")}


def build_model(
    l2: float | None = 1e-3, seed: int = 0, units: int = 128, dropout_rate: float | None = 0.3, **options
) -> keras.Model:
    """The network of the case: 64-128-128-10 with L2 and dropout."""
    return models.classifier(
        64, 10, units=(units, units), l2=l2, dropout_rate=dropout_rate, seed=seed, **options
    )


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


def our_fit(dataset: data.Dataset, epochs: int, seed: int = 0, **options) -> None:
    """Train a new model with `fit`."""
    training.fit(
        build_model(seed=seed, **options),
        *dataset.train,
        validation_data=dataset.validation,
        epochs=epochs,
        progress=False,
    )


def our_sweep(dataset: data.Dataset, seeds: int = SEEDS) -> None:
    """Train 8 models a seed with `sweep`."""
    training.sweep(
        build_model,
        {"l2": STRENGTHS},
        *dataset.train,
        epochs=EPOCHS,
        seeds=range(seeds),
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


def hand_written(dataset: data.Dataset) -> float:
    """Return the seconds of the case written by hand in JAX, without Keras: all epochs in one `lax.scan`, warm."""
    import jax
    import jax.numpy as jnp

    (x, y), (x_val, y_val) = (tuple(map(jnp.asarray, part)) for part in (dataset.train, dataset.validation))
    keys = jax.random.split(jax.random.key(0), 3)
    shapes = [(64, 128), (128, 128), (128, 10)]
    start = [
        (jax.random.normal(k, s) / s[0] ** 0.5, jnp.zeros(s[1])) for k, s in zip(keys, shapes, strict=True)
    ]

    def logits(weights, x, key=None):
        for i, (w, b) in enumerate(weights[:-1]):
            x = jax.nn.relu(x @ w + b)
            if key is not None:
                x = jnp.where(jax.random.bernoulli(jax.random.fold_in(key, i), 0.7, x.shape), x / 0.7, 0)
        return x @ weights[-1][0] + weights[-1][1]

    def loss(weights, x, y, key=None):
        chosen = jnp.take_along_axis(jax.nn.log_softmax(logits(weights, x, key)), y[:, None], 1)
        return -chosen.mean() + 1e-3 * sum(jnp.sum(w**2) for w, _ in weights)

    def adam(carry, inputs):
        weights, first, second, t = carry
        batch, key = inputs
        gradient = jax.grad(loss)(weights, x[batch], y[batch], key)
        mix = jax.tree.map
        first = mix(lambda m, g: 0.9 * m + 0.1 * g, first, gradient)
        second = mix(lambda v, g: 0.999 * v + 0.001 * g**2, second, gradient)
        rate = 1e-3 * jnp.sqrt(1 - 0.999 ** (t + 1)) / (1 - 0.9 ** (t + 1))
        weights = mix(lambda w, m, v: w - rate * m / (jnp.sqrt(v) + 1e-7), weights, first, second)
        return (weights, first, second, t + 1), None

    def epoch(carry, key):
        order = jax.random.permutation(key, len(x))
        full = len(x) // BATCH * BATCH
        steps = jax.random.split(key, full // BATCH)
        carry, _ = jax.lax.scan(adam, carry, (order[:full].reshape(-1, BATCH), steps))
        carry, _ = adam(carry, (order[full:], key))
        return carry, loss(carry[0], x_val, y_val)

    @jax.jit
    def train(key):
        zeros = jax.tree.map(jnp.zeros_like, start)
        return jax.lax.scan(epoch, (start, zeros, zeros, 0), jax.random.split(key, EPOCHS))[1]

    jax.block_until_ready(train(keys[0]))
    return seconds(lambda: jax.block_until_ready(train(keys[1])))


def forget() -> None:
    """Throw all traced loops away, so that the next training has to trace or compile."""
    engines._idle.clear()
    if keras.config.backend() == "jax":
        from coursekit.training import jax_engine

        jax_engine._programs.clear()


def peak_megabytes() -> float:
    """Return the largest memory that this process has had. (What `resource` tells includes that of its parent.)"""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024


def sweep_memory(dataset: data.Dataset) -> float:
    """Return the megabytes that a sweep of 32 models adds, at its peak, to a process with Keras and a first model."""
    build_model().predict(dataset.validation.x[:1], verbose=0)
    before = peak_megabytes()
    our_sweep(dataset)
    return peak_megabytes() - before


def elsewhere(backend: str, what: str) -> float:
    """Return what this file prints in a new process on a backend: the number that ``what`` gives."""
    command = [sys.executable, __file__, "--only", what]
    environment = {**os.environ, "KERAS_BACKEND": backend}
    printed = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    return float(printed.split()[-1])


def main() -> None:
    """Measure everything, print the table and write it."""
    digits = data.digits(n_train=400, n_validation=200, seed=0)
    backend = keras.config.backend()
    goals = GOALS[backend]
    rows: list[dict] = []

    def note(what: str, time_needed: float, reference: float, goal: str = "") -> None:
        rows.append({"what": what, "seconds": time_needed, "ratio": reference / time_needed, "goal": goal})
        print(f"{what:58} {time_needed:8.3f} s {reference / time_needed:8.1f}x  {goal}", flush=True)

    print(f"Keras {keras.__version__} on {backend}; ratios to model.fit of the same backend")
    plain = keras_fit(digits, EPOCHS)
    note("model.fit, warm, 100 epochs", plain, plain)
    note("fit, first call, tracing included", seconds(lambda: our_fit(digits, EPOCHS), 1), plain, goals[1])
    warm = seconds(lambda: our_fit(digits, EPOCHS, 1))
    note("fit, another model of the same structure", warm, plain, goals[0])
    tensorflow = plain
    if backend != "tensorflow":
        tensorflow = elsewhere("tensorflow", "keras_fit")
        note("model.fit on TensorFlow; so are the ratios of the sweeps", tensorflow, tensorflow)
    forget()
    for which, goal in zip(("first", "second"), goals[2:], strict=False):
        one = seconds(lambda: our_sweep(digits), 1) / len(STRENGTHS) / SEEDS
        note(f"sweep of 32 models, {which}, a model", one, tensorflow, goal)
    for n in (1, 2, 8):
        one = seconds(lambda n=n: our_sweep(digits, n), 1) / len(STRENGTHS) / n
        note(f"sweep of {len(STRENGTHS) * n} models, a model", one, tensorflow)
    note("scikit-learn MLPClassifier, no dropout", scikit_learn(digits), plain)
    note("by hand, one lax.scan in JAX", elsewhere("jax", "hand_written"), plain)
    big = large()
    plain_epoch = keras_fit(big, 1)
    note("model.fit, 60 000 rows, one epoch", plain_epoch, plain_epoch)
    our_fit(big, 1)
    note("fit, 60 000 rows, one epoch", seconds(lambda: our_fit(big, 1), 2), plain_epoch, goals[4])
    print("where the time goes: the same fit of 100 epochs without a part of it")
    parts = {
        "dropout": {"dropout_rate": None},
        "L2": {"l2": None},
        "Adam, but with SGD": {"optimizer": "sgd"},
    }
    parts |= {"most of the arithmetic: 8 units": {"units": 8}, "training: 1 epoch": {}}
    for name, options in parts.items():
        epochs = 1 if name.startswith("training") else EPOCHS
        our_fit(digits, 1, **options)
        note(f"fit without {name}", seconds(lambda n=epochs, o=options: our_fit(digits, n, **o)), warm)
    print("growth, beside the same fit of 100 epochs, 400 rows, 128 units:")
    for epochs in (50, 200, 400):
        note(f"fit, {epochs} epochs", seconds(lambda n=epochs: our_fit(digits, n), 2), warm)
    for units in (32, 256, 512):
        our_fit(digits, 1, units=units)
        note(f"fit, {units} units", seconds(lambda n=units: our_fit(digits, EPOCHS, units=n), 2), warm)
    for n in (100, 200, 800, 1500):
        part = data.digits(n_train=n, n_validation=200, seed=0)
        our_fit(part, 1)
        note(f"fit, {n} rows", seconds(lambda d=part: our_fit(d, EPOCHS), 2), warm)
    grown = elsewhere(backend, "sweep_memory")
    print(f"memory that a sweep of 32 models adds at its peak: {grown:.0f} MB (goal: under 300 MB)")
    BUILD.mkdir(exist_ok=True)
    result = {"keras": keras.__version__, "backend": backend, "rows": rows, "sweep_memory_mb": grown}
    (BUILD / "bench.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    cases = {
        "keras_fit": lambda d: keras_fit(d, EPOCHS),
        "hand_written": hand_written,
        "sweep_memory": sweep_memory,
    }
    parser.add_argument("--only", choices=list(cases), help="print the number of one case")
    only = parser.parse_args().only
    if only:
        print(cases[only](data.digits(n_train=400, n_validation=200, seed=0)))
    else:
        main()
