"""Training on TensorFlow: the loop over epochs and steps, and the validation, are one graph.

`model.fit` calls into TensorFlow once a batch, and each call costs far more than the arithmetic of a small network.
Here one call runs many steps. Inside, everything is Keras' own: the layers, the loss, the metrics, the optimizer.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import tensorflow as tf

from coursekit.training import batches, lifting
from coursekit.training.joined import JoinedWeights

if TYPE_CHECKING:
    from coursekit.training.arguments import Rows

OUTPUTS_KEPT = 1024  # numbers a row; a model with more is measured step by step, to save memory


class TensorFlowEngine:
    """A traced training loop for models of one structure.

    Args:
        model: a compiled, built model.
        train, validation: rows of the kind that will come, to build the metrics with.
        batch_size: rows in a step.
        key: what models that may use the engine have in common; None if it is for this one only. With a key, a lifted
            clone of the model is trained.
    """

    def __init__(
        self, model: keras.Model, train: Rows, validation: Rows | None, batch_size: int, *, key: Any
    ) -> None:
        self.shared = key is not None
        self.net = lifting.lifted_clone(model) if self.shared else model
        self.traced, self.seconds_per_step = False, None  # kept up to date by the loop
        self.batch_size = batch_size
        self.validation_batch = batches.validation_batch(model, batch_size)
        if not self.net.optimizer.built:
            self.net.optimizer.build(self.net.trainable_variables)
        self.joined = JoinedWeights(self.net) if self.shared and JoinedWeights.fits(self.net) else None
        self._fresh_optimizer = [v.numpy() for v in self.net.optimizer.variables]
        self._totals = tf.Variable(tf.zeros([3]))  # of data loss and penalty, each times rows, and of rows
        self._build_metrics(train)
        names = ["data_loss", "penalty", *(n for n in self.net.get_metrics_result() if n != "loss")]
        self.columns = names + ([f"val_{name}" for name in names] if validation else [])
        number = tf.TensorSpec([], tf.int32)
        orders = tf.TensorSpec([None, None], tf.int32)
        signature = (_any_rows(self.put(train)), _any_rows(self.put(validation)), orders, number, number)
        self._run = tf.function(self._steps, autograph=False).get_concrete_function(*signature)
        self._peek = tf.function(self._running_row, autograph=False)

    def _build_metrics(self, train: Rows) -> None:
        """Let Keras make the state of loss and metrics from one row, which it cannot do inside a graph."""
        x, y, weight = keras.tree.map_structure(lambda a: tf.convert_to_tensor(a[:1]), self.put(train))
        y_pred = self.net(x, training=False)
        self.net.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=batches.optional(weight), training=False)
        self.net.compute_metrics(x, y, y_pred, batches.optional(weight))
        self.net.reset_metrics()
        # Keras' own metrics are sums over rows: updating them with many rows at once gives the same, with fewer calls.
        # A function of the user's may be a mean over a batch.
        flat = keras.tree.flatten(y_pred)
        self.metrics_late = self.shared and all(int(tf.size(o)) <= OUTPUTS_KEPT for o in flat)
        self._outputs, self._output_kinds = y_pred, list(_any_rows(tuple(flat))) if self.metrics_late else []

    def load(self, model: keras.Model) -> None:
        """Take over a model's weights, random states, optimizer state, strengths and rates."""
        if not self.shared:
            return
        for source, target in self._pairs(model):
            target.assign(source)
        lifting.copy_numbers(model, self.net)
        optimizer, ours = model.optimizer, self.net.optimizer
        state = optimizer.variables if optimizer.built else self._fresh_optimizer
        if self.joined:
            self.joined.load(model.trainable_variables, state)
            ours = self.joined.optimizer
        else:
            for value, variable in zip(state, ours.variables, strict=True):
                variable.assign(value)
        if not optimizer.built and not isinstance(optimizer.get_config().get("learning_rate"), dict):
            ours.learning_rate.assign(optimizer.learning_rate)

    def store(self, model: keras.Model) -> None:
        """Give weights, random states and optimizer state back to a model."""
        if not self.shared:
            return
        for target, source in self._pairs(model):
            target.assign(source)
        if not model.optimizer.built:
            model.optimizer.build(model.trainable_variables)
        if self.joined:
            self.joined.store(model.trainable_variables, model.optimizer.variables)
            return
        for variable, value in zip(model.optimizer.variables, self.net.optimizer.variables, strict=True):
            variable.assign(value)

    def _pairs(self, model: keras.Model) -> list[tuple[keras.Variable, keras.Variable]]:
        """Return the variables of a model and of the net that are to agree; joined weights are none of them."""
        pairs = lifting.paired_variables(model, self.net)
        return [pair for pair in pairs if not (self.joined and pair[0].trainable)]

    def start_epoch(self) -> None:
        """Forget what was summed up in an unfinished epoch."""
        self.net.reset_metrics()
        self._totals.assign(tf.zeros([3]))

    def put(self, rows: Rows | None) -> tuple:
        """Return rows as tensors, for `run`; an empty tuple for None."""
        return batches.tensors(rows, tf.convert_to_tensor)

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
        orders, first, last = tf.constant(orders, tf.int32), tf.constant(first), tf.constant(last)
        return self._run(train, validation, orders, first, last).numpy()

    def peek(self) -> dict[str, float]:
        """Return the running means of an epoch that is under way."""
        return dict(zip(self.columns, self._peek().numpy().tolist(), strict=False))

    def _steps(self, train, validation, orders, first, last):
        epochs, rows = tf.unstack(tf.shape(orders))
        steps = -(-rows // self.batch_size)

        def one_epoch(epoch, table):
            begin = tf.where(epoch == 0, first, 0)
            end = tf.where(epoch == epochs - 1, last, steps)
            self._train_steps(train, orders[epoch], begin, end)
            row = tf.cond(
                end == steps,
                lambda: self._finished_row(validation),
                lambda: tf.zeros([len(self.columns)]),
            )
            return epoch + 1, table.write(epoch, row)

        table = tf.TensorArray(tf.float32, size=epochs, element_shape=[None])
        _, table = _loop(0, epochs, one_epoch, table)
        return table.stack()

    def _train_steps(self, train, order, begin, end):
        size = self.batch_size

        def one_step(step, carried):
            totals, outputs = carried
            x, y, weight = _rows_at(train, order[step * size : (step + 1) * size])
            y_pred, sums = self._train_step(x, y, batches.optional(weight))
            if self.metrics_late:
                flat = keras.tree.flatten(y_pred)
                outputs = [array.write(step - begin, o) for array, o in zip(outputs, flat, strict=True)]
            else:
                self.net.compute_metrics(x, y, y_pred, batches.optional(weight))
            return step + 1, (totals + sums, outputs)

        outputs = [
            tf.TensorArray(kind.dtype, size=end - begin, element_shape=kind.shape, infer_shape=False)
            for kind in self._output_kinds
        ]
        _, (totals, outputs) = _loop(begin, end, one_step, (tf.zeros([3]), outputs))
        self._totals.assign_add(totals)
        if self.metrics_late:
            _, y, weight = _rows_at(((), *train[1:]), order[begin * size : end * size])
            joined = [
                tf.ensure_shape(array.concat(), kind.shape)
                for array, kind in zip(outputs, self._output_kinds, strict=True)
            ]
            y_pred = keras.tree.pack_sequence_as(self._outputs, joined)
            self.net.compute_metrics(None, y, y_pred, batches.optional(weight))

    def _train_step(self, x, y, sample_weight):
        net = self.net
        weights = self._weights()
        with tf.GradientTape() as tape, self._scope(weights) as scope:
            if self.joined:
                tape.watch(weights)
            y_pred = net(x, training=True)
            loss, penalty, total = self._losses(y, y_pred, sample_weight)
            scaled = net.optimizer.scale_loss(total)
        if self.joined:
            self.joined.apply(tape.gradient(scaled, weights, unconnected_gradients="zero"))
            self._keep(scope)
        elif weights:
            net.optimizer.apply_gradients(zip(tape.gradient(scaled, weights), weights, strict=True))
        return y_pred, _sums(x, loss, penalty)

    def _weights(self):
        """Return the trainable weights: the parts of the joined variable where there is one."""
        return self.joined.parts() if self.joined else self.net.trainable_variables

    def _scope(self, weights):
        """Return a scope in which the layers take their weights from the joined variable, if there is one."""
        if not self.joined:
            return contextlib.nullcontext()
        values = zip(self.net.trainable_variables, weights, strict=True)
        return keras.StatelessScope(list(values), collect_losses=True)

    def _keep(self, scope) -> None:
        """Keep what layers and loss wrote inside a scope: running means, random states, the loss of each output."""
        for variable in (*self.net.non_trainable_variables, *self.net.metrics_variables) if scope else ():
            value = scope.get_current_value(variable)
            if value is not None:
                variable.assign(value)

    def _finished_row(self, validation):
        row = self._running_row()
        self._reset()
        if not validation:
            return row
        weights = self._weights()
        rows = tf.shape(keras.tree.flatten(validation[0])[0])[0]

        def one_batch(start, _):
            batch = tf.range(start, tf.minimum(start + self.validation_batch, rows))
            x, y, weight = _rows_at(validation, batch)
            weight = batches.optional(weight)
            with self._scope(weights) as scope:
                y_pred = self.net(x, training=False)
                loss, penalty, _ = self._losses(y, y_pred, weight)
            self._keep(scope)
            self._totals.assign_add(_sums(x, loss, penalty))
            self.net.compute_metrics(x, y, y_pred, weight)
            return start + self.validation_batch, ()

        _loop(0, rows, one_batch, ())
        validation_row = self._running_row()
        self._reset()
        return tf.concat([row, validation_row], 0)

    def _losses(self, y, y_pred, sample_weight):
        """Return data loss, penalty and their sum, added up in Keras' order."""
        # Model.compute_loss gives the sum alone. The private _compile_loss is what it calls for the data loss; taking
        # it from there is exact, and the penalties need not be computed a second time.
        loss = self.net._compile_loss(y, y_pred, sample_weight)
        penalties = [keras.ops.sum(penalty) for penalty in self.net.losses]
        if not penalties:
            return loss, tf.constant(0.0), loss
        return loss, tf.cast(tf.add_n(penalties), tf.float32), keras.ops.sum([loss, *penalties])

    def _running_row(self):
        loss, penalty, n = tf.unstack(self._totals)
        values = {"data_loss": loss / n, "penalty": penalty / n}
        values |= {name: value for name, value in self.net.get_metrics_result().items() if name != "loss"}
        return tf.stack([tf.cast(value, tf.float32) for value in values.values()])

    def _reset(self) -> None:
        self.net.reset_metrics()
        self._totals.assign(tf.zeros([3]))


def _loop(first, last, body, carried):
    """Call ``body(i, carried)``, which gives the next of both, while i is less than ``last``, and return them."""
    # One after the other: the steps share variables. Without autograph, whose translation takes a second of its own.
    return tf.while_loop(
        lambda i, _: i < last,
        body,
        (tf.constant(first) if isinstance(first, int) else first, carried),
        parallel_iterations=1,
    )


def _any_rows(arrays: tuple) -> tuple:
    """Return what a graph must know of arrays: all but the number of rows."""
    return keras.tree.map_structure(lambda a: tf.TensorSpec([None, *a.shape[1:]], a.dtype), arrays)


def _rows_at(arrays: tuple, batch) -> tuple:
    return keras.tree.map_structure(lambda a: tf.gather(a, batch), arrays)


def _sums(x, loss, penalty):
    """Return data loss and penalty, each times the rows of the batch, and the rows."""
    n = tf.cast(tf.shape(keras.tree.flatten(x)[0])[0], tf.float32)
    return tf.stack([tf.cast(loss, tf.float32) * n, penalty * n, n])
