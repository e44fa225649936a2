"""JSON as other programs read it."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from gongkai.errors import DataError
from gongkai.formats import json as format


def test_standard_library_reads_the_same(golden: pa.RecordBatch, written: Callable[..., Path]) -> None:
    rows = json.loads(written(format, golden).read_bytes(), parse_float=Decimal)
    assert [list(row) for row in rows] == [golden.schema.names] * golden.num_rows
    for name in golden.schema.names:
        assert [row[name] for row in rows] == [_plain(value) for value in golden[name].to_pylist()]
    assert str(rows[0]["金额"]) == "1.50"


def test_duckdb_reads_the_same_text(golden: pa.RecordBatch, written: Callable[..., Path]) -> None:
    import duckdb

    with duckdb.connect() as connection:
        query = """SELECT "地址", "人数" FROM read_json(?, format='array', columns={'地址': 'VARCHAR', '人数': 'BIGINT'})"""
        rows = connection.execute(query, [str(written(format, golden))]).fetchall()
    assert rows == list(zip(golden["地址"].to_pylist(), golden["人数"].to_pylist(), strict=True))


def test_no_byte_below_space_but_line_feeds(golden: pa.RecordBatch, written: Callable[..., Path]) -> None:
    content = written(format, pa.record_batch({"a": ["".join(map(chr, range(0x20))), None]})).read_bytes()
    assert {byte for byte in content if byte < 0x20} == {0x0A}
    assert json.loads(content)[0]["a"] == "".join(map(chr, range(0x20)))


ROW = b'{"a": "x"}'


@pytest.mark.parametrize(
    "content",
    [
        b"[\n" + ROW,
        b"[\n" + ROW + b",\n]\n",
        b"[\n" + ROW + b"\n" + ROW + b"\n]\n",
        b"[\n" + ROW + b",\n" + ROW + b"\n",
        ROW + b",\n" + ROW + b"\n]\n",
        b"[\n" + ROW + b",\n\n]\n",
        b'[\n{"a": "x", "b": 1}\n]\n',
        b'[\n{"a": 1}\n]\n',
        b"[\n{}}\n]\n",
        b"[]    ",
        b"{}",
    ],
    ids=["open", "comma", "no_comma", "no_end", "no_start", "blank", "member", "type", "brace", "short", "object"],
)
def test_what_is_no_such_file(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "data.json"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"format\.unreadable: json"):
        list(format.read(path, pa.schema({"a": pa.string()})))


def _plain(value: Any) -> Any:
    """What JSON has for a value."""
    if isinstance(value, float):
        return Decimal(repr(value))
    return value.isoformat() if hasattr(value, "isoformat") else value
