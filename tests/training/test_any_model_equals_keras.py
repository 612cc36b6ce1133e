"""Models, optimizers, losses, metrics and callbacks drawn at random: `fit` does what `model.fit` does.

A draw is a `Case`: words from the catalogues below. Its repr is all that is needed to run it again, so that a case that
once failed is pinned in `FOUND`. More draws: ``pytest --draws 500``; their seed is printed.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, reject, seed, settings
from hypothesis import strategies as st

from coursekit import training

layers, optimizers, losses, metrics = keras.layers, keras.optimizers, keras.losses, keras.metrics
regularizers, schedules, callbacks = keras.regularizers, keras.optimizers.schedules, keras.callbacks
ops = keras.ops

FEW_DRAWS = 20
TRAINED_BY_PROGRAM = 0.6  # the least share of the draws that model.fit may not train
REFUSED = 0.05  # the largest share that Keras may refuse: the catalogues should fit together


@dataclass(frozen=True)
class Case:
    """One training. Every word stands in a catalogue; a tuple is a word and its options."""

    rows: str = "table"
    shape: str = "sequential"
    layers: tuple[tuple[str, ...], ...] = (("Dense",),)
    optimizer: tuple[str, ...] = ("SGD",)
    loss: str = "mse"
    metrics: tuple[str, ...] = ()
    weighted_metrics: tuple[str, ...] = ()
    compile: tuple[str, ...] = ()
    callbacks: tuple[str, ...] = ()
    data: str = "arrays"
    weights: str = "none"
    validation: str = "none"
    fit: tuple[str, ...] = ()
    batch_size: int | None = None
    epochs: int = 2
    seed: int = 0


# --- The rows ---------------------------------------------------------------------------------------

N, N_VALIDATION = 44, 13
RNG = np.random.default_rng(0)


def words(n: int) -> np.ndarray:
    """Sentences of one to six words of nine, padded with 0."""
    return RNG.integers(1, 9, (n, 6)) * (np.arange(6) < RNG.integers(1, 7, (n, 1)))


ROWS = {
    "table": lambda n: RNG.normal(size=(n, 5)).astype("float32"),
    "series": lambda n: RNG.normal(size=(n, 6, 3)).astype("float32"),
    "images": lambda n: RNG.normal(size=(n, 6, 6, 2)).astype("float32"),
    "words": words,
}
TASKS = {
    "number": lambda n: RNG.normal(size=(n, 1)).astype("float32"),
    "positive": lambda n: RNG.gamma(2.0, size=(n, 1)).astype("float32"),
    "yes or no": lambda n: RNG.integers(0, 2, (n, 1)).astype("float32"),
    "class": lambda n: RNG.integers(0, 3, n),
    "one-hot": lambda n: np.eye(3, dtype="float32")[RNG.integers(0, 3, n)],
}
X = {name: (draw(N), draw(N_VALIDATION)) for name, draw in ROWS.items()}
Y = {name: (draw(N), draw(N_VALIDATION)) for name, draw in TASKS.items()}
WEIGHTS = RNG.uniform(0.2, 2.0, N).astype("float32"), RNG.uniform(0.2, 2.0, N_VALIDATION).astype("float32")

# --- The layers: "stock" are Keras' own, "rare" are what a program cannot be sure of ------------------


class Scale(layers.Layer):
    """A layer of the learner's own, with a weight."""

    def build(self, shape) -> None:
        """One factor a feature."""
        self.factor = self.add_weight(shape=(shape[-1],), initializer="ones")

    def call(self, x):
        """Multiply."""
        return x * self.factor


class Penalized(layers.Layer):
    """A layer of the learner's own, with a penalty and noise of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.noise = keras.random.SeedGenerator(3)

    def call(self, x, training=False):
        """Add noise in training."""
        self.add_loss(0.01 * ops.mean(ops.square(x)))
        return x + 0.1 * keras.random.normal(ops.shape(x), seed=self.noise) if training else x


class AlwaysDropout(layers.Dropout):
    """Drops at inference, too."""

    def call(self, x, training=False):
        """Drop."""
        return super().call(x, training=True)


# What each option adds to a layer with weights; of each group at most one is drawn.
OPTIONS: dict[str, dict[str, Callable[[], dict[str, Any]]]] = {
    "activation": {
        name: lambda name=name: {"activation": name} for name in ("relu", "tanh", "gelu", "selu", "softplus")
    },
    "kernel": {
        "L1": lambda: {"kernel_regularizer": regularizers.L1(0.01)},
        "L2": lambda: {"kernel_regularizer": regularizers.L2(0.02)},
        "L1L2": lambda: {"kernel_regularizer": regularizers.L1L2(0.01, 0.02)},
        "orthogonal": lambda: {"kernel_regularizer": regularizers.OrthogonalRegularizer(0.01)},
    },
    "others": {
        "bias L2": lambda: {"bias_regularizer": regularizers.L2(0.05)},
        "activity L1": lambda: {"activity_regularizer": regularizers.L1(0.01)},
        "activity L2": lambda: {"activity_regularizer": regularizers.L2(0.01)},
    },
    "constraint": {
        "max norm": lambda: {"kernel_constraint": keras.constraints.MaxNorm(0.8)},
        "unit norm": lambda: {"kernel_constraint": keras.constraints.UnitNorm()},
        "not negative": lambda: {"kernel_constraint": keras.constraints.NonNeg()},
        "bias max norm": lambda: {"bias_constraint": keras.constraints.MaxNorm(0.01)},
    },
    "initializer": {
        "he": lambda: {"kernel_initializer": keras.initializers.HeNormal(5)},
        "uniform": lambda: {"kernel_initializer": keras.initializers.RandomUniform(-0.3, 0.3, seed=5)},
        "ones for bias": lambda: {"bias_initializer": "ones"},
    },
    "frozen": {"frozen": lambda: {"trainable": False}},
}
ALL_OPTIONS = {name: make for group in OPTIONS.values() for name, make in group.items()}
WITH_WEIGHTS = {
    "table": {"Dense": lambda **o: layers.Dense(6, **o)},
    "series": {
        "Dense": lambda **o: layers.Dense(4, **o),
        "Conv1D": lambda **o: layers.Conv1D(4, 3, padding="same", **o),
        "LSTM": lambda **o: layers.LSTM(4, return_sequences=True, **o),
        "GRU": lambda **o: layers.GRU(4, return_sequences=True, **o),
        "SimpleRNN": lambda **o: layers.SimpleRNN(4, return_sequences=True, **o),
    },
    "images": {
        "Conv2D": lambda **o: layers.Conv2D(3, 3, padding="same", **o),
        "Dense": lambda **o: layers.Dense(3, **o),
    },
}
STOCK_LAYERS = {
    "table": {
        "Dropout": lambda: layers.Dropout(0.4, seed=1),
        "Dropout, two": lambda: layers.Dropout(0.2, seed=2),
        "GaussianNoise": lambda: layers.GaussianNoise(0.3, seed=3),
        "GaussianDropout": lambda: layers.GaussianDropout(0.3, seed=4),
        "AlphaDropout": lambda: layers.AlphaDropout(0.3, seed=5),
        # No bias before it: its gradient would be nothing but rounding.
        "BatchNormalization": lambda: keras.Sequential([layers.Dense(6, use_bias=False), batch_norm()]),
        "LayerNormalization": lambda: layers.LayerNormalization(),
        "ActivityRegularization": lambda: layers.ActivityRegularization(l1=0.01, l2=0.02),
        "PReLU": lambda: layers.PReLU(),
        "Reshape": lambda: layers.Reshape((-1,)),
        "nested": lambda: keras.Sequential([layers.Dense(5, activation="relu"), layers.Dropout(0.3, seed=6)]),
    },
    "series": {
        "SpatialDropout1D": lambda: layers.SpatialDropout1D(0.3, seed=7),
        "MaxPooling1D": lambda: layers.MaxPooling1D(2),
        "Bidirectional": lambda: layers.Bidirectional(layers.GRU(3, return_sequences=True)),
        "TimeDistributed": lambda: layers.TimeDistributed(layers.Dense(4, activation="relu")),
    },
    "images": {
        "SpatialDropout2D": lambda: layers.SpatialDropout2D(0.3, seed=8),
        "MaxPooling2D": lambda: layers.MaxPooling2D(2, padding="same"),
        "AveragePooling2D": lambda: layers.AveragePooling2D(2, padding="same"),
        "DepthwiseConv2D": lambda: layers.DepthwiseConv2D(3, padding="same"),
    },
    "words": {"Embedding": lambda: layers.Embedding(9, 4)},
}
ENDS = {
    "table": {},
    "series": {
        "Flatten": lambda: layers.Flatten(),
        "GlobalAveragePooling1D": lambda: layers.GlobalAveragePooling1D(),
        "last LSTM": lambda: layers.LSTM(4),
        "last GRU": lambda: layers.GRU(4, reset_after=False),
    },
    "images": {
        "Flatten": lambda: layers.Flatten(),
        "GlobalMaxPooling2D": lambda: layers.GlobalMaxPooling2D(),
    },
}
RARE_LAYERS = {
    "table": {
        "own": Scale,
        "own with penalty": Penalized,
        "Lambda": lambda: layers.Lambda(lambda x: x * 2),
        "always Dropout": lambda: AlwaysDropout(0.3, seed=9),
        "Normalization": lambda: layers.Normalization(mean=0.5, variance=2.0),
        "SpectralNormalization": lambda: layers.SpectralNormalization(layers.Dense(6)),
    },
    "series": {
        "LSTM with dropout": lambda: layers.LSTM(4, dropout=0.3, recurrent_dropout=0.2, seed=10),
        "GRU with dropout": lambda: layers.GRU(4, dropout=0.3, seed=11),
        "Masking": lambda: keras.Sequential([layers.Masking(), layers.LSTM(4)]),
        "attention": lambda: SelfAttention(),
    },
    "images": {
        "RandomFlip": lambda: keras.Sequential([layers.RandomFlip(seed=12), layers.Flatten()]),
        "RandomRotation": lambda: keras.Sequential([layers.RandomRotation(0.2, seed=13), layers.Flatten()]),
    },
    "words": {
        "Embedding with mask": lambda: layers.Embedding(9, 4, mask_zero=True),
    },
}


class SelfAttention(layers.Layer):
    """Attention of a series to itself, as a layer of the learner's own."""

    def __init__(self) -> None:
        super().__init__()
        self.attention = layers.MultiHeadAttention(2, 3, dropout=0.2, seed=14)

    def call(self, x, training=False):
        """Attend, and average over time."""
        return ops.mean(self.attention(x, x, training=training), axis=1)


def batch_norm():
    """With a momentum that a few steps can move."""
    return layers.BatchNormalization(momentum=0.7)


LAYERS: dict[str, dict[str, Callable]] = {
    rows: {
        **{
            name: make
            for kind in (STOCK_LAYERS, RARE_LAYERS, ENDS)
            for name, make in kind.get(rows, {}).items()
        },
        **WITH_WEIGHTS.get(rows, {}),
    }
    for rows in ROWS
}

# --- Optimizers, losses, metrics ---------------------------------------------------------------------

OPTIMIZERS = {
    name: (lambda name=name, **o: getattr(optimizers, name)(**{"learning_rate": 0.02, **o}))
    for name in (
        *("SGD", "RMSprop", "Adam", "AdamW", "Adagrad", "Adadelta"),
        *("Adamax", "Nadam", "Ftrl", "Lion", "Adafactor", "Lamb"),
    )
} | {
    "SGD with momentum": lambda **o: optimizers.SGD(**{"learning_rate": 0.02, "momentum": 0.9, **o}),
    "SGD with Nesterov": lambda **o: optimizers.SGD(
        **{"learning_rate": 0.02, "momentum": 0.8, "nesterov": True, **o}
    ),
    "Adam with amsgrad": lambda **o: optimizers.Adam(**{"learning_rate": 0.02, "amsgrad": True, **o}),
    "centered RMSprop": lambda **o: optimizers.RMSprop(
        **{"learning_rate": 0.02, "momentum": 0.5, "centered": True, **o}
    ),
}
OPTIMIZER_OPTIONS: dict[str, Callable[[], dict[str, Any]]] = {
    "clipnorm": lambda: {"clipnorm": 0.1},
    "clipvalue": lambda: {"clipvalue": 0.05},
    "global clipnorm": lambda: {"global_clipnorm": 0.2},
    "weight decay": lambda: {"weight_decay": 0.1},
    "exponential": lambda: {"learning_rate": schedules.ExponentialDecay(0.05, 2, 0.8)},
    "cosine": lambda: {"learning_rate": schedules.CosineDecay(0.0, 6, warmup_target=0.05, warmup_steps=2)},
    "piecewise": lambda: {"learning_rate": schedules.PiecewiseConstantDecay([2, 4], [0.05, 0.01, 0.03])},
    "polynomial": lambda: {"learning_rate": schedules.PolynomialDecay(0.05, 5, cycle=True)},
}
RARE_OPTIMIZER_OPTIONS: dict[str, Callable[[], dict[str, Any]]] = {
    "average": lambda: {"use_ema": True, "ema_momentum": 0.7},
    "average that overwrites": lambda: {"use_ema": True, "ema_overwrite_frequency": 2},
    "accumulation": lambda: {"gradient_accumulation_steps": 2},
    "loss scale": lambda: {"loss_scale_factor": 8.0},
    "decay without biases": lambda: {"weight_decay": 0.1, "name": "decays_kernels_only"},
}


class WarmUp(schedules.LearningRateSchedule):
    """A schedule of the learner's own."""

    def __call__(self, step):
        """Grow to 0.05."""
        return 0.05 * ops.minimum(1.0, (ops.cast(step, "float32") + 1) / 5)


RARE_OPTIMIZERS = {
    "own schedule": lambda: optimizers.Adam(WarmUp()),
    "LossScaleOptimizer": lambda: optimizers.LossScaleOptimizer(optimizers.SGD(0.02), initial_scale=16.0),
    "by name": lambda: "rmsprop",
}


def own_loss(y_true, y_pred):
    """A number for each row."""
    return ops.mean(ops.abs(y_true - y_pred) ** 1.5, axis=-1)


def own_scalar_loss(y_true, y_pred):
    """A number for the whole batch."""
    return ops.sqrt(ops.mean(ops.square(y_true - y_pred)) + 1e-3)


class OwnLoss(losses.Loss):
    """A loss object of the learner's own."""

    def call(self, y_true, y_pred):
        """Log-cosh, halved."""
        return 0.5 * ops.mean(ops.logaddexp(y_true - y_pred, y_pred - y_true), axis=-1)


# A loss: the task, the units and activation of the last layer, and what `compile` receives.
LOSSES: dict[str, tuple[str, int, str, Callable]] = {
    "mse": ("number", 1, "linear", lambda: "mse"),
    "mae": ("number", 1, "linear", lambda: "mean_absolute_error"),
    "function": ("number", 1, "linear", lambda: losses.mean_squared_error),
    "Huber": ("number", 1, "linear", lambda: losses.Huber(0.5)),
    "LogCosh": ("number", 1, "linear", lambda: losses.LogCosh()),
    "sum of squares": ("number", 1, "linear", lambda: losses.MeanSquaredError(reduction="sum")),
    "Poisson": ("positive", 1, "softplus", lambda: losses.Poisson()),
    "binary": ("yes or no", 1, "sigmoid", lambda: "binary_crossentropy"),
    "binary from logits": (
        "yes or no",
        1,
        "linear",
        lambda: losses.BinaryCrossentropy(from_logits=True, label_smoothing=0.1),
    ),
    "focal": ("yes or no", 1, "sigmoid", lambda: losses.BinaryFocalCrossentropy(gamma=1.5)),
    "hinge": ("yes or no", 1, "tanh", lambda: "hinge"),
    "sparse": ("class", 3, "softmax", lambda: "sparse_categorical_crossentropy"),
    "sparse from logits": (
        "class",
        3,
        "linear",
        lambda: losses.SparseCategoricalCrossentropy(from_logits=True),
    ),
    "categorical": ("one-hot", 3, "softmax", lambda: losses.CategoricalCrossentropy(label_smoothing=0.1)),
    "divergence": ("one-hot", 3, "softmax", lambda: losses.KLDivergence()),
    "weighted mean": (
        "number",
        1,
        "linear",
        lambda: losses.MeanSquaredError(reduction="mean_with_sample_weight"),
    ),
}
RARE_LOSSES: dict[str, tuple[str, int, str, Callable]] = {
    "own": ("number", 1, "linear", lambda: own_loss),
    "own scalar": ("number", 1, "linear", lambda: own_scalar_loss),
    "own object": ("number", 1, "linear", lambda: OwnLoss()),
    "Dice": ("one-hot", 3, "softmax", lambda: losses.Dice()),
    "one class ignored": (
        "class",
        3,
        "softmax",
        lambda: losses.SparseCategoricalCrossentropy(ignore_class=1),
    ),
}
ALL_LOSSES = LOSSES | RARE_LOSSES


def own_metric(y_true, y_pred):
    """A number for each row."""
    return ops.max(ops.abs(ops.cast(y_true, y_pred.dtype) - y_pred), axis=-1)


METRICS: dict[str, dict[str, Callable]] = {
    "number": {
        "mae": lambda: "mae",
        "MeanSquaredError": lambda: metrics.MeanSquaredError(name="squares"),
        "LogCoshError": lambda: metrics.LogCoshError(),
    },
    "positive": {"mape": lambda: "mape"},
    "yes or no": {
        "accuracy": lambda: "accuracy",
        "BinaryAccuracy": lambda: metrics.BinaryAccuracy(threshold=0.4),
        "BinaryCrossentropy": lambda: metrics.BinaryCrossentropy(from_logits=True),
    },
    "class": {
        "accuracy": lambda: "accuracy",
        "SparseCategoricalAccuracy": lambda: metrics.SparseCategoricalAccuracy(name="share"),
        "SparseTopK": lambda: metrics.SparseTopKCategoricalAccuracy(k=2),
    },
    "one-hot": {"acc": lambda: "acc", "CategoricalAccuracy": lambda: metrics.CategoricalAccuracy()},
}
RARE_METRICS: dict[str, dict[str, Callable]] = {
    "number": {
        "own": lambda: own_metric,
        "RootMeanSquaredError": lambda: metrics.RootMeanSquaredError(),
        "R2Score": lambda: metrics.R2Score(),
    },
    "positive": {"own": lambda: own_metric},
    "yes or no": {
        "AUC": lambda: metrics.AUC(num_thresholds=20),
        "thresholds": lambda: metrics.Precision(thresholds=[0.3, 0.6]),
        "Recall": lambda: metrics.Recall(),
    },
    "class": {"mean of an own function": lambda: metrics.MeanMetricWrapper(own_sparse_metric, name="own")},
    "one-hot": {
        "F1Score": lambda: metrics.F1Score(),
        "F1Score, one number": lambda: metrics.F1Score(average="macro"),
        "Recall": lambda: metrics.Recall(class_id=1),
    },
}


def own_sparse_metric(y_true, y_pred):
    """The share of rows whose highest output is class 0."""
    return ops.cast(ops.equal(ops.argmax(y_pred, axis=-1), 0), "float32")


COMPILE: dict[str, dict[str, Any]] = {
    "eager": {"run_eagerly": True},
    "jit": {"jit_compile": True},
    "no jit": {"jit_compile": False},
    "several steps": {"steps_per_execution": 2},
}

# --- Callbacks and the arguments of fit ---------------------------------------------------------------


class RecordsEpochs(callbacks.Callback):
    """Notes which hooks of epochs are called, and the logs that they get."""

    def __init__(self) -> None:
        super().__init__()
        self.notes: list[tuple[str, Any, dict[str, Any]]] = []

    def note(self, hook: str, epoch: Any, logs: dict | None) -> None:
        """Keep a copy, without the columns that Keras does not have."""
        ours = ("data_loss", "penalty", "val_data_loss", "val_penalty")
        self.notes.append((hook, epoch, {k: np.array(v) for k, v in (logs or {}).items() if k not in ours}))

    def on_train_begin(self, logs=None):
        self.note("train begins", None, logs)

    def on_train_end(self, logs=None):
        self.note("train ends", None, logs)

    def on_epoch_begin(self, epoch, logs=None):
        self.note("epoch begins", epoch, logs)

    def on_epoch_end(self, epoch, logs=None):
        self.note("epoch ends", epoch, logs)

    def on_test_begin(self, logs=None):
        self.note("test begins", None, logs)

    def on_test_end(self, logs=None):
        self.note("test ends", None, logs)


class RecordsBatches(RecordsEpochs):
    """Notes the hooks of batches, too."""

    def on_train_batch_end(self, batch, logs=None):
        self.note("batch ends", batch, logs)

    def on_test_batch_end(self, batch, logs=None):
        self.note("test batch ends", batch, logs)


class AtEpochEnd(callbacks.Callback):
    """Changes the model after the first epoch."""

    def __init__(self, change: Callable[[keras.Model], None]) -> None:
        super().__init__()
        self.change = change

    def on_epoch_end(self, epoch, logs=None):
        if epoch == 0:
            self.change(self.model)


class PerBatch(callbacks.Callback):
    """Changes the learning rate before each batch."""

    def on_train_batch_begin(self, batch, logs=None):
        self.model.optimizer.learning_rate = 0.01 * (1 + batch)


def halve_weights(model: keras.Model) -> None:
    """Change the weights, as a callback may."""
    model.set_weights([w * 0.5 for w in model.get_weights()])


def set_rate(model: keras.Model) -> None:
    """Change the learning rate."""
    model.optimizer.learning_rate = 0.001


def strengthen(model: keras.Model) -> None:
    """Change λ of the last layer, which always has an L2 penalty."""
    last_layer(model).kernel_regularizer.l2 = 0.5


def freeze(model: keras.Model) -> None:
    """Freeze the last layer without a new compile."""
    last_layer(model).trainable = False


def stop(model: keras.Model) -> None:
    """Ask for the end."""
    model.stop_training = True


def last_layer(model: keras.Model) -> keras.layers.Layer:
    """Return the output layer."""
    return next(layer for layer in model._flatten_layers() if layer.name == "last")


def falling(epoch: int, rate: float) -> float:
    """A rate for each epoch."""
    return 0.03 / (1 + epoch)


CALLBACKS: dict[str, Callable] = {
    "EarlyStopping": lambda: callbacks.EarlyStopping("loss", patience=1, min_delta=0.2),
    "EarlyStopping, restored": lambda: callbacks.EarlyStopping(
        "loss", patience=1, mode="max", restore_best_weights=True
    ),
    "ReduceLROnPlateau": lambda: callbacks.ReduceLROnPlateau("loss", patience=1, min_delta=1.0, factor=0.2),
    "records epochs": RecordsEpochs,
    "LambdaCallback": lambda: callbacks.LambdaCallback(on_epoch_begin=lambda epoch, logs: None),
    "changes weights": lambda: AtEpochEnd(halve_weights),
    "changes λ": lambda: AtEpochEnd(strengthen),
    "stops": lambda: AtEpochEnd(stop),
}
# These set the learning rate, which a schedule forbids.
RATE_CALLBACKS: dict[str, Callable] = {
    "LearningRateScheduler": lambda: callbacks.LearningRateScheduler(falling),
    "changes rate": lambda: AtEpochEnd(set_rate),
}
RARE_CALLBACKS: dict[str, Callable] = {
    "records batches": RecordsBatches,
    "TerminateOnNaN": lambda: callbacks.TerminateOnNaN(),
    "LambdaCallback for batches": lambda: callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: None
    ),
    "freezes": lambda: AtEpochEnd(freeze),
}
RARE_RATE_CALLBACKS: dict[str, Callable] = {"changes rate per batch": PerBatch}
ALL_CALLBACKS = CALLBACKS | RATE_CALLBACKS | RARE_CALLBACKS | RARE_RATE_CALLBACKS
# What Keras' graph has traced it does not look at again, so that model.fit ignores a new λ unless it runs eagerly.
# In the program the model is the truth, as in eager mode. For freezing Keras has both answers, and either will do.
EAGER_IS_RIGHT, EITHER_IS_RIGHT = {"changes λ"}, {"freezes"}

FIT: dict[str, dict[str, Any]] = {
    "initial_epoch": {"initial_epoch": 1},
    "steps_per_epoch": {"steps_per_epoch": 2},
    "validation_freq": {"validation_freq": 2},
    "validation_batch_size": {"validation_batch_size": 5},
}
STOCK_DATA = ("arrays", "float64", "frames", "dicts")
RARE_DATA = ("tf.data", "generator")
STOCK_SHAPES = ("sequential", "functional", "residual", "two inputs", "two outputs")
RARE_SHAPES = ("subclass", "subclass without training", "own train_step")

# --- Building and training a case -------------------------------------------------------------------


class Subclass(keras.Model):
    """A model class of the learner's own around layers."""

    def __init__(self, stack) -> None:
        super().__init__()
        self.stack = stack

    def call(self, x, training=False):
        """One after the other."""
        for layer in self.stack:
            x = layer(x, training=training) if "training" in layer._call_signature.parameters else layer(x)
        return x


class SubclassWithoutTraining(Subclass):
    """One whose `call` does not take ``training``."""

    def call(self, x):
        """One after the other."""
        for layer in self.stack:
            x = layer(x)
        return x


class OwnStep(keras.Model):
    """A functional model with a `train_step` of its own, which does what Keras' does."""

    def train_step(self, *args, **kwargs):
        """As Keras."""
        return super().train_step(*args, **kwargs)


def make_layer(rows: str, name: str, *options: str) -> keras.layers.Layer:
    """Build the layer of a word and its options."""
    return LAYERS[rows][name](**{k: v for word in options for k, v in ALL_OPTIONS[word]().items()})


def build(case: Case, **compile_options) -> keras.Model:
    """Build and compile the model of a case; equal for equal cases."""
    keras.backend.clear_session()
    keras.utils.set_random_seed(case.seed)
    _, units, activation, make_loss = ALL_LOSSES[case.loss]
    last = {"kernel_regularizer": regularizers.L2(0.01)} if "changes λ" in case.callbacks else {}
    head = layers.Dense(units, activation=activation, name="last", **last)
    rows, stack = case.rows, []
    for name, *options in case.layers:
        stack.append(make_layer(rows, name, *options))
        rows = place_after(rows, name)
    model = SHAPES[case.shape](X[case.rows][0].shape[1:], stack, head)
    weight_names = {"metrics": case.metrics, "weighted_metrics": case.weighted_metrics}
    chosen = {k: [metric(case, name) for name in names] for k, names in weight_names.items() if names}
    options = {k: v for word in case.compile for k, v in COMPILE[word].items()}
    loss: Any = make_loss()
    if case.shape == "two outputs":
        # Keras wants one list of metrics for each output.
        chosen = {k: [values, []] for k, values in chosen.items()}
        loss, options = [loss, "mse"], {**options, "loss_weights": [1.0, 0.3]}
    model.compile(make_optimizer(*case.optimizer), loss, **chosen, **{**options, **compile_options})
    return model


def place_after(rows: str, layer: str) -> str:
    """Return of what kind the rows are after a layer."""
    if rows == "words":
        return "series"
    return "table" if layer in ENDS.get(rows, {}) or layer in ENDING_RARELY else rows


ENDING_RARELY = {name for rows in ("series", "images") for name in RARE_LAYERS[rows]}


def metric(case: Case, name: str):
    """Make the metric of a word."""
    task = ALL_LOSSES[case.loss][0]
    return (METRICS[task] | RARE_METRICS[task])[name]()


def make_optimizer(name: str, *options: str):
    """Make the optimizer of a word and its options."""
    if name in RARE_OPTIMIZERS:
        return RARE_OPTIMIZERS[name]()
    known = OPTIMIZER_OPTIONS | RARE_OPTIMIZER_OPTIONS
    optimizer = OPTIMIZERS[name](**{k: v for word in options for k, v in known[word]().items()})
    if "decay without biases" in options:
        optimizer.exclude_from_weight_decay(var_names=["bias"])
    return optimizer


def chain(x, stack):
    """Apply layers one after the other."""
    for layer in stack:
        x = layer(x)
    return x


def functional(shape, stack, head, kind=keras.Model):
    """The same layers, as a functional model."""
    x = keras.Input(shape)
    return kind(x, head(chain(x, stack)))


def residual(shape, stack, head):
    """With one layer used twice, and a connection around it."""
    x = keras.Input(shape)
    hidden, shared = layers.Dense(6)(chain(x, stack)), layers.Dense(6, activation="relu")
    return keras.Model(x, head(layers.Add()([hidden, shared(shared(hidden))])))


def two_inputs(shape, stack, head):
    """With a second input beside the layers."""
    a, b = keras.Input(shape, name="a"), keras.Input((5,), name="b")
    beside = layers.Dense(3, activation="tanh")(b)
    return keras.Model([a, b], head(layers.Concatenate()([layers.Flatten()(chain(a, stack)), beside])))


def two_outputs(shape, stack, head):
    """With a second output, a number."""
    x = keras.Input(shape)
    hidden = chain(x, stack)
    return keras.Model(x, [head(hidden), layers.Dense(1, name="second")(hidden)])


SHAPES: dict[str, Callable] = {
    "sequential": lambda shape, stack, head: keras.Sequential([keras.Input(shape), *stack, head]),
    "functional": functional,
    "residual": residual,
    "two inputs": two_inputs,
    "two outputs": two_outputs,
    "subclass": lambda shape, stack, head: Subclass([*stack, head]),
    "subclass without training": lambda shape, stack, head: SubclassWithoutTraining([*stack, head]),
    "own train_step": lambda shape, stack, head: functional(shape, stack, head, OwnStep),
}


def rows_of(case: Case, part: int) -> tuple[Any, Any]:
    """Return x and y of a case: its training rows (0) or validation rows (1)."""
    x, y = X[case.rows][part], Y[ALL_LOSSES[case.loss][0]][part]
    if case.data == "float64" and x.dtype == "float32":
        x = x.astype("float64")
    if case.data == "frames" and case.rows == "table":
        x = pd.DataFrame(x, columns=list("abcde"))
        y = pd.DataFrame(y) if y.ndim == 2 else pd.Series(y)
    if case.shape == "two inputs":
        x = [x, X["table"][part][::-1]]
    if case.shape == "two outputs":
        y = [y, Y["number"][part]]
    if case.data == "dicts" and case.shape == "two inputs":
        x = dict(zip("ab", x, strict=True))
    return x, y


def fit_arguments(case: Case) -> dict[str, Any]:
    """Return what both fits are called with."""
    x, y = rows_of(case, 0)
    given: dict[str, Any] = {"x": x, "y": y, "epochs": case.epochs, "shuffle": False, "verbose": 0}
    given |= {k: v for word in case.fit for k, v in FIT[word].items()}
    if case.batch_size is not None:
        given["batch_size"] = case.batch_size
    if case.weights == "rows":
        given["sample_weight"] = [WEIGHTS[0]] * 2 if case.shape == "two outputs" else WEIGHTS[0]
    if case.weights == "classes":
        given["class_weight"] = {0: 0.5, 1: 2.0, 2: 1.0}
    if case.validation == "split":
        given["validation_split"] = 0.25
    elif case.validation != "none":
        given["validation_data"] = rows_of(case, 1)
        if case.validation == "with weights":
            weights = [WEIGHTS[1]] * 2 if case.shape == "two outputs" else WEIGHTS[1]
            given["validation_data"] += (weights,)
    if case.data in RARE_DATA:
        as_stream(case.data, given)
    given["callbacks"] = [ALL_CALLBACKS[name]() for name in case.callbacks]
    return given


def as_stream(data: str, given: dict[str, Any]) -> None:
    """Put a dataset or a generator in the place of arrays."""
    x, y, size = given["x"], given.pop("y"), given.pop("batch_size", 32)
    x, y = np.asarray(x), np.asarray(y)
    if data == "tf.data":
        import tensorflow as tf

        given["x"] = tf.data.Dataset.from_tensor_slices((x, y)).batch(size)
    else:
        given["x"] = ((x[i : i + size], y[i : i + size]) for _ in iter(int, 1) for i in range(0, N, size))
        given["steps_per_epoch"] = -(-N // size)


@dataclass
class Outcome:
    """What a training left: or the error that it raised."""

    model: keras.Model
    history: Any = None
    error: Exception | None = None
    notes: list = field(default_factory=list)


def outcome(case: Case, fit: Callable, **compile_options) -> Outcome:
    """Train the case's model."""
    model, given = build(case, **compile_options), fit_arguments(case)
    result = Outcome(model, notes=[c.notes for c in given["callbacks"] if isinstance(c, RecordsEpochs)])
    try:
        result.history = fit(model, given.pop("x"), given.pop("y", None), **given)
    except Exception as error:
        result.error = error
    return result


def plain_fit(model: keras.Model, x: Any, y: Any, **given):
    """`model.fit`."""
    return model.fit(x, y, **given)


# --- Comparing -------------------------------------------------------------------------------------


def trained_by_program(history: training.History) -> bool:
    """Whether the compiled program trained, and not `model.fit`."""
    return history.compiled


def check(case: Case) -> str:
    """Train with both and compare everything; return who trained: "program", "model.fit", or nobody: "refused"."""
    ours = outcome(case, training.fit)
    program = ours.error is None and trained_by_program(ours.history)
    eager = {"run_eagerly": True, "jit_compile": False}
    if program and EAGER_IS_RIGHT & set(case.callbacks):
        # For the losses of single outputs Keras' eager mode weighs the batches otherwise than its graph.
        compare(outcome(case, plain_fit, **eager), ours, leave_out=("last_loss", "second_loss"))
        return "program"
    expected = outcome(case, plain_fit)
    try:
        compare(expected, ours)
    except AssertionError:
        if not EITHER_IS_RIGHT & set(case.callbacks):
            raise
        compare(outcome(case, plain_fit, **eager), ours)
    if expected.error is not None:
        return "refused"
    return "program" if program else "model.fit"


def compare(expected: Outcome, ours: Outcome, leave_out: tuple[str, ...] = ()) -> None:
    """Fail where two trainings differ, apart from values whose name ends in a certain way."""
    if expected.error is not None or ours.error is not None:
        if type(ours.error) is not type(expected.error):
            raise AssertionError(f"model.fit: {expected.error!r}\nfit: {ours.error!r}") from (
                ours.error or expected.error
            )
        return
    compare_logs(ours.history.history, expected.history.history, "history", leave_out)
    assert ours.history.epoch == expected.history.epoch
    for a, b in zip(ours.notes, expected.notes, strict=True):
        assert [note[:2] for note in a] == [note[:2] for note in b]
        for (hook, epoch, logs), (*_, wanted) in zip(a, b, strict=True):
            compare_logs(logs, wanted, f"logs when {hook} ({epoch})", leave_out)
    compare_variables(state(ours.model), state(expected.model), "model")
    compare_variables(ours.model.optimizer.variables, expected.model.optimizer.variables, "optimizer")


def compare_logs(
    ours: dict[str, Any], expected: dict[str, Any], what: str, leave_out: tuple[str, ...]
) -> None:
    """Compare dictionaries of numbers."""
    assert set(ours) == set(expected), what
    for name, values in expected.items():
        if not (leave_out and name.endswith(leave_out)):
            np.testing.assert_allclose(ours[name], values, rtol=1e-4, atol=2e-5, err_msg=f"{what}: {name}")


def state(model: keras.Model) -> list:
    """The weights and the seeds of a model, without the numbers inside its metrics."""
    of_metrics = {id(v) for v in model.metrics_variables}
    return [v for v in model.variables if id(v) not in of_metrics]


def compare_variables(ours: list, expected: list, what: str) -> None:
    """Compare variables: integers, such as seeds and steps, exactly."""
    assert len(ours) == len(expected), what
    for a, b in zip(ours, expected, strict=True):
        exact = not keras.backend.is_float_dtype(keras.backend.standardize_dtype(b.dtype))
        tolerance = {} if exact else {"rtol": 1e-4, "atol": 2e-5}
        compare_one = np.testing.assert_array_equal if exact else np.testing.assert_allclose
        a, b_value = (keras.ops.convert_to_numpy(v) for v in (a, b))
        compare_one(a, b_value, err_msg=f"{what}: {b.path}", **tolerance)


# --- Drawing ---------------------------------------------------------------------------------------

RARE_PLACES = ("layers", "shape", "optimizer", "loss", "metrics", "compile", "callbacks", "data", "fit")


@st.composite
def cases(draw) -> Case:
    """Draw a case: three in four of stock parts only, the others with something rare in one place."""
    rare = draw(st.sampled_from([None] * 3 * len(RARE_PLACES) + list(RARE_PLACES)))
    rows = draw(st.sampled_from(["table", "table", "table", "series", "words", "images"]))
    if keras.config.backend() == "jax" and rows == "images" and rare is None:
        rows = "table"  # convolutions are trained by model.fit there
    given = {"rows": rows, "seed": draw(st.integers(0, 99))}
    given["shape"] = draw(st.sampled_from(RARE_SHAPES if rare == "shape" else STOCK_SHAPES))
    given["layers"] = draw(stacks(rows, rare == "layers"))
    loss = draw(st.sampled_from(list(RARE_LOSSES if rare == "loss" else LOSSES)))
    task = ALL_LOSSES[loss][0]
    given["loss"] = loss
    place = draw(st.sampled_from(["metrics", "weighted_metrics"]))
    catalogue = RARE_METRICS[task] if rare == "metrics" else METRICS[task]
    given[place] = draw(some(catalogue, least=int(rare == "metrics")))
    given["optimizer"] = draw(optimizer_words(rare == "optimizer"))
    if any(word.endswith("Normalization") for word, *_ in given["layers"]):
        # Before a normalization some gradients are 0 but for rounding, which other optimizers make steps of.
        given["optimizer"] = ("SGD",)
    given["compile"] = (draw(st.sampled_from(list(COMPILE))),) if rare == "compile" else ()
    given["callbacks"] = draw(callback_words(given["optimizer"], rare == "callbacks"))
    given["epochs"] = draw(st.integers(1, 3))
    given["batch_size"] = draw(st.sampled_from([16, 7, None, 44]))
    given["validation"] = draw(st.sampled_from(["rows", "none", "with weights", "split"]))
    weights = ["none", "none", "rows"]
    if task == "class" and given["shape"] != "two outputs":
        weights.append("classes")
    given["weights"] = draw(st.sampled_from(weights))
    given["data"] = draw(st.sampled_from(STOCK_DATA))
    if rare == "data":
        given |= {"data": draw(st.sampled_from(RARE_DATA)), "weights": "none", "validation": "rows"}
        given["shape"] = "sequential"
    if rare == "fit":
        given["fit"] = (draw(st.sampled_from(list(FIT))),)
        given["validation"] = "rows"
    return Case(**given)


def some(catalogue, least: int = 0, most: int = 2):
    """Some words of a catalogue, each once."""
    words = st.lists(st.sampled_from(list(catalogue)), min_size=least, max_size=most, unique=True)
    return words.map(tuple)


@st.composite
def stacks(draw, rows: str, rare: bool):
    """Layers from the rows to a table: each a word with its options."""
    stack: list[tuple[str, ...]] = []
    if rows == "words":
        kinds = RARE_LAYERS if rare and draw(st.booleans()) else STOCK_LAYERS
        rare = rare and kinds is STOCK_LAYERS
        stack.append((draw(st.sampled_from(list(kinds["words"]))),))
        rows = "series"
    if rows != "table":
        stack += [draw(layer_words(rows)) for _ in range(draw(st.integers(0, 1)))]
        ends = RARE_LAYERS if rare else ENDS
        rare = False
        stack.append((draw(st.sampled_from(list(ends[rows]))),))
    stack += [draw(layer_words("table")) for _ in range(draw(st.integers(1, 3)))]
    if rare:
        stack.insert(draw(st.integers(0, len(stack))), (draw(st.sampled_from(list(RARE_LAYERS["table"]))),))
    return tuple(stack)


@st.composite
def layer_words(draw, rows: str):
    """A stock layer: one with weights and options, or one without."""
    if not draw(st.booleans()):
        return (draw(st.sampled_from(list(STOCK_LAYERS[rows]))),)
    groups = draw(st.lists(st.sampled_from(list(OPTIONS)), max_size=3, unique=True))
    name = draw(st.sampled_from(list(WITH_WEIGHTS[rows])))
    return (name, *(draw(st.sampled_from(list(OPTIONS[group]))) for group in groups))


@st.composite
def optimizer_words(draw, rare: bool):
    """An optimizer and at most one of its options."""
    if rare and draw(st.booleans()):
        return (draw(st.sampled_from(list(RARE_OPTIMIZERS))),)
    options = RARE_OPTIMIZER_OPTIONS if rare else OPTIMIZER_OPTIONS
    return (draw(st.sampled_from(list(OPTIMIZERS))), *draw(some(options, int(rare), 1)))


@st.composite
def callback_words(draw, optimizer: tuple[str, ...], rare: bool):
    """Callbacks that go with the optimizer."""
    scheduled = {"exponential", "cosine", "piecewise", "polynomial", "own schedule"} & set(optimizer)
    stock, unusual = dict(CALLBACKS), dict(RARE_CALLBACKS)
    if scheduled:
        del stock["ReduceLROnPlateau"]
    else:
        stock, unusual = stock | RATE_CALLBACKS, unusual | RARE_RATE_CALLBACKS
    chosen = draw(some(stock))
    return (*chosen, draw(st.sampled_from(list(unusual)))) if rare else chosen


# --- The tests --------------------------------------------------------------------------------------

# Cases that once failed, each with what was wrong.
FOUND: list[tuple[str, Case]] = [
    ("the delta of Huber's loss was 1", Case(loss="Huber")),
    ("no learning_rate in the history", Case(callbacks=("LearningRateScheduler",))),
    ("no logs when training ends", Case(callbacks=("records epochs",), validation="rows")),
    (
        "a layer that writes its state in training",
        Case(layers=(("SpectralNormalization",),), validation="rows"),
    ),
    ("dropout at inference", Case(layers=(("always Dropout",),), validation="rows")),
    ("seeds spent in validation", Case("series", layers=(("LSTM with dropout",),), validation="rows")),
    ("validation_split", Case(validation="split", batch_size=7)),
]


@pytest.mark.parametrize("case", [pytest.param(case, id=what) for what, case in FOUND])
def test_a_case_that_once_failed(case):
    check(case)


def test_any_case(request):
    draws = request.config.getoption("--draws")
    number = request.config.getoption("hypothesis_seed")
    if draws is not None and number is None:
        number = random.getrandbits(32)
    who: Counter[str] = Counter()
    agreed: set[Case] = set()

    @settings(
        max_examples=draws or FEW_DRAWS,
        derandomize=draws is None,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases())
    def equals_keras(case: Case) -> None:
        if case in agreed:  # different choices may lead to one case
            reject()
        who[check(case)] += 1
        agreed.add(case)

    if draws is not None:
        equals_keras = seed(int(number))(equals_keras)
        print(f"{draws} draws, again with --draws {draws} --hypothesis-seed {number}")
    equals_keras()
    print(dict(who))
    trained = who["program"] + who["model.fit"]
    assert who["refused"] <= REFUSED * who.total()
    assert who["program"] >= TRAINED_BY_PROGRAM * trained
