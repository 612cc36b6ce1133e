"""What a network says of wrongly labeled images, epoch by epoch."""

import numpy as np
import pytest

from coursekit import plots
from coursekit.language import text

ANSWERS = [[5, 3], [1, 2], [8, 2], [8, 9]]
WRONG, TRUE = [8, 9], [1, 2]


@pytest.mark.usefixtures("reader")
def test_the_shares_of_true_wrong_and_other_answers():
    ax = plots.plot_memorizing(ANSWERS, WRONG, TRUE)
    lines = {line.get_label(): line for line in ax.get_lines()}
    expected = {
        "given_true_label": [0, 1, 0.5, 0],
        "given_wrong_label": [0, 0, 0.5, 1],
        "given_another_label": [1, 0, 0, 0],
    }
    assert set(lines) == {text(key) for key in expected}
    for key, shares in expected.items():
        np.testing.assert_array_equal(lines[text(key)].get_xdata(), [1, 2, 3, 4])
        np.testing.assert_allclose(lines[text(key)].get_ydata(), shares)
    assert ax.get_xlabel() == text("epoch")


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (([1, 2], WRONG, TRUE), "answers"),
        ((ANSWERS, [8], TRUE), "wrong_labels"),
        ((ANSWERS, WRONG, [1, 2, 3]), "true_labels"),
    ],
)
def test_what_does_not_fit_is_refused(arguments, name):
    with pytest.raises(ValueError, match=f"`{name}`"):
        plots.plot_memorizing(*arguments)
