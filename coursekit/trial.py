"""The trial of lesson 07: the same remedies, each with four settings, for patients with different troubles.

``python -m coursekit.trial few_rows 5000 20`` measures twenty seeds from 5000 on and stores them, a seed at a time.
"""

from __future__ import annotations

import sys
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from coursekit import calibration, data, models, stored, training
from coursekit._arguments import received
from coursekit.data import Dataset, Split

if TYPE_CHECKING:
    import keras
    import pandas as pd

__all__ = ["EPOCHS", "PATIENTS", "REMEDIES", "main", "measure", "members", "patient", "predict"]


def __dir__() -> list[str]:
    return __all__  # completion shows no module that is merely used here


EPOCHS, MOST_NETWORKS = 60, 5
PATIENTS = ("wrong_labels", "few_rows", "healthy")
NETWORKS: dict[str, dict[str, Any]] = {
    "wrong_labels": {"image_shape": (8, 8, 1), "filters": (), "units": (128, 128), "learning_rate": 0.002},
    "few_rows": {"image_shape": (28, 28, 1), "filters": (16, 32), "units": (64,), "learning_rate": 0.001},
}
NETWORKS["healthy"] = NETWORKS["wrong_labels"]
BATCH_SIZE = {"wrong_labels": 64, "few_rows": 32, "healthy": 64}

# Four settings each, the first always: leave it. The arguments are those of `members`.
REMEDIES: dict[str, list[dict[str, Any]]] = {
    "early_stopping": [{}, *({"patience": n} for n in (10, 5, 2))],
    "l1": [{}, *({"l1": s} for s in (1e-3, 2e-3, 4e-3))],
    "l2": [{}, *({"l2": s} for s in (3e-3, 1e-2, 3e-2))],
    "elastic_net": [{}, *({"l1": a, "l2": b} for a, b in ((3e-4, 3e-3), (5e-4, 5e-3), (1e-3, 1e-2)))],
    "adamw": [{}, *({"weight_decay": s} for s in (1.0, 3.0, 10.0))],
    "dropout": [
        {},
        {"dropout_rate": 0.3},
        {"dropout_rate": 0.5},
        {"dropout_rate": 0.5, "input_dropout_rate": 0.2},
    ],
    "label_smoothing": [{}, *({"label_smoothing": s} for s in (0.1, 0.3, 0.6))],
    "mixup": [{}, *({"alpha": a} for a in (0.2, 1.0, 8.0))],
    "shifts": [{}, *({"translation": s} for s in (0.05, 0.1, 0.15))],
    "averaged_weights": [{}, *({"momentum": m} for m in (0.98, 0.995, 0.998))],
    "ensemble": [{}, *({"networks": n} for n in (2, 3, MOST_NETWORKS))],
    "several": [
        {},
        {"translation": 0.05, "dropout_rate": 0.15, "l2": 3e-4},
        {"translation": 0.1, "dropout_rate": 0.3, "l2": 1e-3},
        {"translation": 0.1, "dropout_rate": 0.5, "l2": 3e-3},
    ],
}
COLUMNS = ["remedy", "setting", "seed", "validation_accuracy", "validation_log_likelihood"]
COLUMNS += ["test_accuracy", "test_log_likelihood", "temperature", "test_log_likelihood_rescaled"]


def patient(name: str, seed: int) -> Dataset:
    """Return a patient's rows: 28 × 28 images, or digits of 8 × 8 pixels with the shape of images.

    ``"wrong_labels"``: 400 training and 200 validation digits, of both about 36 % with a wrong label.
    ``"few_rows"``: 200 training and 200 validation images of MNIST, all labels right.
    ``"healthy"``: the digits with right labels.

    Raises:
        ValueError: if there is no such patient, or ``seed`` is no integer from 0 on.
    """
    if name not in PATIENTS:
        raise ValueError(f"`name` must be one of {', '.join(PATIENTS)}. {received('name', name)}")
    if name == "few_rows":
        return data.mnist_sample(200, 200, seed=seed)
    digits = data.digits(400, 200, label_noise=0.4 if name == "wrong_labels" else 0.0, seed=seed)
    train, validation, test = (
        Split(part.x.reshape(-1, 8, 8, 1), part.y) for part in (digits.train, digits.validation, digits.test)
    )
    return Dataset(train, validation, test)


def members(
    name: str,
    rows: Dataset,
    seed: int,
    *,
    patience: int | None = None,
    weight_decay: float | None = None,
    momentum: float | None = None,
    label_smoothing: float | None = None,
    alpha: float | None = None,
    translation: float | None = None,
    networks: int = 1,
    **options: Any,
) -> list[keras.Model]:
    """Return a patient's network, or several, trained for 60 epochs with a remedy.

    Args:
        name: a patient.
        rows: its rows; validation rows are looked at by early stopping only.
        seed: draws initial weights, order and masks; for further networks, seeds far from it do.
        patience: of early stopping on the validation loss, the best weights restored.
        weight_decay: of AdamW, on all kernels.
        momentum: of the moving average of the weights that is the result.
        label_smoothing, alpha: of smoothed labels, and of mixup, with new mixtures for each epoch.
        translation: of Keras' RandomTranslation, with new shifts for each epoch. They are made beforehand, which is the
            same as a layer in the network, only faster.
        networks: how many.
        options: of `models.image_classifier`.
    """
    import keras

    settings: dict[str, Any] = {**NETWORKS[name], **options}
    (x, y), epochs, shuffle, callbacks = rows.train, EPOCHS, True, None
    rate = settings["learning_rate"]
    if label_smoothing is not None or alpha is not None:
        settings["label_smoothing"] = label_smoothing or 0.0
        y = keras.utils.to_categorical(y, 10)
    if alpha is not None:
        x, y = data.mixup(x, y, alpha, copies=EPOCHS, seed=seed)
        epochs, shuffle = 1, False  # all epochs end to end
    if translation is not None or momentum is not None:
        orders = np.random.default_rng(seed)
        rows_of_epochs = np.concatenate([orders.permutation(len(x)) for _ in range(EPOCHS)])
        x, y, epochs, shuffle = x[rows_of_epochs], y[rows_of_epochs], 1, False
    if translation is not None:
        shift = keras.layers.RandomTranslation(translation, translation, fill_mode="constant", seed=seed)
        x = np.asarray(shift(x, training=True))
    found = []
    for k in range(networks):
        if weight_decay is not None:
            settings |= {"optimizer": _adamw(rate, weight_decay), "learning_rate": None}
        if momentum is not None:
            averaging = keras.optimizers.Adam(rate, use_ema=True, ema_momentum=momentum)
            settings |= {"optimizer": averaging, "learning_rate": None}
        if patience is not None:
            callbacks = [
                keras.callbacks.EarlyStopping("val_loss", patience=patience, restore_best_weights=True)
            ]
        model = models.image_classifier(seed=seed + 10_000 * k, **settings)
        training.fit(
            model,
            x,
            y,
            batch_size=BATCH_SIZE[name],
            epochs=epochs,
            shuffle=shuffle,
            callbacks=callbacks,
            validation_data=rows.validation if callbacks else None,
            seed=seed + 10_000 * k,
            progress=False,
        )
        found.append(model)
    return found


def _adamw(rate: float, weight_decay: float) -> keras.optimizers.Optimizer:
    import keras

    optimizer = keras.optimizers.AdamW(rate, weight_decay=weight_decay)
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    return optimizer


def predict(networks: list[keras.Model], x: np.ndarray) -> np.ndarray:
    """Return the mean of the networks' probabilities, shape (rows, classes)."""
    return np.mean([np.asarray(network(x, training=False)) for network in networks], axis=0)


def measure(name: str, seed: int, remedies: dict[str, list[dict[str, Any]]] = REMEDIES) -> pd.DataFrame:
    """Return the scores of one patient and seed, a row for each remedy and setting.

    Args:
        name: a patient.
        seed: draws the rows, wrong labels, initial weights, order, masks and shifts.
        remedies: ``{remedy: settings}``, by default all.
    """
    import pandas as pd

    rows = patient(name, seed)
    known: dict[str, list[float]] = {}
    several: list[keras.Model] = []
    records = []
    for remedy, settings in remedies.items():
        for setting in settings:
            called = ", ".join(f"{key}={value:g}" for key, value in setting.items()) or "none"
            if called not in known:  # "none" is the same for all
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # the notice of `fit` where model.fit trains
                    if "networks" not in setting:
                        trained = members(name, rows, seed, **setting)
                    else:  # two networks are the first two of five
                        several = several or members(name, rows, seed, networks=MOST_NETWORKS)
                        trained = several[: setting["networks"]]
                known[called] = _scores(trained, rows)
            records.append([remedy, called, seed, *known[called]])
    return pd.DataFrame(records, columns=COLUMNS)


def _scores(networks: list[keras.Model], rows: Dataset) -> list[float]:
    """Return the last columns of the table: accuracy and log-likelihood, and the latter at validation's temperature."""
    (p, y), (q, z) = ((predict(networks, part.x), part.y) for part in (rows.validation, rows.test))
    t = calibration.temperature(p, y)
    rescaled = calibration.log_likelihood(calibration.rescaled(q, t), z)
    scores = [(np.mean(a.argmax(axis=1) == b), calibration.log_likelihood(a, b)) for a, b in ((p, y), (q, z))]
    return [*map(float, scores[0]), *map(float, scores[1]), t, rescaled]


def main(arguments: list[str]) -> None:
    """Measure and store a patient's table: name, first seed, how many; seeds that are stored already are left out."""
    import pandas as pd

    name, first, count = arguments[0], int(arguments[1]), int(arguments[2])
    path = stored.FOLDER / f"07_{name}.csv"
    table = stored.load(path.stem) if path.exists() else pd.DataFrame(columns=COLUMNS)
    for seed in range(first, first + count):
        if seed not in set(table["seed"]):
            more = measure(name, seed)
            table = pd.concat([table, more], ignore_index=True) if len(table) else more
            stored.save(table, path.stem)
            print(name, seed, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
