"""Which models may share a graph: `structure` gives two models the same key only if one graph serves both.

Two models that differ only in penalty strengths, dropout rates, seeds, initial weights, names and learning rate do the
same computation with other numbers, and `coursekit.training.lifting` makes these numbers inputs of the graph. Anything
that may hide a value from view, such as a Lambda layer or a function written by the user, has no key: its graph is
never used for another model.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import keras

from coursekit.training.lifting import PENALTIES, has_l1, has_lifted_numbers

HOMES = ("keras", "coursekit")
# Layers whose Python attributes hold more than their configuration tells, for instance statistics of data.
OPAQUE = (".preprocessing.", ".export.", ".utils.", ".lambda_layer")
RANDOM_KEYS = ("seed", "build_config")


def structure(model: keras.Model) -> str | None:
    """Return a key that two models share only if one graph serves both, or None if a model must have its own."""
    if not (_has_stock_layers(model) and _has_stock_compile(model)):
        return None
    try:
        config, compiled = model.get_config(), model.get_compile_config() or {}
        if not (_is_stock(config) and _is_stock(compiled)):
            return None
        names = {name: f"layer{i}" for i, name in enumerate(dict.fromkeys(_names(config)))}
        key = {
            "model": type(model).__name__,
            "config": _without_numbers(config, names, _lifted_constraints(model)),
            "l1": has_l1(model),
            "compile": _without_learning_rate(compiled),
            "weights": [(tuple(v.shape), v.dtype, v.trainable) for v in model.weights],
            "policy": keras.config.dtype_policy().name,
        }
        return json.dumps(key, sort_keys=True, default=_refuse)
    except (TypeError, ValueError, NotImplementedError):
        return None


def _has_stock_layers(model: keras.Model) -> bool:
    """Whether all layers, and what they hold (activations, penalties, constraints), come from Keras or coursekit."""
    for layer in _layers_of(model, set()):
        home = type(layer).__module__
        held = [value for value in vars(layer).values() if callable(value)]
        functions = [value if hasattr(value, "__name__") else type(value) for value in held]
        if any(part in home for part in OPAQUE) or not all(map(_is_stock_class, (type(layer), *functions))):
            return False
    return True


def _has_stock_compile(model: keras.Model) -> bool:
    """Whether loss, metrics and optimizer are names or objects of Keras, not functions of the user's."""
    for item in keras.tree.flatten([model.loss, model.optimizer, list(model.metrics)]):
        kind = item if callable(item) and hasattr(item, "__name__") else type(item)
        if not isinstance(item, str) and not _is_stock_class(kind):
            return False
        function = getattr(item, "fn", None) or getattr(item, "_fn", None)
        if function is not None and not _is_stock_class(function):
            return False
    # What exclude_from_weight_decay was given is missing from the optimizer's configuration.
    parts = ("_exclude_from_weight_decay", "_exclude_from_weight_decay_pattern")
    return not any(getattr(model.optimizer, part, None) for part in parts)


def _lifted_constraints(model: keras.Model) -> set[str]:
    return {type(v.constraint).__name__ for v in model.weights if has_lifted_numbers(v.constraint)}


def _layers_of(layer: keras.layers.Layer, seen: set[int]) -> Iterator[keras.layers.Layer]:
    """Yield a layer and all layers that it holds, however deep: in models, wrappers and cells."""
    if id(layer) in seen:
        return
    seen.add(id(layer))
    yield layer
    for value in list(vars(layer).values()):
        for item in value if isinstance(value, (list, tuple)) else (value,):
            if isinstance(item, keras.layers.Layer):
                yield from _layers_of(item, seen)


def _is_stock_class(kind: Any) -> bool:
    return (getattr(kind, "__module__", None) or "").split(".")[0] in HOMES


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


def _without_numbers(config: Any, names: dict[str, str], constraints: set[str], lift: bool = True) -> Any:
    """Return a configuration without what the graph reads from variables, and without names and initial values."""
    if isinstance(config, list | tuple):
        return [_without_numbers(item, names, constraints, lift) for item in config]
    if not isinstance(config, dict):
        return names.get(config, config) if isinstance(config, str) else config
    result = {}
    is_dropout = config.get("class_name") == "Dropout"
    penalties = {kind.__name__ for kind in PENALTIES}
    for key, value in config.items():
        if key.endswith("_initializer") or key in RANDOM_KEYS:
            continue
        kind = value.get("class_name") if isinstance(value, dict) else None
        is_penalty = key.endswith("_regularizer") and not key.startswith("activity") and kind in penalties
        if is_penalty or (key.endswith("_constraint") and kind in constraints):
            result[key] = kind
        elif key == "name" and "class_name" not in config:
            result[key] = names.get(value, value) if isinstance(value, str) else value
        elif is_dropout and key == "config" and lift:
            result[key] = {k: v for k, v in value.items() if k not in ("rate", "seed", "name")}
        else:
            # Only Dropout layers of the model itself are lifted, not those inside another layer.
            below = lift and not (key == "config" and config.get("class_name") not in (None, "Dropout"))
            result[key] = _without_numbers(value, names, constraints, below)
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
