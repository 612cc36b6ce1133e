"""The reader's language: every word that a figure, a widget or a check shows.

The texts stand side by side in TOML files, one table per key and one entry per language, so that a
translation that is missing is seen at once. Another language needs a ``[languages.…]`` table and its
entries in these files, and no change in the code.
"""

from __future__ import annotations

import importlib.util
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import resources
from pathlib import Path

from coursekit._arguments import received

__all__ = [
    "font_has_letters",
    "font_in_use",
    "fonts",
    "get_language",
    "languages",
    "read_toml",
    "readable_figures",
    "set_language",
    "text",
    "translate",
]


def __dir__() -> list[str]:
    return __all__  # completion shows no module that is merely used here


_current = "en"


@cache
def read_toml(name: str) -> dict:
    """Return a TOML file of the package, such as ``labels.toml``, read once."""
    return tomllib.loads(resources.files("coursekit").joinpath(name).read_text(encoding="utf-8"))


def languages() -> dict[str, str]:
    """Return the known languages as ``{code: name}``, the name written in the language itself."""
    return {code: table["name"] for code, table in read_toml("labels.toml")["languages"].items()}


def get_language() -> str:
    """Return the code of the language in use."""
    return _current


def fonts() -> list[str]:
    """Return the font families of the language in use, the first one first."""
    return list(read_toml("labels.toml")["languages"][_current]["fonts"])


def set_language(code: str) -> None:
    """Choose the language of figures, widgets and checks, and a font that has its letters.

    Args:
        code: a language code, one of `languages()`: ``"ja"`` or ``"en"``.

    Raises:
        ValueError: if the language is not known.
    """
    global _current
    known = languages()
    if not isinstance(code, str) or code not in known:
        raise ValueError(f"`code` must be one of {', '.join(map(repr, known))}. {received('code', code)}")
    _use_font(read_toml("labels.toml")["languages"][code])
    _current = code


def _use_font(table: dict) -> None:
    """Make matplotlib use the fonts of a language, from the package that bundles them.

    The package is found but not imported, because its import changes settings. Where it is missing, matplotlib warns
    of the font and `environment.check` says what to do.
    """
    import matplotlib as mpl
    from matplotlib import font_manager

    package = table.get("font_package")
    if package and (spec := importlib.util.find_spec(package)) and spec.origin:
        known = {entry.fname for entry in font_manager.fontManager.ttflist}
        for path in sorted(Path(spec.origin).parent.rglob("*.ttf")):
            if str(path) not in known:
                font_manager.fontManager.addfont(path)
    # The order matters: with DejaVu first, labels that mix $…$ and Japanese silently show boxes.
    mpl.rcParams["font.family"] = table["fonts"]


def font_in_use() -> str:
    """Return the name of the font that matplotlib takes for text now: the first one of its settings that is there."""
    from matplotlib.font_manager import FontProperties

    return FontProperties().get_name()


def font_has_letters() -> bool:
    """Return whether the font in use has the letters of the reader's language, by the name of that language.

    It may not: a style such as ``"seaborn-v0_8"`` and `matplotlib.rcdefaults` replace what `set_language` chose.
    """
    from matplotlib import font_manager

    font = font_manager.get_font(font_manager.findfont(font_manager.FontProperties()))
    return all(font.get_char_index(ord(letter)) for letter in languages()[_current])


@contextmanager
def readable_figures() -> Iterator[None]:
    """Make text that is laid into figures here readable, whatever became of matplotlib's settings.

    A text keeps the font that it was made with, so the settings are as they were afterwards. A font of the reader's
    own choice stays where it has the letters. It can also stand above a function, as ``@readable_figures()``.
    """
    import matplotlib as mpl

    # Not `rc_context`: it would undo everything, and the first figure turns on that a notebook shows figures.
    chosen = mpl.rcParams["font.family"]
    if not font_has_letters():
        mpl.rcParams["font.family"] = fonts()
    try:
        yield
    finally:
        mpl.rcParams["font.family"] = chosen


def translate(texts: dict[str, str], *, where: str = "texts", **values: object) -> str:
    """Return the entry of ``texts`` in the reader's language, with ``{names}`` filled in.

    Args:
        texts: ``{language code: text}``.
        where: what to call ``texts`` if an entry is missing.
        values: values for the ``{names}`` in the text.

    Raises:
        KeyError: if the reader's language has no entry, or a ``{name}`` has no value.
    """
    if _current not in texts:
        raise KeyError(f"{where} has no text in {_current!r}")
    text = texts[_current]
    try:
        return text.format(**values) if values else text
    except KeyError as name:
        raise KeyError(f"{where} needs a value for {name}. Received: values for {sorted(values)}") from None


def text(key: str, **values: object) -> str:
    """Return a label in the reader's language.

    Args:
        key: a key of ``labels.toml``, such as ``"epoch"``.
        values: values for the ``{names}`` in the label.

    Raises:
        KeyError: if the key is not known.
    """
    labels = read_toml("labels.toml")["labels"]
    if not isinstance(key, str) or key not in labels:
        raise KeyError(f"`key` must be a key of labels.toml. {received('key', key)}")
    return translate(labels[key], where=f"labels.toml, {key!r}", **values)
