"""`fit`: `model.fit`'s mathematics, many times faster for the small networks of the course."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import keras

from coursekit._arguments import integer
from coursekit.language import text
from coursekit.training import callbacks as hooks
from coursekit.training import checking, deciding, plain, rows
from coursekit.training.history import History
from coursekit.training.run import Run
from coursekit.training.sharing.loan import Refused

__all__ = ["fit", "progress_bar", "train"]


# What `model.fit` takes where nothing is said.
DEFAULTS = {
    name: parameter.default
    for name, parameter in inspect.signature(keras.Model.fit).parameters.items()
    if name not in ("self", "epochs")
}


def fit(
    model: keras.Model,
    x: Any = None,
    y: Any = None,
    batch_size: int | None = None,
    epochs: int = 1,
    *,
    validation_data: Any = None,
    callbacks: Any = None,
    shuffle: bool = True,
    sample_weight: Any = None,
    class_weight: dict[int, float] | None = None,
    validation_split: float = 0.0,
    seed: int = 0,
    progress: bool = True,
    **others: Any,
) -> History:
    """Train a compiled Keras model as `model.fit` does, much faster, and return its `History`.

    Without shuffling, losses and weights are those of ``model.fit(shuffle=False)`` to float precision. With shuffling,
    the order of the rows depends on ``seed`` alone. Models of stock layers are trained by one compiled program; the
    rest, such as a layer or a loss of your own, by `model.fit` itself, with a notice.

    Calling `fit` again goes on from where the model is. A rate, a strength or a number of the optimizer that was
    changed in between counts at once; Keras' own would go on with what it traced first until `compile`.

    Args:
        model: a compiled model; trained in place.
        x, y: training rows: arrays, lists or frames of shape (rows, …), a list or dict of them for several inputs or
            outputs; or whatever else `model.fit` takes.
        batch_size: rows in a step, at least 1; 32 by default.
        epochs: passes through the rows, at least 1.
        validation_data: ``(x, y)`` or ``(x, y, sample_weight)``, evaluated after each epoch.
        callbacks: Keras callbacks. Their logs hold Keras' keys, and ``data_loss``, ``penalty`` and ``val_data_loss``.
        shuffle: whether to draw a new order of the rows for each epoch.
        sample_weight: a weight for each row, shape (rows,).
        class_weight: ``{class: weight}``, instead of ``sample_weight``.
        validation_split: the share of the last rows to validate with, instead of ``validation_data``.
        seed: draws the orders of the rows.
        progress: whether to show a progress bar where training takes more than a second.
        others: every other argument of `model.fit`.

    Returns:
        The `History`; ``model.history`` holds it too, also after an interrupt.

    Raises:
        ValueError: if an argument is not as described, the model is not compiled, or must be compiled again since its
            layers were unfrozen, or the data hold text, NaN or infinity; the message says where, and what to do.
        TypeError: if `model.fit` does not know an argument.
        KeyboardInterrupt: if interrupted; ``model.history`` then holds the epochs that were finished.
    """
    unknown = set(others) - set(DEFAULTS)
    if unknown:
        raise TypeError(
            f"`fit` got an argument that it does not know. Received: {', '.join(sorted(unknown))}"
        )
    checking.compiled(model)
    integer("epochs", epochs, lowest=1)
    integer("batch_size", 32 if batch_size is None else batch_size, lowest=1)
    arguments = {
        "x": x,
        "y": y,
        "batch_size": batch_size,
        "epochs": epochs,
        "validation_data": validation_data,
        "callbacks": callbacks,
        "shuffle": shuffle,
        "sample_weight": sample_weight,
        "class_weight": class_weight,
        "validation_split": validation_split,
        **others,
    }
    given = {name: value for name, value in arguments.items() if not _is_default(name, value)}
    with progress_bar(epochs, text("epoch"), show=progress and others.get("verbose") != 0) as bar:
        return train(model, given, seed=seed, after=bar.update)


def train(model: keras.Model, given: dict[str, Any], *, seed: int, after: Callable[[int], object]) -> History:
    """Train a model: with the program where that does what `model.fit` does, otherwise with `model.fit`.

    Args:
        model: compiled.
        given: the arguments of `model.fit` that were given.
        seed: draws the orders of the rows.
        after: called after each piece of work with the number of epochs that it finished.
    """
    data = _rows(model, given)
    reason = deciding.of_call(given) or (None if data else "not_compiled_data")
    if data and not reason:
        batch_size = given.get("batch_size") or 32
        validation_batch = given.get("validation_batch_size") or batch_size
        try:
            run = Run.of(model, *data, batch_size, validation_batch, given.get("shuffle", True), seed)
        except Refused as problem:
            reason = str(problem)
    if reason:
        return plain.fit(model, given, reason, seed=seed, after=after)

    def go_on(around, epoch, kept):
        arguments = {**given, "callbacks": around, "initial_epoch": epoch, "verbose": 0}
        recorder = plain.Recorder(kept, around, after, given.get("x"))
        recorder.set_model(model)
        around.callbacks.insert(0, recorder)
        return plain.call(model, arguments, kept, seed=seed)

    try:
        return hooks.train(run, hooks.listed(given.get("callbacks")), given["epochs"], after, go_on)
    finally:
        run.close()


def progress_bar(total: int, unit: str, *, show: bool):
    """Return a tqdm bar that appears after a second; hidden if not wanted."""
    from tqdm.auto import tqdm

    return tqdm(total=total, disable=not show, delay=1, unit=unit, leave=False)


def _rows(model: keras.Model, given: dict[str, Any]) -> tuple[rows.Rows, rows.Rows | None] | None:
    """Return training and validation rows, checked; None if something is no array."""
    # Who watches for NaN wants to meet it.
    watched = any(isinstance(c, keras.callbacks.TerminateOnNaN) for c in hooks.listed(given.get("callbacks")))
    data = (given.get(name) for name in ("x", "y", "sample_weight", "validation_data"))
    train, validation = checking.checked(model, *data, nan_is_wanted=watched)
    if train is None or (validation is None and "validation_data" in given):
        return None
    if "validation_split" in given and validation is None:
        train, validation = train.split(given["validation_split"])
    if "class_weight" in given:
        train = rows.weighted(train, given["class_weight"])
    return train, validation


def _is_default(name: str, value: Any) -> bool:
    default = DEFAULTS.get(name, _is_default)
    return value is default or (isinstance(value, (int, float)) and value == default)
