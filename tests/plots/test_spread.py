"""Fits from many training sets, and their bias and variance."""

import numpy as np
import pytest

from coursekit import plots
from coursekit.language import languages, set_language, text

X = np.linspace(-1, 1, 5)
FITS = np.array([X, X + 1, 2 * X - 1])


def labelled(ax, label):
    (found,) = [line for line in ax.get_lines() if line.get_label() == label]
    return found.get_ydata()


@pytest.mark.parametrize("language", languages())
def test_every_fit_the_mean_and_the_truth_are_drawn(language):
    set_language(language)
    ax = plots.plot_spread(X, FITS, X**2)
    assert len(ax.get_lines()) == 5
    np.testing.assert_allclose(labelled(ax, text("mean_of_fits")), FITS.mean(axis=0))
    np.testing.assert_allclose(labelled(ax, text("true_curve")), X**2)
    np.testing.assert_allclose(labelled(ax, text("one_training_set")), FITS[0])


def test_only_some_of_the_curves_are_drawn_but_the_mean_is_that_of_all():
    ax = plots.plot_spread(X, FITS, X**2, shown=1)
    assert len(ax.get_lines()) == 3
    np.testing.assert_allclose(labelled(ax, text("mean_of_fits")), FITS.mean(axis=0))
    with pytest.raises(ValueError, match="`shown`"):
        plots.plot_spread(X, FITS, X**2, shown=0)


def test_bias_variance_and_their_sum():
    ax = plots.plot_bias_variance([1, 2, 3], [0.5, 0.1, 0.01], [0.01, 0.1, 0.7], "degree")
    np.testing.assert_allclose(labelled(ax, text("bias_and_variance")), [0.51, 0.2, 0.71])
    np.testing.assert_allclose(labelled(ax, text("variance")), [0.01, 0.1, 0.7])
    assert (ax.get_yscale(), ax.get_xlabel()) == ("log", "degree")


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ((X, FITS[:, :3], X), "fits"),
        ((X, FITS, X[:2]), "truth"),
        ((X, np.full_like(FITS, np.inf), X), "fits"),
    ],
)
def test_what_does_not_fit_is_refused(arguments, name):
    with pytest.raises(ValueError, match=f"`{name}`"):
        plots.plot_spread(*arguments)


def test_lengths_must_agree():
    with pytest.raises(ValueError, match="`variance`"):
        plots.plot_bias_variance([1, 2], [0.1, 0.2], [0.1], "degree")


@pytest.mark.usefixtures("reader")
def test_the_parts_of_an_error_stand_one_after_the_other():
    ax = plots.plot_error_parts({"nothing": (0.01, 0.2), "cure": (0.03, 0.05)})
    bias, variance = ax.containers
    assert [bar.get_width() for bar in bias] == [0.01, 0.03]
    assert [(bar.get_x(), bar.get_width()) for bar in variance] == [(0.01, 0.2), (0.03, 0.05)]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["nothing", "cure"]
    assert [label.get_text() for label in ax.get_legend().get_texts()] == [
        text("squared_bias"),
        text("variance"),
    ]


@pytest.mark.parametrize("parts", [{}, [0.1, 0.2], {"a": [0.1]}, {"a": [0.1, -0.2]}])
def test_parts_that_are_refused(parts):
    with pytest.raises(ValueError, match="`parts"):
        plots.plot_error_parts(parts)
