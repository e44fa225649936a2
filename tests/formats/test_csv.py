"""CSV as other programs read it."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from gongkai.errors import DataError
from gongkai.formats import csv as format

Write = Callable[..., Path]
TEXT = ["地址", "地质", "头\"<&>,' "]


def test_standard_library_reads_the_same(golden: pa.RecordBatch, written: Write) -> None:
    with written(format, golden).open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == golden.schema.names
    for name in TEXT:
        place = golden.schema.names.index(name)
        assert [row[place] for row in rows[1:]] == [value or "" for value in golden[name].to_pylist()]


def test_pandas_reads_the_same(golden: pa.RecordBatch, written: Write) -> None:
    import pandas
    frame = pandas.read_csv(written(format, golden), dtype=str, keep_default_na=False)
    assert list(frame.columns) == golden.schema.names
    for name in TEXT:
        assert frame[name].tolist() == [value or "" for value in golden[name].to_pylist()]
    assert frame["金额"].tolist()[:4] == ["1.50", "0.00", "-9999999999.99", ""]


def test_byte_order_mark(golden: pa.RecordBatch, written: Write) -> None:
    plain = written(format, golden).read_bytes()
    marked = written(format, golden, bom=True)
    assert marked.read_bytes() == b"\xef\xbb\xbf" + plain
    assert pa.Table.from_batches(format.read(marked, golden.schema)) == pa.Table.from_batches([golden])


def test_null_and_empty_text_differ(written: Write) -> None:
    path = written(format, pa.record_batch({"a": ["", None, "x"], "b": [1, 2, 3]}))
    assert path.read_bytes() == b'"a","b"\r\n"",1\r\n,2\r\n"x",3\r\n'


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\xff\xfe", b'"a"'], ids=["empty", "mark_only", "utf16", "too_few"])
def test_what_is_no_such_file(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"format\.unreadable: csv"):
        list(format.read(path, pa.schema({"a": pa.string(), "b": pa.string()})))
