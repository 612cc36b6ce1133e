"""Every claim of a lesson has exactly one test, and every test a claim."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from coursekit.authoring import source

HERE = Path(__file__).parent
LESSONS = sorted((HERE.parents[1] / "notebooks" / "source").glob("*.py"))


def test_claims_and_their_tests_are_the_same():
    claimed = {name for lesson in LESSONS for name in source.claims(lesson)}
    measured = Counter(
        name
        for path in HERE.glob("test_*.py")
        for name in re.findall(r'mark\.claim\(\s*"([^"]+)"', path.read_text(encoding="utf-8"))
    )
    assert LESSONS
    assert claimed == set(measured)
    assert set(measured.values()) == {1}
