"""``python -m coursekit.authoring.slides ja``: slides from the built notebooks of a language, in build/slides.

A heading begins a slide, a smaller one a slide below it, and so does what was seen in a figure: question, experiment
and answer each fit a screen, or scroll.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import nbformat
from nbformat import NotebookNode

__all__ = ["HEADING", "lay_out", "main"]

HEADING = re.compile(r"^(#{1,3}) ", re.MULTILINE)
NOT_SHOWN = {"set-up", "check"}


def lay_out(notebook: NotebookNode) -> NotebookNode:
    """Give every cell of a notebook its kind of slide, in place, and return the notebook."""
    after_code = False
    for cell in notebook.cells:
        tags = set(cell.metadata.get("tags", []))
        heading = HEADING.search(cell.source) if cell.cell_type == "markdown" else None
        if tags & NOT_SHOWN:
            kind = "skip"
        elif heading:
            kind = "slide" if len(heading[1]) < 3 else "subslide"
        else:
            kind = "subslide" if after_code and cell.cell_type == "markdown" else "-"
        cell.metadata["slideshow"] = {"slide_type": kind}
        if kind != "skip":
            after_code = cell.cell_type == "code"
    return notebook


def main(language: str) -> None:
    """Write the slides of a language's notebooks and name each file."""
    from nbconvert import SlidesExporter

    folder = Path("build") / "slides" / language
    folder.mkdir(parents=True, exist_ok=True)
    exporter = SlidesExporter(reveal_scroll=True)
    for path in sorted((Path("notebooks") / language).glob("*.ipynb")):
        html, _ = exporter.from_notebook_node(lay_out(nbformat.read(path, as_version=4)))
        target = folder / f"{path.stem}.slides.html"
        target.write_text(html, encoding="utf-8")
        print(target.as_posix())


if __name__ == "__main__":
    main(sys.argv[1])
