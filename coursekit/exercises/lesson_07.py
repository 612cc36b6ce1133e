"""The exercises of lesson 07: each function names the feedback in 07.toml that fits an answer."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from coursekit.exercises import answers

if TYPE_CHECKING:
    import keras
    import pandas as pd

__all__ = ["Envelope", "TableModel", "envelope", "interval", "rule", "treat"]

# Seeds that no lesson shows. A remedy has to gain more than the layers' own seeds change (about 0.015 for one).
TREATED_SEEDS, TREATED_EPOCHS, ENOUGH = range(6010, 6013), 60, 0.025


def treat(answer: object) -> str:
    """A function that returns a compiled model for 28 × 28 images: it must beat the untreated one on new images."""
    if not callable(answer):
        return "no_function"
    try:
        layers = _kinds(answer())
        gain = _gain(answer)
    except _NoModel:
        return "no_model"
    except Exception:  # whatever goes wrong in the reader's layers
        return "fails"
    if gain >= ENOUGH:
        return "right"
    if "RandomFlip" in layers:
        return "mirrored"
    if gain < -0.03 and any(name.startswith("Random") for name in layers):
        return "too_far"
    if any(name.startswith("Random") for name in layers):
        return "too_little"
    return "no_images"


class _NoModel(Exception):
    """The reader's function returned something else."""


def _kinds(model: Any) -> list[str]:
    try:
        if not model.compiled or model.output_shape != (None, 10):
            raise _NoModel
        return [type(layer).__name__ for layer in model.layers]
    except AttributeError:
        raise _NoModel from None


def _gain(build: Callable[[], keras.Model]) -> float:
    """Return the mean gain in test accuracy over the untreated network, with the same seeds."""
    import keras

    from coursekit import data, models, training

    gains = []
    for seed in TREATED_SEEDS:
        rows = data.mnist_sample(200, 200, seed=seed)
        found = []
        for make in (models.image_classifier, build):
            keras.utils.set_random_seed(seed)
            model = make()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # the notice that model.fit trains these layers
                training.fit(model, *rows.train, epochs=TREATED_EPOCHS, seed=seed, progress=False)
            likeliest = np.asarray(model(rows.test.x, training=False)).argmax(axis=1)
            found.append(float(np.mean(likeliest == rows.test.y)))
        gains.append(found[1] - found[0])
    return float(np.mean(gains))


class TableModel:
    """A trained model that answers from a table: loss and accuracy on so many rows."""

    def __init__(self, scores: Mapping[int, tuple[float, float]]) -> None:
        self.scores = dict(scores)

    def evaluate(self, x: np.ndarray, y: np.ndarray, verbose: Any = None, **others: Any) -> Any:
        """Return ``[loss, accuracy]``, as Keras does."""
        loss, accuracy = self.scores[len(x)]
        if others.get("return_dict"):
            return {"loss": loss, "accuracy": accuracy}
        return [loss, accuracy]


class Envelope:
    """Test data that count how often they were looked at."""

    def __init__(self, x: np.ndarray, y: np.ndarray) -> None:
        self._rows, self.times = (x, y), 0

    def open(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the test data; meant to be called once."""
        self.times += 1
        return self._rows


# Validation rows, test rows: (loss, accuracy) on each. Four rules of choice, four different choices.
VALIDATION_ROWS, TEST_ROWS = 40, 60
CANDIDATES = {
    "l1": {VALIDATION_ROWS: (0.60, 0.775), TEST_ROWS: (0.70, 0.80)},  # best on the test data
    "l2": {VALIDATION_ROWS: (0.70, 0.85), TEST_ROWS: (0.80, 0.75)},  # best validation accuracy: right
    "dropout": {VALIDATION_ROWS: (0.50, 0.80), TEST_ROWS: (0.75, 0.70)},  # lowest validation loss
    "shifts": {VALIDATION_ROWS: (0.95, 0.725), TEST_ROWS: (0.90, 0.65)},  # highest validation loss
}


def envelope(answer: object) -> str:
    """A function that chooses by validation accuracy, opens the envelope once and reports the winner's accuracy."""
    if not callable(answer):
        return "no_function"
    generator = np.random.default_rng(6000)
    parts = [(generator.random((n, 4)), generator.integers(0, 2, n)) for n in (VALIDATION_ROWS, TEST_ROWS)]
    sealed = Envelope(*parts[1])
    try:
        name, score = answer(
            {key: TableModel(scores) for key, scores in CANDIDATES.items()}, parts[0], sealed
        )
        value = float(score)
        scores = CANDIDATES[name]
    except Exception:  # whatever goes wrong in the reader's function
        return "fails"
    if sealed.times > 1:
        return "opened_often"
    if sealed.times == 0 or np.isclose(value, scores[VALIDATION_ROWS][1]):
        return "validation_reported"
    by_name = {"l1": "chosen_on_test", "dropout": "by_loss", "shifts": "highest_loss"}
    if name in by_name:
        return by_name[name]
    return "right" if np.isclose(value, scores[TEST_ROWS][1]) else "other"


def interval(answer: object) -> str:
    """A function that returns the 95 % interval of the mean gain, seeds in pairs."""
    if not callable(answer):
        return "no_function"
    generator = np.random.default_rng(6001)
    first = generator.normal(0.83, 0.02, 12)
    second = first + generator.normal(0.008, 0.006, 12)
    order = generator.permutation(12)
    first, second = first[order], second[order]
    try:
        ends = answer(first.copy(), second.copy(), np.random.default_rng(0))
    except Exception:  # whatever goes wrong in the reader's function
        return "fails"
    low, high = answers.array(np.asarray(ends) if isinstance(ends, (tuple, list)) else ends, (2,))
    gain = second - first
    error = gain.std(ddof=1) / np.sqrt(12)
    known = {
        "right": (gain.mean() - 2.0 * error, gain.mean() + 2.0 * error),
        "reversed": (-gain.mean() - 2.0 * error, -gain.mean() + 2.0 * error),
        "percentiles": tuple(np.percentile(gain, [2.5, 97.5])),
    }
    allowed = {"right": 0.0015, "reversed": 0.0015, "percentiles": 1e-4}
    for name, expected in known.items():
        if np.allclose((low, high), expected, atol=allowed[name]):
            return name
    if low < gain.mean() < high and high - low > 9 * error:
        return "too_wide"  # seeds drawn apart, or the spread of single gains
    return "not_percent" if 0 < high - low < error else "other"


def rule(answer: object, losses: pd.DataFrame) -> str:
    """The strength that the one-standard-error rule chooses."""
    value, strengths, values = answers.number(answer), losses.index.to_numpy(), losses.to_numpy()
    if not np.isclose(strengths, value, rtol=1e-6).any():
        return "other"
    mean, lowest = values.mean(axis=1), int(values.mean(axis=1).argmin())
    deviation = values[lowest].std(ddof=1)
    allowed = strengths[mean <= mean[lowest] + deviation / np.sqrt(values.shape[1])].max()
    with_deviation = strengths[mean <= mean[lowest] + deviation].max()
    known = {"right": allowed, "minimum": strengths[lowest], "deviation": with_deviation}
    verdict = next((name for name, expected in known.items() if np.isclose(value, expected)), None)
    return verdict or ("weakest" if value < allowed else "too_strong")
