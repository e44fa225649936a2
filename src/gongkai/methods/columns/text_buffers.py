"""Text columns as bytes 字节: the Arrow buffers of a plain text column as numpy arrays, no value touched by itself."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Bytes: TypeAlias = npt.NDArray[np.uint8]
Integers: TypeAlias = npt.NDArray[np.int64]


def layout(column: pa.Array) -> tuple[Bytes, npt.NDArray[np.int32]]:
    """All bytes of the column, and where in them each value begins; one place more says where the last one ends.

    >>> data, starts = layout(pa.array(["张", "", "ab"]))
    >>> len(data), starts.tolist()
    (5, [0, 3, 3, 5])
    """
    _, offsets, data = column.buffers()
    if not len(column) or offsets is None:
        return np.empty(0, np.uint8), np.zeros(len(column) + 1, np.int32)
    starts = np.frombuffer(offsets, np.int32)[column.offset : column.offset + len(column) + 1]
    whole = np.empty(0, np.uint8) if data is None else np.frombuffer(data, np.uint8)
    return whole[starts[0] : starts[-1]], starts - starts[0]


def grid(column: pa.Array, width: int) -> tuple[Integers, Bytes]:
    """Which values are ``width`` bytes long, and their bytes, one value a row.

    >>> rows, values = grid(pa.array(["ab", "abc", None, "cd"]), 2)
    >>> rows.tolist(), values.tobytes()
    ([0, 3], b'abcd')
    """
    rows = np.flatnonzero(pc.fill_null(pc.binary_length(column), -1).to_numpy() == width)
    data, starts = layout(column)
    if len(rows) == len(column):
        return rows, data.reshape(len(rows), width)
    return rows, windows(data, width)[starts[rows]].view(np.uint8).reshape(-1, width)


def windows(data: Bytes, width: int) -> npt.NDArray[np.void]:
    """The ``width`` bytes from each place on, as one item; nothing is copied."""
    count = max(len(data) - width + 1, 0)
    return np.ndarray((count,), f"V{width}", data if count else b"", strides=(1,))


def ascii_only(data: Bytes) -> bool:
    """Whether every character is one byte."""
    return not len(data) or bool(data.max() < 128)
