"""Full width to half width 全角转半角: U+FF01-FF5E to ASCII and U+3000 to a space, straight on a column's UTF-8 bytes."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Bytes: TypeAlias = npt.NDArray[np.uint8]
Integers: TypeAlias = npt.NDArray[np.int64]


def half_width(column: pa.Array) -> pa.Array:
    """The text column with full-width ASCII written in ASCII; everything else, and every null, stays.

    >>> half_width(pa.array(["１３８－０Ａ", "张　三", None])).to_pylist()
    ['138-0A', '张 三', None]
    """
    _, offset_buffer, data_buffer = column.buffers()
    if data_buffer is None or not len(column):
        return column
    offsets = np.frombuffer(offset_buffer, np.int32)[column.offset : column.offset + len(column) + 1]
    data = np.frombuffer(data_buffer, np.uint8)[offsets[0] : offsets[-1]]
    at, ascii_bytes = _full_width(data)
    if not len(at):
        return column
    out = data.copy()
    out[at] = ascii_bytes
    kept = np.ones(len(data), bool)
    kept[at + 1] = kept[at + 2] = False
    before = offsets - offsets[0]
    after = (before - 2 * np.searchsorted(at, before)).astype(np.int32)
    result = pa.StringArray.from_buffers(len(column), pa.py_buffer(after), pa.py_buffer(out[kept]))
    return pc.if_else(column.is_valid(), result, None) if column.null_count else result


def _full_width(data: Bytes) -> tuple[Integers, Bytes]:
    """Where a full-width character begins, and its ASCII byte: EF BC 81..BF, EF BD 80..9E, and E3 80 80."""
    heads = np.flatnonzero((data == 0xEF) | (data == 0xE3))  # only ever the first byte of three
    first, second, third = data[heads], data[heads + 1], data[heads + 2]
    low = (first == 0xEF) & (second == 0xBC) & (third >= 0x81)
    high = (first == 0xEF) & (second == 0xBD) & (third <= 0x9E)
    space = (first == 0xE3) & (second == 0x80) & (third == 0x80)
    found = low | high | space
    shift = np.select([low, high], [0x60, 0x20], 0x60)
    return heads[found], (third[found] - shift[found]).astype(np.uint8)
