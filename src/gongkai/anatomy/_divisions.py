"""Every division code of six digits in force 现行区划代码, by digit: from the table the methods use, the city's own first."""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from gongkai import content


def codes() -> npt.NDArray[np.int64]:
    """One row a code, one digit a column.

    >>> [110101] in (codes() @ [100000, 10000, 1000, 100, 10, 1])
    True
    """
    path = content.files("transforms", "_divisions.csv")["_divisions.csv"]
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _read(path: Path, changed: int) -> npt.NDArray[np.int64]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        found = sorted({row["code"] for row in rows if len(row["code"]) == 6 and row["code"].isdigit()})
    return np.array([[int(digit) for digit in code] for code in found], np.int64)
