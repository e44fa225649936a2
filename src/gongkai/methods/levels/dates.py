"""Levels of a date 日期层级: its month, quarter, year or decade, or the age band 年龄段 of who was born on it."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Literal, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gongkai.disclosure import FULL_MASK, Disclosure, Form
from gongkai.methods.columns.calendar import Dates, read
from gongkai.methods.columns.full_mask import else_full_mask
from gongkai.methods.columns.plain import plain

Level: TypeAlias = Literal["month", "quarter", "year", "decade", "age"]
_PARTS = {
    "month": frozenset({"year", "month"}),
    "quarter": frozenset({"year", "quarter"}),
    "year": frozenset({"year"}),
    "decade": frozenset({"decade"}),
    "age": frozenset({"age_band"}),
}
_FIRST = {"month": 7, "quarter": 5, "year": 4, "decade": 3, "age": 0}
"""Leading characters of ``YYYY-MM-DD`` that can be read off the result."""
_OLDEST = 120
_BAND = 10


def coarsen(column: pa.Array, to: Level, width: int | None = None, as_of: dt.date | None = None) -> pa.Array:
    """A column of dates, or of texts written as dates, as texts at a level; ``****`` for what is no date.

    ``age`` needs the day ``as_of`` and goes in bands of ``width`` years. ValueError as from ``check``.

    >>> coarsen(pa.array(["1990-03-07", "1990-13-07", None]), "decade").to_pylist()
    ['1990s', '****', None]
    >>> coarsen(pa.array(["1990-03-07"]), "week")
    Traceback (most recent call last):
        ...
    ValueError: to is one of month, quarter, year, decade, age
    """
    check(to, width, as_of)
    column = plain(column)
    dates = read(column)
    if as_of is not None:
        coarse = _bands(dates, width or _BAND, as_of)
    else:
        labels, months = _labels(to)
        index = dates.month if months == 1 else dates.month // np.int32(months)
        coarse = labels.take(pa.array(index, mask=None if dates.real.all() else ~dates.real))
    if pa.types.is_string(column.type):
        return else_full_mask(coarse, column)
    return pc.if_else(column.is_valid(), pc.fill_null(coarse, FULL_MASK), None)


def disclosed(to: Level, width: int | None = None) -> Disclosure:
    """The parts of the date down to a level, and how much of ``YYYY-MM-DD`` they are; of an age its band."""
    return Disclosure(Form.COARSE, _FIRST[to], parts=_PARTS[to], width=float(width or _BAND) if to == "age" else None)


def check(to: str, width: int | None = None, as_of: dt.date | None = None) -> None:
    """ValueError for a level that is none, for ``age`` without its day, and for parameters of ``age`` at another level."""
    if to not in _PARTS:
        raise ValueError(f"to is one of {', '.join(_PARTS)}")
    if to != "age" and (width is not None or as_of is not None):
        raise ValueError("width and as_of belong to the level age")
    if to == "age" and as_of is None:
        raise ValueError("as_of is the day on which the ages are told")
    if width is not None and not 2 <= width <= _OLDEST:
        raise ValueError(f"width is 2 to {_OLDEST} years")


def _bands(dates: Dates, width: int, as_of: dt.date) -> pa.Array:
    """The age band of each birth date; null where there is none."""
    birthday = (dates.month % 12 + 1) * 100 + dates.day
    age = as_of.year - dates.month // 12 - (birthday > as_of.month * 100 + as_of.day)
    real = dates.real & (age >= 0) & (age <= _OLDEST)
    labels = pa.array([f"{low}-{low + width - 1}" for low in range(0, _OLDEST + 1, width)])
    return labels.take(pa.array(age // width, mask=~real))


@cache
def _labels(to: str) -> tuple[pa.Array, int]:
    """The name of every month, quarter, year or decade from the year 0 on, and how many months each takes."""
    years = [f"{year:04d}" for year in range(10_000)]
    if to == "month":
        return pa.array([f"{year}-{month:02d}" for year in years for month in range(1, 13)]), 1
    if to == "quarter":
        return pa.array([f"{year}-Q{quarter}" for year in years for quarter in range(1, 5)]), 3
    return (pa.array(years), 12) if to == "year" else (pa.array([f"{year}s" for year in years[::10]]), 120)
