"""Keras' losses above the data losses: they differ by the penalty."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from numpy.testing import assert_allclose

from coursekit import language, plots
from coursekit.training import History

RNG = np.random.default_rng(0)
COLUMNS = {name: RNG.uniform(1, 2, 20) for name in ("data_loss", "penalty", "val_data_loss", "val_penalty")}


@pytest.fixture(autouse=True)
def closed_afterwards():
    yield
    plt.close("all")


@pytest.mark.parametrize("code", language.languages())
def test_each_loss_is_drawn_with_and_without_its_penalty(code):
    language.set_language(code)
    ax = plots.plot_penalized_loss(History(COLUMNS))
    lines = {line.get_label(): line for line in ax.get_lines()}
    expected = {
        language.text("training_data"): COLUMNS["data_loss"],
        language.text("validation_data"): COLUMNS["val_data_loss"],
        language.text("keras_loss", name="loss"): COLUMNS["data_loss"] + COLUMNS["penalty"],
        language.text("keras_loss", name="val_loss"): COLUMNS["val_data_loss"] + COLUMNS["val_penalty"],
    }
    assert set(lines) == set(expected)
    for label, values in expected.items():
        assert_allclose(lines[label].get_ydata(), values)
        assert_allclose(lines[label].get_xdata(), np.arange(1, 21))
    assert ax.get_ylabel() == language.text("loss")
    ax.figure.canvas.draw()


def test_a_run_without_validation_data_is_refused():
    history = History({"data_loss": [1.0], "penalty": [0.1]})
    with pytest.raises(ValueError, match="`history` must have validation data"):
        plots.plot_penalized_loss(history)
