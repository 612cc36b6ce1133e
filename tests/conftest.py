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
    parser.addoption("--draws", type=int, help="how many trainings to draw and compare with model.fit's")


@pytest.fixture(scope="session")
def claim_seeds(request):
    """The seeds of a claim: `claim_seeds(6)` is range(6) with --all-seeds, and range(3) without."""
    all_seeds = request.config.getoption("--all-seeds")
    return lambda n: range(n if all_seeds else min(n, FEW_SEEDS))


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
