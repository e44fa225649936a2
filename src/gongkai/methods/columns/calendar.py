"""Dates as numbers 日历: which month and day the values of a text, date or datetime column are.

A month is counted from January of the year 0, so that it holds its year twelve times. Only real days of the years 1 to 9999
are read (proleptic Gregorian); text is read when it is written ``YYYY-MM-DD`` or ``YYYYMMDD``.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gongkai.methods.columns.text_buffers import Bytes, grid

Numbers: TypeAlias = npt.NDArray[np.int32]
Flags: TypeAlias = npt.NDArray[np.bool_]

FIRST_DAY = (np.arange(10_000 * 12 + 1) + np.datetime64("0000-01")).astype("M8[D]").astype(np.int32)
"""The first day of each month, and of the one after the last, in days since 1970."""
_FIRST_MONTH = 12
_LENGTH = np.diff(FIRST_DAY)
_LAYOUTS = {10: (0, 5, 8), 8: (0, 4, 6)}
"""By how long a text is: where its year, month and day begin."""


class Dates(NamedTuple):
    """Of each value its month, its day of the month from 1, and whether it is a date: where it is not, they say nothing."""

    month: Numbers
    day: Numbers
    real: Flags


def read(column: pa.Array) -> Dates:
    """The dates of a plain column; a null is none.

    >>> read(pa.array(["0001-02-28", "19900229", None])).real.tolist()
    [True, False, False]
    """
    return _written(column) if pa.types.is_string(column.type) else of_days(days(column), column.is_valid())


def days(column: pa.Array) -> Numbers:
    """Days since 1970 of a date or datetime column, 0 for a null."""
    numbers: Numbers = pc.fill_null(column.cast(pa.date32(), safe=False).cast(pa.int32()), 0).to_numpy()
    return numbers


def of_days(since_1970: npt.NDArray[np.signedinteger], valid: pa.Array) -> Dates:
    """The dates of days counted from 1970."""
    real = (since_1970 >= FIRST_DAY[_FIRST_MONTH]) & (since_1970 < FIRST_DAY[-1]) & valid.to_numpy(zero_copy_only=False)
    month = _month_of_days()[np.where(real, since_1970 - FIRST_DAY[0], 0)]
    return Dates(month, (since_1970 - FIRST_DAY[month] + 1).astype(np.int32), real)


def _written(column: pa.Array) -> Dates:
    found = Dates(np.zeros(len(column), np.int32), np.zeros(len(column), np.int32), np.zeros(len(column), bool))
    for width, begins in _LAYOUTS.items():
        rows, values = grid(column, width)
        if len(rows) == len(column):
            return _parsed(values, begins)
        if len(rows):
            for whole, part in zip(found, _parsed(values, begins), strict=True):
                whole[rows] = part
    return found


def _parsed(values: Bytes, begins: tuple[int, int, int]) -> Dates:
    digits = values - np.uint8(ord("0"))
    year, month, day = (_number(digits, start, count) for start, count in zip(begins, (4, 2, 2), strict=True))
    real = (year >= 1) & (month >= 1) & (month <= 12) & (day >= 1)
    for place in range(values.shape[1]):
        real &= digits[:, place] <= 9 if _holds_digit(place, begins) else values[:, place] == ord("-")
    index = np.where(real, year * 12 + month - 1, 0)
    real &= day <= _LENGTH[index]
    return Dates(index, day, real)


def _holds_digit(place: int, begins: tuple[int, int, int]) -> bool:
    return any(start <= place < start + count for start, count in zip(begins, (4, 2, 2), strict=True))


def _number(digits: Bytes, start: int, count: int) -> Numbers:
    number = digits[:, start].astype(np.int32)
    for place in range(start + 1, start + count):
        number = number * np.int32(10) + digits[:, place]
    return number


@cache
def _month_of_days() -> Numbers:
    """The month of every day from the first of the year 0 on."""
    return np.repeat(np.arange(len(_LENGTH), dtype=np.int32), _LENGTH)
