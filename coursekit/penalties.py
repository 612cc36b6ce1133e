"""Penalties as Keras and scikit-learn know them, and an L1 that gives exact zeros."""

from __future__ import annotations

from typing import TYPE_CHECKING

import keras

from coursekit import weights
from coursekit._arguments import array, integer, number

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = [
    "SoftThreshold",
    "elastic_net_arguments",
    "elastic_net_strengths",
    "lasso_alpha",
    "lasso_l1",
    "penalty_sum",
    "ridge_alpha",
    "ridge_l2",
]


def __dir__() -> list[str]:
    return __all__  # completion shows no module that is merely used here


# Strengths: Keras ↔ scikit-learn
#
# They hold for Keras' mean squared error. scikit-learn's Ridge minimizes the sum of squared errors, its Lasso and
# ElasticNet half the mean; each objective is Keras' times a constant. Neither side penalises the intercept.


def ridge_alpha(l2: float, n_rows: int) -> float:
    """Return the ``alpha`` of `sklearn.linear_model.Ridge` for Keras' ``L2(l2)``: n·λ.

    Keras: mean of squared errors + λ·Σw². Ridge: *sum* of squared errors + alpha·Σw².

    Args:
        l2: strength λ, not negative.
        n_rows: number of training rows n, at least 1.

    Raises:
        ValueError: if an argument is out of its range.
    """
    return number("l2", l2, "[0, inf)") * integer("n_rows", n_rows, lowest=1)


def ridge_l2(alpha: float, n_rows: int) -> float:
    """Return the ``l2`` of Keras for the ``alpha`` of scikit-learn's Ridge: alpha / n. Undoes `ridge_alpha`."""
    return number("alpha", alpha, "[0, inf)") / integer("n_rows", n_rows, lowest=1)


def lasso_alpha(l1: float) -> float:
    """Return the ``alpha`` of `sklearn.linear_model.Lasso` for Keras' ``L1(l1)``: λ/2.

    Keras: mean of squared errors + λ·Σ|w|. Lasso: *half* the mean of squared errors + alpha·Σ|w|.

    Args:
        l1: strength λ, not negative.

    Raises:
        ValueError: if it is out of its range.
    """
    return number("l1", l1, "[0, inf)") / 2


def lasso_l1(alpha: float) -> float:
    """Return the ``l1`` of Keras for the ``alpha`` of scikit-learn's Lasso: 2·alpha. Undoes `lasso_alpha`."""
    return 2 * number("alpha", alpha, "[0, inf)")


def elastic_net_arguments(l1: float, l2: float) -> dict[str, float]:
    """Return ``alpha`` and ``l1_ratio`` of `sklearn.linear_model.ElasticNet` for Keras' ``L1L2(l1, l2)``.

    ElasticNet: half the mean of squared errors + alpha·l1_ratio·Σ|w| + ½·alpha·(1 − l1_ratio)·Σw². Hence
    alpha = l1/2 + l2 and l1_ratio = (l1/2)/alpha.

    Args:
        l1, l2: strengths, not negative. Where both are 0, ``l1_ratio`` means nothing and is 0.

    Returns:
        ``{"alpha": …, "l1_ratio": …}``, so that ``ElasticNet(**elastic_net_arguments(l1, l2))`` works.

    Raises:
        ValueError: if an argument is out of its range.
    """
    half = number("l1", l1, "[0, inf)") / 2
    alpha = half + number("l2", l2, "[0, inf)")
    return {"alpha": alpha, "l1_ratio": half / alpha if alpha else 0.0}


def elastic_net_strengths(alpha: float, l1_ratio: float) -> dict[str, float]:
    """Return ``l1`` and ``l2`` of Keras for scikit-learn's ElasticNet. Undoes `elastic_net_arguments`.

    Args:
        alpha: scikit-learn's strength, not negative.
        l1_ratio: its share of L1, in [0, 1].

    Returns:
        ``{"l1": 2·alpha·l1_ratio, "l2": alpha·(1 − l1_ratio)}``, so that ``L1L2(**…)`` works.

    Raises:
        ValueError: if an argument is out of its range.
    """
    alpha, l1_ratio = number("alpha", alpha, "[0, inf)"), number("l1_ratio", l1_ratio, "[0, 1]")
    return {"l1": 2 * alpha * l1_ratio, "l2": alpha * (1 - l1_ratio)}


def penalty_sum(w: ArrayLike, *, l1: float = 0.0, l2: float = 0.0) -> float:
    """Return l1·Σ|w| + l2·Σw², what Keras' ``L1L2(l1, l2)`` adds to the loss for the weights ``w``.

    Args:
        w: weights, any shape.
        l1, l2: strengths, not negative.

    Raises:
        ValueError: if ``w`` holds anything but numbers, or a strength is out of its range.
    """
    w = array("w", w)
    l1, l2 = number("l1", l1, "[0, inf)"), number("l2", l2, "[0, inf)")
    return l1 * weights.l1_norm(w) + l2 * weights.squared_l2_norm(w)


# L1 with exact zeros


@keras.saving.register_keras_serializable(package="coursekit")
class SoftThreshold(keras.constraints.Constraint):
    """L1 as a constraint: after each step of plain SGD, w ← sign(w) · max(|w| − threshold, 0), with exact zeros.

    Keras applies a constraint after the optimizer's update. A gradient step on the data loss, followed by the soft
    threshold with learning_rate · l1, is the proximal gradient method (ISTA) for ``loss + l1·Σ|w|``. That is the
    objective of `keras.regularizers.L1(l1)` too, but its gradient steps give no exact zeros. It replaces the
    regularizer::

        layer = keras.layers.Dense(1, kernel_constraint=SoftThreshold(l1=0.2, learning_rate=0.1))
        model.compile(optimizer=keras.optimizers.SGD(0.1), loss="mean_squared_error")

    It solves this problem only under the conditions below; a test shows what happens without each.

    - Full batches: with mini-batches the gradient's noise lifts weights off 0 after each threshold.
    - Plain `SGD`, whose steps have the size of the learning rate. Adam gives each weight a step of its own. With
      ``momentum`` β a gradient counts 1/(1 − β) times in the end: say so here, else l1·(1 − β) is solved.
    - A constant learning rate, the same here and in the optimizer: at half the rate, 2·l1 is solved. Below
      1/(2·λmax(XᵀX/n) + 2·l2) it converges for sure (λmax: largest eigenvalue; l2: a ridge penalty beside it);
      above twice that it may diverge.
    - No gradient accumulation, which would apply the threshold several times a step, and no active clipping:
      ``clipvalue`` below l1 makes all weights 0.

    The threshold is a variable, so that one traced graph serves many strengths; setting ``l1`` changes it. A model
    that has been trained with `model.fit` on JAX must be compiled again for the change to take effect there.

    Args:
        l1: strength λ of the penalty λ·Σ|w|, not negative.
        learning_rate: the optimizer's learning rate, above 0.
        momentum: the optimizer's momentum, in [0, 1).

    Raises:
        ValueError: if an argument is out of its range.

    Source: I. Daubechies, M. Defrise, C. De Mol (2004). An iterative thresholding algorithm for linear inverse
    problems with a sparsity constraint. Communications on Pure and Applied Mathematics 57, 1413–1457.
    """

    def __init__(self, l1: float, learning_rate: float, momentum: float = 0.0) -> None:
        self.learning_rate = number("learning_rate", learning_rate, "(0, inf)")
        self.momentum = number("momentum", momentum, "[0, 1)")
        self.threshold = keras.Variable(0.0, trainable=False, dtype="float32", name="threshold")
        self.l1 = l1

    @property
    def l1(self) -> float:
        """The strength λ; a new one holds from the next step on."""
        return self._l1

    @l1.setter
    def l1(self, value: float) -> None:
        self._l1 = number("l1", value, "[0, inf)")
        self.threshold.assign(self.learning_rate * self._l1 / (1 - self.momentum))

    def __call__(self, w):
        """Return the weights moved towards 0 by the threshold; those nearer than that become 0."""
        threshold = keras.ops.cast(self.threshold, w.dtype)
        return keras.ops.sign(w) * keras.ops.maximum(keras.ops.absolute(w) - threshold, 0.0)

    def lifted_numbers(self) -> dict[str, keras.Variable]:
        """Return the variables that a shared graph reads; two constraints of this class differ in nothing else."""
        return {"threshold": self.threshold}

    def get_config(self) -> dict:
        """Return the arguments."""
        return {"l1": self.l1, "learning_rate": self.learning_rate, "momentum": self.momentum}
