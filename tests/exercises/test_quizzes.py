"""`quiz`: every option is folded and explained, in every language."""

import pytest

from coursekit import language
from coursekit.exercises import quiz


@pytest.mark.parametrize("code", ["ja", "en"])
@pytest.mark.parametrize("lesson", ["00", "01"])
def test_every_option_of_a_quiz_is_folded_and_explained(code, lesson):
    language.set_language(code)
    shown = quiz(lesson)
    assert len(shown.questions) >= 4
    page = shown._repr_html_()
    assert page.count("<details") == page.count("</details>") == sum(len(q.options) for q in shown.questions)
    for question in shown.questions:
        assert sum(option.right for option in question.options) == 1
        assert all(option.why for option in question.options)
        assert question.text in repr(shown)


def test_an_unknown_quiz_is_named():
    with pytest.raises(ValueError, match="Received"):
        quiz("99")
