"""What lesson 06 claims, measured with the lesson's own experiments over several seeds.

A seed draws the split, the label noise, the initial weights, the order of the rows and the masks.
"""

from __future__ import annotations

import keras
import numpy as np
import pytest

from coursekit import data, models, training

RATES, INPUT_RATES = [0.0, 0.3, 0.5, 0.7, 0.9], [0.0, 0.2]


def layer_output(rate, seed, training_mode, shape=(100_000,)):
    layer = keras.layers.Dropout(rate, seed=seed)
    return keras.ops.convert_to_numpy(layer(np.ones(shape, "float32"), training=training_mode))


@pytest.mark.claim("06-by-hand-equals-the-layer")
def test_dropout_by_hand_equals_the_layer(claim_seeds):
    for seed in claim_seeds(5):
        by_hand = (np.random.default_rng(seed).random(100_000) >= 0.4) / 0.6
        for out in (by_hand, layer_output(0.4, seed, True)):
            assert np.mean(out == 0) == pytest.approx(0.4, abs=0.008)
            np.testing.assert_allclose(np.unique(out), [0, 1.667], atol=1e-3)
            assert out.mean() == pytest.approx(1, abs=0.015)
            assert out.var() == pytest.approx(0.67, abs=0.02)
        np.testing.assert_array_equal(layer_output(0.4, seed, False), 1)
    # It is on in fit and off in predict, not only when the layer is called by hand.
    same = keras.layers.Dense(100, kernel_initializer="identity", use_bias=False)
    model = keras.Sequential([keras.Input((100,)), keras.layers.Dropout(0.4, seed=0), same])
    model.compile(keras.optimizers.SGD(0.0), "mean_squared_error")
    ones = np.ones((10, 100), "float32")
    np.testing.assert_array_equal(model.predict(ones, verbose=0), 1)
    history = training.fit(model, ones, ones, epochs=1, progress=False)
    assert history.columns["data_loss"][0] == pytest.approx(0.67, abs=0.15)


@pytest.mark.claim("06-both-rules-keep-the-expectation")
def test_both_rules_have_the_expectation_of_inference(claim_seeds):
    for seed in claim_seeds(5):
        generator = np.random.default_rng(seed)
        x, w = generator.normal(size=50), generator.normal(size=50)
        masks = generator.random((20_000, 50)) >= 0.4
        for training_values, inference in (
            ((masks * x / 0.6) @ w, x @ w),
            ((masks * x) @ w, x @ (w * 0.6)),
        ):
            error = training_values.std() / np.sqrt(len(masks))
            assert training_values.mean() == pytest.approx(inference, abs=4 * error)


@pytest.mark.claim("06-masks-differ-per-example")
def test_masks_differ_per_example_and_equal_seeds_give_equal_masks(claim_seeds):
    for seed in claim_seeds(5):
        out = layer_output(0.5, seed, True, (3, 64))
        assert len({row.tobytes() for row in out}) == 3
        np.testing.assert_array_equal(out, layer_output(0.5, seed, True, (3, 64)))
        assert not np.array_equal(out, layer_output(0.5, seed + 1, True, (3, 64)))


def unmoved(seed, optimizer, penalty=None):
    first_weights = keras.initializers.GlorotUniform(seed=seed)
    dense = keras.layers.Dense(1, kernel_initializer=first_weights, kernel_regularizer=penalty)
    model = keras.Sequential([keras.Input((200,)), keras.layers.Dropout(0.5, seed=seed + 1), dense])
    model.compile(optimizer, loss="mean_squared_error")
    steps = []
    for _ in range(2):
        model.train_on_batch(np.ones((1, 200)), np.ones((1, 1)))
        steps.append(model.get_weights()[0].copy())
    return int(np.sum(steps[1] == steps[0]))


@pytest.mark.claim("06-dropped-units-pass-no-gradient")
def test_only_plain_sgd_leaves_dropped_weights_alone(claim_seeds):
    for seed in claim_seeds(3):
        plain = unmoved(seed, keras.optimizers.SGD(0.001))
        assert plain == pytest.approx(100, abs=25)
        assert unmoved(seed, keras.optimizers.SGD(0.001, momentum=0.9)) == pytest.approx(50, abs=22)
        assert unmoved(seed, keras.optimizers.SGD(0.001), keras.regularizers.L2(0.01)) == 0


def noisy_digits(seed, **point):
    return data.digits(n_train=400, n_validation=200, label_noise=0.4, seed=seed)


@pytest.fixture(scope="module")
def result(claim_seeds):
    def build_model(rate, input_rate, seed):
        return models.classifier(
            64,
            10,
            units=(128, 128),
            dropout_rate=rate,
            input_dropout_rate=input_rate,
            learning_rate=0.002,
            seed=seed,
        )

    return training.sweep(
        build_model,
        {"input_rate": INPUT_RATES, "rate": RATES},
        data=noisy_digits,
        epochs=60,
        batch_size=64,
        seeds=claim_seeds(5),
        progress=False,
    )


@pytest.mark.claim("06-rate-sweep")
def test_rates(result):
    final = result.final
    final["test"] = [
        training.evaluate(run.model, *noisy_digits(run.seed).test)["accuracy"] for run in result.runs
    ]
    means = final.groupby(["input_rate", "rate"])["test"].mean()
    assert means[0.0].loc[[0.0, 0.7]].tolist() == pytest.approx([0.70, 0.88], abs=0.03)
    assert means[0.0].loc[0.9] < 0.35
    assert means[0.2].loc[[0.0, 0.5]].tolist() == pytest.approx([0.85, 0.90], abs=0.025)
    assert means[0.2].loc[0.0] > means[0.0].loc[0.0] + 0.1
    losses = final.groupby(["input_rate", "rate"])["val_data_loss"].mean()
    assert losses.nsmallest(2).index.sort_values().tolist() == [(0.2, 0.3), (0.2, 0.5)]
    assert losses[(0.2, 0.3)] == pytest.approx(losses[(0.2, 0.5)], abs=0.04)


@pytest.mark.claim("06-training-curve-is-taken-with-dropout")
def test_the_training_curve_is_taken_with_dropout(result):
    for run in result.runs:
        if run.point == {"input_rate": 0.2, "rate": 0.5}:
            evaluated = training.evaluate(run.model, *noisy_digits(run.seed).train)
            assert evaluated["accuracy"] > run.history.columns["accuracy"][-1] + 0.06
            assert evaluated["data_loss"] < run.history.columns["data_loss"][-1] - 0.1
            if run.seed == 0:
                assert evaluated["accuracy"] == pytest.approx(0.62, abs=0.03)
                assert run.history.columns["accuracy"][-1] == pytest.approx(0.51, abs=0.03)


@pytest.mark.claim("06-dropout-reduces-co-adaptation")
def test_dropout_reduces_co_adaptation(result):
    lost = {0.0: [], 0.5: []}
    for run in result.runs:
        if run.point["input_rate"] == 0 and run.point["rate"] in lost:
            test, weights = noisy_digits(run.seed).test, run.model.get_weights()
            generator = np.random.default_rng(run.seed)
            whole, found = training.evaluate(run.model, *test)["accuracy"], []
            for _ in range(3):
                fewer = [w.copy() for w in weights]
                fewer[4][generator.choice(128, 64, replace=False)] = 0
                run.model.set_weights(fewer)
                found.append(training.evaluate(run.model, *test)["accuracy"])
            run.model.set_weights(weights)
            lost[run.point["rate"]].append(whole - np.mean(found))
    assert np.mean(lost[0.0]) == pytest.approx(0.12, abs=0.035)
    assert np.mean(lost[0.5]) == pytest.approx(0.03, abs=0.03)
    assert (np.array(lost[0.0]) > np.array(lost[0.5]) + 0.03).all()


@pytest.mark.claim("06-monte-carlo-levels-off")
def test_monte_carlo_averages_level_off_above_zero(result):
    for run in result.runs:
        if run.point != {"input_rate": 0.2, "rate": 0.5} or run.seed > 2:
            continue
        x, y = noisy_digits(run.seed).test
        plain, total, averages = keras.ops.convert_to_numpy(run.model(x)), 0, {}
        for k in range(1, 301):
            total = total + keras.ops.convert_to_numpy(run.model(x, training=True))
            if k in (1, 100, 300):
                averages[k] = total / k
        gaps = [np.abs(p - plain).mean() for p in averages.values()]
        assert gaps[:2] == pytest.approx([0.05, 0.015], abs=0.004)
        assert gaps[1] > gaps[2] > 0.85 * gaps[1]

        def likelihood(p, y=y):
            return np.mean(np.log(np.maximum(p[np.arange(len(y)), y], 1e-12)))

        def accuracy(p, y=y):
            return np.mean(p.argmax(axis=1) == y)

        assert likelihood(averages[1]) < likelihood(averages[100]) < likelihood(plain)
        assert accuracy(averages[1]) < accuracy(averages[100]) - 0.1
        if run.seed == 0:
            assert accuracy(averages[300]) < accuracy(plain)


@pytest.mark.claim("06-the-band-depends-on-the-rate")
def test_the_band_is_set_by_the_rate_and_does_not_mark_the_gap(claim_seeds):
    grid = np.linspace(-1.6, 1.6, 161, dtype="float32")
    gap, with_data, outside = (
        np.abs(grid) < 0.3,
        (np.abs(grid) >= 0.3) & (np.abs(grid) <= 1),
        np.abs(grid) > 1.3,
    )
    for seed in claim_seeds(3):
        curve = data.noisy_curve(n_train=60, noise=0.1, seed=seed)
        kept = np.abs(curve.train.x[:, 0]) > 0.3
        sds, means = {}, {}
        for rate in (0.1, 0.4):
            model = models.regressor(1, units=(64, 64), dropout_rate=rate, learning_rate=0.005, seed=seed)
            training.fit(
                model, curve.train.x[kept], curve.train.y[kept], epochs=800, batch_size=64, progress=False
            )
            drawn = np.array(
                [keras.ops.convert_to_numpy(model(grid[:, None], training=True))[:, 0] for _ in range(100)]
            )
            sds[rate], means[rate] = drawn.std(axis=0), drawn.mean(axis=0)
        assert sds[0.4].mean() > 1.5 * sds[0.1].mean()
        for rate in sds:
            wider = [sds[rate][empty].mean() / sds[rate][with_data].mean() for empty in (gap, outside)]
            assert 0.9 < wider[0] < 1.6
            assert 0.5 < wider[1] < 1.5
            missed = np.abs(means[rate] - data.true_curve(grid)) > 2 * sds[rate]
            assert missed[outside].mean() > 0.5


@pytest.mark.claim("06-linear-dropout-is-ridge")
def test_dropout_on_a_linear_model_is_ridge_regression(claim_seeds):
    rate = 0.3
    for seed in claim_seeds(3):
        train = data.linear_regression(n_train=60, n_features=5, seed=seed).train
        x, y = train.x, train.y - train.y.mean()
        penalty = rate / (1 - rate) * np.diag(np.mean(x**2, axis=0))
        closed_form = np.linalg.solve(x.T @ x / len(x) + penalty, x.T @ y / len(x))
        dense = keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")
        model = keras.Sequential([keras.Input((5,)), keras.layers.Dropout(rate, seed=seed), dense])
        model.compile(keras.optimizers.SGD(0.01), loss="mean_squared_error")
        training.fit(model, x, y, epochs=500, batch_size=60, progress=False)
        visited = []
        for _ in range(100):
            training.fit(model, x, y, epochs=20, batch_size=60, progress=False)
            visited.append(model.get_weights()[0][:, 0])
        difference = np.linalg.norm(np.mean(visited, axis=0) - closed_form)
        assert difference < 0.02 * np.linalg.norm(closed_form)


@pytest.mark.claim("06-max-norm-with-dropout")
def test_a_small_max_norm_repairs_a_high_learning_rate_and_gains_nothing_beyond():
    def build_model(learning_rate, limit, seed):
        seeds = iter(np.random.SeedSequence(seed).generate_state(6).tolist())

        def dense(units, activation):
            constraint = keras.constraints.MaxNorm(limit) if limit else None
            start = keras.initializers.GlorotUniform(seed=next(seeds))
            return keras.layers.Dense(
                units, activation, kernel_initializer=start, kernel_constraint=constraint
            )

        layers = [keras.Input((64,)), keras.layers.Dropout(0.2, seed=next(seeds))]
        for _ in range(2):
            layers += [dense(128, "relu"), keras.layers.Dropout(0.5, seed=next(seeds))]
        model = keras.Sequential([*layers, dense(10, "softmax")])
        loss = "sparse_categorical_crossentropy"
        model.compile(keras.optimizers.Adam(learning_rate), loss=loss, metrics=["accuracy"])
        return model

    result = training.sweep(
        build_model,
        [{"learning_rate": r, "limit": c} for r, c in ((0.002, 0), (0.01, 0), (0.01, 3), (0.01, 1))],
        data=noisy_digits,
        epochs=60,
        batch_size=64,
        seeds=range(3),
        progress=False,
    )
    test = [training.evaluate(run.model, *noisy_digits(run.seed).test)["accuracy"] for run in result.runs]
    ordinary, none, three, one = np.reshape(test, (4, 3)).mean(axis=1)
    assert ordinary == pytest.approx(0.89, abs=0.02)
    assert one == pytest.approx(0.88, abs=0.03)
    assert none == pytest.approx(0.83, abs=0.03)
    assert none + 0.015 < one < ordinary + 0.01
    assert np.std(test[3:6]) > np.std(test[:3])
    assert abs(three - none) < 0.04
