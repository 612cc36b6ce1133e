"""All weights of a model as one long variable for the optimizer, on TensorFlow.

An optimizer such as Adam does the same to every number and treats each weight matrix apart only because they are stored
apart. For a small network the calls cost more than the arithmetic: one long variable needs a fraction of them, and the
results agree in every bit.
"""

from __future__ import annotations

import math

import keras
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
        self.weights = net.trainable_variables
        self.sizes = [math.prod(v.shape) for v in self.weights]
        self.variable = keras.Variable(tf.zeros([sum(self.sizes)]), name="joined")
        self.source, self.optimizer = net.optimizer, _like(net.optimizer)
        self.optimizer.build([self.variable])
        # Pairs of a joined variable and its parts. What is no part of a weight, such as the learning rate, stays one.
        parts = _by_slot(net.optimizer, len(self.weights))
        self.pairs = [
            (self.variable, self.weights),
            *zip(self.optimizer.variables, parts, strict=True),
        ]

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

    def take(self) -> None:
        """Join what the model's own variables hold."""
        for joined, parts in self.pairs:
            flat = [tf.reshape(part, [-1]) for part in parts]
            joined.assign(tf.reshape(tf.concat(flat, 0), joined.shape))

    def give(self) -> None:
        """Write everything back into the model's own variables."""
        for joined, parts in self.pairs:
            sizes = [math.prod(part.shape) for part in parts]
            flat = tf.split(tf.reshape(joined, [-1]), sizes)
            for part, value in zip(parts, flat, strict=True):
                part.assign(tf.reshape(value, part.shape))

    def parts(self) -> list[tf.Tensor]:
        """Return the weights in their shapes."""
        flat = tf.split(tf.convert_to_tensor(self.variable), self.sizes)
        return [tf.reshape(value, v.shape) for value, v in zip(flat, self.weights, strict=True)]

    def apply(self, gradients: list) -> None:
        """Do a step of the optimizer, given a gradient for each weight."""
        flat = tf.concat([tf.reshape(gradient, [-1]) for gradient in gradients], 0)
        self.optimizer.apply([flat], [self.variable])


def _like(optimizer: keras.optimizers.Optimizer) -> keras.optimizers.Optimizer:
    return type(optimizer).from_config(optimizer.get_config())


def _by_slot(optimizer: keras.optimizers.Optimizer, n: int) -> list[list[keras.Variable]]:
    """Return an optimizer's variables for ``n`` weights, those of one kind together, in the order of the weights.

    Some optimizers keep the variables of a weight together, others those of a kind. A copy, built for weights of
    lengths 1 to n, tells by the lengths of its variables.
    """
    copy = _like(optimizer)
    copy.build([keras.Variable(tf.zeros([length])) for length in range(1, n + 1)])
    slots: list[list[keras.Variable]] = []
    open_slots: dict[int, list[list[keras.Variable]]] = {length: [] for length in range(2, n + 1)}
    for ours, theirs in zip(optimizer.variables, copy.variables, strict=True):
        length = math.prod(theirs.shape) if len(theirs.shape) else 0
        if length > 1:
            open_slots[length].pop(0).append(ours)
            continue
        slots.append([ours])
        if length == 1:
            for other in range(2, n + 1):
                open_slots[other].append(slots[-1])
    return slots
