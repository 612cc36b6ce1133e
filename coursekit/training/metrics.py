"""The metrics of a model: built, named, and which way is better."""

from __future__ import annotations

import keras

from coursekit.training.rows import Rows
from coursekit.training.sharing.probe import symbols, trace

__all__ = ["all_of", "build", "modes", "names"]


def build(model: keras.Model, rows: Rows, variables: int) -> None:
    """Let Keras make the state of a model's metrics, from shapes alone.

    Callbacks ask the metrics for their names and directions, and Keras makes them only when it first needs them.

    Args:
        model: compiled and built.
        rows: of the kind that will come.
        variables: how many variables the metrics have in the end.
    """
    if len(model.outputs) == 1:
        for metric in model.metrics[1:]:
            if hasattr(metric, "build") and not metric.built:
                metric.build(symbols(rows)[1], model.outputs[0])
    # Some make their variables only when they see the first rows.
    if len(model.metrics_variables) != variables:
        trace(model, rows)


def all_of(model: keras.Model) -> list[keras.metrics.Metric]:
    """Return the metrics of a model one by one, once they are built."""
    return [metric for group in model.metrics for metric in getattr(group, "metrics", [group])]


def names(model: keras.Model) -> list[str]:
    """Return what the metrics are called in the logs, without the loss."""
    return [name for name in model.get_metrics_result() if name != "loss"]


def modes(model: keras.Model) -> dict[str, str]:
    """Return "min" or "max" for each column whose direction is known: that of losses, and of metrics by Keras' rule."""
    outputs = ["", *(f"{name}_" for name in getattr(model, "output_names", ()))]
    known = dict.fromkeys(("loss", "data_loss", "penalty"), "min")
    for metric in all_of(model):
        # There is no public question; Keras' own callbacks read this attribute.
        direction = "down" if metric.name.endswith("_loss") else getattr(metric, "_direction", None)
        if direction is not None:
            known |= {f"{output}{metric.name}": "max" if direction == "up" else "min" for output in outputs}
    return known | {f"val_{name}": mode for name, mode in known.items()}
