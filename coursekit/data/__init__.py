"""Data sets of the course: the same numbers for the same seed, split into three; no download but for one.

Every function returns a `Dataset` with ``train``, ``validation`` and ``test``, each a pair ``(x, y)``, so that
Keras takes them as they are::

    dataset = data.digits(label_noise=0.4)
    model.fit(*dataset.train, validation_data=dataset.validation)
    model.evaluate(*dataset.test)
"""

from coursekit.data.curves import noisy_curve, true_curve
from coursekit.data.images import digits, mnist_sample
from coursekit.data.linear import correlated_regression, linear_regression, sparse_regression
from coursekit.data.mixing import mixup
from coursekit.data.neighbors import neighbor_digits
from coursekit.data.splits import Dataset, Split
from coursekit.data.tables import california_housing, diabetes

__all__ = [
    "Dataset",
    "Split",
    "california_housing",
    "correlated_regression",
    "diabetes",
    "digits",
    "linear_regression",
    "mixup",
    "mnist_sample",
    "neighbor_digits",
    "noisy_curve",
    "sparse_regression",
    "true_curve",
]


def __dir__() -> list[str]:
    return __all__  # completion shows no module that is merely used here
