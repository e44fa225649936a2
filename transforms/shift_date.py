"""shift_date 日期平移: all dates of one person move by the same number of days, so the time between them stays what it was.

By how many, up to ``days`` earlier or later and never none, is drawn evenly from the CMAC (NIST SP 800-38B) of the person.
Whoever does not hold the key knows of one date only that it lies within so many days. It hides when something happened, not
what came after what: the intervals of a person are published, and who knows a rare row of them knows the person. One date that
is known undoes them all, and a date that moves past the day of release says which way it moved.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gongkai.ciphers import cmac
from gongkai.disclosure import Disclosure, Form
from gongkai.methods.columns.calendar import FIRST_DAY, of_days, read
from gongkai.methods.columns.full_mask import else_full_mask
from gongkai.methods.columns.persons import texts
from gongkai.methods.columns.plain import plain

TITLE = "日期平移"
VERSION = 1
TYPES = frozenset({"text", "date", "datetime"})
NEEDS_PERSON = True
KEYED_BY = "dataset"
"""Every date of a person moves by the same days, whatever column it stands in."""
_LEAST, _MOST = 7, 3650
_TELLS = ((16, "month", 7), (46, "quarter", 5), (366, "year", 4), (_MOST + 1, "decade", 3))
"""Below how many days a date still all but tells which part of the one it was, and leading characters of ``YYYY-MM-DD``."""
_DAY = 86_400_000_000
_WITHOUT_DASHES = 8


def apply(column: pa.Array, *, days: int, key: bytes, person: pa.Array | None = None) -> pa.Array:
    """The column's type; text is written as it was, ``YYYY-MM-DD`` or ``YYYYMMDD``, and a datetime keeps its time of day.

    ``person``: who each row is about, as text. Null and empty stay. Where nobody is named, where a text is no date and where a
    date would leave the years 1 to 9999, it becomes null, a text ``****``. ValueError for ``days`` outside 7 to 3650 and
    without a person column.

    >>> who = pa.array(["a", "a", None])
    >>> admitted = pa.array(["2024-02-27", "2024-03-01", "2024-03-01"])
    >>> apply(admitted, days=30, key=bytes(range(32)), person=who).to_pylist()
    ['2024-03-10', '2024-03-13', '****']
    >>> apply(admitted, days=30, key=bytes(range(32)))
    Traceback (most recent call last):
        ...
    ValueError: shift_date needs to know whose dates they are: name the entry's person column
    """
    _checked(days)
    if person is None:
        raise ValueError("shift_date needs to know whose dates they are: name the entry's person column")
    column = plain(column)
    shifts, named = _shifts(person, days, key)
    dates = read(column)
    moved = FIRST_DAY[dates.month] + dates.day - 1 + shifts
    real = of_days(moved, pa.array(dates.real & named)).real
    if pa.types.is_timestamp(column.type):
        micros = pc.fill_null(column.cast(pa.timestamp("us")).cast(pa.int64()), 0).to_numpy() + shifts * _DAY
        return pa.array(micros, pa.timestamp("us"), mask=~real)
    days_ = pa.array(moved.astype(np.int32), pa.date32(), mask=~real)
    return else_full_mask(_as_written(days_.cast(pa.string()), column), column) if pa.types.is_string(column.type) else days_


def reveals(entity: str, *, days: int) -> Disclosure:
    """About when it was, and the time between the dates of one person.

    >>> left = reveals("DATE_OF_BIRTH", days=90)
    >>> sorted(left.parts), left.first, left.width
    (['interval', 'year'], 4, 181.0)
    """
    _checked(days)
    part, first = next((part, first) for below, part, first in _TELLS if days < below)
    parts = {part, "interval"} | ({"year"} if part in ("month", "quarter") else set())
    return Disclosure(Form.COARSE, first, parts=frozenset(parts), width=2.0 * days + 1)


def _shifts(person: pa.Array, days: int, key: bytes) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """By how many days each row moves, and which rows are about somebody."""
    who, named = texts(person)
    drawn = cmac(who, key).view(">u4")[:, 0].astype(np.int64)
    shifts = (drawn * (2 * days) >> 32) - days
    return shifts + (shifts >= 0), named


def _as_written(dates: pa.Array, column: pa.Array) -> pa.Array:
    """Dates without dashes where the text had none."""
    bare = pc.equal(pc.binary_length(column), _WITHOUT_DASHES)
    return pc.if_else(bare, pc.replace_substring(dates, "-", ""), dates) if pc.any(bare).as_py() else dates


def _checked(days: int) -> None:
    if not _LEAST <= days <= _MOST:
        raise ValueError(f"days is {_LEAST} to {_MOST}")
