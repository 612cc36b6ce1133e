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
from itertools import groupby, pairwise
from pathlib import Path

import jupytext
import nbformat

from coursekit import language

__all__ = ["Cell", "Lesson", "Problem", "claims", "parse", "sources"]

OPTIONS = {"id", "lang", "tags", "claims", "slideshow"}
TAGS = {
    "set-up",  # the cell that the builder fills
    "exercise",  # the question, and the code cell with the placeholder
    "solution",  # the code that answers it, and its explanation
    "check",  # check("…", answer)
    "quiz",  # quiz("…")
    "advanced",  # may be left out in class
    "teacher",  # stands in the teacher's edition only
    "hide-input",  # the code is folded
    "terms-ok",  # quotes a forbidden term, or holds code with words of one language
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
    for (kind, cell_id), group in groupby(_read(path), key=lambda raw: (raw.kind, raw.id)):
        members = list(group)
        found = [(raw, message) for raw in members for message in _option_problems(raw)]
        if kind == "markdown":
            found += _translation_problems(members, known)
        elif kind == "code" and cell_id:
            found += [(raw, f"duplicate id, first used on line {members[0].line}") for raw in members[1:]]
        if cell_id and cell_id in seen:
            message = f"duplicate id or misplaced translation, first used on line {seen[cell_id]}"
            found.append((members[0], message))
        seen.setdefault(cell_id, members[0].line)
        problems += [Problem(str(path), raw.line, raw.id, message) for raw, message in found]
        if kind in ("code", "markdown"):
            cells.append(_cell(members, known))
    return Lesson(path, cells, problems)


def claims(path: Path) -> set[str]:
    """Return the names of all claims that a lesson makes (``claims="…"`` on its prose cells)."""
    return {name for cell in parse(path).cells for name in cell.metadata.get("claims", [])}


def sources(root: Path) -> list[Path]:
    """Return the sources of all lessons below the repository's root, in order."""
    return sorted((root / "notebooks" / "source").glob("[0-9][0-9]_*.py"))


def _read(path: Path) -> Iterator[_Raw]:
    """Yield the cells as they stand in the file, text before the first marker included."""
    lines = path.read_text(encoding="utf-8").splitlines()
    markers = [number for number, line in enumerate(lines, 1) if re.match(r"# ?%%(\s|$)", line)]
    if any(line.strip() for line in lines[: markers[0] - 1 if markers else None]):
        yield _Raw("text outside of any cell", "", 1, {})
    # One cell at a time: so each knows its line, and a cell that cannot be read does not hide the others.
    for line, end in pairwise([*markers, len(lines) + 1]):
        try:
            cell = jupytext.reads("\n".join(lines[line - 1 : end - 1]), fmt="py:percent").cells[0]
        except nbformat.ValidationError as error:
            yield _Raw(f"a cell with wrong options ({error.message})", "", line, {})
        else:
            options = {key: value for key, value in cell.metadata.items() if key != "lines_to_next_cell"}
            yield _Raw(cell.cell_type, cell.source, line, options)


def _option_problems(raw: _Raw) -> Iterator[str]:
    """Yield what is wrong with a cell's options."""
    if raw.kind not in ("code", "markdown"):
        yield f"a cell must be code or markdown. Received: {raw.kind}"
        return
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


def _translation_problems(members: list[_Raw], known: list[str]) -> Iterator[tuple[_Raw, str]]:
    """Compare neighboring prose cells of one id: every language once, in order, with the same options."""
    found = [raw.lang for raw in members]
    if missing := [code for code in known if code not in found]:
        yield members[-1], f"the translation is missing here: {', '.join(missing)}"
    for raw in members:
        if raw.lang not in known:
            yield raw, f"`lang` must be one of {', '.join(known)}. Received: lang={raw.lang!r}"
        if raw.options | {"lang": ""} != members[0].options | {"lang": ""}:
            yield raw, "the options (tags, claims) differ between the languages"
    if set(found) == set(known) and found != known:
        order = ", ".join(known)
        yield (
            members[-1],
            f"the languages must stand once each, in the order {order}. Received: {', '.join(found)}",
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
