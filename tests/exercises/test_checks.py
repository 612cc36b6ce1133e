"""`check`: whatever is answered and however it is called, a sentence in the reader's language."""

from __future__ import annotations

import datetime
import decimal
import fractions
import inspect

import numpy as np
import pandas as pd
import pytest

from coursekit import data, language, models
from coursekit.exercises import Feedback, check
from coursekit.exercises.checks import _exercise, lesson_texts, lessons
from coursekit.training import History
from coursekit.training.results import SweepResult, Trained

NAMES = [f"{lesson}-{short}" for lesson in lessons() for short in lesson_texts(lesson).get("exercises", {})]


class Hostile:
    """Nothing about it can be asked."""

    def fail(self, *args):
        raise RuntimeError("not to be asked")

    __eq__ = __bool__ = __repr__ = __str__ = __len__ = __iter__ = __float__ = __getattr__ = __array__ = fail
    __hash__ = object.__hash__


def context():
    """Return what each exercise is about, by the names of its function's arguments."""
    columns = ("data_loss", "penalty", "accuracy", "val_data_loss", "val_penalty", "val_accuracy")
    history = History({name: [0.75, 0.5] for name in columns})
    patients, model = data.diabetes(seed=0), models.regressor(10, units=2)
    trial = SweepResult([Trained({"l2": strength}, 0, model, history) for strength in (0.1, 1.0)])
    everywhere = {
        "digits": data.digits(n_train=20, label_noise=0.4),
        "history": history,
        "scores": {part: pd.DataFrame({0: [0.9]}, index=[200]) for part in ("training", "test")},
        "fits": np.arange(6.0).reshape(2, 3),
        "truth": np.repeat([1.0, 0.0], [12, 18]),
        "result": trial,
        "weights": np.ones(30),
        "grid": np.array([-0.6, 0.0, 0.6]),
        "sds": np.ones(3),
        "accuracy": pd.DataFrame({"dropout_and_l2": [0.9], "dropout_and_input": [0.8]}),
        "losses": pd.DataFrame({0: [0.2, 0.3], 1: [0.3, 0.1]}, index=[0.01, 0.1]),
        "patients": patients,
        "parts": patients,
        "model": model,
        "trial": trial,
        "data": lambda seed: patients,
    }
    table = {
        "remedy": "smaller_network",
        "seed": 0,
        "validation_loss": [0.5, 0.6],
        "test_accuracy": [0.9, 0.8],
    }
    of_one = {
        "02-variance": {"truth": np.zeros(3)},
        "06-find": {
            "model": models.classifier(64, 10, units=2),
            "x": everywhere["digits"].test.x,
            "y": everywhere["digits"].test.y,
        },
        "07-choose": {"table": pd.DataFrame(table)},
    }
    return everywhere, of_one


EVERYWHERE, OF_ONE = context()


def context_of(name):
    needed = list(inspect.signature(_exercise(name)[0]).parameters)[1:]
    return [(EVERYWHERE | OF_ONE.get(name, {}))[argument] for argument in needed]


ODD = {
    "None": None,
    "True": True,
    "NaN": float("nan"),
    "inf": float("inf"),
    "huge": 10**400,
    "too huge to print": 10**5000,
    "negative": -(10**300),
    "complex": 1 + 2j,
    "NumPy's complex": np.complex64(1),
    "bytes": b"b",
    "empty text": "",
    "text": "no idea",
    "emoji": "🙂",
    "brackets": "{answer}",
    "a long text": "x" * 10_000,
    "decimal": decimal.Decimal("NaN"),
    "fraction": fractions.Fraction(1, 3),
    "float32": np.float32(0.5),
    "date": np.datetime64("2020-01-01"),
    "duration": np.timedelta64(3, "ns"),
    "Python's duration": datetime.timedelta(3),
    "NA": pd.NA,
    "NaT": pd.NaT,
    "empty list": [],
    "nested": [[1, 2], [3]],
    "deep": [[[["a"]]]],
    "mixed": ["a", 1, None],
    "list of NA": [pd.NA, pd.NA],
    "array": np.array([1.0, 2.0]),
    "array of NaN": np.full((30,), np.nan),
    "array of texts": np.array(["a", "no"]),
    "array of objects": np.array([None, {}], dtype=object),
    "empty array": np.array([]),
    "Series": pd.Series([0.5, 0.5]),
    "Series of NA": pd.Series([1, pd.NA], dtype="Int64"),
    "table in a Series": pd.Series({"table": 55}),
    "frame": pd.DataFrame({"val_data_loss": ["x"]}),
    "empty frame": pd.DataFrame(),
    "history without values": History({"val_data_loss": []}),
    "dictionary": {"l2": 10**400},
    "dictionary with a Series": {"l2": pd.Series([0.1, 0.2])},
    "dictionary with an array": {"l2": np.array([0.1, 0.2])},
    "dictionary with NA": {"l2": pd.NA},
    "dictionary with anything": {"l2": Hostile()},
    "plan with huge numbers": [{"l2": 10**400}] * 6,
    "plan with Series": [{"l2": pd.Series([0.1, 0.2])}] * 6,
    "plan with NA": [{"rate": pd.NA}] * 6,
    "plan with anything": [{"units": Hostile()}] * 6,
    "plan of odd names": [{None: 1, 3: 2}] * 6,
    "set": {1, 2},
    "generator": (letter for letter in "ab"),
    "range": range(3),
    "function": len,
    "class": int,
    "module": np,
    "hostile": Hostile(),
    "hostile list": [Hostile(), Hostile()],
}


@pytest.mark.parametrize("code", sorted(language.languages()))
@pytest.mark.parametrize("name", NAMES)
def test_every_exercise_answers_every_odd_answer_with_a_sentence(name, code):
    language.set_language(code)
    given = context_of(name)
    wrong_call = language.text("check_call", name=name, needed="", given="")[:8]
    for what, answer in ODD.items():
        feedback = check(name, answer, *given)
        assert isinstance(feedback, Feedback), what
        assert feedback.status == "wrong" or what in ("fraction", "float32"), what
        assert len(feedback.message) > 10, what
        # The answer was judged, or named as what cannot be: the call was right.
        assert not feedback.message.startswith(wrong_call), what


@pytest.mark.parametrize("code", sorted(language.languages()))
@pytest.mark.parametrize("name", NAMES)
def test_a_wrong_call_says_how_the_exercise_is_called(name, code):
    language.set_language(code)
    needed = list(inspect.signature(_exercise(name)[0]).parameters)
    answers = ["b", 0.3, [0.3, 0.3], np.ones(30), EVERYWHERE["history"], {"l2": 0.1}, np.ones((100, 10))]
    wrong = [(*context_of(name), None), (*context_of(name), 1, 2)]
    wrong += [context_of(name)[:-1], []] if len(needed) > 1 else []
    for given in wrong:
        for answer in answers:
            feedback = check(name, answer, *given)
            assert feedback.status == "wrong"
            assert f'check("{name}", {", ".join(needed)})' in feedback.message
            assert len(feedback.message.splitlines()) == 1


@pytest.mark.parametrize("name", [name for name in NAMES if context_of(name)])
@pytest.mark.parametrize(
    "odd", [None, 3, "x", [], {}, pd.DataFrame(), Hostile()], ids=lambda odd: type(odd).__name__
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of NumPy, about the mean of nothing
def test_context_of_another_kind_is_told_and_no_error(name, odd):
    for answer in ("b", 0.3, np.ones(30), EVERYWHERE["history"], {"l2": 0.1}, np.ones((100, 10))):
        feedback = check(name, answer, *[odd] * len(context_of(name)))
        assert feedback.status == "wrong"
        assert feedback.message


@pytest.mark.parametrize("code", sorted(language.languages()))
def test_a_forgotten_history_is_asked_for(code):
    language.set_language(code)
    assert check("01-gap", 0.3).message == language.text(
        "check_call", name="01-gap", needed="answer, history", given="answer"
    )


def test_an_unanswered_exercise_needs_no_context():
    assert {check(name, ...).status for name in NAMES} == {"unanswered"}


@pytest.mark.parametrize("value", [0.1, np.float64(0.1), np.array(0.1)])
def test_a_setting_is_known_whatever_holds_its_number(value):
    trial, clinic = EVERYWHERE["trial"], EVERYWHERE["data"]
    known = lesson_texts("08")["exercises"]["pick"]["not_tried"]["en"]
    assert known not in check("08-pick", {"l2": value}, trial, clinic).message
    assert known in check("08-pick", {"l2": value + 1}, trial, clinic).message


@pytest.mark.parametrize("odd", ["twelve", None, True, float("nan"), [1, 2], {}])
def test_an_answer_of_the_wrong_kind_is_told_what_is_expected(odd):
    feedback = check("00-rate", odd)
    assert feedback.status == "wrong"
    assert "number" in feedback.message


def test_an_unanswered_exercise_is_no_mistake():
    assert check("00-rate", ...).status == "unanswered"


@pytest.mark.parametrize("name", ["99-none", "00-none", ""])
def test_an_unknown_exercise_is_named(name):
    with pytest.raises(ValueError, match="Received"):
        check(name, 1)
