"""Rules for running text: markdown that renders, terms that the course does not use.

A rule is a regular expression and what to say where it matches. Rules of one language belong to that
language through the table `RULES`; a language without an entry has only those of `EVERYWHERE`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import cache
from importlib import resources

from coursekit.authoring.markdown import BOLD, CODE, MATH

__all__ = ["letter_problems", "style_problems", "term_problems"]

_JA = "ぁ-ゖァ-ヺー々〆㐀-䶿一-鿿"  # kana and kanji
_JA_MARK = _JA + "、。「」『』（）・：；？！"
_LATIN = rf"A-Za-z0-9{CODE}$"

EVERYWHERE = {
    r"\*\*|__|\*[^\s*][^*]*\*": (
        "bold that does not render, or italics: a run holds words only, its brackets stand outside"
    ),
    rf"[A-Za-z0-9]\${MATH}\$|\${MATH}\$[A-Za-z0-9]": "Latin letters or digits directly against `$`",
}
RULES = {
    "ja": {
        r"[，．]": "， or ．: write 、 or 。",
        r"[０-９Ａ-Ｚａ-ｚ％]": "full-width digits, Latin letters or %: write half-width ones",
        r"[ｦ-ﾟ]": "half-width kana: write full-width ones",
        rf"\([^()]*[{_JA}][^()]*\)|[{_JA}]\(|\)[{_JA}]": "half-width brackets around Japanese: write （）",
        rf"[{_JA}]([,?!]|\.(\s|$))": "half-width punctuation after Japanese: write 、。？",
        rf"[{_JA_MARK}] +[{_LATIN}]|[{_LATIN}%] +[{_JA_MARK}]": "a space between Japanese and Latin, code or `$`",
        r"下さい|出来[るたてなまれ]|わか[るりらっ]|パラメーター|レイヤ(?!ー)|ユーザ(?!ー)": (
            "spelling: ください, できる, 分かる, パラメータ, レイヤー, ユーザー"
        ),
    },
}
# Letters that only one language has: code that holds them would show them to all readers.
LETTERS = {"ja": f"[{_JA}]"}


def style_problems(words: str, code: str) -> Iterator[str]:
    """Yield what is wrong with a line of running text.

    Args:
        words: the text, as in `markdown.Parts.words`.
        code: its language.
    """
    # A bold run that ends in 。 needs a space behind it to render; elsewhere the edge does not matter.
    plain = re.sub(rf"(?<=\w){BOLD}|{BOLD}(?=\w)", "", words)
    for pattern, message in (EVERYWHERE | RULES.get(code, {})).items():
        if match := re.search(pattern, plain):
            excerpt = plain[max(match.start() - 8, 0) : match.end() + 8]
            yield f"{message}: …{_readable(excerpt)}…"


def term_problems(line: str) -> Iterator[str]:
    """Yield the forbidden terms (column ``never`` of ``glossary.csv``) in a line, with the right ones."""
    for pattern, term in _never().items():
        if match := pattern.search(line):
            yield f"{match[0]} is not used in this course: write {term}"


def letter_problems(line: str) -> Iterator[str]:
    """Yield a message if a line of code holds letters of one language."""
    for code, pattern in LETTERS.items():
        if match := re.search(f"{pattern}+", line):
            yield f"code is the same in every language, but this is {code}: {match[0]}"


def _readable(words: str) -> str:
    return words.replace(CODE, "`…`").replace(MATH, "…").replace(BOLD, "")


@cache
def _never() -> dict[re.Pattern[str], str]:
    """Return the glossary's forbidden patterns, and what to write instead."""
    text = resources.files("coursekit").joinpath("glossary.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {re.compile(row["never"]): f"{row['ja']} ({row['en']})" for row in rows if row["never"]}
