"""The net that a program runs in: a copy of a model whose penalty strengths, dropout rates and the like are variables.

Two models that differ in these numbers only do the same computation, so that one compiled program serves both, once it
reads the numbers from variables. `coursekit.training.sharing.key` tells which models are alike in this sense.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np

from coursekit.training.sharing.aside import nothing_else

__all__ = [
    "LiftedDropout",
    "LiftedPenalty",
    "Number",
    "decaying",
    "fresh_states",
    "has_l1",
    "lifted_clone",
    "lifted_numbers",
    "numbers",
    "pairs",
    "start_again",
]


PENALTIES = {
    keras.regularizers.L1: ("l1",),
    keras.regularizers.L2: ("l2",),
    keras.regularizers.L1L2: ("l1", "l2"),
}


class Number:
    """A number that a program reads from a variable. Keras' layers do not track it, as it is no weight."""

    def __init__(self, value: float) -> None:
        self.variable = keras.Variable(value, trainable=False, dtype="float32", autocast=False)


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

    def call(self, inputs, training=False):
        """Drop in training, as `keras.random.dropout` does on this backend."""
        if not training:
            return inputs
        shape = keras.ops.shape(inputs)
        if self.noise_shape:
            shape = tuple(shape[i] if n is None else n for i, n in enumerate(self.noise_shape))
        seed = self.seed_generator.next()
        if keras.config.backend() == "tensorflow":
            import tensorflow as tf

            shape = shape if self.noise_shape else tf.shape(inputs)
            uniform = tf.random.stateless_uniform(shape, tf.cast(seed, "int32"), dtype=inputs.dtype)
            mask = uniform >= 1.0 - tf.cast(self.keep.variable, inputs.dtype)
            scale = tf.cast(self.scale.variable, inputs.dtype)
            if self.noise_shape:
                return tf.where(mask, inputs * scale, 0.0)
            # The same, of one shape only: its gradient needs no preparations for others.
            return tf.raw_ops.Select(condition=mask, x=inputs * scale, y=tf.zeros_like(inputs))
        import jax

        mask = jax.random.bernoulli(seed, p=self.keep.variable.value, shape=shape)
        keep = keras.ops.cast(self.keep.variable, inputs.dtype)
        kept = inputs / keras.ops.where(keep > 0, keep, 1.0)
        return keras.ops.where(mask, kept, keras.ops.zeros_like(inputs))


def lifted_numbers(constraint: Any) -> dict[str, keras.Variable]:
    """Return the numbers that a constraint keeps in variables, by name; most have none."""
    return constraint.lifted_numbers() if callable(getattr(constraint, "lifted_numbers", None)) else {}


def has_l1(model: keras.Model) -> bool:
    """Whether any penalty has an L1 part: most L1L2 have none, and its arithmetic is left out of their program."""
    return any(getattr(variable.regularizer, "l1", 0) != 0 for variable in model.weights)


def lifted_clone(model: keras.Model, with_l1: bool) -> keras.Model:
    """Return a compiled copy of a model, of its structure and not of its values, with these numbers as variables.

    Args:
        model: compiled and built.
        with_l1: whether the penalties of an `L1L2` have their L1 part.
    """

    def copy(layer):
        if type(layer) is keras.layers.Dropout:
            return LiftedDropout(layer.noise_shape, name=layer.name, dtype=layer.dtype_policy)
        return type(layer).from_config(layer.get_config())

    net = keras.models.clone_model(model, clone_function=copy)
    # Penalties, constraints and what is trained count as they stand at the weights: a layer's own attributes and its
    # configuration may say something else since it was built.
    for original, variable in zip(model.weights, net.weights, strict=True):
        names = PENALTIES.get(type(original.regularizer))
        if names is not None:
            variable.regularizer = LiftedPenalty(names if with_l1 or names == ("l1",) else ("l2",))
        else:
            variable.regularizer = original.regularizer
        constraint = original.constraint
        variable.constraint = type(constraint).from_config(constraint.get_config()) if constraint else None
        variable.trainable = original.trainable
    # The live optimizer and loss: the configuration of compile() loses the optimizer when a model is saved as .h5, and
    # that of a loss need not tell all (of Huber's delta it does not).
    optimizer = type(model.optimizer).from_config(model.optimizer.get_config())
    options = keras.saving.deserialize_keras_object(
        {**model.get_compile_config(), "optimizer": None, "loss": None}
    )
    net.compile(**{**options, "optimizer": optimizer, "loss": model.loss})
    inner = getattr(optimizer, "inner_optimizer", optimizer)
    if excluded := [
        v for v, decays in zip(net.trainable_variables, decaying(model), strict=True) if not decays
    ]:
        inner.exclude_from_weight_decay(var_list=excluded)
    net.optimizer.build(net.trainable_variables)
    return net


def decaying(model: keras.Model) -> list[bool]:
    """Return for each trained weight of a model whether its optimizer shrinks it, if it shrinks any."""
    optimizer = getattr(model.optimizer, "inner_optimizer", model.optimizer)
    # What exclude_from_weight_decay was given is missing from the configuration, and there is no public question.
    return [optimizer._use_weight_decay(variable) for variable in model.trainable_variables]


def numbers(model: keras.Model, net: keras.Model) -> Iterator[tuple[keras.Variable, Any]]:
    """Yield each variable of a net that holds a strength, threshold or rate, with the value it has in a model."""
    for original, variable in zip(model.weights, net.weights, strict=True):
        if isinstance(variable.regularizer, LiftedPenalty):
            for name, number in variable.regularizer.numbers.items():
                yield number.variable, float(getattr(original.regularizer, name))
        theirs = lifted_numbers(original.constraint)
        for name, number in lifted_numbers(variable.constraint).items():
            yield number, float(theirs[name])
    for original, layer in zip(_ordered(model), _ordered(net), strict=True):
        if isinstance(layer, LiftedDropout):
            rate = float(original.rate)
            # Rounded to float32 where Keras rounds them, so that the results agree in every bit.
            yield layer.keep.variable, np.float32(1.0 - rate)
            yield layer.scale.variable, np.float32(1.0 / (1.0 - rate) if rate < 1 else 0.0)


def pairs(model: keras.Model, net: keras.Model) -> list[tuple[keras.Variable, keras.Variable]]:
    """Return the weights and random states of a model with those of a net of its structure.

    Raises:
        ValueError: if they do not fit; a layer may have changed since it was made (`enable_lora`, `quantize`).
    """
    found = []
    for original, layer in zip(_ordered(model), _ordered(net), strict=True):
        # A Dropout that was built with a rate of 0 has no random state.
        if not isinstance(layer, keras.layers.Dropout) or len(original.variables) == len(layer.variables):
            found += list(zip(original.variables, layer.variables, strict=True))
    if any(theirs.shape != ours.shape for theirs, ours in found):
        raise ValueError("A copy has weights of other shapes.")
    return found


def fresh_states(model: keras.Model, net: keras.Model) -> Iterator[tuple[keras.Variable, np.ndarray]]:
    """Yield each random state of a net that a model lacks, with its value at the beginning."""
    for original, layer in zip(_ordered(model), _ordered(net), strict=True):
        if len(original.variables) != len(layer.variables):
            state = layer.seed_generator.state
            yield state, np.array([original.seed or 0, 0], state.dtype)


def _ordered(model: keras.Model) -> list[keras.layers.Layer]:
    """Return the layers of a model from input to output, those of nested models as one layer."""
    return [layer for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]


def start_again(model: keras.Model, seed: int) -> None:
    """Give a model the weights, random states and optimizer state of a fresh one, all drawn from one seed."""
    seeds = (int(s) for s in np.random.SeedSequence(seed).generate_state(10_000) >> 1)
    with nothing_else():
        fresh = type(model).from_config(_reseeded(model.get_config(), seeds))
    for theirs, ours in pairs(model, fresh):
        theirs.assign(ours)
    optimizer = type(model.optimizer).from_config(model.optimizer.get_config())
    optimizer.build(model.trainable_variables)
    for variable, value in zip(model.optimizer.variables, optimizer.variables, strict=True):
        variable.assign(value)


def _reseeded(config: Any, seeds: Iterator[int]) -> Any:
    """Return a configuration with the next seed in the place of each."""
    if isinstance(config, (list, tuple)):
        return [_reseeded(item, seeds) for item in config]
    if not isinstance(config, dict):
        return config
    return {
        name: next(seeds) if name == "seed" and not isinstance(value, dict) else _reseeded(value, seeds)
        for name, value in config.items()
    }
