"""Training: `fit` trains one Keras model, `sweep` a whole grid of them; both as `model.fit` would, only faster.

`Run` is what both loop over: some epochs more when asked. How it works: README.md beside this file.
"""

from coursekit.training.evaluating import evaluate
from coursekit.training.fitting import fit
from coursekit.training.history import History
from coursekit.training.results import SweepResult
from coursekit.training.run import Run
from coursekit.training.sweeping import sweep

__all__ = ["History", "Run", "SweepResult", "evaluate", "fit", "sweep"]


def __dir__() -> list[str]:
    return __all__  # completion shows no module that is merely used here
