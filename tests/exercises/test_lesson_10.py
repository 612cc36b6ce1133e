"""The checks of lesson 10: right answers are right, and likely mistakes get the hint that fits."""

import keras
import numpy as np
import pytest

from coursekit import language
from coursekit.exercises import check
from coursekit.exercises.checks import lesson_texts

MOVES = [(dy, dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)]


def taken_over(borrowed, rate, *, copy=True, frozen=True, all_frozen=False, compiled=True, given_rate=None):
    # A clone comes compiled where the original is; one that is built anew does not.
    model = (
        keras.models.clone_model(borrowed)
        if compiled
        else keras.Sequential.from_config(borrowed.get_config())
    )
    if copy:
        model.set_weights(borrowed.get_weights())
    model.layers[0].trainable = not frozen
    if all_frozen:
        model.trainable = False
    if compiled:
        optimizer = keras.optimizers.Adam(rate if given_rate is None else given_rate)
        model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def sharing(borrowed, rate):
    model = keras.Sequential([keras.Input((64,)), *borrowed.layers])
    model.layers[0].trainable = False
    model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy")
    return model


def with_new_last_layer(borrowed, rate):
    model = taken_over(borrowed, rate)
    model.set_weights([*borrowed.get_weights()[:-2], np.zeros((16, 10)), np.zeros(10)])
    return model


def smaller(borrowed, rate):
    return keras.Sequential([keras.Input((64,)), keras.layers.Dense(10, activation="softmax")])


TAKEN_OVER = {
    "right": taken_over,
    "no_model": lambda borrowed, rate: "model",
    "shared": sharing,
    "other_plan": smaller,
    "not_copied": lambda borrowed, rate: taken_over(borrowed, rate, copy=False),
    "new_last_layer": with_new_last_layer,
    "not_compiled": lambda borrowed, rate: taken_over(borrowed, rate, compiled=False),
    "rate": lambda borrowed, rate: taken_over(borrowed, rate, given_rate=0.001),
    "all_frozen": lambda borrowed, rate: taken_over(borrowed, rate, all_frozen=True),
    "not_frozen": lambda borrowed, rate: taken_over(borrowed, rate, frozen=False),
}


def found(train, test, moves=MOVES):
    known = {image.tobytes() for image in train}
    return np.array(
        [any(np.roll(image, move, axis=(0, 1)).tobytes() in known for move in moves) for image in test]
    )


def near(train, test):
    return np.array([np.min(np.linalg.norm(train - image, axis=(1, 2))) < 5.5 for image in test])


COPIES = {
    "right": found,
    "exact_only": lambda train, test: found(train, test, [(0, 0)]),
    "misses": lambda train, test: found(train, test, [(0, -1), (0, 0), (0, 1)]),
    "accuses": near,
    "everything": lambda train, test: np.ones(len(test), bool),
    "upside_down": lambda train, test: ~found(train, test),
    "roles": lambda train, test: found(test, train),
    "shape": lambda train, test: found(train, test)[:, None],
}
SHRINK = {
    "right": np.exp(-0.15),
    "constant": 0.741,
    "exponent": 0.15,
    "taken_away": 1 - np.exp(-0.15),
    "one_step": 0.99997,
    "other": 5,
}
CASES = [
    (name, answer, verdict)
    for name, answers in (("take-over", TAKEN_OVER), ("copies", COPIES), ("shrink", SHRINK))
    for verdict, answer in answers.items()
]


@pytest.mark.parametrize(("name", "answer", "verdict"), CASES)
def test_an_answer_gets_the_feedback_that_fits(name, answer, verdict):
    texts = lesson_texts("10")["exercises"][name][verdict]
    for code in sorted(language.languages()):
        language.set_language(code)
        feedback = check(f"10-{name}", answer)
        assert feedback.right is (verdict == "right")
        assert texts[code] in feedback.message


def test_copies_may_be_told_in_a_list_or_in_ones_and_zeros():
    for form in (list, lambda flags: flags.astype(int)):
        assert check("10-copies", lambda train, test, form=form: form(found(train, test))).right


@pytest.mark.parametrize("name", ["take-over", "copies"])
def test_a_function_that_is_still_to_be_written_is_unanswered(name):
    assert check(f"10-{name}", lambda *_: None).status == "unanswered"
    assert check(f"10-{name}", ...).status == "unanswered"


@pytest.mark.parametrize("name", ["take-over", "copies"])
def test_an_error_in_the_readers_function_is_told(name):
    feedback = check(f"10-{name}", lambda *_: 1 / 0)
    assert feedback.status == "wrong"
    assert "ZeroDivisionError" in feedback.message


def test_every_feedback_has_a_case():
    texts = lesson_texts("10")["exercises"]
    assert {(name, verdict) for name in texts for verdict in texts[name]} == {
        (name, verdict) for name, _, verdict in CASES
    }
