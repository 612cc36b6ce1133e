"""The checks of lesson 07: right answers are right, and likely mistakes get the hint that fits."""

import keras
import numpy as np
import pandas as pd
import pytest
from keras import layers

from coursekit import language, models
from coursekit.exercises import check, lesson_07
from coursekit.exercises.checks import lesson_texts

LOSSES = pd.DataFrame(
    [[1.4, 1.6], [1.0, 1.2], [1.15, 1.19], [1.2, 1.24], [2.0, 2.0]], index=[0.001, 0.003, 0.01, 0.03, 0.1]
)


def network(*before, outputs=10):
    model = keras.Sequential(
        [keras.Input((28, 28, 1)), *before, layers.Flatten(), layers.Dense(outputs, activation="softmax")]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def accuracy(model, part):
    return model.evaluate(*part, verbose=0)[1]


def fair(models, validation, envelope):
    best = max(models, key=lambda name: accuracy(models[name], validation))
    return best, accuracy(models[best], envelope.open())


def opened_often(models, validation, envelope):
    best = max(models, key=lambda name: accuracy(models[name], envelope.open()))
    return best, accuracy(models[best], validation)


def chosen_on_test(models, validation, envelope):
    rows = envelope.open()
    best = max(models, key=lambda name: accuracy(models[name], rows))
    return best, accuracy(models[best], rows)


def validation_reported(models, validation, envelope):
    best = max(models, key=lambda name: accuracy(models[name], validation))
    return best, accuracy(models[best], validation)


def by_loss(models, validation, envelope):
    best = min(models, key=lambda name: models[name].evaluate(*validation, verbose=0)[0])
    return best, accuracy(models[best], envelope.open())


def highest_loss(models, validation, envelope):
    best = max(models, key=lambda name: models[name].evaluate(*validation, verbose=0)[0])
    return best, accuracy(models[best], envelope.open())


def another_number(models, validation, envelope):
    return fair(models, validation, envelope)[0], 0.5


def means(values, rng):
    return values[rng.integers(0, len(values), (10_000, len(values)))].mean(axis=1)


def bootstrap(first, second, rng):
    return np.percentile(means(second - first, rng), [2.5, 97.5])


def student(first, second, rng):
    gain = second - first
    error = 2.2 * gain.std(ddof=1) / np.sqrt(len(gain))
    return gain.mean() - error, gain.mean() + error


def apart(first, second, rng):
    return np.percentile(means(second, rng) - means(first, rng), [2.5, 97.5])


def two_deviations(first, second, rng):
    gain = second - first
    return gain.mean() - 2 * gain.std(), gain.mean() + 2 * gain.std()


# For the exercise that trains: the layer before the network, and the gain that training is taken to bring.
TREATED = [
    (lambda: network(layers.RandomTranslation(0.1, 0.1)), 0.04, "right"),
    (lambda: network(layers.RandomTranslation(0.02, 0.02)), 0.01, "too_little"),
    (lambda: network(layers.RandomFlip()), -0.05, "mirrored"),
    (lambda: network(layers.RandomRotation(0.5)), -0.19, "too_far"),
    (lambda: network(layers.Dropout(0.5)), 0.003, "no_images"),
    (lambda: network(layers.RandomTranslation(3, 3)), 0, "fails"),
    (lambda: network(outputs=3), 0, "no_model"),
    (lambda: "a model", 0, "no_model"),
    (3, 0, "no_function"),
]
CASES = [
    ("envelope", (fair,), "right"),
    ("envelope", (opened_often,), "opened_often"),
    ("envelope", (chosen_on_test,), "chosen_on_test"),
    ("envelope", (validation_reported,), "validation_reported"),
    ("envelope", (by_loss,), "by_loss"),
    ("envelope", (highest_loss,), "highest_loss"),
    ("envelope", (another_number,), "other"),
    ("envelope", (lambda models: 3,), "fails"),
    ("envelope", (lambda models, validation, envelope: None,), "fails"),
    ("envelope", ("fair",), "no_function"),
    ("interval", (bootstrap,), "right"),
    ("interval", (student,), "right"),
    ("interval", (lambda first, second, rng: bootstrap(second, first, rng),), "reversed"),
    ("interval", (apart,), "too_wide"),
    ("interval", (two_deviations,), "too_wide"),
    (
        "interval",
        (lambda first, second, rng: np.percentile(second - first, [2.5, 97.5]),),
        "percentiles",
    ),
    (
        "interval",
        (lambda first, second, rng: np.percentile(means(second - first, rng), [0.025, 0.975]),),
        "not_percent",
    ),
    ("interval", (lambda first, second, rng: (0.5, 0.6),), "other"),
    ("interval", (lambda first: 0,), "fails"),
    ("interval", (0.5,), "no_function"),
    ("rule", (0.01, LOSSES), "right"),
    ("rule", (0.003, LOSSES), "minimum"),
    ("rule", (0.03, LOSSES), "deviation"),
    ("rule", (0.001, LOSSES), "weakest"),
    ("rule", (0.1, LOSSES), "too_strong"),
    ("rule", (0.02, LOSSES), "other"),
]


@pytest.mark.parametrize(("name", "arguments", "verdict"), CASES)
@pytest.mark.parametrize("code", sorted(language.languages()))
def test_an_answer_gets_the_feedback_that_fits(code, name, arguments, verdict):
    language.set_language(code)
    feedback = check(f"07-{name}", *arguments)
    assert feedback.right is (verdict == "right")
    assert lesson_texts("07")["exercises"][name][verdict][code] in feedback.message


@pytest.mark.parametrize(("answer", "gain", "verdict"), TREATED)
@pytest.mark.parametrize("code", sorted(language.languages()))
def test_a_treated_network_gets_the_feedback_that_fits(code, answer, gain, verdict, monkeypatch):
    language.set_language(code)
    monkeypatch.setattr(lesson_07, "_gain", lambda build: gain)
    feedback = check("07-treat", answer)
    assert feedback.right is (verdict == "right")
    assert lesson_texts("07")["exercises"]["treat"][verdict][code] in feedback.message


@pytest.mark.slow
def test_shifts_are_treatment_enough_and_dropout_is_not():
    assert lesson_07._gain(lambda: models.image_classifier(translation=0.1)) >= lesson_07.ENOUGH
    assert lesson_07._gain(lambda: models.image_classifier(dropout_rate=0.3)) < lesson_07.ENOUGH


def test_an_interval_must_be_two_numbers():
    assert not check("07-interval", lambda first, second, rng: None).right


def test_every_feedback_has_a_case():
    reached = {(name, verdict) for name, _, verdict in CASES} | {("treat", case[2]) for case in TREATED}
    texts = lesson_texts("07")["exercises"]
    assert {(name, verdict) for name in texts for verdict in texts[name]} == reached
