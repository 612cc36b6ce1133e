"""A pytest plugin that runs Keras' own tests, as they are or with `keras.Model.fit` replaced by `training.fit`.

It also stands in for the ``conftest.py`` of Keras' repository, which its wheel leaves out: markers, and the one
function that tests import from it.
"""

from __future__ import annotations

import functools
import inspect
import json
import re
import sys
import threading
import zlib
from pathlib import Path

import keras
import pytest

SOURCE = Path(keras.__file__).parent / "src"


def skip_if_backend(backend: str, reason: str) -> pytest.MarkDecorator:
    """What some tests import from ``conftest``."""
    return pytest.mark.skipif(keras.config.backend() == backend, reason=reason)


sys.modules["conftest"] = sys.modules[__name__]


class Nested(threading.local):
    """Whether this thread is inside a replaced fit, where `model.fit` means Keras' own."""

    inside = False


class Replacement:
    """Puts `training.fit` in the place of `keras.Model.fit`, and counts which way the models were trained."""

    def __init__(self) -> None:
        self.nested = Nested()
        self.ways = {"program": 0, "model.fit": 0, "unknown": 0}

    def install(self) -> None:
        """Replace before coursekit is imported, which may compare a model's methods with those of `keras.Model`."""
        plain_fit = keras.Model.fit
        signature = inspect.signature(plain_fit)

        @functools.wraps(plain_fit)
        def fit(model, *args, **kwargs):
            if self.nested.inside:
                return plain_fit(model, *args, **kwargs)
            given = dict(signature.bind(model, *args, **kwargs).arguments)
            del given["self"]
            from coursekit import training

            self.nested.inside = True
            try:
                history = training.fit(model, given.pop("x", None), given.pop("y", None), **given)
            finally:
                self.nested.inside = False
            self.count(history)
            return history

        keras.Model.fit = fit

    def count(self, history) -> None:
        """Note whether the compiled program or `model.fit` trained."""
        way = {True: "program", False: "model.fit"}.get(getattr(history, "compiled", None), "unknown")
        self.ways[way] += 1


class Results:
    """Writes what became of each test, a line each, so that a crash loses only what comes after it."""

    def __init__(self, path: Path, replacement: Replacement | None) -> None:
        self.file = path.open("w", encoding="utf-8")
        self.replacement = replacement
        self.outcome: dict[str, str] = {}

    def pytest_runtest_logreport(self, report) -> None:
        """Take the worst of set-up, call, its subtests and tear-down."""
        if report.failed or (report.when == "call" and self.outcome.get(report.nodeid) != "failed"):
            self.outcome[report.nodeid] = report.outcome

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """Write the outcome of a test that ran."""
        if nodeid in self.outcome:
            # Some names hold the address of a function, which differs from run to run.
            name = re.sub(r"0x[0-9a-f]+", "0x", nodeid)
            self.write({"test": name, "outcome": self.outcome[nodeid]})

    def pytest_collectreport(self, report) -> None:
        """Write which files could not be imported."""
        if report.failed:
            self.write({"file": report.nodeid, "reason": str(report.longrepr).splitlines()[-1].strip("E ")})

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        """Write whether the tests ran to their end, and which way the models were trained."""
        finished = exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
        self.write({"finished": finished, "ways": self.replacement.ways if self.replacement else {}})
        self.file.close()

    def write(self, line: dict) -> None:
        """Write a line now."""
        self.file.write(json.dumps(line) + "\n")
        self.file.flush()


def pytest_addoption(parser) -> None:
    """Whose `fit` the models have, and where the results go."""
    parser.addoption("--fit", choices=["keras", "coursekit"], required=True)
    parser.addoption("--results", type=Path, required=True)


def pytest_configure(config) -> None:
    """Know Keras' markers; replace `fit`."""
    for marker in ("requires_trainable_backend", "multi_device"):
        config.addinivalue_line("markers", f"{marker}: as in Keras' own configuration")
    replacement = Replacement() if config.getoption("--fit") == "coursekit" else None
    if replacement:
        replacement.install()
    config.pluginmanager.register(Results(config.getoption("--results"), replacement))


def pytest_collection_modifyitems(items) -> None:
    """Skip what needs several devices: this harness offers one."""
    for item in items:
        if item.get_closest_marker("multi_device"):
            item.add_marker(pytest.mark.skip(reason="needs several devices"))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item) -> None:
    """Give each test the same random numbers in both runs."""
    keras.utils.set_random_seed(zlib.crc32(item.name.split("[")[0].encode()))
