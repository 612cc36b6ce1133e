"""The glossary: every term of the table, the reader's language first."""

import csv
from importlib import resources

import pytest

from coursekit import language
from coursekit.glossary import glossary


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
    wanted = {tuple(row[c] for c in (code, *others, "also")) for row in table()}
    assert {tuple(cells) for cells in body} == wanted
    assert len(body) == len(table()) > 80


def test_terms_are_sorted_by_their_english_names():
    terms = [term["en"].lower() for term in glossary().terms]
    assert terms == sorted(terms)


def test_a_notebook_shows_a_table_and_the_forbidden_terms_stay_out():
    shown = glossary()._repr_html_()
    assert shown.count("<tr>") == len(table()) + 1
    assert "過学習" in shown
    forbidden = [row["never"] for row in table() if row["never"]]
    assert forbidden
    assert not any(pattern in shown or pattern in repr(glossary()) for pattern in forbidden)
