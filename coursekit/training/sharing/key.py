"""Which models may share a program: two models have the same key only if one program serves both.

Two models that differ only in penalty strengths, dropout rates, seeds, initial weights, names and learning rate do the
same computation with other numbers, and `coursekit.training.sharing.clone` makes these numbers inputs. Anything that
may hide a value from view, such as a Lambda layer or a function written by the user, has no key: `model.fit` trains it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import keras

from coursekit.training.sharing.aside import nothing_else
from coursekit.training.sharing.clone import PENALTIES, decaying, lifted_numbers

__all__ = ["has_stock_loss", "is_stock", "layers_of", "numbers_in", "structure"]


HOMES = ("keras", "coursekit")
MODELS = ("Sequential", "Functional")
# Layers whose Python attributes hold more than their configuration tells, for instance statistics of data.
OPAQUE = (".preprocessing.", ".export.", ".utils.", ".lambda_layer")
# Where the names of layers stand, in the configuration of a model.
WITH_NAMES = ("name", "keras_history", "input_layers", "output_layers")
# Read from the weights, or without meaning for what is computed.
LEFT_OUT = ("seed", "build_config", "_initializer", "_constraint", "_regularizer")


def structure(model: keras.Model) -> str | None:
    """Return a key that two models share only if one program serves both, or None if a model has none."""
    if type(model).__name__ not in MODELS or not (_has_stock_layers(model) and _has_stock_compile(model)):
        return None
    try:
        with nothing_else():
            config, compiled = model.get_config(), model.get_compile_config()
            optimizer = keras.optimizers.serialize(model.optimizer)
            weights = [_weight(variable) for variable in model.weights]
        if not all(map(_is_stock, (config, compiled, optimizer, weights))):
            return None
        names = {name: f"layer{i}" for i, name in enumerate(dict.fromkeys(_names(config)))}
        key = {
            "model": type(model).__name__,
            "config": _without_numbers(_without_rates(config), names),
            "compile": _without_names({**compiled, "optimizer": None}),
            "optimizer": _without_learning_rate(optimizer),
            "losses": [numbers_in(loss) for loss in keras.tree.flatten(model.loss)],
            "weights": weights,
            "decaying": decaying(model),
            "policy": keras.config.dtype_policy().name,
        }
        return json.dumps(key, sort_keys=True, default=_refuse)
    except (TypeError, ValueError, NotImplementedError):
        return None


def layers_of(layer: keras.layers.Layer, seen: set[int] | None = None) -> Iterator[keras.layers.Layer]:
    """Yield a layer and all layers that it holds, however deep: in models, wrappers and cells."""
    seen = set() if seen is None else seen
    if id(layer) in seen:
        return
    seen.add(id(layer))
    yield layer
    for value in list(vars(layer).values()):
        for item in value if isinstance(value, (list, tuple)) else (value,):
            if isinstance(item, keras.layers.Layer):
                yield from layers_of(item, seen)


def is_stock(kind: Any) -> bool:
    """Whether a class or function comes from Keras or coursekit, and not from the tests that Keras ships."""
    module = getattr(kind, "__module__", None) or ""
    return module.split(".")[0] in HOMES and not module.endswith("_test")


def numbers_in(part: Any) -> dict:
    """Return what a loss or a metric holds, which its configuration need not tell."""
    kinds = (bool, int, float, str, dict, tuple, type(None))
    held = vars(part) if isinstance(part, (keras.losses.Loss, keras.metrics.Metric)) else {}
    numbers = {name: v for name, v in held.items() if name not in ("name", "_name") and isinstance(v, kinds)}
    return numbers | {name: numbers_in(v) for name, v in held.items() if isinstance(v, keras.losses.Loss)}


def has_stock_loss(model: keras.Model) -> bool:
    """Whether the loss is computed by Keras, from losses of its own."""
    methods = ("train_step", "test_step", "compute_loss")
    own = [name for name in methods if getattr(type(model), name) is not getattr(keras.Model, name)]
    losses = [loss for loss in keras.tree.flatten(model.loss) if loss is not None]
    kinds = [
        loss if hasattr(loss, "__name__") else type(loss) for loss in losses if not isinstance(loss, str)
    ]
    return not own and bool(losses) and all(map(is_stock, kinds))


def _has_stock_layers(model: keras.Model) -> bool:
    """Whether all layers, and what they hold (activations, for instance), come from Keras or coursekit."""
    for layer in layers_of(model):
        held = [value for value in vars(layer).values() if callable(value)]
        functions = [value if hasattr(value, "__name__") else type(value) for value in held]
        # Made in a `keras.RematScope`, which its configuration does not tell.
        if getattr(layer, "_remat_mode", None) is not None:
            return False
        if any(part in type(layer).__module__ for part in OPAQUE):
            return False
        if not all(map(is_stock, (type(layer), *functions))):
            return False
    return True


def _has_stock_compile(model: keras.Model) -> bool:
    """Whether loss, metrics and optimizer are names or objects of Keras, not functions of the user's."""
    for item in keras.tree.flatten([model.loss, model.optimizer, list(model.metrics)]):
        kind = item if callable(item) and hasattr(item, "__name__") else type(item)
        if item is not None and not isinstance(item, str) and not is_stock(kind):
            return False
        function = getattr(item, "fn", None) or getattr(item, "_fn", None)
        if function is not None and not is_stock(function):
            return False
    return True


def _is_stock(config: Any) -> bool:
    """Whether everything that a configuration names comes from Keras or coursekit."""
    if isinstance(config, dict):
        if "class_name" in config and "config" in config:
            module = (config.get("module") or "keras").split(".")[0]
            registered = config.get("registered_name") or ""
            if (
                module not in (*HOMES, "builtins")
                or registered.startswith("Custom>")
                or config["class_name"] in ("__lambda__", "function")
            ):
                return False
        return all(_is_stock(value) for value in config.values())
    if isinstance(config, (list, tuple)):
        return all(_is_stock(value) for value in config)
    return config is None or isinstance(config, (str, int, float, bool))


def _weight(variable: keras.Variable) -> list:
    """Describe a weight by what a program cannot read from it as a number."""
    penalty, constraint = variable.regularizer, variable.constraint
    lifted = type(penalty) in PENALTIES or penalty is None
    kind = type(penalty).__name__ if lifted else keras.regularizers.serialize(penalty)
    limit = keras.constraints.serialize(constraint) if constraint else None
    if lifted_numbers(constraint):
        limit = type(constraint).__name__
    return [list(variable.shape), variable.dtype, variable.trainable, kind, limit]


def _names(config: Any) -> Iterator[str]:
    """Yield the names of a model and its layers, which differ between two models that were built alike."""
    if isinstance(config, list | tuple):
        for item in config:
            yield from _names(item)
    elif isinstance(config, dict):
        if isinstance(config.get("name"), str) and not _is_policy(config):
            yield config["name"]
        for value in config.values():
            yield from _names(value)


def _is_policy(config: dict) -> bool:
    return "class_name" not in config and set(config) == {"name"}


def _without_rates(config: dict) -> dict:
    """Return a model's configuration without the rates of its Dropout layers; those inside other layers keep theirs."""
    layers = [
        {**layer, "config": {k: v for k, v in layer["config"].items() if k != "rate"}}
        if layer.get("class_name") == "Dropout"
        else layer
        for layer in config.get("layers", [])
    ]
    return {**config, "layers": layers}


def _without_numbers(config: Any, names: dict[str, str], naming: bool = False) -> Any:
    """Return a model's configuration without what is read from the weights, and with places for the names of layers."""
    if isinstance(config, list | tuple):
        return [_without_numbers(item, names, naming) for item in config]
    if not isinstance(config, dict):
        return names.get(config, config) if naming and isinstance(config, str) else config
    if _is_policy(config):
        return config
    return {
        name: _without_numbers(value, names, naming or name in WITH_NAMES)
        for name, value in config.items()
        if naming or not name.endswith(LEFT_OUT) or name.startswith("activity")
    }


def _without_names(config: Any) -> Any:
    """Return a configuration of compile() without the names of objects, which Keras numbers through (auc, auc_1)."""
    if isinstance(config, list | tuple):
        return [_without_names(item) for item in config]
    if not isinstance(config, dict):
        return config
    if "class_name" in config and isinstance(config.get("config"), dict) and not _is_policy(config["config"]):
        return {**config, "config": {k: v for k, v in config["config"].items() if k != "name"}}
    return {name: _without_names(value) for name, value in config.items()}


def _without_learning_rate(config: Any) -> Any:
    """Return an optimizer's configuration without its name and its learning rate, unless that is a schedule."""
    if not isinstance(config, dict):
        return config
    return {
        name: _without_learning_rate(value)
        for name, value in config.items()
        if name != "name" and not (name == "learning_rate" and isinstance(value, float))
    }


def _refuse(value: object) -> str:
    raise TypeError(f"not part of a key: {value!r}")
