"""Rows in two halves 分存: the treated columns in memory, the others spilled to disk, until the whole table was seen."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, repeat
from pathlib import Path

import pyarrow as pa

from gongkai.methods.columns.plain import plain
from gongkai.methods.recoding.spill import Spill


@dataclass(frozen=True, slots=True)
class Halves:
    """``treated`` holds each treated column in one piece, text with 64-bit offsets; ``cuts`` how many rows every batch had."""

    names: list[str]
    treated: dict[str, pa.Array]
    cuts: list[int]
    others: Spill | None

    @property
    def rows(self) -> int:
        return sum(self.cuts)


def halve(batches: Iterator[pa.RecordBatch], treated: Collection[str], scratch: Path) -> Halves | None:
    """Read all ``batches``; None when there is not one."""
    first = next(batches, None)
    if first is None:
        return None
    passing = [name for name in first.schema.names if name not in treated]
    others = Spill(scratch / "passing.arrow", first.select(passing).schema) if passing else None
    held: dict[str, list[pa.Array]] = {name: [] for name in treated}
    cuts = []
    for batch in chain([first], batches):
        cuts.append(batch.num_rows)
        for name, pieces in held.items():
            pieces.append(_wide(plain(batch.column(name))))
        if others:
            others.write(batch.select(passing))
    if others:
        others.close()
    whole = {name: pa.chunked_array(held.pop(name)).combine_chunks() for name in list(held)}
    return Halves(first.schema.names, whole, cuts, others)


def rejoin(halves: Halves, results: Mapping[str, Callable[[int, int], pa.Array]]) -> Iterator[pa.RecordBatch]:
    """The rows whole again, cut as they came. Each result gives its column from one row to another."""
    passing = halves.others.read() if halves.others else repeat(None)
    start = 0
    try:
        for rows, others in zip(halves.cuts, passing, strict=False):
            stop = start + rows
            columns = dict(zip(others.schema.names, others.columns, strict=True)) if others is not None else {}
            columns |= {name: _narrow(result(start, stop)) for name, result in results.items()}
            yield pa.record_batch([columns[name] for name in halves.names], halves.names)
            start = stop
    finally:
        if halves.others:
            halves.others.remove()


def _wide(column: pa.Array) -> pa.Array:
    """Text of a whole table may be more than 32-bit offsets reach."""
    return column.cast(pa.large_string()) if pa.types.is_string(column.type) else column


def _narrow(column: pa.Array) -> pa.Array:
    return column.cast(pa.string()) if pa.types.is_large_string(column.type) else column
