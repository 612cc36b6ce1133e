"""Answers as people type them, and as libraries hold them."""

import numpy as np
import pandas as pd
import pytest

from coursekit import language
from coursekit.exercises import check


@pytest.mark.parametrize("typed", ["７６．８", " 76.8 ", np.float32(76.8), np.array([76.8]), "76.8"])
def test_numbers_are_understood_as_people_type_them(typed):
    assert check("00-rate", typed).right


@pytest.mark.parametrize("typed", ["Ｂ", "b", " B "])
def test_letters_are_understood_as_people_type_them(typed):
    assert check("00-trust", typed).right


@pytest.mark.parametrize(
    "million",
    [
        "1,000,000",
        "１，０００，０００",
        "1_000_000",
        "１＿０００＿０００",
        "1,000,000.0",
        "+1,000,000",
        "100万",
        "１００万",
        "100 万",
        "1 million",
        "1e6",
        np.array("1,000,000"),
        pd.Series(["1,000,000"]),
        10**6,
    ],
)
def test_a_million_is_understood_however_it_is_typed(million):
    assert check("03-units", million).right


@pytest.mark.parametrize(
    "text", ["1,5", "1,0000", ",500", "0,500", "1,000,00", "1,,000", "万", "ten million", "1.5,000"]
)
def test_what_is_no_number_of_ours_is_not_guessed(text):
    assert check("03-units", text).message == language.text("answer_number", answer=repr(text))


@pytest.mark.parametrize("kind", [list, tuple, set, frozenset, np.array, pd.Series, pd.Index, pd.Categorical])
def test_choices_may_be_of_any_kind_that_numbers_may_be(kind):
    assert check("01-cases", kind(["a", "Ｄ"])).right
    assert not check("01-cases", kind(["a", "b"])).right


@pytest.mark.parametrize("kind", [list, tuple, np.array, pd.Series])
def test_a_single_choice_may_stand_in_an_array(kind):
    assert check("00-trust", kind(["b"])).right
    assert check("00-trust", kind(["a", "b"])).status == "wrong"


@pytest.mark.parametrize("kind", [list, tuple, np.array, pd.Series])
def test_choices_in_order_may_be_of_any_kind_with_an_order(kind):
    assert check("02-diagnose", kind(["over", "under", "fine"])).right
    assert not check("02-diagnose", kind(["under", "over", "fine"])).right


def test_a_set_has_no_order():
    feedback = check("02-diagnose", {"over", "under", "fine"})
    assert feedback.message.startswith("The answer should be chosen from")
