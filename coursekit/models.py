"""Compiled Keras models in one line.

They are ordinary Keras models, built as a learner would build them; only the seeds are handed out here, because the
same integer in two initializers would give two layers the same weights.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import keras
import numpy as np

from coursekit._arguments import integer, number, received, shown

__all__ = ["classifier", "ensemble", "image_classifier", "regressor"]


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
    label_smoothing: float | None = None,
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
        label_smoothing: share of each label's weight to spread over all classes, in [0, 1), for training and in every
            loss that is reported. Labels must then be one-hot, also where it is 0: `keras.utils.to_categorical(y)`.
            ``None``: integer labels.
        seed: draws the initial weights and the dropout masks.

    Raises:
        ValueError: if an argument is out of its range, Keras does not know the activation or optimizer, or
            ``optimizer`` and ``learning_rate`` are both given.
    """
    n_classes = integer("n_classes", n_classes, lowest=2)
    model = _mlp(
        n_features, n_classes, "softmax", units, l1, l2, dropout_rate, input_dropout_rate, activation, seed
    )
    return _compiled_classifier(model, optimizer, learning_rate, label_smoothing)


def image_classifier(
    image_shape: Sequence[int] = (28, 28, 1),
    n_classes: int = 10,
    *,
    filters: int | Sequence[int] = (16, 32),
    units: int | Sequence[int] = (64,),
    translation: float | None = None,
    rotation: float | None = None,
    l1: float | None = None,
    l2: float | None = None,
    dropout_rate: float | None = None,
    input_dropout_rate: float | None = None,
    activation: str = "relu",
    optimizer: keras.optimizers.Optimizer | str | None = None,
    learning_rate: float | None = None,
    label_smoothing: float | None = None,
    seed: int = 0,
) -> keras.Model:
    """Return a compiled small convolutional network for images and integer labels.

    Convolutions of 3 × 3 pixels with a stride of 2, so that each halves height and width, then the dense layers of
    `classifier`, whose arguments and errors these are where they are not named below.

    Args:
        image_shape: height, width and channels.
        n_classes: number of classes, at least 2.
        filters: filters of the convolutions, in order; ``()`` for none: a multilayer perceptron that takes images.
        units: units of the hidden dense layers, in order.
        translation: data augmentation: in training each image is shifted by up to this fraction of its height and of
            its width, in [0, 1]; what is uncovered is 0. ``None`` for no layer.
        rotation: the same for turning it, as a fraction of a full turn.
        l1, l2: strengths of the penalty on every kernel, those of the convolutions included.
        dropout_rate: fraction to drop, in training, of what the convolutions give to the dense layers and of each
            hidden dense layer's outputs.
        input_dropout_rate: fraction of the pixels to drop.
        activation: activation of the convolutions and hidden layers.
        optimizer, learning_rate, label_smoothing: as for `classifier`.
        seed: draws the initial weights, the dropout masks, the shifts and the turns.

    Raises:
        ValueError: as for `classifier`, or if an image is too small for so many convolutions.
    """
    if not isinstance(image_shape, (list, tuple)) or len(image_shape) != 3:
        raise ValueError(
            f"`image_shape` must be three integers: height, width, channels. {received('image_shape', image_shape)}"
        )
    shape = tuple(integer("image_shape", n, lowest=1) for n in image_shape)
    n_classes = integer("n_classes", n_classes, lowest=2)
    convolutions, hidden = _several("filters", filters), _several("units", units)
    translation, rotation = (
        None if share is None else number(name, share, "[0, 1]")
        for name, share in (("translation", translation), ("rotation", rotation))
    )
    dropout_rate = _rate("dropout_rate", dropout_rate)
    input_dropout_rate = _rate("input_dropout_rate", input_dropout_rate)
    # A seed for each layer that there may be, so that a remedy leaves the initial weights as they are.
    shift_seed, turn_seed, input_seed, flat_seed, *others = _layer_seeds(
        seed, 5 + len(convolutions) + 2 * len(hidden)
    )
    seeds = iter(others)
    layers: list = [keras.Input(shape)]
    if translation is not None:
        both = (translation, translation)
        layers.append(keras.layers.RandomTranslation(*both, fill_mode="constant", seed=shift_seed))
    if rotation is not None:
        layers.append(keras.layers.RandomRotation(rotation, fill_mode="constant", seed=turn_seed))
    layers += _dropout(input_dropout_rate, input_seed)
    kernel = partial(_kernel, l1, l2)
    for n in convolutions:
        layers.append(keras.layers.Conv2D(n, 3, strides=2, activation=activation, **kernel(next(seeds))))
    layers.append(keras.layers.Flatten())
    if convolutions:
        layers += _dropout(dropout_rate, flat_seed)
    layers += _hidden(hidden, activation, dropout_rate, kernel, seeds)
    layers.append(keras.layers.Dense(n_classes, activation="softmax", **kernel(next(seeds))))
    return _compiled_classifier(keras.Sequential(layers), optimizer, learning_rate, label_smoothing)


def ensemble(models: Sequence[keras.Model]) -> keras.Model:
    """Return a compiled model whose output is the mean of the models' outputs, for classifiers the mean probability.

    Args:
        models: trained models that take the same input and give outputs of one shape, at least one. They are used,
            not copied. Loss and metrics are those of the first.

    Raises:
        ValueError: if there is no model, or inputs or outputs differ in shape.
    """
    models = list(models)
    if not models or len({(model.input_shape, model.output_shape) for model in models}) != 1:
        shapes = [(model.input_shape, model.output_shape) for model in models]
        raise ValueError(
            "`models` must be one or more models of one input shape and one output shape. "
            f"Received: models with the shapes {shapes}"
        )
    inputs = keras.Input(models[0].input_shape[1:])
    outputs = [model(inputs) for model in models]
    mean = keras.Model(inputs, keras.layers.Average()(outputs) if len(outputs) > 1 else outputs[0])
    settings = models[0].get_compile_config() or {}
    mean.compile(loss=settings.get("loss"), metrics=settings.get("metrics"))
    return mean


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
    hidden = _several("units", units)
    dropout_rate = _rate("dropout_rate", dropout_rate)
    input_dropout_rate = _rate("input_dropout_rate", input_dropout_rate)
    seeds = iter(_layer_seeds(seed, 2 * len(hidden) + 2))

    layers: list = [keras.Input((n_features,)), *_dropout(input_dropout_rate, next(seeds))]
    kernel = partial(_kernel, l1, l2)
    layers += _hidden(hidden, activation, dropout_rate, kernel, seeds)
    layers.append(keras.layers.Dense(n_outputs, activation=output_activation, **kernel(next(seeds))))
    return keras.Sequential(layers)


def _hidden(
    units: list[int], activation: str, dropout_rate: float | None, kernel: Callable, seeds: Iterator[int]
) -> list[keras.layers.Layer]:
    """Return hidden dense layers, each with its dropout; two seeds for each, whether it drops or not."""
    layers: list[keras.layers.Layer] = []
    for n in units:
        layers.append(keras.layers.Dense(n, activation=activation, **kernel(next(seeds))))
        layers += _dropout(dropout_rate, next(seeds))
    return layers


def _kernel(l1: float | None, l2: float | None, seed: int) -> dict[str, Any]:
    initializer = keras.initializers.GlorotUniform(seed=seed)
    return {"kernel_initializer": initializer, "kernel_regularizer": _penalty(l1, l2)}


def _dropout(rate: float | None, seed: int) -> list[keras.layers.Layer]:
    return [] if rate is None else [keras.layers.Dropout(rate, seed=seed)]


def _compiled_classifier(
    model: keras.Model,
    optimizer: keras.optimizers.Optimizer | str | None,
    learning_rate: float | None,
    label_smoothing: float | None,
) -> keras.Model:
    """Return the model, compiled for integer labels, or for one-hot ones where labels are smoothed."""
    loss: str | keras.losses.Loss = "sparse_categorical_crossentropy"
    if label_smoothing is not None:
        share = number("label_smoothing", label_smoothing, "[0, 1)")
        loss = keras.losses.CategoricalCrossentropy(label_smoothing=share)
    model.compile(optimizer=_optimizer(optimizer, learning_rate), loss=loss, metrics=["accuracy"])
    return model


def _several(name: str, values: int | Sequence[int]) -> list[int]:
    """Return a number for each layer; one number is one layer."""
    several = values if isinstance(values, (list, tuple, range)) else (values,)
    return [integer(name, n, lowest=1) for n in several]


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
