"""A sample of a column's values, spread over the whole stream 抽样: the same one however the stream was cut into batches.

Every row has a rank computed from its position alone, and the rows with the lowest ranks are kept. That costs no work per
value, favours no part of the table, and needs no random state.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Ranks: TypeAlias = npt.NDArray[np.uint64]

KEPT = 8_192
"""Rows kept of each column."""


def ranks(first: int, rows: int) -> Ranks:
    """Ranks of ``rows`` rows from position ``first`` on (SplitMix64): evenly spread, never equal.

    >>> bool((ranks(0, 10)[4:] == ranks(4, 6)).all())
    True
    """
    with np.errstate(over="ignore"):
        mixed = (np.arange(first + 1, first + rows + 1, dtype=np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


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
    """Keeps of one column the values of the ``kept`` lowest ranks among those that are neither null nor empty."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._bound = np.uint64(2**64 - 1)
        self._ranks: list[Ranks] = []
        self._values: list[pa.Array] = []
        self._held = 0
        self.rows = 0
        self.nulls = 0

    def add(self, column: pa.Array, drawn: Ranks) -> None:
        """The next rows of the column with their ranks."""
        self.rows += len(column)
        self.nulls += column.null_count
        at = np.flatnonzero((drawn <= self._bound) & _filled(column))
        if len(at) > self._kept:
            at = at[np.argpartition(drawn[at], self._kept)[: self._kept]]
        if len(at):
            self._ranks.append(drawn[at])
            self._values.append(texts(column.take(pa.array(at))))
            self._held += len(at)
        if self._held > 2 * self._kept:
            self._shrink()

    def values(self) -> pa.Array:
        """The kept values, each once, in the order of their ranks."""
        if not self._values:
            return pa.array([], pa.string())
        self._shrink()
        return pc.unique(self._values[0]).drop_null()

    def _shrink(self) -> None:
        drawn, values = np.concatenate(self._ranks), pa.concat_arrays(self._values)
        order = np.argsort(drawn)[: self._kept]
        self._ranks, self._values = [drawn[order]], [values.take(pa.array(order))]
        self._held = len(order)
        if self._held == self._kept:
            self._bound = drawn[order[-1]]


def _filled(column: pa.Array) -> npt.NDArray[np.bool_]:
    """Which cells are neither null nor empty text."""
    if pa.types.is_string(column.type) and len(column):
        offsets = np.frombuffer(column.buffers()[1], np.int32)[column.offset :][: len(column) + 1]
        return np.asarray((np.diff(offsets) > 0) & column.is_valid().to_numpy(zero_copy_only=False), bool)
    valid: npt.NDArray[np.bool_] = column.is_valid().to_numpy(zero_copy_only=False)
    return valid
