"""What every case of the bench uses: the clock, the memory, a process of its own, and the table."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras


def seconds(work: Callable[[], object], repeats: int = 3) -> float:
    """Return the shortest of several times."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def forget() -> None:
    """Throw all traced programs away, so that the next training has to trace or compile."""
    try:
        from coursekit.training import sharing
    except ImportError:
        forget_engines()
    else:
        sharing.forget()


def forget_engines() -> None:
    """The same for a coursekit without `sharing`, so that this bench can measure it, too."""
    from coursekit.training import engines

    engines._idle.clear()
    if keras.config.backend() == "jax":
        from coursekit.training import jax_engine

        jax_engine._programs.clear()


def megabytes(what: str) -> float:
    """Return the memory of this process: "VmRSS" now, "VmHWM" at its peak (`resource` includes its parent's)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(what)) / 1024


def elsewhere(what: str, backend: str | None = None) -> Any:
    """Return what `bench.py --number` gives in a new process, on this backend or another."""
    command = [sys.executable, str(Path(__file__).with_name("bench.py")), "--number", what]
    environment = {**os.environ, "KERAS_BACKEND": backend or keras.config.backend()}
    printed = subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=True
    ).stdout
    return json.loads(printed.splitlines()[-1])


class Report:
    """The table: sections, each with rows of seconds and their ratios to the references of the section."""

    def __init__(self) -> None:
        self.sections: list[dict[str, Any]] = []

    def section(self, title: str, **references: float) -> None:
        """Begin a section; ``references`` are the seconds that the rows are compared with."""
        self.sections.append({"title": title, "references": references, "rows": []})
        print(f"\n{title:62} {'seconds':>9}", *(f"{f'to {name}':>13}" for name in references), flush=True)

    def row(self, what: str, needed: float, goal: str = "") -> None:
        """Add a row; ``goal`` is what its ratio to the first reference should be."""
        section = self.sections[-1]
        ratios = {name: reference / needed for name, reference in section["references"].items()}
        section["rows"].append({"what": what, "seconds": needed, "ratios": ratios, "goal": goal})
        print(f"  {what:60} {needed:9.3f}", *(f"{r:12.2f}x" for r in ratios.values()), goal, flush=True)

    def remark(self, text: str, **numbers: float) -> None:
        """Add a line that is no time."""
        self.sections[-1]["rows"].append({"what": text, **numbers})
        print(f"  {text}", *(f"{name} {value:.0f}" for name, value in numbers.items()), flush=True)
