"""The course's terms in every language, from one table: ``glossary.csv``."""

from __future__ import annotations

import csv
import html
from dataclasses import dataclass
from importlib import resources

from coursekit import language


@dataclass(frozen=True)
class Glossary:
    """The terms of the course; a notebook shows them as a table, the reader's language first.

    Attributes:
        terms: a dictionary a term: one entry per language code, and other names under ``"also"``.
    """

    terms: tuple[dict[str, str], ...]

    @property
    def rows(self) -> list[list[str]]:
        """The head and the terms, sorted by the English term; the reader's language first, other names last."""
        names = language.languages()
        codes = sorted(names, key=lambda code: code != language.get_language())
        body = [[term.get(code, "") for code in codes] + [term["also"]] for term in self.terms]
        return [[*(names[code] for code in codes), language.text("other_names")], *body]

    def __repr__(self) -> str:
        return "\n".join(" | ".join(cells).rstrip(" |") for cells in self.rows)

    def _repr_html_(self) -> str:
        head, *body = self.rows
        lines = ["<table>", _line("th", head), *(_line("td", cells) for cells in body), "</table>"]
        return "\n".join(lines)


def glossary() -> Glossary:
    """Return the terms of the course, sorted by their English names."""
    text = resources.files("coursekit").joinpath("glossary.csv").read_text(encoding="utf-8")
    terms = [
        {name: cell for name, cell in row.items() if name != "never"}
        for row in csv.DictReader(text.splitlines())
    ]
    return Glossary(tuple(sorted(terms, key=lambda term: term["en"].lower())))


def _line(tag: str, cells: list[str]) -> str:
    # Aligned to the left: notebooks align tables to the right, as for numbers.
    inner = "".join(f'<{tag} style="text-align: left">{html.escape(cell)}</{tag}>' for cell in cells)
    return f"<tr>{inner}</tr>"
