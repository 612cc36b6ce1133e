"""Training on JAX: some epochs, with all steps and the validation, are one compiled function of the state.

The function is compiled once for a structure; all threads and all models of that structure use it with a state of
their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jax.numpy as jnp
import keras
import numpy as np

from coursekit.training import batches
from coursekit.training.jax_program import EPOCHS_AT_ONCE, Program, State, building

if TYPE_CHECKING:
    from coursekit.training.arguments import Rows

PROGRAMS_KEPT = 16
_programs: dict[Any, Program] = {}


class JAXEngine:
    """A training loop for models of one structure: a compiled program and the state of one model.

    Args:
        model: a compiled, built model.
        train, validation: rows of the kind that will come, to build the metrics with.
        batch_size: rows in a step.
        key: what models that may share the program have in common; None if this one must have its own.
    """

    def __init__(
        self, model: keras.Model, train: Rows, validation: Rows | None, batch_size: int, *, key: Any
    ) -> None:
        self.program = _program_for(model, train, validation, batch_size, key)
        self.columns, self.batch_size = self.program.columns, batch_size
        self.traced, self.seconds_per_step = False, None  # kept up to date by the loop
        self.state: State
        self.numbers: list = []

    def load(self, model: keras.Model) -> None:
        """Take over a model's weights, random states, optimizer state, strengths and rates."""
        program = self.program
        twin = program.twins(model)
        optimizer = model.optimizer
        if optimizer.built:
            state = [v.value for v in optimizer.variables]
        else:
            rate = float(optimizer.learning_rate) if program.rate_is_a_number else 0.0
            state = [
                jnp.full_like(value, rate) if variable is program.net.optimizer.learning_rate else value
                for variable, value in zip(program.optimizer, program.fresh_optimizer, strict=True)
            ]
        self.numbers = program.numbers_of(model)
        self.state = State(
            [twin(v).value for v in program.weights],
            [twin(v).value for v in program.others],
            state,
            program.fresh_metrics,
            jnp.zeros(3),
        )

    def store(self, model: keras.Model) -> None:
        """Give weights, random states and optimizer state back to a model."""
        program, twin = self.program, self.program.twins(model)
        for variables, values in ((program.weights, self.state.weights), (program.others, self.state.others)):
            for variable, value in zip(variables, values, strict=True):
                twin(variable).assign(value)
        if not model.optimizer.built:
            model.optimizer.build(model.trainable_variables)
        for variable, value in zip(model.optimizer.variables, self.state.optimizer, strict=True):
            variable.assign(value)

    def start_epoch(self) -> None:
        """Forget what was summed up in an unfinished epoch."""
        self.state = self.state._replace(metrics=self.program.fresh_metrics, totals=jnp.zeros(3))

    def put(self, rows: Rows | None) -> tuple:
        """Return rows as arrays of JAX, for `run`; an empty tuple for None."""
        return batches.tensors(rows, jnp.asarray)

    def run(self, train: tuple, validation: tuple, orders: np.ndarray, first: int, last: int) -> np.ndarray:
        """Train a part of some epochs.

        Args:
            train, validation: rows from `put`.
            orders: the order of the rows in each epoch, shape (epochs, rows), integer.
            first: the step to begin with in the first epoch.
            last: the step to stop before in the last epoch.

        Returns:
            Shape (epochs, columns), a row for each epoch; the last one means nothing unless its last step was run.
        """
        epochs, rows = orders.shape
        finished = epochs if last == -(-rows // self.batch_size) else epochs - 1
        tables = []
        for epoch in range(0, finished, EPOCHS_AT_ONCE):
            some = orders[epoch : min(epoch + EPOCHS_AT_ONCE, finished)]
            self.state, table = self.program.run(
                self.state, self.numbers, train, validation, some, 0 if epoch else first
            )
            tables.append(table)
        if finished < epochs:
            begin = 0 if finished else first
            self.state = self.program.run_steps(
                self.state, self.numbers, train, validation, orders[-1], begin, last
            )
            tables.append(np.zeros((1, len(self.columns))))
        return np.concatenate(tables)

    def peek(self) -> dict[str, float]:
        """Return the running means of an epoch that is under way."""
        return dict(zip(self.columns, self.program.running(self.state), strict=False))


def _program_for(model, train, validation, batch_size, key) -> Program:
    if key is None:
        return Program(model, train, validation, batch_size, shared=False)
    with building:
        if key not in _programs:
            _programs[key] = Program(model, train, validation, batch_size, shared=True)
        _programs[key] = _programs.pop(key)  # the one used last stands last
        while len(_programs) > PROGRAMS_KEPT:
            del _programs[next(iter(_programs))]
        return _programs[key]
