"""Days on which a living person can have been born 出生日期: real days of the calendar from 1900 until today."""

from __future__ import annotations

import datetime
import random
from functools import lru_cache

import numpy as np

from gongkai.identifiers import _digits
from gongkai.identifiers._types import Bytes, Flags, Integers

FIRST = datetime.date(1900, 1, 1)
_YEAR = 1300  # places for one year in the calendar: month * 100 + day goes up to 1299 when the month is real


def is_birth(text: str) -> bool:
    """Whether the eight digits are such a day, ``YYYYMMDD``.

    >>> is_birth("20240229"), is_birth("20230229"), is_birth("18991231")
    (True, False, False)
    """
    try:
        day = datetime.date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return False
    return FIRST <= day <= datetime.date.today()


def are_births(digits: Bytes) -> Flags:
    """`is_birth` for digits of shape (8, texts). What is no digit (worth more than 9) may give any answer."""
    return _look_up(_digits.number(digits[:4]), digits[4:])


def are_births_of_last_century(digits: Bytes) -> Flags:
    """The same for ``YYMMDD`` of 1900-1999, of shape (6, texts)."""
    return _look_up(1900 + _digits.number(digits[:2]), digits[2:])


def random_birth(random: random.Random) -> str:
    """Any such day, ``YYYYMMDD``."""
    days = (datetime.date.today() - FIRST).days
    return (FIRST + datetime.timedelta(random.randint(0, days))).strftime("%Y%m%d")


def _look_up(years: Integers, month_and_day: Bytes) -> Flags:
    calendar = _calendar(datetime.date.today())
    year_and_day = (years - FIRST.year) * _YEAR + _digits.number(month_and_day)
    known = (_digits.number(month_and_day) < _YEAR) & (years >= FIRST.year) & (year_and_day < len(calendar))
    return calendar[np.where(known, year_and_day, 0)]


@lru_cache(maxsize=2)
def _calendar(today: datetime.date) -> Flags:
    """True at (year - 1900) * 1300 + month * 100 + day of every day from 1900 until today; place 0 is no day."""
    days = np.arange(np.datetime64(FIRST, "D"), np.datetime64(today, "D") + 1)
    years, months = days.astype("datetime64[Y]"), days.astype("datetime64[M]")
    since = years.astype(int) + 1970 - FIRST.year
    at = since * _YEAR + (months.astype(int) % 12 + 1) * 100 + (days - months).astype(int) + 1
    calendar = np.zeros((today.year - FIRST.year + 1) * _YEAR, bool)
    calendar[at] = True
    return calendar
