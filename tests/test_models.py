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


class TestImageClassifier:
    def test_it_is_the_network_it_says(self):
        model = models.image_classifier()
        kinds = [type(layer).__name__ for layer in model.layers]
        assert kinds == ["Conv2D", "Conv2D", "Flatten", "Dense", "Dense"]
        assert [layer.filters for layer in model.layers[:2]] == [16, 32]
        assert [layer.units for layer in dense(model)] == [64, 10]
        assert model.output_shape == (None, 10)
        assert model.count_params() == 79242

    def test_options_become_layers_in_this_order(self):
        model = models.image_classifier(
            translation=0.1, rotation=0.05, input_dropout_rate=0.2, dropout_rate=0.5, filters=8
        )
        kinds = [type(layer).__name__ for layer in model.layers]
        before = ["RandomTranslation", "RandomRotation", "Dropout", "Conv2D", "Flatten", "Dropout"]
        assert kinds == [*before, "Dense", "Dropout", "Dense"]
        assert [layer.rate for layer in dropout(model)] == [0.2, 0.5, 0.5]

    def test_without_convolutions_it_is_a_perceptron_on_images(self):
        model = models.image_classifier((8, 8, 1), 10, filters=(), units=(16, 8), dropout_rate=0.5)
        kinds = [type(layer).__name__ for layer in model.layers]
        assert kinds == ["Flatten", "Dense", "Dropout", "Dense", "Dropout", "Dense"]

    def test_the_penalty_is_on_every_kernel_and_equals_the_formula(self):
        model = models.image_classifier((9, 9, 2), 3, filters=(2, 3), units=(4,), l1=0.01, l2=0.02)
        kernels = [np.asarray(layer.kernel) for layer in model.layers if hasattr(layer, "kernel")]
        assert len(kernels) == 4
        expected = sum(0.01 * np.abs(w).sum() + 0.02 * (w**2).sum() for w in kernels)
        assert_allclose(sum(float(loss) for loss in model.losses), expected, rtol=1e-5)

    def test_no_remedy_changes_the_first_weights_and_no_seeds_are_shared(self):
        remedies = {"translation": 0.1, "rotation": 0.1, "dropout_rate": 0.5, "input_dropout_rate": 0.2}
        plain, treated = models.image_classifier(seed=2), models.image_classifier(seed=2, l2=0.1, **remedies)
        assert_array_equal(weights.flat(plain), weights.flat(treated))
        found = [layer.seed for layer in treated.layers if getattr(layer, "seed", None) is not None]
        found += [layer.kernel_initializer.seed for layer in treated.layers if hasattr(layer, "kernel")]
        assert len(set(found)) == len(found) == 9

    def test_images_are_moved_in_training_only_and_the_border_is_empty(self):
        model = models.image_classifier((6, 6, 1), 2, filters=(), translation=0.5)
        image = np.ones((40, 6, 6, 1), "float32")
        moved = np.asarray(model.layers[0](image, training=True))
        assert moved.sum() < image.sum()
        assert moved.min() == 0
        assert_array_equal(np.asarray(model.layers[0](image, training=False)), image)

    def test_it_learns(self):
        images = np.zeros((40, 8, 8, 1), "float32")
        labels = np.arange(40) % 2
        images[labels == 1, :4] = 1
        model = models.image_classifier((8, 8, 1), 2, filters=(4,), units=(8,), learning_rate=0.01)
        model.fit(images, labels, epochs=15, verbose=0)
        assert model.evaluate(images, labels, verbose=0)[1] == 1

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("image_shape", (28, 28)),
            ("image_shape", 28),
            ("image_shape", (28, 28, 0)),
            ("filters", (0,)),
            ("units", 0),
            ("translation", -0.1),
            ("rotation", 2),
            ("n_classes", 1),
            ("label_smoothing", 1),
        ],
    )
    def test_what_is_out_of_range_is_refused(self, name, value):
        with pytest.raises(ValueError, match=f"`{name}`"):
            models.image_classifier(**{name: value})


@pytest.mark.parametrize(
    "build",
    [partial(models.classifier, 4, 3), partial(models.image_classifier, (2, 2, 1), 3, filters=())],
    ids=["classifier", "image_classifier"],
)
@pytest.mark.parametrize("smoothing", [0, 0.3])
def test_smoothed_labels_are_shared_out_over_the_classes(build, smoothing):
    model = build(units=5, label_smoothing=smoothing)
    x = np.random.default_rng(0).normal(size=(12, *model.input_shape[1:])).astype("float32")
    one_hot = np.eye(3, dtype="float32")[np.arange(12) % 3]
    p = model.predict(x, verbose=0)
    shared = one_hot * (1 - smoothing) + smoothing / 3
    loss, accuracy = model.evaluate(x, one_hot, verbose=0)
    assert_allclose(loss, -(shared * np.log(p)).sum(axis=1).mean(), rtol=1e-4)
    assert_allclose(accuracy, np.mean(p.argmax(axis=1) == np.arange(12) % 3))


class TestEnsemble:
    def test_it_gives_the_mean_probability_and_is_evaluated_as_its_first_model(self):
        members = [models.classifier(4, 3, units=5, seed=seed) for seed in range(3)]
        x, y = np.random.default_rng(0).normal(size=(20, 4)).astype("float32"), np.arange(20) % 3
        mean = np.mean([np.asarray(member(x)) for member in members], axis=0)
        together = models.ensemble(members)
        assert_allclose(together.predict(x, verbose=0), mean, rtol=1e-5)
        loss, accuracy = together.evaluate(x, y, verbose=0)
        assert_allclose(loss, -np.log(mean[np.arange(20), y]).mean(), rtol=1e-4)
        assert_allclose(accuracy, np.mean(mean.argmax(axis=1) == y))

    def test_one_model_is_its_own_ensemble(self):
        model = models.classifier(4, 3, units=5)
        x = np.ones((2, 4), "float32")
        assert_allclose(models.ensemble([model]).predict(x, verbose=0), np.asarray(model(x)), rtol=1e-6)

    def test_models_that_do_not_fit_are_refused(self):
        for members in ([], [models.classifier(4, 3), models.classifier(5, 3)]):
            with pytest.raises(ValueError, match="`models`"):
                models.ensemble(members)
