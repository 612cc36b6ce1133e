"""The program on JAX: a pure function of the state, which all threads may use with a state of their own."""

from __future__ import annotations

import threading
from typing import Any

import jax
import jax.numpy as jnp
import keras
import numpy as np

from coursekit.training.program import Program
from coursekit.training.sharing import clone

__all__ = ["JAXProgram"]


class JAXProgram(Program):
    """A program of one compiled function a method. The state is a dictionary: a list of arrays for each kind."""

    for_all_threads = True
    epochs_at_once = 16  # a call costs a third of a millisecond, as much as two steps of a small network

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        net = self.net
        self.kinds = {
            "weights": net.trainable_variables,
            "others": net.non_trainable_variables,
            "optimizer": net.optimizer.variables,
            "metrics": net.metrics_variables,
            "numbers": self.numbers,
        }
        self._functions: dict[str, Any] = {}
        self._compiling, self._compiled = threading.Lock(), set[tuple]()

    def call(self, method: str, state, *arguments):
        """Call a method as a compiled function; one thread at a time while it has to be compiled."""
        shapes = (
            method,
            *((np.shape(a), str(a.dtype)) for a in keras.tree.flatten(arguments) if hasattr(a, "dtype")),
        )
        if shapes in self._compiled:
            return jax.block_until_ready(self._functions[method](state, *arguments))
        with self._compiling:
            function = self._functions.setdefault(method, jax.jit(getattr(self, method)))
            # JAX would return at once and compute later, when nobody could interrupt it.
            result = jax.block_until_ready(function(state, *arguments))
            self._compiled.add(shapes)
            return result

    def begin(self, model: keras.Model) -> dict:
        """Prepare for a model: give random states that it lacks a value of their own."""
        fresh = {id(variable): jnp.asarray(value) for variable, value in clone.fresh_states(model, self.net)}
        return {
            kind: [fresh.get(id(v), v.value) for v in variables] for kind, variables in self.kinds.items()
        }

    def load(self, pairs: list, model: keras.Model, state: dict) -> dict:
        """Take over all that a model holds."""
        values = {id(ours): theirs.value for theirs, ours in pairs}
        values |= {id(v): jnp.asarray(value, "float32") for v, value in clone.numbers(model, self.net)}
        return {
            kind: [values.get(id(v), old) for v, old in zip(variables, state[kind], strict=True)]
            for kind, variables in self.kinds.items()
        }

    def store(self, pairs: list, state: dict) -> None:
        """Give a model all that a state holds."""
        values = {
            id(v): value
            for kind, variables in self.kinds.items()
            for v, value in zip(variables, state[kind], strict=True)
        }
        for theirs, ours in pairs:
            theirs.assign(values[id(ours)])

    def within(self, state, function):  # noqa: D102 - as `Program` says
        pairs = [
            pair
            for kind, variables in self.kinds.items()
            for pair in zip(variables, state[kind], strict=True)
        ]
        with keras.StatelessScope(pairs, collect_losses=True) as scope:
            result = function()
        return {
            kind: [scope.get_current_value(v) for v in variables] for kind, variables in self.kinds.items()
        }, result

    def gradients(self, state, forward):  # noqa: D102
        def scaled(weights):
            after, (total, rest) = self.within({**state, "weights": weights}, forward)
            return total, (rest, after)

        gradients, (rest, after) = jax.grad(scaled, has_aux=True)(state["weights"])
        return {**after, "weights": state["weights"]}, gradients, rest

    def apply(self, state, gradients):
        """Change the weights as the optimizer does."""
        optimizer = self.net.optimizer
        if not hasattr(optimizer, "inner_optimizer"):
            return super().apply(state, gradients)
        # One that scales the loss has branches, which Keras writes for JAX in this way only.
        weights, values = optimizer.stateless_apply(state["optimizer"], gradients, state["weights"])
        return {**state, "weights": weights, "optimizer": values}

    loop = staticmethod(jax.lax.fori_loop)

    @staticmethod
    def branch(condition, yes, no):  # noqa: D102
        return jax.lax.cond(condition, lambda _: yes(), lambda _: no(), None)

    @staticmethod
    def take(array, indices):  # noqa: D102
        return array[indices]

    def batches(self, order, size, first, last, body, carried):  # noqa: D102
        # Shapes are fixed here, so that the last and smaller batch of an epoch stands for itself.
        full, rest = divmod(order.shape[0], size)
        if full:

            def whole(k, carried):
                return body(carried, self.part(order, k * size, size))

            carried = self.loop(first, jnp.minimum(last, full), whole, carried)
        if rest:
            carried = self.branch(last > full, lambda: body(carried, order[full * size :]), lambda: carried)
        return carried

    @staticmethod
    def part(array, first, n):  # noqa: D102
        return jax.lax.dynamic_slice(array, (first,), (n,))

    @staticmethod
    def table(rows, columns):  # noqa: D102
        return jnp.zeros((JAXProgram.epochs_at_once, columns))

    @staticmethod
    def write(table, i, row):  # noqa: D102
        return table.at[i].set(row)

    @staticmethod
    def filled(table):  # noqa: D102
        return table
