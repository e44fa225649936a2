"""Signs for characters 遮盖字符: some characters of each value stay, a sign stands for every other one.

Works on the bytes of the whole column. A sign of several bytes is first written as one byte that no UTF-8 text holds.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gongkai.methods.columns.full_mask import else_full_mask, full_mask
from gongkai.methods.columns.text_buffers import Bytes, ascii_only, layout, windows

_Places: TypeAlias = npt.NDArray[np.signedinteger]
_IN_NO_TEXT = 0xFF


def ends_shown(column: pa.Array, keep: tuple[int, int], char: str) -> pa.Array:
    """Each text of a plain column with as many characters at its ends as ``keep`` says, ``char`` for the others; ``****`` where
    it is too short to hide half as many as it shows, or would come out unchanged.

    >>> ends_shown(pa.array(["13812345678", "1381234", "138****1234", "", None]), (3, 4), "*").to_pylist()
    ['138****5678', '****', '****', '', None]
    """
    if not sum(keep):
        return full_mask(column)
    lengths = pc.utf8_length(column)
    shown = pc.greater_equal(lengths, shortest(keep))
    masked = between(column.filter(shown), lengths.filter(shown), *keep, char)
    return changed(put_back(masked, shown), column)


def shortest(keep: tuple[int, int]) -> int:
    """The shortest length at which a value shows its ends: half as many characters hidden as shown, at least one.

    >>> shortest((3, 4)), shortest((1, 0))
    (11, 2)
    """
    return sum(keep) + (sum(keep) + 1) // 2


def changed(masked: pa.Array, column: pa.Array) -> pa.Array:
    """The masked value where it is another than it was."""
    return else_full_mask(pc.if_else(pc.not_equal(masked, column), masked, None), column)


def put_back(chosen: pa.Array, fits: pa.Array) -> pa.Array:
    """The chosen values where they stood, null elsewhere."""
    there = pc.fill_null(fits, False).to_numpy(zero_copy_only=False)
    return chosen if there.all() else chosen.take(pa.array(np.cumsum(there) - 1, mask=~there))


def between(column: pa.Array, lengths: pa.Array, first: int | _Places, last: int, char: str) -> pa.Array:
    """The first and last characters of each value, ``char`` for every one between.

    ``first``: how many, of all values or of each; ``lengths``: of each value in characters, more than ``first + last``. No
    value is null.

    >>> column = pa.array(["欧阳震华", "ab"])
    >>> between(column, pc.utf8_length(column), 1, 0, "*").to_pylist()
    ['欧***', 'a*']
    """
    data, starts = layout(column)
    width = len(data) // len(column) if len(column) else 0
    if isinstance(first, int) and ascii_only(data) and bool((np.diff(starts) == width).all()):
        return over(column, width, [(first, width - last)], char)
    counts = lengths.to_numpy()
    heads, tails = _ends(data, starts, counts, first, last)
    to = _running(heads + tails + counts - np.asarray(first + last, np.int32))
    masked = np.full(to[-1], _byte(char), np.uint8)
    _copy(data, starts[:-1], masked, to[:-1], heads)
    _copy(data, starts[1:] - tails, masked, to[1:] - tails, tails)
    return _column(masked, to, char)


def over(column: pa.Array, width: int, spans: Iterable[tuple[int, int]], char: str) -> pa.Array:
    """``char`` for the characters at ``spans``, of values that are all ``width`` ASCII characters. No value is null.

    >>> over(pa.array(["370102", "110101"]), 6, [(2, 4), (5, 6)], "●").to_pylist()
    ['37●●0●', '11●●0●']
    """
    data, starts = layout(column)
    masked = data.copy()
    for start, stop in spans:
        masked.reshape(len(column), width)[:, start:stop] = _byte(char)
    return _column(masked, starts, char)


def _ends(data: Bytes, starts: _Places, counts: _Places, first: int | _Places, last: int) -> tuple[_Places, _Places]:
    """How many bytes the first and the last characters of each value take."""
    each = _bytes_of_a_character(data)
    if each:
        heads, tails = (np.asarray(number * each, np.int32) for number in (first, last))
        return np.broadcast_to(heads, len(counts)), np.broadcast_to(tails, len(counts))
    places = np.append(np.flatnonzero((data & 0xC0) != 0x80), len(data))  # each character's: not a byte that continues one
    before, most = _running(counts), len(places) - 1
    heads = places[np.minimum(before[:-1] + first, most)] - starts[:-1]
    tails = starts[1:] - places[np.maximum(before[1:] - last, 0)]
    return heads.astype(np.int32), tails.astype(np.int32)


def _bytes_of_a_character(data: Bytes) -> int:
    """1 where all is ASCII, 3 where all is Chinese or the like, 0 where they are mixed."""
    if ascii_only(data):
        return 1
    leading = data[::3]
    return 3 if len(data) % 3 == 0 and bool(((leading & 0xF0) == 0xE0).all()) else 0


def _copy(data: Bytes, start: _Places, into: Bytes, to: _Places, widths: _Places) -> None:
    """So many bytes from each start to each place, all of one width at once."""
    if not len(widths):
        return
    if widths.min() < widths.max():
        for width in np.flatnonzero(np.bincount(widths)):
            same = widths == width
            _copy(data, start[same], into, to[same], widths[same])
    elif widths[0]:
        windows(into, int(widths[0]))[to] = windows(data, int(widths[0]))[start]


def _running(counts: _Places) -> npt.NDArray[np.int32]:
    sums = np.zeros(len(counts) + 1, np.int32)
    np.cumsum(counts, out=sums[1:])
    return sums


def _byte(char: str) -> int:
    return ord(char) if char.isascii() else _IN_NO_TEXT


def _column(masked: Bytes, starts: npt.NDArray[np.int32], char: str) -> pa.Array:
    buffers = [None, pa.py_buffer(np.ascontiguousarray(starts)), pa.py_buffer(masked)]
    written = pa.Array.from_buffers(pa.binary(), len(starts) - 1, buffers)
    if not char.isascii():
        written = pc.replace_substring(written, bytes([_IN_NO_TEXT]), char.encode())
    return written.view(pa.string())
