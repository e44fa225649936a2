"""Laws of all formats: what is written comes back, in the same bytes each time, in flat memory, or is refused clearly."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongkai import plugins
from gongkai.batches import Batches
from gongkai.errors import DataError
from gongkai.package import comparison
from gongkai.project import SHIPPED

NAMES = ["csv", "json", "jsonl", "parquet", "xlsx", "xml"]
FORMATS = pytest.mark.parametrize("format", [plugins.load(SHIPPED, "formats", name) for name in NAMES], ids=NAMES)
REFUSALS = {
    "format.csv_blank_line",
    "format.xml_characters",
    "format.xlsx_length",
    "format.not_finite",
}

TEXT = st.text(st.characters(codec="utf-8"), max_size=20) | st.text(
    st.sampled_from('ax_05FD"<&>\\\r\n\t ,=\x00\x1f\ufffe'), max_size=12
)
KINDS: list[tuple[pa.DataType, st.SearchStrategy[Any]]] = [
    (pa.string(), TEXT),
    (pa.int64(), st.integers(-(2**63), 2**63 - 1)),
    (pa.float64(), st.floats()),
    (pa.bool_(), st.booleans()),
    (pa.date32(), st.dates()),
    (pa.timestamp("us"), st.datetimes()),
    (pa.decimal128(12, 2), st.decimals(-(10**9), 10**9, places=2)),
    (pa.decimal128(38, 30), st.decimals(-(10**7), 10**7, places=30)),
]


@st.composite
def tables(draw: st.DrawFn) -> pa.RecordBatch:
    rows = draw(st.integers(0, 6))
    names = draw(
        st.lists(
            st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=8),
            min_size=1,
            max_size=4,
            unique=True,
        )
    )
    columns = []
    for _ in names:
        kind, values = draw(st.sampled_from(KINDS))
        columns.append(pa.array(draw(st.lists(st.none() | values, min_size=rows, max_size=rows)), kind))
    return pa.RecordBatch.from_arrays(columns, names=names)


@FORMATS
def test_golden_table_comes_back(format: ModuleType, golden: pa.RecordBatch, written: Callable[..., Path]) -> None:
    path = written(format, golden)
    assert comparison.compare(format.EXTENSION, iter([golden]), format.read(path, golden.schema)) == golden.num_rows


@FORMATS
@given(table=tables())
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_table_comes_back_or_is_refused(format: ModuleType, table: pa.RecordBatch, tmp_path: Path) -> None:
    path = tmp_path / f"data.{format.EXTENSION}"
    try:
        with path.open("wb") as sink:
            format.write(iter([table]), sink, table.schema)
    except DataError as error:
        assert {reason.rule for reason in error.reasons} <= REFUSALS
        return
    assert comparison.compare(format.EXTENSION, iter([table]), format.read(path, table.schema)) == table.num_rows


@FORMATS
def test_same_rows_same_bytes(format: ModuleType, golden: pa.RecordBatch) -> None:
    first, second = io.BytesIO(), io.BytesIO()
    format.write(iter([golden, golden]), first, golden.schema)
    format.write(iter([golden, golden]), second, golden.schema)
    assert first.getvalue() == second.getvalue()


@FORMATS
def test_table_without_rows(format: ModuleType, golden: pa.RecordBatch, written: Callable[..., Path]) -> None:
    empty = golden.slice(0, 0)
    assert comparison.compare(format.EXTENSION, iter([empty]), format.read(written(format, empty), empty.schema)) == 0


@FORMATS
def test_text_longer_than_a_block(format: ModuleType, written: Callable[..., Path]) -> None:
    length = 32_767 if format.EXTENSION == "xlsx" else 1_000_000
    table = pa.record_batch({"长": ["字" * length, None, "尾"], "号": [1, 2, 3]})
    assert comparison.compare(format.EXTENSION, iter([table]), format.read(written(format, table), table.schema)) == 3


@FORMATS
def test_memory_is_flat_in_rows(format: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if format.EXTENSION == "parquet":
        monkeypatch.setattr(format, "_GROUP_ROWS", 8_000)  # it holds one row group
    held: list[int] = []
    before = pa.total_allocated_bytes()

    def watched(batches: Batches) -> Batches:
        for batch in batches:
            held.append(pa.total_allocated_bytes() - before)
            yield batch

    path = tmp_path / "data"
    with path.open("wb") as sink:
        format.write(watched(_many(40)), sink, _batch(0).schema)
    assert max(held[20:]) < 1.5 * max(held[:20])
    held.clear()
    assert comparison.compare(format.EXTENSION, _many(40), watched(format.read(path, _batch(0).schema))) == 40 * 4000
    assert max(held) < 64 << 20


@FORMATS
@pytest.mark.parametrize("how", ["value", "cut_short", "row_missing", "row_twice", "nothing", "null_filled", "other_header"])
def test_broken_file_is_caught(format: ModuleType, how: str, tmp_path: Path) -> None:
    table = pa.record_batch({"编码": ["011", "Z7Q", None, "x"], "数": [1, None, 3, 4]})
    wrong = {
        "value": pa.record_batch({"编码": ["011", "Z8Q", None, "x"], "数": [1, None, 3, 4]}),
        "row_missing": table.slice(1),
        "row_twice": pa.concat_batches([table, table.slice(3)]),
        "null_filled": pa.record_batch({"编码": ["011", "Z7Q", "", "x"], "数": [1, None, 3, 4]}),
        "other_header": pa.record_batch({"编号": ["011", "Z7Q", None, "x"], "数": [1, None, 3, 4]}),
    }.get(how, table)
    path = tmp_path / "data"
    with path.open("wb") as sink:
        format.write(iter([wrong]), sink, wrong.schema)
    content = path.read_bytes()
    path.write_bytes({"cut_short": content[: len(content) * 2 // 3], "nothing": b""}.get(how, content))
    if how == "nothing" and format.EXTENSION == "jsonl":
        rule = "format.differs"
    elif how in ("cut_short", "nothing", "other_header"):
        rule = "format.unreadable"
    else:
        rule = "format.differs"
    with pytest.raises(DataError) as caught:
        comparison.compare(format.EXTENSION, iter([table]), format.read(path, table.schema))
    assert caught.value.reasons[0].rule == rule
    assert "Z8Q" not in str(caught.value)
    assert format.EXTENSION in str(caught.value)


LIMITS = [
    ("csv", {"a": ["x", None]}, "format.csv_blank_line", "a", 1),
    ("csv", {"a": pa.array([3_000_000, 0], pa.date32())}, "format.date_range", "a", 1),
    ("json", {"a": [1.0, float("nan"), float("inf")]}, "format.not_finite", "a", 2),
    ("jsonl", {"a": [float("-inf")]}, "format.not_finite", "a", 1),
    ("xlsx", {"a": [float("nan")]}, "format.not_finite", "a", 1),
    ("xlsx", {"a": ["x" * 32_767, "x" * 32_768, "😀" * 16_384]}, "format.xlsx_length", "a", 2),
    ("xml", {"a": ["\x00", "\x1f", "\ufffe", "\uffff", "\t\n\r", "\x85"]}, "format.xml_characters", "a", 4),
    ("xml", {"a\x01": ["x"]}, "format.xml_characters", repr("a\x01"), None),
    ("xlsx", {"x" * 32_768: ["x"]}, "format.xlsx_length", None, None),
]


@pytest.mark.parametrize(
    ("name", "table", "rule", "column", "count"), LIMITS, ids=[f"{row[0]}_{row[2]}_{n}" for n, row in enumerate(LIMITS)]
)
def test_what_a_format_cannot_carry(name: str, table: dict[str, Any], rule: str, column: str | None, count: int | None) -> None:
    batch = pa.record_batch(table)
    batches = [
        batch.slice(row, 1) for row in range(batch.num_rows)
    ]  # all batches are counted, not only the first with a finding
    with pytest.raises(DataError) as caught:
        plugins.load(SHIPPED, "formats", name).write(iter(batches), io.BytesIO(), batch.schema)
    (reason,) = caught.value.reasons
    assert (reason.rule, reason.column, reason.count) == (rule, column, count)


def test_dates_and_decimals_are_text_without_exponent() -> None:
    sink = io.BytesIO()
    table = pa.record_batch(
        {
            "d": pa.array([Decimal("0.00000001")], pa.decimal128(20, 8)),
            "t": pa.array([datetime(2024, 2, 29, 8)], pa.timestamp("us")),
            "j": pa.array([date(2024, 2, 29)]),
        }
    )
    plugins.load(SHIPPED, "formats", "jsonl").write(iter([table]), sink, table.schema)
    assert sink.getvalue() == b'{"d": 0.00000001, "t": "2024-02-29T08:00:00", "j": "2024-02-29"}\n'


def _batch(number: int) -> pa.RecordBatch:
    return pa.record_batch({"号": range(number * 4000, (number + 1) * 4000), "文": [f"文字 {number} " + "x" * 100] * 4000})


def _many(count: int) -> Iterator[pa.RecordBatch]:
    return (_batch(number) for number in range(count))
