"""The course's terms in every language, from one table: ``glossary.csv``."""

from __future__ import annotations

import csv
import html
import unicodedata
from dataclasses import dataclass
from importlib import resources

from coursekit import language

__all__ = ["Glossary", "glossary"]


def __dir__() -> list[str]:
    return __all__  # completion shows no module that is merely used here


# A dictionary's order of kana: small ones as large ones, and a long vowel as the vowel that it makes longer.
_LARGE = str.maketrans("ぁぃぅぇぉっゃゅょ", "あいうえおつやゆよ")
_ROWS = {
    "あ": "あかさたなはまやらわ",
    "い": "いきしちにひみり",
    "う": "うくすつぬふむゆる",
    "え": "えけせてねへめれ",
    "お": "おこそとのほもよろを",
}


@dataclass(frozen=True)
class Glossary:
    """The terms of the course; a notebook shows them as a table, the reader's language first.

    Attributes:
        terms: a dictionary a term: for each language code ``"en"`` its name and ``"en_definition"`` its meaning, and
            where names do not sort as they are written ``"ja_reading"``; ``"also"`` for other Japanese names;
            ``"lesson"`` for the file name, without its ending, of the lesson that explains it.
    """

    terms: tuple[dict[str, str], ...]

    @property
    def rows(self) -> list[list[str]]:
        """The head and the terms in the reader's order: names in each language, meaning, lesson, other names."""
        names, reader = language.languages(), language.get_language()
        codes = sorted(names, key=lambda code: code != reader)
        head = [*(names[code] for code in codes), *map(language.text, ("meaning", "lesson", "other_names"))]
        terms = sorted(self.terms, key=lambda term: _order(term.get(f"{reader}_reading") or term[reader]))
        body = [
            [*(term[code] for code in codes), term[f"{reader}_definition"], term["lesson"], term["also"]]
            for term in terms
        ]
        return [head, *body]

    def __repr__(self) -> str:
        return "\n".join(" | ".join(cells).rstrip(" |") for cells in self.rows)

    def _repr_html_(self) -> str:
        head, *body = ([html.escape(cell) for cell in cells] for cells in self.rows)
        for cells in body:
            cells[-2] = f'<a href="{cells[-2]}.ipynb">{cells[-2][:2]}</a>'
        lines = ["<table>", _line("th", head), *(_line("td", cells) for cells in body), "</table>"]
        return "\n".join(lines)


def glossary() -> Glossary:
    """Return the terms of the course."""
    text = resources.files("coursekit").joinpath("glossary.csv").read_text(encoding="utf-8")
    terms = [
        {name: cell for name, cell in row.items() if name != "never"}
        for row in csv.DictReader(text.splitlines())
    ]
    return Glossary(tuple(terms))


def _order(name: str) -> tuple[str, str]:
    """Return what sorts a name as a dictionary does: without case, and か and が as one letter."""
    letters = unicodedata.normalize("NFD", name.lower().translate(_LARGE))
    plain = ""
    for letter in letters:
        if letter == "ー":
            letter = next((vowel for vowel, row in _ROWS.items() if plain[-1:] in row), "")
        if not unicodedata.combining(letter or "ー"):
            plain += letter
    return plain, letters


def _line(tag: str, cells: list[str]) -> str:
    # Aligned to the left: notebooks align tables to the right, as for numbers.
    inner = "".join(f'<{tag} style="text-align: left">{cell}</{tag}>' for cell in cells)
    return f"<tr>{inner}</tr>"
