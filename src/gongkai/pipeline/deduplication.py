"""Exact de-duplication by key 按主键去重, across the whole stream, in 16 bytes of memory per row and without holding a row.

Each row is known only by two 64-bit CMACs, of its key cells and of all its cells, under random keys that die with the stage.
A chance collision of two keys among 100 million rows has odds of about 1 in 3,700, and then stops the run; a row could only be
dropped wrongly if both of its digests collided (1 in 10^22).
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gongkai.batches import Batches, Stage
from gongkai.ciphers import KEY_BYTES, cmac
from gongkai.counts import Counts
from gongkai.errors import ConfigError, DataError, known

Digests: TypeAlias = npt.NDArray[np.uint64]


def stage(key: Sequence[str], tally: Counts) -> Stage:
    """Drop every row equal in all cells to an earlier row of the same ``key`` columns; without a key, every repeated row.

    A null is a value like any other. Dropped rows are counted in ``tally.duplicates``. Two rows of one key that differ in
    any cell end the stream with DataError ``key.conflict`` and their number: nobody can say which of them is true.

    >>> flow = stage(["id"], Counts())
    >>> batch = pa.record_batch({"id": ["1", "2", "1"], "name": ["a", "b", "a"]})
    >>> [part.num_rows for part in flow(iter([batch, batch]))]
    [2, 0]
    >>> list(flow(iter([pa.record_batch({"id": ["1", "1"], "name": ["a", "b"]})])))
    Traceback (most recent call last):
        ...
    gongkai.errors.DataError: key.conflict: rows share a key and differ in other cells (1 value)
    """

    def run(batches: Batches) -> Batches:
        seen = _Seen()
        secret_of_key, secret_of_row = (secrets.token_bytes(KEY_BYTES["aes"]) for _ in range(2))
        conflicts = 0
        for batch in batches:
            rows = _digests(batch, batch.schema.names, secret_of_row)
            keys = _digests(batch, key, secret_of_key) if key else rows
            fresh, clashes = seen.add(keys, rows)
            conflicts += clashes
            tally.duplicates += len(fresh) - int(fresh.sum()) - clashes
            yield batch.filter(pa.array(fresh))
        if conflicts:
            raise DataError.of("key.conflict", "rows share a key and differ in other cells", count=conflicts)

    return run


class _Seen:
    """Digests of all rows so far: runs sorted by key, merged like binary counting, so that there are only a few of them."""

    def __init__(self) -> None:
        self._runs: list[tuple[Digests, Digests]] = []

    def add(self, keys: Digests, rows: Digests) -> tuple[npt.NDArray[np.bool_], int]:
        """Which rows have a key not seen before, and how many of the others differ from the row that brought it."""
        order = np.argsort(keys, kind="stable")
        ordered_keys, ordered_rows = keys[order], rows[order]
        first = np.ones(len(keys), bool)
        first[1:] = ordered_keys[1:] != ordered_keys[:-1]
        original = ordered_rows[first][np.cumsum(first) - 1] if len(keys) else ordered_rows
        known_before = np.zeros(len(keys), bool)
        for run_keys, run_rows in self._runs:
            at = np.minimum(np.searchsorted(run_keys, ordered_keys), len(run_keys) - 1)
            hit = run_keys[at] == ordered_keys
            original = np.where(hit, run_rows[at], original)
            known_before |= hit
        new = first & ~known_before
        self._push(ordered_keys[new], ordered_rows[new])
        fresh = np.empty(len(keys), bool)
        fresh[order] = new
        return fresh, int(np.sum(original != ordered_rows))

    def _push(self, keys: Digests, rows: Digests) -> None:
        if not len(keys):
            return
        while self._runs and len(self._runs[-1][0]) <= 2 * len(keys):
            older_keys, older_rows = self._runs.pop()
            keys, rows = np.concatenate([older_keys, keys]), np.concatenate([older_rows, rows])
            order = np.argsort(keys, kind="stable")
            keys, rows = keys[order], rows[order]
        self._runs.append((keys, rows))


def _digests(batch: pa.RecordBatch, columns: Sequence[str], secret: bytes) -> Digests:
    for name in columns:
        if name not in batch.schema.names:
            raise ConfigError.of(f"no column '{name}' to know rows by", known(name, batch.schema.names), key="key")
    message = _message([batch.column(name) for name in columns], batch.num_rows)
    digests: Digests = cmac(message, secret).view(np.uint64)[:, 0]
    return np.ascontiguousarray(digests)


def _message(columns: Sequence[pa.Array], rows: int) -> pa.Array:
    """One binary value per row that no other row of cells gives: the length of every cell (0 for null), then the cells."""
    cells = [_bytes(column) for column in columns]
    lengths = np.zeros((rows, len(cells)), "<u4")
    for index, cell in enumerate(cells):
        lengths[:, index] = pc.fill_null(pc.add(pc.binary_length(cell), 1), 0).to_numpy()
    head = pa.Array.from_buffers(pa.binary(4 * len(cells)), rows, [None, pa.py_buffer(lengths)])
    return pc.binary_join_element_wise(head.cast(pa.binary()), *(pc.fill_null(cell, b"") for cell in cells), b"")


def _bytes(column: pa.Array) -> pa.Array:
    return column.cast(pa.string()).cast(pa.binary())
