"""Columns as the methods work on them: one plain array, whatever encoding it came in."""

from __future__ import annotations

import pyarrow as pa


def plain(column: pa.Array) -> pa.Array:
    """The column without dictionary encoding, chunks or 64-bit offsets; the values are the same.

    >>> plain(pa.array(["a", None, "a"]).dictionary_encode()).type
    DataType(string)
    """
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    return column.cast(pa.string()) if pa.types.is_large_string(column.type) else column
