"""Keras' own tests, once as they are and once with `keras.Model.fit` replaced by `training.fit`: ``make test-keras``.

Keras' wheel ships its tests. One that passes with `Model.fit` has to pass with `training.fit`; what may not stands
with its reason in ``expected_failures.toml``. The two runs go side by side, a process each. Another backend:
``KERAS_BACKEND=jax``. Only some files: name them as they are called below ``keras/src``.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
BUILD = ROOT / "build" / "keras_suite"
BACKEND = os.environ.get("KERAS_BACKEND", "tensorflow")

# Whole: these folders, and every other file of Keras' tests that trains.
FOLDERS = ("trainers", "callbacks", "models", "regularizers", "layers/regularization")
TRAINS = re.compile(r"\.fit\(|\brun_layer_test\(")
# Quick: the files that look at fit itself, its callbacks and its models.
# (Most of trainers/trainer_test.py trains with the class below Model, and takes minutes.)
QUICK = (
    *("callbacks", "regularizers", "layers/regularization", "models/sequential_test.py"),
    *("models/functional_test.py", "models/model_test.py", "optimizers/optimizer_test.py"),
)

FITS = ("keras", "coursekit")
# Our own settings of pytest, and a keras.json of the reader's, stay out of it; one device, and no GPU.
OPTIONS = [
    *("-p", "keras_suite_plugin", "-p", "no:cacheprovider", f"-c{os.devnull}", "--import-mode=importlib"),
    *("--continue-on-collection-errors", "-q", "-rfE", "--tb=short", "-W", "ignore"),
]
ENVIRONMENT = {
    "KERAS_BACKEND": BACKEND,
    "PYTHONPATH": os.pathsep.join([str(HERE), str(ROOT)]),
    "PYTHONDONTWRITEBYTECODE": "1",
    "CUDA_VISIBLE_DEVICES": "",
    "JAX_PLATFORMS": "cpu",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TQDM_DISABLE": "1",
}


def main() -> int:
    """Run, compare, print; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("names", nargs="*", help="files or folders below keras/src; all that train if none")
    parser.add_argument("--quick", action="store_true", help="only the fast and telling part")
    options = parser.parse_args()
    source = Path(importlib.util.find_spec("keras").origin).parent / "src"
    files = chosen_files(source, options.names or (QUICK if options.quick else ()))
    BUILD.mkdir(parents=True, exist_ok=True)
    print(
        f"{len(files)} files of Keras' tests on {BACKEND}, with Model.fit and with training.fit", flush=True
    )
    plain, ours = run_both(source, files)
    problems = differences(plain, ours, expected_failures(files))
    for problem in problems:
        print(problem)
    summarize(plain, ours)
    return 1 if problems else 0


def chosen_files(source: Path, names) -> list[Path]:
    """Return the test files, below ``source``: those of the names, or all that train."""
    found = {
        test.relative_to(source)
        for name in names or FOLDERS
        for test in ([source / name] if name.endswith(".py") else (source / name).rglob("*_test.py"))
    }
    if not names:
        found |= {
            test.relative_to(source)
            for test in source.rglob("*_test.py")
            if TRAINS.search(test.read_text(encoding="utf-8"))
        }
    missing = [str(file) for file in found if not (source / file).exists()]
    if missing or not found:
        sys.exit(f"No tests of Keras: {', '.join(missing) or ' '.join(names)}")
    return sorted(found)


def run_both(source: Path, files: list[Path]) -> list[Results]:
    """Run the files with both fits at once."""
    for old in BUILD.glob(f"{BACKEND}-*"):
        old.unlink()
    with tempfile.TemporaryDirectory() as folder:
        runs = [start(source, files, fit, Path(folder) / fit) for fit in FITS]
        for run in runs:
            run.wait()
    return [Results.read(BUILD / f"{BACKEND}-{fit}.jsonl") for fit in FITS]


def start(source: Path, files: list[Path], fit: str, folder: Path) -> subprocess.Popen:
    """Start pytest with one of the fits in a new folder; its results and its log go to ``build/keras_suite``."""
    folder.mkdir()
    command = [sys.executable, "-m", "pytest", *OPTIONS, f"--rootdir={source}"]
    command += [f"--fit={fit}", f"--results={BUILD / f'{BACKEND}-{fit}.jsonl'}"]
    with (BUILD / f"{BACKEND}-{fit}.log").open("w", encoding="utf-8") as log:
        return subprocess.Popen(
            [*command, *(str(source / file) for file in files)],
            env={**os.environ, **ENVIRONMENT, "KERAS_HOME": str(folder / "home")},
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )


class Results:
    """What became of each test in one run."""

    def __init__(self, lines: list[dict]) -> None:
        self.outcomes = {line["test"]: line["outcome"] for line in lines if "test" in line}
        self.not_imported = {line["file"]: line["reason"] for line in lines if "file" in line}
        end = next((line for line in lines if "finished" in line), {})
        self.finished, self.ways = end.get("finished", False), end.get("ways", {})

    @classmethod
    def read(cls, path: Path) -> Results:
        """Read what the plugin wrote."""
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        return cls([json.loads(line) for line in text.splitlines()])

    def passed(self) -> set[str]:
        """Return the tests that passed."""
        return {test for test, outcome in self.outcomes.items() if outcome == "passed"}


def expected_failures(files: list[Path]) -> dict[str, str]:
    """Return the tests of the files that are meant to fail with `training.fit`, each with its reason."""
    known = tomllib.loads((HERE / "expected_failures.toml").read_text(encoding="utf-8"))[BACKEND]
    return {test: reason for test, reason in known.items() if Path(test.split("::")[0]) in files}


def differences(plain: Results, ours: Results, expected: dict[str, str]) -> list[str]:
    """Return what is wrong: tests that only ours fails, expectations that are stale, runs that tell nothing."""
    lost = plain.passed() - ours.passed()
    problems = [f"fails with training.fit only: {test}" for test in sorted(lost - expected.keys())]
    problems += [f"stale in expected_failures.toml: {test}" for test in sorted(expected.keys() - lost)]
    problems += [
        f"the run with the fit of {fit} broke off, see {BUILD.relative_to(ROOT)}/{BACKEND}-{fit}.log"
        for fit, results in zip(FITS, (plain, ours), strict=True)
        if not results.finished
    ]
    if not plain.passed():
        problems.append("no test passes with Model.fit")
    return problems


def summarize(plain: Results, ours: Results) -> None:
    """Print what could not be imported, and how many tests pass."""
    for file, reason in sorted(plain.not_imported.items()):
        print(f"not imported: {file} ({reason})")
    print(f"{list(plain.outcomes.values()).count('failed')} tests fail with Model.fit, too")
    both, ways = plain.passed() & ours.passed(), {way: n for way, n in ours.ways.items() if n}
    print(
        f"{len(both)} of the {len(plain.passed())} tests that pass with Model.fit pass with training.fit "
        f"({BACKEND}; fits by {', '.join(f'{way}: {n}' for way, n in ways.items()) or 'none'})"
    )


if __name__ == "__main__":
    sys.exit(main())
