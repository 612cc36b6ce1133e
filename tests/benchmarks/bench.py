"""How fast training is, beside `model.fit`, as ratios in one run: ``make bench``.

Prints a table and writes ``build/bench.json``. The figures are ratios because machines differ and are noisy; each time
is the shortest of several. There are two references: `model.fit` as it is usually called, and as somebody would call
it who has read its documentation ("best"). Another backend: ``KERAS_BACKEND=jax make bench``. Single cases:
``python tests/benchmarks/bench.py --only fit sweep``.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
from by_hand import hand_written
from instead import instead_of_fit, instead_of_sweep
from measuring import Report
from reference_case import baselines, fit, growth, large, parts, sweep, sweep_memory
from stopping import stopping
from structures import structures, structures_memory
from uncompiled import uncompiled

BUILD = Path(__file__).parents[2] / "build"
CASES = {
    case.__name__: case
    for case in (
        *(fit, sweep, instead_of_sweep, instead_of_fit, stopping, structures, uncompiled),
        *(large, parts, growth),
    )
}
# What a case measures in a process of its own.
NUMBERS = {number.__name__: number for number in (baselines, hand_written, sweep_memory, structures_memory)}


def main(names: list[str]) -> None:
    """Measure the cases, print the table and write it."""
    print(f"Keras {keras.__version__} on {keras.config.backend()}")
    report = Report()
    for name in names:
        CASES[name](report)
    BUILD.mkdir(exist_ok=True)
    result = {"keras": keras.__version__, "backend": keras.config.backend(), "sections": report.sections}
    (BUILD / "bench.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--only", nargs="+", choices=list(CASES), default=list(CASES), help="only these cases"
    )
    parser.add_argument("--number", choices=list(NUMBERS), help="print the number of one measurement")
    options = parser.parse_args()
    if options.number:
        print(json.dumps(NUMBERS[options.number]()))
    else:
        main(options.only)
