"""`Run`: training that goes on when asked, takes over what was changed between, and traces nothing anew."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from coursekit import models, training
from coursekit.training import sharing


def model_of(seed=0, **options):
    options = {"units": (8, 8), "l2": 0.01, "dropout_rate": 0.2, "learning_rate": 0.01, **options}
    return models.classifier(4, 2, seed=seed, **options)


def traces(run):
    """Return what a program has been traced or compiled for."""
    program = run.loan.program
    kept = getattr(program, "_graphs", None)
    return id(program), set(program._compiled) if kept is None else set(kept)


def test_some_epochs_and_some_more_are_all_of_them(rows):
    whole, parts = model_of(), model_of()
    history = training.fit(
        whole, rows.x, rows.y, validation_data=rows.validation, epochs=30, seed=3, progress=False
    )
    run = training.Run(parts, rows.x, rows.y, validation_data=rows.validation, seed=3)
    first, second = run.train(7), run.train(23)
    assert (len(first), len(second), len(run.history)) == (7, 23, 30)
    assert second["epoch"].tolist() == list(range(8, 31))
    # A run has the L1 part of each penalty, whose zeros may change the order of sums.
    for name, values in history.columns.items():
        np.testing.assert_allclose(run.history.columns[name], values, rtol=1e-5)
    for a, b in zip(whole.get_weights(), parts.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)


def test_strengths_rates_weights_and_learning_rate_count_from_the_next_call_on_without_a_new_trace(rows):
    model = model_of(dropout_rate=0.0)
    run = training.Run(model, rows.x, rows.y, validation_data=rows.validation)
    run.train(2)
    run.predict(rows.x)
    before = traces(run)
    model.layers[0].kernel.regularizer.l2 = 5.0
    assert run.train(1)["penalty"][0] > 5
    model.layers[0].kernel.regularizer.l2 = 0.0
    model.layers[1].rate = 0.9
    noisy = run.train(1)["data_loss"][0]
    model.layers[1].rate = 0.0
    assert run.train(1)["data_loss"][0] < noisy
    model.optimizer.learning_rate = 0.0
    model.set_weights([0 * w for w in model.get_weights()])
    assert run.train(5)["data_loss"].tolist() == pytest.approx([np.log(2)] * 5, rel=1e-5)
    np.testing.assert_allclose(run.predict(rows.x), 0.5)
    np.testing.assert_allclose(run.predict(rows.x.tolist()), 0.5)
    assert traces(run) == before


def test_an_l1_that_begins_at_zero_can_be_moved_without_a_new_trace(rows):
    model = models.classifier(4, 2, units=8, l1=0.0, l2=0.0)
    run = training.Run(model, rows.x, rows.y)
    run.train(1)
    before = traces(run)
    for layer in model.layers:
        layer.kernel.regularizer.l1 = 0.5
    assert run.train(1)["penalty"][0] > 0.5
    assert traces(run) == before


def test_it_equals_keras_with_the_strengths_of_each_part(rows):
    ours, theirs = model_of(dropout_rate=None), model_of(dropout_rate=None)
    run = training.Run(ours, rows.x, rows.y, shuffle=False)
    for strength in (0.01, 0.3):
        for model in (ours, theirs):
            for layer in model.layers:
                layer.kernel.regularizer.l2 = strength
        run.train(2)
        # Keras reads a strength when it traces.
        theirs.make_train_function(force=True)
        theirs.fit(rows.x, rows.y, epochs=2, shuffle=False, verbose=0)
    for a, b in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)


def test_other_rows_of_the_same_shape(rows):
    run = training.Run(model_of(), rows.x, rows.y, validation_data=rows.validation)
    run.train(1)
    before = traces(run)
    run.give(rows.x[::-1].copy(), 1 - rows.y[::-1], validation_data=rows.validation)
    run.train(1)
    assert traces(run) == before
    with pytest.raises(ValueError, match=r"same shape.*Received"):
        run.give(rows.x[:, :2], rows.y, validation_data=rows.validation)
    with pytest.raises(ValueError, match=r"same shape"):
        run.give(rows.x, rows.y)


def test_a_restart_is_a_fresh_model_and_the_same_for_the_same_seed(rows):
    model = model_of()
    run = training.Run(model, rows.x, rows.y)
    run.restart(5)
    start = model.get_weights()
    first = run.train(3)
    run.restart(5)
    for a, b in zip(start, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert int(model.optimizer.iterations) == 0
    again = run.train(3)
    np.testing.assert_array_equal(first, again)
    assert len(run.history) == 3
    run.restart(6)
    assert not np.array_equal(start[0], model.get_weights()[0])
    # Two kernels of one shape are drawn from two seeds.
    assert not np.array_equal(model.get_weights()[2], start[2])


def test_an_interrupt_keeps_what_was_finished(rows, monkeypatch):
    model = model_of()
    run = training.Run(model, rows.x, rows.y)
    run.train(1)
    with pytest.raises(KeyboardInterrupt):
        run.advance(10**6, after=interrupt_at(20, run))
    assert len(run.history) >= 20
    assert int(model.optimizer.iterations) == 3 * len(run.history)
    assert len(run.train(2)) == 2


def interrupt_at(epochs, run):
    def after(_):
        if len(run.history) >= epochs:
            raise KeyboardInterrupt

    return after


@pytest.mark.parametrize("epochs", [0, -1, 1.5, "3", None, True])
def test_odd_numbers_of_epochs_are_named(epochs, rows):
    with pytest.raises(ValueError, match=r"epochs.*Received"):
        training.Run(model_of(), rows.x, rows.y).train(epochs)


def test_what_only_keras_trains_is_refused_with_the_reason(rows):
    model = model_of()
    model.run_eagerly = True
    with pytest.raises(ValueError, match=r"model.*run_eagerly"):
        training.Run(model, rows.x, rows.y)
    run = training.Run(model_of(), rows.x, rows.y)
    run.train(1)
    run.model.layers[0].trainable = False
    with pytest.raises(ValueError, match="optimizer"):
        run.train(1)


def test_a_long_epoch_is_done_in_parts(rows, monkeypatch):
    from coursekit.training import run as module

    monkeypatch.setattr(module, "CHUNK_SECONDS", 1e-6)
    x, y = np.tile(rows.x, (4, 1)), np.tile(rows.y, 4)
    finished = []
    ours, theirs = model_of(), model_of()
    run = training.Run(ours, x, y, validation_data=rows.validation, shuffle=False)
    run.advance(2, after=finished.append)
    assert finished == [1, 1]
    expected = theirs.fit(x, y, epochs=2, shuffle=False, verbose=0, validation_data=rows.validation).history
    np.testing.assert_allclose(run.history.history["loss"], expected["loss"], rtol=1e-4)
    np.testing.assert_allclose(run.history.history["val_loss"], expected["val_loss"], rtol=1e-4)


def test_programs_that_nobody_uses_are_bounded(rows):
    sharing.forget()
    for units in range(1, 15):
        training.fit(models.classifier(4, 2, units=units), rows.x, rows.y, epochs=1, progress=False)
    from coursekit.training.sharing import pool

    assert sum(map(len, pool._idle.values())) <= pool.KEPT


def test_what_else_changes_between_two_calls_counts_as_well(rows):
    model = model_of(dropout_rate=None)
    run = training.Run(model, rows.x, rows.y, shuffle=False)
    run.train(1)
    model.layers[0].activation = keras.activations.linear
    model.layers[1].activation = keras.activations.linear
    twin = keras.models.clone_model(model)
    twin.set_weights(model.get_weights())
    expected = keras.ops.convert_to_numpy(twin(rows.x))
    np.testing.assert_allclose(run.predict(rows.x), expected, atol=1e-5)


def test_a_model_that_was_refused_is_refused_again_and_leaves_the_program_to_others(rows):
    model, other = model_of(), model_of(seed=1)
    run = training.Run(model, rows.x, rows.y)
    run.train(1)
    weights = model.get_weights()
    model.compile(keras.optimizers.Adam(use_ema=True), "sparse_categorical_crossentropy")
    for _ in range(2):
        with pytest.raises(ValueError, match="Received"):
            run.train(1)
    training.Run(other, rows.x, rows.y).train(1)
    for before, after in zip(weights, model.get_weights(), strict=True):
        np.testing.assert_array_equal(before, after)
