from __future__ import annotations

import json

import nbformat
import pytest

from coursekit import language
from coursekit.authoring import build

CODES = list(language.languages())


def cells(notebook) -> dict[str, tuple[str, str]]:
    return {cell.id: (cell.cell_type, cell.source) for cell in notebook.cells}


@pytest.fixture
def run():
    """Give a notebook the counts and an output, as if it had run."""

    def pretend(notebook, text="done"):
        count = 0
        for cell in notebook.cells:
            if cell.cell_type == "code":
                count += 1
                cell.execution_count = count
                cell.outputs = [nbformat.v4.new_output("stream", text=text)]
        build.sign_outputs(notebook)
        return notebook

    return pretend


def test_notebooks_are_valid_and_have_the_ids_of_the_source(root, lesson, title, exercise):
    read = lesson(title + exercise)
    for code in CODES:
        notebook = build.generate(read, code, build.Settings(root))
        nbformat.validate(notebook)
        assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
        assert {cell.id for cell in notebook.cells} - {"colab"} <= {cell.id for cell in read.cells}
        assert notebook.metadata.kernelspec.name == "python3"
        assert "version" not in notebook.metadata.language_info


def test_each_notebook_has_its_language_and_the_same_code(root, lesson, title, exercise):
    read = lesson(title + exercise)
    built = {code: cells(build.generate(read, code, build.Settings(root))) for code in CODES}
    assert built["ja"]["title"] == ("markdown", "# 試しの課")
    assert built["en"]["title"] == ("markdown", "# A lesson to try")
    assert list(built["ja"]) == list(built["en"])
    code = {
        lang: {id: text for id, (kind, text) in all.items() if kind == "code"} for lang, all in built.items()
    }
    differing = [id for id in code["ja"] if code["ja"][id] != code["en"][id]]
    assert differing == ["set-up"]
    assert code["ja"]["set-up"].replace('"ja"', '"en"') == code["en"]["set-up"]


def test_the_learner_finds_the_solution_folded_below_the_check(root, lesson, title, exercise):
    notebook = build.generate(lesson(title + exercise), "en", build.Settings(root))
    assert [cell.id for cell in notebook.cells[-4:]] == [
        "ex-sum",
        "ex-sum-answer",
        "ex-sum-check",
        "ex-sum-solution",
    ]
    assert notebook.cells[-1].cell_type == "markdown"
    assert notebook.cells[-1].source == (
        "<details><summary>Solution</summary>\n\n```python\nanswer = 1 + 2\n```\n\nJust add them.\n\n</details>"
    )
    assert notebook.cells[-1].metadata == {"tags": ["solution"]}


def test_the_teacher_finds_the_solution_as_code_before_the_check(root, lesson, title, exercise):
    settings = build.Settings(root, "teacher")
    notebook = build.generate(lesson(title + exercise), "ja", settings)
    assert [(cell.id, cell.cell_type) for cell in notebook.cells[-5:]] == [
        ("ex-sum", "markdown"),
        ("ex-sum-answer", "code"),
        ("ex-sum-solution", "code"),
        ("ex-sum-why", "markdown"),
        ("ex-sum-check", "code"),
    ]
    assert settings.folder("ja") == root / "build" / "teacher" / "ja"


def test_a_cell_for_teachers_stands_in_their_edition_only(root, lesson, title):
    rubric = """
# %% [markdown] lang="ja" id="rubric" tags=["teacher"]
# 採点の基準です。
# %% [markdown] lang="en" id="rubric" tags=["teacher"]
# How to mark it.
"""
    both = {
        edition: cells(build.generate(lesson(title + rubric), "en", build.Settings(root, edition)))
        for edition in ("learner", "teacher")
    }
    assert both["teacher"]["rubric"] == ("markdown", "How to mark it.")
    assert "rubric" not in both["learner"]


def test_claims_of_an_explanation_stay_in_the_notebook(root, lesson, title, exercise):
    claimed = exercise.replace('id="ex-sum-why"', 'id="ex-sum-why" claims="01-a"')
    notebook = build.generate(lesson(title + claimed), "en", build.Settings(root))
    assert notebook.cells[-1].metadata == {"tags": ["solution"], "claims": ["01-a"]}


def test_without_an_address_the_wheel_and_no_badge(root, lesson, title):
    for code, words in language.read_toml("authoring/texts.toml")["colab"].items():
        built = cells(build.generate(lesson(title), code, build.Settings(root)))
        assert list(built) == ["title", "colab", "set-up"]
        assert built["colab"] == ("markdown", words.strip())
        assert "coursekit-*.whl" in built["set-up"][1]
        assert not any("github" in text for _, text in built.values())


def test_with_an_address_a_badge_and_an_installation_from_it(root, lesson, title):
    settings = build.Settings(root, github="someone/course")
    for code, words in language.read_toml("authoring/texts.toml")["badge"].items():
        built = cells(build.generate(lesson(title), code, settings))
        assert list(built) == ["title", "set-up"]
        target = f"github/someone/course/blob/main/notebooks/{code}/01_try.ipynb)"
        assert built["title"][1].endswith(target)
        assert f"[![{words}](" in built["title"][1]
        assert (
            '%pip install --quiet "coursekit @ git+https://github.com/someone/course"' in built["set-up"][1]
        )
        assert "wheel" not in built["set-up"][1]


def test_the_teachers_notebooks_have_no_badge(root, lesson, title):
    built = cells(build.generate(lesson(title), "en", build.Settings(root, "teacher", "someone/course")))
    assert built["title"][1] == "# A lesson to try"


@pytest.mark.parametrize(
    "settings", [{"edition": "student"}, {"github": "https://github.com/a/b"}, {"github": "a"}]
)
def test_settings_that_are_refused(root, settings):
    ((name, value),) = settings.items()
    with pytest.raises(ValueError, match=f"`{name}` must be .* Received: {name}={value!r}"):
        build.Settings(root, **settings)


def test_the_address_is_a_setting_of_the_repository(root):
    assert build.github_setting(root) == ""
    (root / "pyproject.toml").write_text('[tool.coursekit]\ngithub = "someone/course"\n')
    assert build.github_setting(root) == "someone/course"


def test_building_twice_gives_the_same_bytes(root, lesson, title, exercise, run):
    read, path = lesson(title + exercise), root / "notebooks" / "en" / "01_try.ipynb"
    assert build.write(run(build.generate(read, "en", build.Settings(root))), path)
    first = path.read_bytes()
    again = build.generate(read, "en", build.Settings(root))
    assert build.keep_outputs(again, build.read(path))
    assert not build.write(again, path)
    assert path.read_bytes() == first
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_outputs_are_kept_while_the_code_is_the_same(root, lesson, title, exercise, run):
    settings = build.Settings(root)
    built = run(build.generate(lesson(title + exercise), "en", settings), "3")
    prose = build.generate(lesson(title + exercise.replace("Find", "Compute")), "en", settings)
    assert build.keep_outputs(prose, built)
    assert build.is_executed(prose)
    assert [c.outputs[0].text for c in prose.cells if c.cell_type == "code"] == ["3", "3", "3"]
    for text in (
        exercise.replace('"checked"', '"done"'),
        exercise.replace("ex-sum-check", "ex-sum-right"),
        exercise.replace('tags=["check"]', 'tags=["check", "shows-warning"]'),
    ):
        code = build.generate(lesson(title + text), "en", settings)
        assert not build.keep_outputs(code, built)
        assert not build.is_executed(code)
    assert not build.keep_outputs(prose, None)


def test_what_check_says(root, lesson, title, exercise, run):
    settings, read = build.Settings(root), lesson(title + exercise)
    path = root / "notebooks" / "en" / "01_try.ipynb"

    def said() -> list[str]:
        return [str(problem) for problem in build.state_problems(read, "en", settings)]

    place, name = "notebooks/source/01_try.py", "notebooks/en/01_try.ipynb"
    assert said() == [f"{place}:1: cell '': {name} is missing: build it"]
    path.parent.mkdir()
    path.write_text("{}")
    assert said() == [f"{place}:1: cell '': {name} cannot be read: build it again"]
    fresh = build.generate(read, "en", settings)
    build.write(fresh, path)
    assert "has no outputs" in said()[0]
    build.write(run(fresh), path)
    assert said() == []

    read = lesson(title + exercise.replace("Just add", "Simply add"))
    assert f"{name} is stale" in said()[0]

    read = lesson(title + exercise)
    content = json.loads(path.read_text(encoding="utf-8"))
    content["cells"][0]["source"] = "# Changed"
    path.write_text(json.dumps(content), encoding="utf-8")
    assert said() == [f"{place}:3: cell 'title': {name} was changed by hand: change the source, and build it"]

    build.write(run(fresh), path)
    content = json.loads(path.read_text(encoding="utf-8"))
    content["cells"][-2]["outputs"][0]["text"] = "other"
    path.write_text(json.dumps(content), encoding="utf-8")
    assert "those of another run" in said()[0]

    build.write(run(fresh, "x" * build.LARGEST), path)
    assert "at most 700 kB" in said()[0]


def test_a_notebook_without_source_is_named(root, lesson, title):
    read = lesson(title)
    for name in ("01_try", "02_old"):
        build.write(
            build.generate(read, "ja", build.Settings(root)), root / "notebooks" / "ja" / f"{name}.ipynb"
        )
    (problem,) = build.orphans(CODES, build.Settings(root))
    assert problem.path.endswith("02_old.ipynb")
