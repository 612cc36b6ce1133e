"""Lesson 09 beside what Keras exports: every class against overfitting has its entry, with all its arguments.

With the locked Keras a class or an argument that is missing fails the test. Another Keras may have more of them; then
there is a warning, so that whoever takes the next version notices.
"""

from __future__ import annotations

import inspect
import re
import warnings
from pathlib import Path

import keras
import pytest

from coursekit import language
from coursekit.authoring import source

ROOT = Path(__file__).parents[2]
LESSON = source.parse(ROOT / "notebooks" / "source" / "09_keras_reference.py")
# What Keras exports beside them, and what it is for instead.
OTHER_CALLBACKS = {
    "BackupAndRestore": "goes on after a crash",
    "CSVLogger": "writes a log",
    "Callback": "the base class",
    "CallbackList": "holds callbacks",
    "History": "keeps what fit returns",
    "LambdaCallback": "calls a function",
    "LearningRateScheduler": "sets the learning rate",
    "OrbaxCheckpoint": "saves models in another format",
    "ProgbarLogger": "prints progress",
    "RemoteMonitor": "sends a log",
    "TensorBoard": "writes a log",
}
OTHER_IMAGE_LAYERS = {
    "AutoContrast": "not random",
    "CenterCrop": "not random",
    "ContrastLimitedAdaptiveHistogramEqualization": "not random",
    "Equalization": "not random",
    "MaxNumBoundingBoxes": "about boxes",
    "Resizing": "not random",
    "Solarization": "not random in its default form",
}
OTHER_NORMALIZATIONS = {
    "GroupNormalization": "no statistics of the batch",
    "LayerNormalization": "no statistics of the batch",
    "Normalization": "standardizes the input",
    "RMSNormalization": "no statistics of the batch",
    "SpectralNormalization": "a wrapper",
    "UnitNormalization": "no weights",
}
# Arguments that say the same in every layer or callback.
USUAL = {"self", "args", "kwargs", "name", "dtype"}


def locked_keras():
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    return re.search(r"^keras==(\S+)", text, re.MULTILINE)[1]


def complain(missing, what):
    """Fail with the locked Keras, and warn with another."""
    if not missing:
        return
    message = f"lesson 09 lacks {what}: {', '.join(sorted(missing))}"
    if keras.__version__ == locked_keras():
        pytest.fail(message)
    warnings.warn(message, stacklevel=2)


def classes(module, wanted=lambda found: True):
    found = {name: getattr(module, name) for name in dir(module) if name[0].isupper()}
    return {name: value for name, value in found.items() if inspect.isclass(value) and wanted(value)}


def exported():
    """Return the names of Keras' classes against overfitting, the exceptions left out."""

    def in_folder(folder):
        return lambda found: f".{folder}." in f"{found.__module__}."

    return (
        set(classes(keras.regularizers))
        | set(classes(keras.constraints))
        | set(classes(keras.callbacks)) - set(OTHER_CALLBACKS)
        | set(classes(keras.layers, in_folder("regularization")))
        | set(classes(keras.layers, in_folder("image_preprocessing"))) - set(OTHER_IMAGE_LAYERS)
        | set(classes(keras.layers, in_folder("normalization"))) - set(OTHER_NORMALIZATIONS)
    )


def prose(code):
    return "\n".join(cell.texts[code] for cell in LESSON.cells if not cell.is_code)


def code():
    return "\n".join(next(iter(cell.texts.values())) for cell in LESSON.cells if cell.is_code)


@pytest.mark.parametrize("language_code", sorted(language.languages()))
def test_every_class_is_named_in_prose(language_code):
    text = prose(language_code)
    complain({name for name in exported() if f"`{name}`" not in text}, "entries")


def test_every_class_is_used_in_code():
    text = code()
    complain({name for name in exported() if not re.search(rf"\b{name}\b", text)}, "examples")


def test_the_exceptions_exist_and_are_nowhere_else():
    assert len(exported()) > 40
    for names, module in (
        (OTHER_CALLBACKS, keras.callbacks),
        (OTHER_IMAGE_LAYERS, keras.layers),
        (OTHER_NORMALIZATIONS, keras.layers),
    ):
        if keras.__version__ == locked_keras():
            assert all(hasattr(module, name) for name in names)


def entry(name, language_code):
    """Return the part of the page under the heading of a class."""
    text = prose(language_code)
    match = re.search(rf"^### [^\n]*`{name}`.*?(?=^#|\Z)", text, re.MULTILINE | re.DOTALL)
    assert match, f"no heading with `{name}`"
    return match[0]


@pytest.mark.parametrize("language_code", sorted(language.languages()))
@pytest.mark.parametrize(
    "module",
    [keras.regularizers, keras.constraints, keras.layers],
    ids=["regularizers", "constraints", "layers"],
)
def test_every_argument_is_explained(module, language_code):
    def wanted(found):
        return module is not keras.layers or ".layers.regularization." in found.__module__

    for name, found in classes(module, wanted).items():
        arguments = set(inspect.signature(found.__init__).parameters) - USUAL
        # The seed is explained once, for all layers of dropout and noise.
        text = entry(name, language_code) + prose(language_code).split("### `Dropout`")[0][-400:]
        complain({f"{name}({a})" for a in arguments if not re.search(f"`{a}[`=]", text)}, "arguments")


@pytest.mark.parametrize("language_code", sorted(language.languages()))
def test_every_argument_of_early_stopping_is_explained(language_code):
    arguments = set(inspect.signature(keras.callbacks.EarlyStopping.__init__).parameters) - USUAL
    text = entry("EarlyStopping", language_code)
    complain({a for a in arguments if f"`{a}" not in text}, "arguments of EarlyStopping")


@pytest.mark.parametrize("language_code", sorted(language.languages()))
def test_every_loss_that_smooths_labels_is_named(language_code):
    def smooths(found):
        return "label_smoothing" in inspect.signature(found.__init__).parameters

    complain(
        {name for name in classes(keras.losses, smooths) if f"`{name}`" not in prose(language_code)}, "losses"
    )


def test_an_example_has_at_most_five_lines():
    long = {}
    for cell in LESSON.cells:
        if cell.is_code and cell.id.endswith("-run") and "exercise" not in cell.tags:
            lines = [line for line in cell.texts["en"].splitlines() if line.strip()]
            long[cell.id] = len(lines)
    examples = {id: n for id, n in long.items() if id not in {"batch-run", "old-run", "new-run", "augmentation-all-run"}}
    assert len(examples) > 20
    assert {id: n for id, n in examples.items() if n > 5} == {}


def test_a_missing_class_is_noticed(monkeypatch):
    class RandomBlindness(keras.layers.Layer):
        __module__ = "keras.src.layers.preprocessing.image_preprocessing.random_blindness"

    monkeypatch.setattr(keras.layers, "RandomBlindness", RandomBlindness, raising=False)
    assert "RandomBlindness" in exported()
    with pytest.raises(pytest.fail.Exception, match="RandomBlindness"):
        monkeypatch.setattr(keras, "__version__", locked_keras())
        test_every_class_is_used_in_code()
    monkeypatch.setattr(keras, "__version__", "99.0")
    with pytest.warns(UserWarning, match="RandomBlindness"):
        test_every_class_is_used_in_code()
