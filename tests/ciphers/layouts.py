"""One column in every layout it can come in: sliced out of a longer one, with 64-bit offsets, as a dictionary, without spare memory."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa


def layouts(values: list[bytes | None]) -> Iterator[pa.Array]:
    column = pa.array(values, pa.binary())
    yield column
    yield pa.array([b"before", None, *values, b"behind"], pa.binary()).slice(2, len(values))
    yield column.cast(pa.large_binary())
    yield column.dictionary_encode()
    yield _tight(column)
    yield _with_bytes_under_nulls(values)


def _tight(column: pa.Array) -> pa.Array:
    """The same with not one byte of memory behind its last value."""
    _, offsets, data = column.buffers()
    bits = pa.array(column.is_valid().to_pylist(), pa.bool_()).buffers()[1] if column.null_count else None
    whole = b"" if data is None else data.to_pybytes()
    return pa.Array.from_buffers(column.type, len(column), [bits, offsets, pa.py_buffer(whole)])


def _with_bytes_under_nulls(values: list[bytes | None]) -> pa.Array:
    """The same with something left lying where a value is null, as computing kernels leave it."""
    filled = pa.array([b"left lying" if value is None else value for value in values], pa.binary())
    bits = pa.array([value is not None for value in values], pa.bool_()).buffers()[1]
    return pa.Array.from_buffers(pa.binary(), len(filled), [bits, *filled.buffers()[1:]])
