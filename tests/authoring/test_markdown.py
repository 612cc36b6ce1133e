from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursekit.authoring.markdown import BOLD, CODE, MATH, fenced, take_apart

FORMULA = st.from_regex(r"\\?[a-z]([a-z_^{}*|+ ]*[a-z}])?", fullmatch=True)


@given(
    inline=st.lists(FORMULA, max_size=4),
    display=st.lists(FORMULA, max_size=2),
    code=st.lists(FORMULA, max_size=3),
)
def test_formulas_and_code_are_found_whatever_they_hold(inline, display, code):
    words = [f"word ${formula}$" for formula in inline] + [f"`{text}`" for text in code]
    text = " and ".join(words) + "".join(f"\n\n$$\n{formula}\n$$" for formula in display)
    parts = take_apart(text)
    wanted = [f"${formula}$" for formula in inline] + [f"$${formula}$$" for formula in display]
    assert parts.formulas == Counter(formula.replace(" ", "") for formula in wanted)
    assert parts.inline_code == Counter(code)


@pytest.mark.parametrize(
    "text",
    [
        r"\$5 and \$6",
        "it costs $5 and $6",
        "`$x$`",
        "``a ` $x$``",
        "```\n$x$\n```",
        "~~~python\n`$x$`\n~~~",
        "a single ` and\n\nanother ` one",
    ],
)
def test_what_is_no_formula(text):
    assert not take_apart(text).formulas


@pytest.mark.parametrize(
    ("text", "formulas"),
    [
        ("a $$x$$ b", ["$$x$$"]),
        ("text\n$$\nx\n$$\nmore", ["$$x$$"]),
        ("- item\n  $$\n  x\n  $$", ["$$x$$"]),
        ("1. a\n\n   $$\n   x\n   $$", ["$$x$$"]),
        ("> $$\n> x\n> $$", ["$$x$$"]),
        ("$$a$$\n$$b$$", ["$$a$$", "$$b$$"]),
        ("$a_b$と$c_d$**e**", ["$a_b$", "$c_d$"]),
        ("**$x$**", ["$x$"]),
        ("| $x$ | \\$5 |\n|---|---|\n| a | $y$ |", ["$x$", "$y$"]),
    ],
)
def test_formulas_in_any_block(text, formulas):
    parts = take_apart(text)
    assert parts.formulas == Counter(formulas)
    assert not parts.faults


def test_words_in_a_formula_and_its_spaces_may_differ():
    for words in ("text", "mathrm"):
        one = take_apart(rf"$$L = \{words}{{損失}} + \lambda$$")
        assert one.formulas == take_apart(f"$$\nL=\\{words}{{loss}}+\\lambda\n$$").formulas
        assert one.formulas != take_apart(rf"$$L = \{words}{{loss}} - \lambda$$").formulas


def test_links_images_and_code_blocks():
    parts = take_apart(
        "[a](https://example.org/a) <https://example.org/b> ![c](c.png) https://example.org/gです。\n\n"
        '<a href="d.html">d</a> <img src="e.png">\n\n<p><a href="f.html">f</a></p>\n\n```python\nx = 1\n```'
    )
    addresses = [f"https://example.org/{letter}" for letter in "abg"]
    assert parts.links == Counter([*addresses, "d.html", "f.html"])
    assert parts.images == Counter(["c.png", "e.png"])
    assert parts.code_blocks == Counter(["python\nx = 1\n"])


def test_numbers_are_decimals_percentages_and_large_ones_outside_of_formulas_and_code():
    parts = take_apart(
        "0.681 ± 0.027, 40%の1,234.5、0.681 and 3, 12, 99 of 2017, 1,797枚 $0.1$ `0.2` [0.3](0.4)"
    )
    wanted = ["0.681", "0.027", "40%", "1234.5", "0.681", "2017", "1797", "0.3"]
    assert parts.numbers == Counter(wanted)


def test_outline_is_headings_list_items_tables_and_folded_parts():
    text = "# a\n\n- b\n- c\n\n| d | e |\n|---|---|\n| f | g |\n\n<details><summary>h</summary>\n\ni\n\n</details>"
    wanted = ["<h1>", "<li>", "<li>", "<tr>", "<th>", "<th>", "<tr>", "<details>", "</details>"]
    assert take_apart(text).outline == wanted


def test_words_have_their_line_and_marks_for_what_is_no_word():
    parts = take_apart("# One\n\n$$\nx\n$$\n\n**two** `code`\nthree $y$\n\n<details>\n\n- four")
    assert [(line, words) for line, words in parts.words if words] == [
        (0, "One"),
        (2, f"${MATH}$"),
        (6, f"{BOLD}two{BOLD} {CODE}"),
        (7, f"three ${MATH}$"),
        (11, "four"),
    ]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("| a | b |\n|---|---|\n| $|w|$ | c |", 2, "must not hold `|`: write \\lvert,"),
        ("<details><summary>a</summary>\n\nb", 0, "must come in pairs"),
        ("a\n\n<details><summary>b</summary>\nthe `c`\n</details>", 3, "directly below HTML"),
    ],
)
def test_faults(text, line, message):
    ((at, said),) = take_apart(text).faults
    assert at == line
    assert message in said


def test_tables_and_folded_parts_without_a_fault():
    text = r"| $\lvert w \rvert$ | $b$ |" + "\n|---|---|\n| c | d |\n\n$|w|$\n\n<details>\n\n</details>"
    assert take_apart(text).faults == []


@given(code=st.text("`~ax\n", min_size=1))
def test_a_fence_holds_any_code(code):
    assert take_apart(fenced(code)).code_blocks == Counter([f"python\n{code}\n"])
