"""The reference case without Keras: how fast it could be."""

from __future__ import annotations

from measuring import seconds
from reference_case import BATCH, EPOCHS, digits


def hand_written() -> float:
    """Return the seconds of the case written by hand in JAX, without Keras: all epochs in one `lax.scan`, warm."""
    import jax
    import jax.numpy as jnp

    (x, y), (x_val, y_val) = (tuple(map(jnp.asarray, part)) for part in (digits().train, digits().validation))
    keys = jax.random.split(jax.random.key(0), 3)
    shapes = [(64, 128), (128, 128), (128, 10)]
    start = [
        (jax.random.normal(k, s) / s[0] ** 0.5, jnp.zeros(s[1])) for k, s in zip(keys, shapes, strict=True)
    ]

    def logits(weights, x, key=None):
        for i, (w, b) in enumerate(weights[:-1]):
            x = jax.nn.relu(x @ w + b)
            if key is not None:
                x = jnp.where(jax.random.bernoulli(jax.random.fold_in(key, i), 0.7, x.shape), x / 0.7, 0)
        return x @ weights[-1][0] + weights[-1][1]

    def loss(weights, x, y, key=None):
        chosen = jnp.take_along_axis(jax.nn.log_softmax(logits(weights, x, key)), y[:, None], 1)
        return -chosen.mean() + 1e-3 * sum(jnp.sum(w**2) for w, _ in weights)

    def adam(carry, inputs):
        weights, first, second, t = carry
        batch, key = inputs
        gradient = jax.grad(loss)(weights, x[batch], y[batch], key)
        mix = jax.tree.map
        first = mix(lambda m, g: 0.9 * m + 0.1 * g, first, gradient)
        second = mix(lambda v, g: 0.999 * v + 0.001 * g**2, second, gradient)
        rate = 1e-3 * jnp.sqrt(1 - 0.999 ** (t + 1)) / (1 - 0.9 ** (t + 1))
        weights = mix(lambda w, m, v: w - rate * m / (jnp.sqrt(v) + 1e-7), weights, first, second)
        return (weights, first, second, t + 1), None

    def epoch(carry, key):
        order = jax.random.permutation(key, len(x))
        full = len(x) // BATCH * BATCH
        steps = jax.random.split(key, full // BATCH)
        carry, _ = jax.lax.scan(adam, carry, (order[:full].reshape(-1, BATCH), steps))
        carry, _ = adam(carry, (order[full:], key))
        return carry, loss(carry[0], x_val, y_val)

    @jax.jit
    def train(key):
        zeros = jax.tree.map(jnp.zeros_like, start)
        return jax.lax.scan(epoch, (start, zeros, zeros, 0), jax.random.split(key, EPOCHS))[1]

    jax.block_until_ready(train(keys[0]))
    return seconds(lambda: jax.block_until_ready(train(keys[1])))
