"""Date of birth 出生日期: a day of the calendar from 1900 until today. Any past date looks like one.

Written as 1990-01-05, 1990/1/5, 1990.1.5, 19900105 or 1990年1月5日, a midnight behind it being what a database adds.

>>> validate("1990年1月5日")
'19900105'
>>> validate("1990-02-30")
Traceback (most recent call last):
    ...
gongkai.identifiers._errors.InvalidIdentifier: holds a date that is not a day from 1900 until today
"""

from __future__ import annotations

import random
import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gongkai.identifiers import _dates, _digits, _text
from gongkai.identifiers._errors import demand, passes
from gongkai.identifiers._types import Boundary, Bytes, Evidence, Flags

TITLE = "出生日期"
ENTITY = "DATE_OF_BIRTH"
EVIDENCE: Evidence = "weak"
_MONTH, _DAY = "(?:0?[1-9]|1[0-2])", "(?:3[01]|[12][0-9]|0?[1-9])"
FIND = (
    f"(?:19|20)[0-9]{{2}} ?年 ?{_MONTH} ?月 ?{_DAY} ?日"
    + "".join(f"|(?:19|20)[0-9]{{2}}{mark}{_MONTH}{mark}{_DAY}" for mark in ("-", "/", "[.]"))
    + "|(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
)
BOUNDARY: Boundary = "number"
CONTEXT = ("出生", "生日", "生于", "出生日期", "出生年月", "生辰", "birth", "Birth", "DOB")

_WRITTEN = r"(?P<year>[0-9]{4})[-/.年](?P<month>[0-9]{1,2})[-/.月](?P<day>[0-9]{1,2})日?(?:T?00:00(?::00(?:\.0{1,9})?)?)?"
_BEGINNING = rf"\A[{_text.SPACES}]*[0-9０-９]"
_PACKED = re.compile("[0-9]{8}")
_SHAPE = re.compile(_WRITTEN)
_MARKS = np.isin(np.arange(256), [ord(mark) for mark in "-/."])


def compact(text: str) -> str:
    """Eight digits where the text is written like a date, else the text in half width without blanks.

    >>> compact("１９９０/1/5 00:00:00")
    '19900105'
    """
    plain = _text.compact(text, _text.SPACES)
    found = _SHAPE.fullmatch(plain)
    return f"{found['year']}{found['month']:0>2}{found['day']:0>2}" if found else plain


def validate(text: str) -> str:
    """The date as ``YYYYMMDD``; InvalidIdentifier says why it is none."""
    date = compact(text)
    demand(_PACKED.fullmatch(date), "shape")
    demand(_dates.is_birth(date), "date")
    return date


is_valid = passes(validate)


def check(column: pa.Array) -> pa.Array:
    """Which values are such dates; null stays null.

    >>> check(pa.array(["1990-01-05", "1990-02-30", None])).to_pylist()
    [True, False, None]
    """
    column = _text.strings(column)
    quick = _digits.judge(column, {8: _packed_holds, 10: _spaced_holds}, _text.SPACES)
    rest = pc.and_(pc.invert(pc.fill_null(quick, True)), pc.match_substring_regex(column, _BEGINNING))
    rest = pc.fill_null(rest, False)
    if not pc.any(rest).as_py():
        return quick
    return pc.replace_with_mask(quick, rest, _written(column.filter(rest)))


def generate(random: random.Random) -> str:
    """Any date, written in one of the usual ways."""
    date = _dates.random_birth(random)
    year, month, day = date[:4], int(date[4:6]), int(date[6:])
    padded = (f"{year}-{month:02d}-{day:02d}", f"{year}.{month:02d}.{day:02d}")
    return random.choice((date, *padded, f"{year}/{month}/{day}", f"{year}年{month}月{day}日"))


def _packed_holds(at: Bytes) -> Flags:
    digits = _digits.values(at)
    return _digits.numeric(digits) & _dates.are_births(digits)


def _spaced_holds(at: Bytes) -> Flags:
    """``YYYY-mm-dd``, ``YYYY/mm/dd`` or ``YYYY.mm.dd``."""
    marked: Flags = _MARKS[at[4]] & _MARKS[at[7]]
    return marked & _packed_holds(at[[0, 1, 2, 3, 5, 6, 8, 9]])


def _written(column: pa.Array) -> pa.Array:
    """The same for every other way of writing, which costs a regular expression."""
    parts = []
    for start in range(0, len(column), _digits.BLOCK):
        plain = _text.compacted(column.slice(start, _digits.BLOCK), _text.SPACES)
        found = pc.extract_regex(plain, rf"\A(?:{_WRITTEN})\z")
        year, month, day = (pc.struct_field(found, name) for name in ("year", "month", "day"))
        packed = pc.binary_join_element_wise(year, pc.utf8_lpad(month, 2, "0"), pc.utf8_lpad(day, 2, "0"), "")
        parts.append(_digits.judge(pc.fill_null(packed, ""), {8: _packed_holds}))
    return pa.chunked_array(parts, pa.bool_()).combine_chunks()
