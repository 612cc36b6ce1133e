"""Odd values for the public functions: good ones are taken, and others refused by name with what was received."""

from __future__ import annotations

import math
from numbers import Real

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from coursekit import data, exercises, language, models, plots, training, weights

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3000),
    st.floats(allow_nan=True, allow_infinity=True),
    st.text(max_size=4),
    st.lists(st.integers(-2, 5), max_size=3),
    st.sampled_from([np.float32(0.5), np.int64(3), np.nan, "１２", (), {}, object()]),
)
FEW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def whole(lowest, highest=math.inf):
    """Return what says whether a value is an integer in these bounds."""
    return lambda value: (
        isinstance(value, (int, np.integer)) and not isinstance(value, bool) and lowest <= value <= highest
    )


def real(lowest, highest=math.inf, *, above=False, below=False):
    """Return what says whether a value is a finite number in these bounds, the ends included unless said."""

    def good(value):
        if not isinstance(value, Real) or isinstance(value, bool) or not math.isfinite(value):
            return False
        return (
            lowest <= value <= highest
            and not (above and value == lowest)
            and not (below and value == highest)
        )

    return good


def or_none(good):
    return lambda value: value is None or good(value)


def called(name, call, good):
    """Call with a value that is good or not; return the result, or None where it was refused as it should be."""
    if good:
        return call()
    with pytest.raises((ValueError, TypeError)) as refusal:
        call()
    assert name in str(refusal.value)
    assert "Received" in str(refusal.value)
    return None


DIGITS = {
    "n_train": whole(1, 1596),
    "n_validation": whole(1, 1196),
    "label_noise": real(0, 1),
    "seed": whole(0),
}


@pytest.mark.parametrize("name", DIGITS)
@FEW
@given(value=ODD)
@example(value=1)
@example(value=1196)
@example(value=np.int64(1))
def test_digits(name, value):
    dataset = called(name, lambda: data.digits(**{name: value}), DIGITS[name](value))
    if dataset is not None:
        assert sum(len(part.y) for part in (dataset.train, dataset.validation, dataset.test)) == 1797


CURVE = {
    "n_train": whole(1),
    "n_validation": whole(1),
    "n_test": whole(1),
    "noise": real(0, 1e37),
    "seed": whole(0),
}


@pytest.mark.parametrize("name", CURVE)
@FEW
@given(value=ODD)
@example(value=1)
@example(value=np.uint8(200))
def test_noisy_curve(name, value):
    # Between these, the greatest of the random numbers decides whether float32 holds it.
    assume(name != "noise" or not isinstance(value, float) or not 1e37 < value < 1e41)
    dataset = called(name, lambda: data.noisy_curve(**{name: value}), CURVE[name](value))
    assert dataset is None or all(np.isfinite(part.y).all() for part in (dataset.train, dataset.validation))


CLASSIFIER = {
    "l1": or_none(real(0)),
    "l2": or_none(real(0)),
    "dropout_rate": or_none(real(0, 1, below=True)),
    "input_dropout_rate": or_none(real(0, 1, below=True)),
    "seed": whole(0),
    "learning_rate": or_none(real(0, above=True)),
}


@pytest.mark.parametrize("name", CLASSIFIER)
@settings(FEW, max_examples=15)
@given(value=ODD)
@example(value=None)
@example(value=0.5)
@example(value=np.float32(0.25))
@example(value=3)
def test_classifier(name, value):
    arguments = {"units": 5, name: value}
    model = called(name, lambda: models.classifier(4, 3, **arguments), CLASSIFIER[name](value))
    if model is not None:
        assert np.isfinite(np.asarray(model.predict_on_batch(np.ones((2, 4), "float32")))).all()


@settings(FEW, max_examples=15)
@given(units=ODD)
@example(units=())
@example(units=4)
@example(units=(3, np.int64(2)))
@example(units=range(1, 3))
@example(units=[3, 0])
def test_units(units):
    several = units if isinstance(units, (list, tuple, range)) else [units]
    model = called("units", lambda: models.regressor(2, units=units), all(map(whole(1), several)))
    if model is not None:
        assert [layer.units for layer in model.layers] == [*several, 1]


@FEW
@given(value=ODD)
@example(value="ja")
@example(value="en")
@example(value="JA")
def test_language(value):
    before = language.get_language()
    good = isinstance(value, str) and value in language.languages()
    called("code", lambda: language.set_language(value), good)
    assert language.get_language() == (value if good else before)
    language.set_language(before)


@FEW
@given(answer=ODD)
@example(answer=76.8)
@example(answer="b")
def test_a_check_answers_every_answer_with_a_sentence(answer):
    dataset = data.digits(n_train=20, label_noise=0.4)
    contexts = {"00-count": (dataset,), "00-trust": (), "00-rate": (), "01-cases": ()}
    said = {name: exercises.check(name, answer, *context) for name, context in contexts.items()}
    assert all(feedback.message and feedback.status in ("right", "wrong") for feedback in said.values())
    if isinstance(answer, Real) and not isinstance(answer, bool):
        assert said["00-rate"].right == (76 <= answer <= 77)
        assert said["00-rate"].message.startswith("The answer should be one number") != math.isfinite(answer)
    assert said["00-trust"].right == (answer in ("b", "B", "ｂ"))


@FEW
@given(value=ODD)
@example(value=0)
@example(value=0.5)
def test_weights(value):
    w = np.array([0.0, 0.5, 1.0])
    found = called("tolerance", lambda: weights.sparsity(w, tolerance=value), real(0)(value))
    assert found is None or found == np.mean(w <= value)


@pytest.mark.parametrize("name", ["epochs", "batch_size"])
@settings(FEW, max_examples=15)
@given(value=st.one_of(st.none(), st.text(max_size=3), st.integers(-3, 0), st.floats(), st.just(True)))
def test_fit(name, value):
    assume(name != "batch_size" or value is not None)  # None is 32, as in Keras
    model = models.classifier(2, 2, units=())
    x, y = np.ones((4, 2), "float32"), np.array([0, 1, 0, 1])
    with pytest.raises((ValueError, TypeError), match=name):
        training.fit(model, x, y, **{"epochs": 1, "progress": False, name: value})


@pytest.mark.parametrize("name", ["epochs", "batch_size"])
@pytest.mark.parametrize("value", [1, 3, np.int64(2)])
def test_fit_takes_whole_numbers(name, value):
    model = models.classifier(2, 2, units=())
    x, y = np.ones((4, 2), "float32"), np.array([0, 1, 0, 1])
    history = training.fit(model, x, y, **{"epochs": 1, "progress": False, name: value})
    assert len(history.table) == (value if name == "epochs" else 1)


def is_score(value):
    if isinstance(value, list):
        return bool(value)
    return isinstance(value, Real) and math.isfinite(value)


@settings(FEW, max_examples=25)
@given(scores=st.dictionaries(st.text("abc", min_size=1, max_size=3), ODD, max_size=3))
@example(scores={"a": [1, 2], "b": 0.5})
@example(scores={"a": [1, 2], "b": []})
@example(scores={})
def test_plot_scores(scores):
    import matplotlib.pyplot as plt

    good = bool(scores) and all(map(is_score, scores.values()))
    ax = called("scores", lambda: plots.plot_scores(scores, "score"), good)
    if ax is not None:
        assert [label.get_text() for label in ax.get_yticklabels()] == list(scores)
    plt.close("all")
