"""The programs that exist: one is lent to a run, kept for the next model of the same structure, and reused."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import keras

from coursekit.training.program import Program
from coursekit.training.sharing import clone
from coursekit.training.sharing.aside import nothing_else
from coursekit.training.sharing.probe import MANY, probe

if TYPE_CHECKING:
    from coursekit.training.rows import Rows

__all__ = ["forget", "give_back", "take"]


KEPT = 8  # idle programs; each holds a small model and its graphs
_idle: dict[Any, list[Program]] = {}
_refused: dict[Any, str] = {}
_lock = threading.RLock()


def take(
    structure: str, model: keras.Model, with_l1: bool, train: Rows, batch_size: int, validation_batch: int
) -> Program | str:
    """Return a program for models of a structure, which nobody else uses until `give_back`; or why there is none.

    Args:
        structure: what all models that may use the program have in common.
        model: one of them, compiled and built.
        with_l1: whether the penalties of an `L1L2` have their L1 part.
        train: rows of the kind that will come.
        batch_size: rows in a step.
        validation_batch: rows in a step of validation; more are taken at once where that changes no number.
    """
    key = (structure, with_l1, train.signature, batch_size, validation_batch, keras.config.backend())
    with _lock:
        refusal, waiting = _refused.get(key), _idle.get(key)
        if refusal:
            return refusal
        if waiting:
            _idle[key] = _idle.pop(key)  # the one used last stands last
            return waiting[-1] if waiting[-1].for_all_threads else _taken(key)
    with nothing_else():
        net = clone.lifted_clone(model, with_l1)
        at_once = probe(net, train)
        if isinstance(at_once, str):
            _refused[key] = at_once
            return at_once
        size = max(validation_batch, at_once)
        program = _class()(key, model, net, batch_size, size, at_once == MANY)
    if program.for_all_threads:
        give_back(program)
    return program


def _taken(key: Any) -> Program:
    """Take an idle program away."""
    program = _idle[key].pop()
    if not _idle[key]:
        del _idle[key]
    return program


def give_back(program: Program) -> None:
    """Let others use a program. One that failed is better dropped: it may be in any state."""
    with _lock:
        programs = _idle.pop(program.key, [])
        _idle[program.key] = programs if program in programs else [*programs, program]
        while sum(map(len, _idle.values())) > KEPT:
            oldest = next(iter(_idle))
            _idle[oldest].pop(0)
            if not _idle[oldest]:
                del _idle[oldest]


def forget() -> None:
    """Drop all programs, so that the next training has to trace or compile."""
    with _lock:
        _idle.clear()
        _refused.clear()


def _class() -> type[Program]:
    # Imported here, because only one of them can be: a process has one backend.
    if keras.config.backend() == "jax":
        from coursekit.training.jax_program import JAXProgram as Class
    else:
        from coursekit.training.tensorflow_program import TensorFlowProgram as Class  # type: ignore[assignment]
    return Class
