"""What lesson 03 claims, measured with the lesson's own experiments over several seeds."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from sklearn.linear_model import Lasso, Ridge

from coursekit import data, models, penalties, training, weights

STRENGTHS = np.logspace(-4, -1, 9)


def closed_form(x, y, l2):
    """Return weights and bias of the ridge solution: the lesson's own formula."""
    x, y = x.astype("float64"), y.astype("float64")
    centered = x - x.mean(axis=0)
    gram = centered.T @ centered / len(x)
    w = np.linalg.solve(gram + l2 * np.eye(len(gram)), centered.T @ (y - y.mean()) / len(x))
    return w, y.mean() - x.mean(axis=0) @ w


@pytest.fixture(scope="module")
def noisy_digits(claimed):
    """The digits of a seed, with the label noise of the lesson, or, with --counter, with clean labels."""
    return lambda seed: data.digits(label_noise=claimed(0.4, counter=0.0), seed=seed)


@pytest.fixture(scope="module")
def sweep(claim_seeds, noisy_digits):
    """The sweep of experiment 6, with the λ of experiment 1 added. A seed draws everything."""
    return training.sweep(
        lambda l2, seed: models.classifier(64, 10, units=256, l2=l2, learning_rate=0.005, seed=seed),
        {"l2": [0.0, 0.01, *STRENGTHS]},
        data=lambda l2, seed: noisy_digits(seed),
        epochs=60,
        batch_size=64,
        seeds=claim_seeds(5),
        progress=False,
    )


@pytest.fixture(scope="module")
def on_test_data(sweep, noisy_digits):
    """Scores on the clean test data: `on_test_data(l2, metric)` has one a seed."""
    seeds = sorted(set(sweep.final["seed"]))
    tests = {seed: noisy_digits(seed).test for seed in seeds}

    def scores(l2, metric):
        return np.array(
            [training.evaluate(sweep.model({"l2": l2}, seed), *tests[seed])[metric] for seed in seeds]
        )

    return scores


def near(values, mean, sd):
    """Whether a mean is what the lesson says, within the noise of few seeds."""
    return abs(np.mean(values) - mean) < 0.01 + 2 * sd / np.sqrt(len(values))


def mean_losses(sweep, column):
    return sweep.final.groupby("l2")[column].mean()


@pytest.mark.claim("03-l2-cures-noisy-labels")
def test_l2_cures_noisy_labels(sweep, on_test_data, claimed):
    strength = claimed(0.01, counter=0.0)
    before, after = (on_test_data(l2, "accuracy") for l2 in (0.0, strength))
    assert np.all(after > before + 0.05)
    assert near(before, 0.71, 0.04)
    assert near(after, 0.89, 0.03)
    for seed in set(sweep.final["seed"]):
        untreated, cured = (
            sweep.table.query(f"seed == {seed} and l2 == {l2}")["val_data_loss"].to_numpy()
            for l2 in (0.0, strength)
        )
        assert untreated.argmin() < 15
        assert untreated[-1] > 1.3 * untreated.min()
        assert cured[-1] < 1.12 * cured.min()
    final = mean_losses(sweep, "data_loss")
    assert final[strength] > 3 * final[0.0]


@pytest.mark.claim("03-weights-shrink-and-none-is-zero")
def test_weights_shrink_and_none_is_zero(sweep, claimed):
    for seed in set(sweep.final["seed"]):
        strengths = (0.0, claimed(0.01, counter=0.0))
        before, after = (weights.flat(sweep.model({"l2": l2}, seed)) for l2 in strengths)
        assert before.size == after.size == 18_944
        assert 5.5 < before.std() / after.std() < 7.5
        assert np.all(before != 0)
        assert np.all(after != 0)


@pytest.mark.claim("03-each-step-shrinks-by-the-same-fraction", exact="the formula of a step of Keras' SGD")
@pytest.mark.parametrize(("rate", "l2"), [(0.1, 0.05), (0.05, 0.2)])
def test_each_step_shrinks_by_the_same_fraction(rate, l2):
    layer = keras.layers.Dense(1, kernel_initializer="ones", kernel_regularizer=keras.regularizers.L2(l2))
    model = keras.Sequential([keras.Input((1,)), layer])
    model.compile(keras.optimizers.SGD(rate), "mean_squared_error")
    nothing = np.zeros((8, 1), "float32")
    steps = 0
    for more in (1, 9, 90, 900):
        training.fit(model, nothing, nothing, epochs=more, batch_size=8, progress=False)
        steps += more
        w = float(layer.kernel[0, 0])
        np.testing.assert_allclose(w, (1 - 2 * rate * l2) ** steps, rtol=1e-3)
        assert w != 0


@pytest.mark.claim("03-the-penalty-is-in-both-losses", exact="what Keras puts into its losses")
def test_the_penalty_is_in_both_losses(claim_seeds):
    (seed,) = claim_seeds(1)[:1]
    digits = data.digits(100, 50, label_noise=0.4, seed=seed)
    model = models.classifier(64, 10, units=16, l2=0.01, learning_rate=0.005, seed=seed)
    theirs = model.fit(*digits.train, validation_data=digits.validation, epochs=3, verbose=0).history
    data_loss = keras.losses.SparseCategoricalCrossentropy()
    predicted = model.predict(digits.validation.x, verbose=0)
    unpenalized = float(data_loss(digits.validation.y, predicted))
    penalty = penalties.penalty_sum(weights.flat(model), l2=0.01)
    np.testing.assert_allclose(theirs["val_loss"][-1], unpenalized + penalty, rtol=1e-4)
    assert penalty > 0.1
    history = training.fit(model, *digits.train, validation_data=digits.validation, epochs=3, progress=False)
    assert (history.table["penalty"] > 0.1).all()
    # From the first epoch on the penalty falls, and takes `loss` down with it.
    assert history.table["penalty"].is_monotonic_decreasing


@pytest.mark.claim("03-a-metric-gives-the-data-loss")
def test_a_metric_of_plain_fit_is_the_data_loss(claim_seeds, claimed):
    l2 = claimed(0.01, counter=0.0)
    # Plain `model.fit` is slow.
    for seed in claim_seeds(3)[:3]:
        nonsense = data.digits(label_noise=1.0, seed=seed)
        keras.utils.set_random_seed(seed)
        penalty = keras.regularizers.L2(l2)
        model = keras.Sequential(
            [
                keras.Input((64,)),
                keras.layers.Dense(256, activation="relu", kernel_regularizer=penalty),
                keras.layers.Dense(10, activation="softmax", kernel_regularizer=penalty),
            ]
        )
        unpenalized = keras.metrics.SparseCategoricalCrossentropy(name="data_loss")
        model.compile(keras.optimizers.Adam(0.005), "sparse_categorical_crossentropy", metrics=[unpenalized])
        stop = keras.callbacks.EarlyStopping(
            "val_data_loss", mode="min", patience=5, restore_best_weights=True
        )
        options = {"epochs": 60, "batch_size": 64, "callbacks": [stop], "verbose": 0}
        logs = model.fit(*nonsense.train, validation_data=nonsense.validation, **options).history
        assert set(logs) == {"loss", "data_loss", "val_loss", "val_data_loss"}
        best = int(np.argmin(logs["val_data_loss"]))
        assert best == len(logs["loss"]) - 6
        difference = logs["val_loss"][best] - logs["val_data_loss"][best]
        np.testing.assert_allclose(
            difference, penalties.penalty_sum(weights.flat(model), l2=l2), rtol=1e-4, atol=1e-6
        )
        assert logs["val_loss"][-1] < logs["val_loss"][0] - 0.3
        np.testing.assert_allclose(logs["val_data_loss"], np.log(10), atol=0.12)
    for seed in claim_seeds(3):
        nonsense = data.digits(label_noise=1.0, seed=seed)
        losses = {}
        for strength in (l2, 0.0):
            model = models.classifier(64, 10, units=256, l2=strength, learning_rate=0.005, seed=seed)
            options = {"epochs": 20, "batch_size": 64, "progress": False}
            table = training.fit(model, *nonsense.train, validation_data=nonsense.validation, **options).table
            losses[strength] = table["val_data_loss"].to_numpy()
            losses[strength, "penalty"] = table["val_penalty"].to_numpy()
        with_penalty = losses[l2] + losses[l2, "penalty"]
        assert with_penalty[-1] < with_penalty[0] - 0.3
        np.testing.assert_allclose(losses[l2], np.log(10), atol=0.12)
        assert losses[0.0][-1] > losses[0.0][0] + 0.1


def train_linear(dataset, l2, seed):
    optimizer = keras.optimizers.SGD(0.1)
    model = models.regressor(20, units=(), l2=l2, optimizer=optimizer, seed=seed)
    rows = len(dataset.train.x)
    training.fit(model, *dataset.train, epochs=800, batch_size=rows, progress=False)
    return weights.flat(model)


@pytest.mark.claim("03-keras-is-ridge", exact="two programs that minimize the same objective")
def test_keras_is_ridge(claim_seeds):
    for seed in claim_seeds(10):
        linear = data.linear_regression(n_train=50, n_features=20, noise=1.0, seed=seed)
        for l2 in (0.01, 0.1, 1.0):
            ours = train_linear(linear, l2, seed)
            assert np.abs(ours - closed_form(*linear.train, l2)[0]).max() < 1e-4
            ridge = {a: Ridge(alpha=a).fit(*linear.train).coef_ for a in (l2, 25 * l2, 50 * l2)}
            assert np.abs(ours - ridge[penalties.ridge_alpha(l2, 50)]).max() < 1e-4
            assert np.abs(ours - ridge[l2]).max() > 0.01
            assert np.abs(ours - ridge[25 * l2]).max() > 0.01


@pytest.mark.claim("03-half-the-gradient-is-half-the-strength", exact="the derivative of the penalty")
def test_half_the_gradient_is_half_the_strength(claim_seeds):
    l2 = 0.1
    for seed in claim_seeds(10):
        linear = data.linear_regression(n_train=50, n_features=20, noise=1.0, seed=seed)
        x, y = linear.train
        w, b = np.zeros(20), 0.0
        for _ in range(800):
            error = x @ w + b - y
            w = w - 0.1 * (2 * x.T @ error / 50 + l2 * w)
            b = b - 0.1 * 2 * error.mean()
        assert np.abs(w - closed_form(x, y, l2 / 2)[0]).max() < 1e-4
        assert 0.05 < np.abs(w - closed_form(x, y, l2)[0]).max() < 0.35


@pytest.mark.claim("03-the-path-shrinks-without-zeros")
def test_the_path_shrinks_without_zeros(claim_seeds, claimed):
    solve = claimed(
        lambda x, y, strength: closed_form(x, y, strength)[0],
        counter=lambda x, y, strength: Lasso(alpha=strength / 2).fit(x, y).coef_,
    )
    for seed in claim_seeds(10):
        linear = data.linear_regression(n_train=50, n_features=20, noise=1.0, seed=seed)
        path = np.array([solve(*linear.train, strength) for strength in np.logspace(-3, 3, 49)])
        assert path.size == 980
        assert np.all(path != 0)
        assert np.any(np.sign(path[0]) != np.sign(path[-1]))
        assert np.any(np.diff(np.abs(path), axis=0) > 0)
        squares = np.sum(path**2, axis=1)
        assert np.all(np.diff(squares) < 0)
        assert np.abs(path[-1]).max() < 0.01


@pytest.mark.claim(
    "03-a-hundredfold-feature-needs-ten-thousandfold-strength", exact="a property of the closed form"
)
def test_a_hundredfold_feature_needs_ten_thousandfold_strength(claim_seeds):
    for seed in claim_seeds(10):
        x, y = data.linear_regression(n_train=50, n_features=1, seed=seed).train
        for strength in (0.01, 1.0, 100.0):
            meters, centimeters = closed_form(x, y, strength)[0], closed_form(100 * x, y, 1e4 * strength)[0]
            np.testing.assert_allclose(meters, 100 * centimeters, rtol=1e-4)
        free, meters = closed_form(x, y, 0.0)[0], closed_form(x, y, 1.0)[0]
        assert np.abs(meters) < 0.7 * np.abs(free)
        np.testing.assert_allclose(100 * closed_form(100 * x, y, 1.0)[0], free, rtol=1e-3)


def error_at_best_strength(dataset, scale):
    def error(fit, part):
        return np.mean((scale(part.x) @ fit[0] + fit[1] - part.y) ** 2)

    x = scale(dataset.train.x)
    fits = [closed_form(x, dataset.train.y, strength) for strength in np.logspace(-7, 6, 27)]
    return error(min(fits, key=lambda fit: error(fit, dataset.validation)), dataset.test)


@pytest.mark.claim("03-standardize-first")
def test_standardize_first(claim_seeds, claimed):
    errors, scales = [], claimed(np.logspace(-2, 2, 20), counter=np.ones(20))
    for seed in claim_seeds(20, always=True):
        mixed = data.linear_regression(n_train=30, n_validation=100, weight_sd=0.5, scales=scales, seed=seed)
        mean, sd = mixed.train.x.mean(axis=0), mixed.train.x.std(axis=0)
        errors.append(
            [
                error_at_best_strength(mixed, np.asarray),
                error_at_best_strength(mixed, lambda x, mean=mean, sd=sd: (x - mean) / sd),
            ]
        )
    raw, standardized = np.transpose(errors)
    assert np.sum(standardized < raw) > 10
    assert standardized.mean() < 0.95 * raw.mean()


@pytest.mark.claim("03-validation-curve")
def test_the_validation_curve_is_a_valley(sweep):
    train, validation = (mean_losses(sweep, column)[STRENGTHS] for column in ("data_loss", "val_data_loss"))
    assert np.all(np.diff(train) > 0)
    best = validation.idxmin()
    assert 0.003 < best < 0.02
    assert validation.iloc[0] > validation[best] + 0.5
    assert validation.iloc[-1] > validation[best] + 0.5
    assert validation.iloc[0] - train.iloc[0] > 1.8
    np.testing.assert_allclose([train.iloc[-1], validation.iloc[-1]], np.log(10), atol=0.05)
    # No model can do better on labels of which 36 % are wrong.
    np.testing.assert_allclose(-0.64 * np.log(0.64) - 9 * 0.04 * np.log(0.04), 1.44, atol=0.005)
    assert 1.44 < validation[best] < 1.8


@pytest.mark.claim("03-test-accuracy-of-the-chosen-strength")
def test_accuracy_of_the_chosen_strength(sweep, on_test_data):
    candidates = sweep.final[sweep.final["l2"] != 0.01]
    own = candidates.loc[candidates.groupby("seed")["val_data_loss"].idxmin(), "l2"]
    assert own.between(STRENGTHS[4] - 1e-9, STRENGTHS[6] + 1e-9).all()
    assert np.isclose(own, STRENGTHS[5]).mean() > 0.5
    before, after = (on_test_data(l2, "accuracy") for l2 in (0.0, STRENGTHS[5]))
    assert np.all(after > before + 0.05)
    assert near(before, 0.71, 0.04)
    assert near(after, 0.90, 0.03)


@pytest.mark.claim("03-l2-is-underconfident")
def test_l2_is_right_but_underconfident(sweep, on_test_data, noisy_digits):
    before, after = (on_test_data(l2, "data_loss") for l2 in (0.0, STRENGTHS[5]))
    assert abs(np.mean(after) - np.mean(before)) < 0.1
    confidence = {0.0: [], STRENGTHS[5]: []}
    for seed in set(sweep.final["seed"]):
        x = noisy_digits(seed).test.x
        for l2, values in confidence.items():
            values.append(np.asarray(sweep.model({"l2": l2}, seed)(x)).max(axis=1).mean())
    np.testing.assert_allclose(np.mean(confidence[0.0]), 0.71, atol=0.03)
    np.testing.assert_allclose(confidence[0.0], on_test_data(0.0, "accuracy"), atol=0.1)
    np.testing.assert_allclose(np.mean(confidence[STRENGTHS[5]]), 0.455, atol=0.02)
    assert np.all(np.array(confidence[STRENGTHS[5]]) < on_test_data(STRENGTHS[5], "accuracy") - 0.3)


def largest_difference(optimizer, seed, exclude_biases=True, l2=0.01):
    digits = data.digits(label_noise=0.4, seed=seed)
    decaying = optimizer(2 * l2)
    if exclude_biases:
        decaying.exclude_from_weight_decay(var_names=["bias"])
    # Not ReLU: at its kink a rounding error may switch a unit in one of the two only.
    options = {"units": 64, "activation": "tanh", "seed": seed}
    in_the_loss = models.classifier(64, 10, l2=l2, optimizer=optimizer(None), **options)
    decoupled = models.classifier(64, 10, optimizer=decaying, **options)
    for model in (in_the_loss, decoupled):
        training.fit(model, *digits.train, epochs=20, batch_size=64, progress=False)
    pairs = zip(in_the_loss.get_weights(), decoupled.get_weights(), strict=True)
    return max(np.abs(a - b).max() for a, b in pairs)


def sgd(decay, momentum=0.0):
    return keras.optimizers.SGD(0.1, momentum=momentum, weight_decay=decay)


@pytest.mark.claim("03-decay-equals-l2-under-plain-sgd-only")
def test_decay_equals_l2_under_plain_sgd_only(claim_seeds, claimed):
    momentum = claimed(0.0, counter=0.9)
    for seed in claim_seeds(5):
        assert largest_difference(lambda decay: sgd(decay, momentum=momentum), seed) < 1e-5
        assert 0.005 < largest_difference(sgd, seed, exclude_biases=False) < 0.03
        assert 0.25 < largest_difference(lambda decay: sgd(decay, momentum=0.9), seed) < 0.6
        assert 0.5 < largest_difference(lambda d: keras.optimizers.Adam(0.005, weight_decay=d), seed) < 0.9


@pytest.mark.claim("03-adamw-needs-its-own-strength")
def test_adamw_needs_its_own_strength(claim_seeds, claimed):
    strong = claimed(3.0, counter=0.004)
    seeds = claim_seeds(3)
    noisy = {seed: data.digits(label_noise=0.4, seed=seed) for seed in seeds}

    def mean_accuracy(build_model):
        result = training.sweep(
            build_model,
            {},
            data=lambda seed: noisy[seed],
            epochs=60,
            batch_size=64,
            seeds=seeds,
            progress=False,
        )
        scores = [training.evaluate(result.model({}, seed), *noisy[seed].test) for seed in seeds]
        return np.mean([score["accuracy"] for score in scores])

    def with_decay(decay):
        return lambda seed: models.classifier(
            64, 10, units=256, optimizer=keras.optimizers.AdamW(0.005, weight_decay=decay), seed=seed
        )

    def with_penalty(l2):
        return lambda seed: models.classifier(64, 10, units=256, l2=l2, learning_rate=0.005, seed=seed)

    assert keras.optimizers.AdamW().weight_decay == 0.004
    one, other = (
        models.classifier(64, 10, units=8, optimizer=kind(0.005, weight_decay=0.1), seed=seeds[0])
        for kind in (keras.optimizers.Adam, keras.optimizers.AdamW)
    )
    for model in (one, other):
        training.fit(model, *noisy[seeds[0]].train, epochs=2, progress=False)
    np.testing.assert_array_equal(weights.flat(one), weights.flat(other))
    well_decayed = mean_accuracy(with_decay(strong))
    assert 0.85 < well_decayed < 0.91
    assert abs(well_decayed - mean_accuracy(with_penalty(STRENGTHS[5]))) < 0.04
    assert abs(mean_accuracy(with_decay(0.004)) - mean_accuracy(with_penalty(0.0))) < 0.03


@pytest.mark.claim("03-the-prior-gives-the-best-strength")
def test_the_prior_gives_the_best_strength(claim_seeds, claimed):
    strengths = np.logspace(-2.5, 0.5, 25)
    errors, noise = [], claimed(1.0, counter=2.0)
    for seed in claim_seeds(200, always=True):
        problem = data.linear_regression(
            n_train=30, n_test=200, n_features=20, weight_sd=0.5, noise=noise, seed=seed
        )
        fits = [closed_form(*problem.train, strength) for strength in strengths]
        errors.append([np.mean((problem.test.x @ w + b - problem.test.y) ** 2) for w, b in fits])
    means = np.mean(errors, axis=0)
    np.testing.assert_allclose(strengths[means.argmin()], 1 / (30 * 0.5**2), rtol=0.05)
    assert 1.7 < means[0] / means.min() < 2.3
