from __future__ import annotations

import pytest

from coursekit import language
from coursekit.authoring.markdown import take_apart
from coursekit.authoring.wording import letter_problems, style_problems, term_problems


def said(text: str, code: str) -> list[str]:
    return [message for _, words in take_apart(text).words for message in style_problems(words, code)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("**過学習（overfitting）**とは", "bold that does not render"),
        ("彼は**「はい」**と言った", "bold that does not render"),
        ("これは*「過学習」*です", "or italics"),
        ("ｶﾅです", "half-width kana"),
        ("速く，正しく", "， or ．"),
        ("終わり．", "， or ．"),
        ("２０回", "full-width digits"),
        ("Ｋerasです", "full-width digits"),
        ("40％です", "full-width digits"),
        ("過学習(overfitting)です", "half-width brackets"),
        ("overfitting (過学習) です", "half-width brackets"),
        ("速く, 正しく", "half-width punctuation"),
        ("終わりです.", "half-width punctuation"),
        ("本当ですか?", "half-width punctuation"),
        ("Keras のモデル", "a space between"),
        ("これは Keras です", "a space between"),
        ("20 回", "a space between"),
        ("40% の確率", "a space between"),
        ("関数 `fit`です", "a space between"),
        ("関数`fit` です", "a space between"),
        ("重み $w$です", "a space between"),
        ("重み$w$ です", "a space between"),
        ("です。 Kerasは", "a space between"),
        ("**過学習** Keras", "a space between"),
        ("[Keras](https://keras.io) です", "a space between"),
        ("重み$w$2個", "directly against"),
        ("値x$w$", "directly against"),
        ("して下さい", "spelling"),
        ("よく出来ました。", "spelling"),
        ("わかります", "spelling"),
        ("パラメーター", "spelling"),
        ("出力レイヤ", "spelling"),
    ],
)
def test_what_is_refused_in_japanese(text, message):
    assert any(message in problem for problem in said(text, "ja")), said(text, "ja")


@pytest.mark.parametrize(
    "text",
    [
        "**過学習**（overfitting、過剰適合とも）とは、Kerasの`fit`で$w$を20回学ぶことです。",
        "正解率は0.681 ± 0.027、割合は40%、時間は20秒です。",
        "**満点は、理解の証拠になりません。** ネットワークには余裕があります。",
        "**満点は、理解の証拠になりません。** Kerasには余裕があります。",
        "これは **「はい」** と読みます。",
        "**予想してみよう**　どちらでしょうか。",
        "C. Zhang, S. Bengio (2017). Understanding deep learning. ICLR. [arXiv:1611.03530](https://arxiv.org)",
        "`１２`、`（x）`、`過学習 (a)`は入力の誤りです。",
        "レイヤー、ユーザー、パラメータ、確かわかめ",
        "| 列a | 列b |\n|---|---|\n| 1 | **太字** |",
        "<details><summary>ヒント</summary>\n\n`fit`を使います。\n\n</details>",
        "- Dropout（2014）\n- 文末の数は20\n- `code`",
    ],
)
def test_what_is_good_japanese(text):
    assert said(text, "ja") == []


def test_rules_for_japanese_leave_english_alone():
    text = "The term (過学習) in Japanese, 20 回; **bold**. Is it `fit`?"
    assert said(text, "en") == []
    assert said(text, "ja")


@pytest.mark.parametrize("code", ["en", "xx"])
@pytest.mark.parametrize("text", ["the $n$th", "**a (b)**c", "x$y$"])
def test_rules_for_every_language(text, code):
    assert said(text, code)


@pytest.mark.parametrize(
    ("text", "term"),
    [("正規化（regularization）", "正則化"), ("体重減衰", "重み減衰"), ("一般化性能が高い", "汎化")],
)
def test_forbidden_terms(text, term):
    (problem,) = term_problems(text)
    assert f"write {term}" in problem


def test_terms_that_are_not_forbidden():
    for text in ("正規化（normalization）", "重み減衰", "汎化性能", "一般化する"):
        assert list(term_problems(text)) == []


def test_code_has_no_language():
    assert "this is ja: 過学習" in next(letter_problems('print("過学習")'))
    assert list(letter_problems('print("overfitting ± λ")')) == []


def test_the_package_itself_keeps_the_terms():
    texts = language.read_toml("labels.toml")["labels"] | language.read_toml("authoring/texts.toml")
    found = [
        problem for entry in texts.values() for text in entry.values() for problem in term_problems(text)
    ]
    assert found == []
