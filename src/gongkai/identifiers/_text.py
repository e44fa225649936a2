"""Writing differences that do not change an identifier: full width, small letters, spaces and dashes between the groups.

The same rules for one text and for a column: full-width ASCII (U+FF01-FF5E, U+3000) becomes ASCII, separators fall away,
a-z becomes A-Z. A text of more than ``LONGEST`` characters is no identifier: nothing of it is left, and no work goes into it.
"""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gongkai.columns.widths import half_width
from gongkai.identifiers._types import Bytes, Integers

SPACES = " \t\r\n\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u200c\u200d\u202f\u2060\ufeff"
DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
SEPARATORS = SPACES + DASHES + "'"
"""What stands between or around the digits: blanks, dashes of every length, the apostrophe spreadsheets put before numbers."""

LONGEST = 320
"""Characters of the longest identifier there is, an e-mail address: 64 + 1 + 255."""

_FULL_WIDTH = {0xFEE0 + code: chr(code) for code in range(0x21, 0x7F)} | {0x3000: " "}


def half(text: str) -> str:
    """Full-width ASCII to ASCII, blanks of every kind stripped from both ends; nothing else changes.

    >>> half("　ａ＠ｂ．cn\\t")
    'a@b.cn'
    """
    return text.translate(_FULL_WIDTH).strip(SPACES) if len(text) <= LONGEST else ""


def compact(text: str, drop: str = SEPARATORS) -> str:
    """The text in half width, without the characters of ``drop``, a-z as A-Z.

    >>> compact("１１０１０５ 19491231-002ｘ")
    '11010519491231002X'
    """
    return text.translate(_translation(drop)) if len(text) <= LONGEST else ""


def halved(column: pa.Array) -> pa.Array:
    """`half` for a string column; a null stays null."""
    column = _short(column)
    if _span(raw(column)[1])[1] >= 0x80:
        column = half_width(column)
    return pc.utf8_trim(column, SPACES)


def compacted(column: pa.Array, drop: str = SEPARATORS) -> pa.Array:
    """`compact` for a string column; a null stays null. A column that is compact already is given back without work."""
    column = _short(column)
    low, high = _span(raw(column)[1])
    if low >= 0x30 and high <= 0x5A:
        return column
    if high >= 0x80:
        column = half_width(column)
        foreign = "".join(letter for letter in drop if not letter.isascii())
        if _leads(foreign)[raw(column)[1]].any():
            column = pc.replace_substring_regex(column, f"[{re.escape(foreign)}]", "")
    return _without(column, drop)


def without_han(column: pa.Array) -> pa.Array:
    """The texts with a Han character emptied: they cannot hold what is written in ASCII, and cost nothing any more."""
    if _span(raw(column)[1])[1] < 0x80:
        return column
    return pc.if_else(pc.match_substring_regex(column, r"\p{Han}"), "", column)


def strings(column: pa.Array) -> pa.Array:
    """The column as ``string`` or ``large_string``: a dictionary is decoded, numbers are written out."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    return column if column.type in (pa.string(), pa.large_string()) else column.cast(pa.string())


def raw(column: pa.Array) -> tuple[Integers, Bytes]:
    """Offsets (beginning at 0, one more than values) and bytes of a string column's values."""
    _, offset_buffer, data_buffer = column.buffers()
    if offset_buffer is None or not len(column):
        return np.zeros(len(column) + 1, np.int64), np.zeros(0, np.uint8)
    kind = np.int64 if column.type == pa.large_string() else np.int32
    offsets = np.frombuffer(offset_buffer, kind)[column.offset : column.offset + len(column) + 1]
    data = np.zeros(0, np.uint8) if data_buffer is None else np.frombuffer(data_buffer, np.uint8)
    return offsets - offsets[0], data[offsets[0] : offsets[-1]]


def _short(column: pa.Array) -> pa.Array:
    """``string`` at any rate; texts too long for any identifier are emptied, so that no work goes into them."""
    offsets, data = raw(column)
    if len(data) > LONGEST and np.diff(offsets).max() > LONGEST:
        column = pc.if_else(pc.greater(pc.utf8_length(column), LONGEST), "", column)
    return column.cast(pa.string())


def _span(data: Bytes) -> tuple[int, int]:
    """Lowest and highest byte."""
    return (int(data.min()), int(data.max())) if len(data) else (0x30, 0x30)


def _without(column: pa.Array, drop: str) -> pa.Array:
    """The column without the ASCII characters of ``drop``, in capitals: one pass over its bytes."""
    offsets, data = raw(column)
    data = _capitals()[data]
    kept = ~_dropped(drop)[data]
    if not kept.all():
        before = np.zeros(len(data) + 1, np.int64)
        np.cumsum(kept, out=before[1:])
        offsets, data = before[offsets], data[kept]
    result = pa.StringArray.from_buffers(len(column), pa.py_buffer(offsets.astype(np.int32)), pa.py_buffer(data))
    return pc.if_else(column.is_valid(), result, None) if column.null_count else result


@cache
def _translation(drop: str) -> dict[int, str | None]:
    table: dict[int, str | None] = {ord(letter): letter.upper() for letter in "abcdefghijklmnopqrstuvwxyz"}
    table |= dict.fromkeys(map(ord, drop))
    return table | {wide: table.get(ord(narrow), narrow) for wide, narrow in _FULL_WIDTH.items()}


@cache
def _dropped(drop: str) -> npt.NDArray[np.bool_]:
    table = np.zeros(256, bool)
    table[[ord(letter) for letter in drop if letter.isascii()]] = True
    return table


@cache
def _leads(letters: str) -> npt.NDArray[np.bool_]:
    """True at the bytes these letters begin with."""
    table = np.zeros(256, bool)
    table[[letter.encode()[0] for letter in letters]] = True
    return table


@cache
def _capitals() -> Bytes:
    table = np.arange(256, dtype=np.uint8)
    table[ord("a") : ord("z") + 1] -= 32
    return table
