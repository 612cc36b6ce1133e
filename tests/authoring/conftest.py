"""Small lessons to try the authoring tool on."""

from __future__ import annotations

from pathlib import Path

import pytest

from coursekit.authoring import rules, source

TITLE = """\
# %% [markdown] lang="ja" id="title"
# # 試しの課
# %% [markdown] lang="en" id="title"
# # A lesson to try

# %% id="set-up" tags=["set-up"]

"""
EXERCISE = """\
# %% [markdown] lang="ja" id="ex-sum" tags=["exercise"]
# 1と2の和を求めてください。
# %% [markdown] lang="en" id="ex-sum" tags=["exercise"]
# Find the sum of 1 and 2.

# %% id="ex-sum-answer" tags=["exercise"]
answer = ...

# %% id="ex-sum-solution" tags=["solution"]
answer = 1 + 2

# %% [markdown] lang="ja" id="ex-sum-why" tags=["solution"]
# 足すだけです。
# %% [markdown] lang="en" id="ex-sum-why" tags=["solution"]
# Just add them.

# %% id="ex-sum-check" tags=["check"]
(check := print)("answer:", answer)
check("checked")
"""


@pytest.fixture
def title() -> str:
    """A lesson's beginning, all in order."""
    return TITLE


@pytest.fixture
def exercise() -> str:
    """An exercise, all in order; its check prints the answer."""
    return EXERCISE


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty repository, which is the working directory too."""
    (tmp_path / "notebooks" / "source").mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text('[tool.coursekit]\ngithub = ""\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def lesson(root: Path):
    """`lesson(text, name)` writes a source and reads it."""

    def write(text: str, name: str = "01_try") -> source.Lesson:
        path = root / "notebooks" / "source" / f"{name}.py"
        path.write_text(text, encoding="utf-8")
        return source.parse(path.relative_to(root))

    return write


@pytest.fixture
def refused(lesson):
    """`refused(cells)` returns what is wrong with a lesson of these cells, as (line, cell, message)."""

    def check(cells: str, begin: str = TITLE) -> list[tuple[int, str, str]]:
        found = rules.problems(lesson(begin + cells))
        return [(problem.line - begin.count("\n"), problem.cell, problem.message) for problem in found]

    return check


@pytest.fixture
def prose():
    """`prose(ja=…, en=…)` writes a prose cell in these languages."""

    def write(id: str = "x", options: str = "", **texts: str) -> str:
        return "\n".join(
            f'# %% [markdown] lang="{code}" id="{id}" {options}\n'
            + "\n".join(f"# {line}".rstrip() for line in text.split("\n"))
            for code, text in texts.items()
        )

    return write
