"""The checks of lesson 08: right answers are right, and likely mistakes get the hint that fits."""

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from coursekit import data, language, models, training
from coursekit.exercises import check
from coursekit.exercises.checks import lesson_texts
from coursekit.training.history import History
from coursekit.training.results import SweepResult, Trained

PATIENTS = data.diabetes(seed=0)
TRAIN, OTHERS = PATIENTS.train.x, PATIENTS.validation.x
PARTS = data.Dataset(
    *(
        data.Split(
            (x - TRAIN.mean(axis=0)) / TRAIN.std(axis=0),
            (y - PATIENTS.train.y.mean()) / PATIENTS.train.y.std(),
        )
        for x, y in (PATIENTS.train, PATIENTS.validation, PATIENTS.test)
    )
)
GOOD = [{"l2": 0.03}, {"l2": 0.1}, {"l1": 0.01}, {"rate": 0.5}, {"rate": 0.5, "l2": 0.1}, {"units": 8}]
LINEAR = LinearRegression().fit(*PARTS.train)
MODEL = models.regressor(10, units=8, seed=0)
ERROR = {
    name: training.evaluate(MODEL, *getattr(PARTS, name))["data_loss"]
    for name in ("train", "validation", "test")
}
R2 = {name: 1 - error / np.var(getattr(PARTS, name).y) for name, error in ERROR.items()}
UNIT = PATIENTS.train.y.std()


def run(strength, val_data_loss, data_loss, val_penalty):
    """A run of a sweep, the last epoch of which is the second."""
    last = {"val_data_loss": val_data_loss, "data_loss": data_loss, "val_penalty": val_penalty}
    columns = {name: np.array([0.0, value]) for name, value in last.items()}
    return Trained({"l2": strength}, 0, UNTRAINED[strength], History(columns))


# Settings: one the best by each measure, and one by none.
MEASURES = {
    0.01: (0.6, 0.1, 0.3),
    0.02: (0.55, 0.4, 0.1),
    0.1: (0.5, 0.5, 0.4),
    1.0: (0.9, 0.9, 0.9),
    3.0: (0.8, 0.8, 0.8),
}
# The models as they are, with restored weights: that of 3.0 alone has learned anything.
UNTRAINED = {strength: models.regressor(10, units=8, seed=1) for strength in MEASURES}
UNTRAINED[3.0] = models.regressor(10, units=(), seed=1)
UNTRAINED[3.0].set_weights([LINEAR.coef_[:, None], np.array([LINEAR.intercept_])])
TRIAL = SweepResult([run(strength, *values) for strength, values in MEASURES.items()])


def clinic(seed):
    return PARTS


EVERYONE = np.concatenate([TRAIN, OTHERS, PATIENTS.test.x])
CASES = [
    ("standardize", ((OTHERS - TRAIN.mean(axis=0)) / TRAIN.std(axis=0), PATIENTS), "right"),
    ("standardize", ((OTHERS - OTHERS.mean(axis=0)) / OTHERS.std(axis=0), PATIENTS), "own"),
    ("standardize", ((OTHERS - EVERYONE.mean(axis=0)) / EVERYONE.std(axis=0), PATIENTS), "all_rows"),
    ("standardize", (OTHERS - TRAIN.mean(axis=0), PATIENTS), "not_divided"),
    ("standardize", (OTHERS, PATIENTS), "other"),
    ("gap", (R2["train"] - R2["validation"], MODEL, PARTS), "right"),
    ("gap", (R2["validation"] - R2["train"], MODEL, PARTS), "reversed"),
    ("gap", (R2["train"], MODEL, PARTS), "training_only"),
    ("gap", (R2["validation"], MODEL, PARTS), "validation_only"),
    ("gap", (R2["train"] - R2["test"], MODEL, PARTS), "test"),
    ("gap", (100, MODEL, PARTS), "other"),
    ("bar", (LINEAR.score(*PARTS.validation), PARTS), "right"),
    ("bar", (LINEAR.score(*PARTS.train), PARTS), "training"),
    ("bar", (LINEAR.score(*PARTS.test), PARTS), "test"),
    ("bar", (0, PARTS), "other"),
    ("plan", (GOOD,), "right"),
    ("plan", ({"l2": 0.1},), "not_a_list"),
    ("plan", ([0.1, 0.2],), "not_a_list"),
    ("plan", ([*GOOD, {"dropout": 0.5}],), "unknown"),
    ("plan", ([*GOOD, {"rate": 1.5}],), "values"),
    ("plan", ([*GOOD, {"units": 8.5}],), "values"),
    ("plan", ([*GOOD, {"l2": "0.1"}],), "values"),
    ("plan", (GOOD[:5],), "too_few"),
    ("plan", ([*GOOD, {"units": 2}, {"units": 4}, {"units": 16}],), "too_many"),
    ("plan", ([*GOOD, {"l2": 0.1}],), "repeated"),
    ("plan", ([{"l2": 0.01 * k} for k in range(1, 7)],), "one_kind"),
    ("pick", ({"l2": 0.1}, TRIAL, clinic), "right"),
    ("pick", ({"l2": 3.0}, TRIAL, clinic), "right"),
    ("pick", ({"l2": 0.01}, TRIAL, clinic), "by_training"),
    ("pick", ({"l2": 0.02}, TRIAL, clinic), "with_penalty"),
    ("pick", ({"l2": 1.0}, TRIAL, clinic), "other"),
    ("pick", ({"l2": 0.5}, TRIAL, clinic), "not_tried"),
    ("pick", (0.1, TRIAL, clinic), "not_tried"),
    ("report", (np.sqrt(ERROR["test"]) * UNIT, MODEL, PATIENTS), "right"),
    ("report", (np.sqrt(ERROR["test"]), MODEL, PATIENTS), "standardized"),
    ("report", (ERROR["test"], MODEL, PATIENTS), "squared"),
    ("report", (ERROR["test"] * UNIT**2, MODEL, PATIENTS), "squared"),
    ("report", (np.sqrt(ERROR["test"]) * PATIENTS.test.y.std(), MODEL, PATIENTS), "wrong_unit"),
    ("report", (1e6, MODEL, PATIENTS), "other"),
]


@pytest.mark.parametrize(("name", "arguments", "verdict"), CASES)
@pytest.mark.parametrize("code", sorted(language.languages()))
def test_an_answer_gets_the_feedback_that_fits(code, name, arguments, verdict):
    language.set_language(code)
    feedback = check(f"08-{name}", *arguments)
    assert feedback.right is (verdict == "right")
    assert lesson_texts("08")["exercises"][name][verdict][code] in feedback.message


def test_every_feedback_has_a_case():
    reached = {(name, verdict) for name, _, verdict in CASES}
    texts = lesson_texts("08")["exercises"]
    assert {(name, verdict) for name in texts for verdict in texts[name]} == reached
