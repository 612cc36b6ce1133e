"""The metrics of a model: built, named, and which way is better."""

from __future__ import annotations

import keras

from coursekit.training.rows import Rows
from coursekit.training.sharing.probe import symbols, trace

__all__ = ["build", "modes", "names"]


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


def names(model: keras.Model) -> list[str]:
    """Return what the metrics are called in the logs, without the loss."""
    return [name for name in model.get_metrics_result() if name != "loss"]


def modes(model: keras.Model) -> dict[str, str]:
    """Return "min" or "max" for each column whose direction is known: that of losses, and of metrics by Keras' rule."""
    known = {"loss": "min", "data_loss": "min", "penalty": "min"}
    known |= {metric.name: "min" for metric in model.metrics if metric.name.endswith("_loss")}
    for group in model.metrics:
        for metric in getattr(group, "metrics", []):
            # There is no public question; Keras' own callbacks read this attribute.
            direction = getattr(metric, "_direction", None)
            if direction is not None:
                mode = "max" if direction == "up" else "min"
                known |= {
                    name: mode
                    for name in [
                        metric.name,
                        *(f"{o}_{metric.name}" for o in getattr(model, "output_names", ())),
                    ]
                }
    return known | {f"val_{name}": mode for name, mode in known.items()}
