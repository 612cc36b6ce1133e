"""One graph for many models: which models may share it, and a copy of a model whose numbers are inputs.

Two models that differ only in penalty strengths, dropout rates, seeds and learning rate do the same computation with
other numbers. `structure` gives both the same key, and `lifted_clone` makes a model with the same layers in which
these numbers are variables, so that one traced graph serves both. Anything that may hide a value from view, such as a
Lambda layer or a function written by the user, has no key, and is traced anew each time.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
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
    """`keras.regularizers.L1L2` with strengths that can change: l1·Σ|w| + l2·Σw²."""

    def __init__(self, kind: type) -> None:
        self.numbers = {name: Number(0.0) for name in PENALTIES[kind]}

    def __call__(self, x):
        """Return the penalty of a weight ``x`` of any shape."""
        ops = keras.ops
        terms = []
        if "l1" in self.numbers:
            terms.append(self.numbers["l1"].variable * ops.sum(ops.absolute(x)))
        if "l2" in self.numbers:
            terms.append(self.numbers["l2"].variable * ops.sum(ops.square(x)))
        return sum(terms)

    def get_config(self) -> dict:
        """Return the strengths."""
        return {name: float(number.variable.numpy()) for name, number in self.numbers.items()}


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
        kept = inputs / keras.ops.cast(self.keep.variable, inputs.dtype)
        return keras.ops.where(mask, kept, keras.ops.zeros_like(inputs))


def structure(model: keras.Model) -> str | None:
    """Return a key that two models share only if one graph serves both, or None if a model must have its own."""
    layers = list(_nested(model))
    stock = all(_is_stock_class(type(layer)) for layer in (model, *layers)) and _is_stock_loss(model)
    if not stock or any(isinstance(layer, keras.layers.Lambda) for layer in layers):
        return None
    try:
        config, compiled = model.get_config(), model.get_compile_config() or {}
        if not (_is_stock(config) and _is_stock(compiled)):
            return None
        key = {
            "model": type(model).__name__,
            "config": _without_numbers(
                config, {name: f"layer{i}" for i, name in enumerate(dict.fromkeys(_names(config)))}
            ),
            "compile": _without_learning_rate(compiled),
            "undecayed": _undecayed(model),
            "weights": [(tuple(v.shape), v.dtype, v.trainable) for v in model.weights],
            "policy": keras.config.dtype_policy().name,
        }
        return json.dumps(key, sort_keys=True, default=_refuse)
    except (TypeError, ValueError, NotImplementedError):
        return None


def lifted_clone(model: keras.Model) -> keras.Model:
    """Return a compiled model of the same structure whose penalty strengths and dropout rates are variables."""

    def clone(layer):
        if type(layer) is keras.layers.Dropout:
            return LiftedDropout(layer.noise_shape, name=layer.name, dtype=layer.dtype_policy)
        return layer.__class__.from_config(layer.get_config())

    lifted = keras.models.clone_model(model, clone_function=clone)
    for variable in lifted.weights:
        if type(variable.regularizer) in PENALTIES:
            variable.regularizer = LiftedPenalty(type(variable.regularizer))
    lifted.compile_from_config(model.get_compile_config())
    if undecayed := _undecayed(model):
        # The clone's optimizer is built already, too late for its `exclude_from_weight_decay`.
        variables, optimizer = lifted.trainable_variables, lifted.optimizer
        optimizer._exclude_from_weight_decay = {optimizer._var_key(variables[i]) for i in undecayed}
        optimizer._exclude_from_weight_decay_cache = {}
    return lifted


def _undecayed(model: keras.Model) -> list[int]:
    """Return which trainable weights the optimizer excludes from its weight decay; its configuration does not tell."""
    weights = enumerate(model.trainable_variables)
    return [i for i, variable in weights if not model.optimizer._use_weight_decay(variable)]


def copy_numbers(source: keras.Model, lifted: keras.Model) -> None:
    """Give a lifted clone the strengths and rates of ``source``."""
    for original, variable in zip(source.weights, lifted.weights, strict=True):
        if isinstance(variable.regularizer, LiftedPenalty):
            for name, number in variable.regularizer.numbers.items():
                number.variable.assign(float(getattr(original.regularizer, name)))
    for original, layer in zip(_ordered(source), _ordered(lifted), strict=True):
        if isinstance(layer, LiftedDropout):
            layer.set_rate(float(original.rate))


def numbers(lifted: keras.Model) -> list[keras.Variable]:
    """Return the variables that hold the strengths and rates, in a fixed order."""
    found = []
    for variable in lifted.weights:
        if isinstance(variable.regularizer, LiftedPenalty):
            found += [number.variable for number in variable.regularizer.numbers.values()]
    for layer in _ordered(lifted):
        if isinstance(layer, LiftedDropout):
            found += [layer.keep.variable, layer.scale.variable]
    return found


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


def _nested(layer: Any) -> Iterator[keras.layers.Layer]:
    """Yield all layers below a model, however deeply nested."""
    for inner in layer.layers if hasattr(layer, "layers") else ():
        yield inner
        yield from _nested(inner)


def _is_stock_class(kind: type) -> bool:
    return kind.__module__.split(".")[0] in ("keras", "coursekit")


def _is_stock(config: Any) -> bool:
    """Whether everything that a configuration names comes from Keras or coursekit."""
    if isinstance(config, dict):
        if "class_name" in config and "config" in config:
            module = (config.get("module") or "keras").split(".")[0]
            if module not in ("keras", "coursekit", "builtins") or (
                config.get("registered_name") or ""
            ).startswith("Custom>"):
                return False
        return all(_is_stock(value) for value in config.values())
    if isinstance(config, (list, tuple)):
        return all(_is_stock(value) for value in config)
    return config is None or isinstance(config, (str, int, float, bool))


def _is_stock_loss(model: keras.Model) -> bool:
    """Whether loss and metrics are names or objects of Keras, not functions of the user's."""
    compiled = keras.tree.flatten([model.loss, model.optimizer, list(model.metrics)])
    for item in compiled:
        kind = item if callable(item) and hasattr(item, "__name__") else type(item)
        if not isinstance(item, str) and not _is_stock_class(kind):
            return False
        function = getattr(item, "fn", None) or getattr(item, "_fn", None)
        if function is not None and not (getattr(function, "__module__", "") or "").startswith("keras"):
            return False
    return True


def _names(config: Any) -> Iterator[str]:
    """Yield the names of a model and its layers, which differ between two models that were built alike."""
    if isinstance(config, list | tuple):
        for item in config:
            yield from _names(item)
    elif isinstance(config, dict):
        is_policy = "class_name" not in config and set(config) == {"name"}
        if isinstance(config.get("name"), str) and not is_policy:
            yield config["name"]
        for value in config.values():
            yield from _names(value)


def _without_numbers(config: Any, names: dict[str, str], lift: bool = True) -> Any:
    """Return a configuration without what the graph reads from variables, and without names and initial values."""
    if isinstance(config, list | tuple):
        return [_without_numbers(item, names, lift) for item in config]
    if not isinstance(config, dict):
        return names.get(config, config) if isinstance(config, str) else config
    result = {}
    is_dropout = config.get("class_name") == "Dropout"
    for key, value in config.items():
        if key.endswith("_initializer") or key in ("seed", "build_config"):
            continue
        if key.endswith("_regularizer") and not key.startswith("activity") and isinstance(value, dict):
            lifted = value.get("class_name") in {kind.__name__ for kind in PENALTIES}
            result[key] = value["class_name"] if lifted else value
        elif key == "name" and "class_name" not in config:
            result[key] = names.get(value, value) if isinstance(value, str) else value
        elif is_dropout and key == "config" and lift:
            result[key] = {k: v for k, v in value.items() if k not in ("rate", "seed", "name")}
        else:
            # Only Dropout layers of the model itself are lifted, not those inside another layer.
            below = lift and not (key == "config" and config.get("class_name") not in (None, "Dropout"))
            result[key] = _without_numbers(value, names, below)
    return result


def _without_learning_rate(compiled: dict) -> dict:
    optimizer = compiled.get("optimizer") or {}
    config = dict(optimizer.get("config") or {})
    if isinstance(config.get("learning_rate"), float):
        config.pop("learning_rate")
    config.pop("name", None)
    return {**compiled, "optimizer": {**optimizer, "config": config}}


def _refuse(value: object) -> str:
    raise TypeError(f"not part of a key: {value!r}")
