"""Odd values for the public functions: each call works, or names the argument and what it received."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
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


def named(name, call):
    """Call; a refusal must be a ValueError or TypeError that names the argument and what was received."""
    try:
        return call()
    except (ValueError, TypeError) as refusal:
        message = str(refusal)
    assert name in message
    assert "Received" in message
    return None


@pytest.mark.parametrize("name", ["n_train", "n_validation", "label_noise", "seed"])
@FEW
@given(value=ODD)
def test_digits(name, value):
    dataset = named(name, lambda: data.digits(**{name: value}))
    if dataset is not None:
        assert sum(len(part.y) for part in (dataset.train, dataset.validation, dataset.test)) == 1797


@pytest.mark.parametrize("name", ["n_train", "n_validation", "n_test", "noise", "seed"])
@FEW
@given(value=ODD)
def test_noisy_curve(name, value):
    dataset = named(name, lambda: data.noisy_curve(**{name: value}))
    assert dataset is None or all(np.isfinite(part.y).all() for part in (dataset.train, dataset.validation))


@pytest.mark.parametrize("name", ["l1", "l2", "dropout_rate", "input_dropout_rate", "seed", "learning_rate"])
@settings(FEW, max_examples=15)
@given(value=ODD)
def test_classifier(name, value):
    model = named(name, lambda: models.classifier(4, 3, **{"units": 5, name: value}))
    if model is not None:
        assert np.isfinite(np.asarray(model.predict_on_batch(np.ones((2, 4), "float32")))).all()


@settings(FEW, max_examples=15)
@given(units=ODD)
def test_units(units):
    model = named("units", lambda: models.regressor(2, units=units))
    assert model is None or model.built


@FEW
@given(value=ODD)
def test_language(value):
    before = language.get_language()
    named("code", lambda: language.set_language(value))
    assert language.get_language() in language.languages()
    language.set_language(before)


@FEW
@given(answer=ODD)
def test_a_check_answers_every_answer_with_a_sentence(answer):
    dataset = data.digits(n_train=20, label_noise=0.4)
    for name, context in (("00-count", (dataset,)), ("00-trust", ()), ("00-rate", ()), ("01-cases", ())):
        feedback = exercises.check(name, answer, *context)
        assert feedback.message
        assert feedback.status in ("right", "wrong", "unanswered")


@FEW
@given(value=ODD)
def test_weights(value):
    named("tolerance", lambda: weights.sparsity(np.array([0.0, 1.0]), tolerance=value))


@pytest.mark.parametrize("name", ["epochs", "batch_size"])
@settings(FEW, max_examples=15)
@given(value=st.one_of(st.none(), st.text(max_size=3), st.integers(-3, 0), st.floats(), st.just(True)))
def test_fit(name, value):
    model = models.classifier(2, 2, units=())
    x, y = np.ones((4, 2), "float32"), np.array([0, 1, 0, 1])
    with pytest.raises((ValueError, TypeError), match=name):
        training.fit(model, x, y, **{"epochs": 1, "progress": False, name: value})


@settings(FEW, max_examples=25)
@given(scores=st.dictionaries(st.text("abc", min_size=1, max_size=3), ODD, max_size=3))
def test_plot_scores(scores):
    import matplotlib.pyplot as plt

    named("scores", lambda: plots.plot_scores(scores, "score"))
    plt.close("all")
