"""`evaluate`: `model.evaluate` without its start-up time, data loss and penalty apart."""

from __future__ import annotations

from typing import Any

import keras

from coursekit._arguments import integer
from coursekit.training import checking, deciding, plain
from coursekit.training.rows import Rows
from coursekit.training.sharing import probe
from coursekit.training.sharing.key import structure

__all__ = ["evaluate"]


AT_ONCE = 4096
_at_once: dict[str, int | str] = {}


def evaluate(
    model: keras.Model, x: Any, y: Any, *, sample_weight: Any = None, batch_size: int = 32
) -> dict[str, Any]:
    """Return loss, data loss, penalty and metrics of a compiled model on some rows.

    The numbers are those of `model.evaluate`, which first traces a graph for each model and so takes longer than the
    evaluation where models are small and many. Where the batches matter, for instance to a sum, they are those of
    `model.evaluate`, too.

    Args:
        model: a compiled model; not changed.
        x, y: rows, as in `fit`.
        sample_weight: a weight for each row.
        batch_size: rows in a batch, where that matters.

    Returns:
        ``{"loss": …, "data_loss": …, "penalty": …, metric: …}``; ``loss`` is ``data_loss + penalty``.
        Both are NaN where layers add more to the loss than the penalties of weights, since Keras tells only the sum.

    Raises:
        ValueError: if an argument is not as described, or the model is not compiled.
    """
    checking.compiled(model)
    integer("batch_size", batch_size, lowest=1)
    found, _ = checking.checked(model, x, y, sample_weight)
    if found is None or not _batches_do_not_matter(model, found):
        result = model.evaluate(
            x, y, sample_weight=sample_weight, batch_size=batch_size, verbose=0, return_dict=True
        )
    else:
        result = _evaluate(model, found)
    penalty = plain.penalty_of(model, x)
    return {"loss": result["loss"], "data_loss": result["loss"] - penalty, "penalty": penalty} | result


def _batches_do_not_matter(model: keras.Model, found: Rows) -> bool:
    key = structure(model)
    if key is None or deciding.of_model(model):
        return False
    key = key + found.signature
    if key not in _at_once:
        _at_once[key] = probe.probe(model, found)
    return _at_once[key] == probe.MANY


def _evaluate(model: keras.Model, found: Rows) -> dict[str, float]:
    """Evaluate without a graph, in large batches."""
    total = 0.0
    model.reset_metrics()
    for start in range(0, found.count, AT_ONCE):
        x, y, weight = (_batch(part, start) for part in (found.x, found.y, found.sample_weight))
        predicted = model(x, training=False)
        loss = model.compute_loss(x=x, y=y, y_pred=predicted, sample_weight=weight, training=False)
        total += float(loss) * min(AT_ONCE, found.count - start)
        model.compute_metrics(x, y, predicted, weight)
    metrics = {name: float(value) for name, value in model.get_metrics_result().items()}
    model.reset_metrics()
    return {**metrics, "loss": total / found.count}


def _batch(part: Any, start: int) -> Any:
    if part is None:
        return None
    return keras.tree.map_structure(lambda a: keras.ops.convert_to_tensor(a[start : start + AT_ONCE]), part)
