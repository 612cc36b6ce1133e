from __future__ import annotations

import re

import pytest


def messages(found) -> list[str]:
    return [message for _, _, message in found]


@pytest.mark.parametrize(
    ("ja", "en", "message"),
    [
        ("式$x$です", "formula $y$", "formulas differ: ja has `$x$`, en has `$y$`"),
        ("式$x$と$x$です", "formula $x$", "formulas differ: ja has `$x$`, en has nothing more"),
        ("[題](a.html)", "[title](b.html)", "links differ: ja has `a.html`, en has `b.html`"),
        ("![図](a.png)", "a picture", "images differ: ja has `a.png`, en has nothing more"),
        ("```\nx = 1\n```", "```\nx = 2\n```", "code blocks differ: ja has `x = 1`, en has `x = 2`"),
        ("`a`です", "this is `b`", "inline code differ: ja has `a`, en has `b`"),
        ("0.68です", "this is 0.69", "numbers differ: ja has `0.68`, en has `0.69`"),
        ("`a`と`a`です", "this is `a`", "inline code differ: ja has `a`, en has nothing more"),
        ("0.5は0.5です", "this is 0.5", "numbers differ: ja has `0.5`, en has nothing more"),
        ("600枚です", "500 images", "numbers differ: ja has `600`, en has `500`"),
        (
            "| 列 |\n|---|\n| 値 |",
            "| a | b |\n|---|---|\n| c | d |",
            "differ: ja has <tr> <th> <tr>, en has <tr> <th> <th>",
        ),
        (
            "https://a.org/です",
            "see https://b.org/",
            "links differ: ja has `https://a.org/`, en has `https://b.org/`",
        ),
        ("40%です", "this is 4 in 10", "numbers differ: ja has `40%`, en has nothing more"),
        ("# 題", "## title", "folded parts differ: ja has <h1>, en has <h2>"),
        ("- あ\n- い", "- a", "differ: ja has <li> <li>, en has <li>"),
    ],
)
def test_what_differs_between_the_languages(refused, prose, ja, en, message):
    ((line, cell, said),) = refused(prose(ja=ja, en=en))
    assert message in said
    assert (line, cell) == (ja.count("\n") + 3, "x")


def test_what_may_differ(refused, prose):
    ja = r"`a`は$x$で、`b`も1つです。2つ目は$\text{損失}$です。0.5と1,797です。"
    en = r"First $\text{loss}$, then $x$: `b` and `a`, with 1797 and 0.5."
    assert refused(prose(ja=ja, en=en)) == []


@pytest.mark.parametrize(
    "text",
    [
        "These words were never translated.",
        "この文は翻訳されていない。この文も翻訳されていない。まだある。そしてまた。",
    ],
)
def test_the_same_words_in_two_languages_are_no_translation(refused, prose, text):
    assert "not translated: en has the same words as ja" in messages(refused(prose(ja=text, en=text)))


@pytest.mark.parametrize(
    "text", ["- A. Ng (2004). Feature selection, and how to do it. ICML.", "$x = 1$", "Elastic Net"]
)
def test_what_needs_no_translation(refused, prose, text):
    assert refused(prose(ja=text, en=text)) == []


def test_problems_of_one_language_have_their_line(refused, prose):
    found = refused(
        prose(ja="題\n\nこれは Keras です\n\n体重減衰", en="Title\n\nThis is Keras\n\nx$y$ and $y$ $y$")
    )
    assert [(line, re.split(r"[:,]", message)[0]) for line, _, message in found] == [
        (4, "a space between Japanese and Latin"),
        (6, "体重減衰 is not used in this course"),
        (7, "the formulas differ"),
        (12, "Latin letters or digits directly against `$`"),
    ]


def test_a_cell_may_quote_a_forbidden_term(refused, prose):
    assert messages(refused(prose(ja="体重減衰", en="weight decay")))
    assert refused(prose(ja="体重減衰", en="weight decay", options='tags=["terms-ok"]')) == []


def test_code_holds_no_language(refused):
    assert refused('# %% id="c"\nx = 1\nprint("損失")\n')[0][::2] == (
        3,
        "code is the same in every language, but this is ja: 損失",
    )
    assert refused('# %% id="c" tags=["terms-ok"]\nprint("損失")\n') == []


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ('# %% id="c"\n', "the cell is empty"),
        ('# %% id="c" tags=["quiz"]\nx = 1\n', "a cell tagged quiz calls"),
        ('# %% id="c" tags=["set-up"]\n', "exactly one cell must be tagged set-up. Received: 2"),
        ('# %% [markdown] lang="ja" id="x"\n# %% [markdown] lang="en" id="x"\n', "the cell is empty in ja"),
    ],
)
def test_what_is_refused(refused, cells, message):
    assert any(message in said for said in messages(refused(cells))), refused(cells)


def test_the_set_up_cell_comes_first_and_is_empty(refused, title):
    assert messages(refused("", begin='# %% id="c"\n1\n')) == [
        "exactly one cell must be tagged set-up. Received: 0"
    ]
    assert messages(refused("", begin='# %% id="c"\n1\n\n' + title)) == [
        "no code may stand before the set-up cell"
    ]
    assert messages(refused("x = 1\n")) == ["the set-up cell is an empty code cell; the builder fills it"]


def without(exercise: str, tag: str, code: bool) -> str:
    """Return an exercise without its cells of a tag."""
    cells = re.split(r"(?m)^(?=# %%)", exercise)
    return "".join(cell for cell in cells if not (f'"{tag}"' in cell and code != ("[markdown]" in cell)))


@pytest.mark.parametrize(
    ("tag", "code", "message"),
    [
        ("exercise", False, "an exercise without question"),
        ("exercise", True, "an exercise without code cell with the placeholder"),
        ("solution", True, "an exercise without solution"),
        ("check", True, "an exercise without check"),
    ],
)
def test_an_exercise_is_complete(refused, exercise, tag, code, message):
    found = messages(refused(without(exercise, tag, code)))
    assert len(found) == 1
    assert found[0].startswith(message)


def test_an_exercise_without_explanation_or_with_code_that_uses_the_answer(refused, exercise):
    assert refused(without(exercise, "solution", code=False)) == []
    used = exercise.replace(
        '# %% id="ex-sum-check"', '# %% id="use"\ndouble = 2 * 1\n\n# %% id="ex-sum-check"'
    )
    assert refused(used) == []


def test_each_of_two_exercises_is_looked_at(refused, exercise):
    second = exercise.replace("ex-sum", "ex-two")
    assert refused(exercise + second) == []
    for broken in (without(exercise, "check", True) + second, exercise + without(second, "check", True)):
        assert messages(refused(broken)) == ["an exercise without check"]


def test_the_order_of_an_exercise(refused, exercise):
    cells = re.split(r"(?m)^(?=# %%)", exercise)
    assert "an exercise goes: question" in messages(refused("".join(cells[:4] + cells[-1:] + cells[4:-1])))[0]


def test_placeholder_and_check_are_what_they_say(refused, exercise):
    assert messages(refused(exercise.replace("answer = ...", "answer = 0"))) == [
        "the placeholder `...` is missing"
    ]
    changed = exercise.replace('(check := print)("answer:", answer)\ncheck("checked")', "print(answer)")
    assert messages(refused(changed)) == ["a cell tagged check calls `check(…)`"]


def test_all_problems_come_at_once_in_the_order_of_the_file(refused, prose):
    cells = prose("a", ja="，", en="x") + '\n# %% id="B"\n1\n' + prose("c", ja="あ")
    found = refused(cells)
    assert [cell for _, cell, _ in found] == ["a", "B", "c"]
    assert found == sorted(found)
