from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from coursekit.authoring import slides


def test_headings_begin_slides_and_what_was_seen_stands_below():
    cells = [
        new_markdown_cell("# 01 Title"),
        new_code_cell("set up", metadata={"tags": ["set-up"]}),
        new_markdown_cell('<a id="x"></a>\n\n## Experiment'),
        new_code_cell("fit"),
        new_code_cell("# a comment is no heading\nplot"),
        new_markdown_cell("What we saw."),
        new_markdown_cell("### Exercise"),
        new_code_cell("answer = ..."),
        new_code_cell("check()", metadata={"tags": ["check"]}),
    ]
    notebook = slides.lay_out(new_notebook(cells=cells))
    kinds = [cell.metadata["slideshow"]["slide_type"] for cell in notebook.cells]
    assert kinds == ["slide", "skip", "slide", "-", "-", "subslide", "subslide", "-", "skip"]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_lesson_becomes_many_slides(language, tmp_path, monkeypatch, capsys):
    lesson = Path(__file__).parents[2] / "notebooks" / language / "00_start_here.ipynb"
    notebook = nbformat.read(lesson, as_version=4)
    (tmp_path / "notebooks" / language).mkdir(parents=True)
    nbformat.write(notebook, tmp_path / "notebooks" / language / lesson.name)
    monkeypatch.chdir(tmp_path)
    slides.main(language)
    (name,) = capsys.readouterr().out.split()
    html = (tmp_path / name).read_text(encoding="utf-8")
    headings = sum(len(slides.HEADING.findall(c.source)) for c in notebook.cells if c.cell_type == "markdown")
    assert html.count("<section>") > headings > 5
