from __future__ import annotations

import datetime as dt
import random
import tracemalloc
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.counts import Counts
from gongkai.errors import ConfigError, DataError
from gongkai.pipeline.deduplication import stage

CELLS = st.one_of(st.none(), st.sampled_from(["", "1", "2", "12", "张三"]))
ROWS = st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=30)
SCHEMA = pa.schema([("a", pa.string()), ("b", pa.string()), ("c", pa.string())])


def batches(rows: list[tuple[Any, ...]], cuts: int) -> list[pa.RecordBatch]:
    size = max(1, len(rows) // cuts)
    parts = [rows[start : start + size] for start in range(0, len(rows), size)] or [[]]
    return [
        pa.record_batch([pa.array([row[index] for row in part], pa.string()) for index in range(3)], schema=SCHEMA)
        for part in parts
    ]


def run(rows: list[tuple[Any, ...]], key: list[str], cuts: int = 1) -> tuple[list[tuple[Any, ...]], Counts]:
    tally = Counts()
    out = list(stage(key, tally)(iter(batches(rows, cuts))))
    return [tuple(row.values()) for batch in out for row in batch.to_pylist()], tally


@given(rows=ROWS, cuts=st.integers(1, 5), keyed=st.booleans())
@settings(deadline=None)
def test_agrees_with_a_dictionary(rows: list[tuple[Any, ...]], cuts: int, keyed: bool) -> None:
    first: dict[Any, tuple[Any, ...]] = {}
    conflicts = 0
    for row in rows:
        conflicts += first.setdefault(row[:2] if keyed else row, row) != row
    key = ["a", "b"] if keyed else []
    if conflicts:
        with pytest.raises(DataError, match=r"key\.conflict") as caught:
            run(rows, key, cuts)
        assert caught.value.reasons[0].count == conflicts
    else:
        out, tally = run(rows, key, cuts)
        assert out == list(first.values())
        assert tally.duplicates == len(rows) - len(first)


@pytest.mark.parametrize(
    "rows",
    [
        [("1", "2", ""), ("1", "", "2")],
        [("12", "", ""), ("1", "2", "")],
        [(None, "x", ""), ("", "x", "")],
        [("a\x00", "b", ""), ("a", "\x00b", "")],
        [("0", "", ""), ("", "0", "")],
    ],
    ids=["moved", "cut elsewhere", "null is not empty", "a zero byte", "a cell like a length"],
)
def test_rows_that_only_look_alike(rows: list[tuple[Any, ...]]) -> None:
    assert run(rows, [])[0] == rows


def test_the_key_columns_alone_are_the_key() -> None:
    with pytest.raises(DataError, match=r"key\.conflict: .* \(1 value\)$"):
        run([("1", "x", "y"), ("2", "x", "y"), ("1", "x", "z")], ["a"])


def test_a_conflict_names_no_cell() -> None:
    with pytest.raises(DataError) as caught:
        run([("110101199003070038", "张三丰", "y"), ("110101199003070038", "李四", "y")], ["a"])
    assert "1101" not in str(caught.value)
    assert "张" not in str(caught.value)


def test_an_unknown_key_column() -> None:
    with pytest.raises(ConfigError, match=r"no column 'd' .*; known: a, b, c"):
        run([("1", "2", "3")], ["d"])


def test_typed_columns() -> None:
    batch = pa.record_batch(
        {
            "id": pa.array([1, 1, 2]),
            "paid": pa.array([Decimal("1.50"), Decimal("1.50"), None], pa.decimal128(9, 2)),
            "born": pa.array([dt.date(1990, 3, 7), dt.date(1990, 3, 7), None]),
            "seen": pa.array([dt.datetime(2024, 1, 1), dt.datetime(2024, 1, 1), None], pa.timestamp("us")),
            "open": pa.array([True, True, None]),
            "share": pa.array([0.5, 0.5, None]),
        }
    )
    (out,) = stage(["id"], Counts())(iter([batch]))
    assert out.equals(batch.take([0, 2]))


def test_repeats_across_many_batches() -> None:
    numbers = [number % 700 for number in range(3_000)]
    random.Random(4).shuffle(numbers)
    rows = [(str(number), str(number * 7), None) for number in numbers]
    out, tally = run(rows, ["a"], cuts=40)
    assert len(out) == len(set(out)) == 700
    assert tally.duplicates == 2_300


def test_memory_is_bounded_by_digests_not_by_rows() -> None:
    text = "x" * 400

    def stream() -> Any:
        for start in range(0, 40_000, 1_000):
            ids = [str(number) for number in range(start, start + 1_000)]
            yield pa.record_batch({"id": ids, "text": [text + each for each in ids]})

    before = pa.total_allocated_bytes()
    tracemalloc.start()
    flow = stage(["id"], Counts())(stream())
    count, held = 0, 0
    for batch in flow:
        count += batch.num_rows
        held = max(held, pa.total_allocated_bytes() - before)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 40_000
    assert peak < 40_000 * 16 * 4 + 3_000_000
    assert held < 4_000_000  # a few batches; all rows are 16 MB
