"""The one place that decides how a model is trained: by the compiled program, or by `model.fit`.

The first rule: where the program cannot be sure to do what `model.fit` does, or where `model.fit` is faster,
`model.fit` does it. Every reason is the key of a label, so that a learner can read it.
"""

from __future__ import annotations

from typing import Any

import keras

from coursekit.training.sharing.key import layers_of

__all__ = ["has_hook", "holds_state_of", "must_compile_again", "of_call", "of_model"]


# The arguments of `model.fit` that the program knows; any other sends the whole call there.
KNOWN = {
    "x",
    "y",
    "batch_size",
    "epochs",
    "verbose",
    "callbacks",
    "validation_split",
    "validation_data",
    "shuffle",
    "class_weight",
    "sample_weight",
    "validation_batch_size",
}
HOOKS_OF_BATCHES = tuple(
    f"on_{part}batch_{end}" for part in ("", "train_", "test_") for end in ("begin", "end")
)


def of_call(given: dict[str, Any]) -> str | None:
    """Return why the arguments of a call are only for `model.fit`, or None."""
    callbacks = given.get("callbacks")
    if set(given) - KNOWN or given.get("shuffle", True) not in (True, False) or _epochs_are_capped():
        return "not_compiled_argument"
    if isinstance(callbacks, keras.callbacks.CallbackList) or any(
        map(_watches_batches, keras.tree.flatten(callbacks))
    ):
        return "not_compiled_callback"
    return None


def of_model(model: keras.Model) -> str | None:
    """Return why a model is only for `model.fit`, or None; what has no key is so, too."""
    backend, optimizer = keras.config.backend(), model.optimizer
    layers = list(layers_of(model))
    if backend not in ("tensorflow", "jax"):
        return "not_compiled_backend"
    if model.run_eagerly:
        return "not_compiled_eager"
    if optimizer is None or not model.trainable_variables or not model.built:
        return "not_compiled_own"
    losses = (
        keras.tree.flatten(part) for part in (model.loss, getattr(model._compile_loss, "_user_loss", None))
    )
    if len({tuple(map(id, part)) for part in losses}) > 1:  # Keras never reads what was set after compile()
        return "not_compiled_loss"
    if getattr(optimizer, "inner_optimizer", optimizer).use_ema:
        return "not_compiled_ema"
    if _is_distributed(model):
        return "not_compiled_distributed"
    if not holds_state_of(optimizer, model):
        return "not_compiled_optimizer"
    if any(getattr(layer, "mask_zero", False) or isinstance(layer, keras.layers.Masking) for layer in layers):
        return "not_compiled_mask"
    if backend == "tensorflow" and model.jit_compile and not _has_accelerator():
        return "not_compiled_jit"  # somebody asked for XLA, which draws other random numbers
    if any(getattr(layer, "stateful", False) for layer in layers):
        return "not_compiled_state"
    if backend == "jax" and any("Conv" in type(layer).__name__ for layer in layers):
        return "not_compiled_slow"
    return None


def holds_state_of(optimizer: keras.optimizers.Optimizer, model: keras.Model) -> bool:
    """Whether the optimizer's state belongs to what the model trains now, or there is none yet.

    Layers may have been frozen since, or the optimizer may have trained another model.
    """
    wanted = [id(v) for v in model.trainable_variables]
    inside = (optimizer, getattr(optimizer, "inner_optimizer", optimizer))
    # There is no public question; Keras itself compares in this way, but only when it takes a step.
    return all([id(v) for v in part._trainable_variables] == wanted for part in inside if part.built)


def must_compile_again(model: keras.Model) -> bool:
    """Whether Keras' own step would fail, since what is trained has changed: a layer was unfrozen, or on JAX frozen."""
    optimizer = model.optimizer
    if type(model).train_step is not keras.Model.train_step or optimizer is None or not optimizer.built:
        return False
    trained, known = (
        {id(v) for v in part} for part in (model.trainable_variables, optimizer._trainable_variables)
    )
    return trained != known if keras.config.backend() == "jax" else not trained <= known


def has_hook(callback: Any, hook: str) -> bool:
    """Whether a callback does something at a hook."""
    return hook in vars(callback) or getattr(type(callback), hook, None) is not getattr(
        keras.callbacks.Callback, hook
    )


def _watches_batches(callback: Any) -> bool:
    if callback is None:
        return False
    if not isinstance(callback, keras.callbacks.Callback) or isinstance(
        callback, keras.callbacks.BackupAndRestore
    ):
        return True
    if type(callback) is keras.callbacks.ModelCheckpoint:
        return callback.save_freq != "epoch"
    return any(has_hook(callback, hook) for hook in HOOKS_OF_BATCHES)


def _epochs_are_capped() -> bool:
    """Whether Keras was told to cut training short, for debugging (a setting that its oldest versions do not have)."""
    caps = (getattr(keras.config, name, None) for name in ("max_epochs", "max_steps_per_epoch"))
    return any(cap is not None and cap() is not None for cap in caps)


def _has_accelerator() -> bool:
    import tensorflow as tf

    return any(device.device_type != "CPU" for device in tf.config.list_physical_devices())


def _is_distributed(model: keras.Model) -> bool:
    if keras.config.backend() != "tensorflow":
        return keras.distribution.distribution() is not None
    import tensorflow as tf

    return tf.distribute.has_strategy() or model.distribute_strategy is not tf.distribute.get_strategy()
