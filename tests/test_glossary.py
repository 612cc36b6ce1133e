"""The glossary: every term of the table, the reader's language first."""

import csv
import re
from importlib import resources
from pathlib import Path

import pytest

from coursekit import language
from coursekit.authoring.markdown import take_apart
from coursekit.authoring.wording import style_problems
from coursekit.glossary import glossary

SOURCES = sorted((Path(__file__).parents[1] / "notebooks" / "source").glob("*.py"))


def table():
    return list(
        csv.DictReader(resources.files("coursekit").joinpath("glossary.csv").read_text("utf-8").splitlines())
    )


@pytest.mark.parametrize("code", sorted(language.languages()))
def test_every_term_stands_there_in_every_language(code):
    language.set_language(code)
    head, *body = glossary().rows
    assert head[0] == language.languages()[code]
    others = [other for other in language.languages() if other != code]
    columns = (code, *others, f"{code}_definition", "lesson", "also")
    assert {tuple(cells) for cells in body} == {tuple(row[c] for c in columns) for row in table()}
    assert len(body) == len(table()) > 80


def test_every_cell_that_is_needed_is_filled_and_no_term_comes_twice():
    for code in language.languages():
        assert all(row[code] and row[f"{code}_definition"] for row in table())
        names = [row[code] for row in table()]
        assert len(set(names)) == len(names)
    assert all(re.fullmatch("[ぁ-んー0-9]+", row["ja_reading"]) for row in table())


def test_terms_are_sorted_as_the_reader_expects():
    english = [cells[0].lower() for cells in glossary().rows[1:]]
    assert english == sorted(english)
    language.set_language("ja")
    japanese = [cells[0] for cells in glossary().rows[1:]]
    expected = ["過学習", "学習率", "データ拡張", "データ損失", "テストデータ", "ドロップアウト", "汎化"]
    assert sorted(expected, key=japanese.index) == expected
    assert japanese[0] == "アンサンブル"
    assert japanese[-1] == "劣勾配"


def test_a_lesson_uses_every_term_and_the_named_lesson_exists():
    text = "\n".join(path.read_text("utf-8") for path in SOURCES)
    for row in table():
        assert row["lesson"] in {path.stem for path in SOURCES}
        assert row["ja"].split("（")[0] in text, row["ja"]
        assert row["en"].split()[0].lower() in text.lower(), row["en"]


@pytest.mark.parametrize("code", sorted(language.languages()))
def test_definitions_keep_the_rules_of_style(code):
    for row in table():
        for _, words in take_apart(row[f"{code}_definition"]).words:
            assert list(style_problems(words, code)) == []
        assert row[f"{code}_definition"].endswith({"ja": "。", "en": "."}[code])


def test_a_notebook_shows_a_table_with_links_and_the_forbidden_terms_stay_out():
    shown = glossary()._repr_html_()
    assert shown.count("<tr>") == len(table()) + 1
    assert "過学習" in shown
    assert '<a href="03_l2.ipynb">03</a>' in shown
    forbidden = [row["never"] for row in table() if row["never"]]
    assert forbidden
    assert not any(pattern in shown or pattern in repr(glossary()) for pattern in forbidden)
