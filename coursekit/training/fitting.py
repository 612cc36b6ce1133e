"""`fit`: `model.fit`'s mathematics, many times faster for the small networks of the course."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Sequence
from typing import Any

import keras

from coursekit.language import text
from coursekit.training import arguments, loop
from coursekit.training.arguments import Rows
from coursekit.training.engines import engine_for
from coursekit.training.history import History

# model.fit draws from a global generator, so that only one thread at a time may use it.
_one_plain_fit = threading.Lock()


def fit(
    model: keras.Model,
    x: Any,
    y: Any,
    *,
    epochs: int,
    batch_size: int = 32,
    validation_data: Any = None,
    shuffle: bool = True,
    seed: int = 0,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    sample_weight: Any = None,
    class_weight: dict[int, float] | None = None,
    progress: bool = True,
) -> History:
    """Train a compiled Keras model as `model.fit` does, much faster, and return its `History`.

    Without shuffling, losses and weights are those of ``model.fit(shuffle=False)`` to float precision. With shuffling,
    the order of the rows depends on ``seed`` alone. What cannot be compiled, such as a model with a ``train_step``
    of its own, is trained by `model.fit`, with a notice.

    Args:
        model: a compiled model; trained in place. Calling `fit` again goes on from where it is.
        x, y: training rows, arrays of shape (rows, …); a list or dict of them for several inputs or outputs.
        epochs: passes through the rows, at least 1.
        batch_size: rows in a step, at least 1.
        validation_data: ``(x, y)`` or ``(x, y, sample_weight)``, evaluated after each epoch.
        shuffle: whether to draw a new order of the rows for each epoch.
        seed: draws these orders.
        callbacks: Keras callbacks. Their logs hold Keras' keys, and ``data_loss``, ``penalty`` and ``val_data_loss``.
        sample_weight: a weight for each row, shape (rows,).
        class_weight: a weight for each class, instead of ``sample_weight``.
        progress: whether to show a progress bar where training takes more than a second.

    Returns:
        The `History`; ``model.history`` holds it too, also after an interrupt.

    Raises:
        ValueError: if an argument is not as described, or the model is not compiled.
        KeyboardInterrupt: if interrupted; ``model.history`` then holds the epochs that were finished.
    """
    arguments.compiled(model)
    arguments.at_least_one(epochs=epochs, batch_size=batch_size)
    train = arguments.rows("x, y", x, y, sample_weight, class_weight)
    validation = arguments.pair("validation_data", validation_data)
    prepare(model, train, validation)
    with progress_bar(epochs, progress) as bar:
        return train_prepared(
            model,
            train,
            validation,
            epochs=epochs,
            batch_size=batch_size,
            shuffle=shuffle,
            seed=seed,
            callbacks=callbacks,
            bar=bar,
        )


def train_prepared(
    model: keras.Model,
    train: Rows,
    validation: Rows | None,
    *,
    epochs: int,
    batch_size: int,
    shuffle: bool,
    seed: int,
    callbacks: Sequence[keras.callbacks.Callback],
    bar,
) -> History:
    """Train a model whose arguments were checked: compiled where that is possible, otherwise by `model.fit`."""
    if reason := not_compilable(model):
        with _one_plain_fit:
            return _plain_fit(model, train, validation, epochs, batch_size, shuffle, seed, callbacks, reason)
    with engine_for(model, train, validation, batch_size) as engine:
        return loop.run(
            engine,
            model,
            train,
            validation,
            epochs=epochs,
            shuffle=shuffle,
            seed=seed,
            callbacks=callbacks,
            bar=bar,
        )


def not_compilable(model: keras.Model) -> str | None:
    """Return why a model has to be trained by `model.fit`, or None."""
    if keras.config.backend() not in ("tensorflow", "jax"):
        return text("not_compiled_backend", backend=keras.config.backend())
    if model.run_eagerly:
        return text("not_compiled_eager")
    if model.optimizer.use_ema:
        return text("not_compiled_ema")
    for name in ("train_step", "test_step", "compute_loss", "compute_metrics"):
        if getattr(type(model), name) is not getattr(keras.Model, name):
            return text("not_compiled_method", method=name)
    return None


def progress_bar(total: int, show: bool, **options):
    """Return a tqdm bar that appears after a second; hidden if not wanted."""
    from tqdm.auto import tqdm

    return tqdm(total=total, disable=not show, delay=1, unit=text("epoch"), leave=False, **options)


def prepare(model: keras.Model, train: Rows, validation: Rows | None) -> None:
    """Build a model for its rows, and check that the labels fit it.

    Raises:
        ValueError: if they do not.
    """
    if not model.built:
        model(keras.tree.map_structure(lambda a: keras.ops.convert_to_tensor(a[:1]), train.x), training=False)
    arguments.check_labels(model, train, "y")
    if validation is not None:
        arguments.check_labels(model, validation, "validation_data")


def _plain_fit(model, train, validation, epochs, batch_size, shuffle, seed, callbacks, reason) -> History:
    """Train with `model.fit` and return the same `History`, which an interrupt leaves on the model."""
    warnings.warn(text("not_compiled", reason=reason), stacklevel=3)
    record = _Record()
    for callback in callbacks:
        loop.lower_is_better(callback)
    if shuffle:
        # model.fit draws its order from a global generator, so that a seed for it has to be global as well.
        keras.utils.set_random_seed(seed)
    finished = False
    try:
        model.fit(
            train.x,
            train.y,
            sample_weight=train.sample_weight,
            epochs=epochs,
            batch_size=batch_size,
            shuffle=shuffle,
            validation_data=validation
            and tuple(
                part for part in (validation.x, validation.y, validation.sample_weight) if part is not None
            ),
            callbacks=[record, *callbacks],
            verbose=0,
        )
        finished = True
    finally:
        model.history = History(record.columns(), finished=finished)
    return model.history


class _Record(keras.callbacks.Callback):
    """Notes what happened in each epoch, and shows the callbacks that come after it data loss and penalty apart."""

    def __init__(self) -> None:
        super().__init__()
        self.epochs: list[dict[str, float]] = []

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        """Take the penalty out of the losses."""
        logs = {} if logs is None else logs
        penalty = sum(float(keras.ops.convert_to_numpy(loss)) for loss in self.model.losses)
        values: dict[str, float] = {}
        for prefix in ("", "val_"):
            if f"{prefix}loss" in logs:
                values |= {f"{prefix}data_loss": logs[f"{prefix}loss"] - penalty, f"{prefix}penalty": penalty}
            values |= {
                name: value
                for name, value in logs.items()
                if name != f"{prefix}loss" and name.startswith("val_") == bool(prefix)
            }
        self.epochs.append(values)
        logs.update(values)

    def columns(self) -> dict[str, list[float]]:
        """Return the epochs as columns."""
        names = self.epochs[0] if self.epochs else ()
        return {name: [values[name] for values in self.epochs] for name in names}
