"""The loop around an engine: chunks short enough to interrupt, callbacks, progress, and a `History` at the end."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from coursekit.training.arguments import Rows
from coursekit.training.history import History, keras_columns

# An interrupt is obeyed between two chunks, so a chunk should last no longer than this.
CHUNK_SECONDS = 0.4
PROBE_STEPS = 16


def run(
    engine,
    model: keras.Model,
    train: Rows,
    validation: Rows | None,
    *,
    epochs: int,
    shuffle: bool,
    seed: int,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    bar=None,
) -> History:
    """Train ``model`` with an engine and return its `History`, which an interrupt leaves on ``model.history``.

    Raises:
        KeyboardInterrupt: as it came, once the model holds what was reached.
    """
    session = _Session(engine, model, train, validation, epochs, shuffle, seed, callbacks, bar)
    try:
        session.train()
    except BaseException:
        engine.store(model)
        model.history = session.history(finished=False)
        raise
    model.history = session.history(finished=True)
    return model.history


class _Session:
    """One training run: where it is, and what it has seen."""

    def __init__(self, engine, model, train, validation, epochs, shuffle, seed, callbacks, bar) -> None:
        self.engine, self.model, self.epochs, self.bar = engine, model, epochs, bar
        self.train_rows, self.validation_rows = engine.put(train), engine.put(validation)
        self.rows, self.shuffle = train.count, shuffle
        self.steps = -(-train.count // engine.batch_size)
        self.generator = np.random.default_rng(seed)
        self.watched = bool(callbacks)
        self.callbacks = keras.callbacks.CallbackList(
            list(callbacks), model=model, epochs=epochs, steps=self.steps
        )
        for callback in callbacks:
            lower_is_better(callback)
        self.by_batch = any(_watches_batches(callback) for callback in callbacks)
        self.table: list[np.ndarray] = []

    def history(self, *, finished: bool) -> History:
        columns = self.engine.columns
        values = np.array(self.table, "float64").reshape(-1, len(columns))
        return History({name: values[:, i] for i, name in enumerate(columns)}, finished=finished)

    def train(self) -> None:
        self.model.stop_training = False
        self.engine.load(self.model)
        self.engine.start_epoch()
        self.callbacks.on_train_begin()
        while len(self.table) < self.epochs and not self.model.stop_training:
            if self.watched:
                self._epoch_with_callbacks()
            else:
                self._some_epochs()
        self.engine.store(self.model)
        self.callbacks.on_train_end()

    def _some_epochs(self) -> None:
        """Run as many whole epochs as fit into a chunk; a long epoch in several chunks."""
        chunk = self._chunk_steps()
        n = min(self.epochs - len(self.table), chunk // self.steps)
        if n < 1:
            self._long_epoch()
            return
        orders = np.stack([self._order() for _ in range(n)])
        self._finish(self._timed(orders, 0, self.steps, n * self.steps))

    def _long_epoch(self) -> None:
        orders, step = self._order()[None], 0
        while step < self.steps:
            last = min(self.steps, step + max(1, self._chunk_steps()))
            table = self._timed(orders, step, last, last - step)
            step = last
        self._finish(table)

    def _epoch_with_callbacks(self) -> None:
        epoch = len(self.table)
        self.callbacks.on_epoch_begin(epoch)
        if self._begin_is_watched():
            self.engine.load(self.model)
        if self.by_batch:
            self._epoch_by_batches()
        elif self._chunk_steps() < self.steps:
            self._long_epoch()
        else:
            self._finish(self._timed(self._order()[None], 0, self.steps, self.steps))
        if len(self.table) == epoch:
            return
        self.engine.store(self.model)
        self.callbacks.on_epoch_end(epoch, self._logs(self.table[-1]))
        if not self.model.stop_training:
            self.engine.load(self.model)

    def _begin_is_watched(self) -> bool:
        """Whether a callback may have set something at the beginning of an epoch."""
        return any(
            type(callback).on_epoch_begin is not keras.callbacks.Callback.on_epoch_begin
            or "on_epoch_begin" in vars(callback)
            for callback in self.callbacks.callbacks
        )

    def _epoch_by_batches(self) -> None:
        orders = self._order()[None]
        for step in range(self.steps):
            self.callbacks.on_train_batch_begin(step)
            last_step = step == self.steps - 1
            table = self.engine.run(self.train_rows, self.validation_rows, orders, step, step + 1)
            logs = self._logs(table[0]) if last_step else self._logs_of(self.engine.peek())
            self.engine.store(self.model)
            self.callbacks.on_train_batch_end(
                step, {k: v for k, v in logs.items() if not k.startswith("val_")}
            )
            if self.model.stop_training and not last_step:
                break
        self._finish(table)

    def _finish(self, table: np.ndarray) -> None:
        self.table.extend(table)
        if self.bar is not None:
            self.bar.update(len(table))

    def _timed(self, orders: np.ndarray, first: int, last: int, steps: int) -> np.ndarray:
        start = time.perf_counter()
        table = self.engine.run(self.train_rows, self.validation_rows, orders, first, last)
        seconds = time.perf_counter() - start
        # The first call traces the graph and says nothing about the speed.
        if self.engine.traced:
            self.engine.seconds_per_step = seconds / steps
        self.engine.traced = True
        return table

    def _chunk_steps(self) -> int:
        if self.engine.seconds_per_step is None:
            return PROBE_STEPS
        return max(1, int(CHUNK_SECONDS / max(self.engine.seconds_per_step, 1e-7)))

    def _order(self) -> np.ndarray:
        order = self.generator.permutation(self.rows) if self.shuffle else np.arange(self.rows)
        return order.astype("int32")

    def _logs(self, row: np.ndarray) -> dict[str, float]:
        return self._logs_of(dict(zip(self.engine.columns, (float(v) for v in row), strict=True)))

    @staticmethod
    def _logs_of(values: dict[str, Any]) -> dict[str, float]:
        return {**keras_columns(values), **values}


def lower_is_better(callback: keras.callbacks.Callback) -> None:
    """Tell a callback that watches one of our columns what Keras cannot know of it: that less is better."""
    monitor = str(getattr(callback, "monitor", ""))
    if getattr(callback, "mode", None) == "auto" and monitor.removeprefix("val_") in ("data_loss", "penalty"):
        callback.mode = "min"


def _watches_batches(callback: keras.callbacks.Callback) -> bool:
    """Whether a callback has something to do after each batch."""
    if isinstance(callback, keras.callbacks.ModelCheckpoint):
        return callback.save_freq != "epoch"
    hooks = ("on_train_batch_begin", "on_train_batch_end", "on_batch_begin", "on_batch_end")
    return any(
        hook in vars(callback) or getattr(type(callback), hook) is not getattr(keras.callbacks.Callback, hook)
        for hook in hooks
    )
