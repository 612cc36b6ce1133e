"""What every test shares: a quiet, repeatable surrounding, and the seeds of the claims."""

from __future__ import annotations

import logging
import os

import pytest

# Before anything imports matplotlib, TensorFlow or tqdm.
os.environ["MPLBACKEND"] = "Agg"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["TQDM_DISABLE"] = "1"

from coursekit import language

FEW_SEEDS = 3


def pytest_addoption(parser):
    parser.addoption("--all-seeds", action="store_true", help="measure the claims with all their seeds")
    parser.addoption(
        "--first-seed", type=int, default=0, help="the first seed with which the claims are measured"
    )
    parser.addoption("--seeds", type=int, help="with how many seeds each claim is measured")
    parser.addoption("--counter", action="store_true", help="measure the claims where they must not hold")
    parser.addoption("--draws", type=int, help="how many trainings to draw and compare with model.fit's")


def pytest_collection_modifyitems(config, items):
    """Keep, with --counter, the claims that have a counter-condition; there each of them has to fail."""
    if config.getoption("--counter"):
        kept = [item for item in items if "claimed" in item.fixturenames]
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = kept
        for item in items:
            item.add_marker(pytest.mark.xfail(raises=AssertionError, strict=True))


@pytest.fixture(scope="session")
def claim_seeds(request):
    """The seeds of a claim: `claim_seeds(6)` is range(6) with --all-seeds, and range(3) without.

    With ``--first-seed 1000 --seeds 10`` it is range(1000, 1010). Where the number of seeds is part of the experiment,
    it is `claim_seeds(200, always=True)`.
    """
    option = request.config.getoption
    first = option("--first-seed")

    def seeds(n, always=False):
        few = n if always or option("--all-seeds") else min(n, FEW_SEEDS)
        return range(first, first + (few if always else option("--seeds") or few))

    return seeds


@pytest.fixture(scope="session")
def claimed(request):
    """The condition under which a claim holds, and one under which it must not: `claimed(0.01, counter=0.0)`.

    With --counter it is the other one, and the test has to fail: it sees what the claim is about.
    """
    countered = request.config.getoption("--counter")
    return lambda condition, *, counter: counter if countered else condition


@pytest.fixture(autouse=True)
def english_afterwards():
    """A test may choose any language; the next one begins in English."""
    yield
    if language.get_language() != "en":
        language.set_language("en")


class Records(logging.Handler):
    """Keeps the messages that it is handed."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.messages = []

    def emit(self, record):
        self.messages.append(record.getMessage())


@pytest.fixture(autouse=True)
def no_missing_letters():
    """Fail where matplotlib lacks a font or a letter; of letters in formulas it tells only its log.

    (A letter missing elsewhere is a warning, which pyproject.toml turns into an error.)
    """
    loggers = [logging.getLogger(f"matplotlib.{name}") for name in ("mathtext", "font_manager")]
    records = Records()
    for logger in loggers:
        logger.addHandler(records)
    yield
    for logger in loggers:
        logger.removeHandler(records)
    assert not records.messages, "\n".join(records.messages)
