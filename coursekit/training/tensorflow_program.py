"""The program on TensorFlow: a graph whose state are the variables of the net. One thread at a time may use it."""

from __future__ import annotations

import math
import weakref
from typing import Any

import keras
import tensorflow as tf
from tensorflow.python.framework.func_graph import dismantle_func_graph

from coursekit.training import metrics
from coursekit.training.program import Program
from coursekit.training.sharing import clone

__all__ = ["TensorFlowProgram"]


MOST_NUMBERS = 1024  # of an output, to be kept for each row of an epoch

# Optimizers that compute much from their count, and write to their variables as TensorFlow's own.
READ_ONCE = (keras.optimizers.Adam, keras.optimizers.AdamW, keras.optimizers.Adamax)


class TensorFlowProgram(Program):
    """A program of one graph a method."""

    for_all_threads = False
    epochs_at_once = None  # any number

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._graphs: dict[Any, Any] = {}
        weakref.finalize(self, _take_apart, self._graphs).atexit = False

    def call(self, method: str, state, *arguments):
        """Call a method as a graph, which is traced once for arguments of one kind, whatever their number of rows."""
        arguments = keras.tree.map_structure(tf.convert_to_tensor, arguments)
        specs = keras.tree.map_structure(_any_rows, arguments)
        key = (method, str(specs))
        if key not in self._graphs:
            # Without autograph, whose translation takes a second of its own.
            function = tf.function(getattr(self, method), autograph=False)
            self._graphs[key] = function.get_concrete_function(state, *specs)
        return self._graphs[key](state, *arguments)

    def load(self, pairs: list, model: keras.Model, _: Any) -> tuple:
        """Take over all that a model holds."""
        for theirs, ours in pairs:
            ours.value.assign(theirs.value)
        for variable, value in clone.numbers(model, self.net):
            variable.assign(value)
        return ()

    def begin(self, model: keras.Model) -> tuple:
        """Prepare for a model: give random states that it lacks a value of their own."""
        for variable, value in clone.fresh_states(model, self.net):
            variable.assign(value)
        return ()

    def store(self, pairs: list, _: Any) -> None:
        """Give a model all that the net holds."""
        for theirs, ours in pairs:
            theirs.value.assign(ours.value)

    @staticmethod
    def within(state, function):  # noqa: D102 - as `Program` says
        return state, function()

    def gradients(self, state, forward):  # noqa: D102
        with tf.GradientTape() as tape:
            total, rest = forward()
        return state, tape.gradient(total, self.net.trainable_variables), rest

    def steps(self, train, order, begin, end, carried):
        """Do steps as `Program` says, with as few operations: metrics that allow it measure many steps at once."""
        output = self.net.outputs[0]
        shape = output.shape[1:]
        # Keras computes a cross-entropy from what stands before the softmax, if it sees it in the graph.
        looks_back = any("Crossentropy" in type(metric).__name__ for metric in metrics.all_of(self.net))
        if looks_back or not self.by_rows or None in shape or math.prod(shape) > MOST_NUMBERS:
            return super().steps(train, order, begin, end, carried)
        size = self.batch_size

        def step(k, both):
            carried, (*_, predicted, _) = self.learn(train, both[0], order[k * size : (k + 1) * size])
            return carried, both[1].write(k - begin, predicted)

        seen = tf.TensorArray(output.dtype, end - begin, element_shape=[None, *shape], infer_shape=False)
        carried, seen = self.loop(begin, end, step, (carried, seen))
        _, y, weight = self.rows_at(((), *train[1:]), order[begin * size : end * size])
        self.net.compute_metrics(None, y, tf.ensure_shape(seen.concat(), [None, *shape]), weight)
        return carried

    def apply(self, state, gradients):
        """Change the weights as the optimizer does, which reads its count and its learning rate for each of them.

        Read once, what follows from them is computed once, with the same result in every bit.
        """
        optimizer = self.net.optimizer
        if type(optimizer) not in READ_ONCE or optimizer.gradient_accumulation_steps:
            return super().apply(state, gradients)
        numbers = [
            v for v in (optimizer.iterations, optimizer.learning_rate) if isinstance(v, keras.Variable)
        ]
        with keras.StatelessScope([(v, tf.convert_to_tensor(v.value)) for v in numbers]) as scope:
            super().apply(state, gradients)
        for variable in (*optimizer.variables, *self.net.trainable_variables):
            value = scope.get_current_value(variable)
            if value is not None and variable is not optimizer.learning_rate:
                variable.assign(value)
        return state

    @staticmethod
    def loop(first, last, body, carried):  # noqa: D102
        # One after the other: the steps share variables.
        start = (tf.convert_to_tensor(first), carried)
        return tf.while_loop(
            lambda i, _: i < last, lambda i, c: (i + 1, body(i, c)), start, parallel_iterations=1
        )[1]

    branch = staticmethod(tf.cond)
    take = staticmethod(tf.gather)

    def batches(self, order, size, first, last, body, carried):  # noqa: D102
        return self.loop(first, last, lambda k, c: body(c, order[k * size : (k + 1) * size]), carried)

    @staticmethod
    def part(array, first, n):  # noqa: D102
        return array[first : first + n]

    @staticmethod
    def table(rows, columns):  # noqa: D102
        return tf.TensorArray(tf.float32, rows, element_shape=[columns])

    @staticmethod
    def write(table, i, row):  # noqa: D102
        return table.write(i, row)

    @staticmethod
    def filled(table):  # noqa: D102
        return table.stack()


def _any_rows(tensor: tf.Tensor) -> tf.TensorSpec:
    shape = [None, *tensor.shape[1:]] if tensor.shape.rank else []
    return tf.TensorSpec(shape, tensor.dtype)


def _take_apart(graphs: dict[Any, Any]) -> None:
    """Free the graphs of a program that is gone: those of loops and branches and the one around them hold each other.

    TensorFlow does this for the outermost graph only, and offers no public way for the others.
    """
    waiting = [function.graph for function in graphs.values()]
    graphs.clear()
    for graph in waiting:
        waiting += [function.graph for function in graph._functions.values()]
    for graph in waiting:
        dismantle_func_graph(graph)
        graph._function_captures = type(graph._function_captures)()
        graph.inputs, graph.outputs, graph.structured_outputs = [], [], None
