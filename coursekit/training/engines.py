"""The traced loops that exist: one is taken for a run, kept for the next model of the same structure, and reused."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras

from coursekit.training.arguments import Rows
from coursekit.training.structure import structure

KEPT = 8  # idle loops; each holds a small model and its graph
_idle: dict[Any, list] = {}
_lock = threading.Lock()
_asking = threading.RLock()


@contextmanager
def engine_for(model: keras.Model, train: Rows, validation: Rows | None, batch_size: int) -> Iterator[Any]:
    """Lend a loop that serves models of this structure; nobody else uses it meanwhile.

    Args:
        model: compiled and built.
        train, validation: rows of the kind that will come.
        batch_size: rows in a step.
    """
    with _tensorflow_left_alone():
        alike = structure(model)
    if alike is None:
        yield _new(model, train, validation, batch_size, None)
        return
    key = (alike, train.signature, validation and validation.signature, batch_size, keras.config.backend())
    with _lock:
        waiting = _idle.get(key, [])
        engine = waiting.pop() if waiting else None
    if engine is None:
        engine = _new(model, train, validation, batch_size, key)
    yield engine
    # Not in a `finally`: what failed or was interrupted may have left its loop in any state.
    with _lock:
        # The one used last stands last.
        _idle[key] = [*_idle.pop(key, []), engine]
        while sum(map(len, _idle.values())) > KEPT:
            oldest = next(iter(_idle))
            _idle[oldest].pop(0)
            if not _idle[oldest]:
                del _idle[oldest]


def _new(model: keras.Model, train: Rows, validation: Rows | None, batch_size: int, key: Any):
    # Imported here, because only one of them can be: a process has one backend.
    if keras.config.backend() == "jax":
        from coursekit.training.jax_engine import JAXEngine as Engine
    else:
        from coursekit.training.tensorflow_engine import TensorFlowEngine as Engine  # type: ignore[assignment]
    with _tensorflow_left_alone():
        return Engine(model, train, validation, batch_size, key=key)


@contextmanager
def _tensorflow_left_alone() -> Iterator[None]:
    """Keep Keras from loading TensorFlow on another backend, which takes seconds and 470 MB.

    Keras does so when it writes down the configuration of a layer, only to ask whether the layer is one of
    TensorFlow's types. There is no public way to answer for it.
    """
    if keras.config.backend() == "tensorflow" or "tensorflow" in sys.modules:
        yield
        return
    from keras.src.utils.module_utils import tensorflow as question

    with _asking:
        known, question._available = question._available, False
        try:
            yield
        finally:
            question._available = known
