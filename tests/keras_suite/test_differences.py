"""What the harness of Keras' own tests calls a failure."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

TEST, OTHER = "trainers/trainer_test.py::T::test_a", "trainers/trainer_test.py::T::test_b"


@pytest.fixture(scope="module")
def run():
    """The harness, which is a script."""
    spec = importlib.util.spec_from_file_location("keras_suite_run", Path(__file__).with_name("run.py"))
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def results(run):
    """The results of a run from outcomes, finished or not."""

    def make(finished=True, **outcomes):
        names = {"a": TEST, "b": OTHER}
        lines = [{"test": names[name], "outcome": outcome} for name, outcome in outcomes.items()]
        return run.Results([*lines, {"finished": finished, "ways": {}}])

    return make


def test_equal_runs_differ_in_nothing(run, results):
    both = results(a="passed", b="failed")
    assert run.differences(both, both, {}) == []


def test_a_test_that_only_ours_fails(run, results):
    plain, ours = results(a="passed", b="passed"), results(a="failed", b="passed")
    assert run.differences(plain, ours, {}) == [f"fails with training.fit only: {TEST}"]
    assert run.differences(plain, ours, {TEST: "reason"}) == []


def test_a_test_that_ours_skips_or_does_not_reach_counts_as_failed(run, results):
    plain = results(a="passed", b="passed")
    assert run.differences(plain, results(a="skipped", b="passed"), {})
    assert run.differences(plain, results(b="passed"), {})


@pytest.mark.parametrize(("in_keras", "in_ours"), [("passed", "passed"), ("failed", "failed")])
def test_an_expectation_that_is_not_met_is_stale(run, results, in_keras, in_ours):
    plain, ours = results(a=in_keras, b="passed"), results(a=in_ours, b="passed")
    assert run.differences(plain, ours, {TEST: "reason"}) == [f"stale in expected_failures.toml: {TEST}"]


def test_a_run_that_broke_off_or_passed_nothing(run, results):
    whole, broken = results(a="passed"), results(False, a="passed")
    assert "broke off" in run.differences(whole, broken, {})[0]
    assert "broke off" in run.differences(broken, whole, {})[0]
    assert run.differences(results(), results(), {}) == ["no test passes with Model.fit"]


def test_the_files_are_those_that_train(run):
    source = Path(importlib.util.find_spec("keras").origin).parent / "src"
    files = {str(file) for file in run.chosen_files(source, ())}
    assert {"trainers/trainer_test.py", "optimizers/adam_test.py", "layers/core/dense_test.py"} <= files
    assert "activations/activations_test.py" not in files
    assert {str(file) for file in run.chosen_files(source, run.QUICK)} < files
    with pytest.raises(SystemExit, match="no_such_test"):
        run.chosen_files(source, ["trainers/no_such_test.py"])
