"""What Keras does beside building or describing a model, and must not do here."""

from __future__ import annotations

import random
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import keras
import numpy as np

__all__ = ["drawing_from", "nothing_else"]


_one_at_a_time = threading.RLock()
_one_draws = threading.RLock()


@contextmanager
def nothing_else() -> Iterator[None]:
    """Build or describe models in one thread at a time, and leave everything else as it was found.

    A layer without a seed draws one from Python's `random`: what the learner draws next must not depend on it. And on
    another backend Keras loads TensorFlow when it writes down the configuration of a layer, which takes seconds and
    470 MB, only to ask whether the layer is one of TensorFlow's types; there is no public way to answer for it.
    """
    with _one_at_a_time:
        drawn = random.getstate()
        try:
            with _tensorflow_left_alone():
                yield
        finally:
            random.setstate(drawn)


@contextmanager
def _tensorflow_left_alone() -> Iterator[None]:
    if keras.config.backend() == "tensorflow" or "tensorflow" in sys.modules:
        yield
        return
    from keras.src.utils.module_utils import tensorflow as question

    known, question._available = question._available, False
    try:
        yield
    finally:
        question._available = known


@contextmanager
def drawing_from(seed: int) -> Iterator[None]:
    """Let NumPy and TensorFlow draw from a seed where none is given, and leave their generators as they were found.

    One thread at a time: the generators are those of the whole process.
    """
    with _one_draws, _tensorflow_drawing_from(seed):
        # Keras itself draws from this generator, so that there is no other way.
        found = np.random.get_state()  # noqa: NPY002
        np.random.seed(seed % 2**32)  # noqa: NPY002
        try:
            yield
        finally:
            np.random.set_state(found)  # noqa: NPY002


@contextmanager
def _tensorflow_drawing_from(seed: int) -> Iterator[None]:
    if keras.config.backend() != "tensorflow":
        yield
        return
    import tensorflow as tf
    from tensorflow.python.eager.context import context

    # Setting a seed begins its sequence anew; the place in it can be kept in no public way.
    known, place = context()._seed, getattr(context(), "_rng", None)
    tf.random.set_seed(seed)
    try:
        yield
    finally:
        tf.random.set_seed(known)
        context()._rng = place
