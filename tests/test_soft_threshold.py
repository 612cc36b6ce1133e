"""The soft threshold: the formula, the Lasso it solves, and each condition under which it does."""

import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.linear_model import ElasticNet, Lasso

from coursekit import data, training
from coursekit.penalties import SoftThreshold

RATE, STRENGTH = 0.1, 0.2
DATASET = data.sparse_regression(seed=0)
ROWS = len(DATASET.train.x)


def trained(l1=STRENGTH, rate=RATE, optimizer=None, *, momentum=0.0, l2=None, batch_size=ROWS, epochs=1200):
    """Return the weights of a linear model after SGD with the soft threshold."""
    model = keras.Sequential(
        [
            keras.Input((100,)),
            keras.layers.Dense(
                1,
                kernel_initializer=keras.initializers.GlorotUniform(seed=1),
                kernel_regularizer=None if l2 is None else keras.regularizers.L2(l2),
                kernel_constraint=SoftThreshold(l1, rate, momentum),
            ),
        ]
    )
    model.compile(optimizer=optimizer or keras.optimizers.SGD(rate), loss="mean_squared_error")
    training.fit(
        model, *DATASET.train, epochs=epochs, batch_size=batch_size, shuffle=batch_size < ROWS, progress=False
    )
    return np.asarray(model.layers[0].kernel)[:, 0]


def lasso(l1=STRENGTH, dataset=DATASET):
    x, y = (part.astype("float64") for part in dataset.train)
    return Lasso(alpha=l1 / 2, tol=1e-10, max_iter=100_000).fit(x, y).coef_


def assert_same_solution(ours, theirs):
    assert_array_equal(ours == 0, theirs == 0)
    assert_allclose(ours, theirs, atol=1e-5)
    assert 0 < np.count_nonzero(theirs) < 100


@pytest.mark.parametrize("momentum", [0.0, 0.5])
def test_the_formula(momentum):
    w = np.random.default_rng(0).normal(size=(7, 3)).astype("float32")
    threshold = 0.1 * 2.0 / (1 - momentum)
    expected = np.sign(w) * np.maximum(np.abs(w) - threshold, 0)
    result = np.asarray(SoftThreshold(2.0, 0.1, momentum)(keras.ops.convert_to_tensor(w)))
    assert_allclose(result, expected, atol=1e-7)
    assert np.any(result == 0)


def test_strength_zero_leaves_every_weight_as_it_is():
    w = np.linspace(-1, 1, 9, dtype="float32")
    assert_array_equal(np.asarray(SoftThreshold(0.0, 0.1)(keras.ops.convert_to_tensor(w))), w)


@pytest.mark.parametrize("l1", [0.05, 0.2, 0.6])
def test_it_solves_the_lasso(l1):
    assert_same_solution(trained(l1, epochs=2500), lasso(l1))


def test_with_an_l2_penalty_beside_it_it_solves_the_elastic_net():
    l1, l2 = 0.2, 0.1
    x, y = (part.astype("float64") for part in DATASET.train)
    alpha = l1 / 2 + l2
    reference = ElasticNet(alpha=alpha, l1_ratio=l1 / 2 / alpha, tol=1e-10, max_iter=100_000).fit(x, y)
    assert_same_solution(trained(l1, l2=l2), reference.coef_)


def test_momentum_has_to_be_told():
    optimizer = keras.optimizers.SGD(RATE / 4, momentum=0.5)
    told = trained(rate=RATE / 4, optimizer=optimizer, momentum=0.5, epochs=3000)
    assert_same_solution(told, lasso())
    optimizer = keras.optimizers.SGD(RATE / 4, momentum=0.5)
    untold = trained(rate=RATE / 4, optimizer=optimizer, epochs=3000)
    assert_same_solution(untold, lasso(STRENGTH * (1 - 0.5)))


def test_half_the_learning_rate_with_the_old_threshold_solves_twice_the_strength():
    weights = trained(optimizer=keras.optimizers.SGD(RATE / 2), epochs=2000)
    assert_same_solution(weights, lasso(2 * STRENGTH))


@pytest.mark.parametrize("l2", [0.0, 0.5])
def test_the_learning_rate_has_a_bound(l2):
    x = DATASET.train.x - DATASET.train.x.mean(axis=0)
    bound = float(1 / (2 * np.linalg.eigvalsh(x.T @ x / ROWS).max() + 2 * l2))
    assert np.abs(trained(0.001, 0.95 * bound, l2=l2)).max() < 3
    # Convergence is sure below the bound, and lost above twice the bound if hardly a weight is 0.
    assert not np.abs(trained(0.001, 2.2 * bound, l2=l2)).max() < 1e3


def test_mini_batches_find_fewer_zeros():
    found = np.sum(trained(batch_size=20, epochs=200) == 0)
    assert found < 0.7 * np.sum(lasso() == 0)


def test_adam_solves_something_else():
    weights = trained(optimizer=keras.optimizers.Adam(RATE))
    assert np.abs(weights - lasso()).max() > 0.05


def test_gradient_accumulation_applies_the_threshold_several_times_a_step():
    optimizer = keras.optimizers.SGD(RATE, gradient_accumulation_steps=2)
    weights = trained(optimizer=optimizer)
    assert np.abs(weights).sum() < 0.95 * np.abs(lasso()).sum()


def test_clipping_below_the_strength_makes_all_weights_zero():
    assert not trained(optimizer=keras.optimizers.SGD(RATE, clipvalue=0.9 * STRENGTH)).any()


def test_a_new_strength_holds_from_the_next_step_on():
    constraint = SoftThreshold(0.5, 0.1)
    w = keras.ops.convert_to_tensor([1.0, -0.06])
    assert_allclose(np.asarray(constraint(w)), [0.95, -0.01], atol=1e-6)
    constraint.l1 = 1.0
    assert constraint.get_config()["l1"] == 1.0
    assert_allclose(np.asarray(constraint(w)), [0.9, 0.0], atol=1e-6)


def test_warm_starts_with_new_strengths_give_the_lasso_each_time():
    constraint = SoftThreshold(1.0, RATE)
    model = keras.Sequential([keras.Input((100,)), keras.layers.Dense(1, kernel_constraint=constraint)])
    model.compile(optimizer=keras.optimizers.SGD(RATE), loss="mean_squared_error")
    for l1 in (1.0, 0.4, 0.15):
        constraint.l1 = l1
        training.fit(model, *DATASET.train, epochs=800, batch_size=ROWS, shuffle=False, progress=False)
        assert_same_solution(np.asarray(model.layers[0].kernel)[:, 0], lasso(l1))


def saved_and_loaded(constraint, path):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, kernel_constraint=constraint)])
    model.save(path)
    return keras.saving.load_model(path).layers[0].kernel_constraint


def test_a_saved_model_loads_with_its_constraint(tmp_path):
    constraint = SoftThreshold(0.3, 0.05, momentum=0.9)
    loaded = saved_and_loaded(constraint, tmp_path / "model.keras")
    assert type(loaded) is SoftThreshold
    assert loaded.get_config() == constraint.get_config()
    assert_array_equal(np.asarray(loaded.threshold), np.asarray(constraint.threshold))


def test_unregistered_it_would_not_load(tmp_path):
    class Unregistered(SoftThreshold):
        pass

    with pytest.raises((TypeError, ValueError)):
        saved_and_loaded(Unregistered(0.3, 0.05), tmp_path / "model.keras")


@pytest.mark.parametrize(
    ("name", "value"),
    [("l1", -0.1), ("l1", "0.1"), ("learning_rate", 0.0), ("momentum", 1.0), ("momentum", -0.1)],
)
def test_arguments_out_of_range_are_named(name, value):
    with pytest.raises(ValueError, match=f"`{name}` must"):
        SoftThreshold(**({"l1": 0.1, "learning_rate": 0.1} | {name: value}))
