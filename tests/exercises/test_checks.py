"""`check` and `quiz`: every verdict of lessons 00 and 01, and answers as people type them."""

from __future__ import annotations

import numpy as np
import pytest

from coursekit import data, language
from coursekit.exercises import check, quiz
from coursekit.training import History

DIGITS = data.digits(label_noise=0.4, seed=0)
WRONG = int(DIGITS.wrong_labels.sum())
HISTORY = History(
    {
        "data_loss": [2.0, 1.5, 1.0, 0.5],
        "penalty": [0.0] * 4,
        "accuracy": [0.3, 0.6, 0.8, 1.0],
        "val_data_loss": [2.0, 1.4, 1.6, 2.5],
        "val_penalty": [0.0] * 4,
        "val_accuracy": [0.25, 0.5, 0.6, 0.4],
    }
)


def smaller(loss, accuracy):
    return History({"data_loss": [1.0], "val_data_loss": [loss], "val_accuracy": [accuracy]})


# The exercise, an answer, what it is about, and the text of NN.toml that it earns.
VERDICTS = [
    ("00-count", WRONG, (DIGITS,), "right"),
    ("00-count", 600 - WRONG, (DIGITS,), "right_labels"),
    ("00-count", 240, (DIGITS,), "redrawn"),
    ("00-count", WRONG / 600, (DIGITS,), "fraction"),
    ("00-count", 7, (DIGITS,), "other"),
    ("00-trust", "b", (), "right"),
    ("00-trust", "a", (), "training"),
    ("00-rate", 76.8, (), "right"),
    ("00-rate", 179.2, (), "kept"),
    ("00-rate", 3, (), "other"),
    ("01-best-epoch", 2, (HISTORY,), "right"),
    ("01-best-epoch", 1, (HISTORY,), "row_number"),
    ("01-best-epoch", 4, (HISTORY,), "training_loss"),
    ("01-best-epoch", 3, (HISTORY,), "accuracy"),
    ("01-best-epoch", 99, (HISTORY,), "other"),
    ("01-gap", 0.6, (HISTORY,), "right"),
    ("01-gap", -0.6, (HISTORY,), "sign"),
    ("01-gap", 60, (HISTORY,), "percent"),
    ("01-gap", 0.05, (HISTORY,), "first_epoch"),
    ("01-gap", 0.3, (HISTORY,), "other"),
    ("01-cases", "a, d", (), "right"),
    ("01-cases", ["d", "a"], (), "right"),
    ("01-cases", "a, b", (), "underfitting"),
    ("01-cases", "a, c, d", (), "shift"),
    ("01-cases", "a", (), "incomplete"),
    ("01-smaller", smaller(1.0, 0.5), (HISTORY,), "right"),
    ("01-smaller", smaller(1.0, 0.2), (HISTORY,), "underfitting"),
    ("01-smaller", smaller(2.0, 0.5), (HISTORY,), "too_large"),
]


@pytest.mark.parametrize("code", ["ja", "en"])
@pytest.mark.parametrize(("name", "answer", "context", "verdict"), VERDICTS)
def test_each_answer_earns_its_feedback(code, name, answer, context, verdict):
    language.set_language(code)
    feedback = check(name, answer, *context)
    lesson, _, short = name.partition("-")
    text = language.read_toml(f"exercises/{lesson}.toml")["exercises"][short][verdict][code]
    assert feedback.message.endswith(text)
    assert feedback.right == (verdict == "right")
    assert text in feedback._repr_html_()


def test_every_text_can_be_earned():
    for lesson in ("00", "01"):
        for short, texts in language.read_toml(f"exercises/{lesson}.toml")["exercises"].items():
            assert {v for name, _, _, v in VERDICTS if name == f"{lesson}-{short}"} == set(texts), short


@pytest.mark.parametrize("typed", ["７６．８", " 76.8 ", np.float32(76.8), np.array([76.8]), "76.8"])
def test_numbers_are_understood_as_people_type_them(typed):
    assert check("00-rate", typed).right


@pytest.mark.parametrize("typed", ["Ｂ", "b", " B "])
def test_letters_are_understood_as_people_type_them(typed):
    assert check("00-trust", typed).right


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


@pytest.mark.parametrize("code", ["ja", "en"])
@pytest.mark.parametrize("lesson", ["00", "01"])
def test_every_option_of_a_quiz_is_folded_and_explained(code, lesson):
    language.set_language(code)
    shown = quiz(lesson)
    assert len(shown.questions) >= 4
    page = shown._repr_html_()
    assert page.count("<details") == page.count("</details>") == sum(len(q.options) for q in shown.questions)
    for question in shown.questions:
        assert sum(option.right for option in question.options) == 1
        assert all(option.why for option in question.options)
        assert question.text in repr(shown)


def test_an_unknown_quiz_is_named():
    with pytest.raises(ValueError, match="Received"):
        quiz("99")
