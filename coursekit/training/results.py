"""`SweepResult`: every run of a sweep, in one tidy table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from coursekit.training.history import History

if TYPE_CHECKING:
    import keras
    import pandas as pd

SMALLER_IS_BETTER = ("loss", "penalty", "error")


@dataclass
class Run:
    """One model of a sweep."""

    point: dict[str, Any]
    seed: int
    model: keras.Model
    history: History | None = None

    @property
    def diverged(self) -> bool:
        """Whether a loss became NaN or infinite."""
        assert self.history is not None
        losses = [v for name, v in self.history.columns.items() if name.endswith("data_loss")]
        return not all(np.isfinite(values).all() for values in losses)


class SweepResult:
    """The runs of a sweep.

    Attributes:
        runs: one `Run` for each point and seed that was finished.
        partial: whether the sweep was interrupted before its end.
    """

    def __init__(self, runs: list[Run], *, partial: bool = False) -> None:
        self.runs, self.partial = runs, partial

    def __repr__(self) -> str:
        return f"<SweepResult of {len(self.runs)} runs{', partial' if self.partial else ''}>"

    @property
    def table(self) -> pd.DataFrame:
        """A tidy table with a row for each point, seed and epoch; ``diverged`` marks runs whose loss was not finite."""
        import pandas as pd

        parts = []
        for run in self.runs:
            assert run.history is not None
            part = run.history.table
            for i, (name, value) in enumerate([*run.point.items(), ("seed", run.seed)]):
                part.insert(i, name, [value] * len(part))
            parts.append(part.assign(diverged=run.diverged))
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()

    @property
    def final(self) -> pd.DataFrame:
        """The last epoch of every run: a row for each point and seed."""
        table = self.table
        ends = np.cumsum([len(run.history) for run in self.runs if run.history is not None]) - 1
        return table.iloc[ends].reset_index(drop=True) if len(table) else table

    def best(self, metric: str = "val_data_loss") -> dict[str, Any]:
        """Return the point whose mean over the seeds is best in the last epoch; diverged runs are left out.

        Args:
            metric: a column of `table`. The lowest is best for losses, penalties and errors, otherwise the highest.

        Raises:
            ValueError: if there is no such column or no run that did not diverge.
        """
        final = self.final
        if metric not in final:
            raise ValueError(
                f"`metric` must be a column of the table: {', '.join(map(str, final.columns))}. Received: {metric!r}"
            )
        means: list[tuple[float, dict[str, Any]]] = []
        for point in self._points():
            values = [
                run.history.columns[metric][-1]
                for run in self.runs
                if run.point == point and run.history is not None and not run.diverged
            ]
            if values:
                means.append((float(np.mean(values)), point))
        if not means:
            raise ValueError(
                f"`metric` must have finite values. Received: metric={metric!r} where every run diverged"
            )
        choose = min if any(word in metric for word in SMALLER_IS_BETTER) else max
        return choose(means, key=lambda pair: pair[0])[1]

    def model(self, point: Mapping[str, Any], seed: int = 0) -> keras.Model:
        """Return the trained model of a point and a seed.

        Raises:
            ValueError: if there is none.
        """
        for run in self.runs:
            if run.point == dict(point) and run.seed == seed:
                return run.model
        raise ValueError(
            f"`point` and `seed` must be of a finished run. Received: point={dict(point)}, seed={seed}"
        )

    def _points(self) -> list[dict[str, Any]]:
        points: list[dict[str, Any]] = []
        for run in self.runs:
            if run.point not in points:
                points.append(run.point)
        return points
