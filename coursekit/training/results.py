"""`SweepResult`: every run of a sweep, in one tidy table."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from coursekit._arguments import received
from coursekit.training.history import History

if TYPE_CHECKING:
    import keras
    import pandas as pd

__all__ = ["SweepResult", "Trained"]


DIRECTIONS = {"min": min, "max": max}


@dataclass
class Trained:
    """One model of a sweep.

    Attributes:
        point: the values of the grid.
        seed: its seed.
        model: the trained model.
        history: what happened in training.
    """

    point: dict[str, Any]
    seed: int
    model: keras.Model
    history: History

    @property
    def diverged(self) -> bool:
        """Whether a loss became NaN or infinite."""
        losses = [v for name, v in self.history.history.items() if name in ("loss", "val_loss")]
        return not all(np.isfinite(values).all() for values in losses)


class SweepResult:
    """The runs of a sweep.

    Args:
        runs: one for each point and seed that was finished.
        partial: whether the sweep was interrupted before its end.

    Attributes:
        runs, partial: as given.
    """

    def __init__(self, runs: list[Trained], *, partial: bool = False) -> None:
        self.runs, self.partial = runs, partial

    def __repr__(self) -> str:
        return f"<SweepResult of {len(self.runs)} runs{', partial' if self.partial else ''}>"

    @cached_property
    def table(self) -> pd.DataFrame:
        """A tidy table with a row for each point, seed and epoch; ``diverged`` marks runs whose loss was not finite."""
        import pandas as pd

        parts = []
        for run, names in zip(
            self.runs, _alike([list(run.history.columns) for run in self.runs]), strict=True
        ):
            part = run.history.table
            part.columns = ["epoch", *names]
            for i, (name, value) in enumerate([*run.point.items(), ("seed", run.seed)]):
                part.insert(i, name, [value] * len(part))
            parts.append(part.assign(diverged=run.diverged))
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()

    @cached_property
    def final(self) -> pd.DataFrame:
        """A row for each point and seed: the epoch whose weights the model holds, the last one unless restored."""
        lengths = [len(run.history) for run in self.runs]
        ends = np.cumsum(lengths)
        rows = [
            end - (1 if run.history.held < 0 else n - run.history.held)
            for run, n, end in zip(self.runs, lengths, ends, strict=True)
        ]
        return self.table.iloc[rows].reset_index(drop=True)

    def best(self, metric: str = "val_data_loss", mode: str | None = None) -> dict[str, Any]:
        """Return the point whose mean over the seeds is best in `final`; diverged runs are left out.

        Args:
            metric: a column of `table`.
            mode: ``"min"`` or ``"max"``; by default what Keras knows of the metric.

        Raises:
            ValueError: if there is no such column, no run that did not diverge, or nothing says what is better.
        """
        final = self.final
        if metric not in final:
            names = ", ".join(map(str, final.columns))
            raise ValueError(f"`metric` must be a column of the table: {names}. {received('metric', metric)}")
        choose = DIRECTIONS.get(mode or self._mode(metric) or "")
        if choose is None:
            raise ValueError(
                f"`mode` must be 'min' or 'max'{' as Keras does not know what is better' * (mode is None)}. "
                f"Received: metric={metric!r}, mode={mode!r}"
            )
        kept = [
            i for i, run in enumerate(self.runs) if not run.diverged and np.isfinite(final[metric].iloc[i])
        ]
        if not kept:
            raise ValueError(
                "`metric` must be finite in a run that did not diverge. "
                f"Received: metric={metric!r}, without such a value"
            )
        points = [point for point in self._points() if any(_same(self.runs[i].point, point) for i in kept)]

        def mean(point: dict[str, Any]) -> float:
            return float(np.mean([final[metric].iloc[i] for i in kept if _same(self.runs[i].point, point)]))

        return choose(points, key=mean)

    def scores(self, name: str, metric: str = "val_data_loss") -> pd.DataFrame:
        """Return a table of scores: a row for each value of the grid's ``name``, ascending, and a column for each seed.

        Where the grid has more names, the scores are means over them.

        Raises:
            ValueError: if there is no such name or metric.
        """
        final = self.final
        for argument, value, known in (
            ("name", name, list(self.runs[0].point) if self.runs else []),
            ("metric", metric, list(final.columns)),
        ):
            if value not in known:
                raise ValueError(
                    f"`{argument}` must be one of {', '.join(map(repr, known))}. {received(argument, value)}"
                )
        if not all(isinstance(value, Hashable) for value in final[name]):
            final = final.assign(**{name: final[name].map(str)})
        return final.pivot_table(index=name, columns="seed", values=metric, dropna=False)

    def model(self, point: Mapping[str, Any], seed: int = 0) -> keras.Model:
        """Return the trained model of a point and a seed.

        Raises:
            ValueError: if there is none.
        """
        for run in self.runs:
            if _same(run.point, point) and run.seed == seed:
                return run.model
        raise ValueError(
            f"`point` and `seed` must be of a finished run. Received: point={dict(point)}, seed={seed}"
        )

    def _mode(self, metric: str) -> str | None:
        modes = {
            mode
            for run in self.runs
            for name, mode in run.history.modes.items()
            if metric in (name, _bare(name))
        }
        return modes.pop() if len(modes) == 1 else None

    def _points(self) -> list[dict[str, Any]]:
        points: list[dict[str, Any]] = []
        for run in self.runs:
            if not any(_same(run.point, point) for point in points):
                points.append(run.point)
        return points


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two points are the same; their values may be arrays."""
    return one.keys() == other.keys() and all(np.array_equal(one[name], other[name]) for name in one)


def _bare(name: str) -> str:
    """Return a name without the number that Keras adds to names it has given before: auc_1 is auc."""
    return re.sub(r"_\d+$", "", name)


def _alike(runs: list[list[str]]) -> list[list[str]]:
    """Return the columns of each run, under one name where only Keras' numbering makes them differ."""
    if len(set(map(len, runs))) != 1:
        return runs
    places = []
    for names in zip(*runs, strict=True):
        bare = {_bare(name) for name in names}
        places.append([*bare] * len(names) if len(set(names)) > 1 and len(bare) == 1 else names)
    return [list(names) for names in zip(*places, strict=True)]
