"""Is everything here that the course needs? Said in plain words, in the reader's language."""

from __future__ import annotations

import importlib.metadata
import sys
from dataclasses import dataclass

from packaging.version import InvalidVersion, Version

from coursekit import language
from coursekit.language import text

__all__ = ["NEEDED", "Line", "Report", "check"]


def __dir__() -> list[str]:
    return __all__  # completion shows no module that is merely used here


# What a lesson imports, and the lowest version that the course is tested with.
NEEDED = {
    "keras": "3.12",
    "numpy": "2.0",
    "pandas": "2.2",
    "scikit-learn": "1.5",
    "matplotlib": "3.9",
    "ipywidgets": "7.7",
}


@dataclass(frozen=True)
class Line:
    """One line of the report: what was looked at, whether it is fine, and a sentence about it."""

    subject: str
    fine: bool
    message: str


@dataclass(frozen=True)
class Report:
    """What `check` found; a notebook shows it as text."""

    lines: tuple[Line, ...]

    @property
    def fine(self) -> bool:
        """Whether the lessons can run."""
        return all(line.fine for line in self.lines)

    def __repr__(self) -> str:
        rows = [f"{'✓' if line.fine else '✗'} {line.subject}: {line.message}" for line in self.lines]
        return "\n".join([*rows, "", text("environment_fine" if self.fine else "environment_not_fine")])


def check() -> Report:
    """Look at Python, the packages, the backend of Keras and the font, and say what to do about what is missing."""
    return Report(
        (_python(), *(_package(name, lowest) for name, lowest in NEEDED.items()), _backend(), _font())
    )


def _python() -> Line:
    version = ".".join(map(str, sys.version_info[:3]))
    fine = sys.version_info >= (3, 11)
    return Line("Python", fine, version if fine else text("environment_old", found=version, lowest="3.11"))


def _package(name: str, lowest: str) -> Line:
    try:
        found = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return Line(name, False, text("environment_missing", name=name))
    try:
        fine = Version(found) >= Version(lowest)
    except InvalidVersion:
        fine = False
    return Line(name, fine, found if fine else text("environment_old", found=found, lowest=lowest))


def _backend() -> Line:
    try:
        import keras
    except ImportError as problem:
        return Line("backend", False, text("environment_missing", name=problem.name))
    backend = keras.config.backend()
    if backend not in ("tensorflow", "jax"):
        return Line("backend", True, text("environment_slow_backend", backend=backend))
    return Line("backend", True, f"{backend} {sys.modules[backend].__version__}")


def _font() -> Line:
    try:
        from matplotlib import font_manager
    except ImportError:
        return Line("font", False, text("environment_missing", name="matplotlib"))
    found, wanted = language.font_in_use(), language.fonts()[0]
    if language.font_has_letters():
        return Line("font", True, found)
    if wanted not in font_manager.get_font_names():
        return Line("font", False, text("environment_font", font=wanted))
    code = language.get_language()
    return Line("font", False, text("environment_font_replaced", found=found, code=code))
