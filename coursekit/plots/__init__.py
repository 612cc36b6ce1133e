"""Figures of the course: arrays, a `History` or a `SweepResult` in, matplotlib Axes out.

The functions draw and return; they never train, print or show. Labels are in the reader's language. A history may be
that of `training.fit` or Keras' own. The rows of a table or series of pandas are drawn where its index says.
"""

from coursekit.plots.comparison import plot_scores, plot_selection
from coursekit.plots.digits import plot_digits
from coursekit.plots.dropout import plot_monte_carlo, plot_network_mask, plot_uncertainty
from coursekit.plots.gains import plot_changes, plot_gains, plot_pairs, plot_reliability
from coursekit.plots.geometry import plot_penalty_geometry, plot_weight_pairs
from coursekit.plots.heatmap import plot_heatmap
from coursekit.plots.memorizing import plot_memorizing
from coursekit.plots.model_weights import (
    plot_grouped_weights,
    plot_weight_histogram,
    plot_weight_sizes,
    plot_weights,
    plot_zero_pattern,
)
from coursekit.plots.paths import plot_coefficient_path, plot_discoveries
from coursekit.plots.regression import plot_curve_fit
from coursekit.plots.spread import plot_bias_variance, plot_error_parts, plot_spread
from coursekit.plots.training_curves import (
    plot_accuracy_curves,
    plot_loss_curves,
    plot_metric,
    plot_penalized_loss,
)
from coursekit.plots.validation import plot_folds, plot_validation_curve

__all__ = [
    "plot_accuracy_curves",
    "plot_bias_variance",
    "plot_changes",
    "plot_coefficient_path",
    "plot_curve_fit",
    "plot_digits",
    "plot_discoveries",
    "plot_error_parts",
    "plot_folds",
    "plot_gains",
    "plot_grouped_weights",
    "plot_heatmap",
    "plot_loss_curves",
    "plot_memorizing",
    "plot_metric",
    "plot_monte_carlo",
    "plot_network_mask",
    "plot_pairs",
    "plot_penalized_loss",
    "plot_penalty_geometry",
    "plot_reliability",
    "plot_scores",
    "plot_selection",
    "plot_spread",
    "plot_uncertainty",
    "plot_validation_curve",
    "plot_weight_histogram",
    "plot_weight_pairs",
    "plot_weight_sizes",
    "plot_weights",
    "plot_zero_pattern",
]


def __dir__() -> list[str]:
    return __all__  # completion shows no module that is merely used here
