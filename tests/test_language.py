"""Every text in every language, and a font that has its letters."""

import string
import subprocess
import sys
from importlib import resources

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest
from matplotlib import font_manager

from coursekit import language

LANGUAGES = sorted(language.languages())
LABELS = language.read_toml("labels.toml")["labels"]


def texts_of(node, where):
    """Yield place and table of every text below a node; a text is a table of strings, an entry a language."""
    if isinstance(node, str) or (isinstance(node, dict) and all(isinstance(v, str) for v in node.values())):
        yield where, node
    elif isinstance(node, (dict, list)):
        for key, child in node.items() if isinstance(node, dict) else enumerate(node, 1):
            yield from texts_of(child, f"{where}/{key}")


def placeholders(text):
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


def all_texts():
    """Return place and table of every text in labels.toml and exercises/*.toml."""
    files = [f.name for f in resources.files("coursekit.exercises").iterdir() if f.name.endswith(".toml")]
    nodes = {"labels": LABELS} | {name: language.read_toml(f"exercises/{name}") for name in sorted(files)}
    return [found for name, node in nodes.items() for found in texts_of(node, name)]


@pytest.mark.parametrize(("where", "texts"), all_texts())
def test_every_text_is_there_in_every_language(where, texts):
    assert sorted(texts) == LANGUAGES
    assert all(text.strip() for text in texts.values())


@pytest.mark.parametrize(("key", "texts"), LABELS.items())
def test_a_label_has_the_same_placeholders_in_every_language(key, texts):
    assert len({tuple(placeholders(text)) for text in texts.values()}) == 1


@pytest.mark.parametrize("code", LANGUAGES)
def test_text_is_the_label_of_the_language(code):
    language.set_language(code)
    assert language.get_language() == code
    assert language.text("epoch") == LABELS["epoch"][code]


@pytest.mark.parametrize("code", LANGUAGES)
def test_values_fill_the_placeholders(code):
    language.set_language(code)
    label = language.text("lowest_at_epoch", epoch=17)
    assert "17" in label
    assert "{" not in label


@pytest.mark.parametrize("code", ["fr", "", "JA", None, 3, [], b"ja"])
def test_an_unknown_language_lists_the_known_ones_and_changes_nothing(code):
    language.set_language("ja")
    with pytest.raises(ValueError, match="`code`") as problem:
        language.set_language(code)
    assert all(repr(known) in str(problem.value) for known in LANGUAGES)
    assert f"Received: code={code!r}" in str(problem.value)
    assert language.get_language() == "ja"


@pytest.mark.parametrize("key", ["no such label", "", None, 3, []])
def test_an_unknown_label_is_named(key):
    with pytest.raises(KeyError, match="`key` must be a key of labels") as problem:
        language.text(key)
    assert repr(key) in problem.value.args[0]


def test_a_missing_value_is_named():
    with pytest.raises(KeyError, match=r"lowest_at_epoch.*needs a value for 'epoch'"):
        language.text("lowest_at_epoch", epochs=3)


def test_a_missing_translation_names_place_and_language():
    with pytest.raises(KeyError, match="lesson 01 has no text in 'en'"):
        language.translate({"ja": "損失"}, where="lesson 01")


def test_braces_without_values_stay_as_they_are():
    assert language.translate({"en": "a set: {1, 2}"}) == "a set: {1, 2}"


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_fonts_of_a_language_are_in_use_and_installed(code):
    language.set_language(code)
    assert mpl.rcParams["font.family"] == language.fonts()
    for family in language.fonts():
        font_manager.findfont(family, fallback_to_default=False)


def test_japanese_comes_before_the_font_for_the_rest():
    language.set_language("ja")
    assert language.fonts() == ["IPAexGothic", "DejaVu Sans"]


def test_the_font_comes_with_its_package_where_the_machine_has_none(monkeypatch):
    manager = font_manager.fontManager
    bare = [entry for entry in manager.ttflist if "IPA" not in entry.name]
    monkeypatch.setattr(manager, "ttflist", bare)
    language.set_language("ja")
    assert "IPAexGothic" in {entry.name for entry in manager.ttflist}


def test_a_missing_font_package_does_not_stop_the_lesson(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    language.set_language("ja")
    assert language.get_language() == "ja"


def test_a_font_changes_no_other_setting():
    before = dict(mpl.rcParams)
    language.set_language("ja")
    changed = {name for name, value in mpl.rcParams.items() if value != before[name]}
    assert changed == {"font.family"}


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_letter_is_missing_in_a_figure(code):
    """Missing letters are failures: pyproject.toml makes the warning an error, conftest.py reads matplotlib's log."""
    language.set_language(code)
    fig, ax = plt.subplots()
    # In a label with a formula matplotlib uses one font alone, so superscripts belong into the formula there.
    ax.set_title(f"{language.text('penalty')} $\\lambda = 10^{{-3}}$, λ = 0.1 ± 0.02, Σw², ½, −1")
    ax.set_xlabel(f"{language.text('accuracy')} 10⁻³ λ ✗ ✓ →")
    ax.set_yscale("log")
    ax.text(0.5, 0.5, "\n".join(table[code] for table in LABELS.values()))
    fig.canvas.draw()
    plt.close(fig)


STYLES = [*plt.style.available, "default"]


@pytest.mark.parametrize("style", STYLES)
def test_figures_are_readable_after_any_style(style):
    """Drawn when the settings are long as before: missing letters are failures, as above."""
    with mpl.rc_context():
        language.set_language("ja")
        plt.style.use(style)
        before = dict(mpl.rcParams)
        with language.readable_figures():
            fig, ax = plt.subplots()
            ax.bar(["訓練", "検証"], [1, 2], label=language.text("accuracy"))
            ax.legend()
        ax.set_title(language.text("training_data"))
        ax.set_xlabel(f"{language.text('strength')} $10^{{-3}}$")
        assert dict(mpl.rcParams) == before
        fig.canvas.draw()
        assert ax.title.get_fontfamily() == language.fonts()
    plt.close(fig)


def test_as_a_decorator_it_looks_at_the_settings_of_each_call():
    families = language.readable_figures()(lambda: list(mpl.rcParams["font.family"]))
    with mpl.rc_context():
        language.set_language("ja")
        assert families() == language.fonts()
        mpl.rcdefaults()
        assert families() == language.fonts()
        language.set_language("en")
        mpl.rcdefaults()
        assert families() == ["sans-serif"]


def test_a_setting_that_a_figure_changes_stays_as_the_first_figure_in_a_notebook_switches_showing_on():
    with mpl.rc_context({"interactive": False}):
        with language.readable_figures():
            mpl.interactive(True)
        assert mpl.is_interactive()


def test_a_font_of_the_readers_own_stays_where_it_has_the_letters():
    with mpl.rc_context():
        language.set_language("ja")
        mpl.rcParams["font.family"] = ["DejaVu Sans", "IPAexGothic"]
        assert not language.font_has_letters()
        mpl.rcParams["font.family"] = ["IPAexGothic"]
        assert language.font_has_letters()
        with language.readable_figures():
            assert mpl.rcParams["font.family"] == ["IPAexGothic"]


def test_what_a_figure_turns_on_stays_on():
    """In a notebook the first figure makes matplotlib interactive; undone, no later figure would be shown."""
    with mpl.rc_context():
        mpl.interactive(False)
        with language.readable_figures():
            mpl.interactive(True)
        assert mpl.is_interactive()


def test_choosing_a_language_loads_no_keras():
    code = "import sys; from coursekit import language; language.set_language('ja'); print('keras' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
