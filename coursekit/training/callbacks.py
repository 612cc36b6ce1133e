"""Keras' callbacks around a run: hooks in Keras' order with Keras' logs, and at each the model is the truth."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np

from coursekit.training import metrics
from coursekit.training.deciding import has_hook
from coursekit.training.history import OURS, History, keras_columns
from coursekit.training.run import Run
from coursekit.training.sharing import key
from coursekit.training.sharing.loan import Refused

__all__ = ["Kept", "less_is_better", "listed", "logs_of", "train", "want_ours"]


IN_AN_EPOCH = ("on_epoch_begin", "on_epoch_end", "on_test_begin", "on_test_end")


def train(run: Run, callbacks: list, epochs: int, after: Callable[[int], object], go_on: Callable) -> History:
    """Train with callbacks, and leave the `History` on the model, also after an interrupt.

    Args:
        run: of the model.
        callbacks: Keras' or the learner's, none of which watches batches.
        epochs: how many, at most.
        after: called after each piece of work with the number of epochs that it finished.
        go_on: where callbacks make the model one that only `model.fit` trains: called with the
            `keras.callbacks.CallbackList`, the epoch that comes next and what was kept; returns the `History`.
    """
    model, kept = run.model, Kept()
    around = keras.callbacks.CallbackList(
        [*callbacks, kept], model=model, verbose=0, epochs=epochs, steps=run.steps
    )
    run.loan.looks_closely = _any_own(callbacks)
    hooks = {hook for hook in IN_AN_EPOCH for callback in callbacks if has_hook(callback, hook)}
    model.history, model.stop_training = kept, False
    finished = False
    try:
        with less_is_better(callbacks):
            around.on_train_begin()
            epoch = 0
            while not (epoch and (epoch == epochs or model.stop_training)):
                try:
                    epoch += _some_epochs(run, around, kept, hooks, epoch, epochs - epoch, after)
                except Refused:
                    return go_on(_begun(around, model.stop_training), epoch, kept)
            around.on_train_end(logs_of(run.logs(), around))
        finished = True
    finally:
        if model.history is kept:
            again = callbacks if finished else ()
            model.history = kept.as_history(model, finished=finished, callbacks=again, run=run)
    return model.history


def _some_epochs(
    run: Run, around: Any, kept: Kept, hooks: set[str], epoch: int, left: int, after: Callable
) -> int:
    """Train one epoch with its hooks, or all that are left where there are no hooks; return their number.

    Raises:
        Refused: after the hook at the beginning of the epoch, where the rest is for `model.fit`.
    """
    model = run.model
    model.reset_metrics()
    left_by_a_hook = False
    if hooks:
        fresh = _measured(model)
        around.on_epoch_begin(epoch)
        left_by_a_hook = _measured(model) != fresh
    # model.fit does one step before it stops, and goes on measuring from where a callback's `evaluate` left off.
    if model.stop_training or left_by_a_hook:
        raise Refused("not_compiled_callback")
    if run.validates:
        model.stop_evaluating = False
    if not hooks:
        run.advance(left, after=after)
        return left
    apart = bool(hooks & {"on_test_begin", "on_test_end"}) and run.validates
    run.advance(1, validate=not apart)
    if apart:
        around.on_test_begin()
        run.validate(stop=model.stop_evaluating)
        around.on_test_end(logs_of(run.logs("val_"), around))
    row = run.logs()
    kept.keep(epoch, {**keras_columns(row), **row})
    around.on_epoch_end(epoch, logs_of(row, around))
    after(1)
    return 1


def logs_of(row: dict[str, float], callbacks: Any) -> dict[str, float]:
    """Return a row of the table as Keras' logs, with our columns beside them where anybody may want them."""
    return {**keras_columns(row), **(row if want_ours(callbacks) else {})}


def want_ours(callbacks: Any) -> bool:
    """Whether a callback may want our columns: the learner's own, or one of Keras' that watches or writes them.

    Keras' others, which log whatever they are given, see Keras' keys only.
    """
    asked = [
        str(getattr(callback, part, "")) for callback in listed(callbacks) for part in ("monitor", "filepath")
    ]
    return _any_own(callbacks) or any(name in text for name in OURS[:2] for text in asked)


def _any_own(callbacks: Any) -> bool:
    """Whether a callback may do anything: one of the learner's, or one with functions of theirs."""
    functions = (keras.callbacks.LambdaCallback, keras.callbacks.LearningRateScheduler)
    return any(not key.is_stock(type(c)) or isinstance(c, functions) for c in listed(callbacks))


def _begun(around: keras.callbacks.CallbackList, stop: bool) -> keras.callbacks.CallbackList:
    """Return callbacks whose training and epoch have begun: `model.fit` goes on with what comes then."""
    on_epoch_begin, measured = around.on_epoch_begin, _measured(around.model)

    def begin_nothing(epoch, logs=None):
        around.on_epoch_begin = on_epoch_begin
        for variable, value in zip(around.model.metrics_variables, measured, strict=False):
            variable.assign(value)

    def stop_again(logs=None):
        around.model.stop_training = stop

    around.on_train_begin, around.on_epoch_begin = stop_again, begin_nothing
    return around


def _measured(model: keras.Model) -> list:
    """Return the state of a model's metrics."""
    return [keras.ops.convert_to_numpy(variable).tolist() for variable in model.metrics_variables]


class Kept(keras.callbacks.History):
    """Keras' own record of the epochs, and all that is known of each, kept before any other callback runs."""

    def __init__(self) -> None:
        super().__init__()
        self.numbers: list[int] = []
        self.rows: list[dict[str, Any]] = []

    def keep(self, epoch: int, row: dict[str, Any]) -> None:
        """Keep an epoch that is finished, whatever its callbacks do."""
        self.numbers.append(epoch)
        self.rows.append(row)

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        """Keep what the other callbacks added."""
        super().on_epoch_end(epoch, logs)
        self.rows[-1] = {**(logs or {}), **self.rows[-1]}

    def as_history(
        self, model: keras.Model, *, finished: bool, callbacks: Any = (), run: Run | None = None
    ) -> History:
        """Return what was kept as a `History`; for a run without hooks, what the run has.

        Args:
            model: as it is after training.
            finished: whether training came to its end.
            callbacks: those that may have restored weights at the end.
            run: the one that trained; None where `model.fit` did.
        """
        if run is not None and not self.rows:
            history = run.history
            history.finished = finished
            return history
        first = self.numbers[0] if self.numbers else 0
        names = list(dict.fromkeys(name for row in self.rows for name in row))
        order = sorted(names, key=lambda name: (name.startswith("val_"), name not in OURS))
        columns = {name: self._column(name) for name in order if name.removeprefix("val_") != "loss"}
        return History(
            columns,
            history={
                name: [row[name] for row in self.rows if name in row] for name in names if name not in OURS
            },
            finished=finished,
            first_epoch=first + 1,
            held=_held(callbacks, first) if self.rows else -1,
            compiled=run is not None,
            modes=metrics.modes(model),
        )

    def _column(self, name: str) -> np.ndarray:
        """Return one value an epoch, NaN where there is none."""
        some = next(row[name] for row in self.rows if name in row)
        return np.array([row.get(name, np.full(np.shape(some), np.nan)) for row in self.rows])


def listed(callbacks: Any) -> list:
    """Return callbacks as a list: Keras takes one, a list, and lists in lists."""
    if isinstance(callbacks, keras.callbacks.CallbackList):
        return list(callbacks.callbacks)
    return [callback for callback in keras.tree.flatten(callbacks) if callback is not None]


@contextmanager
def less_is_better(callbacks: Any) -> Iterator[None]:
    """Tell callbacks that watch one of our columns what Keras cannot know of it, for as long as they are used."""
    watching = [
        callback
        for callback in listed(callbacks)
        if getattr(callback, "monitor", None) in OURS and getattr(callback, "mode", None) == "auto"
    ]
    for callback in watching:
        callback.mode = "min"
    try:
        yield
    finally:
        for callback in watching:
            callback.mode = "auto"


def _held(callbacks: Any, first: int) -> int:
    """Return the place of the epoch whose weights the model holds at the end."""
    held = -1
    for callback in listed(callbacks):
        if isinstance(callback, keras.callbacks.EarlyStopping) and callback.restore_best_weights:
            held = held if callback.best_weights is None else callback.best_epoch - first
    return held
