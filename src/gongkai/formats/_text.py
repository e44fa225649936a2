"""The textual form 字面形式 every text format shares, made column by column, never cell by cell.

=========  ==========================================================
text       itself, byte for byte
integer    ``-12``
decimal    all digits of its scale, ``1.50``; never an exponent
float      the shortest digits that read back as the same number
boolean    ``true``, ``false``
date       ISO 8601, ``2024-02-29``
datetime   ISO 8601, ``2024-02-29T08:00:00``, a fraction only where there is one
=========  ==========================================================
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gongkai.batches import Batches

_SLICE_BYTES = 32 << 20
_CELL_BYTES = 80  # markup a format may put around one cell
_SPACE = 0x20
_PLAIN_SCALE = 6  # beyond this many places Arrow writes small decimals with an exponent


def text(column: pa.Array) -> pa.Array:
    """A column's values as text of the same length; null stays null.

    >>> from decimal import Decimal
    >>> text(pa.array([Decimal("1.50"), None], pa.decimal128(12, 2))).to_pylist()
    ['1.50', None]
    >>> text(pa.array([Decimal("-0.00000001")], pa.decimal128(12, 8))).to_pylist()
    ['-0.00000001']
    >>> from datetime import datetime
    >>> text(pa.array([datetime(2024, 2, 29, 8), datetime(2024, 2, 29, 8, 0, 0, 500)], pa.timestamp("us"))).to_pylist()
    ['2024-02-29T08:00:00', '2024-02-29T08:00:00.000500']
    """
    kind = column.type
    if pa.types.is_string(kind):
        return column
    if pa.types.is_timestamp(kind):
        return _datetime(column)
    if pa.types.is_decimal(kind) and kind.scale > _PLAIN_SCALE:
        return _fixed_point(column, kind.scale)
    return column.cast(pa.string())


def pieces(batches: Batches) -> Batches:
    """The stream cut so that the text of one piece, with its markup, stays near 32 MiB.

    >>> [piece.num_rows for piece in pieces(iter([pa.record_batch({"a": [1, 2]}), pa.record_batch({"a": [3]})]))]
    [2, 1]
    """
    for batch in batches:
        size = batch.nbytes + batch.num_rows * batch.num_columns * _CELL_BYTES
        rows = max(1, batch.num_rows * _SLICE_BYTES // max(size, 1))
        for start in range(0, batch.num_rows, rows):
            yield batch.slice(start, rows)


def joined(parts: Iterable[str | pa.Array]) -> memoryview:
    """Literals and null-free text columns laid side by side, row after row, as UTF-8.

    >>> bytes(joined(["<", pa.array(["a", "b"]), ">", "\\n"]))
    b'<a>\\n<b>\\n'
    """
    merged: list[str | pa.Array] = []
    for part in parts:
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        else:
            merged.append(part)
    return data(pc.binary_join_element_wise(*merged, ""))


def around(before: str | pa.Array, column: pa.Array, after: str, null: str | pa.Array) -> list[str | pa.Array]:
    """The parts for ``joined`` of one column: each value between two texts, each null as another text.

    >>> bytes(joined(around("<", pa.array(["a", None]), ">", "-")))
    b'<a>-'
    """
    if not column.null_count:
        return [before, column, after]
    return [pc.coalesce(pc.binary_join_element_wise(before, column, after, ""), null)]


def data(column: pa.Array) -> memoryview:
    """The bytes of a text column's values, one after the other."""
    offsets = np.frombuffer(column.buffers()[1], dtype=np.int32)[column.offset : column.offset + len(column) + 1]
    buffer = column.buffers()[2]
    return memoryview(buffer)[offsets[0] : offsets[-1]] if buffer is not None and len(column) else memoryview(b"")


def bytes_in(column: pa.Array, wanted: frozenset[int]) -> list[int]:
    """Which of the wanted byte values occur in a text column, ascending; quick to say "none".

    >>> bytes_in(pa.array(["a", "b"]), frozenset(b"&\\n")), bytes_in(pa.array(["a&"]), frozenset(b"&\\n"))
    ([], [38])
    """
    values = np.frombuffer(data(column), dtype=np.uint8)
    low = values < _SPACE
    found = {int(value) for value in np.unique(values[low])} & wanted if low.any() else set()
    return sorted(found | {value for value in wanted if value >= _SPACE and (values == value).any()})


def _datetime(column: pa.Array) -> pa.Array:
    whole = pc.equal(pc.microsecond(column), 0)
    whole = pc.and_(whole, pc.equal(pc.millisecond(column), 0))
    seconds = column.cast(pa.timestamp("s"), safe=False).cast(pa.string())
    if not pc.all(whole).as_py():
        seconds = pc.if_else(whole, seconds, column.cast(pa.string()))
    return pc.replace_substring(seconds, " ", "T")


def _fixed_point(column: pa.Array, scale: int) -> pa.Array:
    """The unscaled whole number, as text, with the point put in its place."""
    whole = pa.Array.from_buffers(pa.decimal128(column.type.precision, 0), len(column), column.buffers(), offset=column.offset)
    digits = whole.cast(pa.string())
    sign = pc.if_else(pc.starts_with(digits, "-"), "-", "")
    padded = pc.utf8_lpad(pc.utf8_ltrim(digits, "-"), width=scale + 1, padding="0")
    return pc.binary_join_element_wise(
        sign, pc.utf8_slice_codeunits(padded, 0, -scale), ".", pc.utf8_slice_codeunits(padded, -scale), ""
    )
