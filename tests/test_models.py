"""Models: what Keras really gets, and a penalty that equals the formula."""

from functools import partial

import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from coursekit import models, weights


def layers(model, kind):
    return [layer for layer in model.layers if isinstance(layer, kind)]


def dense(model):
    return layers(model, keras.layers.Dense)


def dropout(model):
    return layers(model, keras.layers.Dropout)


def test_the_classifier_is_the_perceptron_it_says():
    model = models.classifier(64, 10, units=(32, 16), activation="tanh")
    assert [layer.units for layer in dense(model)] == [32, 16, 10]
    assert [layer.activation.__name__ for layer in dense(model)] == ["tanh", "tanh", "softmax"]
    assert model.input_shape == (None, 64)
    assert model.loss == "sparse_categorical_crossentropy"
    assert isinstance(model.optimizer, keras.optimizers.Adam)
    assert_allclose(float(model.optimizer.learning_rate), 1e-3, rtol=1e-6)


def test_the_classifier_gives_probabilities_and_its_loss_is_their_negative_log():
    model = models.classifier(3, 4, units=5)
    x, y = np.random.default_rng(0).normal(size=(20, 3)).astype("float32"), np.arange(20) % 4
    p = model.predict(x, verbose=0)
    loss, accuracy = model.evaluate(x, y, verbose=0)
    assert_allclose(p.sum(axis=1), 1, rtol=1e-5)
    assert_allclose(loss, -np.log(p[np.arange(20), y]).mean(), rtol=1e-4)
    assert_allclose(accuracy, np.mean(p.argmax(axis=1) == y))


def test_the_regressor_is_linear_at_its_end_and_its_loss_is_the_mean_squared_error():
    model = models.regressor(3, units=5)
    x, y = np.random.default_rng(0).normal(size=(2, 20, 3))[0].astype("float32"), np.arange(20.0)
    predicted = model.predict(x, verbose=0)
    assert predicted.shape == (20, 1)
    assert_allclose(model.evaluate(x, y, verbose=0), np.mean((predicted.ravel() - y) ** 2), rtol=1e-4)


def test_no_hidden_units_give_the_linear_model():
    model = models.regressor(3, units=())
    w, b = dense(model)[0].get_weights()
    x = np.random.default_rng(0).normal(size=(5, 3)).astype("float32")
    assert_allclose(model.predict(x, verbose=0), x @ w + b, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("units", [7, np.int64(7), (7,), [7], [np.int32(7)]])
def test_units_of_one_layer_are_written_in_any_of_these_ways(units):
    assert [layer.units for layer in dense(models.regressor(2, units=units))] == [7, 1]


@pytest.mark.parametrize(
    "build", [partial(models.classifier, 4, 3), partial(models.regressor, 4)], ids=["classifier", "regressor"]
)
class TestBoth:
    """What classifier and regressor share."""

    @pytest.mark.parametrize("strengths", [{"l1": 0.02}, {"l2": 0.03}, {"l1": 0.02, "l2": 0.03}])
    def test_every_kernel_gets_the_penalty_and_no_bias_does(self, build, strengths):
        for layer in dense(build(units=(5, 4), **strengths)):
            config = layer.kernel_regularizer.get_config()
            assert_allclose([config["l1"], config["l2"]], [strengths.get("l1", 0), strengths.get("l2", 0)])
            assert layer.bias_regularizer is None
            assert layer.activity_regularizer is None

    @pytest.mark.parametrize(("l1", "l2"), [(0.01, None), (None, 0.02), (0.01, 0.02), (0, 0)])
    def test_the_penalty_in_the_loss_equals_the_formula(self, build, l1, l2):
        model = build(units=(6, 5), l1=l1, l2=l2)
        w = weights.flat(model)
        expected = (l1 or 0) * weights.l1_norm(w) + (l2 or 0) * weights.squared_l2_norm(w)
        assert_allclose(sum(float(loss) for loss in model.losses), expected, rtol=1e-5)

    def test_the_penalty_is_in_the_evaluated_loss_too(self, build):
        plain, penalized = build(units=5, seed=1), build(units=5, l2=0.1, seed=1)
        x, y = np.ones((6, 4), "float32"), np.zeros(6)
        losses = [model.evaluate(x, y, verbose=0, return_dict=True)["loss"] for model in (plain, penalized)]
        assert_allclose(losses[1] - losses[0], 0.1 * weights.squared_l2_norm(weights.flat(plain)), rtol=1e-4)

    def test_without_strengths_there_is_no_regularizer(self, build):
        assert all(layer.kernel_regularizer is None for layer in dense(build()))

    def test_dropout_follows_each_hidden_layer_and_the_input(self, build):
        model = build(units=(5, 4), dropout_rate=0.5, input_dropout_rate=0.2)
        kinds = [type(layer).__name__ for layer in model.layers]
        assert kinds == ["Dropout", "Dense", "Dropout", "Dense", "Dropout", "Dense"]
        assert [layer.rate for layer in dropout(model)] == [0.2, 0.5, 0.5]

    def test_no_rate_no_layer_and_rate_zero_a_layer(self, build):
        assert not dropout(build())
        assert [layer.rate for layer in dropout(build(units=3, dropout_rate=0))] == [0]

    def test_no_two_layers_share_a_seed(self, build):
        for seed in range(5):
            model = build(units=(4, 4, 4), dropout_rate=0.5, input_dropout_rate=0.5, seed=seed)
            seeds = [layer.kernel_initializer.seed for layer in dense(model)] + [
                d.seed for d in dropout(model)
            ]
            assert len(set(seeds)) == len(seeds) == 8

    def test_layers_of_one_shape_begin_with_different_weights(self, build):
        kernels = [layer.kernel.numpy() for layer in dense(build(units=(4, 4, 4)))[:3]]
        assert not np.array_equal(kernels[0], kernels[1])
        assert not np.array_equal(kernels[1], kernels[2])

    def test_a_seed_gives_the_same_weights_and_another_seed_others(self, build):
        first, again, other = (weights.flat(build(seed=seed)) for seed in (1, 1, 2))
        assert_array_equal(first, again)
        assert not np.array_equal(first, other)

    def test_penalty_and_dropout_leave_the_first_weights_alone(self, build):
        plain = build(units=(5, 4), seed=2)
        treated = build(units=(5, 4), l1=0.1, l2=0.1, dropout_rate=0.5, input_dropout_rate=0.2, seed=2)
        assert_array_equal(weights.flat(plain), weights.flat(treated))

    def test_a_seed_gives_the_same_dropout_masks(self, build):
        x = np.ones((8, 4), "float32")
        first, again = (build(units=64, dropout_rate=0.5, seed=3) for _ in range(2))
        assert_array_equal(np.asarray(first(x, training=True)), np.asarray(again(x, training=True)))
        assert not np.array_equal(np.asarray(first(x, training=True)), np.asarray(first(x, training=False)))

    def test_values_of_a_numpy_grid_will_do(self, build):
        grid = np.array([0.25], "float32")
        model = build(
            l1=grid[0], l2=grid[0], dropout_rate=grid[0], input_dropout_rate=grid[0], learning_rate=grid[0]
        )
        assert sum(float(loss) for loss in model.losses) > 0
        assert {layer.rate for layer in dropout(model)} == {0.25}
        assert float(model.optimizer.learning_rate) == 0.25

    def test_an_optimizer_or_its_name_replaces_adam(self, build):
        sgd = keras.optimizers.SGD(0.1)
        assert build(optimizer=sgd).optimizer is sgd
        assert isinstance(build(optimizer="sgd").optimizer, keras.optimizers.SGD)

    @pytest.mark.parametrize("optimizer", ["sgd", "adam", keras.optimizers.Adam(0.1)])
    @pytest.mark.parametrize("rate", [0.5, 1e-3, np.float32(0.1)])
    def test_a_rate_beside_an_optimizer_is_not_ignored_but_refused(self, build, optimizer, rate):
        with pytest.raises(ValueError, match=r"`learning_rate`.*Received: optimizer=.*, learning_rate="):
            build(optimizer=optimizer, learning_rate=rate)

    def test_no_rate_means_adams_own(self, build):
        assert float(build(learning_rate=None).optimizer.learning_rate) == np.float32(1e-3)

    def test_a_saved_model_comes_back(self, build, tmp_path):
        model = build(units=5, l2=0.01, dropout_rate=0.5)
        model.save(tmp_path / "model.keras")
        loaded = keras.saving.load_model(tmp_path / "model.keras", compile=False)
        assert_array_equal(weights.flat(loaded), weights.flat(model))


@pytest.mark.parametrize("rate", [1, 1.5, -0.1, float("nan")])
@pytest.mark.parametrize("name", ["dropout_rate", "input_dropout_rate"])
def test_a_rate_is_the_fraction_that_is_dropped(name, rate):
    with pytest.raises(ValueError, match=rf"`{name}` must be .*\[0, 1\).*dropped. Received: {name}={rate}"):
        models.classifier(4, 3, **{name: rate})
