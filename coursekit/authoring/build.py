"""Write a lesson's notebooks: one per language, in the learner's or the teacher's edition."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from coursekit import language
from coursekit.authoring.markdown import fenced
from coursekit.authoring.source import Cell, Lesson, Problem, sources

__all__ = [
    "LARGEST",
    "Settings",
    "digest",
    "generate",
    "github_setting",
    "is_executed",
    "keep_outputs",
    "orphans",
    "read",
    "sign_outputs",
    "state_problems",
    "write",
]

LARGEST = 700_000  # bytes of a notebook that GitHub and a tablet still show well
_LANGUAGE_INFO = {
    "codemirror_mode": {"name": "ipython", "version": 3},
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3",
}
_WHEEL = "# in Colab: drag coursekit's wheel into the file list on the left, then run this cell"
_SET_UP = """\
try:
    import coursekit
except ModuleNotFoundError:  {comment}
    %pip install --quiet {requirement}
from coursekit import language

language.set_language("{language}")"""


@dataclass(frozen=True)
class Settings:
    """What to build.

    Attributes:
        root: the repository's root.
        edition: ``"learner"`` or ``"teacher"``.
        github: the repository's public address ``"owner/name"``, or ``""`` as long as there is none.
    """

    root: Path
    edition: str = "learner"
    github: str = ""

    def __post_init__(self) -> None:
        if self.edition not in ("learner", "teacher"):
            raise ValueError(f"`edition` must be 'learner' or 'teacher'. Received: edition={self.edition!r}")
        if self.github and not re.fullmatch(r"[\w.-]+/[\w.-]+", self.github):
            raise ValueError(f"`github` must be 'owner/name' or empty. Received: github={self.github!r}")

    def folder(self, code: str) -> Path:
        """Return the folder of a language's notebooks."""
        return self.root / ("notebooks" if self.edition == "learner" else "build/teacher") / code


def github_setting(root: Path) -> str:
    """Return ``[tool.coursekit] github`` of the repository's pyproject.toml."""
    table = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    return table.get("tool", {}).get("coursekit", {}).get("github", "")


def generate(lesson: Lesson, code: str, settings: Settings) -> NotebookNode:
    """Return a lesson's notebook in a language, without outputs.

    The notebook's metadata holds a digest of its cells, by which a stale notebook is known.
    """
    notebook = new_notebook(cells=list(_cells(lesson, code, settings)))
    notebook.metadata = {
        "coursekit": {"digest": digest(notebook), "edition": settings.edition, "language": code},
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": _LANGUAGE_INFO,
    }
    notebook.nbformat_minor = 5
    return nbformat.from_dict(notebook)


def digest(notebook: NotebookNode) -> str:
    """Return a digest of everything but the outputs of a notebook's cells."""
    return _digest([[cell.id, cell.cell_type, cell.source, cell.metadata] for cell in notebook.cells])


def _digest(content: list) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def keep_outputs(notebook: NotebookNode, built: NotebookNode | None) -> bool:
    """Copy the outputs of an earlier build, if it ran the same code; return whether it did."""
    old, new = _code_cells(built), _code_cells(notebook)
    if not built or not is_executed(built) or [_code(cell) for cell in old] != [_code(cell) for cell in new]:
        return False
    for mine, theirs in zip(new, old, strict=True):
        mine.outputs, mine.execution_count = theirs.outputs, theirs.execution_count
    sign_outputs(notebook)
    return True


def sign_outputs(notebook: NotebookNode) -> None:
    """Put a digest of the outputs into the metadata, by which outputs of another run are known."""
    notebook.metadata["coursekit"]["outputs"] = _digest([cell.outputs for cell in _code_cells(notebook)])


def is_executed(built: NotebookNode) -> bool:
    """Return whether a notebook's outputs are those that the builder made: all cells, once, in order."""
    cells = _code_cells(built)
    signed = built.metadata.get("coursekit", {}).get("outputs")
    in_order = [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    return in_order and signed == _digest([cell.outputs for cell in cells])


def read(path: Path) -> NotebookNode | None:
    """Return a built notebook, or None if there is none that can be read."""
    try:
        notebook = nbformat.v4.reads(path.read_text(encoding="utf-8"))
        return notebook if all("id" in cell for cell in notebook.cells) else None
    except (OSError, ValueError, AttributeError):
        return None


def write(notebook: NotebookNode, path: Path) -> bool:
    """Write a notebook, all of it or nothing; return whether its bytes changed."""
    nbformat.validate(notebook)
    content = (nbformat.v4.writes(notebook) + "\n").encode()
    if path.exists() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_bytes(content)
    unfinished.replace(path)
    return True


def state_problems(lesson: Lesson, code: str, settings: Settings) -> Iterator[Problem]:
    """Yield why a built notebook is not the one that its source describes."""
    path = settings.folder(code) / f"{lesson.name}.ipynb"
    name = path.relative_to(settings.root).as_posix()
    wanted, built = generate(lesson, code, settings), read(path)
    lines = {cell.id: cell.lines[code] for cell in lesson.cells if code in cell.lines}

    def problem(cell: str, message: str) -> Problem:
        return Problem(str(lesson.path), lines.get(cell, 1), cell, f"{name} {message}")

    if not path.exists():
        yield problem("", "is missing: build it")
    elif built is None:
        yield problem("", "cannot be read: build it again")
    elif digest(built) != wanted.metadata.coursekit.digest:
        same = built.metadata.get("coursekit", {}).get("digest") == wanted.metadata.coursekit.digest
        why = "was changed by hand: change the source, and build it" if same else "is stale: build it again"
        yield problem(_first_difference(wanted, built), why)
    elif not is_executed(built):
        yield problem("", "has no outputs, or those of another run: build it again, with execution")
    if built is not None and path.stat().st_size > LARGEST:
        yield problem(
            "", f"has {path.stat().st_size / 1000:.0f} kB; at most {LARGEST / 1000:.0f} kB are allowed"
        )


def _first_difference(wanted: NotebookNode, built: NotebookNode) -> str:
    """Return the id of the first cell that a built notebook lacks or has otherwise."""
    known = {cell.id: (cell.cell_type, cell.source, cell.metadata) for cell in built.cells}
    cells = wanted.cells
    return next((c.id for c in cells if known.get(c.id) != (c.cell_type, c.source, c.metadata)), "")


def _code_cells(notebook: NotebookNode | None) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"] if notebook else []


def _code(cell: NotebookNode) -> tuple[str, str, list[str]]:
    """Return what decides about a cell's outputs; some tags allow outputs that others must not have."""
    return cell.id, cell.source, cell.metadata.get("tags", [])


def _cells(lesson: Lesson, code: str, settings: Settings) -> Iterator[NotebookNode]:
    """Yield the cells of a notebook, those of the builder included."""
    folded: list[Cell] = []  # the learner's solutions, which come after the check
    badge = _badge(lesson, code, settings)
    for cell in lesson.cells:
        text = cell.texts[code]
        if "set-up" in cell.tags:
            if not settings.github:
                yield new_markdown_cell(_texts()["colab"][code].strip(), id="colab")
            text = _set_up(code, settings.github)
        if settings.edition == "learner" and "solution" in cell.tags:
            folded.append(cell)
            continue
        if settings.edition == "learner" and "teacher" in cell.tags:
            continue
        if cell.is_code:
            yield new_code_cell(text, id=cell.id, metadata=cell.metadata)
        else:
            yield new_markdown_cell(text + badge, id=cell.id, metadata=cell.metadata)
            badge = ""
        if "check" in cell.tags and folded:
            yield _folded(folded, code)
            folded = []


def _folded(cells: list[Cell], code: str) -> NotebookNode:
    """Return an exercise's solution as one cell of prose that the reader unfolds."""
    parts = [fenced(cell.texts[code]) if cell.is_code else cell.texts[code] for cell in cells]
    summary = f"<details><summary>{_texts()['solution'][code]}</summary>"
    text = "\n\n".join([summary, *parts, "</details>"])
    claims = [claim for cell in cells for claim in cell.metadata.get("claims", [])]
    metadata = {"tags": ["solution"]} | ({"claims": claims} if claims else {})
    return new_markdown_cell(text, id=cells[0].id, metadata=metadata)


def _set_up(code: str, github: str) -> str:
    """Return the set-up cell; its language is the only code that differs between the notebooks."""
    comment = "# in Colab" if github else _WHEEL
    requirement = f'"coursekit @ git+https://github.com/{github}"' if github else "coursekit-*.whl"
    return _SET_UP.format(comment=comment, requirement=requirement, language=code)


def _badge(lesson: Lesson, code: str, settings: Settings) -> str:
    """Return the link that opens a learner's notebook in Colab, or nothing if there is no address."""
    if not settings.github or settings.edition != "learner":
        return ""
    site = "https://colab.research.google.com"
    target = f"{site}/github/{settings.github}/blob/main/notebooks/{code}/{lesson.name}.ipynb"
    return f"\n\n[![{_texts()['badge'][code]}]({site}/assets/colab-badge.svg)]({target})"


def _texts() -> dict[str, dict[str, str]]:
    """Return the words that the builder itself writes, by language; all languages must be there."""
    texts = language.read_toml("authoring/texts.toml")
    for name, entries in texts.items():
        if missing := set(language.languages()) - set(entries):
            raise ValueError(f"texts.toml, {name!r} has no text in {', '.join(sorted(missing))}")
    return texts


def orphans(codes: list[str], settings: Settings) -> list[Problem]:
    """Return a problem for each notebook that has no source."""
    known = {path.stem for path in sources(settings.root)}
    found = [path for code in codes for path in sorted(settings.folder(code).glob("*.ipynb"))]
    message = "the notebook has no source in notebooks/source"
    return [Problem(str(path), 1, "", message) for path in found if path.stem not in known]
