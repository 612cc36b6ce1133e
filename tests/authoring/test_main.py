from __future__ import annotations

import os
import subprocess
import sys

import pytest

from coursekit.authoring.__main__ import main


@pytest.fixture
def out(capsys):
    """`out()` returns what was printed since the last call: (lines, lines on stderr)."""

    def lines() -> tuple[list[str], list[str]]:
        captured = capsys.readouterr()
        return captured.out.splitlines(), captured.err.splitlines()

    return lines


def test_build_then_check(root, lesson, title, exercise, out):
    lesson(title + exercise)
    assert main(["check"]) == 1
    assert [line.split(":")[0] for line in out()[1]] == ["notebooks/source/01_try.py"] * 2
    assert main(["build", "--language", "en"]) == 0
    (line,), errors = out()
    assert line.startswith("notebooks/en/01_try.ipynb: executed in ")
    assert errors == []
    assert main(["check", "--language", "en"]) == 0
    assert main(["check"]) == 1
    out()
    path = root / "notebooks" / "en" / "01_try.ipynb"
    content = path.read_bytes()
    assert b'"answer: Ellipsis' in content

    assert main(["build", "01", "--language", "en"]) == 0
    assert out()[0][0].startswith("notebooks/en/01_try.ipynb: outputs kept, unchanged")
    assert main(["build", "--force", "--language", "en"]) == 0
    assert "executed in " in out()[0][0]
    assert path.read_bytes() == content

    assert main(["build", "--edition", "teacher", "--language", "ja"]) == 0
    assert '"answer: 3\\n"' in (root / "build" / "teacher" / "ja" / "01_try.ipynb").read_text(
        encoding="utf-8"
    )


def test_without_execution_the_notebook_says_so(lesson, title, out):
    lesson(title)
    assert main(["build", "--no-execute"]) == 0
    assert all(": not executed, " in line for line in out()[0])
    assert main(["check"]) == 1
    assert all("has no outputs" in line for line in out()[1])


def test_a_wrong_source_builds_nothing(root, lesson, title, out):
    lesson(title, "01_good")
    lesson(title + '# %% id="x" tags=["quiz"]\n1\n', "02_bad")
    assert main(["build", "--no-execute"]) == 1
    assert out() == ([], ["notebooks/source/02_bad.py:8: cell 'x': a cell tagged quiz calls `quiz(…)`"])
    assert not (root / "notebooks" / "en").exists()
    assert main(["build", "--no-execute", "01"]) == 0


def test_a_failure_leaves_the_notebook_as_it_was_and_names_the_line(root, lesson, title, out):
    lesson(title)
    assert main(["build", "--no-execute", "--language", "en"]) == 0
    before = (root / "notebooks" / "en" / "01_try.ipynb").read_bytes()
    out()
    lesson(title + '# %% id="x"\ny = 1\ny / 0\n')
    assert main(["build", "--language", "en"]) == 1
    lines, errors = out()
    assert lines == []
    place = "notebooks/source/01_try.py:10: cell 'x'"
    assert errors[0] == f"{place}: notebooks/en/01_try.ipynb: ZeroDivisionError: division by zero"
    assert (root / "notebooks" / "en" / "01_try.ipynb").read_bytes() == before


def test_the_address_may_be_given(root, lesson, title, out):
    lesson(title)
    assert main(["build", "--no-execute", "--github", "someone/course"]) == 0
    assert "someone/course" in (root / "notebooks" / "ja" / "01_try.ipynb").read_text(encoding="utf-8")
    out()
    assert main(["check", "--github", "someone/course"]) == 1
    assert all("has no outputs" in line for line in out()[1])
    assert main(["check"]) == 1
    assert all("is stale" in line for line in out()[1])


def test_lessons_are_chosen_by_number_name_or_path(lesson, title, out):
    lesson(title, "01_a")
    lesson(title, "02_b")
    for name in ("02", "02_b", "notebooks/source/02_b.py"):
        assert main(["build", "--no-execute", "--language", "ja", name]) == 0
        assert [line.split(":")[0] for line in out()[0]] == ["notebooks/ja/02_b.ipynb"]
    assert main(["build", "03"]) == 1
    assert out()[1] == ["`LESSON` must be one of 01_a, 02_b. Received: 03"]


@pytest.mark.parametrize("arguments", [["build", "--github", "x"], ["check", "--github", "a b/c"]])
def test_a_wrong_address_is_refused(lesson, title, out, arguments):
    lesson(title)
    assert main(arguments) == 1
    assert "`github` must be 'owner/name' or empty" in out()[1][0]


def test_it_works_from_a_folder_below_and_says_where_there_is_none(root, lesson, title, out, monkeypatch):
    lesson(title)
    monkeypatch.chdir(root / "notebooks" / "source")
    assert main(["build", "--no-execute"]) == 0
    assert (root / "notebooks" / "ja" / "01_try.ipynb").exists()
    out()
    monkeypatch.chdir("/")
    assert main(["check"]) == 1
    assert out()[1][0].startswith("no folder notebooks/source here or above")


def test_check_needs_neither_keras_nor_a_kernel(lesson, title):
    lesson(title)
    code = (
        "import sys; from coursekit.authoring.__main__ import main; main(['check']); "
        "print(sorted({'keras', 'tensorflow', 'matplotlib', 'nbclient'} & set(sys.modules)))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=os.environ, check=True
    )
    assert run.stdout.splitlines()[-1] == "[]"


def test_help_shows_examples(capsys):
    with pytest.raises(SystemExit) as end:
        main(["--help"])
    assert end.value.code == 0
    assert "--edition teacher" in capsys.readouterr().out
