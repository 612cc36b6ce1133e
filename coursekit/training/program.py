"""What training is: step, epoch and validation, stated once for both backends.

`model.fit` calls into its backend once a batch, and each call costs far more than the arithmetic of a small network.
Here one call of a compiled function runs many epochs. Inside, everything is Keras' own: layers, loss, metrics and
optimizer.

A backend (`tensorflow_program`, `jax_program`) adds how a loop, a branch and a gradient are written, and where the
state lives: on TensorFlow in the variables of the net, as Keras' optimizer there needs them; on JAX in a dictionary.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras

from coursekit.training.sharing import clone

__all__ = ["Program", "added", "count", "nothing", "tell_loss"]


ops = keras.ops
Totals = tuple[Any, Any, Any]  # of data loss and penalty, each times rows, and of rows


class Program:
    """Epochs of training with validation, for all models of one structure.

    Args:
        key: what all models that may use it have in common.
        model: one of them.
        net: its lifted clone, in which everything is computed; its metrics are built.
        batch_size: rows in a step.
        validation_batch: rows in a step of validation.
        by_rows: whether the metrics are sums over rows, so that it does not matter how many they see at once.
    """

    def __init__(
        self,
        key: Any,
        model: keras.Model,
        net: keras.Model,
        batch_size: int,
        validation_batch: int,
        by_rows: bool,
    ) -> None:
        self.key, self.net, self.batch_size, self.validation_batch = key, net, batch_size, validation_batch
        self.by_rows = by_rows
        self.columns = 2 + len([name for name in net.get_metrics_result() if name != "loss"])
        self.numbers = [variable for variable, _ in clone.numbers(model, net)]
        # Kept by `Run`, for the next one of this structure: the first call traces and says nothing about the speed.
        self.traced, self.seconds_per_step = False, 0.0

    # --- What a backend adds ---

    for_all_threads: bool  # whether one program serves all threads
    epochs_at_once: int | None  # the most epochs of a call; None for any number
    call: Callable  # (method, state, *arguments): call a method as a compiled function
    begin: Callable  # (model): the state for a model that comes
    load: Callable  # (pairs, model, state): the state with all that the model holds
    store: Callable  # (pairs, state): give the model all that the state holds
    within: Callable  # (state, function): call a function in which the variables have the state's values, and keep it
    gradients: Callable  # (state, forward): the same, and the gradient of its first result by the weights
    loop: Callable  # (first, last, body, carried): the last of carried = body(i, carried)
    branch: Callable  # (condition, yes, no): the result of one of two functions
    batches: (
        Callable  # (order, size, first, last, body, carried): carried = body(carried, indices) for each batch
    )
    part: Callable  # (array, first, n)
    take: Callable  # (array, indices)
    table: Callable  # (rows, columns): an empty table, to be filled by `write` and read by `filled`
    write: Callable
    filled: Callable

    # --- Training ---

    def epochs(self, state, totals: Totals, train, validation, orders, n, first, last):
        """Run ``n`` epochs, the first one from step ``first`` on, the last one up to before step ``last``.

        Args:
            state: of the model, from `load`.
            totals: of an epoch that is under way, which goes on if ``first`` is not 0.
            train, validation: (x, y, sample weight) as tensors; () for what is missing.
            orders: the order of the rows in each epoch, one after the other, shape (n * rows,).

        Returns:
            State, totals and a table of shape (n, columns), with a row for each epoch: data loss, penalty and metrics,
            of training and then of validation. The row of an epoch that is not finished means nothing.
        """
        rows = count(train)
        steps = -(-rows // self.batch_size)
        width = self.columns * (2 if validation else 1)

        def epoch(i, carried):
            state, totals, table = carried
            begin, end = ops.where(i == 0, first, 0), ops.where(i == n - 1, last, steps)
            state, totals = self.branch(
                begin == 0, lambda: (self.reset(state), nothing()), lambda: (state, totals)
            )
            order = self.part(orders, i * rows, rows)
            state, totals = self.steps(train, order, begin, end, (state, totals))
            state, totals, row = self.branch(
                end == steps,
                lambda: self.summary(state, totals, validation),
                lambda: (state, totals, ops.zeros((width,))),
            )
            return state, totals, self.write(table, i, row)

        state, totals, table = self.loop(0, n, epoch, (state, totals, self.table(n, width)))
        return state, totals, self.filled(table)

    def steps(self, train, order, begin, end, carried):
        """Do the steps of an epoch from ``begin`` to before ``end``."""

        def step(carried, indices):
            (state, totals), measured = self.learn(train, carried, indices)
            return self.within(state, lambda: self.net.compute_metrics(*measured))[0], totals

        return self.batches(order, self.batch_size, begin, end, step, carried)

    def learn(self, train, carried, indices):
        """Do one step with the rows at some indices, and return what the metrics are to measure as well."""
        (state, totals), (x, y, weight) = carried, self.rows_at(train, indices)
        net = self.net

        def forward():
            predicted = net(x, training=True)
            loss, penalty, total = self.losses(y, predicted, weight)
            return net.optimizer.scale_loss(total), (predicted, loss, penalty)

        state, gradients, (predicted, loss, penalty) = self.gradients(state, forward)
        state = self.apply(state, gradients)
        return (state, added(totals, indices, loss, penalty)), (x, y, predicted, weight)

    def apply(self, state, gradients):
        """Change the weights as the optimizer does."""
        pairs = list(zip(gradients, self.net.trainable_variables, strict=True))
        return self.within(state, lambda: self.net.optimizer.apply_gradients(pairs))[0]

    def losses(self, y, predicted, weight):
        """Return data loss, penalty and their sum, added up in Keras' order."""
        net = self.net
        # The public compute_loss gives the sum alone. The private _compile_loss is what it calls for the data loss.
        data = net._compile_loss
        loss = ops.zeros(()) if data is None else data(y, predicted, weight)
        penalties = [ops.sum(ops.cast(penalty, loss.dtype)) for penalty in net.losses]
        if not penalties:
            return loss, ops.zeros(()), loss
        return loss, ops.sum(penalties), ops.sum([loss, *penalties])

    def summary(self, state, totals, validation):
        """Return the row of an epoch whose steps are done; validation comes last, and the metrics hold its state."""
        state, row = self.row(state, totals)
        if validation:
            state, totals, more = self.validate(state, validation)
            row = ops.concatenate([row, more])
        return state, totals, row

    def validate(self, state, validation):
        """Return state, totals and the row of some rows, without training."""

        def step(carried, indices):
            (state, totals), (x, y, weight) = carried, self.rows_at(validation, indices)

            def judge():
                predicted = self.net(x, training=False)
                loss, penalty, _ = self.losses(y, predicted, weight)
                self.net.compute_metrics(x, y, predicted, weight)
                return loss, penalty

            state, sums = self.within(state, judge)
            return state, added(totals, indices, *sums)

        rows = count(validation)
        order, steps = ops.arange(rows, dtype="int32"), -(-rows // self.validation_batch)
        start = (self.reset(state), nothing())
        state, totals = self.batches(order, self.validation_batch, 0, steps, step, start)
        state, row = self.row(state, totals)
        return state, totals, row

    def predict(self, state, x):
        """Return what the model says of some rows."""
        return self.within(state, lambda: self.net(x, training=False))[1]

    def rows_at(self, arrays, indices):
        """Return the rows at some indices; a sample weight that is missing as Keras wants it, as None."""
        x, y, weight = keras.tree.map_structure(lambda a: self.take(a, indices), arrays)
        return x, y, None if isinstance(weight, tuple) and not weight else weight

    def reset(self, state):
        """Forget what the metrics have seen."""
        return self.within(state, self.net.reset_metrics)[0]

    def row(self, state, totals: Totals):
        """Return data loss, penalty and the metrics."""
        loss, penalty, n = totals

        def read():
            metrics = [v for name, v in self.net.get_metrics_result().items() if name != "loss"]
            return ops.stack([ops.cast(v, "float32") for v in (loss / n, penalty / n, *metrics)])

        return self.within(state, read)

    # --- A model's state, in and out ---

    def linked(self, model: keras.Model) -> list[tuple[keras.Variable, keras.Variable]]:
        """Return each variable of a model with the one of the net in its place: all that training changes.

        Raises:
            ValueError: if there are not as many.
        """
        net = self.net
        return [
            *clone.pairs(model, net),
            *zip(model.optimizer.variables, net.optimizer.variables, strict=True),
            *zip(model.metrics_variables, net.metrics_variables, strict=True),
        ]


def tell_loss(model: keras.Model, totals: list[float]) -> None:
    """Let the model's own mean of the loss, penalty included, say what the totals do."""
    tracker = model.metrics[0]
    tracker.total.assign(totals[0] + totals[1])
    tracker.count.assign(totals[2])


def nothing() -> Totals:
    """Return the totals of no rows."""
    return ops.zeros(()), ops.zeros(()), ops.zeros(())


def added(totals: Totals, indices, loss, penalty) -> Totals:
    """Return totals with a batch more."""
    n = ops.cast(ops.shape(indices)[0], "float32")
    return (
        totals[0] + ops.cast(loss, "float32") * n,
        totals[1] + ops.cast(penalty, "float32") * n,
        totals[2] + n,
    )


def count(arrays):
    """Return the number of rows of (x, y, sample weight)."""
    return ops.shape(keras.tree.flatten(arrays)[0])[0]
