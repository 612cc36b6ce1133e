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


@pytest.mark.claim("06-by-hand-equals-the-layer", exact="it is what the layer does")
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


@pytest.mark.claim("06-both-rules-keep-the-expectation", exact="an expected value")
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


@pytest.mark.claim("06-masks-differ-per-example", exact="it is what the layer does")
def test_masks_differ_per_example_and_equal_seeds_give_equal_masks(claim_seeds):
    for seed in claim_seeds(5):
        out = layer_output(0.5, seed, True, (3, 64))
        assert len({row.tobytes() for row in out}) == 3
        np.testing.assert_array_equal(out, layer_output(0.5, seed, True, (3, 64)))
        assert not np.array_equal(out, layer_output(0.5, seed + 1, True, (3, 64)))


def unmoved(seed, rate, optimizer, penalty=None, examples=1):
    first_weights = keras.initializers.GlorotUniform(seed=seed)
    dense = keras.layers.Dense(1, kernel_initializer=first_weights, kernel_regularizer=penalty)
    model = keras.Sequential([keras.Input((200,)), keras.layers.Dropout(rate, seed=seed + 1), dense])
    model.compile(optimizer, loss="mean_squared_error")
    steps = []
    for _ in range(2):
        model.train_on_batch(np.ones((examples, 200)), np.ones((examples, 1)))
        steps.append(model.get_weights()[0].copy())
    return int(np.sum(steps[1] == steps[0]))


@pytest.mark.claim("06-dropped-units-pass-no-gradient")
def test_only_plain_sgd_on_one_example_leaves_dropped_weights_alone(claim_seeds, claimed):
    rate, penalty = claimed(0.5, counter=0.0), keras.regularizers.L2(0.01)
    for seed in claim_seeds(3):
        assert unmoved(seed, rate, keras.optimizers.SGD(0.001)) == pytest.approx(100, abs=30)
        assert unmoved(seed, rate, keras.optimizers.SGD(0.001, momentum=0.9)) == pytest.approx(50, abs=27)
        assert unmoved(seed, rate, keras.optimizers.SGD(0.001), penalty) == 0
        assert unmoved(seed, rate, keras.optimizers.SGD(0.001), examples=32) == 0


def noisy_digits(seed, **point):
    return data.digits(n_train=400, n_validation=200, label_noise=0.4, seed=seed)


@pytest.fixture(scope="module")
def build_model(claimed):
    share = claimed(1, counter=0)

    def build(rate, input_rate, seed):
        return models.classifier(
            64,
            10,
            units=(128, 128),
            dropout_rate=share * rate,
            input_dropout_rate=share * input_rate,
            learning_rate=0.002,
            seed=seed,
        )

    return build


@pytest.fixture(scope="module")
def result(build_model, claim_seeds):
    return training.sweep(
        build_model,
        {"input_rate": INPUT_RATES, "rate": RATES},
        data=noisy_digits,
        epochs=60,
        batch_size=64,
        seeds=claim_seeds(5),
        progress=False,
    )


def seeds_of(result):
    return sorted({run.seed for run in result.runs})


@pytest.mark.claim("06-rate-sweep")
def test_rates(result):
    final = result.final
    final["test"] = [
        training.evaluate(run.model, *noisy_digits(run.seed).test)["accuracy"] for run in result.runs
    ]
    scores = final.pivot(index="seed", columns=["input_rate", "rate"], values="test")
    means = scores.mean()
    assert means[[(0.0, 0.0), (0.0, 0.7)]].tolist() == pytest.approx([0.70, 0.88], abs=0.04)
    assert means[[(0.2, 0.0), (0.2, 0.5)]].tolist() == pytest.approx([0.85, 0.90], abs=0.03)
    assert (scores[(0.0, 0.7)] > scores[(0.0, 0.0)] + 0.04).all()
    assert (scores[(0.2, 0.0)] > scores[(0.0, 0.0)] + 0.04).all()
    assert (scores[[(0.0, 0.9), (0.2, 0.9)]] < 0.5).all(axis=None)
    # Too high a rate underfits: the training data are not learned, either.
    for run in result.runs:
        if run.point["rate"] == 0.9:
            assert training.evaluate(run.model, *noisy_digits(run.seed).train)["accuracy"] < 0.5
    losses = final.groupby(["input_rate", "rate"])["val_data_loss"].mean()
    assert losses.idxmin() in {(0.2, 0.5), (0.2, 0.3)}
    assert losses[(0.2, 0.3)] == pytest.approx(losses[(0.2, 0.5)], abs=0.06)
    if 0 in final["seed"]:
        assert losses.idxmin() == (0.2, 0.5)


@pytest.mark.claim("06-training-curve-is-taken-with-dropout")
def test_the_training_curve_is_taken_with_dropout(result):
    for run in result.runs:
        if run.point == {"input_rate": 0.2, "rate": 0.5}:
            evaluated = training.evaluate(run.model, *noisy_digits(run.seed).train)
            assert evaluated["accuracy"] > run.history.columns["accuracy"][-1] + 0.04
            assert evaluated["data_loss"] < run.history.columns["data_loss"][-1] - 0.1
            if run.seed == 0:
                assert evaluated["accuracy"] == pytest.approx(0.62, abs=0.03)
                assert run.history.columns["accuracy"][-1] == pytest.approx(0.51, abs=0.03)


@pytest.mark.claim("06-dropout-reduces-co-adaptation")
def test_dropout_makes_robust_against_missing_units_and_early_stopping_does_not(result, build_model):
    def stop_early():
        return [
            keras.callbacks.EarlyStopping("val_data_loss", mode="min", patience=5, restore_best_weights=True)
        ]

    no_dropout, seeds = {"input_rate": 0.0, "rate": 0.0}, seeds_of(result)
    stopped = training.sweep(
        build_model,
        [no_dropout],
        data=noisy_digits,
        epochs=60,
        batch_size=64,
        seeds=seeds,
        callbacks=stop_early,
        progress=False,
    )

    def accuracies(sweep, rate):
        """Return that of whole networks and that without 96 of 128 units, for each seed."""
        found = []
        for seed in seeds:
            model, test = sweep.model({"input_rate": 0.0, "rate": rate}, seed), noisy_digits(seed).test
            weights, generator = model.get_weights(), np.random.default_rng(seed)
            whole, fewer = training.evaluate(model, *test)["accuracy"], []
            for _ in range(3):
                left = [w.copy() for w in weights]
                left[4][generator.choice(128, 96, replace=False)] = 0
                model.set_weights(left)
                fewer.append(training.evaluate(model, *test)["accuracy"])
            model.set_weights(weights)
            found.append((whole, whole - np.mean(fewer)))
        return np.array(found).T

    _, nothing = accuracies(result, 0.0)
    with_dropout, robust = accuracies(result, 0.5)
    early, control = accuracies(stopped, 0.0)
    assert ((nothing > 0.15) & (nothing < 0.5)).all()
    assert robust.mean() == pytest.approx(0.1, abs=0.04)
    assert (nothing > robust + 0.05).all()
    # As accurate as with dropout, and yet as little prepared for missing units as without.
    assert early.mean() == pytest.approx(with_dropout.mean(), abs=0.03)
    assert (control > robust + 0.05).all()
    assert control.mean() == pytest.approx(nothing.mean(), abs=0.08)


@pytest.mark.claim("06-monte-carlo-levels-off")
def test_monte_carlo_averages_level_off_above_zero_since_they_are_too_modest(result, claim_seeds):
    def likelihood(p, y):
        return np.mean(np.log(np.maximum(p[np.arange(len(y)), y], 1e-12)))

    def accuracy(p, y):
        return np.mean(p.argmax(axis=1) == y)

    def confidence(p):
        return p.max(axis=1).mean()

    def probabilities(model, x, **mode):
        return keras.ops.convert_to_numpy(model(x, **mode))

    def passes(model, x):
        """Return 200 of them, 50 in one call: each row of a batch has a mask of its own."""
        many = np.tile(x, (50, 1))
        drawn = [probabilities(model, many, training=True).reshape(50, len(x), 10) for _ in range(4)]
        return np.concatenate(drawn)

    on_noisy_labels = []
    for seed in claim_seeds(3):
        model = result.model({"input_rate": 0.2, "rate": 0.5}, seed)
        x, y = noisy_digits(seed).test
        noisy_x, noisy_y = noisy_digits(seed).validation
        plain, drawn = probabilities(model, x), passes(model, x)
        averages = {k: drawn[:k].mean(axis=0) for k in (1, 100, 200)}
        gaps = [np.abs(p - plain).mean() for p in averages.values()]
        assert gaps[:2] == pytest.approx([0.05, 0.0175], abs=0.006)
        assert gaps[1] >= gaps[2] > 0.85 * gaps[1]
        assert likelihood(averages[1], y) < likelihood(averages[100], y) < likelihood(plain, y) - 0.05
        assert accuracy(averages[1], y) < accuracy(averages[100], y) - 0.1
        assert accuracy(averages[200], y) == pytest.approx(accuracy(plain, y), abs=0.04)
        # The cause: right far more often than sure of it, and after averaging still less sure.
        average = averages[200]
        assert accuracy(plain, y) > confidence(plain) + 0.25
        assert confidence(average) < confidence(plain) - 0.03
        powers = [average**b / (average**b).sum(axis=1, keepdims=True) for b in np.linspace(1, 2, 201)]
        sharpened = min(powers, key=lambda q, p=plain: abs(confidence(q) - confidence(p)))
        assert likelihood(sharpened, y) == pytest.approx(likelihood(plain, y), abs=0.03)
        noisy = passes(model, noisy_x).mean(axis=0)
        on_noisy_labels.append(
            likelihood(noisy, noisy_y) - likelihood(probabilities(model, noisy_x), noisy_y)
        )
        assert abs(on_noisy_labels[-1]) < 0.08
    assert abs(np.mean(on_noisy_labels)) < 0.04


@pytest.mark.claim("06-the-band-depends-on-the-rate")
def test_the_band_depends_on_the_rate_and_does_not_mark_where_data_are_missing(claim_seeds, claimed):
    grid, noise = np.linspace(-1.6, 1.6, 161, dtype="float32"), 0.1
    gap, outside = np.abs(grid) < 0.3, np.abs(grid) > 1.3
    with_data = ~gap & (np.abs(grid) <= 1)
    many = np.tile(grid, 100)[:, None]  # 100 passes in one call: each row has a mask of its own
    found, ratios = {False: [], True: []}, []
    for seed in claim_seeds(3):
        curve = data.noisy_curve(n_train=60, noise=noise, seed=seed)
        kept = np.abs(curve.train.x[:, 0]) > 0.3
        x, y = curve.train.x[kept], curve.train.y[kept]
        for full in found:
            widths = []
            for rate in (0.1, claimed(0.4, counter=0.1)):
                decay = (1 - rate) * noise**2 / len(x) if full else None
                model = models.regressor(
                    1, units=(64, 64), dropout_rate=rate, l2=decay, learning_rate=0.005, seed=seed
                )
                training.fit(model, x, y, epochs=800, batch_size=64, progress=False)
                drawn = keras.ops.convert_to_numpy(model(many, training=True)).reshape(100, len(grid))
                width = np.sqrt(drawn.var(axis=0) + (noise**2 if full else 0))
                in_gap, beyond = (width[part].mean() / width[with_data].mean() for part in (gap, outside))
                missed = np.abs(drawn.mean(axis=0) - data.true_curve(grid)) > 2 * width
                found[full].append((in_gap, beyond, missed[outside].mean()))
                widths.append(width.mean())
            assert widths[1] > 1.1 * widths[0]
            if not full:
                ratios.append(widths[1] / widths[0])
    assert 1.5 < np.mean(ratios) < 2.3
    for full, measured in found.items():
        in_gap, beyond, missed = np.mean(measured, axis=0)
        assert (1.0 < in_gap < 1.3) if full else (1.1 < in_gap < 1.6)
        assert (0.5 < beyond < 1.2) if full else (0.6 < beyond < 1.5)
        assert missed > 0.75


@pytest.mark.claim("06-linear-dropout-is-ridge")
def test_dropout_on_a_linear_model_is_ridge_regression(claim_seeds, claimed):
    rate = 0.3
    for seed in claim_seeds(3):
        train = data.linear_regression(n_train=60, n_features=5, seed=seed).train
        x, y = train.x, train.y - train.y.mean()
        penalty = rate / (1 - rate) * np.diag(np.mean(x**2, axis=0))
        closed_form = np.linalg.solve(x.T @ x / len(x) + penalty, x.T @ y / len(x))
        dense = keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")
        model = keras.Sequential(
            [keras.Input((5,)), keras.layers.Dropout(claimed(rate, counter=0.0), seed=seed), dense]
        )
        model.compile(keras.optimizers.SGD(0.01), loss="mean_squared_error")
        training.fit(model, x, y, epochs=500, batch_size=60, progress=False)
        visited = []
        for _ in range(100):
            training.fit(model, x, y, epochs=20, batch_size=60, progress=False)
            visited.append(model.get_weights()[0][:, 0])
        difference = np.linalg.norm(np.mean(visited, axis=0) - closed_form)
        assert difference < (0.02 if seed == 0 else 0.03) * np.linalg.norm(closed_form)


@pytest.mark.claim("06-max-norm-with-dropout")
def test_max_norm_softens_a_high_learning_rate_and_gains_nothing_beyond(claim_seeds, claimed):
    constraint = claimed(keras.constraints.MaxNorm, counter=lambda limit: None)

    def build_model(sgd, learning_rate, limit, seed):
        seeds = iter(np.random.SeedSequence(seed).generate_state(6).tolist())

        def dense(units, activation):
            start = keras.initializers.GlorotUniform(seed=next(seeds))
            return keras.layers.Dense(
                units,
                activation,
                kernel_initializer=start,
                kernel_constraint=constraint(limit) if limit else None,
            )

        layers = [keras.Input((64,)), keras.layers.Dropout(0.2, seed=next(seeds))]
        for _ in range(2):
            layers += [dense(128, "relu"), keras.layers.Dropout(0.5, seed=next(seeds))]
        model = keras.Sequential([*layers, dense(10, "softmax")])
        optimizer = (
            keras.optimizers.SGD(learning_rate, momentum=0.95)
            if sgd
            else keras.optimizers.Adam(learning_rate)
        )
        model.compile(optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
        return model

    adam = [(False, 0.002, 0), (False, 0.01, 0), (False, 0.01, 3), (False, 0.01, 1)]
    sgd = [(True, 0.01, 0), (True, 0.1, 0), (True, 0.1, 3), (True, 0.1, 1)]
    seeds = claim_seeds(3)
    result = training.sweep(
        build_model,
        [{"sgd": s, "learning_rate": r, "limit": c} for s, r, c in adam + sgd],
        data=noisy_digits,
        epochs=60,
        batch_size=64,
        seeds=seeds,
        progress=False,
    )
    test = [training.evaluate(run.model, *noisy_digits(run.seed).test)["accuracy"] for run in result.runs]
    scores = dict(zip(adam + sgd, np.reshape(test, (8, len(seeds))), strict=True))
    ordinary, none, three, one = (scores[point] for point in adam)
    assert none.mean() < ordinary.mean() - 0.015
    assert max(one.mean(), three.mean()) < ordinary.mean()
    if 0 in seeds:
        assert one[:3].mean() > none[:3].mean() + 0.015
    ordinary, none, three, one = (scores[point] for point in sgd)
    assert none.mean() < 0.5
    assert one.mean() > none.mean() + 0.08
    assert three.mean() < one.mean() - 0.05
    assert max(one.mean(), three.mean()) < ordinary.mean() - 0.05
