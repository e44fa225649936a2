"""A sample of a column's distinct values 抽样: the same one in whatever order and batches the rows come.

Every value has a rank computed from the value alone, and the values with the lowest ranks are kept. That favours none of them
and needs no random state.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Ranks: TypeAlias = npt.NDArray[np.uint64]

KEPT = 4_096
"""Distinct values kept of each column."""
_EIGHTHS = (0, 2, 4, 6, 8)
"""Where in a value the bytes stand that its rank is made of: its first, its last and three between."""


def ranks(column: pa.Array) -> Ranks:
    """A rank for every text (a multiplicative hash of five of its bytes and its length); of null and empty it says nothing.

    >>> column = pa.array(["13812345678", "张伟", "13812345678"])
    >>> first, second, third = ranks(column).tolist()
    >>> first == third != second, ranks(column.slice(1)).tolist() == [second, third]
    (True, True)
    """
    if not len(column):
        return np.zeros(0, np.uint64)
    offsets = np.frombuffer(column.buffers()[1], np.int32)[column.offset :][: len(column) + 1].astype(np.int64)
    data = np.frombuffer(column.buffers()[2] or b"\0", np.uint8)
    starts, lengths = offsets[:-1], np.diff(offsets)
    word = lengths.astype(np.uint64)
    last = lengths - 1
    for eighth in _EIGHTHS:
        at = last * eighth
        at >>= 3
        at += starts
        word <<= np.uint64(8)
        word |= data.take(at, mode="clip")
    return _mixed(word)


def _mixed(numbers: Ranks) -> Ranks:
    """Numbers evenly spread, written over the ones given."""
    with np.errstate(over="ignore"):
        numbers *= np.uint64(0x9E3779B97F4A7C15)
        numbers ^= numbers >> np.uint64(32)
        numbers *= np.uint64(0x94D049BB133111EB)
    return numbers


def texts(column: pa.Array) -> pa.Array:
    """A column of any plain type as a reader sees it, in text; whole numbers without a fraction. Nulls stay; of types that
    hold no writing (binary, lists) all is null.

    >>> texts(pa.array([13812345678.0, 0.5])).to_pylist()
    ['13812345678', '0.5']
    """
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_string(column.type):
        return column
    if pa.types.is_floating(column.type):
        whole = pc.and_(pc.equal(column, pc.trunc(column)), pc.less(pc.abs(column), 2.0**53))
        exact = pc.if_else(whole, column, None).cast(pa.int64()).cast(pa.string())
        return pc.coalesce(exact, column.cast(pa.string()))
    if pa.types.is_nested(column.type) or pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type):
        return pa.nulls(len(column), pa.string())
    return column.cast(pa.string())


class Sampler:
    """Keeps of one column the ``kept`` distinct values of the lowest ranks, but for null and empty ones."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._bound: np.uint64 | None = None
        self._values: list[pa.Array] = []
        self._held = 0
        self.rows = 0
        self.nulls = 0

    def add(self, column: pa.Array) -> None:
        """The next rows of the column."""
        self.rows += len(column)
        self.nulls += column.null_count
        if not pa.types.is_string(column.type):
            column = texts(column if pa.types.is_nested(column.type) else pc.unique(column))
        if self._bound is not None and len(column):
            column = column.take(pa.array(np.flatnonzero(ranks(column) <= self._bound)))
        column = pc.unique(column).drop_null()
        self._values.append(column.filter(pc.not_equal(column, "")))
        self._held += len(column)
        if self._held > 2 * self._kept:
            self._shrink()

    def values(self) -> pa.Array:
        """The kept values, in the order of their ranks."""
        if not self._values:
            return pa.array([], pa.string())
        self._shrink()
        return self._values[0]

    def _shrink(self) -> None:
        values = pc.unique(pa.concat_arrays(self._values))
        drawn = ranks(values)
        if len(values) > self._kept:
            low = np.flatnonzero(drawn <= np.partition(drawn, self._kept - 1)[self._kept - 1])
            values, drawn = values.take(pa.array(low)), drawn[low]
        ranked = pa.table({"rank": drawn, "value": values})
        order = pc.sort_indices(ranked, sort_keys=[("rank", "ascending"), ("value", "ascending")])[: self._kept]
        kept = ranked.take(order).combine_chunks()
        self._values = [kept["value"].chunk(0)]
        self._held = len(order)
        if self._held == self._kept:
            self._bound = np.uint64(kept["rank"][-1].as_py())
