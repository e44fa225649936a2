"""The order of published rows 行序 and the hash of what they say 内容散列. Both follow from the published cells alone.

A text is its UTF-8. Another cell is 8 bytes, little-endian: a number, the days of a date, the microseconds of a time (since
1970), 0 or 1; 16 bytes where it is a decimal, without its point. A null is zeros.

**The order.** Every row has a digest, made with AES-128 under a key of zeros, which anybody can compute. Its nulls stand first,
a bit for each column, in little-endian words of 64 columns; then its cells that are no texts; then zeros up to a multiple of 16
bytes. The CBC-MAC of that is *s*. Each text in turn makes it AES(*s* xor CMAC(text)). Rows stand in the order of the first 8
bytes of *s* before the texts, then of the last 8 bytes of *s* behind them, both as little-endian numbers.

**The content.** ``Content`` is the SHA-256 of a JSON list of the columns: of each its name, its type, the SHA-256 of its marks
and the SHA-256 of its cells, row by row in that order. The mark of a text is its length in bytes plus one, in four bytes; of
another cell, a byte 1; of a null, zeros.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gongkai.batches import Batches
from gongkai.ciphers.blocks import ROWS, Words, encryptor
from gongkai.ciphers.cmac import cmac
from gongkai.columns.logical_types import logical_type

Places: TypeAlias = npt.NDArray[np.integer[Any]]

VERSION = 1
"""Changes when equal rows come out in another order, or their content has another hash."""

KEY = bytes(16)
"""No secret: a digest hides nothing, it only has nothing to do with where a row stood."""
RUN_BYTES = 256 << 20
"""Rows beyond this are sorted in runs, which wait in files to be merged."""
PIECE_BYTES = 2 << 20
"""What the merge reads of a run at once."""


def in_order(batches: Batches, names: Sequence[str], scratch: Path) -> Batches:
    """The rows in their order by the columns ``names``; other columns go along. ``scratch``: an empty folder, for many rows.

    Two rows that differ have one digest by chance only: among n rows whose numbers are equal, odds of n² / 2^65. Then those two
    stand as they came.

    >>> rows = pa.record_batch({"a": ["甲", "乙", "丙", None], "b": [1, 2, 3, 3]})
    >>> [batch.column(0).to_pylist() for batch in in_order(iter([rows]), ["a", "b"], Path())]
    [[None, '丙', '乙', '甲']]
    """
    runs: list[Path] = []
    held: list[pa.RecordBatch] = []
    size = 0
    for batch in batches:
        if held and size + batch.nbytes > RUN_BYTES:
            runs.append(_spilled(held, names, scratch / f"{len(runs)}.arrow"))
            size = 0
        if batch.num_rows:
            held.append(batch)
            size += batch.nbytes
    if runs and held:
        runs.append(_spilled(held, names, scratch / f"{len(runs)}.arrow"))
    if runs:
        yield from _merged(runs)
    elif held:
        yield _taken(held, _placed(held, names))


def digests(batch: pa.RecordBatch) -> Words:
    """The two numbers that a row is placed by, in shape (rows, 2).

    >>> digests(pa.record_batch({"a": ["甲", None, ""]}))[:, 1].tolist()
    [6570989408044046050, 14870946919610954315, 1637832350052875523]
    """
    before = _numbers(batch)
    return np.stack([before[:, 0], _texts(batch, before)[:, 1]], axis=1)


class Content:
    """The hash of rows that are given in their order, batch by batch, however they are cut.

    >>> batch = pa.record_batch({"a": ["甲", None]})
    >>> content = Content(batch.schema)
    >>> content.add(batch.slice(0, 1))
    >>> content.add(batch.slice(1))
    >>> content.hexdigest()[:12]
    '8f26c7c5d229'
    """

    def __init__(self, schema: pa.Schema) -> None:
        self._columns = [(field.name, logical_type(field.type), sha256(), sha256()) for field in schema]

    def add(self, batch: pa.RecordBatch) -> None:
        for column, (_, _, marks, cells) in zip(batch.columns, self._columns, strict=True):
            if pa.types.is_string(column.type):
                lengths, data = _text(column)
                marks.update(lengths.data)
                cells.update(data)
            else:
                marks.update(column.is_valid().cast(pa.uint8()).to_numpy().data)
                cells.update(np.ascontiguousarray(_words(column)).data)

    def hexdigest(self) -> str:
        columns = [(name, kind, marks.hexdigest(), cells.hexdigest()) for name, kind, marks, cells in self._columns]
        return sha256(json.dumps(columns, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def _numbers(batch: pa.RecordBatch) -> Words:
    """The CBC-MAC of every row's nulls and of its cells that are no texts."""
    encrypt = encryptor(KEY)
    state = np.zeros((batch.num_rows, 2), np.uint64)
    numbers = [_nulls(batch), *(_words(column) for column in batch.columns if not pa.types.is_string(column.type))]
    words = [word for cells in numbers for word in cells.T]
    for low in range(0, batch.num_rows, ROWS):
        part = state[low : low + ROWS]
        for place, word in enumerate(words):
            part[:, place % 2] ^= word[low : low + ROWS]
            if place % 2 or place == len(words) - 1:
                part[:] = encrypt(part.ravel()).reshape(-1, 2)
    return state


def _nulls(batch: pa.RecordBatch) -> Words:
    """One bit for each column, in shape (rows, words of 64 columns)."""
    nulls = np.zeros((batch.num_rows, -(-batch.num_columns // 64)), np.uint64)
    for place, column in enumerate(batch.columns):
        if column.null_count:
            nulls[:, place // 64] |= column.is_null().to_numpy(zero_copy_only=False) * np.uint64(1 << place % 64)
    return nulls


def _texts(batch: pa.RecordBatch, state: Words) -> Words:
    """The digest so far, and every row's texts."""
    encrypt = encryptor(KEY)
    for column in batch.columns:
        if pa.types.is_string(column.type):
            state = encrypt((cmac(column, KEY).view(np.uint64) ^ state).ravel()).reshape(-1, 2)
    return state


def _words(column: pa.Array) -> Words:
    """The cells of a column that is no text, in shape (rows, 1), of decimals (rows, 2)."""
    if pa.types.is_boolean(column.type):
        column = column.cast(pa.uint64())
    size = column.type.bit_width // 8
    kind, width = ("<i4", 1) if size == 4 else ("<u8", size // 8)
    cells = np.frombuffer(column.buffers()[1], kind, width * len(column), size * column.offset).reshape(-1, width)
    words: Words = cells.astype(np.int64).view(np.uint64) if size == 4 else cells
    if column.null_count:
        words = words.copy()
        words[column.is_null().to_numpy(zero_copy_only=False)] = 0
    return words


def _text(column: pa.Array) -> tuple[npt.NDArray[np.uint32], pa.Buffer]:
    """The marks of a text column, and all its bytes."""
    marks = pc.fill_null(pc.add(pc.binary_length(column), 1), 0).to_numpy().astype("<u4")
    if column.null_count:
        column = pc.fill_null(column, "")
    _, offsets, data = column.buffers()
    begin, end = np.frombuffer(offsets, np.int32)[[column.offset, column.offset + len(column)]].tolist()
    return marks, (pa.py_buffer(b"") if data is None else data.slice(begin, end - begin))


def _placed(held: Sequence[pa.RecordBatch], names: Sequence[str]) -> Places:
    """The order of the rows of some batches. Texts are read only of rows whose numbers are another row's too."""
    chosen = [batch.select(names) for batch in held]
    keys = np.concatenate([_numbers(batch) for batch in chosen])
    order = np.argsort(keys[:, 0])
    tied = _tied(keys[order, 0])
    asked = np.zeros(len(order), bool)
    asked[order[tied]] = True
    low = 0
    for batch in chosen:
        rows = np.flatnonzero(asked[low : low + batch.num_rows])
        few = batch if len(rows) == batch.num_rows else batch.take(pa.array(rows))
        keys[low + rows, 1] = _texts(few, keys[low + rows])[:, 1]
        low += batch.num_rows
    order[tied] = _by_both(keys, order[tied])
    return order


def _sorted(keys: Words) -> Places:
    """The order of digests."""
    order = np.argsort(keys[:, 0])
    tied = _tied(keys[order, 0])
    order[tied] = _by_both(keys, order[tied])
    return order


def _tied(placed: Words) -> Places:
    """Where a number stands beside its like."""
    same = placed[1:] == placed[:-1]
    return np.flatnonzero(np.append(same, False) | np.append(False, same))


def _by_both(keys: Words, rows: Places) -> Places:
    """Rows in the order of their first numbers, put in the order of both. Equal rows may stand as they do."""
    first, last = keys[rows].T
    if np.all((first[1:] != first[:-1]) | (last[1:] == last[:-1])):
        return rows
    rows = rows[np.argsort(last)]
    return rows[np.argsort(keys[rows, 0], kind="stable")]


def _taken(held: list[pa.RecordBatch], order: Places) -> pa.RecordBatch:
    """The rows of some batches in another order; empties ``held``, so that no column is in memory twice but one."""
    schema, rows = held[0].schema, pa.array(order.astype(np.uint32))
    columns = [[batch.column(place) for batch in held] for place in range(len(schema))]
    held.clear()
    return pa.RecordBatch.from_arrays([_take(pa.concat_arrays(columns.pop(0)), rows) for _ in schema], schema=schema)


def _take(column: pa.Array, rows: pa.Array) -> pa.Array:
    """The cells at ``rows``. Texts of one length, as masks and pseudonyms often are, move as numbers do: in half the time."""
    if not pa.types.is_string(column.type) or column.null_count:
        return column.take(rows)
    edges = np.frombuffer(column.buffers()[1], np.int32, len(column) + 1, 4 * column.offset)
    length = int(edges[1] - edges[0])
    if not length or edges[-1] - edges[0] != length * len(column) or np.any(np.diff(edges) != length):
        return column.take(rows)
    cells = pa.Array.from_buffers(pa.binary(length), len(column), [None, column.buffers()[2].slice(int(edges[0]))]).take(rows)
    offsets = np.arange(len(rows) + 1, dtype=np.int32) * np.int32(length)
    return pa.Array.from_buffers(column.type, len(rows), [None, pa.py_buffer(offsets), cells.buffers()[1]])


def _spilled(held: list[pa.RecordBatch], names: Sequence[str], path: Path) -> Path:
    """A run: the rows in their order, and beside them their digests, in a file; empties ``held``."""
    keys = np.concatenate([digests(batch.select(names)) for batch in held])
    order = _sorted(keys)
    rows, keys = _taken(held, order), keys[order]
    keyed = pa.RecordBatch.from_arrays([*rows.columns, *(pa.array(key) for key in keys.T)], names=[*rows.schema.names, "", ""])
    size = max(1, keyed.num_rows * PIECE_BYTES // keyed.nbytes)
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_stream(sink, keyed.schema) as writer:
        for low in range(0, keyed.num_rows, size):
            writer.write_batch(keyed.slice(low, size))
    return path


def _pieces(path: Path) -> Iterator[tuple[Words, pa.RecordBatch]]:
    """The digests and the rows of a run, some at a time; its file is gone when all have been given."""
    with pa.OSFile(str(path)) as source, pa.ipc.open_stream(source) as reader:
        schema = pa.schema(list(reader.schema)[:-2])
        for keyed in reader:
            *columns, first, last = keyed.columns
            keys = np.stack([first.to_numpy(), last.to_numpy()], axis=1)
            yield keys, pa.RecordBatch.from_arrays(columns, schema=schema)
    path.unlink()


def _merged(paths: Sequence[Path]) -> Batches:
    """The rows of all runs in their order: as far as the piece that ends first goes, none is missing; then the next piece."""
    heads = [(*next(run), run) for run in map(_pieces, paths)]
    while heads:
        bound = min(keys[-1].tolist() for keys, _, _ in heads)
        ready: list[tuple[Words, pa.RecordBatch]] = []
        rest = []
        for keys, rows, run in heads:
            count = _up_to(keys, *bound)
            ready.append((keys[:count], rows.slice(0, count)))
            if count < len(keys):
                rest.append((keys[count:], rows.slice(count), run))
            elif (following := next(run, None)) is not None:
                rest.append((*following, run))
        keys = np.concatenate([keys for keys, _ in ready])
        yield _taken([rows for _, rows in ready], _sorted(keys))
        heads = rest


def _up_to(keys: Words, first: int, last: int) -> int:
    """How many sorted digests are at most the given one."""
    low, high = (int(np.searchsorted(keys[:, 0], np.uint64(first), side)) for side in ("left", "right"))
    return low + int(np.searchsorted(keys[low:high, 1], np.uint64(last), "right"))
