"""What can be seen of a structure without computing anything: whether a program would do what `model.fit` does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras

from coursekit.training.sharing.key import layers_of

if TYPE_CHECKING:
    from coursekit.training.rows import Rows

__all__ = ["is_by_rows", "probe", "symbols", "trace"]


MANY = 1024
# Losses that look at a batch as a whole.
OF_BATCHES = (keras.losses.Dice, keras.losses.Tversky, keras.losses.Circle)
# Metrics that are sums over the rows, whatever the batches; the means of a function are judged by the function.
OF_ROWS = (
    keras.metrics.AUC,
    keras.metrics.FalseNegatives,
    keras.metrics.FalsePositives,
    keras.metrics.FBetaScore,
    keras.metrics.MeanIoU,
    keras.metrics.Precision,
    keras.metrics.Recall,
    keras.metrics.RootMeanSquaredError,
    keras.metrics.TrueNegatives,
    keras.metrics.TruePositives,
)


def probe(net: keras.Model, rows: Rows) -> int | str:
    """Build the metrics of a net from shapes alone, and return how many rows may be validated at once.

    Nothing is computed, and no random number is drawn: stock layers may draw some or change state, at inference too.

    Returns:
        `MANY` where the batches of validation change no number, else 0 for those that Keras takes; or the label of why
        only `model.fit` is sure to be right.
    """
    nested = isinstance(net.loss, (list, tuple)) and any(isinstance(loss, (list, tuple)) for loss in net.loss)
    if nested or isinstance(rows.y, dict) or isinstance(net.loss, dict):
        return "not_compiled_probe"  # a copy may take outputs with names in another order
    try:
        predicted, written, results = trace(net, rows)
    except Exception:  # whatever is wrong with the model or its data, model.fit says it best
        return "not_compiled_probe"
    if isinstance(predicted, dict):
        return "not_compiled_probe"
    if written:
        return "not_compiled_state"
    if any(len(value.shape) for value in keras.tree.flatten(results)):
        return "not_compiled_numbers"
    return MANY if is_by_rows(net) else 0


def trace(model: keras.Model, rows: Rows) -> tuple[Any, list, dict]:
    """Let Keras follow the shapes of some rows through a model and its metrics, which builds the latter.

    Returns:
        what the model says, the variables that inference writes to, and the results of the metrics, as symbols.
    """
    seen: dict[str, Any] = {}

    def once(batch):
        x, y, weight = batch
        weight = None if isinstance(weight, tuple) and not weight else weight
        with keras.StatelessScope() as scope:
            predicted = model(x, training=False)
        seen["predicted"] = predicted
        seen["written"] = [v for v in model.non_trainable_variables if scope.get_current_value(v) is not None]
        model.compute_loss(x=x, y=y, y_pred=predicted, sample_weight=weight, training=False)
        seen["results"] = model.compute_metrics(x, y, predicted, weight)
        return predicted

    keras.layers.Lambda(once)(symbols(rows))
    return seen["predicted"], seen["written"], seen["results"]


def symbols(rows: Rows) -> tuple:
    """Return x, y and sample weight as symbols, any number of rows."""
    return keras.tree.map_structure(
        lambda a: keras.KerasTensor((None, *a.shape[1:]), a.dtype.name), rows.parts
    )


def is_by_rows(net: keras.Model) -> bool:
    """Whether loss and metrics are sums over rows, so that the batches do not matter."""
    losses = keras.tree.flatten(net.loss)
    metrics = [metric for group in net.metrics[1:] for metric in getattr(group, "metrics", [group])]
    return (
        len(net.outputs) == len(losses) == 1
        and _loss_is_by_rows(losses[0])
        and all(map(_metric_is_by_rows, metrics))
        and all(getattr(layer, "activity_regularizer", None) is None for layer in layers_of(net))
    )


def _loss_is_by_rows(loss: Any) -> bool:
    if isinstance(loss, str):
        if loss in ("crossentropy", "ce"):  # Keras makes one of its losses of it when it sees the labels
            return True
        loss = keras.losses.get(loss)
    return (
        loss is not None
        and not isinstance(loss, OF_BATCHES)
        and getattr(loss, "__name__", "") not in ("dice", "tversky", "circle")
        and getattr(loss, "reduction", "mean") in ("mean", "sum_over_batch_size")
        and getattr(loss, "ignore_class", None) is None
    )


def _metric_is_by_rows(metric: keras.metrics.Metric) -> bool:
    wrapper = keras.metrics.MeanMetricWrapper
    of_function = isinstance(metric, wrapper) and type(metric) is not wrapper and not hasattr(metric, "axis")
    return of_function or isinstance(metric, OF_ROWS)
