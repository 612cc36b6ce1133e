"""Another language needs entries in data files and in the lessons, and no change in the code."""

from __future__ import annotations

import copy
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

import coursekit
from coursekit import language
from coursekit.authoring import build, rules

FRENCH = '# %% [markdown] lang="fr" id="title"\n# # Une leçon (過学習) à essayer\n'


@pytest.fixture
def french(monkeypatch):
    """French is known, for this test."""
    read = language.read_toml

    def read_toml(name: str) -> dict:
        tables = copy.deepcopy(read(name))
        if name == "labels.toml":
            tables["languages"]["fr"] = {"name": "français", "fonts": ["DejaVu Sans"]}
        if name == "authoring/texts.toml":
            tables = {key: entries | {"fr": f"{key} (fr)"} for key, entries in tables.items()}
        return tables

    monkeypatch.setattr(language, "read_toml", read_toml)


def test_its_translation_is_demanded_in_its_place(french, lesson, title):
    (problem,) = rules.problems(lesson(title))
    assert (problem.line, problem.cell, problem.message) == (
        3,
        "title",
        "the translation is missing here: fr",
    )
    (problem,) = rules.problems(lesson(FRENCH + title))
    assert (
        problem.message == "the languages must stand once each, in the order ja, en, fr. Received: fr, ja, en"
    )


def test_its_notebook_is_built_by_the_same_code(french, root, lesson, title):
    read = lesson(title.replace("\n# %% id=", FRENCH + "\n# %% id=", 1))
    assert rules.problems(read) == []
    notebook = build.generate(read, "fr", build.Settings(root))
    assert [cell.source for cell in notebook.cells][:2] == ["# Une leçon (過学習) à essayer", "colab (fr)"]
    assert 'language.set_language("fr")' in notebook.cells[2].source


def test_a_word_of_the_builder_that_is_missing_is_named(french, monkeypatch, root, lesson, title):
    read = language.read_toml
    tables = read("authoring/texts.toml") | {"colab": {"ja": "a", "en": "b"}}
    monkeypatch.setattr(language, "read_toml", lambda name: tables if "texts" in name else read(name))
    with pytest.raises(ValueError, match="'colab' has no text in fr"):
        build.generate(
            lesson(title.replace("\n# %% id=", FRENCH + "\n# %% id=", 1)), "fr", build.Settings(root)
        )


@pytest.mark.slow
def test_it_runs_from_a_copy_of_the_package_with_three_languages(root, lesson, title):
    package = root / "coursekit"
    shutil.copytree(Path(coursekit.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    entry = '[languages.fr]\nname = "français"\nfonts = ["DejaVu Sans"]\n\n[languages.en]'
    for name, old, new in [
        ("labels.toml", r"\[languages\.en\]", entry),
        ("labels.toml", r"^epoch = \{", 'epoch = { fr = "époque",'),
        ("authoring/texts.toml", r"^(\[\w+\])$", r'\1\nfr = "mot"'),
    ]:
        file = package / name
        text, count = re.subn(old, new, file.read_text(encoding="utf-8"), flags=re.MULTILINE)
        assert count
        file.write_text(text, encoding="utf-8")
    ja, en = re.split(r"(?m)^(?=# %%.*lang=\"en\")", title)
    lesson(ja + FRENCH + en + '# %% id="c"\nprint(language.text("epoch"))\n')
    command = [sys.executable, "-m", "coursekit.authoring", "build", "--language", "fr"]
    done = subprocess.run(
        command, env=os.environ | {"PYTHONPATH": str(root)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    notebook = nbformat.read(root / "notebooks" / "fr" / "01_try.ipynb", as_version=4)
    assert notebook.cells[-1].outputs[0].text == "époque\n"
