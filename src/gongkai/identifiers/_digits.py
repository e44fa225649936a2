"""A column of fixed-width texts as a matrix, read straight from its bytes, and the judging of a whole column by width."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gongkai.identifiers import _text
from gongkai.identifiers._types import Bytes, Flags, Integers, Test

BLOCK = 1 << 15
"""Rows judged at a time: their matrices stay in the processor's cache."""


def judge(column: pa.Array, tests: Mapping[int, Test], drop: str = _text.SEPARATORS) -> pa.Array:
    """Which values, compacted, have one of the widths (in bytes, above 0) and pass its test; null stays null.

    The tests ask for ASCII: a value with a Han character is not shown to them.

    >>> judge(pa.array(["1-1", "12", None]), {2: lambda at: at[0] == at[1]}).to_pylist()
    [True, False, None]
    """
    column = _text.strings(column)
    flags = np.zeros(len(column), bool)
    for start in range(0, len(column), BLOCK):
        block = _text.compacted(_text.without_han(column.slice(start, BLOCK)), drop)
        part = flags[start : start + BLOCK]
        for width, rows, at in _by_width(block, tests):
            part[rows] = tests[width](at)
    return _answers(column, pa.array(flags))


def matches(column: pa.Array, pattern: str, drop: str | None = None) -> pa.Array:
    """Which values match the RE2 ``pattern`` from end to end, compacted (or in half width only, without ``drop``).

    The pattern does not match the empty text.
    """
    column = _text.strings(column)
    whole = rf"\A(?:{pattern})\z"
    parts = []
    for start in range(0, len(column), BLOCK):
        block = column.slice(start, BLOCK)
        block = _text.without_han(block) if pattern.isascii() else block
        plain = _text.halved(block) if drop is None else _text.compacted(block, drop)
        parts.append(pc.match_substring_regex(plain, whole))
    return _answers(column, pa.chunked_array(parts, pa.bool_()).combine_chunks())


def values(at: Bytes) -> Bytes:
    """What the digits are worth; anything that is no digit is worth more than 9."""
    return at - np.uint8(0x30)


def values_11_2(at: Bytes) -> Bytes:
    """`values` where the last position may be an X, worth 10. Nothing else is worth 10 there."""
    digits = values(at)
    digits[-1][at[-1] == ord(":")] = 255
    digits[-1][at[-1] == ord("X")] = 10
    return digits


def numeric(digits: Bytes) -> Flags:
    """Which texts consist of digits only, given `values`."""
    only: Flags = digits.max(axis=0) <= 9
    return only


def number(digits: Bytes) -> Integers:
    """The number written in the positions, given `values` of at most nine positions."""
    total: Integers = digits[0].astype(np.int32)
    for row in digits[1:]:
        total *= 10
        total += row
    return total


def _by_width(block: pa.Array, widths: Mapping[int, Test]) -> Iterator[tuple[int, Integers | slice, Bytes]]:
    offsets, data = _text.raw(block)
    lengths = np.diff(offsets)
    for width in widths:
        rows = np.flatnonzero(lengths == width)
        if len(rows) * width == len(data) and len(rows):  # all others are empty: the bytes are the matrix
            yield width, slice(None) if len(rows) == len(block) else rows, np.ascontiguousarray(data.reshape(-1, width).T)
        elif len(rows):
            yield width, rows, data[offsets[:-1][rows] + np.arange(width)[:, None]]


def _answers(column: pa.Array, flags: pa.Array) -> pa.Array:
    return pc.if_else(column.is_valid(), flags, None) if column.null_count else flags
