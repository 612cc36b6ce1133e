"""Sweeps on several machines: each model is built and trained by a worker, and its state is sent back.

Used when `joblib.parallel_config` has chosen a backend that is not of this machine, such as Dask's. The initial weights
and dropout masks come from seeds in the layers, the order of the rows from the seed of the sweep, so that a model is
the same wherever it is trained.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import keras
import numpy as np

from coursekit.training import arguments, fitting
from coursekit.training.arguments import Rows
from coursekit.training.history import History
from coursekit.training.results import Run

# A worker may run several tasks in threads, but Keras builds models in one thread at a time.
_building = threading.Lock()


def is_chosen() -> bool:
    """Whether sweeps should run elsewhere."""
    from joblib.parallel import get_active_backend

    backend, _ = get_active_backend()
    return type(backend).__module__ != "joblib._parallel_backends"


def train(
    runs: Sequence[Run],
    rows: Sequence[tuple[Rows, Rows | None]],
    build_model: Callable[..., keras.Model],
    epochs: int,
    batch_size: int,
    callbacks: Callable[[], Sequence[keras.callbacks.Callback]] | None,
) -> Iterator[Run]:
    """Train the models of ``runs`` on the chosen workers, and yield each run as it is finished.

    Args:
        runs: with untrained models, which take over what the workers' copies have learnt.
        rows: training and validation rows for each run.
        build_model: as in `sweep`; it is sent to the workers, and so are ``callbacks``.

    Raises:
        ValueError: if a worker runs Keras on another backend.
    """
    from joblib import Parallel, delayed

    backend = keras.config.backend()
    tasks = (
        # Arrays stand alone among the arguments, because these are what Dask sends only once.
        delayed(_train_here)(
            i, backend, build_model, run.point, run.seed, *_parts(part), epochs, batch_size, callbacks
        )
        for i, (run, part) in enumerate(zip(runs, rows, strict=True))
    )
    for i, columns, finished, weights, optimizer in Parallel(return_as="generator_unordered")(tasks):
        run = runs[i]
        for variable, value in zip(_state(run.model), weights, strict=True):
            variable.assign(value)
        if not run.model.optimizer.built:
            run.model.optimizer.build(run.model.trainable_variables)
        for variable, value in zip(run.model.optimizer.variables, optimizer, strict=True):
            variable.assign(value)
        run.history = run.model.history = History(columns, finished=finished)
        yield run


def _train_here(i, backend, build_model, point, seed, x, y, weight, x_val, y_val, weight_val, *options):
    """Train one model in a worker and return its history and its state as arrays."""
    if keras.config.backend() != backend:
        raise ValueError(
            f"The workers must run Keras on {backend}: set KERAS_BACKEND. Received: {keras.config.backend()}"
        )
    epochs, batch_size, callbacks = options
    train, validation = Rows(x, y, weight), None if x_val is None else Rows(x_val, y_val, weight_val)
    with _building:
        model = arguments.compiled(build_model(**point, seed=seed))
        fitting.prepare(model, train, validation)
    history = fitting.train_prepared(
        model,
        train,
        validation,
        epochs=epochs,
        batch_size=batch_size,
        shuffle=True,
        seed=seed,
        callbacks=callbacks() if callbacks else (),
        bar=None,
    )
    state, optimizer = ([np.asarray(v) for v in part] for part in (_state(model), model.optimizer.variables))
    return i, history.columns, history.finished, state, optimizer


def _parts(rows: tuple[Rows, Rows | None]) -> tuple[Any, ...]:
    return tuple(
        None if part is None else getattr(part, name) for part in rows for name in ("x", "y", "sample_weight")
    )


def _state(model: keras.Model) -> list[keras.Variable]:
    """Return weights, running means and random states."""
    return [*model.trainable_variables, *model.non_trainable_variables]
