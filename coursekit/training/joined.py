"""All weights of a model as one long variable for the optimizer, on TensorFlow.

An optimizer such as Adam does the same to every number and treats each weight matrix apart only because they are stored
apart. For a small network the calls cost more than the arithmetic: one long variable needs a fraction of them, and the
results agree in every bit.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import keras
import numpy as np
import tensorflow as tf

ELEMENTWISE = (
    keras.optimizers.SGD,
    keras.optimizers.Adam,
    keras.optimizers.AdamW,
    keras.optimizers.RMSprop,
    keras.optimizers.Adagrad,
    keras.optimizers.Adamax,
    keras.optimizers.Nadam,
)


class JoinedWeights:
    """The trainable weights of a model and the state of its optimizer, each joined to one variable.

    Args:
        net: a model with a built optimizer, for which `fits` is true.
    """

    def __init__(self, net: keras.Model) -> None:
        self.shapes = [tuple(v.shape) for v in net.trainable_variables]
        self.sizes = [math.prod(shape) for shape in self.shapes]
        self.variable = keras.Variable(tf.zeros([sum(self.sizes)]), name="joined")
        self.optimizer = _like(net.optimizer)
        self.optimizer.build([self.variable])
        self.slots = _slots(net.optimizer, len(self.shapes))

    @staticmethod
    def fits(net: keras.Model) -> bool:
        """Whether the optimizer treats each number apart, and nothing else looks at whole weights."""
        optimizer, weights = net.optimizer, net.trainable_variables
        return (
            type(optimizer) in ELEMENTWISE
            and optimizer.clipnorm is None
            and optimizer.global_clipnorm is None
            and not optimizer.use_ema
            and optimizer.gradient_accumulation_steps is None
            and len(weights) > 1
            and all(v.constraint is None and v.dtype == "float32" for v in weights)
            and not any(isinstance(layer, keras.layers.Embedding) for layer in net.layers)
        )

    def load(self, weights: list, state: list) -> None:
        """Take over the values of a model's weights and of its optimizer's variables, in their order."""
        for joined, parts in self._joints(weights, state):
            flat = [np.ravel(keras.ops.convert_to_numpy(part)) for part in parts]
            joined.assign(np.concatenate(flat).reshape(joined.shape))

    def store(self, weights: list, state: list) -> None:
        """Give the values back to a model's weights and its optimizer's variables."""
        for joined, parts in self._joints(weights, state):
            ends = np.cumsum([math.prod(part.shape) for part in parts])
            flat = np.split(np.ravel(joined.numpy()), ends[:-1])
            for part, values in zip(parts, flat, strict=True):
                part.assign(values.reshape(part.shape))

    def _joints(self, weights: list, state: list) -> Iterator[tuple[keras.Variable, list]]:
        """Yield each joined variable with the parts that it holds."""
        yield self.variable, weights
        for variable, slot in zip(self.optimizer.variables, self.slots, strict=True):
            yield variable, [state[i] for i in slot]

    def parts(self) -> list[tf.Tensor]:
        """Return the weights in their shapes."""
        flat = tf.split(tf.convert_to_tensor(self.variable), self.sizes)
        return [tf.reshape(value, shape) for value, shape in zip(flat, self.shapes, strict=True)]

    def apply(self, gradients: list) -> None:
        """Do a step of the optimizer, given a gradient for each weight."""
        flat = tf.concat([tf.reshape(gradient, [-1]) for gradient in gradients], 0)
        self.optimizer.apply([flat], [self.variable])


def _like(optimizer: keras.optimizers.Optimizer) -> keras.optimizers.Optimizer:
    return type(optimizer).from_config(optimizer.get_config())


def _slots(optimizer: keras.optimizers.Optimizer, n: int) -> list[list[int]]:
    """Return which of an optimizer's variables for ``n`` weights are of one kind, in the order of the weights.

    Some optimizers keep the variables of a weight together, others those of a kind. A copy, built for weights of
    lengths 1 to n, tells by the lengths of its variables. What is no part of a weight, such as the learning rate, is
    of a kind of its own.
    """
    copy = _like(optimizer)
    copy.build([keras.Variable(tf.zeros([length])) for length in range(1, n + 1)])
    slots: list[list[int]] = []
    open_slots: dict[int, list[list[int]]] = {length: [] for length in range(2, n + 1)}
    for i, variable in enumerate(copy.variables):
        length = math.prod(variable.shape) if len(variable.shape) else 0
        if length > 1:
            open_slots[length].pop(0).append(i)
            continue
        slots.append([i])
        if length == 1:
            for other in range(2, n + 1):
                open_slots[other].append(slots[-1])
    return slots
