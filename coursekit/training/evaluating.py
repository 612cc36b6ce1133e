"""`evaluate`: `model.evaluate` without its start-up time, data loss and penalty apart."""

from __future__ import annotations

from typing import Any

import keras

from coursekit.training import arguments

BATCH = 4096


def evaluate(model: keras.Model, x: Any, y: Any, *, sample_weight: Any = None) -> dict[str, float]:
    """Return the data loss, the penalty and the metrics of a compiled model on some rows.

    The numbers are those of `model.evaluate`, whose ``loss`` is ``data_loss + penalty``. It first traces a graph for
    each model, which takes longer than the evaluation where models are small and many.

    Args:
        model: a compiled model; not changed.
        x, y: rows, as in `fit`.
        sample_weight: a weight for each row.

    Returns:
        ``{"data_loss": …, "penalty": …, metric: …}``.

    Raises:
        ValueError: if an argument is not as described, or the model is not compiled.
    """
    arguments.compiled(model)
    rows = arguments.rows("x, y", x, y, sample_weight)
    total = weight_sum = penalty = 0.0
    model.reset_metrics()
    for start in range(0, rows.count, BATCH):
        inputs, targets, weights = (_batch(part, start) for part in (rows.x, rows.y, rows.sample_weight))
        n = min(BATCH, rows.count - start)
        predicted = model(inputs, training=False)
        loss = model.compute_loss(
            x=inputs, y=targets, y_pred=predicted, sample_weight=weights, training=False
        )
        penalty = float(sum(float(value) for value in model.losses))
        total, weight_sum = total + n * (float(loss) - penalty), weight_sum + n
        model.compute_metrics(inputs, targets, predicted, weights)
    metrics = {k: float(v) for k, v in model.get_metrics_result().items() if k != "loss"}
    model.reset_metrics()
    return {"data_loss": total / weight_sum, "penalty": penalty, **metrics}


def _batch(part: Any, start: int) -> Any:
    if part is None:
        return None
    return keras.tree.map_structure(lambda a: keras.ops.convert_to_tensor(a[start : start + BATCH]), part)
