"""The package's modules: what each offers, and that no two of them are called the same."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections import Counter
from pathlib import Path

import pytest

import coursekit

ROOT = Path(__file__).parents[1]
MODULES = ["coursekit", *(found.name for found in pkgutil.walk_packages(coursekit.__path__, "coursekit."))]
PUBLIC = [name for name in MODULES if not name.rpartition(".")[2].startswith("_")]
IMPORT = re.compile(r"^(?:# )?from coursekit import (.+)$", re.MULTILINE)


def named_in_lessons():
    """Return the modules that the lessons import by name, such as ``data``."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("notebooks/source/*.py"))]
    found = {name.strip() for text in texts for names in IMPORT.findall(text) for name in names.split(",")}
    return sorted(name for name in found if f"coursekit.{name}" in MODULES)


@pytest.mark.parametrize("name", PUBLIC)
def test_a_module_says_what_it_offers_and_has_it(name):
    """That is at least every function and class of its own whose name does not begin with _."""
    module = importlib.import_module(name)
    assert hasattr(module, "__all__"), f"{name} defines no __all__"
    assert len(module.__all__) == len(set(module.__all__))
    assert not [key for key in module.__all__ if not hasattr(module, key) and f"{name}.{key}" not in MODULES]
    own = {key for key, value in vars(module).items() if getattr(value, "__module__", None) == name}
    assert {key for key in own if not key.startswith("_")} <= set(module.__all__)


def test_lessons_name_modules():
    assert {"data", "models", "plots", "training"} <= set(named_in_lessons())


@pytest.mark.parametrize("name", named_in_lessons())
def test_completion_in_a_lesson_shows_what_a_module_offers_and_nothing_else(name):
    module = importlib.import_module(f"coursekit.{name}")
    assert dir(module) == sorted(module.__all__)


def test_no_two_modules_share_a_name():
    last = Counter(name.rpartition(".")[2].lstrip("_") for name in MODULES)
    del last["main__"]
    assert not [name for name, times in last.items() if times > 1]
