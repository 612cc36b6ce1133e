"""A copy of a model whose penalty strengths, dropout rates and the like are variables: inputs of a graph.

Two models that differ in these numbers only do the same computation, so that one traced graph serves both, once it
reads the numbers from variables. `coursekit.training.structure` tells which models are alike in this sense.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

PENALTIES = {
    keras.regularizers.L1: ("l1",),
    keras.regularizers.L2: ("l2",),
    keras.regularizers.L1L2: ("l1", "l2"),
}


class Number:
    """A number that a graph reads from a variable. Keras' layers do not track it, as it is no weight."""

    def __init__(self, value: float) -> None:
        self.variable = keras.Variable(value, trainable=False, dtype="float32")


class LiftedPenalty(keras.regularizers.Regularizer):
    """`keras.regularizers.L1L2` with strengths that can change: l1·Σ|w| + l2·Σw².

    Args:
        names: the parts it has, of "l1" and "l2".
    """

    def __init__(self, names: tuple[str, ...]) -> None:
        self.numbers = {name: Number(0.0) for name in names}

    def __call__(self, x):
        """Return the penalty of a weight ``x`` of any shape."""
        ops = keras.ops
        terms = []
        if "l1" in self.numbers:
            terms.append(self.numbers["l1"].variable * ops.sum(ops.absolute(x)))
        if "l2" in self.numbers:
            terms.append(self.numbers["l2"].variable * _sum_of_squares(x))
        return sum(terms)

    def get_config(self) -> dict:
        """Return the strengths."""
        return {name: float(number.variable.numpy()) for name, number in self.numbers.items()}


def _sum_of_squares(x):
    if keras.config.backend() != "tensorflow":
        return keras.ops.sum(keras.ops.square(x))
    import tensorflow as tf

    # Half the sum, in one operation instead of two, and in one instead of three for the gradient; twice it is exact.
    return 2.0 * tf.nn.l2_loss(x)


class LiftedDropout(keras.layers.Dropout):
    """`keras.layers.Dropout` with a rate that can change, and the same masks as Keras' own for the same seed."""

    def __init__(self, noise_shape: tuple | None, **kwargs) -> None:
        super().__init__(0.5, noise_shape=noise_shape, **kwargs)
        self.keep, self.scale = Number(0.5), Number(2.0)

    def set_rate(self, rate: float) -> None:
        """Take a new rate, in [0, 1]."""
        # Rounded to float32 where Keras rounds them, so that the results agree in every bit.
        self.keep.variable.assign(np.float32(1.0 - rate))
        self.scale.variable.assign(np.float32(1.0 / (1.0 - rate)) if rate < 1 else 0.0)

    def call(self, inputs, training=False):
        """Drop in training, as `keras.random.dropout` does on this backend."""
        if not training:
            return inputs
        shape = tuple(
            keras.ops.shape(inputs)[i] if n is None else n
            for i, n in enumerate(self.noise_shape or (None,) * len(inputs.shape))
        )
        seed = self.seed_generator.next()
        if keras.config.backend() == "tensorflow":
            import tensorflow as tf

            uniform = tf.random.stateless_uniform(shape, tf.cast(seed, "int32"), dtype=inputs.dtype)
            mask = uniform >= 1.0 - tf.cast(self.keep.variable, inputs.dtype)
            return keras.ops.where(mask, inputs * keras.ops.cast(self.scale.variable, inputs.dtype), 0.0)
        import jax

        mask = jax.random.bernoulli(seed, p=self.keep.variable.value, shape=shape)
        keep = keras.ops.cast(self.keep.variable, inputs.dtype)
        kept = inputs / keras.ops.where(keep > 0, keep, 1.0)
        return keras.ops.where(mask, kept, keras.ops.zeros_like(inputs))


def has_lifted_numbers(constraint: Any) -> bool:
    """Whether a constraint keeps its numbers in variables, which ``lifted_numbers()`` returns by name."""
    return callable(getattr(constraint, "lifted_numbers", None))


def has_l1(model: keras.Model) -> bool:
    """Whether any penalty has an L1 part: most L1L2 have none, and its arithmetic is left out of their graph."""
    return any(getattr(variable.regularizer, "l1", 0) != 0 for variable in model.weights)


def lifted_clone(model: keras.Model) -> keras.Model:
    """Return a compiled model of the same structure whose penalty strengths and dropout rates are variables."""

    def clone(layer):
        if type(layer) is keras.layers.Dropout:
            return LiftedDropout(layer.noise_shape, name=layer.name, dtype=layer.dtype_policy)
        return layer.__class__.from_config(layer.get_config())

    lifted = keras.models.clone_model(model, clone_function=clone)
    with_l1 = has_l1(model)
    for variable in lifted.weights:
        names = PENALTIES.get(type(variable.regularizer))
        if names is not None:
            only_l2 = names == ("l1", "l2") and not with_l1
            variable.regularizer = LiftedPenalty(("l2",) if only_l2 else names)
    lifted.compile_from_config(model.get_compile_config())
    return lifted


def numbers(lifted: keras.Model) -> list[keras.Variable]:
    """Return the variables that hold the strengths, thresholds and rates, in a fixed order."""
    found = []
    for variable in lifted.weights:
        if isinstance(variable.regularizer, LiftedPenalty):
            found += [number.variable for number in variable.regularizer.numbers.values()]
        if has_lifted_numbers(variable.constraint):
            found += list(variable.constraint.lifted_numbers().values())
    for layer in _ordered(lifted):
        if isinstance(layer, LiftedDropout):
            found += [layer.keep.variable, layer.scale.variable]
    return found


def copy_numbers(source: keras.Model, lifted: keras.Model) -> None:
    """Give a lifted clone the strengths, thresholds and rates of ``source``."""
    for original, variable in zip(source.weights, lifted.weights, strict=True):
        if isinstance(variable.regularizer, LiftedPenalty):
            for name, number in variable.regularizer.numbers.items():
                number.variable.assign(float(getattr(original.regularizer, name)))
        if has_lifted_numbers(variable.constraint):
            for name, number in original.constraint.lifted_numbers().items():
                variable.constraint.lifted_numbers()[name].assign(number)
    for original, layer in zip(_ordered(source), _ordered(lifted), strict=True):
        if isinstance(layer, LiftedDropout):
            layer.set_rate(float(original.rate))


def paired_variables(source: keras.Model, lifted: keras.Model) -> list[tuple[keras.Variable, keras.Variable]]:
    """Return the weights and random states of two models of one structure as pairs."""
    pairs = []
    for original, layer in zip(_ordered(source), _ordered(lifted), strict=True):
        # A Dropout whose rate is 0 has no random state to copy.
        if len(original.variables) == len(layer.variables):
            pairs += list(zip(original.variables, layer.variables, strict=True))
    return pairs


def _ordered(model: keras.Model) -> list[keras.layers.Layer]:
    """Return the layers of a model from input to output, those of nested models as one layer."""
    return [layer for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]
