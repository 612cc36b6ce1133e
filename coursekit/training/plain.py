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
from coursekit.training.rows import is_array
from coursekit.training.sharing.aside import drawing_from
from coursekit.training.sharing.key import layers_of

__all__ = ["Recorder", "call", "fit", "penalty_of"]


class Recorder(keras.callbacks.Callback):
    """Shows the callbacks that come after it data loss and penalty apart.

    The validation is made at the end of an epoch, so that its penalty can be computed then. That of training moves
    within the epoch, and `model.fit` tells only the sum: where there is one, the training data loss is NaN.
    """

    def __init__(self, kept: Kept, callbacks: Any, after: Callable[[int], object]) -> None:
        super().__init__()
        self.kept, self.shows, self.after = kept, want_ours(callbacks), after

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        """Add what is known."""
        logs = {} if logs is None else logs
        ours: dict[str, Any] = {}
        if "loss" in logs:
            hidden = float("nan") if _has_penalty(self.model) else 0.0
            ours |= {"data_loss": logs["loss"] - hidden, "penalty": hidden}
        if "val_loss" in logs:
            penalty = penalty_of(self.model)
            ours |= {"val_data_loss": logs["val_loss"] - penalty, "val_penalty": penalty}
        self.kept.keep(epoch, {**logs, **ours})
        if self.shows:
            logs.update(ours)
        self.after(1)


def _has_penalty(model: keras.Model) -> bool:
    """Whether anything is added to the loss of the data; on JAX what layers add is not kept after a step."""
    activities = (getattr(layer, "activity_regularizer", None) for layer in layers_of(model))
    return bool(model.losses) or any(activity is not None for activity in activities)


def penalty_of(model: keras.Model) -> float:
    """Return the sum of the penalties of a model's weights, those that are trained."""
    penalties = (v.regularizer(v) for v in model.trainable_weights if v.regularizer is not None)
    return float(sum(float(keras.ops.convert_to_numpy(penalty)) for penalty in penalties))


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
    recorder = Recorder(kept, callbacks, after)
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
    if np.isnan(model.history.columns.get("penalty", ())).any():
        warnings.warn(text("data_loss_unknown"), stacklevel=5)
    return model.history


def _orders_drawn_from(seed: int, arguments: dict[str, Any]) -> AbstractContextManager:
    """Let `model.fit` draw the orders of arrays from a seed; other data have orders of their own."""
    shuffled = arguments.get("shuffle", True) and is_array(arguments.get("x"))
    return drawing_from(seed) if shuffled else nullcontext()
