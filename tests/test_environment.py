"""The environment check: a report in the reader's language, never a traceback."""

import importlib.metadata
import re
import sys
import tomllib
from pathlib import Path

import keras
import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest
from matplotlib import font_manager

from coursekit import environment, language

ROOT = Path(__file__).parent.parent


def line(report, subject):
    return next(line for line in report.lines if line.subject == subject)


def test_here_everything_is_ready():
    report = environment.check()
    assert report.fine
    assert repr(report).endswith(language.text("environment_fine"))
    assert "✗" not in repr(report)


def test_every_needed_package_has_a_line_with_its_version():
    report = environment.check()
    for name in environment.NEEDED:
        assert line(report, name).message == importlib.metadata.version(name)


def test_the_lowest_versions_are_those_of_the_package():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    bounds = dict(re.match(r"([\w-]+)>=([\d.]+)$", entry).groups() for entry in project["dependencies"])
    assert {name: bounds[name] for name in environment.NEEDED} == environment.NEEDED
    assert project["requires-python"] == ">=3.11"


@pytest.mark.parametrize("code", sorted(language.languages()))
def test_a_missing_package_is_named_with_what_to_do(code, monkeypatch):
    def version(name):
        raise importlib.metadata.PackageNotFoundError(name)

    language.set_language(code)
    monkeypatch.setattr(importlib.metadata, "version", version)
    report = environment.check()
    assert not report.fine
    assert line(report, "pandas").message == language.text("environment_missing", name="pandas")
    assert "✗ pandas" in repr(report)
    assert repr(report).endswith(language.text("environment_not_fine"))


@pytest.mark.parametrize(
    ("found", "fine"),
    [
        ("3.9.9", False),
        ("3.11.9", False),
        ("3.12", True),
        ("3.12.0+local", True),
        ("3.12.0rc1", False),
        ("3.13.0rc1", True),
        ("4.0", True),
        ("no version", False),
    ],
)
def test_versions_are_compared_as_numbers(found, fine, monkeypatch):
    monkeypatch.setattr(importlib.metadata, "version", lambda name: found)
    monkeypatch.setattr(environment, "NEEDED", {"keras": "3.12"})
    keras = line(environment.check(), "keras")
    assert keras.fine == fine
    assert found in keras.message
    assert ("3.12 or later" in keras.message) != fine


@pytest.mark.parametrize(("version", "fine"), [((3, 10, 4), False), ((3, 11, 0), True), ((3, 14, 1), True)])
def test_an_old_python_is_named(version, fine, monkeypatch):
    monkeypatch.setattr(sys, "version_info", version)
    found = environment._python()
    assert found.fine == fine
    assert ".".join(map(str, version)) in found.message


@pytest.mark.parametrize(("module", "subject"), [("keras", "backend"), ("matplotlib", "font")])
def test_a_missing_module_is_a_line_and_no_error(module, subject, monkeypatch):
    monkeypatch.setitem(sys.modules, module, None)
    found = line(environment.check(), subject)
    assert not found.fine
    assert module in found.message


def test_the_backend_is_named_with_its_version():
    backend = keras.config.backend()
    assert line(environment.check(), "backend").message == f"{backend} {sys.modules[backend].__version__}"


def test_a_slow_backend_is_said_to_be_slow(monkeypatch):
    monkeypatch.setattr(keras.config, "backend", lambda: "torch")
    found = line(environment.check(), "backend")
    assert found.fine
    assert found.message == language.text("environment_slow_backend", backend="torch")


def test_the_font_of_the_language_is_looked_for(monkeypatch):
    language.set_language("ja")
    assert line(environment.check(), "font") == environment.Line("font", True, "IPAexGothic")
    manager = font_manager.fontManager
    monkeypatch.setattr(manager, "ttflist", [entry for entry in manager.ttflist if "IPA" not in entry.name])
    with mpl.rc_context({"font.family": ["DejaVu Sans"]}):  # what matplotlib takes where the font is missing
        found = line(environment.check(), "font")
    assert not found.fine
    assert found.message == language.text("environment_font", font="IPAexGothic")


def replaced_by_a_style(name):
    mpl.rcdefaults() if name == "rcdefaults" else plt.style.use(name)


@pytest.mark.parametrize("style", ["seaborn-v0_8", "classic", "default", "rcdefaults"])
def test_a_style_that_replaced_the_font_is_told_and_how_to_mend_it(style):
    with mpl.rc_context():
        language.set_language("ja")
        replaced_by_a_style(style)
        report = environment.check()
        assert not report.fine
        assert "DejaVu Sans" in line(report, "font").message
        assert 'language.set_language("ja")' in line(report, "font").message
        language.set_language("ja")
        assert environment.check().fine


@pytest.mark.parametrize("style", ["seaborn-v0_8", "default", "rcdefaults"])
def test_no_style_hurts_a_language_whose_letters_every_font_has(style):
    with mpl.rc_context():
        replaced_by_a_style(style)
        assert line(environment.check(), "font").fine
