"""generalize_date 日期概化: a date becomes its month, quarter, year or decade.

Dates as the registered type, or as text written ``YYYY-MM-DD`` or ``YYYYMMDD``; any other text becomes ``****``.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from gongkai.dates import ISO_DATE, read
from gongkai.disclosure import Disclosure, Form

from ._full import else_full_mask
from ._plain import plain

TITLE = "日期概化"
TYPES = frozenset({"text", "date", "datetime"})
Level: TypeAlias = Literal["month", "quarter", "year", "decade"]
_PARTS = {
    "month": frozenset({"year", "month"}),
    "quarter": frozenset({"year", "quarter"}),
    "year": frozenset({"year"}),
    "decade": frozenset({"decade"}),
}
_FIRST = {"month": 7, "quarter": 5, "year": 4, "decade": 3}
"""Leading characters of ``YYYY-MM-DD`` that can be read off the result."""


def apply(column: pa.Array, *, to: Level) -> pa.Array:
    """Text: ``1990-03``, ``1990-Q1``, ``1990`` or ``1990s``. Null and empty stay.

    >>> apply(pa.array(["1990-03-07", "19900307", "1990-02-30", None]), to="quarter").to_pylist()
    ['1990-Q1', '1990-Q1', '****', None]
    >>> apply(pa.array(["1990-03-07"]), to="week")
    Traceback (most recent call last):
        ...
    ValueError: to is one of month, quarter, year, decade
    """
    _checked(to)
    column = plain(column)
    if not pa.types.is_string(column.type):
        return _written(column.cast(pa.date32(), safe=False), to)
    dates = read(column, *ISO_DATE, "YYYYmmdd").cast(pa.date32())
    return else_full_mask(_written(dates, to), column)


def reveals(*, to: Level) -> Disclosure:
    """The parts of the date down to that level, and how much of ``YYYY-MM-DD`` they are.

    >>> sorted(reveals(to="month").parts), reveals(to="year").first
    (['month', 'year'], 4)
    """
    _checked(to)
    return Disclosure(Form.COARSE, _FIRST[to], parts=_PARTS[to])


def _written(dates: pa.Array, to: Level) -> pa.Array:
    distinct = dates.dictionary_encode()
    text = distinct.dictionary.cast(pa.string())
    if to == "month":
        coarse = pc.utf8_slice_codeunits(text, 0, 7)
    elif to == "quarter":
        quarter = pc.quarter(distinct.dictionary).cast(pa.string())
        coarse = pc.binary_join_element_wise(pc.utf8_slice_codeunits(text, 0, 4), quarter, "-Q")
    elif to == "year":
        coarse = pc.utf8_slice_codeunits(text, 0, 4)
    else:
        coarse = pc.binary_join_element_wise(pc.utf8_slice_codeunits(text, 0, 3), "0s", "")
    return coarse.take(distinct.indices)


def _checked(to: str) -> None:
    if to not in _PARTS:
        raise ValueError(f"to is one of {', '.join(_PARTS)}")
