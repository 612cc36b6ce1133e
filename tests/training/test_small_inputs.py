"""Models and data that learners bring: what `model.fit` does with them is right."""

from __future__ import annotations

import random
from functools import partial

import keras
import numpy as np
import pytest
import scipy.sparse
from packaging.version import Version

from coursekit import training

L = keras.layers
quiet = pytest.mark.filterwarnings("ignore:This model is trained by model.fit")
RNG = np.random.default_rng(1)
WORDS = np.where(np.arange(12) < RNG.integers(2, 12, (70, 1)), RNG.integers(1, 20, (70, 12)), 0)
NEXT = WORDS % 3
SERIES = RNG.normal(size=(70, 5, 2)).astype("float32")


def compiled(
    model, optimizer="adam", loss="sparse_categorical_crossentropy", metrics=("accuracy",), **options
):
    model.compile(optimizer=optimizer, loss=loss, metrics=metrics and list(metrics), **options)
    return model


def glorot(seed):
    return keras.initializers.GlorotUniform(seed)


def embedding(mask):
    return L.Embedding(20, 4, mask_zero=mask, embeddings_initializer=keras.initializers.RandomNormal(seed=1))


def lstm(units=3, **options):
    options = {"kernel_initializer": glorot(2), "recurrent_initializer": glorot(3), "seed": 5, **options}
    return L.LSTM(units, **options)


# --- Masks, nested models, state at inference --------------------------------------------------------


def tagger(mask):
    layers = [
        keras.Input((12,)),
        embedding(mask),
        lstm(return_sequences=True),
        L.Dense(3, "softmax", kernel_initializer=glorot(4)),
    ]
    return compiled(keras.Sequential(layers), keras.optimizers.Adam(0.05))


@pytest.mark.parametrize("mask", [True, False])
def test_padding_is_not_counted(mask, same):
    *_, history = same(lambda: tagger(mask), WORDS, NEXT, validation_data=(WORDS[:30], NEXT[:30]), rtol=1e-3)
    assert history.compiled is not mask


def test_a_mask_of_a_nested_model(same):
    def build():
        inner = keras.Sequential([keras.Input((12,)), embedding(True), lstm()])
        return compiled(
            keras.Sequential([keras.Input((12,)), inner, L.Dense(3, "softmax", kernel_initializer=glorot(4))])
        )

    same(build, WORDS, NEXT[:, 0], compiled=False)


def test_an_embedding_in_a_nested_model(same):
    def build():
        inner = keras.Sequential([keras.Input((12,)), embedding(False), L.GlobalAveragePooling1D()])
        head = L.Dense(3, "softmax", kernel_initializer=glorot(4))
        return compiled(keras.Sequential([keras.Input((12,)), inner, head]), keras.optimizers.Adam(0.05))

    same(build, WORDS, NEXT[:, 0], validation_data=(WORDS[:30], NEXT[:30, 0]), compiled=True)


def test_random_numbers_that_stock_layers_draw_at_inference(same):
    def build():
        return compiled(
            keras.Sequential(
                [
                    keras.Input((5, 2)),
                    lstm(4, dropout=0.2),
                    L.Dense(2, "softmax", kernel_initializer=glorot(4)),
                ]
            )
        )

    labels = RNG.integers(0, 2, 70)
    same(build, SERIES, labels, validation_data=(SERIES, labels))


def test_dropout_that_is_on_at_inference(same, rows):
    class MCDropout(L.Dropout):
        def call(self, inputs):
            return super().call(inputs, training=True)

    def build():
        layers = [keras.Input((4,)), L.Dense(8, "relu", kernel_initializer=glorot(1)), MCDropout(0.4, seed=3)]
        return compiled(keras.Sequential([*layers, L.Dense(2, "softmax", kernel_initializer=glorot(2))]))

    same(build, rows.x, rows.y, validation_data=rows.validation, compiled=False)


def test_a_counter_in_a_layer(same, rows):
    class Counts(L.Layer):
        def build(self, shape):
            self.calls = self.add_weight(shape=(), initializer="zeros", trainable=False, name="calls")

        def call(self, x):
            self.calls.assign_add(1.0)
            return x

    def build():
        return compiled(
            keras.Sequential(
                [keras.Input((4,)), Counts(), L.Dense(2, "softmax", kernel_initializer=glorot(2))]
            )
        )

    same(build, rows.x, rows.y, validation_data=rows.validation, compiled=False)


def test_a_stateful_layer_of_fixed_batch_size(same):
    def build():
        layers = [
            keras.Input(batch_shape=(10, 5, 2)),
            lstm(4, stateful=True),
            L.Dense(2, "softmax", kernel_initializer=glorot(4)),
        ]
        return compiled(keras.Sequential(layers))

    same(build, SERIES, RNG.integers(0, 2, 70), batch_size=10, compiled=False)


def test_a_subclass_whose_call_takes_no_training(same, rows):
    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.hidden, self.out = (
                L.Dense(8, "relu", kernel_initializer=glorot(1)),
                L.Dense(2, "softmax", kernel_initializer=glorot(2)),
            )
            self.drop = L.Dropout(0.5, seed=1)

        def call(self, x):
            return self.out(self.drop(self.hidden(x)))

    same(lambda: compiled(Own(), keras.optimizers.SGD(0.0)), rows.x, rows.y, compiled=False)


# --- Losses and metrics ------------------------------------------------------------------------------


def rmse(y_true, y_pred):
    return keras.ops.sqrt(keras.ops.mean(keras.ops.square(y_true - y_pred)))


def f1(y_true, y_pred):
    hits = keras.ops.sum(y_true * keras.ops.round(y_pred))
    return 2 * hits / (keras.ops.sum(y_true) + keras.ops.sum(keras.ops.round(y_pred)) + 1e-7)


BINARY = {
    "Dice": {"loss": lambda: keras.losses.Dice()},
    "Tversky": {"loss": lambda: "tversky"},
    "an own f1": {"metrics": lambda: [f1]},
    "an own RMSE": {"loss": lambda: rmse, "metrics": lambda: [rmse]},
    "Dice as a metric": {"metrics": lambda: [keras.metrics.MeanMetricWrapper(keras.losses.dice, name="d")]},
    "a sum": {"loss": lambda: keras.losses.MeanSquaredError(reduction="sum")},
    "weighted mean": {"loss": lambda: keras.losses.MeanSquaredError(reduction="mean_with_sample_weight")},
    "F1Score of several numbers": {"metrics": lambda: [keras.metrics.F1Score(name="f")]},
    "Precision of several numbers": {
        "metrics": lambda: [keras.metrics.Precision(thresholds=[0.2, 0.5], name="p")]
    },
    "AUC and recall": {
        "metrics": lambda: [keras.metrics.AUC(name="auc"), keras.metrics.Recall(name="recall")]
    },
    "R2Score": {"metrics": lambda: ["r2_score"]},
    "RootMeanSquaredError": {"metrics": lambda: [keras.metrics.RootMeanSquaredError(name="r")]},
    "CosineSimilarity": {"metrics": lambda: ["cosine_similarity"]},
    "Huber": {"loss": lambda: "huber"},
    "two losses": {"loss": lambda: ["mse", "mae"]},
    "PearsonCorrelation": {"metrics": lambda: [keras.metrics.PearsonCorrelation(axis=0)]},
}


@pytest.mark.parametrize("name", BINARY)
def test_losses_and_metrics_that_look_at_whole_batches(name, same, rows):
    given = BINARY[name]

    def build():
        layers = [
            keras.Input((4,)),
            L.Dense(8, "relu", kernel_initializer=glorot(1)),
            L.Dense(1, "sigmoid", kernel_initializer=glorot(2)),
        ]
        loss, metrics = given.get("loss", lambda: "mse")(), given.get("metrics", list)()
        return compiled(keras.Sequential(layers), loss=loss, metrics=metrics)

    y = rows.y[:, None].astype("float32")
    model, ours, _ = same(
        build, rows.x, y, validation_data=(rows.x_val, rows.y_val[:, None].astype("float32"))
    )
    theirs = model.evaluate(rows.x, y, verbose=0, return_dict=True)
    found = training.evaluate(ours, rows.x, y)
    for key, value in theirs.items():
        np.testing.assert_allclose(found[key], value, rtol=1e-3, atol=1e-5)


def test_metrics_of_several_numbers_have_a_column_each(same, build, rows):
    *_, history = same(
        lambda: build(loss="mse", metrics=[keras.metrics.F1Score()]),
        rows.x,
        np.eye(2, dtype="float32")[rows.y],
    )
    assert {"f1_score_0", "f1_score_1"} <= set(history.table)
    assert np.shape(history.history["f1_score"]) == (3, 2)


def test_the_losses_of_single_outputs_mean_the_same_in_training_and_validation(same, rows):
    def build():
        x = keras.Input((4,))
        outputs = [
            L.Dense(1, name="a", kernel_initializer=glorot(1))(x),
            L.Dense(1, name="b", kernel_initializer=glorot(2))(x),
        ]
        return compiled(keras.Model(x, outputs), loss=["mse", "mae"], metrics=[[], []])

    y = [rows.number * np.linspace(0, 5, 70)[:, None].astype("float32"), rows.number]
    same(build, rows.x, y, validation_data=(rows.x, y), compiled=True)


@pytest.mark.parametrize("rate", [0.0, 0.05])
def test_an_activity_penalty_without_a_loss(rate, same, rows):
    def build():
        layers = [
            keras.Input((4,)),
            L.Dense(3, kernel_initializer=glorot(1)),
            L.ActivityRegularization(l2=0.1),
        ]
        model = keras.Sequential(layers)
        model.compile(keras.optimizers.SGD(rate))
        return model

    same(build, rows.x, rows.number, validation_data=(rows.x_val, rows.number[:50]))


def test_evaluate_with_an_activity_penalty_over_many_rows():
    model = keras.Sequential([keras.Input((4,)), L.Dense(3), L.ActivityRegularization(l2=0.1)])
    model.compile("sgd", "mse")
    x = RNG.normal(size=(5000, 4)).astype("float32")
    y = RNG.normal(size=(5000, 3)).astype("float32")
    assert training.evaluate(model, x, y)["loss"] == pytest.approx(model.evaluate(x, y, verbose=0), rel=1e-4)


def test_evaluate_gives_keras_loss_and_its_parts(build, rows):
    model = build(kernel_regularizer=keras.regularizers.L2(0.1))
    found = training.evaluate(model, rows.x, rows.y)
    loss, accuracy = model.evaluate(rows.x, rows.y, verbose=0)
    assert found["loss"] == pytest.approx(loss, rel=1e-5)
    assert found["loss"] == pytest.approx(found["data_loss"] + found["penalty"])
    assert found["accuracy"] == pytest.approx(accuracy)


def test_labels_that_are_to_be_ignored(same, build, rows):
    y = np.where(np.arange(70) % 3, rows.y, -1)
    loss = keras.losses.SparseCategoricalCrossentropy
    same(lambda: build(loss=loss(ignore_class=-1), metrics=[]), rows.x, y, validation_data=(rows.x, y))


def test_soft_labels_with_class_weights_are_rounded(same, rows):
    def build():
        return compiled(
            keras.Sequential([keras.Input((4,)), L.Dense(1, "sigmoid", kernel_initializer=glorot(1))]),
            loss="binary_crossentropy",
        )

    same(build, rows.x, np.where(rows.y, 0.95, 0.05), class_weight={0: 1.0, 1: 3.0}, compiled=True)


# --- Optimizers and their state ----------------------------------------------------------------------


OPTIMIZERS = {
    "momentum": lambda: keras.optimizers.SGD(0.1, momentum=0.9),
    "Adam": lambda: keras.optimizers.Adam(0.05),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.filterwarnings("ignore:You are saving your model as an HDF5")
@pytest.mark.parametrize("trained_before", [False, True])
def test_a_model_that_was_saved_as_h5(name, trained_before, same, build, rows, tmp_path):
    def saved():
        model = build(optimizer=OPTIMIZERS[name]())
        if trained_before:
            model.fit(rows.x, rows.y, epochs=1, shuffle=False, verbose=0)
        model.save(tmp_path / "m.h5")
        return model

    same(saved, rows.x, rows.y, compiled=True)


@pytest.mark.skipif(keras.config.backend() == "jax", reason="Keras itself fails here on JAX")
def test_a_layer_frozen_between_two_fits(same, build, rows):
    def frozen():
        model = build()
        model.fit(rows.x, rows.y, epochs=1, shuffle=False, verbose=0)
        model.layers[0].trainable = False
        return model

    same(frozen, rows.x, rows.y)


def test_a_new_optimizer_between_two_fits(same, build, rows):
    def changed():
        model = build()
        model.fit(rows.x, rows.y, epochs=1, shuffle=False, verbose=0)
        model.optimizer = keras.optimizers.SGD(0.1)
        model.train_function = None  # Keras' own would go on with the optimizer that it was traced with
        return model

    same(changed, rows.x, rows.y)


@quiet
@pytest.mark.skipif(keras.config.backend() == "jax", reason="Keras itself trains both on JAX")
def test_one_optimizer_for_two_models_is_refused_as_by_keras(build, rows):
    shared = keras.optimizers.Adam()
    training.fit(build(optimizer=shared), rows.x, rows.y, epochs=1, progress=False)
    with pytest.raises((ValueError, KeyError, NotImplementedError)):
        training.fit(build(optimizer=shared), rows.x, rows.y, epochs=1, progress=False)


def test_a_regularizer_set_after_the_build_changes_nothing_as_in_keras(same, build, rows):
    def late():
        model = build()
        model.layers[0].kernel_regularizer = keras.regularizers.L2(0.1)
        return model

    *_, history = same(late, rows.x, rows.y, compiled=True)
    assert (history.columns["penalty"] == 0).all()


def test_models_built_after_a_fit_are_those_built_without_one(rows):
    def built(between):
        keras.utils.set_random_seed(7)
        a = keras.Sequential([keras.Input((4,)), L.Dense(5), L.Dropout(0.5), L.Dense(2, "softmax")])
        compiled(a)
        if between:
            training.fit(a, rows.x, rows.y, epochs=1, progress=False)
        b = keras.Sequential([keras.Input((4,)), L.Dense(5)])
        return b.get_weights()[0], random.random(), np.random.random()

    (with_fit, *drawn), (without, *expected) = built(True), built(False)
    np.testing.assert_array_equal(with_fit, without)
    assert drawn == expected


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_mixed_precision(policy, same, rows):
    def build():
        layers = [
            keras.Input((4,)),
            L.Dense(8, "relu", kernel_initializer=glorot(1)),
            L.Dropout(0.25, seed=3),
        ]
        head = L.Dense(1, kernel_initializer=glorot(2), dtype="float32")
        return compiled(keras.Sequential([*layers, head]), keras.optimizers.SGD(0.05), "mse", metrics=[])

    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        same(build, rows.x, rows.number, compiled=True, rtol=5e-3, atol=1e-4)
    finally:
        keras.config.set_dtype_policy(before)


SCALED = {
    "a scaled loss": lambda: keras.optimizers.LossScaleOptimizer(
        keras.optimizers.SGD(0.05), initial_scale=4.0, dynamic_growth_steps=2
    ),
    "accumulated gradients": lambda: keras.optimizers.Adam(0.01, gradient_accumulation_steps=2),
    "decay": lambda: keras.optimizers.AdamW(0.01, weight_decay=0.1),
    **{
        name: partial(getattr(keras.optimizers, name), 0.01)
        for name in ("Nadam", "Adamax", "Lion", "Lamb", "Adafactor", "Ftrl", "Muon")
        if name != "Muon" or Version(keras.__version__) >= Version("3.15")  # fails in Keras itself before
    },
}


@pytest.mark.parametrize("name", SCALED)
def test_optimizers_that_do_more(name, same, build, rows):
    same(lambda: build(L.Dropout(0.2, seed=3), optimizer=SCALED[name]()), rows.x, rows.y, compiled=True)


@pytest.mark.skipif(keras.config.backend() != "tensorflow", reason="JAX compiles with XLA in any case")
@quiet
def test_who_asks_for_xla_gets_its_random_numbers(same, rows):
    def build():
        layers = [keras.Input((4,)), L.Dropout(0.3, seed=3), L.Dense(1, kernel_initializer=glorot(2))]
        return compiled(keras.Sequential(layers), loss="mse", metrics=[], jit_compile=True)

    same(build, rows.x, rows.number, compiled=False)


@pytest.mark.parametrize("names", [("z", "b"), ("b", "z")])
@pytest.mark.parametrize("order", [1, -1])
def test_outputs_with_names_in_any_order(names, order, same, rows):
    def build():
        x = keras.Input((4,))
        outputs = {n: L.Dense(1, name=n, kernel_initializer=glorot(1))(x) for n in names}
        losses = dict([("z", "mse"), ("b", "mae")][::order])
        return compiled(keras.Model(x, outputs), loss=losses, metrics=None)

    same(build, rows.x, {"z": rows.number, "b": 2 * rows.number})


@pytest.mark.skipif(keras.config.backend() == "jax", reason="Keras itself fails here on JAX")
def test_an_unbuilt_stateful_layer_learns_its_batches_from_keras(same):
    def build():
        return compiled(
            keras.Sequential([lstm(4, stateful=True), L.Dense(2, "softmax", kernel_initializer=glorot(4))])
        )

    same(build, SERIES, RNG.integers(0, 2, 70), batch_size=10, compiled=False)


# --- Data --------------------------------------------------------------------------------------------


def test_other_arguments_and_data_are_those_of_keras(same, build, rows):
    for options in (
        {"steps_per_epoch": 1},
        {"initial_epoch": 1},
        {"validation_freq": 2, "validation_data": rows.validation},
        {"validation_steps": 1, "validation_data": rows.validation},
    ):
        same(build, rows.x, rows.y, compiled=False, **options)
    same(build, rows.x, rows.y, validation_batch_size=7, validation_data=rows.validation, compiled=True)
    same(build, scipy.sparse.csr_matrix(rows.x), rows.y, compiled=False)


class Batches(keras.utils.PyDataset):
    def __init__(self, x, y):
        super().__init__()
        self.x, self.y = x, y

    def __len__(self):
        return 3

    def __getitem__(self, i):
        return self.x[i * 20 : i * 20 + 20], self.y[i * 20 : i * 20 + 20]


def test_data_that_are_no_arrays(same, build, rows):
    same(build, Batches(rows.x, rows.y), None, compiled=False)
    same(build, Batches(rows.x, rows.y), None, validation_data=rows.validation, compiled=False)
    if keras.config.backend() == "tensorflow":
        import tensorflow as tf

        same(build, tf.data.Dataset.from_tensor_slices((rows.x, rows.y)).batch(20), None, compiled=False)
        same(build, tf.constant(rows.x), tf.constant(rows.y), compiled=True)


def test_a_loss_that_masks_nan_may_see_it(same, rows):
    def masked(y_true, y_pred):
        known = keras.ops.cast(keras.ops.logical_not(keras.ops.isnan(y_true)), "float32")
        return keras.ops.mean(keras.ops.square(keras.ops.where(known > 0, y_true, y_pred) - y_pred))

    def build():
        return compiled(
            keras.Sequential([keras.Input((4,)), L.Dense(1, kernel_initializer=glorot(1))]),
            loss=masked,
            metrics=[],
        )

    same(build, rows.x, np.where(np.arange(70)[:, None] % 4, rows.number, np.nan), compiled=False)


def test_unknown_arguments_are_named(build, rows):
    with pytest.raises(TypeError, match="epoch_count"):
        training.fit(build(), rows.x, rows.y, epoch_count=3)


@pytest.mark.parametrize("compiled_by_us", [True, False])
@pytest.mark.filterwarnings("ignore:model.fit tells only")
@quiet
def test_a_frozen_layer_has_no_penalty_as_in_keras(compiled_by_us, build, rows):
    model = build(kernel_regularizer=keras.regularizers.L2(0.5))
    model.layers[0].trainable = False
    model.compile("sgd", "sparse_categorical_crossentropy", run_eagerly=not compiled_by_us)
    found = training.evaluate(model, rows.x, rows.y)
    assert found["loss"] == pytest.approx(model.evaluate(rows.x, rows.y, verbose=0)[0], rel=1e-5)
    assert found["data_loss"] == pytest.approx(found["loss"])
    assert found["penalty"] == 0
    history = training.fit(model, rows.x, rows.y, epochs=2, validation_data=rows.validation, progress=False)
    np.testing.assert_allclose(history.columns["val_data_loss"], history.history["val_loss"], rtol=1e-5)


def test_numbers_of_numpy_are_numbers(build, rows):
    history = training.fit(
        build(), rows.x, rows.y, epochs=np.int64(2), batch_size=np.int64(16), progress=False
    )
    assert len(history) == 2


def with_lora(build):
    model = build()
    model.layers[0].enable_lora(2, a_initializer=glorot(9))
    return compiled(model)


def quantized(build):
    model = build()
    model.layers[0].quantize("float8")
    return compiled(model)


def made_to_compute_again(build):
    with keras.RematScope(mode="full"):
        return build()


def named_in_short(build):
    model = build()
    return compiled(model, loss="crossentropy")


@pytest.mark.skipif(not hasattr(keras, "RematScope"), reason="Keras' oldest versions have no such layers")
@pytest.mark.parametrize(
    ("change", "by_program"),
    [(with_lora, True), (quantized, False), (made_to_compute_again, False), (named_in_short, True)],
)
def test_a_layer_that_was_changed_since_it_was_made_and_a_loss_by_its_short_name(
    same, build, rows, change, by_program
):
    if change is made_to_compute_again and keras.config.backend() == "tensorflow":
        pytest.skip("Keras itself fails there")
    same(partial(change, build), rows.x, rows.y, validation_data=rows.validation, compiled=by_program)
