"""`sweep`: train a model for every point of a grid and every seed, and keep everything in one table."""

from __future__ import annotations

import itertools
import os
import queue
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import keras

from coursekit.training import arguments, cluster, fitting
from coursekit.training.arguments import Rows
from coursekit.training.results import Run, SweepResult

Point = dict[str, Any]


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
    data: Callable[..., tuple] | None = None,
    callbacks: Callable[[], Sequence[keras.callbacks.Callback]] | None = None,
    progress: bool = True,
) -> SweepResult:
    """Train a model for every point of a grid and every seed.

    Each model is the one that `fit` would give for the same point and seed. The cores of this machine are used as was
    measured to be fastest; under ``joblib.parallel_config("dask")`` the workers of a Dask cluster are.

    Args:
        build_model: called as ``build_model(**point, seed=seed)``, returns a compiled model.
        grid: ``{name: values}`` for all combinations, or a list of points ``{name: value}``; ``{}`` for seeds only.
        x, y: training rows, as in `fit`.
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
    arguments.at_least_one(epochs=epochs, batch_size=batch_size)
    points, seeds = points_of(grid), [int(seed) for seed in seeds]
    if not seeds:
        raise ValueError("`seeds` must hold at least one seed. Received: none")
    if (data is None) == (x is None):
        raise ValueError("`sweep` needs either x and y or `data`. Received: both or neither")
    fixed = (
        None if data else (arguments.rows("x, y", x, y), arguments.pair("validation_data", validation_data))
    )

    def rows_for(point: Point, seed: int) -> tuple[Rows, Rows | None]:
        return fixed or _rows_from(data(**point, seed=seed))  # type: ignore[misc]

    wanted = itertools.product(points, seeds)
    runs: list[Run] = []
    partial = False
    with fitting.progress_bar(len(points) * len(seeds), progress) as bar:
        try:
            if cluster.is_chosen():
                runs += [Run(point, seed, _built(build_model, point, seed)) for point, seed in wanted]
                rows = [rows_for(run.point, run.seed) for run in runs]
                for run, (train, validation) in zip(runs, rows, strict=True):
                    fitting.prepare(run.model, train, validation)
                for _ in cluster.train(runs, rows, build_model, epochs, batch_size, callbacks):
                    bar.update(1)
            else:
                with _Workers(bar) as workers:
                    for point, seed in wanted:
                        model = _built(build_model, point, seed)
                        train, validation = rows_for(point, seed)
                        runs.append(Run(point, seed, model))
                        workers.train(runs[-1], train, validation, epochs, batch_size, callbacks)
                    workers.finish()
        except KeyboardInterrupt:
            partial = True
    return SweepResult(
        [run for run in runs if run.history is not None and run.history.finished], partial=partial
    )


def points_of(grid: Mapping[str, Iterable] | Sequence[Point]) -> list[Point]:
    """Return the points of a grid: all combinations of a mapping's values, or the listed points.

    Raises:
        ValueError: if the grid is empty or of another kind.
    """
    if isinstance(grid, Mapping):
        values = [list(v) for v in grid.values()]
        if not all(values):
            raise ValueError(
                f"`grid` must have at least one value for each name. Received: grid={dict(grid)}"
            )
        return [dict(zip(grid, combination, strict=True)) for combination in itertools.product(*values)]
    points = list(grid)
    if not points or not all(isinstance(point, Mapping) for point in points):
        raise ValueError(f"`grid` must be a dict of lists or a list of dicts. Received: grid={grid!r}")
    return [dict(point) for point in points]


def _built(build_model: Callable[..., keras.Model], point: Point, seed: int) -> keras.Model:
    try:
        return arguments.compiled(build_model(**point, seed=seed))
    except Exception as problem:
        raise ValueError(f"`build_model` failed for point {point} and seed {seed}: {problem}") from problem


def _rows_from(given: Any) -> tuple[Rows, Rows | None]:
    if hasattr(given, "train") and hasattr(given, "validation"):
        given = (given.train, given.validation)
    train, validation = given
    rows = arguments.pair("data", train)
    assert rows is not None
    return rows, arguments.pair("data", validation)


class _Workers:
    """Threads that train models, each with an engine of its own; models are built outside, one at a time."""

    def __init__(self, bar) -> None:
        self.bar = bar
        self.jobs: queue.Queue = queue.Queue(maxsize=4)
        self.stopped = threading.Event()
        self.problem: BaseException | None = None
        self.threads = [
            threading.Thread(target=self._work, daemon=True) for _ in range(min(2, os.cpu_count() or 1))
        ]

    def __enter__(self) -> _Workers:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def train(self, *job: Any) -> None:
        """Queue a job; waits while enough are queued."""
        while True:
            self._raise()
            try:
                return self.jobs.put(job, timeout=0.1)
            except queue.Full:
                continue

    def finish(self) -> None:
        """Wait until all jobs are done."""
        while self.jobs.unfinished_tasks and not self.stopped.is_set():
            self.stopped.wait(0.01)
        self._raise()

    def stop(self) -> None:
        """Let the threads end after their present chunk."""
        self.stopped.set()
        for thread in self.threads:
            thread.join()

    def _raise(self) -> None:
        if self.problem is not None:
            raise self.problem

    def _work(self) -> None:
        while not self.stopped.is_set():
            try:
                job = self.jobs.get(timeout=0.02)
            except queue.Empty:
                continue
            try:
                self._train(*job)
            except _Stopped:
                pass
            except BaseException as problem:
                self.problem = problem
                self.stopped.set()
            finally:
                self.jobs.task_done()

    def _train(self, run, train, validation, epochs, batch_size, callbacks) -> None:
        fitting.prepare(run.model, train, validation)
        run.history = fitting.train_prepared(
            run.model,
            train,
            validation,
            epochs=epochs,
            batch_size=batch_size,
            shuffle=True,
            seed=run.seed,
            callbacks=callbacks() if callbacks else (),
            bar=_StopWatch(self.stopped),
        )
        self.bar.update(1)


class _Stopped(Exception):
    """The sweep was interrupted."""


class _StopWatch:
    """Takes the place of a progress bar: ends a run at the next chunk when the sweep is interrupted."""

    def __init__(self, stopped: threading.Event) -> None:
        self.stopped = stopped

    def update(self, _: int) -> None:
        if self.stopped.is_set():
            raise _Stopped
