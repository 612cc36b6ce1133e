"""What training uses of Keras that is not public: each with the reason, and a test that it does what we need."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from coursekit.training.structure import structure

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
    assert structure(compiled(keras.optimizers.AdamW(weight_decay=0.1))) is not None
    optimizer.exclude_from_weight_decay(**options)
    assert structure(model) is None
