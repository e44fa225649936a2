"""generalize_date 日期概化: a date becomes its month, quarter, year or decade, or the age band 年龄段 of who was born on it.

Dates as the registered type, or as text written ``YYYY-MM-DD`` or ``YYYYMMDD``; any other text becomes ``****``.
"""

from __future__ import annotations

import datetime as dt

import pyarrow as pa

from gongkai.disclosure import Disclosure
from gongkai.methods.levels import dates
from gongkai.methods.levels.dates import Level

TITLE = "日期概化"
VERSION = 1
TYPES = frozenset({"text", "date", "datetime"})
_FORMS: dict[Level, str] = {
    "month": "[0-9]{4}-[0-9]{2}",
    "quarter": "[0-9]{4}-Q[1-4]",
    "year": "[0-9]{4}",
    "decade": "[0-9]{3}0s",
    "age": "[0-9]{1,3}-[0-9]{1,3}",
}


def apply(column: pa.Array, *, to: Level, width: int | None = None, as_of: dt.date | None = None) -> pa.Array:
    """Text: ``1990-03``, ``1990-Q1``, ``1990`` or ``1990s``. Null and empty stay.

    ``age``: the age in full years on the day ``as_of``, in bands of ``width`` years (10 where it is not said), ``30-39``. A
    birth after that day, or more than 120 years before it, becomes ``****``. ValueError for a level that is none, for ``age``
    without ``as_of`` and for a parameter of ``age`` at another level.

    >>> apply(pa.array(["1990-03-07", "19900307", "1990-02-30", None]), to="quarter").to_pylist()
    ['1990-Q1', '1990-Q1', '****', None]
    >>> apply(pa.array(["1990-03-07", "1990-03-08"]), to="age", width=5, as_of=dt.date(2025, 3, 7)).to_pylist()
    ['35-39', '30-34']
    >>> apply(pa.array(["1990-03-07"]), to="week")
    Traceback (most recent call last):
        ...
    ValueError: to is one of month, quarter, year, decade, age
    """
    return dates.coarsen(column, to, width, as_of)


def reveals(entity: str, *, to: Level, width: int | None = None, as_of: dt.date | None = None) -> Disclosure:
    """The parts of the date down to that level, and how much of ``YYYY-MM-DD`` they are; of an age its band.

    >>> sorted(reveals("NONE", to="month").parts), reveals("DATE_OF_BIRTH", to="year").first
    (['month', 'year'], 4)
    >>> reveals("DATE_OF_BIRTH", to="age", as_of=dt.date(2025, 1, 1)).width
    10.0
    """
    dates.check(to, width, as_of)
    return dates.disclosed(to, width)


def expected_form(*, to: Level) -> str:
    """The date as far as that level, or the two ends of a band.

    >>> expected_form(to="quarter")
    '[0-9]{4}-Q[1-4]'
    """
    return _FORMS[to]
