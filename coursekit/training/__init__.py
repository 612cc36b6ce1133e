"""Training: `fit` trains one Keras model, `sweep` a whole grid of them; both as `model.fit` would, only faster."""

from coursekit.training.evaluating import evaluate
from coursekit.training.fitting import fit
from coursekit.training.history import History
from coursekit.training.results import SweepResult
from coursekit.training.sweeping import sweep

__all__ = ["History", "SweepResult", "evaluate", "fit", "sweep"]
