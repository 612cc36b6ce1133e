"""What lesson 10 claims, measured with the lesson's own experiments over several seeds.

A seed draws everything: rows, wrong labels, initial weights, order of the rows and masks.
"""

from __future__ import annotations

import keras
import numpy as np
import pytest

from coursekit import calibration, data, training

SPARSE = "sparse_categorical_crossentropy"


def network(n_features, seed, rate=0.0, learning_rate=0.001, loss=SPARSE, optimizer=None):
    keras.utils.set_random_seed(seed)
    model = keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(128, activation="relu"),
            keras.layers.Dropout(rate),
            keras.layers.Dense(128, activation="relu"),
            keras.layers.Dropout(rate),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(optimizer or keras.optimizers.Adam(learning_rate), loss, metrics=["accuracy"])
    return model


def probabilities(model, x):
    return keras.ops.convert_to_numpy(model(x))


def accuracy(p, y):
    return float(np.mean(p.argmax(axis=1) == y))


def fit(model, x, y, epochs, seed, batch_size=32, **others):
    return training.fit(
        model, x, y, epochs=epochs, batch_size=batch_size, seed=seed, progress=False, **others
    )


# Experiment 1: patient A, wrong labels


def patient_a(seed, label_noise=0.4):
    return data.digits(n_train=400, n_validation=200, label_noise=label_noise, seed=seed)


def mixup(x, y, alpha, rng):
    other = rng.permutation(len(x))
    share = rng.beta(alpha, alpha, size=(len(x), 1))
    return share * x + (1 - share) * x[other], share * y + (1 - share) * y[other]


def treated(patient, treatment, seed):
    x, y = patient.train.x, keras.utils.to_categorical(patient.train.y, 10)
    smoothing = 0.1 if treatment == "smoothing" else 0.0
    model = network(
        x.shape[1],
        seed,
        learning_rate=0.002,
        loss=keras.losses.CategoricalCrossentropy(label_smoothing=smoothing),
    )
    if isinstance(treatment, float):
        rng = np.random.default_rng(seed)
        for epoch in range(60):
            fit(model, *mixup(x, y, treatment, rng), 1, epoch, 64)
    elif treatment == "stopping":
        stop = keras.callbacks.EarlyStopping("val_loss", patience=10, restore_best_weights=True)
        labels = keras.utils.to_categorical(patient.validation.y, 10)
        fit(model, x, y, 60, seed, 64, validation_data=(patient.validation.x, labels), callbacks=[stop])
    else:
        fit(model, x, y, 60, seed, 64)
    return model


def examined(model, patient):
    """Lies learned, accuracy, mean probability of the answer."""
    p, wrong = probabilities(model, patient.test.x), patient.wrong_labels
    answers = probabilities(model, patient.train.x).argmax(axis=1)
    lies = np.mean(answers[wrong] == patient.train.y[wrong])
    return float(lies), accuracy(p, patient.test.y), float(p.max(axis=1).mean())


@pytest.fixture(scope="module")
def on_patient_a(claim_seeds):
    """What is examined of patient A, for each seed, after a treatment; each is trained once."""
    found = {}

    def measured(treatment):
        if treatment not in found:
            patients = [patient_a(seed) for seed in claim_seeds(10)]
            found[treatment] = np.array(
                [
                    examined(treated(patient, treatment, seed), patient)
                    for patient, seed in zip(patients, claim_seeds(10), strict=True)
                ]
            )
        return found[treatment].T

    return measured


@pytest.mark.claim("10-smoothing-keeps-the-lies")
def test_label_smoothing_makes_less_sure_and_keeps_the_lies(on_patient_a, claimed):
    lies, right, sure = on_patient_a("nothing")
    assert lies.mean() == pytest.approx(0.79, abs=0.06)
    assert right.mean() == pytest.approx(0.73, abs=0.03)
    assert sure.mean() == pytest.approx(0.70, abs=0.03)
    smoothed = on_patient_a(claimed("smoothing", counter="stopping"))
    assert smoothed[0].mean() == pytest.approx(0.82, abs=0.05)
    assert smoothed[0].mean() > lies.mean() - 0.01
    assert (np.abs(smoothed[0] - lies) < 0.13).all()
    assert smoothed[1].mean() == pytest.approx(0.74, abs=0.03)
    assert (np.abs(smoothed[1] - right) < 0.04).all()
    assert smoothed[2].mean() == pytest.approx(0.61, abs=0.03)
    assert (smoothed[2] < sure - 0.04).all()


@pytest.mark.claim("10-mixup-unlearns-lies")
def test_mixup_unlearns_lies_and_early_stopping_more(on_patient_a, claimed):
    lies, right, _ = on_patient_a("nothing")
    mixed = on_patient_a(claimed(4.0, counter="smoothing"))
    assert mixed[0].mean() == pytest.approx(0.22, abs=0.06)
    assert (mixed[0] < lies - 0.35).all()
    assert mixed[1].mean() == pytest.approx(0.84, abs=0.025)
    assert (mixed[1] > right + 0.04).all()
    stopped_early = on_patient_a("stopping")
    assert stopped_early[0].mean() == pytest.approx(0.05, abs=0.04)
    assert stopped_early[1].mean() == pytest.approx(0.88, abs=0.02)
    assert stopped_early[1].mean() > mixed[1].mean() + 0.02


# Experiment 2: patient B, few images


def flat(part):
    return part.x.reshape(len(part.x), -1), part.y


def patient_b(seed):
    return data.mnist_sample(200, 200, seed=seed)


def five_networks(seed):
    """Five networks of patient B, and the weights of the first after each epoch."""
    train, road, nets = flat(patient_b(seed).train), [], []
    for k in range(5):
        model = network(784, 5 * seed + k)
        remember = keras.callbacks.LambdaCallback(
            on_epoch_end=lambda epoch, logs, model=model: road.append(model.get_weights())
        )
        fit(model, *train, 40, 5 * seed + k, callbacks=[remember] if k == 0 else [])
        nets.append(model)
    return nets, road


def renumbered(weights, rng):
    """The same network with the units of both hidden layers in another order."""
    one, two = rng.permutation(128), rng.permutation(128)
    w, b, v, c, u, d = weights
    return [w[:, one], b[one], v[one][:, two], c[two], u[two], d]


def averaged(weights):
    middle = network(784, 0)
    middle.set_weights([np.mean(same_place, axis=0) for same_place in zip(*weights, strict=True)])
    return middle


@pytest.fixture(scope="module")
def of_patient_b(claim_seeds):
    """For each seed {how: (accuracy, log-likelihood)} of five networks of patient B and what is made of them."""
    found = []
    for seed in claim_seeds(10):
        (nets, road), (x, y) = five_networks(seed), flat(patient_b(seed).test)
        single, rng = [probabilities(net, x) for net in nets], np.random.default_rng(seed)
        copies = [renumbered(nets[0].get_weights(), rng) for _ in range(5)]
        np.testing.assert_allclose(probabilities(averaged(copies[:1]), x), single[0], atol=1e-4)
        made = {
            "renumbered": probabilities(averaged(copies), x),
            "predictions": np.mean(single, axis=0),
            "weights": probabilities(averaged([net.get_weights() for net in nets]), x),
            "along the way": probabilities(averaged(road[20:]), x),
            "first": single[0],
        }
        scores = {how: (accuracy(p, y), calibration.log_likelihood(p, y)) for how, p in made.items()}
        scores["one"] = np.mean([(accuracy(p, y), calibration.log_likelihood(p, y)) for p in single], axis=0)
        found.append(scores)
    return found


@pytest.mark.claim("10-answers-averaged")
def test_averaged_predictions_beat_the_mean_of_single_networks(of_patient_b, claimed):
    how = claimed("predictions", counter="weights")
    gains = np.array([np.subtract(scores[how], scores["one"]) for scores in of_patient_b])
    assert (gains > 0).all()
    assert gains[:, 0].mean() < 0.012
    assert gains[:, 1].mean() == pytest.approx(0.055, abs=0.02)


@pytest.mark.claim("10-middle-of-weights-guesses")
def test_the_middle_of_five_networks_guesses_and_that_of_one_way_does_not(of_patient_b, claimed):
    how = claimed("weights", counter="along the way")
    for name, mean in ((how, 0.28), ("renumbered", 0.22)):
        assert np.mean([scores[name][0] for scores in of_patient_b]) == pytest.approx(mean, abs=0.12)
    for scores in of_patient_b:
        assert max(scores[how][0], scores["renumbered"][0]) < scores["one"][0] - 0.15
        assert scores["one"][0] == pytest.approx(0.82, abs=0.05)
        assert scores["along the way"][0] == pytest.approx(scores["first"][0], abs=0.02)


@pytest.mark.claim("10-mixup-costs-few-rows")
def test_mixup_costs_accuracy_where_rows_are_few_and_right(claim_seeds, claimed):
    mixing, changes = claimed(True, counter=False), []
    for seed in claim_seeds(6):
        images, rng = patient_b(seed), np.random.default_rng(seed)
        (x, y), (new_x, new_y) = flat(images.train), flat(images.test)
        y, scores = keras.utils.to_categorical(y, 10), []
        for mixed in (False, mixing):
            model = network(784, seed, loss="categorical_crossentropy")
            if mixed:
                for epoch in range(40):
                    fit(model, *mixup(x, y, 4.0, rng), 1, epoch)
            else:
                fit(model, x, y, 40, seed)
            scores.append(accuracy(probabilities(model, new_x), new_y))
        changes.append(scores[1] - scores[0])
    assert max(changes) < 0
    assert np.mean(changes) < -0.02


# Experiment 3: a borrowed network


def borrowed_network(seed):
    model = network(64, seed)
    fit(model, *data.neighbor_digits(), 10, seed)
    return model


def trained_on(rows, seed, start=None, learning_rate=0.001, frozen=0):
    model = network(64, 100 + seed, learning_rate=learning_rate)
    if start is not None:
        model.set_weights(start.get_weights())
    if frozen:
        model.layers[0].trainable = False
        model.compile(keras.optimizers.Adam(learning_rate), SPARSE, metrics=["accuracy"])
    fit(model, *rows, 60, seed, 10)
    return model


def borrowing(seeds, n, learning_rate=0.001):
    """Accuracy of own rows only, of the borrowed network as it is, and trained on; and of that on the first rows."""
    found, first_rows = [], data.neighbor_digits()
    for seed in seeds:
        borrowed, own = borrowed_network(seed), data.digits(n_train=400, seed=seed)
        rows = own.train.x[:n], own.train.y[:n]
        nets = [trained_on(rows, seed), borrowed, trained_on(rows, seed, borrowed, learning_rate)]
        scores = [accuracy(probabilities(net, own.test.x), own.test.y) for net in nets]
        found.append([*scores, accuracy(probabilities(nets[-1], first_rows.x), first_rows.y)])
    return np.array(found).T


@pytest.mark.claim("10-taken-over-beats-both")
def test_a_borrowed_network_trained_on_beats_both_where_rows_are_few(claim_seeds, claimed):
    own, borrowed, both, _ = borrowing(claim_seeds(10), claimed(50, counter=400))
    assert own.mean() == pytest.approx(0.82, abs=0.04)
    assert borrowed.mean() == pytest.approx(0.77, abs=0.03)
    assert both.mean() == pytest.approx(0.88, abs=0.025)
    assert (both > borrowed + 0.02).all()
    assert both.mean() > own.mean() + 0.03
    own, _, both, _ = borrowing(claim_seeds(3), 400)
    assert own.mean() == pytest.approx(0.95, abs=0.02)
    assert both.mean() - own.mean() == pytest.approx(0.01, abs=0.012)


@pytest.mark.claim("10-long-steps-forget")
def test_long_steps_on_few_rows_make_it_worse_than_untouched(claim_seeds, claimed):
    _, borrowed, forgot, left = borrowing(claim_seeds(10), 20, claimed(0.05, counter=0.001))
    assert left.mean() == pytest.approx(0.35, abs=0.1)
    assert borrowing(claim_seeds(3), 20)[-1].mean() == pytest.approx(0.9, abs=0.06)
    assert forgot.mean() < borrowed.mean() - 0.06
    assert np.mean(forgot < borrowed) > 0.75


# Experiment 4: seen once, seen often


def corpus(seed, label_noise=0.2):
    images, rng = data.mnist_sample(4000, 100, seed=seed), np.random.default_rng(seed)
    x, y = flat(images.train)
    y = np.where(rng.random(len(y)) < label_noise, rng.integers(0, 10, len(y)), y)
    return x, y, *flat(images.test)


def reader(x, y, rows, rate, seed):
    model = network(784, seed, rate=rate)
    fit(model, x[:rows], y[:rows], 4000 // rows, seed, 10)
    return model


@pytest.mark.claim("10-dropout-harms-once-and-helps-often")
def test_dropout_harms_whoever_reads_once_and_helps_whoever_reads_often(claim_seeds, claimed):
    gains, plain = {}, {}
    for seed in claim_seeds(8):
        x, y, new_x, new_y = corpus(seed)
        for rows in (4000, 1000, 400, 100):
            p, q = (probabilities(reader(x, y, rows, rate, seed), new_x) for rate in (0.0, 0.5))
            scores = [(accuracy(r, new_y), calibration.log_likelihood(r, new_y)) for r in (p, q)]
            plain.setdefault(rows, []).append(scores[0][0])
            gains.setdefault(rows, []).append(np.subtract(scores[1], scores[0]))
    once, four, ten, forty = (
        np.array(gains[rows]).T for rows in (claimed(4000, counter=100), 1000, 400, 100)
    )
    assert once[0].max() < -0.01
    assert once[0].mean() == pytest.approx(-0.05, abs=0.03)
    assert once[1].max() < -0.1
    assert four[1].max() < 0
    assert ten[0].mean() == pytest.approx(0.05, abs=0.03)
    assert abs(ten[1].mean()) < 0.13
    assert forty[1].mean() == pytest.approx(0.27, abs=0.15)
    assert np.mean(forty[1] > 0) > 0.75
    assert np.mean(plain[1000]) == pytest.approx(0.84, abs=0.03)
    assert np.mean(plain[4000]) == pytest.approx(0.89, abs=0.025)


# Copies


def leaked(seed, kind, n=100):
    images, rng = patient_b(seed), np.random.default_rng(seed)
    leak = images.validation.x[:n]
    if kind == "moved":
        moves = [(dy, dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1) if (dy, dx) != (0, 0)]
        leak = np.array([np.roll(image, moves[rng.integers(8)], axis=(0, 1)) for image in leak])
    x, y = images.train
    if kind != "none":
        x, y = np.concatenate([x, leak]), np.concatenate([y, images.validation.y[:n]])
    model = network(784, seed)
    fit(model, x.reshape(len(x), -1), y, 40, seed)
    (tx, ty), (fx, fy) = flat(images.validation), flat(images.test)
    return accuracy(probabilities(model, tx), ty), accuracy(probabilities(model, fx), fy)


@pytest.mark.claim("10-copies-raise-the-score")
def test_copies_of_test_images_raise_the_score_even_when_moved(claim_seeds, claimed):
    kinds = {"exact": "exact", "moved": claimed("moved", counter="none"), "none": "none"}
    found = {name: np.array([leaked(seed, kind) for seed in claim_seeds(10)]) for name, kind in kinds.items()}
    exact, moved, none = (found[name].mean(axis=0) for name in ("exact", "moved", "none"))
    assert exact == pytest.approx([0.92, 0.85], abs=0.025)
    assert moved == pytest.approx([0.89, 0.84], abs=0.025)
    assert abs(none[0] - none[1]) < 0.03
    for name in ("exact", "moved"):
        assert (found[name][:, 0] > found["none"][:, 0] + 0.02).all()
        assert found[name][:, 0].mean() - found[name][:, 1].mean() > 0.025


# Advanced 1: early stopping and L2


def linear_problem(seed):
    """Centered rows of a linear problem whose directions differ in how fast they are learned."""
    problem = data.linear_regression(
        n_train=40, n_features=20, weight_sd=0.5, noise=2.0, scales=np.geomspace(2, 0.2, 20), seed=seed
    )
    (x, y), test = problem.train, problem.test
    return x - x.mean(axis=0), y - y.mean(), test.x - x.mean(axis=0), test.y - y.mean()


def eigenbasis(x, y):
    """Eigenvalues and -vectors of XᵀX/n, and the least squares solution in their basis."""
    s, directions = np.linalg.eigh(x.T @ x / len(x))
    return s, directions, directions.T @ (x.T @ y / len(x)) / s


def stopped(s, steps, rate=0.01):
    return 1 - (1 - 2 * rate * s) ** steps


def penalized(s, strength):
    return s / (s + strength)


@pytest.mark.claim("10-stopping-in-the-eigenbasis", exact="gradient descent on a quadratic, by a formula")
def test_keras_stopped_early_follows_the_formula_and_keeps_more_than_l2(claim_seeds):
    for seed in claim_seeds(3):
        x, y, *_ = linear_problem(seed)
        s, directions, solution = eigenbasis(x, y)
        dense = keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")
        model = keras.Sequential([keras.Input((20,)), dense])
        model.compile(keras.optimizers.SGD(0.01), "mean_squared_error")
        fit(model, x, y, 300, 0, len(x))
        reached = directions.T @ keras.ops.convert_to_numpy(dense.kernel)[:, 0]
        np.testing.assert_allclose(reached, stopped(s, 300) * solution, atol=1e-4)
        more = stopped(s, 300) - penalized(s, 1 / (2 * 0.01 * 300))
        assert more.min() > 0
        assert more.max() == pytest.approx(0.2, abs=0.02)


@pytest.mark.claim("10-stopping-as-good-as-l2")
def test_the_best_of_both_are_about_as_good(claim_seeds, claimed):
    kept = claimed(stopped, counter=lambda s, steps: np.ones_like(s))
    strengths, ratios, without = np.geomspace(0.01, 10, 40), [], []
    for seed in claim_seeds(10):
        x, y, new_x, new_y = linear_problem(seed)
        s, directions, solution = eigenbasis(x, y)

        def error(share, new_x=new_x, new_y=new_y, directions=directions, solution=solution):
            return np.mean((new_x @ directions @ (share * solution) - new_y) ** 2)

        by_stopping = min(error(kept(s, 1 / (2 * 0.01 * strength))) for strength in strengths)
        by_l2 = min(error(penalized(s, strength)) for strength in strengths)
        ratios.append(by_stopping / by_l2)
        without.append(error(1.0) / by_l2)
    assert min(ratios) > 0.7
    assert max(ratios) < 1.3
    assert np.mean(without) > 1.3


# Advanced 2: weight decay


def decayed(rate, batch_size):
    layer = keras.layers.Dense(1, kernel_initializer="ones")
    model = keras.Sequential([keras.Input((1,)), layer])
    model.compile(keras.optimizers.AdamW(rate, weight_decay=0.1), "mean_squared_error")
    nothing = np.zeros((640, 1), "float32")
    fit(model, nothing, nothing, 50, 0, batch_size)
    return float(keras.ops.convert_to_numpy(layer.kernel)[0, 0])


@pytest.mark.claim("10-decay-adds-up-the-learning-rates", exact="a weight without force, by a formula")
def test_decay_adds_up_the_learning_rates():
    cosine = keras.optimizers.schedules.CosineDecay(0.01, decay_steps=1000)
    assert decayed(0.01, 32) == pytest.approx(np.exp(-1), abs=0.002)
    assert decayed(cosine, 32) == pytest.approx(np.exp(-0.5), abs=0.002)
    assert decayed(0.01, 128) == pytest.approx(np.exp(-0.25), abs=0.002)


def with_decay(seed, decay, batch_size):
    patient = patient_a(seed)
    optimizer = keras.optimizers.AdamW(0.002, weight_decay=decay)
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    model = network(64, seed, optimizer=optimizer)
    fit(model, *patient.train, 60, seed, batch_size)
    return accuracy(probabilities(model, patient.test.x), patient.test.y)


@pytest.mark.claim("10-decay-and-batch-size")
def test_a_larger_batch_does_not_ask_for_a_stronger_decay(claim_seeds, claimed):
    small, large, stronger = (
        np.array([with_decay(seed, *point) for seed in claim_seeds(6)])
        for point in ((4, 64), (4, 200), (claimed(12, counter=4), 200))
    )
    assert small.mean() == pytest.approx(0.86, abs=0.03)
    assert large.mean() == pytest.approx(0.87, abs=0.035)
    assert stronger.mean() < large.mean() - 0.03


# Advanced 3: when to stop, and what to do afterwards


def first(condition):
    """The first epoch, counted from 1, at which a condition holds; the last if there is none."""
    return int(np.argmax(condition)) + 1 if np.any(condition) else len(condition)


def stops(loss, rule, value):
    """The epoch after which one of Prechelt's rules or a patience ends training."""
    if rule == "epochs":
        return value
    if rule == "GL":
        return first(100 * (loss / np.minimum.accumulate(loss) - 1) > value)
    if rule == "patience":
        return first(np.arange(len(loss)) - [np.argmin(loss[: t + 1]) for t in range(len(loss))] >= value)
    ends = loss[4::5]
    rises = np.concatenate([[False], ends[1:] > ends[:-1]])
    return 5 * (first(rises[1:] & rises[:-1]) + 1)


@pytest.fixture(scope="module")
def watched(claim_seeds):
    """For each seed patient B's parts, and validation loss and test accuracy after each of 60 epochs."""
    found = []
    for seed in claim_seeds(10):
        images = patient_b(seed)
        parts = [flat(part) for part in (images.train, images.validation, images.test)]
        by_validation, by_test = (
            fit(network(784, seed), *parts[0], 60, seed, validation_data=part).columns for part in parts[1:]
        )
        found.append((seed, parts, np.array(by_validation["val_data_loss"]), by_test["val_accuracy"]))
    return found


@pytest.mark.claim("10-slow-rules-gain-little")
def test_slower_rules_take_twice_as_long_and_gain_little(watched, claimed):
    quick = claimed(("patience", 2), counter=("epochs", 2))
    lengths = []
    for _, _, loss, right in watched:
        ends = [stops(loss, *rule) for rule in (quick, ("GL", 1), ("GL", 5), ("UP", 2), ("patience", 10))]
        kept = [right[np.argmin(loss[:end])] for end in ends]
        assert max(kept) - min(kept) < 0.035
        lengths.append([min(ends), max(ends)])
    shortest, longest = np.mean(lengths, axis=0)
    assert 1.5 < longest / shortest < 4


@pytest.mark.claim("10-retraining-on-all-rows")
def test_training_again_with_the_validation_rows_gains(watched, claimed):
    rows, gains = claimed(400, counter=200), []
    for seed, (train, validation, test), loss, right in watched:
        epochs = int(np.argmin(loss)) + 1
        x, y = (np.concatenate(pair)[:rows] for pair in zip(train, validation, strict=True))
        again = []
        for n in (epochs, max(1, epochs // 2)):
            model = network(784, seed)
            fit(model, x, y, n, seed)
            again.append(accuracy(probabilities(model, test[0]), test[1]))
        gains.append(np.subtract(again, right[epochs - 1]))
    gains = np.array(gains)
    assert gains.min() > 0.005
    assert gains.max() < 0.1
    assert np.abs(gains[:, 0] - gains[:, 1]).mean() < 0.02


# Advanced 4: double descent

WIDTHS = [10, 30, 100, 200, 300, 500, 1000]


def errors_by_width(strengths, seed):
    """The share of wrong answers on test data: a row a strength, a column a width."""
    digits, rng = data.digits(n_train=300, label_noise=0.2, seed=seed), np.random.default_rng(seed)
    w, b = rng.normal(size=(64, 1000)), rng.normal(size=1000)
    train, test = (np.maximum(part.x @ w + b, 0) for part in (digits.train, digits.test))
    wanted, errors = keras.utils.to_categorical(digits.train.y, 10) - 0.1, []
    for width in WIDTHS:
        u, s, directions = np.linalg.svd(train[:, :width] / width**0.5, full_matrices=False)
        targets, new = u.T @ wanted, test[:, :width] / width**0.5 @ directions.T
        found = [new @ (targets * (s / (s**2 + 300 * strength))[:, None]) for strength in strengths]
        errors.append([np.mean(f.argmax(axis=1) != digits.test.y) for f in found])
    return np.transpose(errors)


@pytest.mark.claim("10-strength-removes-the-peak")
def test_a_strength_removes_the_peak_of_double_descent(claim_seeds, claimed):
    peak, fewer = WIDTHS.index(300), WIDTHS.index(100)
    for seed in claim_seeds(5):
        without, held = errors_by_width([0, claimed(0.001, counter=0)], seed)
        assert without[peak] > 0.5
        assert without[peak] > without[fewer] + 0.2
        assert without[-1] < without[peak] - 0.2
        assert held[peak] < 0.15
        assert held[-1] < 0.12
        assert (np.diff(held) < 0.02).all()


def error_by_steps(seed, standardize, steps):
    rng = np.random.default_rng(seed)
    truth = np.concatenate([0.6 * rng.normal(size=60), 6 * rng.normal(size=20)])
    x, new = (rng.normal(size=(n, 80)) * np.repeat([1, 0.1], [60, 20]) for n in (100, 1000))
    y, unit = x @ truth + rng.normal(size=100), x.std(axis=0) if standardize else 1
    s, directions, solution = eigenbasis(x / unit, y)
    paths = directions @ (stopped(s[:, None], steps, 0.1) * solution[:, None])
    return np.mean((new / unit @ paths - (new @ truth)[:, None]) ** 2, axis=0)


@pytest.mark.claim("10-two-speeds-two-descents")
def test_two_speeds_make_two_descents_and_one_scale_a_single_one(claim_seeds, claimed):
    steps, standardize = np.unique(np.geomspace(1, 40_000, 40).astype(int)), claimed(False, counter=True)
    raw, scaled = (
        np.mean([error_by_steps(seed, std, steps) for seed in claim_seeds(20, always=True)], axis=0)
        for std in (standardize, True)
    )
    hill = int(np.searchsorted(steps, 100))
    first_valley, second_valley = raw[:hill].min(), raw[hill:].min()
    assert first_valley < raw[0] - 3
    assert raw[hill] > 1.1 * first_valley
    assert second_valley < first_valley / 2
    lowest = scaled.argmin()
    assert (np.diff(scaled[: lowest + 1]) < 0).all()
    assert (np.diff(scaled[lowest:]) > -0.05).all()
    assert scaled.min() < second_valley
