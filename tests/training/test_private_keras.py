"""What training uses of Keras that is not public: each with the reason, and a test that it does what we need."""

from __future__ import annotations

import gc
import os
import subprocess
import sys

import keras
import numpy as np
import pytest

from coursekit import models, training
from coursekit.training import deciding, metrics, sharing
from coursekit.training.sharing import clone
from coursekit.training.sharing.key import structure

X, Y = np.ones((4, 3), "float32"), np.array([0, 1, 0, 1])


def compiled(optimizer="adam"):
    penalty = keras.regularizers.L2(0.1)
    model = keras.Sequential(
        [keras.Input((3,)), keras.layers.Dense(2, activation="softmax", kernel_regularizer=penalty)]
    )
    model.compile(optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def test_compile_loss_is_the_data_loss_alone():
    # The public compute_loss gives the sum with the penalties.
    model = compiled()
    y_pred = model(X)
    alone = float(model._compile_loss(Y, y_pred, None))
    expected = -np.log(keras.ops.convert_to_numpy(y_pred)[np.arange(4), Y]).mean()
    assert alone == pytest.approx(expected, rel=1e-5)
    total = float(model.compute_loss(x=X, y=Y, y_pred=y_pred))
    assert total == pytest.approx(alone + sum(float(penalty) for penalty in model.losses), rel=1e-5)


@pytest.mark.parametrize("options", [{"var_names": ["bias"]}, {"var_list": "first"}])
def test_what_is_excluded_from_weight_decay_can_be_seen(options):
    # The optimizer's configuration does not tell, and there is no public question to ask it.
    optimizer = keras.optimizers.AdamW(weight_decay=0.1)
    model = compiled(optimizer)
    if "var_list" in options:
        options = {"var_list": model.trainable_variables[:1]}
    all_decay = structure(model)
    assert clone.decaying(model) == [True, True]
    optimizer.exclude_from_weight_decay(**options)
    assert clone.decaying(model) == ([True, False] if "var_names" in options else [False, True])
    assert None not in (all_decay, structure(model))
    assert structure(model) != all_decay


def test_whose_state_an_optimizer_holds_can_be_seen():
    # Keras compares in this way when it takes a step; there is no public question to ask it.
    model, other = compiled(), compiled()
    assert deciding.holds_state_of(model.optimizer, model)  # nobody's yet
    model.optimizer.build(model.trainable_variables)
    assert deciding.holds_state_of(model.optimizer, model)
    assert not deciding.holds_state_of(model.optimizer, other)
    model.layers[0].trainable = False
    assert not deciding.holds_state_of(model.optimizer, model)
    wrapped = keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD())
    wrapped.build(other.trainable_variables)
    assert deciding.holds_state_of(wrapped, other)
    assert not deciding.holds_state_of(wrapped, model)
    again = keras.optimizers.LossScaleOptimizer(wrapped.inner_optimizer)
    assert not deciding.holds_state_of(again, compiled())


def test_which_way_a_metric_is_better_can_be_seen():
    # Keras' own callbacks read it from the metric; there is no public question to ask it.
    model = compiled()
    model.evaluate(X, Y, verbose=0)
    assert metrics.modes(model)["val_accuracy"] == "max"
    model.compile("sgd", "mse", metrics=["mae", lambda y, p: p[:, 0]])
    model.evaluate(X, np.eye(2)[Y], verbose=0)
    modes = metrics.modes(model)
    assert modes["mae"] == modes["val_loss"] == modes["penalty"] == "min"
    assert "val_lambda" not in modes
    assert "lambda" not in modes


@pytest.mark.slow
def test_on_jax_training_does_not_load_tensorflow():
    # Keras would, through a lazily loaded module that is not public, when it writes down a layer.
    pytest.importorskip("jax")
    code = (
        "import sys, numpy as np; from coursekit import models, training;"
        "x, y = np.ones((8, 3), 'float32'), np.zeros(8, int);"
        "build = lambda l2, seed: models.classifier(3, 2, units=4, l2=l2, dropout_rate=0.1, seed=seed);"
        "training.sweep(build, {'l2': [0.0, 0.1]}, x, y, epochs=2, validation_data=(x, y), progress=False);"
        "print('tensorflow' in sys.modules)"
    )
    environment = {**os.environ, "KERAS_BACKEND": "jax"}
    printed = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    ).stdout
    assert printed.split()[-1] == "False"


@pytest.mark.skipif(keras.config.backend() != "tensorflow", reason="graphs of TensorFlow")
def test_the_graphs_of_a_program_that_is_gone_are_freed():
    # Graphs inside of graphs hold each other where Python's garbage collector does not see it.
    def graphs():
        gc.collect()
        return sum(type(thing).__name__.endswith("FuncGraph") for thing in gc.get_objects())

    sharing.forget()
    before = graphs()
    for units in (5, 6, 7):
        model = models.classifier(3, 2, units=units, dropout_rate=0.5, seed=0)
        training.fit(model, X, Y, validation_data=(X, Y), epochs=2, progress=False)
    held = graphs() - before
    del model
    sharing.forget()
    # Keras' optimizer keeps the innermost one of each: it registers a gradient of its own for every trace.
    assert graphs() - before <= 3 < held / 3
