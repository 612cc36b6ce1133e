"""A program lent to a model: found, exchanged when the model is no longer what it was, and given back."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

import keras

from coursekit.training import deciding, metrics
from coursekit.training.program import tell_loss
from coursekit.training.rows import Rows
from coursekit.training.sharing import clone, key, pool

__all__ = ["Loan", "Refused"]


class Refused(Exception):
    """A model that only `model.fit` trains as it should; the message is the label of the reason."""


class Loan:
    """The program that fits a model as it is now.

    Args:
        model: compiled and built.
        rows: of the kind that will come.
        batch_size: rows in a step.
        validation_batch: rows in a step of validation.
        moves: whether an l1 of 0 may become another, for which the program must have the L1 part of each penalty.

    Attributes:
        program: the program, or None after `end`.
        state: of the model in the program.
        looks_closely: whether anything of the model may change between two calls, or only what Keras' own callbacks
            change.

    Raises:
        Refused: if there is none, here and in `load`.
    """

    def __init__(
        self, model: keras.Model, rows: Rows, batch_size: int, validation_batch: int, moves: bool
    ) -> None:
        self.model, self.looks_closely = model, True
        self.program: Any = None
        self._wanted, self._moves = (rows, batch_size, validation_batch), moves
        self._structure: str | None = None
        self._seen: tuple = ()
        self._pairs: list[tuple] = []
        self.state: Any = None
        self._give_back: Callable = lambda: None
        self._find()

    def load(self) -> None:
        """Take over all that the model holds, with another program if it changed too much for this one."""
        self._find()
        self.state = self.program.load(self._pairs, self.model, self.state)

    def call(self, method: str, *arguments: Any) -> Any:
        """Call a method of the program with the state, keep the new state, and return the rest."""
        self.state, *rest = self.program.call(method, self.state, *arguments)
        return rest

    def store(self, totals: Any) -> None:
        """Give the model all that is reached."""
        self.program.store(self._pairs, self.state)
        tell_loss(self.model, [float(total) for total in totals])

    def end(self) -> None:
        """Let others use the program."""
        self._give_back()
        self._give_back, self.program = lambda: None, None

    def _find(self) -> None:
        """Borrow a program that fits the model as it is now, if the one at hand does not."""
        model = self.model
        marks = (self._moves or clone.has_l1(model), *_marks(model))
        structure = key.structure(model) if self.looks_closely else self._structure
        if self.program is not None and (marks, structure) == (self._seen, self._structure):
            return
        if reason := deciding.of_model(model):
            raise Refused(reason)
        if not model.optimizer.built:
            model.optimizer.build(model.trainable_variables)
        if not self.looks_closely:
            structure = key.structure(model)
        if structure is None:
            raise Refused("not_compiled_own")
        self.end()
        try:
            program = pool.take(structure, model, marks[0], *self._wanted)
            if isinstance(program, str):
                raise Refused(program)
            if not program.for_all_threads:
                self._give_back = weakref.finalize(self, pool.give_back, program)
            metrics.build(model, self._wanted[0], len(program.net.metrics_variables))
            pairs = program.linked(model)
        except (
            ValueError
        ):  # a copy has other weights than a model that was changed, or metrics from before, for instance
            raise Refused("not_compiled_own") from None
        # A metric may hold what its configuration does not tell, and a copy does not have.
        theirs, ours = ([*map(key.numbers_in, metrics.all_of(part))] for part in (model, program.net))
        if theirs != ours:
            raise Refused("not_compiled_own")
        self.program, self._structure, self._seen = program, structure, (marks[0], *_marks(model))
        self._pairs, self.state = pairs, program.begin(model)


def _marks(model: keras.Model) -> tuple:
    """Return what tells at little cost that a model's structure may have changed."""
    weights = [(id(v), type(v.regularizer), type(v.constraint)) for v in model.weights]
    trained = [id(v) for v in model.trainable_variables]
    state = (id(model.optimizer), len(model.optimizer.variables), id(model.metrics[0]))
    return tuple(weights), tuple(trained), state, tuple(map(id, model.layers))
