"""The teacher's edition: its solutions run, and every check calls them right."""

from __future__ import annotations

from pathlib import Path

import pytest

from coursekit.authoring import build, execute, source
from coursekit.exercises.checks import MARKS

ROOT = Path(__file__).parents[2]
LESSONS = source.sources(ROOT)


@pytest.mark.slow
@pytest.mark.parametrize("path", LESSONS, ids=[path.stem for path in LESSONS])
def test_every_solution_is_right(path, tmp_path):
    notebook = build.generate(source.parse(path), "ja", build.Settings(ROOT, "teacher"))
    assert execute.execute(notebook, tmp_path) == []
    checks = [cell for cell in notebook.cells if "check" in cell.metadata.get("tags", [])]
    assert checks
    for cell in checks:
        said = [output["data"]["text/plain"] for output in cell.outputs if "data" in output]
        assert said and all(text.startswith(MARKS["right"][0]) for text in said), (cell.id, said)
