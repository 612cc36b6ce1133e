"""What lesson 10 claims, measured with the lesson's own experiments over several seeds.

A seed draws everything: rows, wrong labels, initial weights, order of the rows and masks.
"""

from __future__ import annotations

import keras
import numpy as np
import pytest

from coursekit import data, training

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


def log_likelihood(p, y):
    return float(np.mean(np.log(np.maximum(p[np.arange(len(y)), y], 1e-7))))


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
    """Lies learned, accuracy, mean probability of the answer, log-likelihood."""
    p, wrong = probabilities(model, patient.test.x), patient.wrong_labels
    answers = probabilities(model, patient.train.x).argmax(axis=1)
    lies = np.mean(answers[wrong] == patient.train.y[wrong]) if wrong.any() else 0.0
    return (
        float(lies),
        accuracy(p, patient.test.y),
        float(p.max(axis=1).mean()),
        log_likelihood(p, patient.test.y),
    )


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


def averaged(weights):
    middle = network(784, 0)
    middle.set_weights([np.mean(same_place, axis=0) for same_place in zip(*weights, strict=True)])
    return middle


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


# Advanced 1: early stopping and L2


def linear_problem(seed):
    """Standardized rows of a linear problem whose directions differ in how fast they are learned."""
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


# Advanced 2: weight decay


def decayed(optimizer, batch_size, epochs=50, rows=640):
    layer = keras.layers.Dense(1, kernel_initializer="ones")
    model = keras.Sequential([keras.Input((1,)), layer])
    model.compile(optimizer, "mean_squared_error")
    nothing = np.zeros((rows, 1), "float32")
    fit(model, nothing, nothing, epochs, 0, batch_size)
    return float(keras.ops.convert_to_numpy(layer.kernel)[0, 0])


def with_decay(seed, decay, batch_size):
    patient = patient_a(seed)
    optimizer = keras.optimizers.AdamW(0.002, weight_decay=decay)
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    model = network(64, seed, optimizer=optimizer)
    fit(model, *patient.train, 60, seed, batch_size)
    return accuracy(probabilities(model, patient.test.x), patient.test.y)


# Advanced 3: when to stop, and what to do afterwards


def curves(train, validation, test, seed, epochs=60):
    """Training loss, validation loss and test accuracy after each epoch: trained twice, alike."""
    columns = {}
    for name, part in (("validation", validation), ("test", test)):
        model = network(train[0].shape[1], seed)
        columns[name] = fit(model, *train, epochs, seed, validation_data=part).columns
    return tuple(
        np.asarray(columns[name][key])
        for name, key in (("test", "data_loss"), ("validation", "val_data_loss"), ("test", "val_accuracy"))
    )


def first(condition):
    """The first epoch, counted from 1, at which a condition holds; the last if there is none."""
    return int(np.argmax(condition)) + 1 if np.any(condition) else len(condition)


def stops(losses, rule, k=5):
    """The epoch at which one of Prechelt's rules or a patience ends training."""
    loss, (name, value) = losses, rule
    lowest = np.minimum.accumulate(loss)
    if name == "GL":
        return first(100 * (loss / lowest - 1) > value)
    if name == "patience":
        best = np.array([np.argmin(loss[: t + 1]) for t in range(len(loss))])
        return first(np.arange(len(loss)) - best >= value)
    ends = loss[k - 1 :: k]
    rose = np.concatenate([[False], ends[1:] > ends[:-1]])
    runs = [all(rose[i - value + 1 : i + 1]) if i >= value else False for i in range(len(ends))]
    return k * first(np.array(runs))


# Advanced 4: double descent


def random_features(seed, widths, n=300):
    digits, rng = data.digits(n_train=n, label_noise=0.2, seed=seed), np.random.default_rng(seed)
    w, b = rng.normal(size=(64, max(widths))), rng.normal(size=max(widths))
    train, test = (np.maximum(x @ w + b, 0) for x in (digits.train.x, digits.test.x))
    return train, keras.utils.to_categorical(digits.train.y, 10) - 0.1, test, digits.test.y


def ridge_error(features, targets, test, labels, width, strength):
    f, g = features[:, :width] / np.sqrt(width), test[:, :width] / np.sqrt(width)
    if strength == 0:
        w = np.linalg.pinv(f) @ targets
    else:
        w = np.linalg.solve(f.T @ f / len(f) + strength * np.eye(width), f.T @ targets / len(f))
    return float(np.mean((g @ w).argmax(axis=1) != labels))


def two_speeds(seed, standardized=False):
    """Test error of gradient descent, step by step, where 60 features are large and 20 are small."""
    rng = np.random.default_rng(seed)
    scales = np.repeat([1.0, 0.1], [60, 20])
    truth = np.concatenate([0.5 * rng.normal(size=60), 5 * rng.normal(size=20)])
    x, new = (rng.normal(size=(n, 80)) * scales for n in (100, 2000))
    y = x @ truth + rng.normal(size=100)
    unit = x.std(axis=0) if standardized else 1.0
    s, directions, solution = eigenbasis(x / unit, y)
    steps = np.unique(np.geomspace(1, 40_000, 60).astype(int))
    errors = [
        np.mean((new / unit @ (directions @ (stopped(s, t, 0.1) * solution)) - new @ truth) ** 2)
        for t in steps
    ]
    return steps, np.array(errors)
