"""Models that a shared program cannot train, warm: `fit` should be no slower than `model.fit`."""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np
from measuring import Report, seconds

from coursekit import training

layers = keras.layers
EPOCHS = 20
RNG = np.random.default_rng(0)
X = RNG.normal(size=(400, 20)).astype("float32")
IMAGES = RNG.uniform(size=(200, 12, 12, 1)).astype("float32")
LABELS = RNG.integers(0, 3, 400)


class Twice(layers.Layer):
    """A layer of the learner's own."""

    def call(self, x):
        """Double."""
        return 2 * x


class Own(keras.Model):
    """A model class of the learner's own."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden, self.dropout, self.out = dense(), layers.Dropout(0.3), head()

    def call(self, x, training=False):
        """A hidden layer and dropout."""
        return self.out(self.dropout(self.hidden(x), training=training))


def own_loss(y_true, y_pred):
    """A loss of the learner's own."""
    return keras.losses.sparse_categorical_crossentropy(y_true, y_pred) + 0.0


def dense() -> keras.layers.Layer:
    """A hidden layer."""
    return layers.Dense(32, activation="relu")


def head() -> keras.layers.Layer:
    """The output layer."""
    return layers.Dense(3, activation="softmax")


def normalization() -> keras.layers.Layer:
    """Keras' preprocessing, adapted."""
    layer = layers.Normalization()
    layer.adapt(X)
    return layer


def stack(*first: keras.layers.Layer) -> keras.Model:
    """A sequential model of some layers and a classifier."""
    return keras.Sequential([*first, head()])


AUGMENTED = (layers.RandomFlip, lambda: layers.RandomRotation(0.1), layers.Flatten, dense)
CONVOLUTION = (lambda: layers.Conv2D(8, 3, activation="relu"), layers.MaxPooling2D, layers.Flatten)
# What is trained: x, the model, the loss if it is not the usual one.
CASES: dict[str, tuple[np.ndarray, Callable[[], keras.Model], object]] = {
    "a layer of one's own": (X, lambda: stack(dense(), Twice()), None),
    "Lambda": (X, lambda: stack(dense(), layers.Lambda(lambda x: 2 * x)), None),
    "a loss of one's own": (X, lambda: stack(dense()), own_loss),
    "a model class of one's own": (X, Own, None),
    "Normalization": (X, lambda: stack(normalization(), dense()), None),
    "augmentation": (IMAGES, lambda: stack(*(make() for make in AUGMENTED)), None),
    "convolution": (IMAGES, lambda: stack(*(make() for make in CONVOLUTION)), None),
}


def uncompiled(report: Report) -> None:
    """Each model: twice with `model.fit`, twice with `fit`; the second time counts."""
    for name, (x, build, loss) in CASES.items():
        rows = {"x": x, "y": LABELS[: len(x)], "validation_data": (x[:100], LABELS[:100])}
        plain, ours = (compiled(build(), loss) for _ in range(2))
        plain.fit(**rows, epochs=2, verbose=0)
        needed = seconds(lambda m=plain, r=rows: m.fit(**r, epochs=EPOCHS, verbose=0), 2)
        report.section(f"{name}, {EPOCHS} epochs, warm", keras=needed)
        report.row("model.fit", needed)
        our_fit(ours, rows, 2)
        report.row("fit", seconds(lambda m=ours, r=rows: our_fit(m, r, EPOCHS), 2), "1x")


def our_fit(model: keras.Model, rows: dict, epochs: int) -> None:
    """Train with `fit`."""
    validation = rows["validation_data"]
    training.fit(model, rows["x"], rows["y"], validation_data=validation, epochs=epochs, progress=False)


def compiled(model: keras.Model, loss: object) -> keras.Model:
    """Compile as usual."""
    model.compile("adam", loss or "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
