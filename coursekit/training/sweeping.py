"""`sweep`: train a model for every point of a grid and every seed, and keep everything in one table."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import keras

from coursekit._arguments import integer, received
from coursekit.language import text
from coursekit.training import fitting
from coursekit.training.grid import Point, points_of, seeds_of
from coursekit.training.jobs import Job, train_all
from coursekit.training.results import SweepResult

__all__ = ["sweep"]


def sweep(
    build_model: Callable[..., keras.Model],
    grid: Mapping[str, Iterable] | Sequence[Point],
    x: Any = None,
    y: Any = None,
    *,
    epochs: int,
    seeds: Iterable[int] = (0,),
    batch_size: int = 32,
    validation_data: Any = None,
    sample_weight: Any = None,
    class_weight: dict[int, float] | None = None,
    data: Callable[..., tuple] | None = None,
    callbacks: Callable[[], Sequence[keras.callbacks.Callback]] | None = None,
    progress: bool = True,
) -> SweepResult:
    """Train a model for every point of a grid and every seed.

    Each model is the one that `fit` would give for the same point and seed. All cores of this machine are used, or as
    many as ``joblib.parallel_config(n_jobs=…)`` says; under ``joblib.parallel_config("dask")`` a cluster's workers.

    Args:
        build_model: called as ``build_model(**point, seed=seed)``, returns a compiled model, a new one each time. Where
            it takes no ``seed``, Keras' global seed is set for it.
        grid: ``{name: values}`` for all combinations, or a list of points ``{name: value}``; ``{}`` for seeds only.
        x, y, sample_weight, class_weight: training rows, as in `fit`.
        epochs: passes through the rows for each model, at least 1.
        seeds: a model is trained for each; the seed also draws the order of the rows.
        batch_size: rows in a step.
        validation_data: ``(x, y)``, evaluated after each epoch.
        data: called as ``data(**point, seed=seed)`` instead of x and y; returns (training, validation), each a pair, or
            a `coursekit.data.Dataset`.
        callbacks: called once a model, returns its callbacks.
        progress: whether to show a progress bar where the sweep takes more than a second.

    Returns:
        A `SweepResult`. After an interrupt it is partial: it holds the models that were finished.

    Raises:
        ValueError: if an argument is not as described, or ``build_model`` fails, naming point and seed.
    """
    integer("epochs", epochs, lowest=1)
    integer("batch_size", batch_size, lowest=1)
    points, seeds = points_of(grid), seeds_of(seeds)
    if (data is None) == (x is None):
        raise ValueError("`sweep` needs either x and y or `data`. Received: both or neither")
    fixed = {"validation_data": validation_data, "sample_weight": sample_weight, "class_weight": class_weight}
    fixed = {name: value for name, value in fixed.items() if value is not None}
    if data is not None and fixed:
        raise ValueError(
            f"`data` gives all rows, and leaves no place for others. Received: {', '.join(fixed)} as well"
        )
    for name, value in (("build_model", build_model), ("data", data), ("callbacks", callbacks)):
        if not callable(value) and (value is not None or name == "build_model"):
            raise ValueError(
                f"`{name}` must be a function that returns one for each model. {received(name, value)}"
            )
    job = Job(build_model, data, {"x": x, "y": y, **fixed}, epochs, batch_size, callbacks)
    tasks = list(itertools.product(points, seeds))
    with fitting.progress_bar(len(tasks), text("model_unit"), show=progress) as bar:
        return train_all(job, tasks, bar)
