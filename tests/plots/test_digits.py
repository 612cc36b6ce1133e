"""Images and their labels."""

import numpy as np
import pytest

from coursekit import plots

pytestmark = pytest.mark.usefixtures("reader")


def test_wrong_digits_are_marked():
    fig = plots.plot_digits(np.zeros((3, 64)), [4, 5, 6], wrong=[False, True, False], columns=2)
    assert [ax.get_title() for ax in fig.axes] == ["4", "5 ✗", "6", ""]
    with pytest.raises(ValueError, match="a title for each image"):
        plots.plot_digits(np.zeros((3, 64)), [1, 2])
