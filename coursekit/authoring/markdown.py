"""Take the markdown of a prose cell apart: what must agree between languages, and the words alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin

__all__ = ["BOLD", "CODE", "MATH", "Parts", "fenced", "take_apart"]

CODE = "\ue000"  # stands for inline code among the words
MATH = "\ue001"  # for the inside of a formula
BOLD = "\ue002"  # for the edge of a bold run

_NUMBER = re.compile(r"\d[\d,]*\.\d+%?|\d[\d,]*%|\d{1,3}(?:,\d{3})+|\d{3,}")
_ADDRESS = re.compile(r"https?://[\w./#?=&%~+:@-]*[\w/]", re.ASCII)


@dataclass
class Parts:
    """What a prose cell is made of.

    Attributes:
        formulas, links, images, code_blocks, inline_code, numbers: how often each occurs. Numbers are decimals,
            percentages and whole numbers from 100; smaller ones may be words in one language.
        outline: headings, list items, table rows and columns, folded parts, in order.
        words: the running text, as pairs of (line within the cell, text). `CODE`, ``$`` + `MATH` + ``$``
            and `BOLD` stand for what is not words.
        faults: what no renderer shows as it is meant, as pairs of (line within the cell, message).
    """

    formulas: Counter[str] = field(default_factory=Counter)
    links: Counter[str] = field(default_factory=Counter)
    images: Counter[str] = field(default_factory=Counter)
    code_blocks: Counter[str] = field(default_factory=Counter)
    inline_code: Counter[str] = field(default_factory=Counter)
    numbers: Counter[str] = field(default_factory=Counter)
    outline: list[str] = field(default_factory=list)
    words: list[tuple[int, str]] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    # Formulas as notebooks know them: $$ within a line, too, and no equation labels. An escaped \$ stays apart.
    return parser.use(dollarmath_plugin, allow_space=False, allow_labels=False, double_inline=True).disable(
        "text_join"
    )


def take_apart(text: str) -> Parts:
    """Return the parts of a prose cell's markdown."""
    parts, line, in_table = Parts(), 0, False
    for token in _parser().parse(text):
        line = token.map[0] if token.map else line
        _note(token, line, parts)
        in_table = (in_table or token.type == "table_open") and token.type != "table_close"
        if in_table and any(child.type == "text" and "$" in child.content for child in token.children or []):
            # The bar ends the cell, and leaves half a formula on each side.
            parts.faults.append(
                (line, "a formula in a table must not hold `|`: write \\lvert, \\rvert or \\mid")
            )
    if parts.outline.count("<details>") != parts.outline.count("</details>"):
        parts.faults.append((0, "<details> and </details> must come in pairs"))
    for _, words in parts.words:
        parts.numbers.update(number.replace(",", "") for number in _NUMBER.findall(words))
    return parts


def fenced(code: str) -> str:
    """Return Python code as a block of markdown, in a fence longer than any in the code."""
    fence = "`" * (1 + max([2, *map(len, re.findall("`+", code))]))
    return f"{fence}python\n{code}\n{fence}"


def _note(token: Token, line: int, parts: Parts) -> None:
    """Note what a block of markdown holds."""
    if token.type in ("fence", "code_block"):
        parts.code_blocks[f"{token.info}\n{token.content}"] += 1
    elif token.type == "math_block":
        parts.words.append((line, _formula(f"$${token.content}$$", parts).rstrip("\n")))
    elif token.type == "html_block":
        _html(token.content, parts)
        for number, words in enumerate(re.sub(r"<[^>]*>", "", token.content).split("\n"), line):
            parts.words.append((number, words))
            if re.search(r"`|\*\*|\]\(", words):
                parts.faults.append(
                    (number, "markdown directly below HTML does not render: leave a line empty")
                )
    elif token.type in ("heading_open", "list_item_open", "tr_open", "th_open"):
        parts.outline.append(f"<{token.tag}>")
    elif token.type == "inline":
        words = "".join(_flatten(token.children or [], parts))
        parts.words += enumerate(words.split("\n"), line)


def _formula(text: str, parts: Parts) -> str:
    """Note a formula without what may differ, white space and words, and return what stands for it among the words."""
    same = re.sub(r"\\(text|mathrm)\{[^{}]*\}", r"\\\1{}", re.sub(r"\s+", "", text))
    parts.formulas[same] += 1
    # The lines stay, so that problems are found on the right one.
    return f"${MATH}$" + "\n" * text.count("\n")


def _html(text: str, parts: Parts) -> None:
    """Count the links and images that are written as HTML, and the parts that fold."""
    parts.links.update(re.findall(r"<a\b[^>]*\bhref=[\"']([^\"']*)", text))
    parts.images.update(re.findall(r"<img\b[^>]*\bsrc=[\"']([^\"']*)", text))
    parts.outline += [f"{tag}>" for tag in re.findall(r"</?details\b", text)]


def _flatten(tokens: list[Token], parts: Parts) -> Iterator[str]:
    """Yield the words of a paragraph, and note its links, images and code."""
    linked = False
    for token in tokens:
        if token.type.startswith("math_inline"):
            yield _formula(f"{token.markup}{token.content}{token.markup}", parts)
        elif token.type == "code_inline":
            parts.inline_code[token.content] += 1
            yield CODE
        elif token.type == "image":
            parts.images[str(token.attrs["src"])] += 1
            yield token.content
        elif token.type == "link_open":
            parts.links[str(token.attrs["href"])] += 1
            linked = True
        elif token.type == "link_close":
            linked = False
        elif token.type == "html_inline":
            _html(token.content, parts)
        elif token.type in ("strong_open", "strong_close"):
            yield BOLD
        elif token.type in ("softbreak", "hardbreak"):
            yield "\n"
        else:
            if not linked:  # most renderers make a link of a bare address
                parts.links.update(_ADDRESS.findall(token.content))
            yield token.content
