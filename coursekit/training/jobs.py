"""The models of a sweep as joblib's jobs: on the threads of this machine, or on the workers of a cluster."""

from __future__ import annotations

import inspect
import os
import threading
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import keras

from coursekit._arguments import received
from coursekit.training import checking, fitting
from coursekit.training.grid import Point, check_names
from coursekit.training.history import History
from coursekit.training.results import SweepResult, Trained
from coursekit.training.sharing.aside import drawing_from, nothing_else
from coursekit.training.sharing.key import structure

__all__ = ["Job", "train_all"]

_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Job:
    """What all models of a sweep have in common."""

    build_model: Callable[..., keras.Model]
    data: Callable[..., Any] | None
    given: Mapping[str, Any]
    epochs: int
    batch_size: int
    callbacks: Callable[[], Any] | None

    def build(self, point: Point, seed: int) -> keras.Model:
        """Return the compiled model of a point and a seed."""
        try:
            if _takes_seed(self.build_model):
                return checking.compiled(self.build_model(**point, seed=seed))
            with drawing_from(seed), nothing_else():
                keras.utils.set_random_seed(seed)
                return checking.compiled(self.build_model(**point))
        except Exception as problem:
            raise ValueError(
                f"`build_model` failed for point {point} and seed {seed}: {problem}"
            ) from problem

    def train(self, model: keras.Model, point: Point, seed: int, after: Callable[[int], object]) -> History:
        """Train the model of a point and a seed."""
        given = dict(self.given)
        if self.data is not None:
            # A learner's function need not be safe in threads.
            with _one_at_a_time:
                given = _parts(self.data(**point, seed=seed))
        if self.callbacks is not None:
            given["callbacks"] = self.callbacks()
        given |= {"epochs": self.epochs, "batch_size": self.batch_size}
        return fitting.train(model, given, seed=seed, after=after)


def train_all(job: Job, tasks: list[tuple[Point, int]], bar: Any) -> SweepResult:
    """Train all models, as joblib's jobs, and return what was finished."""
    from joblib import Parallel, delayed
    from joblib.parallel import get_active_backend

    backend, n_jobs = get_active_backend()
    here = type(backend).__module__ == "joblib._parallel_backends"
    stock, done, partial = _Stock(), dict[int, Trained](), False

    def finish(i: int, model: keras.Model, history: History) -> None:
        point, seed = tasks[i]
        check_names(set(point), history.columns)
        done[i] = Trained(point, seed, model, history)
        with _one_at_a_time:
            bar.update(1)

    try:
        if here:
            threads = {"n_jobs": n_jobs or os.cpu_count(), "require": "sharedmem", "pre_dispatch": "all"}
            # What is finished is kept at once, as an interrupt may come while models are built.
            work = [delayed(_train_here)(job, tasks, stock, finish)] * len(tasks)
        else:
            threads, name = {}, keras.config.backend()
            work = [delayed(_train_there)(i, job, *task, name) for i, task in enumerate(tasks)]
        results = Parallel(return_as="generator_unordered", **threads)(work)
        if here:
            _build_all(job, tasks, stock)
        for found in results:
            if found is not None:
                i, state, history = found
                model = _with_state(job.build(*tasks[i]), *state)
                model.history = history
                finish(i, model, history)
    except KeyboardInterrupt:
        partial = True
    finally:
        stock.close()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # joblib tells of the jobs that were cancelled
            results = None
    return SweepResult([done[i] for i in sorted(done)], partial=partial)


def _build_all(job: Job, tasks: list[tuple[Point, int]], stock: _Stock) -> None:
    """Build the model of every task once, in this thread, while others train.

    Raises:
        ValueError: if two share a model or an optimizer, or a name of the grid is the name of a metric.
    """
    seen: dict[int, Any] = {}
    for i, (point, seed) in enumerate(tasks):
        model = job.build(point, seed)
        optimizer = model.optimizer
        inner = getattr(optimizer, "inner_optimizer", optimizer)
        parts = {id(part): part for part in (model, optimizer, inner, *model.trainable_variables)}
        if parts.keys() & seen.keys():
            raise ValueError(
                "`build_model` must return a new model with an optimizer of its own each time. "
                f"Received: one or a part of it again for point {point} and seed {seed}"
            )
        seen |= parts
        check_names(set(point), _metric_names(model))
        stock.put(i, model)


class _Stock:
    """Models that one thread builds while others train; each of these keeps to the structure it had, if it can.

    So the programs that are kept are those that come next.
    """

    def __init__(self) -> None:
        self.waiting: dict[Any, list[tuple[int, keras.Model]]] = {}
        self.busy, self.closed = set[int](), False
        self.changed, self.thread = threading.Condition(), threading.local()

    def put(self, i: int, model: keras.Model) -> None:
        """Offer a model."""
        with self.changed:
            self.waiting.setdefault(structure(model), []).append((i, model))
            self.changed.notify()

    def take(self) -> tuple[int, keras.Model]:
        """Wait for a model, and take it."""
        with self.changed:
            self.changed.wait_for(lambda: self.closed or self.waiting)
            self.go_on()
            last = getattr(self.thread, "structure", None)
            most = max(self.waiting, key=lambda key: len(self.waiting[key]))
            self.thread.structure = key = last if last in self.waiting else most
            i, model = self.waiting[key].pop(0)
            if not self.waiting[key]:
                del self.waiting[key]
            self.busy.add(i)
            return i, model

    def go_on(self, _: int = 0) -> None:
        """Raise an exception if the sweep is to end."""
        if self.closed:
            raise _Stopped

    def close(self) -> None:
        """End the sweep, and wait until nothing is under way: half a second at most, or a piece of work."""
        self.closed = True
        with self.changed:
            self.changed.notify_all()
        while self.busy:
            time.sleep(0.01)


def _train_here(job: Job, tasks: list[tuple[Point, int]], stock: _Stock, finish: Callable) -> None:
    """Train the next model of this process, until the sweep is to end."""
    i, model = stock.take()
    try:
        finish(i, model, job.train(model, *tasks[i], stock.go_on))
    finally:
        stock.busy.discard(i)


def _train_there(i: int, job: Job, point: Point, seed: int, backend: str) -> tuple[int, tuple, History]:
    """Build and train a model in a worker of a cluster, and return its state as arrays."""
    if keras.config.backend() != backend:
        raise ValueError(
            f"The workers must run Keras on {backend}: set KERAS_BACKEND. Received: {keras.config.backend()}"
        )
    with _one_at_a_time:
        model = job.build(point, seed)
    history = job.train(model, point, seed, lambda _: None)
    values = [keras.ops.convert_to_numpy(v) for v in _state(model)]
    return i, (values, getattr(model, "input_shape", None)), history


def _with_state(model: keras.Model, values: list, shape: Any) -> keras.Model:
    """Return a new model that takes over what a worker's copy learnt."""
    if not model.built:
        model.build(shape)
    if not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)
    for variable, value in zip(_state(model), values, strict=True):
        variable.assign(value)
    return model


def _state(model: keras.Model) -> list[keras.Variable]:
    """Return weights, running means, random states and what the optimizer knows."""
    return [*model.trainable_variables, *model.non_trainable_variables, *model.optimizer.variables]


def _takes_seed(function: Callable) -> bool:
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):  # some callables tell nothing of themselves
        return True
    return "seed" in parameters or any(p.kind is p.VAR_KEYWORD for p in parameters.values())


def _metric_names(model: keras.Model) -> list[str]:
    """Return what a model's metrics are called, as far as it can be known before the first rows."""
    with nothing_else():
        config = model.get_compile_config()
    items = keras.tree.flatten([config.get(name) for name in ("metrics", "weighted_metrics")])
    return [item for item in items if isinstance(item, str)]


def _parts(given: Any) -> dict[str, Any]:
    """Return what ``data`` gave as arguments of `fit`."""
    if hasattr(given, "train") and hasattr(given, "validation"):
        given = (given.train, given.validation)
    try:
        train, validation = given
        names = ("x", "y", "sample_weight")
        return {
            **dict(zip(names, train, strict=False)),
            **({} if validation is None else {"validation_data": tuple(validation)}),
        }
    except (TypeError, ValueError):
        raise ValueError(
            f"`data` must return (training, validation), each a pair. {received('data', given)}"
        ) from None


class _Stopped(Exception):
    """The sweep was interrupted."""
