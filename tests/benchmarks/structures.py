"""Many structures: each needs a graph of its own, so that tracing and memory matter."""

from __future__ import annotations

import keras
from measuring import Report, elsewhere, forget, megabytes, seconds
from reference_case import build_model, digits

from coursekit import training

WIDTHS, STRENGTHS, EPOCHS = [8 * n for n in range(1, 13)], [0.0, 1e-4, 1e-3, 1e-2], 20
MANY = 200


def loop_of_fit() -> None:
    """All models one after the other with `fit`."""
    for units in WIDTHS:
        for l2 in STRENGTHS:
            train(build_model(l2=l2, units=units), EPOCHS)


def train(model: keras.Model, epochs: int) -> None:
    """Train one model with `fit`."""
    rows = digits().validation
    training.fit(model, *digits().train, validation_data=rows, epochs=epochs, progress=False)


def one_sweep() -> None:
    """All models with `sweep`."""
    training.sweep(
        build_model,
        {"units": WIDTHS, "l2": STRENGTHS},
        *digits().train,
        validation_data=digits().validation,
        epochs=EPOCHS,
        seeds=[0],
        progress=False,
    )


def structures(report: Report) -> None:
    """12 structures × 4 models, and the memory of 200 structures one after the other."""
    forget()
    loop = seconds(loop_of_fit, 1)
    report.section(f"{len(WIDTHS)} structures × {len(STRENGTHS)} models, tracing included", loop=loop)
    report.row("loop of fit", loop)
    forget()
    report.row("sweep", seconds(one_sweep, 1))
    first, last = elsewhere("structures_memory")
    report.remark(f"memory over {MANY} structures, MB:", first=first, last=last)


def structures_memory() -> tuple[float, float]:
    """Return the megabytes after the first of many structures, and after the last."""
    train(build_model(units=2), 2)
    first = megabytes("VmRSS")
    for units in range(3, MANY + 2):
        train(build_model(units=units), 2)
    return first, megabytes("VmRSS")
