"""What lesson 09 says of other books, courses and libraries: each trains here beside the line of Keras, in NumPy.

A seed draws the data and the first weights. "Equal" means equal weights after training.
"""

from __future__ import annotations

import keras
import numpy as np
import pytest
from sklearn.linear_model import ElasticNet, Lasso, LogisticRegression, Ridge
from sklearn.neural_network import MLPClassifier

from coursekit import penalties, training

ROWS, FEATURES, UNITS, CLASSES, RATE, STRENGTH = 60, 6, 12, 3, 0.1, 0.05
STEPS, STEPS_WITH_MASKS = 60, 15
L2 = keras.regularizers.L2


def digits_like(seed):
    """Return rows, their classes and first weights; the biases are not 0, so that a penalty on them shows."""
    generator = np.random.default_rng(seed)
    x = generator.normal(size=(ROWS, FEATURES)).astype("float32")
    shapes = [(FEATURES, UNITS), (UNITS,), (UNITS, CLASSES), (CLASSES,)]
    return x, generator.integers(CLASSES, size=ROWS), [generator.normal(0, 0.5, shape) for shape in shapes]


def gradients(weights, x, y, mask=1.0):
    """Return those of the mean cross-entropy of a network with a tanh layer; the mask multiplies its units."""
    w1, b1, w2, b2 = weights
    hidden = np.tanh(x @ w1 + b1)
    scores = np.exp(hidden * mask @ w2 + b2)
    error = (scores / scores.sum(axis=1, keepdims=True) - np.eye(CLASSES)[y]) / len(x)
    back = error @ w2.T * mask * (1 - hidden**2)
    return [x.T @ back, back.sum(axis=0), (hidden * mask).T @ error, error.sum(axis=0)]


def by_hand(weights, x, y, update, masks=None):
    """Train in NumPy; `update(i, weight, gradient, step)` returns the new value of weights[i]."""
    for step, mask in enumerate([1.0] * STEPS if masks is None else masks):
        slopes = gradients(weights, x, y, mask)
        weights = [update(i, w, g, step) for i, (w, g) in enumerate(zip(weights, slopes, strict=True))]
    return weights


def in_keras(weights, x, y, optimizer, kernel=None, bias=None, between=()):
    """Train the same network in Keras from the same weights, with penalties and with layers after the hidden one."""
    given = {"kernel_regularizer": kernel, "bias_regularizer": bias}
    hidden = keras.layers.Dense(UNITS, "tanh", **given)
    output = keras.layers.Dense(CLASSES, "softmax", **given)
    model = keras.Sequential([keras.Input((FEATURES,)), hidden, *between, output])
    model.compile(optimizer, "sparse_categorical_crossentropy", run_eagerly=bool(between))
    model.set_weights(weights)
    if between:
        # The rows in their order: which mask meets which row decides.
        model.fit(x, y, epochs=STEPS_WITH_MASKS, batch_size=ROWS, shuffle=False, verbose=0)
    else:
        training.fit(model, x, y, epochs=STEPS, batch_size=ROWS, progress=False)
    return model.get_weights()


def distance(weights, others):
    return max(np.abs(w - other).max() for w, other in zip(weights, others, strict=True))


def kernels_only(i):
    return i in (0, 2)


@pytest.mark.claim("09-half-a-penalty-is-half-a-strength")
def test_half_a_penalty_on_the_kernels_is_l2_with_half_the_strength(claim_seeds, claimed):
    """ゼロから作るDeep Learning and CS231n's notes on networks: ½λΣW² is in the loss, biases are left out."""
    strength = claimed(STRENGTH / 2, counter=STRENGTH)
    for seed in claim_seeds(3):
        x, y, start = digits_like(seed)
        theirs = by_hand(start, x, y, lambda i, w, g, step: w - RATE * (g + STRENGTH * w * kernels_only(i)))
        ours = in_keras(start, x, y, keras.optimizers.SGD(RATE), kernel=L2(strength))
        assert distance(theirs, ours) < 1e-5
        # CS231n's page on linear classification has no ½: it is Keras' own λ.
        theirs = by_hand(
            start, x, y, lambda i, w, g, step: w - RATE * (g + 2 * STRENGTH * w * kernels_only(i))
        )
        assert (
            distance(theirs, in_keras(start, x, y, keras.optimizers.SGD(RATE), kernel=L2(2 * strength)))
            < 1e-5
        )


def with_momentum(momentum, decay):
    """Return PyTorch's SGD: the decay joins the gradient of every parameter, and so the velocity."""
    velocities = {}

    def update(i, w, g, step):
        velocities[i] = momentum * velocities.get(i, 0) + g + decay * w
        return w - RATE * velocities[i]

    return update


@pytest.mark.claim("09-weight-decay-of-pytorchs-sgd-is-half-as-much-l2")
def test_weight_decay_of_pytorchs_sgd_is_l2_with_half_the_strength_on_biases_too(claim_seeds, claimed):
    penalty = L2(STRENGTH / 2)
    for seed in claim_seeds(3):
        x, y, start = digits_like(seed)
        for momentum in (0.0, 0.9):
            theirs = by_hand(start, x, y, with_momentum(momentum, STRENGTH))
            optimizer = keras.optimizers.SGD(RATE, momentum=momentum)
            ours = in_keras(start, x, y, optimizer, penalty, claimed(penalty, counter=None))
            assert distance(theirs, ours) < 1e-5
            # Keras' own argument of that name means the same without momentum only.
            named = keras.optimizers.SGD(RATE, momentum=momentum, weight_decay=STRENGTH)
            assert (distance(theirs, in_keras(start, x, y, named)) < 1e-5) == (momentum == 0)


def adam(decay=0.0, decoupled=0.0, rate=0.01):
    """Return PyTorch's Adam (`decay` joins the gradient) or AdamW (`decoupled`)."""
    first, second = {}, {}

    def update(i, w, g, step):
        g = g + decay * w
        first[i] = 0.9 * first.get(i, 0) + 0.1 * g
        second[i] = 0.999 * second.get(i, 0) + 0.001 * g**2
        mean, square = first[i] / (1 - 0.9 ** (step + 1)), second[i] / (1 - 0.999 ** (step + 1))
        return w - rate * decoupled * w - rate * mean / (np.sqrt(square) + 1e-8)

    return update


@pytest.mark.claim("09-weight-decay-of-pytorchs-adam-is-half-as-much-l2")
def test_weight_decay_of_pytorchs_adam_is_l2_with_half_the_strength_on_biases_too(claim_seeds, claimed):
    penalty = L2(STRENGTH / 2)
    for seed in claim_seeds(3):
        x, y, start = digits_like(seed)
        theirs = by_hand(start, x, y, adam(decay=STRENGTH))
        ours = in_keras(
            start, x, y, keras.optimizers.Adam(0.01, epsilon=1e-8), penalty, claimed(penalty, counter=None)
        )
        assert distance(theirs, ours) < 1e-3
        named = keras.optimizers.Adam(0.01, weight_decay=STRENGTH)
        assert distance(theirs, in_keras(start, x, y, named)) > 0.01


@pytest.mark.claim("09-pytorchs-adamw-is-keras-adamw")
def test_pytorchs_adamw_is_keras_adamw_with_the_same_number(claim_seeds, claimed):
    for seed in claim_seeds(3):
        x, y, start = digits_like(seed)
        theirs = by_hand(start, x, y, adam(decoupled=STRENGTH))
        decay = claimed(STRENGTH, counter=STRENGTH / 2)
        ours = in_keras(start, x, y, keras.optimizers.AdamW(0.01, weight_decay=decay, epsilon=1e-8))
        assert distance(theirs, ours) < 1e-3
    assert keras.optimizers.AdamW().weight_decay == 0.004  # PyTorch's is 0.01


def masks_of(rate, seed):
    """Return the masks that a Dropout with this seed draws in training, of zeros and ones, for every step."""
    twin = keras.layers.Dropout(rate, seed=seed)
    ones = np.ones((ROWS, UNITS), "float32")
    return [keras.ops.convert_to_numpy(twin(ones, training=True)) > 0 for _ in range(STEPS_WITH_MASKS)]


def sgd(i, w, g, step):
    return w - RATE * g


@pytest.mark.claim("09-dropout-that-is-not-inverted")
def test_dropout_that_is_not_inverted_is_dropout_and_rescaling(claim_seeds, claimed):
    """ゼロから作るDeep Learning and the paper: masks alone in training, the kept share as a factor at inference."""
    ratio = 0.4
    for seed in claim_seeds(3):
        x, y, start = digits_like(seed)
        masks = masks_of(ratio, seed)
        theirs = by_hand(start, x, y, sgd, masks)
        between = [keras.layers.Dropout(ratio, seed=seed), keras.layers.Rescaling(1 - ratio)]
        ours = in_keras(start, x, y, keras.optimizers.SGD(RATE), between=between[: claimed(2, counter=1)])
        assert distance(theirs, ours) < 1e-5
        # At inference it multiplies by the kept share, as they do.
        np.testing.assert_allclose(between[1](between[0](np.ones((1, 3), "float32"))), 1 - ratio)


@pytest.mark.claim("09-the-kept-share-of-cs231n")
def test_dropout_of_cs231n_is_given_the_share_that_is_kept(claim_seeds, claimed):
    """Inverted, as its notes recommend: the mask is divided by p, the probability to keep a unit."""
    kept = 0.8
    for seed in claim_seeds(3):
        x, y, start = digits_like(seed)
        rate = claimed(1 - kept, counter=kept)
        masks = [mask / kept for mask in masks_of(1 - kept, seed)]
        theirs = by_hand(start, x, y, sgd, masks)
        between = [keras.layers.Dropout(rate, seed=seed)]
        ours = in_keras(start, x, y, keras.optimizers.SGD(RATE), between=between)
        assert distance(theirs, ours) < 1e-5


@pytest.mark.claim("09-dropout-of-pytorch-is-the-same")
def test_dropout_of_pytorch_is_the_same(claim_seeds, claimed):
    """`torch.nn.Dropout(p)` drops a share p and divides by 1 - p in training."""
    p = 0.4
    for seed in claim_seeds(3):
        x, y, start = digits_like(seed)
        theirs = by_hand(start, x, y, sgd, [mask / (1 - p) for mask in masks_of(p, seed)])
        between = [keras.layers.Dropout(claimed(p, counter=1 - p), seed=seed)]
        ours = in_keras(start, x, y, keras.optimizers.SGD(RATE), between=between)
        assert distance(theirs, ours) < 1e-5


def linear(x, y, optimizer, epochs=800, loss="mean_squared_error", units=1, **options):
    """Train a linear model in Keras; return its kernel and biases."""
    activation = "softmax" if units > 1 else None
    dense = keras.layers.Dense(units, activation, kernel_initializer=keras.initializers.Zeros(), **options)
    model = keras.Sequential([keras.Input((x.shape[1],)), dense])
    model.compile(optimizer, loss)
    training.fit(model, x, y, epochs=epochs, batch_size=len(x), progress=False)
    return model.get_weights()


@pytest.mark.claim("09-strengths-of-scikit-learn")
def test_strengths_of_scikit_learn_in_keras(claim_seeds, claimed):
    alpha, ratio, C = 0.1, 0.7, 0.1
    factor = claimed(1, counter=2)
    for seed in claim_seeds(3):
        x, classes, _ = digits_like(seed)
        true = np.array([2.0, -1.0, 0.5, 0.0, 0.0, 0.0])
        y = (x @ true + 1 + np.random.default_rng(seed).normal(0, 0.5, ROWS)).astype("float32")

        def same(fitted, penalty, x=x, y=y, **options):
            kernel, bias = linear(x, y, keras.optimizers.SGD(RATE), kernel_regularizer=penalty, **options)
            np.testing.assert_allclose(kernel[:, 0], fitted.coef_, atol=3e-3)
            np.testing.assert_allclose(bias[0], fitted.intercept_, atol=3e-3)
            return kernel[:, 0]

        same(Ridge(alpha=10).fit(x, y), L2(factor * 10 / ROWS))
        lasso = Lasso(alpha=alpha).fit(x, y)
        soft = penalties.SoftThreshold(factor * 2 * alpha, learning_rate=RATE)
        exact = same(lasso, None, kernel_constraint=soft)
        np.testing.assert_array_equal(exact == 0, lasso.coef_ == 0)
        both = keras.regularizers.L2(factor * alpha * (1 - ratio))
        soft = penalties.SoftThreshold(factor * 2 * alpha * ratio, learning_rate=RATE)
        same(ElasticNet(alpha=alpha, l1_ratio=ratio).fit(x, y), both, kernel_constraint=soft)

        theirs = LogisticRegression(C=C, tol=1e-8).fit(x, classes)
        penalty = L2(factor / (2 * ROWS * C))
        kernel, bias = linear(
            x,
            classes,
            keras.optimizers.SGD(1.0),
            loss="sparse_categorical_crossentropy",
            units=CLASSES,
            kernel_regularizer=penalty,
        )
        np.testing.assert_allclose(kernel, theirs.coef_.T, atol=1e-3)
        # A constant added to every bias changes no probability.
        np.testing.assert_allclose(
            bias - bias.mean(), theirs.intercept_ - theirs.intercept_.mean(), atol=1e-3
        )


@pytest.mark.claim("09-alpha-of-scikit-learns-network")
def test_alpha_of_scikit_learns_network_is_divided_by_the_rows_of_a_batch(claim_seeds, claimed):
    alpha, batch = 2.0, ROWS // 2
    for seed in claim_seeds(3):
        x, y, _ = digits_like(seed)
        theirs = MLPClassifier(
            (UNITS,),
            activation="tanh",
            alpha=alpha,
            solver="sgd",
            momentum=0,
            learning_rate_init=RATE,
            batch_size=batch,
            shuffle=False,
            random_state=seed,
        )
        theirs.partial_fit(x, y, classes=range(CLASSES))

        def weights(network=theirs):
            (w1, w2), (b1, b2) = network.coefs_, network.intercepts_
            return [w1.copy(), b1.copy(), w2.copy(), b2.copy()]

        penalty = L2(claimed(alpha / (2 * batch), counter=alpha / (2 * ROWS)))
        hidden = keras.layers.Dense(UNITS, "tanh", kernel_regularizer=penalty)
        output = keras.layers.Dense(CLASSES, "softmax", kernel_regularizer=penalty)
        model = keras.Sequential([keras.Input((FEATURES,)), hidden, output])
        model.compile(keras.optimizers.SGD(RATE), "sparse_categorical_crossentropy")
        model.set_weights(weights())
        for _ in range(20):
            theirs.partial_fit(x, y)
        logs = model.fit(x, y, batch_size=batch, epochs=20, shuffle=False, verbose=0).history
        assert distance(weights(), model.get_weights()) < 1e-4
        # What it shows has the penalty in it, as Keras' loss.
        np.testing.assert_allclose(theirs.loss_curve_[1:], logs["loss"], rtol=1e-4)


def playground(start, x, y, penalty, strength, steps=200):
    """Train TensorFlow Playground's network of one tanh layer and one tanh unit; return its weights after each step.

    Its loss is half the squared error, biases are free, and a weight that L1 takes across 0 stays 0 forever.
    """
    weights, dead, visited = [w.copy() for w in start], [np.zeros(w.shape, bool) for w in start], []
    for _ in range(steps):
        w1, b1, w2, b2 = weights
        hidden = np.tanh(x @ w1 + b1)
        output = np.tanh(hidden @ w2 + b2)
        error = (output - y[:, None]) * (1 - output**2) / len(x)
        back = error @ w2.T * (1 - hidden**2)
        slopes = [x.T @ back, back.sum(axis=0), hidden.T @ error, error.sum(axis=0)]
        after = []
        for i, (w, slope) in enumerate(zip(weights, slopes, strict=True)):
            moved = w - RATE * slope
            if kernels_only(i):
                shrunk = moved - RATE * strength * (np.sign(w) if penalty == "L1" else w)
                dead[i] |= (penalty == "L1") & (moved * shrunk < 0)
                moved = np.where(dead[i], 0.0, shrunk)
            after.append(moved)
        weights = after
        visited.append(weights)
    return visited


def playgrounds_model(start, x, y, penalty, steps):
    layers = [
        keras.layers.Dense(UNITS, "tanh", kernel_regularizer=penalty),
        keras.layers.Dense(1, "tanh", kernel_regularizer=penalty),
    ]
    model = keras.Sequential([keras.Input((2,)), *layers])
    model.compile(keras.optimizers.SGD(RATE / 2), "mean_squared_error")
    model.set_weights(start)
    history = training.fit(model, x, y, epochs=steps, batch_size=len(x), progress=False)
    return model.get_weights(), history


def two_rings(seed):
    generator = np.random.default_rng(seed)
    x = generator.normal(size=(ROWS, 2)).astype("float32")
    y = np.where(np.linalg.norm(x, axis=1) < 1.2, 1.0, -1.0).astype("float32")
    shapes = [(2, UNITS), (UNITS,), (UNITS, 1), (1,)]
    return x, y, [generator.uniform(-0.5, 0.5, shape) for shape in shapes]


@pytest.mark.claim("09-playgrounds-l2")
def test_playgrounds_l2_is_keras_l2_at_half_the_learning_rate(claim_seeds, claimed):
    for seed in claim_seeds(3):
        x, y, start = two_rings(seed)
        theirs = playground(start, x, y, "L2", STRENGTH)[-1]
        ours, _ = playgrounds_model(start, x, y, L2(claimed(STRENGTH, counter=STRENGTH / 2)), 200)
        assert distance(theirs, ours) < 1e-4


@pytest.mark.claim("09-playgrounds-l1-has-no-equal")
def test_playgrounds_l1_is_keras_l1_until_the_first_weight_dies(claim_seeds, claimed):
    for seed in claim_seeds(3):
        x, y, start = two_rings(seed)
        visited = playground(start, x, y, claimed("L1", counter="L2"), STRENGTH)
        first = next((i for i, w in enumerate(visited) if (w[0] == 0).any() or (w[2] == 0).any()), None)
        assert first is not None
        penalty = keras.regularizers.L1(2 * STRENGTH)
        if first > 0:
            ours, _ = playgrounds_model(start, x, y, penalty, first)
            assert distance(visited[first - 1], ours) < 1e-4
        ours, _ = playgrounds_model(start, x, y, penalty, len(visited))
        assert distance(visited[-1], ours) > 1e-3
        assert (visited[-1][0] == 0).any()
        assert all((w != 0).all() for w in (ours[0], ours[2]))
