"""Read a lesson's source: jupytext's percent format, every language in one file.

A prose cell stands once per language, one directly below the other, in the order of `labels.toml`::

    # %% [markdown] lang="ja" id="story"
    # ## 顔を覚える、という話
    # %% [markdown] lang="en" id="story"
    # ## A story about remembering faces

A code cell stands once: ``# %% id="fit" tags=["exercise"]``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

import jupytext

from coursekit import language

OPTIONS = {"id", "lang", "tags", "claims", "slideshow"}
TAGS = {
    "set-up",  # the cell that the builder fills
    "exercise",  # the question, and the code cell with the placeholder
    "solution",  # the code that answers it, and its explanation
    "check",  # check("…", answer)
    "quiz",  # quiz("…")
    "advanced",  # may be left out in class
    "hide-input",  # the code is folded
    "terms-ok",  # quotes a term that the glossary forbids
    "shows-warning",  # a warning is what the cell wants to show
    "raises-exception",  # the same for an error
    "nbval-check-output",
    "nbval-ignore-output",
    "nbval-raises-exception",
    "nbval-skip",
}
RESERVED = "colab"  # the id of the cell that the builder puts before the set-up cell
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, order=True)
class Problem:
    """What is wrong with a lesson, and where: ``file:line: cell 'id': message``."""

    path: str
    line: int
    cell: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: cell {self.cell!r}: {self.message}"


@dataclass(frozen=True)
class Cell:
    """A cell of a lesson, in all languages.

    Attributes:
        id: the id, the same in the source and in the built notebooks.
        is_code: whether it is code; prose otherwise.
        texts: the content by language; code is the same in each.
        lines: the line of the source on which the cell's marker stands, by language.
        tags: the tags.
        metadata: the metadata of the built cell, tags included.
    """

    id: str
    is_code: bool
    texts: dict[str, str]
    lines: dict[str, int]
    tags: tuple[str, ...] = ()
    metadata: dict = field(default_factory=dict)

    @property
    def line(self) -> int:
        """The line of the source on which the cell begins."""
        return min(self.lines.values())


@dataclass(frozen=True)
class Lesson:
    """A lesson's cells, and the problems found while reading them."""

    path: Path
    cells: list[Cell]
    problems: list[Problem]

    @property
    def name(self) -> str:
        """The name of the notebooks, such as ``"01_overfitting"``."""
        return self.path.stem


@dataclass(frozen=True)
class _Raw:
    """A cell as it stands in the file: one language of a prose cell, or code."""

    kind: str
    text: str
    line: int
    options: dict

    @property
    def id(self) -> str:
        return str(self.options.get("id", ""))

    @property
    def lang(self) -> str:
        return str(self.options.get("lang", ""))


def parse(path: Path) -> Lesson:
    """Read a lesson.

    Args:
        path: the source, ``notebooks/source/NN_name.py``.

    Returns:
        The lesson. What is wrong with its structure is in `Lesson.problems`; nothing is raised for it.
    """
    problems: list[Problem] = []
    cells: list[Cell] = []
    seen: dict[str, int] = {}
    known = list(language.languages())

    def report(raw: _Raw, message: str) -> None:
        problems.append(Problem(str(path), raw.line, raw.id, message))

    raws, loose = _read(path)
    if loose:
        problems.append(Problem(str(path), loose, "", "text stands before the first `# %%` marker"))
    for (kind, cell_id), group in groupby(raws, key=lambda raw: (raw.kind, raw.id)):
        members = list(group)
        for raw in members:
            for message in _option_problems(raw):
                report(raw, message)
        if kind == "code":
            for raw in members[1:] if cell_id else []:
                report(raw, f"duplicate id, first used on line {members[0].line}")
        elif message := _translation_problem([raw.lang for raw in members], known):
            report(members[-1], message)
        if cell_id and cell_id in seen:
            report(members[0], f"duplicate id or misplaced translation, first used on line {seen[cell_id]}")
        seen.setdefault(cell_id, members[0].line)
        shared = [{key: value for key, value in raw.options.items() if key != "lang"} for raw in members]
        for raw, options in zip(members, shared, strict=True):
            if kind == "markdown" and options != shared[0]:
                report(raw, "the options (tags, claims) differ between the languages")
        cells.append(_cell(members, known))
    return Lesson(path, cells, problems)


def claims(path: Path) -> set[str]:
    """Return the names of all claims that a lesson makes (``claims="…"`` on its prose cells)."""
    return {name for cell in parse(path).cells for name in cell.metadata.get("claims", [])}


def sources(root: Path) -> list[Path]:
    """Return the sources of all lessons below the repository's root, in order."""
    return sorted((root / "notebooks" / "source").glob("[0-9][0-9]_*.py"))


def _read(path: Path) -> tuple[list[_Raw], int]:
    """Return the cells with their lines, and the line of any text before the first of them (or 0)."""
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    markers = [number for number, line in enumerate(lines, 1) if re.match(r"# ?%%(\s|$)", line)]
    first = markers[0] if markers else len(lines) + 1
    loose = next((number for number, line in enumerate(lines[: first - 1], 1) if line.strip()), 0)
    body = "\n" * (first - 1) + "\n".join(lines[first - 1 :]) + "\n"
    cells = jupytext.reads(body, fmt="py:percent").cells
    cells = cells[len(cells) - len(markers) :]
    return [
        _Raw(
            cell.cell_type,
            cell.source,
            line,
            {key: value for key, value in cell.metadata.items() if key != "lines_to_next_cell"},
        )
        for cell, line in zip(cells, markers, strict=True)
    ], loose


def _option_problems(raw: _Raw) -> Iterator[str]:
    """Yield what is wrong with a cell's options."""
    if raw.kind not in ("code", "markdown"):
        yield f"a cell is code or markdown. Received: {raw.kind}"
    if not _ID.fullmatch(raw.id) or len(raw.id) > 64:
        yield f"the id must be lower-case words joined by hyphens, 64 letters at most. Received: id={raw.id!r}"
    if raw.id == RESERVED:
        yield f"the id {RESERVED!r} belongs to the builder: choose another"
    if unknown := set(raw.options) - OPTIONS:
        yield f"options must be among {', '.join(sorted(OPTIONS))}. Received: {', '.join(sorted(unknown))}"
    tags = raw.options.get("tags", [])
    if not isinstance(tags, list) or set(tags) - TAGS:
        yield f"tags must be a list of {', '.join(sorted(TAGS))}. Received: tags={tags!r}"
    if raw.kind == "code" and {"lang", "claims"} & set(raw.options):
        yield "code has no language and makes no claims; `lang` and `claims` belong to prose"


def _translation_problem(found: list[str], known: list[str]) -> str:
    """Compare the languages of neighboring prose cells of one id with the known languages."""
    if found == known:
        return ""
    if unknown := [code for code in found if code not in known]:
        return f"`lang` must be one of {', '.join(known)}. Received: lang={unknown[0]!r}"
    if missing := [code for code in known if code not in found]:
        return f"the translation is missing here: {', '.join(missing)}"
    return (
        f"the languages must stand once each, in the order {', '.join(known)}. Received: {', '.join(found)}"
    )


def _cell(members: list[_Raw], known: list[str]) -> Cell:
    """Join the languages of a cell."""
    first = members[0]
    is_code = first.kind == "code"
    tags = first.options.get("tags", [])
    tags = [str(tag) for tag in tags] if isinstance(tags, list) else []
    metadata: dict = {"tags": tags} if tags else {}
    if first.options.get("claims"):
        metadata["claims"] = str(first.options["claims"]).split()
    if "slideshow" in first.options:
        metadata["slideshow"] = first.options["slideshow"]
    if "hide-input" in tags:
        metadata["jupyter"] = {"source_hidden": True}
    texts = {code: first.text for code in known} if is_code else {raw.lang: raw.text for raw in members}
    lines = {code: first.line for code in known} if is_code else {raw.lang: raw.line for raw in members}
    return Cell(first.id, is_code, texts, lines, tuple(tags), metadata)
