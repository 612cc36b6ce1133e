"""What a sweep is asked for: the points of a grid and the seeds, checked."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from coursekit._arguments import integer, received
from coursekit.training.history import OURS

__all__ = ["check_names", "points_of", "seeds_of"]

Point = dict[str, Any]


def points_of(grid: Mapping[str, Iterable] | Sequence[Point]) -> list[Point]:
    """Return the points of a grid: all combinations of a mapping's values, or the listed points.

    Raises:
        ValueError: if the grid is empty or of another kind, or a name is one of a column of the result.
    """
    if isinstance(grid, Mapping):
        for name, values in grid.items():
            if isinstance(values, (str, bytes, Mapping)) or not isinstance(values, Iterable):
                raise ValueError(
                    f"`grid` must have a list of values for each name. {received(repr(name), values)}"
                )
        lists = [list(values) for values in grid.values()]
        if not all(lists):
            raise ValueError(
                f"`grid` must have at least one value for each name. Received: grid={dict(grid)}"
            )
        points = [dict(zip(grid, combination, strict=True)) for combination in itertools.product(*lists)]
    else:
        points = list(grid) if isinstance(grid, Iterable) and not isinstance(grid, str) else []
        if not points or not all(isinstance(point, Mapping) for point in points):
            raise ValueError(f"`grid` must be a dict of lists or a list of dicts. {received('grid', grid)}")
        points = [dict(point) for point in points]
    check_names({name for point in points for name in point}, {"epoch", "seed", "diverged", "loss", *OURS})
    return points


def check_names(names: set, columns: Iterable[str]) -> None:
    """Raise a ValueError if a name of the grid is the name of a column of the result."""
    known = {name for column in columns for name in (column, f"val_{column}")}
    if taken := sorted(names & known):
        raise ValueError(
            f"`grid` must have names other than the columns of the result. Received: {', '.join(taken)}"
        )


def seeds_of(seeds: Any) -> list[int]:
    """Return seeds as a list of integers."""
    found = list(seeds) if isinstance(seeds, Iterable) and not isinstance(seeds, str) else []
    if not found:
        raise ValueError(f"`seeds` must hold at least one seed, such as range(3). {received('seeds', seeds)}")
    return [integer("seeds", seed, lowest=0) for seed in found]
