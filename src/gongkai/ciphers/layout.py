"""The bytes of a column 内存布局, read straight from its Arrow buffers, some thousand rows at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from gongkai.ciphers.blocks import ROWS, Bytes

Integers: TypeAlias = npt.NDArray[np.integer[Any]]
SPARE = 32
"""Bytes behind a part's last value that may be read: whatever they are, they are none of its values."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows of a column: where they stand in it, their bytes, and where in ``data`` each begins and how long it is."""

    rows: slice
    data: Bytes
    starts: Integers
    lengths: Integers

    @property
    def length(self) -> int | None:
        """The one length that all rows have, standing one behind the other; None where they differ."""
        shortest = int(self.lengths.min())
        return shortest if shortest == int(self.lengths.max()) else None

    def windows(self, width: int, position: int = 0, rows: Integers | None = None) -> Bytes:
        """``width`` bytes of every row (or of ``rows`` in that order) from ``position`` on, as shape (rows, width).

        What stands behind a value's end belongs to the next one. ``width`` and ``position`` keep within ``SPARE`` bytes
        of every end.
        """
        if rows is None and self.length is not None:
            taken = windows(self.data[position:], width, self.length, len(self.lengths)).copy()
        else:
            starts = self.starts if rows is None else self.starts[rows]
            taken = windows(self.data, width)[starts + position]
        return taken.view(np.uint8).reshape(-1, width)


def parts(column: pa.Array) -> Iterator[Part]:
    """A text or binary column in parts; a null is an empty value: the caller keeps the nulls. TypeError for another type."""
    column = binary(column)
    if not len(column):
        return
    width = np.int64 if pa.types.is_large_binary(column.type) else np.int32
    _, offset_buffer, data_buffer = column.buffers()
    offsets = np.frombuffer(offset_buffer, width)[column.offset : column.offset + len(column) + 1]
    data = np.empty(0, np.uint8) if data_buffer is None else np.frombuffer(data_buffer, np.uint8)
    nulls = column.is_null().to_numpy(zero_copy_only=False) if column.null_count else None
    for low in range(0, len(column), ROWS):
        edges = offsets[low : low + ROWS + 1]
        lengths = np.diff(edges)
        if nulls is not None:
            lengths[nulls[low : low + ROWS]] = 0
        yield Part(slice(low, low + len(lengths)), _spared(data, *edges[[0, -1]].tolist()), edges[:-1] - edges[0], lengths)


def binary(column: pa.Array) -> pa.Array:
    """The column as plain bytes, with the offsets it has."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    kind = column.type
    if pa.types.is_large_string(kind) or pa.types.is_large_binary(kind):
        return column.cast(pa.large_binary())
    if pa.types.is_string(kind) or pa.types.is_binary(kind) or pa.types.is_fixed_size_binary(kind):
        return column.cast(pa.binary())
    raise TypeError(f"a cipher takes text or binary columns, not {kind}")


def windows(data: Bytes, width: int, step: int = 1, count: int | None = None) -> npt.NDArray[Any]:
    """``width`` bytes at every ``step``, each as one item; they share memory with ``data``."""
    count = (len(data) - width) // step + 1 if count is None else count
    return np.ndarray((count,), np.dtype((np.void, width)), data, 0, (step,))


def _spared(data: Bytes, begin: int, end: int) -> Bytes:
    if end + SPARE <= len(data):
        return data[begin : end + SPARE]
    spared = np.zeros(end - begin + SPARE, np.uint8)
    spared[:-SPARE] = data[begin:end]
    return spared
