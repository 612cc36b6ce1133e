"""What the tool refuses: languages that drift apart, forbidden terms, Japanese that does not render.

Rules for one language belong to that language through the table `STYLE`; all others hold for every language.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import cache
from importlib import resources

from coursekit.authoring.markdown import BOLD, CODE, MATH, Parts, take_apart
from coursekit.authoring.source import Cell, Lesson, Problem, blocks

_JA = "\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff々〆"
_JA_MARK = _JA + "、。「」『』（）・：；？！"
_HALF = rf"A-Za-z0-9{CODE}$"

EVERYWHERE = {
    r"\*\*|__": "bold that does not render: a bold run holds words only, its brackets stand outside",
    rf"[A-Za-z0-9]\${MATH}\$|\${MATH}\$[A-Za-z0-9]": "Latin letters or digits directly against `$`",
}
STYLE = {
    "ja": {
        r"[，．]": "， or ．: write 、 or 。",
        r"[０-９Ａ-Ｚａ-ｚ]": "full-width digits or Latin letters: write half-width ones",
        rf"\([^()]*[{_JA}][^()]*\)|[{_JA}]\(|\)[{_JA}]": "half-width brackets around Japanese: write （）",
        rf"[{_JA_MARK}] +[{_HALF}]|[{_HALF}%] +[{_JA_MARK}]": "a space between Japanese and Latin, digits, code or `$`",
    },
}


def problems(lesson: Lesson) -> list[Problem]:
    """Return everything that is wrong with a lesson, in the order of the file."""
    found = [
        *lesson.problems,
        *_set_up(lesson),
        *_exercises(lesson),
        *_code(lesson),
        *(problem for cell in lesson.cells if not cell.is_code for problem in _prose(lesson, cell)),
    ]
    return sorted(set(found))


def _problem(lesson: Lesson, cell: Cell, message: str, line: int = 0) -> Problem:
    return Problem(str(lesson.path), line or cell.line, cell.id, message)


def _set_up(lesson: Lesson) -> Iterator[Problem]:
    """The set-up cell: one, empty, before all other code."""
    tagged = [cell for cell in lesson.cells if "set-up" in cell.tags]
    code = [cell for cell in lesson.cells if cell.is_code]
    if len(tagged) != 1:
        yield Problem(str(lesson.path), 1, "set-up", f"one cell is tagged set-up. Received: {len(tagged)}")
        return
    if not tagged[0].is_code or (tagged[0].texts and any(tagged[0].texts.values())):
        yield _problem(lesson, tagged[0], "the set-up cell is an empty code cell; the builder fills it")
    elif code[0] is not tagged[0]:
        yield _problem(lesson, code[0], "no code may stand before the set-up cell")


def _exercises(lesson: Lesson) -> Iterator[Problem]:
    """An exercise: question, placeholder, solution, untagged code that uses the answer (if any), check."""
    wanted = {
        "q": "question (prose)",
        "a": "code cell with the placeholder",
        "s": "solution (code)",
        "c": "check",
    }
    for block in blocks(lesson.cells):
        kinds = "".join(_kind(cell) for cell in block)
        missing = [name for kind, name in wanted.items() if kind not in kinds]
        if missing:
            yield _problem(lesson, block[0], f"an exercise without {', without '.join(missing)}")
        elif not re.fullmatch("q+a+[sn]+r*c+", kinds):
            yield _problem(
                lesson, block[0], "an exercise goes: question, placeholder, solution, code that runs, check"
            )
        for cell in block:
            text = next(iter(cell.texts.values()), "")
            if _kind(cell) == "a" and "..." not in text:
                yield _problem(lesson, cell, "the placeholder `...` is missing")
            if _kind(cell) == "c" and "check(" not in text:
                yield _problem(lesson, cell, "a cell tagged check calls `check(…)`")


def _kind(cell: Cell) -> str:
    """Return a letter for a cell's part in an exercise."""
    if "check" in cell.tags:
        return "c" if cell.is_code else "?"
    if "solution" in cell.tags:
        return "s" if cell.is_code else "n"
    if "exercise" in cell.tags:
        return "a" if cell.is_code else "q"
    return "r"


def _code(lesson: Lesson) -> Iterator[Problem]:
    """Code cells are not empty, and a quiz is a quiz."""
    for cell in lesson.cells:
        text = next(iter(cell.texts.values()), "")
        if "quiz" in cell.tags and not (cell.is_code and "quiz(" in text):
            yield _problem(lesson, cell, "a cell tagged quiz calls `quiz(…)`")
        if "set-up" not in cell.tags and not text.strip():
            yield _problem(lesson, cell, "the cell is empty")


def _prose(lesson: Lesson, cell: Cell) -> Iterator[Problem]:
    """Compare the languages of a prose cell, and look at each by itself."""
    parts = {code: take_apart(text) for code, text in cell.texts.items()}
    first = next(iter(parts), "")
    for code, part in parts.items():
        marker = cell.lines[code]
        for name, message in _differences(parts[first], part):
            yield _problem(lesson, cell, f"{name} differ between {first} and {code}: {message}", marker)
        for line, words in part.words:
            for message in style_problems(words, code):
                yield _problem(lesson, cell, message, marker + 1 + line)
        if "terms-ok" not in cell.tags:
            for number, text in enumerate(cell.texts[code].splitlines(), marker + 1):
                for message in term_problems(text):
                    yield _problem(lesson, cell, message, number)


def _differences(one: Parts, other: Parts) -> Iterator[tuple[str, str]]:
    """Yield the kinds of parts that differ, and how."""
    for name in ("formulas", "links", "images", "fences"):
        a, b = getattr(one, name), getattr(other, name)
        if a != b:
            yield ("code fences" if name == "fences" else name), _only(list(a - b), list(b - a))
    for name in ("code", "numbers"):
        a, b = getattr(one, name), getattr(other, name)
        if a != b:
            yield ("inline code" if name == "code" else name), _only(sorted(a - b), sorted(b - a))
    if one.outline != other.outline:
        yield "headings, tables or folded parts", f"{' '.join(one.outline)} | {' '.join(other.outline)}"


def _only(one: list[str], other: list[str]) -> str:
    return f"{', '.join(map(repr, one)) or '(none)'} | {', '.join(map(repr, other)) or '(none)'}"


def style_problems(words: str, code: str) -> Iterator[str]:
    """Yield what is wrong with a line of running text (see `markdown.Parts.words`) in a language."""
    # A bold run that ends in 。 needs the space behind it to render; any other edge does not matter.
    plain = re.sub(rf"(?<=\w){BOLD}|{BOLD}(?=\w)", "", words)
    for pattern, message in (EVERYWHERE | STYLE.get(code, {})).items():
        if match := re.search(pattern, plain):
            excerpt = plain[max(match.start() - 8, 0) : match.end() + 8]
            yield f"{message}: …{_readable(excerpt)}…"


def _readable(words: str) -> str:
    return words.replace(CODE, "`…`").replace(MATH, "…").replace(BOLD, "")


def term_problems(line: str) -> Iterator[str]:
    """Yield the forbidden terms (column ``never`` of ``glossary.csv``) in a line, with the right ones."""
    for pattern, term in _never().items():
        if match := pattern.search(line):
            yield f"{match[0]} is not used in this course: write {term}"


@cache
def _never() -> dict[re.Pattern[str], str]:
    """Return the glossary's forbidden patterns and what to write instead."""
    text = resources.files("coursekit").joinpath("glossary.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {re.compile(row["never"]): f"{row['ja']} ({row['en']})" for row in rows if row["never"]}
