from __future__ import annotations

import jupytext
import pytest

from coursekit import language
from coursekit.authoring import source


def test_a_lesson_in_order_has_no_problems(refused, exercise):
    assert refused("") == []
    assert refused(exercise) == []


def test_cells_are_those_that_jupytext_reads(lesson, title, exercise):
    read = lesson(title + exercise)
    raw = jupytext.read(read.path, fmt="py:percent").cells
    texts = [cell.source for cell in raw]
    assert [text for cell in read.cells for text in dict.fromkeys(cell.texts.values())] == texts
    assert [cell.id for cell in read.cells] == list(dict.fromkeys(cell.metadata["id"] for cell in raw))
    assert {code for cell in read.cells for code in cell.texts} == set(language.languages())


def test_lines_are_those_of_the_markers(lesson, title, exercise):
    read = lesson(title + exercise)
    lines = read.path.read_text(encoding="utf-8").splitlines()
    for cell in read.cells:
        for code, line in cell.lines.items():
            assert f'id="{cell.id}"' in lines[line - 1]
            assert cell.is_code or f'lang="{code}"' in lines[line - 1]


def test_options_become_metadata(lesson, title, prose):
    options = 'claims="01-a 01-b" tags=["advanced"] slideshow={"slide_type": "slide"}'
    text = title + prose(ja="あ", en="a", options=options) + '\n# %% id="c" tags=["hide-input"]\nx = 1\n'
    read = lesson(text)
    assert read.problems == []
    *_, cell, code = read.cells
    slide = {"slide_type": "slide"}
    assert cell.metadata == {"tags": ["advanced"], "claims": ["01-a", "01-b"], "slideshow": slide}
    assert code.metadata == {"tags": ["hide-input"], "jupyter": {"source_hidden": True}}
    assert source.claims(read.path) == {"01-a", "01-b"}


@pytest.mark.parametrize(
    ("cells", "line", "message"),
    [
        ('# %% [markdown] lang="ja" id="x"\n# あ\n', 1, "the translation is missing here: en"),
        ('# %% [markdown] lang="en" id="x"\n# a\n', 1, "the translation is missing here: ja"),
        (
            '# %% [markdown] lang="en" id="x"\n# a\n# %% [markdown] lang="ja" id="x"\n# あ\n',
            3,
            "in the order ja, en. Received: en, ja",
        ),
        (
            '# %% [markdown] lang="ja" id="x"\n# あ\n# %% id="c"\n1\n# %% [markdown] lang="en" id="x"\n# a\n',
            5,
            "duplicate id or misplaced translation",
        ),
        ('# %% [markdown] lang="fr" id="x"\n# a\n', 1, "must be one of ja, en. Received: lang='fr'"),
        ('# %% [markdown] id="x"\n# a\n', 1, "Received: lang=''"),
        ('# %% id="c"\n1\n# %% id="c"\n2\n', 3, "duplicate id, first used on line 8"),
        ('# %% id="c"\n1\n# %% id="d"\n2\n# %% id="c"\n3\n', 5, "duplicate id"),
        ("# %%\n1\n", 1, "the id must be lower-case words"),
        ('# %% id="Fit_1"\n1\n', 1, "Received: id='Fit_1'"),
        (f'# %% id="{"a" * 65}"\n1\n', 1, "64 letters at most"),
        ('# %% id="colab"\n1\n', 1, "belongs to the builder"),
        ('# %% id="c" tag=["check"]\n1\n', 1, "Received: tag"),
        ('# %% id="c" tags=["excercise"]\n1\n', 1, "Received: tags=['excercise']"),
        ('# %% id="c" tags="check"\n1\n', 1, "wrong options ('check' is not of type 'array')"),
        ('# %% id="c" claims="01-a"\n1\n', 1, "makes no claims"),
        ('# %% [raw] id="r"\n# a\n', 1, "a cell must be code or markdown. Received: raw"),
        (
            '# %% [markdown] lang="ja" id="x" claims="a"\n# あ\n# %% [markdown] lang="en" id="x"\n# a\n',
            3,
            "the options (tags, claims) differ",
        ),
    ],
)
def test_what_is_refused(refused, cells, line, message):
    assert any(at == line and message in said for at, _, said in refused(cells)), refused(cells)


def test_text_before_the_first_cell_is_refused(lesson, title):
    messages = [problem.message for problem in lesson("\nx = 1\n" + title).problems]
    assert messages == ["a cell must be code or markdown. Received: text outside of any cell"]


def test_a_problem_names_file_line_and_cell(lesson, title):
    read = lesson(title + '# %% id="c" tags=["oops"]\n1\n')
    assert [str(problem).split(": tags")[0] for problem in read.problems] == [
        "notebooks/source/01_try.py:8: cell 'c'"
    ]


def test_sources_come_in_order(root, lesson, title):
    lesson(title, "02_b")
    lesson(title, "01_a")
    (root / "notebooks" / "source" / "notes.py").write_text("", encoding="utf-8")
    assert [path.stem for path in source.sources(root)] == ["01_a", "02_b"]
