"""What the tool refuses: languages that drift apart, exercises without an answer, and what `wording` forbids."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from coursekit.authoring.markdown import Parts, take_apart
from coursekit.authoring.source import Cell, Lesson, Problem
from coursekit.authoring.wording import letter_problems, style_problems, term_problems

__all__ = ["problems"]

_PARTS = {
    "q": "question (prose)",
    "a": "code cell with the placeholder",
    "s": "solution (code)",
    "c": "check",
}


def problems(lesson: Lesson) -> list[Problem]:
    """Return everything that is wrong with a lesson, in the order of the file."""
    found = [*lesson.problems, *_set_up(lesson), *_exercises(lesson)]
    for cell in lesson.cells:
        found += _code(lesson, cell) if cell.is_code else _prose(lesson, cell)
    return sorted(set(found))


def _problem(lesson: Lesson, cell: Cell, message: str, line: int = 0) -> Problem:
    return Problem(str(lesson.path), line or cell.line, cell.id, message)


def _set_up(lesson: Lesson) -> Iterator[Problem]:
    """The set-up cell: one, empty, before all other code."""
    tagged = [cell for cell in lesson.cells if "set-up" in cell.tags]
    code = [cell for cell in lesson.cells if cell.is_code]
    if len(tagged) != 1:
        message = f"exactly one cell must be tagged set-up. Received: {len(tagged)}"
        yield Problem(str(lesson.path), tagged[1].line if tagged else 1, "set-up", message)
    elif not tagged[0].is_code or any(tagged[0].texts.values()):
        yield _problem(lesson, tagged[0], "the set-up cell is an empty code cell; the builder fills it")
    elif code[0] is not tagged[0]:
        yield _problem(lesson, code[0], "no code may stand before the set-up cell")


def _exercises(lesson: Lesson) -> Iterator[Problem]:
    """An exercise: question, placeholder, solution, untagged code that uses the answer (if any), check."""
    for block in _blocks(lesson.cells):
        kinds = "".join(_kind(cell) for cell in block)
        missing = [name for kind, name in _PARTS.items() if kind not in kinds]
        if missing:
            yield _problem(lesson, block[0], f"an exercise without {', without '.join(missing)}")
        elif not re.fullmatch("q+a+[sn]+r*c+", kinds):
            order = "question, placeholder, solution, code that uses the answer, check"
            yield _problem(lesson, block[0], f"an exercise goes: {order}")
        for cell in block:
            if _kind(cell) == "a" and "..." not in _text(cell):
                yield _problem(lesson, cell, "the placeholder `...` is missing")
            if _kind(cell) == "c" and "check(" not in _text(cell):
                yield _problem(lesson, cell, "a cell tagged check calls `check(…)`")


def _blocks(cells: list[Cell]) -> Iterator[list[Cell]]:
    """Yield the exercises: from a cell tagged exercise to the check, with code that runs in between."""
    block: list[Cell] = []
    for cell in cells:
        runs = cell.is_code and not cell.tags and bool(block) and "check" not in block[-1].tags
        inside = runs or {"exercise", "solution", "check"} & set(cell.tags)
        begins = "exercise" in cell.tags and block and "exercise" not in block[-1].tags
        if block and (begins or not inside):
            yield block
            block = []
        if inside:
            block.append(cell)
    if block:
        yield block


def _kind(cell: Cell) -> str:
    """Return a letter for a cell's part in an exercise: a key of `_PARTS`, or n (explanation), r (code)."""
    if "check" in cell.tags:
        return "c" if cell.is_code else "?"
    if "solution" in cell.tags:
        return "s" if cell.is_code else "n"
    if "exercise" in cell.tags:
        return "a" if cell.is_code else "q"
    return "r"


def _text(cell: Cell) -> str:
    return next(iter(cell.texts.values()), "")


def _code(lesson: Lesson, cell: Cell) -> Iterator[Problem]:
    """A code cell is not empty, and holds no language but Python."""
    if "set-up" not in cell.tags and not _text(cell).strip():
        yield _problem(lesson, cell, "the cell is empty")
    if "quiz" in cell.tags and "quiz(" not in _text(cell):
        yield _problem(lesson, cell, "a cell tagged quiz calls `quiz(…)`")
    if "terms-ok" not in cell.tags:
        for line, text in enumerate(_text(cell).splitlines(), cell.line + 1):
            for message in letter_problems(text):
                yield _problem(lesson, cell, message, line)


def _prose(lesson: Lesson, cell: Cell) -> Iterator[Problem]:
    """Compare the languages of a prose cell, and look at each by itself."""
    if wrong := {"quiz", "hide-input"} & set(cell.tags):
        yield _problem(lesson, cell, f"only code is tagged {wrong.pop()}")
    parts = {code: take_apart(text) for code, text in cell.texts.items()}
    first = next(iter(parts), "")
    for code, part in parts.items():
        begin = cell.lines[code] + 1
        if not cell.texts[code].strip():
            yield _problem(lesson, cell, f"the cell is empty in {code}", begin - 1)
        if code != first and _is_copy(parts[first], part):
            yield _problem(lesson, cell, f"not translated: {code} has the same words as {first}", begin - 1)
        for name, one, other in _differences(parts[first], part):
            message = f"the {name} differ: {first} has {one}, {code} has {other}"
            yield _problem(lesson, cell, message, begin - 1)
        for line, message in part.faults:
            yield _problem(lesson, cell, message, begin + line)
        for line, words in part.words:
            for message in style_problems(words, code):
                yield _problem(lesson, cell, message, begin + line)
        for line, text in enumerate(cell.texts[code].splitlines()):
            for message in [] if "terms-ok" in cell.tags else term_problems(text):
                yield _problem(lesson, cell, message, begin + line)


def _is_copy(one: Parts, other: Parts) -> bool:
    """Return whether two languages have the same sentences. Lists may: names, or what to read."""
    words = re.findall(r"[^\W\d_]{2,}", " ".join(text for _, text in other.words))
    return one.words == other.words and len(words) > 3 and "<li>" not in other.outline


def _differences(one: Parts, other: Parts) -> Iterator[tuple[str, str, str]]:
    """Yield the kinds of parts that differ, with what only the one and only the other has."""
    for name in ("formulas", "links", "images", "code_blocks", "inline_code", "numbers"):
        a, b = getattr(one, name), getattr(other, name)
        if a != b:
            yield name.replace("_", " "), _only(a - b), _only(b - a)
    if one.outline != other.outline:
        yield "headings, lists, tables or folded parts", " ".join(one.outline), " ".join(other.outline)


def _only(items: Iterable[str]) -> str:
    """Name what only one language has."""
    return ", ".join(f"`{item.strip()}`" for item in sorted(items)) or "nothing more"
