"""What JAX runs for `coursekit.training.jax_engine`: steps and epochs as compiled functions of a state.

Keras' layers, losses, metrics and optimizers run unchanged inside `keras.StatelessScope`: what they would read from
and write to variables comes in as arguments and goes out as results.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, NamedTuple

import jax
import jax.numpy as jnp
import keras
import numpy as np

from coursekit.training import batches, lifting

if TYPE_CHECKING:
    from coursekit.training.arguments import Rows

EPOCHS_AT_ONCE = 16  # a call costs a third of a millisecond, as much as two steps of a small network
building = threading.Lock()


class State(NamedTuple):
    """What training changes: a list of arrays for each kind of variable, in the order of `Program`."""

    weights: list
    others: list  # random states and running means
    optimizer: list
    metrics: list
    totals: Any  # of data loss and penalty, each times rows, and of rows: shape (3,)


class Program:
    """The compiled function, and the model in which it was traced."""

    def __init__(
        self, model: keras.Model, train: Rows, validation: Rows | None, batch_size: int, *, shared: bool
    ) -> None:
        self.net = lifting.lifted_clone(model) if shared else model
        self.shared, self.batch_size = shared, batch_size
        net = self.net
        if not net.optimizer.built:
            net.optimizer.build(net.trainable_variables)
        self._build_metrics(train)
        self.weights, self.others = net.trainable_variables, net.non_trainable_variables
        self.optimizer, self.metrics = net.optimizer.variables, net.metrics_variables
        self.numbers = lifting.numbers(net)
        self.rate_is_a_number = any(v is net.optimizer.learning_rate for v in self.optimizer)
        self.fresh_optimizer = [v.value for v in self.optimizer]
        self.fresh_metrics = [v.value for v in self.metrics]
        self.validation_batch = batches.validation_batch(net, batch_size)
        names = ["data_loss", "penalty", *(n for n in net.get_metrics_result() if n != "loss")]
        self.columns = names + ([f"val_{name}" for name in names] if validation else [])
        self._epochs, self._steps = jax.jit(self._some_epochs), jax.jit(self._some_steps)
        self._compiling, self._compiled = threading.Lock(), set[tuple]()

    def _build_metrics(self, train: Rows) -> None:
        """Let Keras make the state of loss and metrics, from shapes alone: computing would compile each operation."""
        net = self.net

        def measure(batch):
            x, y, weight = batch
            weight = batches.optional(weight)
            y_pred = net(x, training=False)
            net.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=weight, training=False)
            net.compute_metrics(x, y, y_pred, weight)
            return y_pred

        def symbol(array):
            return keras.KerasTensor((1, *array.shape[1:]), dtype=jnp.asarray(array[:1]).dtype.name)

        keras.layers.Lambda(measure)(batches.tensors(train, symbol))
        net.reset_metrics()

    def twins(self, model: keras.Model):
        """Return a function from a variable of the net to the one of ``model`` in its place."""
        if not self.shared:
            return lambda variable: variable
        pairs = {id(target): source for source, target in lifting.paired_variables(model, self.net)}
        return lambda variable: pairs.get(id(variable), variable)

    def numbers_of(self, model: keras.Model) -> list:
        """Return the strengths and rates of ``model`` in the order of ``numbers``."""
        with building:
            if self.shared:
                lifting.copy_numbers(model, self.net)
            return [v.value for v in self.numbers]

    def run(self, state, numbers, train, validation, orders, first):
        """Run whole epochs, the first one from step ``first``; return the state and a row for each epoch."""
        n = len(orders)
        # Always as many rows, so that one compiled function serves any number of epochs.
        orders = np.pad(orders, ((0, EPOCHS_AT_ONCE - n), (0, 0)))
        state, table = self._once(self._epochs, state, numbers, train, validation, orders, n, first)
        return state, np.asarray(table)[:n]

    def run_steps(self, state, numbers, train, validation, order, first, last):
        """Run the steps of an epoch from ``first`` to before ``last``, and return the state."""
        # JAX would return at once and compute later, when nobody could interrupt it.
        return jax.block_until_ready(
            self._once(self._steps, state, numbers, train, validation, order, first, last)
        )

    def _once(self, function, *arguments):
        """Call a function; one thread at a time while it may have to be compiled."""
        shapes = (function, *(np.shape(a) for a in keras.tree.flatten(arguments[2:])))
        if shapes in self._compiled:
            return function(*arguments)
        with self._compiling:
            result = function(*arguments)
            self._compiled.add(shapes)
            return result

    def running(self, state: State) -> list[float]:
        """Return the running means of a state."""
        with self._compiling, self._scope(state, []):
            return np.asarray(self._running_row(state.totals)).tolist()

    def _some_epochs(self, state, numbers, train, validation, orders, n, first):
        def one_epoch(epoch, carried):
            state, table = carried
            begin = jnp.where(epoch == 0, first, 0)
            state, row = self._epoch(state, numbers, train, validation, orders[epoch], begin)
            return state, table.at[epoch].set(row)

        table = jnp.zeros((EPOCHS_AT_ONCE, len(self.columns)))
        return jax.lax.fori_loop(0, n, one_epoch, (state, table))

    def _epoch(self, state, numbers, train, validation, order, first):
        """Run an epoch from step ``first`` to its end, and validate."""
        full, rest = divmod(order.shape[0], self.batch_size)
        state = self._some_steps(state, numbers, train, validation, order, first, full)
        if rest:
            state = self._train_step(state, numbers, *_rows_at(train, order[full * self.batch_size :]))
        row = self._summary(state)
        if validation:
            row = jnp.concatenate([row, self._validate(state, numbers, validation)])
        return state._replace(metrics=self.fresh_metrics, totals=jnp.zeros(3)), row

    def _some_steps(self, state, numbers, train, validation, order, first, last):
        """Run steps of full batches from ``first`` to before ``last``."""
        size = self.batch_size
        if order.shape[0] < size:
            return state

        def step(i, state):
            batch = jax.lax.dynamic_slice(order, (i * size,), (size,))
            return self._train_step(state, numbers, *_rows_at(train, batch))

        return jax.lax.fori_loop(first, last, step, state)

    def _train_step(self, state, numbers, x, y, weight):
        net = self.net

        def scaled_loss(weights):
            with self._scope(state._replace(weights=weights), numbers) as scope:
                y_pred = net(x, training=True)
                loss, penalty, total = self._losses(y, y_pred, weight)
                # A loss of several outputs writes to metrics: the loss of each output.
                state_after = state._replace(
                    others=_now(scope, self.others), metrics=_now(scope, self.metrics)
                )
                return net.optimizer.scale_loss(total), (y_pred, loss, penalty, state_after)

        gradients, (y_pred, loss, penalty, state) = jax.grad(scaled_loss, has_aux=True)(state.weights)
        with self._scope(state, numbers) as scope:
            if gradients:
                net.optimizer.apply(gradients)
            net.compute_metrics(x, y, y_pred, weight)
            totals = state.totals + _sums(x, loss, penalty)
            weights, others = _now(scope, self.weights), _now(scope, self.others)
            return State(weights, others, _now(scope, self.optimizer), _now(scope, self.metrics), totals)

    def _validate(self, state, numbers, validation):
        rows, size = len(keras.tree.flatten(validation[0])[0]), self.validation_batch
        full, rest = divmod(rows, size)

        def step(metrics, totals, x, y, weight):
            with self._scope(state._replace(metrics=metrics), numbers) as scope:
                y_pred = self.net(x, training=False)
                loss, penalty, _ = self._losses(y, y_pred, weight)
                self.net.compute_metrics(x, y, y_pred, weight)
                return _now(scope, self.metrics), totals + _sums(x, loss, penalty)

        def whole(i, sums):
            return step(*sums, *_rows_at(validation, i * size + jnp.arange(size)))

        sums = (self.fresh_metrics, jnp.zeros(3))
        if full:
            sums = jax.lax.fori_loop(0, full, whole, sums)
        if rest:
            sums = step(*sums, *_rows_at(validation, jnp.arange(full * size, rows)))
        return self._summary(state._replace(metrics=sums[0], totals=sums[1]))

    def _losses(self, y, y_pred, sample_weight):
        """Return data loss, penalty and their sum, added up in Keras' order."""
        # The private _compile_loss is the data loss alone; the public compute_loss adds the penalties to it.
        loss = self.net._compile_loss(y, y_pred, sample_weight)
        penalties = [jnp.sum(penalty) for penalty in self.net.losses]
        return loss, sum(penalties, jnp.zeros(())), sum(penalties, loss)

    def _summary(self, state):
        with self._scope(state, []):
            return self._running_row(state.totals)

    def _running_row(self, totals):
        metrics = self.net.get_metrics_result()
        values = [totals[0] / totals[2], totals[1] / totals[2]]
        values += [value for name, value in metrics.items() if name != "loss"]
        return jnp.stack([jnp.asarray(value, "float32") for value in values])

    def _scope(self, state: State, numbers: list) -> keras.StatelessScope:
        """Return a scope in which the variables of the net have the values of a state."""
        pairs = [
            *zip(self.weights, state.weights, strict=True),
            *zip(self.others, state.others, strict=True),
            *zip(self.optimizer, state.optimizer, strict=True),
            *zip(self.metrics, state.metrics, strict=True),
            *(zip(self.numbers, numbers, strict=True) if numbers else ()),
        ]
        return keras.StatelessScope(pairs, collect_losses=True)


def _now(scope: keras.StatelessScope, variables: list) -> list:
    """Return the values of variables at the end of a scope; those it did not touch keep theirs."""
    values = [scope.get_current_value(variable) for variable in variables]
    return [v.value if value is None else value for v, value in zip(variables, values, strict=True)]


def _rows_at(arrays: tuple, batch) -> tuple:
    x, y, weight = keras.tree.map_structure(lambda a: a[batch], arrays)
    return x, y, batches.optional(weight)


def _sums(x, loss, penalty):
    """Return data loss and penalty, each times the rows of the batch, and the rows."""
    n = len(keras.tree.flatten(x)[0])
    return jnp.stack([jnp.asarray(loss, "float32") * n, penalty * n, jnp.asarray(n, "float32")])
