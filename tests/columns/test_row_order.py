"""Laws of the order of rows and of the hash of their content: both are the rows' own, whoever hands them out and however."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
import random
import struct
import tempfile
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC
from hypothesis import given
from hypothesis import strategies as st

from gongkai.columns import row_order
from gongkai.columns.logical_types import arrow_type, logical_type
from gongkai.columns.row_order import Content, digests, in_order

CELLS: dict[str, st.SearchStrategy[Any]] = {
    "text": st.one_of(st.sampled_from(["", "a", "张三", "b" * 16]), st.text(max_size=40)),
    "integer": st.integers(-(2**63), 2**63 - 1),
    "decimal(12,2)": st.decimals(-9_999_999_999, 9_999_999_999, places=2),
    "decimal(38,0)": st.integers(-(10**38) + 1, 10**38 - 1).map(Decimal),
    "float": st.floats(allow_nan=False, allow_infinity=False),
    "boolean": st.booleans(),
    "date": st.dates(),
    "datetime": st.datetimes(),
}


@st.composite
def tables(draw: st.DrawFn, smallest: int = 0) -> pa.Table:
    kinds = draw(st.lists(st.sampled_from(sorted(CELLS)), min_size=1, max_size=5))
    rows = draw(st.integers(smallest, 12))
    columns = [draw(st.lists(st.one_of(st.none(), CELLS[kind]), min_size=rows, max_size=rows)) for kind in kinds]
    arrays = [pa.array(cells, arrow_type(kind)) for cells, kind in zip(columns, kinds, strict=True)]
    return pa.table(arrays, names=[f"c{place}" for place in range(len(kinds))])


def cut(table: pa.Table, size: int) -> Iterator[pa.RecordBatch]:
    """Batches of at most ``size`` rows, some of them empty."""
    for low in range(0, table.num_rows, size):
        yield from table.slice(low, size).to_batches()
        yield pa.RecordBatch.from_arrays([column.combine_chunks() for column in table.slice(0, 0).columns], schema=table.schema)


def put_in_order(table: pa.Table, size: int = 100, names: list[str] | None = None) -> pa.Table:
    with tempfile.TemporaryDirectory() as scratch:
        batches = list(in_order(cut(table, size), names or table.schema.names, Path(scratch)))
        assert list(Path(scratch).iterdir()) == []
    return pa.Table.from_batches(batches, table.schema).combine_chunks()


def content(table: pa.Table, size: int = 100) -> str:
    made = Content(table.schema)
    for batch in cut(table, size):
        made.add(batch)
    return made.hexdigest()


def as_bytes(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    return sink.getvalue().to_pybytes()


def cell(value: Any, kind: str) -> bytes:
    """A cell as the module's words have it; written by value, not from a buffer."""
    if kind == "text":
        return b"" if value is None else value.encode()
    if kind.startswith("decimal"):
        scale = int(kind.rstrip(")").partition(",")[2])
        sign, digits, exponent = (value or Decimal(0)).as_tuple()
        number = int("".join(map(str, digits))) * 10 ** (int(exponent) + scale)
        return (-number if sign else number).to_bytes(16, "little", signed=True)
    if kind == "float":
        return struct.pack("<d", 0.0 if value is None else value)
    if kind == "date":
        number = 0 if value is None else (value - dt.date(1970, 1, 1)).days
    elif kind == "datetime":
        number = 0 if value is None else (value - dt.datetime(1970, 1, 1)) // dt.timedelta(microseconds=1)
    else:
        number = int(value or 0)
    return number.to_bytes(8, "little", signed=True)


def by_hand(row: tuple[Any, ...], kinds: list[str]) -> tuple[int, int]:
    """A row's digest, with nothing but AES and CMAC as others wrote them."""
    aes = Cipher(algorithms.AES(bytes(16)), modes.ECB()).encryptor()
    nulls = sum(1 << place for place, value in enumerate(row) if value is None)
    told = list(zip(row, kinds, strict=True))
    numbers = nulls.to_bytes(-(-len(row) // 64) * 8, "little") + b"".join(cell(*it) for it in told if it[1] != "text")
    numbers += bytes(-len(numbers) % 16)
    state = bytes(16)
    for low in range(0, len(numbers), 16):
        state = aes.update(mixed(state, numbers[low : low + 16]))
    first = state[:8]
    for value in (cell(*it) for it in told if it[1] == "text"):
        mac = CMAC(algorithms.AES(bytes(16)))
        mac.update(value)
        state = aes.update(mixed(state, mac.finalize()))
    return int.from_bytes(first, "little"), int.from_bytes(state[8:], "little")


def mixed(one: bytes, two: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, two, strict=True))


def rows_of(table: pa.Table) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in table.to_pylist()]


def kinds_of(table: pa.Table) -> list[str]:
    return [logical_type(field.type) for field in table.schema]


@given(tables(), st.integers(1, 13))
def test_a_digest_is_what_anybody_computes(table: pa.Table, size: int) -> None:
    found = [tuple(pair) for batch in cut(table, size) for pair in digests(batch).tolist()]
    assert found == [by_hand(row, kinds_of(table)) for row in rows_of(table)]


@given(tables(), st.integers(1, 13))
def test_a_content_is_what_anybody_computes(table: pa.Table, size: int) -> None:
    told = []
    for name, kind, column in zip(table.schema.names, kinds_of(table), table.columns, strict=True):
        cells = [(value, cell(value, kind)) for value in column.to_pylist()]
        marks = [
            struct.pack("<I", 0 if value is None else len(data) + 1) if kind == "text" else bytes([value is not None])
            for value, data in cells
        ]
        hashes = [hashlib.sha256(b"".join(parts)).hexdigest() for parts in (marks, [data for _, data in cells])]
        told.append([name, kind, *hashes])
    document = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    assert content(table, size) == hashlib.sha256(document.encode()).hexdigest()


@given(tables(), st.integers(1, 13), st.sampled_from([1, 300, 2**30]), st.randoms(use_true_random=False))
def test_equal_rows_give_equal_bytes_however_they_come(table: pa.Table, size: int, run: int, chance: random.Random) -> None:
    """Another order, other batches, all in memory or in runs on disk that are merged: one table, one content."""
    places = list(range(table.num_rows))
    chance.shuffle(places)
    one = put_in_order(table)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(row_order, "RUN_BYTES", run)
        patch.setattr(row_order, "PIECE_BYTES", run)
        two = put_in_order(table.take(pa.array(places, pa.int64())), size)
    assert as_bytes(one) == as_bytes(two)
    assert content(one) == content(two, size)


@given(tables(), st.sampled_from([1, 300, 2**30]))
def test_the_order_is_that_of_digests_and_the_rows_are_the_same(table: pa.Table, run: int) -> None:
    """A row's place follows from itself: what comes out does not know where it stood."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(row_order, "RUN_BYTES", run)
        ordered = put_in_order(table, 3)
    placed = [by_hand(row, kinds_of(table)) for row in rows_of(ordered)]
    assert placed == sorted(placed)
    assert Counter(map(repr, rows_of(ordered))) == Counter(map(repr, rows_of(table)))


@given(tables(smallest=1), st.data())
def test_any_change_is_another_content(table: pa.Table, data: st.DataObject) -> None:
    row, column = data.draw(st.integers(0, table.num_rows - 1)), data.draw(st.integers(0, table.num_columns - 1))
    kind = kinds_of(table)[column]
    cells = table.column(column).to_pylist()
    other = data.draw(st.one_of(st.none(), CELLS[kind]))
    changed = pa.array([*cells[:row], other, *cells[row + 1 :]], arrow_type(kind))
    same = cell(other, kind) == cell(cells[row], kind) and (other is None) == (cells[row] is None)
    assert (content(table.set_column(column, f"c{column}", changed)) == content(table)) == same
    assert content(table.slice(1)) != content(table)
    assert content(pa.concat_tables([table, table.slice(row, 1)])) != content(table)
    assert content(table.rename_columns([f"d{place}" for place in range(table.num_columns)])) != content(table)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": pa.nulls(1, pa.string())}, {"a": [""]}),
        ({"a": ["ab"], "b": ["c"]}, {"a": ["a"], "b": ["bc"]}),
        ({"a": ["ab", "c"]}, {"a": ["a", "bc"]}),
        ({"a": ["x"], "b": ["y"]}, {"b": ["y"], "a": ["x"]}),
        ({"a": ["x"], "b": ["y"]}, {"a": ["y"], "b": ["x"]}),
        ({"a": [1]}, {"a": ["1"]}),
        ({"a": [1]}, {"a": [Decimal(1)]}),
        ({"a": [0]}, {"a": pa.nulls(1, pa.int64())}),
        ({"a": [0]}, {"a": [False]}),
        ({"a": [dt.date(1970, 1, 2)]}, {"a": [1]}),
        ({"a": [0.0]}, {"a": [-0.0]}),
        ({"a": ["1", "2"]}, {"a": ["2", "1"]}),
    ],
    ids=["null and empty", "cells", "rows", "columns", "names", "type", "decimal", "null and zero", "boolean", "date", "sign", "order"],
)
def test_what_looks_alike_is_told_apart(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert content(pa.table(one)) != content(pa.table(other))


@given(tables(smallest=1))
def test_a_null_or_an_empty_text_is_another_place(table: pa.Table) -> None:
    row = table.slice(0, 1).add_column(0, "t", pa.array([None], pa.string()))
    empty = row.set_column(0, "t", pa.array([""]))
    assert digests(row.to_batches()[0]).tolist() != digests(empty.to_batches()[0]).tolist()


def test_what_stands_under_a_null_or_beside_a_slice_does_not_count() -> None:
    """Arrow leaves bytes in cells that are null, and before and behind a slice."""
    valid = pa.py_buffer(bytes([0b1101]))
    numbers = pa.Array.from_buffers(pa.int64(), 4, [valid, pa.py_buffer(np.arange(4).tobytes())])
    texts = pa.Array.from_buffers(
        pa.string(), 4, [valid, pa.py_buffer(np.array([0, 1, 4, 5, 6], "<i4").tobytes()), pa.py_buffer(b"axxxbc")]
    )
    flags = pa.Array.from_buffers(pa.bool_(), 4, [valid, pa.py_buffer(bytes([0b0110]))])
    batch = pa.record_batch({"n": numbers, "t": texts, "b": flags}).slice(1, 2)
    plain = pa.record_batch({"n": [None, 2], "t": [None, "b"], "b": [None, True]})
    assert batch.to_pylist() == plain.to_pylist()
    assert digests(batch).tolist() == digests(plain).tolist()
    assert content(pa.Table.from_batches([batch])) == content(pa.Table.from_batches([plain]))


def test_more_columns_than_bits_of_a_word() -> None:
    row = {f"c{place}": pa.array([None if place % 3 else place], pa.int64()) for place in range(150)}
    table = pa.table(row)
    assert [tuple(pair) for pair in digests(table.to_batches()[0]).tolist()] == [by_hand(rows_of(table)[0], kinds_of(table))]


def test_rows_of_equal_numbers_stand_by_their_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The texts of a row are read only where its numbers are another's too, or when it waits in a file: same order both ways."""
    chance = random.Random(1)
    rows = 5_000
    table = pa.table(
        {
            "n": [chance.randrange(rows // 2) for _ in range(rows)],
            "t": [str(chance.randrange(3)) for _ in range(rows)],
            "u": [chance.choice(["", None, "甲" * 9]) for _ in range(rows)],
        }
    )
    one = put_in_order(table, 700)
    monkeypatch.setattr(row_order, "RUN_BYTES", 20_000)
    monkeypatch.setattr(row_order, "PIECE_BYTES", 3_000)
    two = put_in_order(table.take(pa.array(chance.sample(range(rows), rows))), 311)
    assert one.equals(two)
    assert rows_of(one) == sorted(rows_of(one), key=lambda row: by_hand(row, kinds_of(table)))


def test_one_row_many_times_fills_many_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_order, "RUN_BYTES", 2_000)
    monkeypatch.setattr(row_order, "PIECE_BYTES", 200)
    table = pa.table({"a": ["同"] * 3_000 + ["异"] * 10})
    assert Counter(put_in_order(table, 100)["a"].to_pylist()) == {"同": 3_000, "异": 10}


def test_other_columns_go_along_and_decide_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who a row is about stays beside it, in memory and in files, and does not move it."""
    chance = random.Random(2)
    rows = 4_000
    told = pa.table({"a": [chance.randrange(900) for _ in range(rows)], "b": [str(chance.randrange(9)) for _ in range(rows)]})
    alone = put_in_order(told)
    for run in (2**30, 15_000):
        monkeypatch.setattr(row_order, "RUN_BYTES", run)
        who = [chance.choice([None, number]) for number in range(rows)]
        both = put_in_order(told.append_column("who", pa.array(who, pa.int64())), 333, ["a", "b"])
        assert both.select(["a", "b"]).equals(alone)
        assert Counter(rows_of(both)) == Counter(zip(*told.to_pydict().values(), who, strict=True))


def test_an_order_is_no_trace_of_the_source() -> None:
    """Numbers given in ascending order come out as a shuffle would have them."""
    rows = 20_000
    ordered = put_in_order(pa.table({"n": range(rows)}))["n"].to_numpy()
    correlation = float(np.corrcoef(ordered, np.arange(rows))[0, 1])
    assert abs(correlation) < 4 / math.sqrt(rows)
    neighbours = float(np.mean(np.abs(np.diff(ordered)) == 1))
    assert neighbours < 8 / rows


def test_memory_is_bounded_by_the_runs_not_by_the_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_order, "RUN_BYTES", 2 << 20)
    monkeypatch.setattr(row_order, "PIECE_BYTES", 64 << 10)
    before, most, rows = pa.total_allocated_bytes(), 0, 0

    def arriving() -> Iterator[pa.RecordBatch]:
        nonlocal most
        for number in range(100):
            cells = pa.array(np.arange(number * 5_000, (number + 1) * 5_000))
            yield pa.record_batch({"n": cells, "t": cells.cast(pa.string())})
            most = max(most, pa.total_allocated_bytes() - before)

    for batch in in_order(arriving(), ["n", "t"], tmp_path):
        rows += batch.num_rows
        most = max(most, pa.total_allocated_bytes() - before)
    assert rows == 500_000
    assert most < 8 << 20


@pytest.mark.parametrize(
    "written",
    [{}, {"row_group_size": 7, "compression": "zstd"}, {"use_dictionary": False, "compression": "none"}, {"version": "1.0"}],
    ids=["plain", "small groups", "no dictionary", "old"],
)
def test_how_parquet_was_written_is_no_part_of_the_content(tmp_path: Path, written: dict[str, Any]) -> None:
    table = pa.table({"a": ["x", None, ""] * 50, "n": pa.array([Decimal("1.5"), None, Decimal(0)] * 50, pa.decimal128(12, 2))})
    pq.write_table(table, tmp_path / "t.parquet", **written)
    assert content(pq.read_table(tmp_path / "t.parquet"), 64) == content(table)


def test_the_version_is_the_one_of_these_places() -> None:
    """What these rows come out as is what an approval was given for: a change of it is a change of ``VERSION``."""
    table = pa.table(
        {
            "text": ["甲", "乙", "", None],
            "integer": [1, -1, None, 0],
            "decimal": pa.array([Decimal("1.50"), None, Decimal("-0.01"), Decimal(0)], pa.decimal128(12, 2)),
            "float": [0.5, -0.0, None, 0.0],
            "boolean": [True, False, None, True],
            "date": [dt.date(2026, 11, 28), None, dt.date(1969, 12, 31), dt.date(1970, 1, 1)],
            "datetime": pa.array([dt.datetime(2026, 11, 28, 8), None, dt.datetime(1969, 12, 31), None], pa.timestamp("us")),
        }
    )
    ordered = put_in_order(table)
    assert (row_order.VERSION, ordered["text"].to_pylist(), content(ordered)) == (
        1, ["乙", "", "甲", None], "908b384f5f5e1d35f41ea3e6a8b910c640af315cd1a5a2ca9bfcbc9f033f9b04"
    )
