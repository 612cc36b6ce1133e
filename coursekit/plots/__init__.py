"""Figures of the course: arrays or a `History` in, matplotlib Axes out.

The functions draw and return; they never train, print or show. Labels are in the reader's language.
"""

from coursekit.plots.comparison import plot_scores, plot_selection
from coursekit.plots.curves import plot_accuracy_curves, plot_loss_curves, plot_metric
from coursekit.plots.images import plot_digits
from coursekit.plots.regression import plot_curve_fit

__all__ = [
    "plot_accuracy_curves",
    "plot_curve_fit",
    "plot_digits",
    "plot_loss_curves",
    "plot_metric",
    "plot_scores",
    "plot_selection",
]
