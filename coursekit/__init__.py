"""See a Keras network overfit, then cure it: the package behind the course.

The map, from the ground up; nothing imports a floor above its own::

    language      set_language("ja" | "en"), text("epoch"): every word a figure or a check shows
    data          data sets: bundled, seeded, split into train, validation and test
    weights       kernels of a model as arrays; sparsity and norms
    models        compiled Keras models in one line: classifier, regressor
    training      fit, sweep and Run: model.fit's mathematics, many times faster; History, SweepResult
    plots         arrays, a History or a SweepResult in, matplotlib Axes out
    exercises     check and quiz: feedback in the reader's language
    interactive   sliders that retrain a real network
    authoring     builds the notebooks; only in the repository, for those who write lessons

``import coursekit`` loads none of them: a lesson names what it uses, as in
``from coursekit import data, models, plots, training``.
"""

__all__ = ["__version__"]
__version__ = "0.1.0"
