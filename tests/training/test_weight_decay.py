"""Weights that an optimizer excludes from its weight decay stay excluded in `fit`."""

import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose

from coursekit import models, training

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(24, 4)).astype("float32"), RNG.normal(size=24).astype("float32")


def decayed(exclude):
    """Return a model with decay, without it on the biases or on the first kernel if wanted."""
    optimizer = keras.optimizers.SGD(0.05, weight_decay=0.3)
    model = models.regressor(4, units=5, optimizer=optimizer, seed=0)
    if exclude == "name":
        optimizer.exclude_from_weight_decay(var_names=["bias"])
    if exclude == "variable":
        optimizer.exclude_from_weight_decay(var_list=[model.trainable_variables[0]])
    return model


def trained(exclude, fit, **options):
    model = decayed(exclude)
    history = fit(model, X, Y, epochs=5, batch_size=8, shuffle=False, **options)
    assert getattr(history, "compiled", True)
    return [np.asarray(v) for v in model.trainable_variables]


# One after the other, so that a graph of one kind would be there for the next.
@pytest.mark.parametrize("exclude", [None, "name", "variable"])
def test_fit_excludes_what_model_fit_excludes(exclude):
    ours = trained(exclude, training.fit, progress=False)
    theirs = trained(exclude, keras.Model.fit, verbose=0)
    for one, other in zip(ours, theirs, strict=True):
        assert_allclose(one, other, atol=1e-6)


def test_to_exclude_makes_a_difference():
    everything, no_biases = (trained(exclude, training.fit, progress=False) for exclude in (None, "name"))
    assert max(np.abs(a - b).max() for a, b in zip(everything, no_biases, strict=True)) > 1e-3
