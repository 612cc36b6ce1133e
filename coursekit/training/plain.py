"""Training by `model.fit` itself, with data loss and penalty apart as far as they can be known there."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import keras
import numpy as np

from coursekit.language import text
from coursekit.training import deciding
from coursekit.training.callbacks import Kept, less_is_better, listed, want_ours
from coursekit.training.history import History
from coursekit.training.rows import as_arrays, is_array
from coursekit.training.sharing.aside import drawing_from
from coursekit.training.sharing.key import is_stock, layers_of

__all__ = ["Recorder", "call", "fit", "penalty_of"]


class Recorder(keras.callbacks.Callback):
    """Shows the callbacks that come after it data loss and penalty apart, NaN where they are not known.

    The validation is made at the end of an epoch, so that the penalty of weights can be computed then. That of training
    moves within the epoch, and `model.fit` tells only the sum.
    """

    def __init__(self, kept: Kept, callbacks: Any, after: Callable[[int], object], x: Any) -> None:
        super().__init__()
        self.kept, self.shows, self.after, self.x = kept, want_ours(callbacks), after, x
        self.more: tuple[bool, bool] | None = None

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        """Add what is known."""
        logs = {} if logs is None else logs
        ours: dict[str, Any] = {}
        if self.more is None:
            self.more = _adds_more(self.model, self.x, True), _adds_more(self.model, self.x, False)
        if "loss" in logs:
            hidden = float("nan") if self.more[0] or _penalized(self.model) else 0.0
            ours |= {"data_loss": logs["loss"] - hidden, "penalty": hidden}
        if "val_loss" in logs:
            penalty = float("nan") if self.more[1] else _of_weights(self.model)
            ours |= {"val_data_loss": logs["val_loss"] - penalty, "val_penalty": penalty}
        self.kept.keep(epoch, {**logs, **ours})
        if self.shows:
            logs.update(ours)
        self.after(1)


def penalty_of(model: keras.Model, x: Any) -> float:
    """Return what Keras adds to the loss of some rows: the penalties of trained weights, NaN if there may be more."""
    return float("nan") if _adds_more(model, x, False) else _of_weights(model)


def _of_weights(model: keras.Model) -> float:
    return sum(float(keras.ops.convert_to_numpy(v.regularizer(v))) for v in _penalized(model))


def _penalized(model: keras.Model) -> list[keras.Variable]:
    return [v for v in model.trainable_weights if v.regularizer is not None]


def _adds_more(model: keras.Model, x: Any, training: bool) -> bool:
    """Whether the loss may hold more than that of the data and the penalties of weights, or less.

    A layer may have a penalty for its activity, or call `add_loss`, which only its `call` tells: Keras follows symbols
    through the model to see it. A model with a step or a loss of its own may leave penalties out.
    """
    layers = list(layers_of(model))
    steps = ("compute_loss", "train_step" if training else "test_step")
    own = any(getattr(type(model), name) is not getattr(keras.Model, name) for name in steps)
    if (own and _penalized(model)) or any(
        getattr(a, "activity_regularizer", None) is not None for a in layers
    ):
        return True
    if all(is_stock(type(layer)) for layer in layers):
        return False
    added: list[Any] = []

    def once(inputs):
        with keras.StatelessScope(collect_losses=True) as scope:
            predicted = model(inputs, training=training)
        added.extend(scope.losses)
        return predicted

    try:
        keras.layers.Lambda(once)(_symbols(model, x))
    except Exception:  # rows of a kind that cannot be told, or a layer that needs numbers
        return True
    return bool(added)


def _symbols(model: keras.Model, x: Any) -> Any:
    """Return symbols of the kind of the rows: as they were given, or as the model was built."""
    if x is not None and is_array(x):
        given = as_arrays("x", "x", x)
        return keras.tree.map_structure(
            lambda a: keras.KerasTensor((None, *a.shape[1:]), a.dtype.name), given
        )
    if getattr(model, "inputs", None):
        return model.inputs if len(model.inputs) > 1 else model.inputs[0]
    return keras.KerasTensor((None, *model.get_build_config()["input_shape"][1:]))


def fit(
    model: keras.Model, given: dict[str, Any], reason: str, *, seed: int, after: Callable[[int], object]
) -> History:
    """Train with `model.fit`, with the arguments that were given, and say why.

    Args:
        model: compiled.
        given: the arguments of `model.fit`.
        reason: the label of why.
        seed: draws the orders of the rows.
        after: called with 1 after each epoch.

    Returns:
        The `History`, which an interrupt leaves on the model.
    """
    reason = text(reason, backend=keras.config.backend())
    warnings.warn(text("not_compiled", reason=reason), stacklevel=4)
    kept, callbacks = Kept(), given.get("callbacks")
    recorder = Recorder(kept, callbacks, after, given.get("x"))
    if isinstance(callbacks, keras.callbacks.CallbackList):
        recorder.set_model(model)
        callbacks.callbacks.insert(0, recorder)
        callbacks.append(kept)
    else:
        callbacks = [recorder, *listed(callbacks), kept]
    with less_is_better(callbacks):
        return call(model, {"verbose": 0, **given, "callbacks": callbacks}, kept, seed=seed)


def call(model: keras.Model, arguments: dict[str, Any], kept: Kept, *, seed: int) -> History:
    """Call `model.fit`, and leave the `History` of what was kept on the model, also after an interrupt.

    Raises:
        ValueError: if the model must be compiled again; Keras would raise one, too, that says less.
    """
    if deciding.must_compile_again(model):
        raise ValueError(text("compile_again"))
    finished = False
    try:
        with _orders_drawn_from(seed, arguments):
            model.fit(**arguments)
        finished = True
    finally:
        callbacks = arguments["callbacks"] if finished else ()
        model.history = kept.as_history(model, finished=finished, callbacks=callbacks)
    for prefix in ("", "val_"):
        if any(np.isnan(row.get(f"{prefix}penalty", 0)) for row in kept.rows):
            warnings.warn(text(f"{prefix}data_loss_unknown"), stacklevel=5)
    return model.history


def _orders_drawn_from(seed: int, arguments: dict[str, Any]) -> AbstractContextManager:
    """Let `model.fit` draw the orders of arrays from a seed; other data have orders of their own."""
    shuffled = arguments.get("shuffle", True) and is_array(arguments.get("x"))
    return drawing_from(seed) if shuffled else nullcontext()
