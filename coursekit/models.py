"""Compiled Keras models in one line.

They are ordinary Keras models, built as a learner would build them; only the seeds are handed out here, because the
same integer in two initializers would give two layers the same weights.
"""

from __future__ import annotations

from collections.abc import Sequence

import keras
import numpy as np

from coursekit._arguments import integer, number, received, shown

__all__ = ["classifier", "regressor"]


def __dir__() -> list[str]:
    return __all__  # completion shows no module that is merely used here


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
    learning_rate: float | None = None,
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
        optimizer: a Keras optimizer or its name; Adam by default.
        learning_rate: Adam's learning rate, above 0; 1e-3 by default. Another optimizer brings its own.
        seed: draws the initial weights and the dropout masks.

    Raises:
        ValueError: if an argument is out of its range, Keras does not know the activation or optimizer, or
            ``optimizer`` and ``learning_rate`` are both given.
    """
    n_classes = integer("n_classes", n_classes, lowest=2)
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
    learning_rate: float | None = None,
    seed: int = 0,
) -> keras.Model:
    """Return a compiled multilayer perceptron with one linear output; the loss is the mean squared error.

    The arguments are those of `classifier`. ``units=()`` gives the linear model y = xw + b.

    Raises:
        ValueError: as for `classifier`.
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
    n_features = integer("n_features", n_features, lowest=1)
    hidden = units if isinstance(units, (list, tuple, range)) else (units,)
    hidden = [integer("units", n, lowest=1) for n in hidden]
    dropout_rate = _rate("dropout_rate", dropout_rate)
    input_dropout_rate = _rate("input_dropout_rate", input_dropout_rate)
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
    if l1 is None and l2 is None:
        return None
    # Keras rejects NumPy's float32 here; `number` makes a value from a NumPy grid a Python number.
    strengths = {"l1": 0.0 if l1 is None else l1, "l2": 0.0 if l2 is None else l2}
    return keras.regularizers.L1L2(**{name: number(name, x, "[0, inf)") for name, x in strengths.items()})


def _optimizer(
    optimizer: keras.optimizers.Optimizer | str | None, learning_rate: float | None
) -> keras.optimizers.Optimizer | str:
    if optimizer is None:
        rate = 1e-3 if learning_rate is None else learning_rate
        return keras.optimizers.Adam(number("learning_rate", rate, "(0, inf)"))
    if not isinstance(optimizer, (str, keras.optimizers.Optimizer)):
        raise ValueError(
            f"`optimizer` must be a Keras optimizer or its name. {received('optimizer', optimizer)}"
        )
    if learning_rate is not None:
        raise ValueError(
            "`learning_rate` is Adam's and must not be given beside `optimizer`, which brings its own: for example "
            f"optimizer=keras.optimizers.SGD(0.1). Received: optimizer={shown(optimizer)}, "
            f"learning_rate={shown(learning_rate)}"
        )
    return optimizer


def _rate(name: str, rate: float | None) -> float | None:
    return None if rate is None else number(name, rate, "[0, 1)", "the fraction that is dropped")


def _layer_seeds(seed: int, n: int) -> list[int]:
    """Return a different seed for each layer, all derived from one."""
    sequence = np.random.SeedSequence(integer("seed", seed, lowest=0))
    return [int(s) for s in sequence.generate_state(n, dtype="uint32") >> 1]
