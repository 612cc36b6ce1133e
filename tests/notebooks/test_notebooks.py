"""The committed notebooks: there in every language, the same in each, and fit to be read anywhere.

These tests read the notebooks as plain JSON, without the tool that built them.
"""

from __future__ import annotations

import json
import re
import struct
from base64 import b64decode
from functools import cache
from pathlib import Path

import pytest

from coursekit import language

ROOT = Path(__file__).parents[2]
CODES = list(language.languages())
LESSONS = sorted(path.stem for path in (ROOT / "notebooks" / "source").glob("[0-9][0-9]_*.py"))
NOTEBOOKS = [pytest.param(name, code, id=f"{code}-{name}") for name in LESSONS for code in CODES]
FORBIDDEN = re.compile(
    r"\.cc:\d+\]|WARNING:tensorflow"  # TensorFlow's log
    r"|site-packages|ipykernel_\d+|/home/|/root/|/tmp/|\\Users\\"  # folders of somebody's machine
    r"|\b0x[0-9a-f]{8,}"  # addresses
    r"|\d+%\|[█▏▎▍▌▋▊▉ ]*\|"  # progress bars
)


@cache
def load(name: str, code: str) -> dict:
    return json.loads((ROOT / "notebooks" / code / f"{name}.ipynb").read_text(encoding="utf-8"))


def joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)


def code_cells(name: str, code: str) -> list[dict]:
    return [cell for cell in load(name, code)["cells"] if cell["cell_type"] == "code"]


def outputs(name: str, code: str) -> list[dict]:
    return [output for cell in code_cells(name, code) for output in cell["outputs"]]


def test_every_lesson_has_a_notebook_in_every_language_and_the_other_way_round():
    assert LESSONS
    for code in CODES:
        assert sorted(path.stem for path in (ROOT / "notebooks" / code).glob("*.ipynb")) == LESSONS


@pytest.mark.parametrize("name", LESSONS)
def test_the_languages_have_the_same_cells(name):
    first, *others = (
        [(cell["id"], cell["cell_type"], cell["metadata"]) for cell in load(name, code)["cells"]]
        for code in CODES
    )
    for other in others:
        assert other == first


@pytest.mark.parametrize("name", LESSONS)
def test_only_the_language_of_the_set_up_cell_differs_in_the_code(name):
    first, *others = (
        {cell["id"]: joined(cell["source"]) for cell in code_cells(name, code)} for code in CODES
    )
    for code, other in zip(CODES[1:], others, strict=True):
        assert first["set-up"] != other["set-up"]
        assert first["set-up"].replace(f'"{CODES[0]}"', f'"{code}"') == other.pop("set-up")
        assert {id: source for id, source in first.items() if id != "set-up"} == other


@pytest.mark.parametrize("name", LESSONS)
def test_the_languages_show_outputs_of_the_same_kind(name):
    def kinds(code: str) -> list[tuple[str, list]]:
        return [
            (
                cell["id"],
                [(output["output_type"], sorted(output.get("data", {}))) for output in cell["outputs"]],
            )
            for cell in code_cells(name, code)
        ]

    first, *others = map(kinds, CODES)
    for other in others:
        assert other == first


@pytest.mark.parametrize(("name", "code"), NOTEBOOKS)
def test_all_cells_ran_once_in_order_in_a_fresh_kernel(name, code):
    cells = code_cells(name, code)
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    assert any("image/png" in output.get("data", {}) for output in outputs(name, code))
    for cell in cells:
        if "raises-exception" not in cell["metadata"].get("tags", []):
            assert [o for o in cell["outputs"] if o["output_type"] == "error"] == []
        if "shows-warning" not in cell["metadata"].get("tags", []):
            assert [joined(o["text"]) for o in cell["outputs"] if o.get("name") == "stderr"] == []


@pytest.mark.parametrize(("name", "code"), NOTEBOOKS)
def test_outputs_hold_nothing_of_the_machine_that_made_them(name, code):
    for output in outputs(name, code):
        data = output.get("data", {})
        assert not any("widget" in kind for kind in data)
        texts = [output.get("text", ""), *output.get("traceback", [])]
        texts += [content for kind, content in data.items() if not kind.startswith("image/")]
        for text in texts:
            assert not FORBIDDEN.search(joined(text))


@pytest.mark.parametrize(("name", "code"), NOTEBOOKS)
def test_figures_hold_neither_program_nor_time(name, code):
    for output in outputs(name, code):
        if image := output.get("data", {}).get("image/png"):
            content, position, kinds = b64decode(joined(image)), 8, set()
            while position < len(content):
                length, kind = struct.unpack(">I4s", content[position : position + 8])
                kinds.add(kind)
                position += 12 + length
            assert {b"IHDR", b"IDAT", b"IEND"} <= kinds
            assert not kinds & {b"tEXt", b"iTXt", b"zTXt", b"tIME"}


@pytest.mark.parametrize(("name", "code"), NOTEBOOKS)
def test_metadata_do_not_depend_on_the_machine(name, code):
    notebook = load(name, code)
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert set(notebook["metadata"]) == {"coursekit", "kernelspec", "language_info"}
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    assert "version" not in notebook["metadata"]["language_info"]
    for cell in notebook["cells"]:
        assert set(cell["metadata"]) <= {"tags", "claims", "slideshow", "jupyter"}


@pytest.mark.parametrize(("name", "code"), NOTEBOOKS)
def test_the_size_lets_every_reader_open_it(name, code):
    assert (ROOT / "notebooks" / code / f"{name}.ipynb").stat().st_size <= 700_000


@pytest.mark.parametrize(("name", "code"), NOTEBOOKS)
def test_the_language_of_the_text_is_the_one_of_the_folder(name, code):
    prose = "".join(joined(c["source"]) for c in load(name, code)["cells"] if c["cell_type"] == "markdown")
    kana = len(re.findall("[ぁ-ゖァ-ヺ]", prose))
    assert (kana > len(prose) / 5) if code == "ja" else (kana < len(prose) / 20)


def test_sources_and_notebooks_are_in_order():
    from coursekit.authoring import build, rules, source

    settings = build.Settings(ROOT, github=build.github_setting(ROOT))
    lessons = [source.parse(path) for path in source.sources(ROOT)]
    wrong = [problem for lesson in lessons for problem in rules.problems(lesson)]
    if not wrong:
        wrong = [
            p for lesson in lessons for code in CODES for p in build.state_problems(lesson, code, settings)
        ]
    assert not wrong, "\n".join(map(str, wrong))
