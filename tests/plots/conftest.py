"""What the tests of the figures share: every figure is drawn, in each language where that is asked for, and closed."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pytest

from coursekit import language


@pytest.fixture(params=language.languages())
def reader(request):
    """The test runs once in each language."""
    language.set_language(request.param)
    return request.param


@pytest.fixture(autouse=True)
def drawn_and_closed():
    """Draw every figure of the test, since a letter that the font lacks is found only then, and close it."""
    yield
    for number in plt.get_fignums():
        plt.figure(number).canvas.draw()
    plt.close("all")
