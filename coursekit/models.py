"""Compiled Keras models in one line.

They are ordinary Keras models, built as a learner would build them; only the seeds are handed out here, because the
same integer in two initializers would give two layers the same weights.
"""

from __future__ import annotations

from collections.abc import Sequence

import keras
import numpy as np


def classifier(
    n_features: int,
    n_classes: int,
    *,
    units: int | Sequence[int] = (256, 256),
    l1: float | None = None,
    l2: float | None = None,
    dropout_rate: float | None = None,
    input_dropout_rate: float | None = None,
    activation: str = "relu",
    optimizer: keras.optimizers.Optimizer | str | None = None,
    learning_rate: float = 1e-3,
    seed: int = 0,
) -> keras.Model:
    """Return a compiled multilayer perceptron for integer labels.

    The last layer has ``n_classes`` units with softmax; the loss is the sparse categorical cross-entropy and the
    metric the accuracy.

    Args:
        n_features: columns of x, at least 1.
        n_classes: number of classes, at least 2.
        units: units of the hidden layers, in order; one integer for one layer; ``()`` for none.
        l1, l2: strengths of the penalty ``l1·Σ|w| + l2·Σw²`` on every kernel, the last one included; biases carry no
            penalty. Not negative. ``None`` for both: no regularizer at all.
        dropout_rate: fraction of each hidden layer's outputs to drop in training, in [0, 1); ``None`` for no layer.
        input_dropout_rate: the same for the inputs.
        activation: activation of the hidden layers.
        optimizer: a Keras optimizer; Adam by default.
        learning_rate: Adam's learning rate where ``optimizer`` is not given, above 0.
        seed: draws the initial weights and the dropout masks.

    Raises:
        ValueError: if an argument is out of its range.
    """
    if n_classes < 2:
        raise ValueError(f"`n_classes` must be at least 2. Received: n_classes={n_classes}")
    model = _mlp(
        n_features, n_classes, "softmax", units, l1, l2, dropout_rate, input_dropout_rate, activation, seed
    )
    model.compile(
        optimizer=_optimizer(optimizer, learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def regressor(
    n_features: int,
    *,
    units: int | Sequence[int] = (64, 64),
    l1: float | None = None,
    l2: float | None = None,
    dropout_rate: float | None = None,
    input_dropout_rate: float | None = None,
    activation: str = "relu",
    optimizer: keras.optimizers.Optimizer | str | None = None,
    learning_rate: float = 1e-3,
    seed: int = 0,
) -> keras.Model:
    """Return a compiled multilayer perceptron with one linear output; the loss is the mean squared error.

    The arguments are those of `classifier`. ``units=()`` gives the linear model y = xw + b.

    Raises:
        ValueError: if an argument is out of its range.
    """
    model = _mlp(n_features, 1, "linear", units, l1, l2, dropout_rate, input_dropout_rate, activation, seed)
    model.compile(optimizer=_optimizer(optimizer, learning_rate), loss="mean_squared_error")
    return model


def _mlp(
    n_features: int,
    n_outputs: int,
    output_activation: str,
    units: int | Sequence[int],
    l1: float | None,
    l2: float | None,
    dropout_rate: float | None,
    input_dropout_rate: float | None,
    activation: str,
    seed: int,
) -> keras.Model:
    hidden = (units,) if isinstance(units, (int, np.integer)) else tuple(units)
    for name, value in (("n_features", n_features), *(("units", n) for n in hidden)):
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
            raise ValueError(f"`{name}` must be an integer, at least 1. Received: {name}={value!r}")
    _check_rate("dropout_rate", dropout_rate)
    _check_rate("input_dropout_rate", input_dropout_rate)
    seeds = iter(_layer_seeds(seed, 2 * len(hidden) + 2))

    def dense(n: int, function: str) -> keras.layers.Layer:
        return keras.layers.Dense(
            n,
            activation=function,
            kernel_initializer=keras.initializers.GlorotUniform(seed=next(seeds)),
            kernel_regularizer=_penalty(l1, l2),
        )

    layers: list = [keras.Input((n_features,))]
    input_seed = next(seeds)
    if input_dropout_rate is not None:
        layers.append(keras.layers.Dropout(input_dropout_rate, seed=input_seed))
    for n in hidden:
        layers.append(dense(n, activation))
        dropout_seed = next(seeds)
        if dropout_rate is not None:
            layers.append(keras.layers.Dropout(dropout_rate, seed=dropout_seed))
    layers.append(dense(n_outputs, output_activation))
    return keras.Sequential(layers)


def _penalty(l1: float | None, l2: float | None) -> keras.regularizers.Regularizer | None:
    for name, value in (("l1", l1), ("l2", l2)):
        if value is not None and not (np.isfinite(value) and value >= 0):
            raise ValueError(f"`{name}` must be a finite number, at least 0. Received: {name}={value}")
    if l1 is None and l2 is None:
        return None
    # Keras rejects NumPy's float32 here, so a value from a NumPy grid is made a Python number.
    return keras.regularizers.L1L2(l1=float(l1 or 0), l2=float(l2 or 0))


def _optimizer(
    optimizer: keras.optimizers.Optimizer | str | None, learning_rate: float
) -> keras.optimizers.Optimizer | str:
    if optimizer is not None:
        return optimizer
    if not (np.isfinite(learning_rate) and learning_rate > 0):
        raise ValueError(
            f"`learning_rate` must be a finite number above 0. Received: learning_rate={learning_rate}"
        )
    return keras.optimizers.Adam(float(learning_rate))


def _check_rate(name: str, rate: float | None) -> None:
    if rate is not None and not 0 <= rate < 1:
        raise ValueError(f"`{name}` must be in [0, 1), the fraction that is dropped. Received: {name}={rate}")


def _layer_seeds(seed: int, n: int) -> list[int]:
    """Return a different seed for each layer, all derived from one."""
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0:
        raise ValueError(f"`seed` must be an integer, at least 0. Received: seed={seed!r}")
    return [int(s) for s in np.random.SeedSequence(int(seed)).generate_state(n, dtype="uint32") >> 1]
