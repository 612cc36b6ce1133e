"""What else one could use: a grid search of KerasTuner or scikit-learn, `MLPClassifier`, and JAX by hand."""

from __future__ import annotations

import tempfile
import warnings
from contextlib import redirect_stdout
from importlib.util import find_spec
from io import StringIO

import keras
import numpy as np
from measuring import Report, elsewhere, seconds
from reference_case import BATCH, EPOCHS, STRENGTHS, baselines, build_model, digits, our_sweep

GRID = STRENGTHS[2:8:2]


def instead_of_sweep(report: Report) -> None:
    """A grid of three strengths, in seconds for each model."""
    report.section(f"a grid of {len(GRID)} models, seconds for each model", **baselines())
    missing = [name for name in ("keras_tuner", "tensorboard") if find_spec(name) is None]
    if missing:
        report.remark(f"KerasTuner: {' and '.join(missing)} missing, see the extra `bench` in pyproject.toml")
    else:
        report.row("KerasTuner's GridSearch", seconds(keras_tuner, 1) / len(GRID))
    report.row("GridSearchCV over SKLearnClassifier, validated once", seconds(grid_search, 1) / len(GRID))
    report.row("sweep", seconds(lambda: our_sweep(1, GRID), 1) / len(GRID))


def keras_tuner() -> None:
    """Search the grid as KerasTuner's guide does."""
    from keras_tuner import GridSearch

    with tempfile.TemporaryDirectory() as folder:
        tuner = GridSearch(
            lambda choice: build_model(l2=choice.Choice("l2", GRID)), "val_loss", directory=folder
        )
        tuner.search(
            *digits().train,
            validation_data=digits().validation,
            epochs=EPOCHS,
            batch_size=BATCH,
            verbose=0,
        )
        assert len(tuner.oracle.trials) == len(GRID)


def grid_search() -> None:
    """Search the grid with scikit-learn: train on the training rows, score on the validation rows."""
    from sklearn.model_selection import GridSearchCV, PredefinedSplit

    parts = digits().train, digits().validation
    x, y = (np.concatenate([getattr(part, name) for part in parts]) for name in "xy")
    split = PredefinedSplit(np.repeat([-1, 0], [len(part.y) for part in parts]))
    settings = {"model_kwargs": [{"l2": strength} for strength in GRID]}
    classifier = keras.wrappers.SKLearnClassifier(one_hot_model)
    search = GridSearchCV(classifier, settings, cv=split, refit=False, error_score="raise")
    # Not as the wrapper's `fit_kwargs`: scikit-learn clones the wrapper, and the clone lacks them.
    with redirect_stdout(StringIO()):  # `predict` shows a bar
        search.fit(x, y, epochs=EPOCHS, batch_size=BATCH, verbose=0)
    assert len(search.cv_results_["params"]) == len(GRID)


def one_hot_model(X: np.ndarray, y: np.ndarray, l2: float) -> keras.Model:
    """The network of the case; the wrapper hands over one-hot labels."""
    model = build_model(l2=l2)
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    return model


def instead_of_fit(report: Report) -> None:
    """The network of the case with other libraries."""
    report.section("one model, 100 epochs, with other libraries", **baselines())
    report.row("scikit-learn MLPClassifier, no dropout", scikit_learn())
    report.row("by hand, one lax.scan in JAX", elsewhere("hand_written", "jax"))


def scikit_learn() -> float:
    """Return the seconds of `MLPClassifier` for the same network without dropout."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    model = MLPClassifier(
        (128, 128), batch_size=BATCH, max_iter=EPOCHS, alpha=1e-3, tol=0, n_iter_no_change=EPOCHS
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return seconds(lambda: model.fit(*digits().train), repeats=2)
