"""Tables of the few experiments that take minutes: made by the lessons' own code, kept with their seeds.

A lesson computes such a table behind ``RECOMPUTE = False``, and the claims tests compute a part of it again and
compare.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from coursekit._arguments import received

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["load", "save"]


def __dir__() -> list[str]:
    return __all__  # completion shows no module that is merely used here


FOLDER = Path(__file__).parent


def load(name: str) -> pd.DataFrame:
    """Return the stored table ``name``, for instance "02_double_descent".

    Raises:
        ValueError: if there is no table of this name.
    """
    import pandas as pd

    names = sorted(path.stem for path in FOLDER.glob("*.csv"))
    if not isinstance(name, str) or name not in names:
        raise ValueError(f"`name` must be one of {', '.join(map(repr, names))}. {received('name', name)}")
    return pd.read_csv(FOLDER / f"{name}.csv")


def save(table: pd.DataFrame, name: str) -> Path:
    """Write ``table`` as ``name``, with six significant digits, and return the file's path."""
    path = FOLDER / f"{name}.csv"
    table.to_csv(path, index=False, float_format="%.6g", lineterminator="\n")
    return path
