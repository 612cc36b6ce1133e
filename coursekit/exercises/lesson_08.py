"""The tasks of lesson 08: each function names the feedback in 08.toml that fits an answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np

from coursekit._arguments import number
from coursekit.exercises import answers

if TYPE_CHECKING:
    from coursekit.data import Dataset, Split
    from coursekit.training import SweepResult
    from coursekit.training.results import Trained

__all__ = ["bar", "gap", "pick", "plan", "report", "standardize"]

KINDS = {"units": "size", "l1": "penalty", "l2": "penalty", "rate": "dropout", "input_rate": "dropout"}
FEWEST, MOST = 6, 8


def standardize(answer: object, patients: Dataset) -> str:
    """The features of the validation data, standardized with statistics of the training data."""
    x = patients.validation.x
    found = answers.array(answer, x.shape)
    everyone = np.concatenate([patients.train.x, x, patients.test.x])
    known = {
        "right": _standardized(x, patients.train.x),
        "own": _standardized(x, x),
        "all_rows": _standardized(x, everyone),
        "not_divided": x - patients.train.x.mean(axis=0),
    }
    return next(
        (name for name, expected in known.items() if np.allclose(found, expected, atol=1e-4)), "other"
    )


def gap(answer: object, model: Any, parts: Dataset) -> str:
    """R² on the training data minus R² on the validation data."""
    value = answers.number(answer)
    training, validation, test = (
        _r_squared(model, part) for part in (parts.train, parts.validation, parts.test)
    )
    known = {
        "right": training - validation,
        "reversed": validation - training,
        "training_only": training,
        "validation_only": validation,
        "test": training - test,
    }
    return next((name for name, expected in known.items() if np.isclose(value, expected, atol=1e-4)), "other")


def bar(answer: object, parts: Dataset) -> str:
    """R² of linear regression on the validation data."""
    from sklearn.linear_model import LinearRegression

    value, linear = answers.number(answer), LinearRegression().fit(*parts.train)
    known = {
        "right": linear.score(*parts.validation),
        "training": linear.score(*parts.train),
        "test": linear.score(*parts.test),
    }
    return next((name for name, expected in known.items() if np.isclose(value, expected, atol=1e-4)), "other")


def plan(answer: object) -> str:
    """A list of settings within the budget, of at least two kinds."""
    if not isinstance(answer, (list, tuple)) or not all(isinstance(point, Mapping) for point in answer):
        return "not_a_list"
    if any(name not in KINDS for point in answer for name in point):
        return "unknown"
    if not all(_allowed(name, value) for point in answer for name, value in point.items()):
        return "values"
    if len(answer) < FEWEST:
        return "too_few"
    if len(answer) > MOST:
        return "too_many"
    if any(point in answer[:i] for i, point in enumerate(answer)):
        return "repeated"
    return "right" if len({KINDS[name] for point in answer for name in point}) > 1 else "one_kind"


def pick(answer: object, trial: SweepResult, data: Callable[[int], Dataset]) -> str:
    """The setting with the lowest data loss on validation data, averaged over the seeds.

    The table's last epoch decides, or the models as they are: early stopping restores weights of an earlier epoch.
    """
    if not any(_is_setting(answer, run.point) for run in trial.runs):
        return "not_tried"

    def measured(run: Trained) -> float:
        return _squared_error(run.model, data(run.seed).validation)

    known = {
        "right": [lambda run: _last(run, "val_data_loss"), measured],
        "by_training": [lambda run: _last(run, "data_loss")],
        "with_penalty": [lambda run: _last(run, "val_data_loss") + _last(run, "val_penalty")],
    }
    for verdict, losses in known.items():
        if any(_is_setting(answer, _lowest(trial, loss)) for loss in losses):
            return verdict
    return "other"


def report(answer: object, model: Any, patients: Dataset) -> str:
    """The root mean squared error on the test data, in points of the score."""
    value, center = answers.number(answer), float(patients.train.y.mean())
    unit, other_unit = float(patients.train.y.std()), float(patients.test.y.std())
    x = _standardized(patients.test.x, patients.train.x)
    squared = _squared_error(model, (x, (patients.test.y - center) / unit))
    known = {
        "right": np.sqrt(squared) * unit,
        "standardized": np.sqrt(squared),
        "squared": squared * unit**2,
        "wrong_unit": np.sqrt(squared) * other_unit,
    }
    if np.isclose(value, squared, rtol=1e-3):
        return "squared"
    return next((name for name, expected in known.items() if np.isclose(value, expected, rtol=1e-3)), "other")


def _allowed(name: str, value: object) -> bool:
    try:
        number(name, value, "(0, 1)" if KINDS[name] == "dropout" else "(0, inf)")
    except ValueError:
        return False
    return name != "units" or isinstance(value, Integral)


def _is_setting(answer: object, point: Mapping[str, Any]) -> bool:
    """Return whether the answer is this setting; what cannot be compared with it, such as a Series, is not."""
    try:
        return isinstance(answer, Mapping) and dict(answer) == point
    except Exception:  # a comparison of the reader's own values may fail in any way
        return False


def _last(run: Trained, name: str) -> float:
    assert run.history is not None
    return float(run.history.columns[name][-1])


def _lowest(trial: SweepResult, loss: Callable[[Trained], float]) -> dict[str, Any]:
    """Return the setting with the lowest mean of a loss over the seeds; diverged runs are left out."""
    losses: dict[tuple, list[float]] = {}
    for run in trial.runs:
        if not run.diverged:
            losses.setdefault(tuple(run.point.items()), []).append(loss(run))
    best = min(losses, key=lambda point: float(np.mean(losses[point])), default=())
    return dict(best)


def _standardized(x: np.ndarray, by: np.ndarray) -> np.ndarray:
    return (x - by.mean(axis=0)) / by.std(axis=0)


def _squared_error(model: Any, part: Split | tuple[np.ndarray, np.ndarray]) -> float:
    from coursekit import training

    return training.evaluate(model, *part)["data_loss"]


def _r_squared(model: Any, part: Split) -> float:
    return 1 - _squared_error(model, part) / float(np.var(part.y))
