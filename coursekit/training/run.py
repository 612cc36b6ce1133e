"""`Run`: a model in training, some epochs at a time. What `fit` and `sweep` loop over."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from coursekit._arguments import integer
from coursekit.language import text
from coursekit.training import checking, metrics
from coursekit.training.history import History
from coursekit.training.rows import Rows, as_arrays
from coursekit.training.sharing import clone
from coursekit.training.sharing.loan import Loan, Refused

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Run"]


# An interrupt is obeyed between two chunks of work, so a chunk should last no longer than this.
CHUNK_SECONDS = 0.4
PROBE_STEPS = 16


class Run:
    """Training that goes on when asked, as fast as `fit`, of a model of stock layers.

    Between two calls the model may be changed as one likes: its weights (``model.set_weights``), the strength of a
    penalty (``layer.kernel.regularizer.l2 = 0.1``), a dropout rate (``layer.rate = 0.5``), the learning rate
    (``model.optimizer.learning_rate = 0.01``). The next call takes that over and traces nothing anew. The model holds
    what was reached after every call, also after an interrupt::

        run = training.Run(model, x, y, validation_data=(x_val, y_val))
        run.train(10)
        model.layers[0].kernel.regularizer.l2 = 0.01
        run.train(10)
        run.history.table

    Args:
        model: a compiled model of stock layers, loss, metrics and optimizer; trained in place.
        x, y, sample_weight: training rows, as in `fit`.
        validation_data: ``(x, y)`` or ``(x, y, sample_weight)``, evaluated after each epoch.
        batch_size: rows in a step, at least 1.
        shuffle: whether to draw a new order of the rows for each epoch.
        seed: draws these orders.

    Attributes:
        model: as given.
        steps: steps in an epoch.

    Raises:
        ValueError: if an argument is not as described, or the model is one that only `model.fit` trains.
    """

    def __init__(
        self,
        model: keras.Model,
        x: Any,
        y: Any,
        *,
        sample_weight: Any = None,
        validation_data: Any = None,
        batch_size: int = 32,
        shuffle: bool = True,
        seed: int = 0,
    ) -> None:
        checking.compiled(model)
        integer("batch_size", batch_size, lowest=1)
        self.model = model
        train, validation = checking.arrays(self.model, x, y, sample_weight, validation_data)
        with _as_errors():
            self._prepare(train, validation, batch_size, batch_size, shuffle, seed, moves=True)

    @classmethod
    def of(cls, model: keras.Model, *arguments: Any) -> Run:
        """Return a run of what was checked before: model, train, validation, both batch sizes, shuffle, seed.

        Raises:
            Refused: if only `model.fit` trains this model as it should.
        """
        run = cls.__new__(cls)
        run.model = model
        run._prepare(*arguments)
        return run

    def _prepare(
        self,
        train: Rows,
        validation: Rows | None,
        batch_size: int,
        validation_batch: int,
        shuffle: bool,
        seed: int,
        moves: bool = False,
    ) -> None:
        self.batch_size, self._validation_batch, self._shuffle = batch_size, validation_batch, shuffle
        self._generator = np.random.default_rng(seed)
        self._table: list[np.ndarray] = []
        self._totals: Any = (np.float32(0),) * 3
        self.loan = Loan(self.model, train, batch_size, validation_batch, moves)
        self._put(train, validation)
        found = ["data_loss", "penalty", *metrics.names(self.model)]
        self.columns = found + ([f"val_{name}" for name in found] if validation else [])

    # --- What one asks of it ---

    def train(self, epochs: int = 1) -> pd.DataFrame:
        """Train for some epochs more, and return their rows of the table.

        Raises:
            ValueError: if ``epochs`` is less than 1, or the model was made one that only `model.fit` trains.
            KeyboardInterrupt: if interrupted; `history` then holds the epochs that were finished.
        """
        before = len(self._table)
        with _as_errors():
            self.advance(integer("epochs", epochs, lowest=1))
        return self.history.table.iloc[before:].reset_index(drop=True)

    def predict(self, x: Any) -> Any:
        """Return what the model says of some rows, as arrays; a grid of the same shape again traces nothing anew."""
        with _as_errors():
            self.loan.load()
        tensors = keras.tree.map_structure(keras.ops.convert_to_tensor, as_arrays("x", "x", x))
        found = self.loan.program.call("predict", self.loan.state, tensors)
        return keras.tree.map_structure(keras.ops.convert_to_numpy, found)

    def close(self) -> None:
        """Let others use the program; the run takes one again when it is asked for more."""
        self.loan.end()

    def give(self, x: Any, y: Any, *, sample_weight: Any = None, validation_data: Any = None) -> None:
        """Go on with other rows of the same shape.

        Raises:
            ValueError: if they are of another shape or kind.
        """
        train, validation = checking.arrays(self.model, x, y, sample_weight, validation_data)
        if (train.signature, validation is None) != (self._rows.signature, not self._validation):
            raise ValueError(
                "`x`, `y` and `validation_data` must be of the same shape and kind as before. "
                f"Received: {train.signature} instead of {self._rows.signature}"
            )
        self._put(train, validation)

    def restart(self, seed: int) -> None:
        """Give the model fresh weights and random states, forget what the optimizer knows, and empty the history.

        Strengths, rates and the learning rate stay as they are.

        Args:
            seed: draws the weights, the dropout masks and the orders of the rows, not negative.
        """
        seed = integer("seed", seed, lowest=0)
        clone.start_again(self.model, seed)
        self._generator = np.random.default_rng(seed)
        self._table = []

    @property
    def history(self) -> History:
        """All epochs so far."""
        values = np.array(self._table, "float64").reshape(-1, len(self.columns))
        columns = {name: values[:, i] for i, name in enumerate(self.columns)}
        return History(columns, modes=metrics.modes(self.model))

    # --- What `fit` asks of it ---

    def advance(
        self, epochs: int, *, validate: bool = True, after: Callable[[int], object] = lambda _: None
    ) -> None:
        """Train for some epochs more.

        Args:
            epochs: how many.
            validate: whether to validate after each, if there are data for it.
            after: called after each piece of work with the number of epochs that it finished.

        Raises:
            Refused: before anything is trained, if only `model.fit` trains the model as it is now.
        """
        self.loan.load()
        aim = len(self._table) + epochs
        try:
            while len(self._table) < aim:
                before = len(self._table)
                self._some_epochs(aim - before, self._validation if validate else ())
                after(len(self._table) - before)
        finally:
            self.loan.store(self._totals)

    def validate(self, *, stop: bool = False) -> None:
        """Validate, after an epoch that did not; with ``stop`` for as long as Keras does before it sees it: a step."""
        self.loan.load()
        size = self._validation_batch * self.model.steps_per_execution if stop else None
        validation = keras.tree.map_structure(lambda a: a[:size], self._validation)
        self._totals, row = self.loan.call("validate", validation)
        self._table[-1][len(row) :] = row
        self.loan.store(self._totals)

    @property
    def validates(self) -> bool:
        """Whether there are rows to validate with."""
        return bool(self._validation)

    def logs(self, prefix: str = "") -> dict[str, float]:
        """Return the last row of the table, or its validation for the prefix "val_", without the prefix."""
        values = zip(self.columns, self._table[-1].tolist(), strict=True)
        return {name.removeprefix(prefix): value for name, value in values if name.startswith(prefix)}

    # --- How it does it ---

    def _put(self, train: Rows, validation: Rows | None) -> None:
        self._rows, self.steps = train, -(-train.count // self.batch_size)
        self._train, self._validation = (
            keras.tree.map_structure(keras.ops.convert_to_tensor, part.parts) if part else ()
            for part in (train, validation)
        )

    def _some_epochs(self, epochs: int, validation: tuple) -> None:
        """Run as many whole epochs as fit into a chunk, or one long epoch in several chunks."""
        n = min(epochs, self._chunk() // self.steps, self.loan.program.epochs_at_once or epochs)
        orders, step = self._orders(max(1, n)), 0
        while n < 1 and (last := step + self._chunk()) < self.steps:
            self._call(orders, 1, step, last, validation)
            step = last
        table = self._call(orders, max(1, n), step, self.steps, validation)
        missing = len(self.columns) - table.shape[1]
        self._table.extend(np.pad(table, ((0, 0), (0, missing)), constant_values=np.nan))

    def _call(self, orders: np.ndarray, n: int, first: int, last: int, validation: tuple) -> np.ndarray:
        """Run ``n`` epochs, from step ``first`` of the first one to before step ``last`` of the last one."""
        program, start = self.loan.program, time.perf_counter()
        numbers = map(np.int32, (n, first, last))
        self._totals, table = self.loan.call(
            "epochs", self._totals, self._train, validation, orders, *numbers
        )
        table = np.asarray(table)[:n]
        seconds = time.perf_counter() - start
        # The first call traces and says nothing about the speed.
        if program.traced:
            program.seconds_per_step = seconds / (last - first + (n - 1) * self.steps)
        program.traced = True
        return table

    def _chunk(self) -> int:
        """Return how many steps to do at once."""
        seconds = self.loan.program.seconds_per_step
        return max(1, int(CHUNK_SECONDS / seconds)) if seconds else PROBE_STEPS

    def _orders(self, n: int) -> np.ndarray:
        """Return the orders of the rows in ``n`` epochs, one after the other."""
        count = self._rows.count
        # Where shapes are fixed, there is always room for the same number of epochs.
        orders = np.tile(np.arange(count, dtype="int32"), (self.loan.program.epochs_at_once or n, 1))
        if self._shuffle:
            for i in range(n):
                orders[i] = self._generator.permutation(count)
        return orders.ravel()


@contextmanager
def _as_errors() -> Iterator[None]:
    try:
        yield
    except Refused as problem:
        reason = text(str(problem), backend=keras.config.backend())
        raise ValueError(
            f"`model` must be one of stock layers that stay as they are. Received: {reason}"
        ) from None
