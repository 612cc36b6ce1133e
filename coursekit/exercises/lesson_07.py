"""The exercises of lesson 07: each function names the feedback in 07.toml that fits an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from coursekit.exercises import answers

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["choose", "rule", "wins"]


def choose(answer: object, table: pd.DataFrame) -> str:
    """The mean test accuracy of the smaller network, its setting chosen on validation data for each seed."""
    value, rows = answers.number(answer), table[table["remedy"] == "smaller_network"]
    by_seed = rows.groupby("seed")
    known = {
        "right": rows.loc[by_seed["validation_loss"].idxmin(), "test_accuracy"].mean(),
        "test": by_seed["test_accuracy"].max().mean(),
        "all": rows["test_accuracy"].mean(),
        "largest": rows.loc[by_seed["validation_loss"].idxmax(), "test_accuracy"].mean(),
    }
    return next((name for name, expected in known.items() if np.isclose(value, expected, atol=5e-4)), "other")


def wins(answer: object, accuracy: pd.DataFrame) -> str:
    """The number of seeds for which dropout with L2 is more accurate than without."""
    value, first, second = answers.number(answer), accuracy["dropout_and_l2"], accuracy["dropout_and_input"]
    won = int((first > second).sum())
    known = {"right": won, "losses": int((first < second).sum()), "fraction": won / len(accuracy)}
    return next((name for name, expected in known.items() if np.isclose(value, expected)), "other")


def rule(answer: object, losses: pd.DataFrame) -> str:
    """The strength that the one-standard-error rule chooses."""
    value, strengths, values = answers.number(answer), losses.index.to_numpy(), losses.to_numpy()
    if not np.isclose(strengths, value, rtol=1e-6).any():
        return "other"
    mean, lowest = values.mean(axis=1), int(values.mean(axis=1).argmin())
    deviation = values[lowest].std(ddof=1)
    allowed = strengths[mean <= mean[lowest] + deviation / np.sqrt(values.shape[1])].max()
    with_deviation = strengths[mean <= mean[lowest] + deviation].max()
    known = {"right": allowed, "minimum": strengths[lowest], "deviation": with_deviation}
    verdict = next((name for name, expected in known.items() if np.isclose(value, expected)), None)
    return verdict or ("weakest" if value < allowed else "too_strong")
