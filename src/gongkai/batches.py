"""The one shape of the flow: a stage takes a stream of record batches and gives one.

Memory is flat in the number of rows: a stage holds one batch, never the table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

import pyarrow as pa

Batches: TypeAlias = Iterator[pa.RecordBatch]
Stage: TypeAlias = Callable[[Batches], Batches]

BATCH_ROWS = 65_536


def chain(*stages: Stage) -> Stage:
    """One stage that runs the given ones in order.

    >>> drop_first = lambda batches: (batch.slice(1) for batch in batches)
    >>> flow = chain(drop_first, drop_first)
    >>> [batch.num_rows for batch in flow(iter([pa.record_batch({"a": [1, 2, 3]})]))]
    [1]
    """

    def run(batches: Batches) -> Batches:
        for stage in stages:
            batches = stage(batches)
        return batches

    return run


def rebatch(rows: int = BATCH_ROWS) -> Stage:
    """Cut the stream into batches of exactly ``rows`` rows (the last may be shorter), so that equal rows give equal bytes
    however the source cut them.

    >>> given = iter([pa.record_batch({"a": [1]}), pa.record_batch({"a": [2, 3]})])
    >>> [batch.num_rows for batch in rebatch(2)(given)]
    [2, 1]
    """

    def run(batches: Batches) -> Batches:
        held: list[pa.RecordBatch] = []
        count = 0
        for batch in batches:
            rest = batch
            while count + rest.num_rows >= rows:
                cut = rows - count
                yield _merge([*held, rest.slice(0, cut)])
                rest, held, count = rest.slice(cut), [], 0
            if rest.num_rows:
                held.append(rest)
                count += rest.num_rows
        if held:
            yield _merge(held)

    return run


def _merge(batches: list[pa.RecordBatch]) -> pa.RecordBatch:
    return batches[0] if len(batches) == 1 else pa.concat_batches(batches)
