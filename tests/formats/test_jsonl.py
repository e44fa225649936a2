"""JSON Lines as other programs read them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from gongkai.errors import DataError
from gongkai.formats import json as array
from gongkai.formats import jsonl as format


def test_every_line_is_an_element_of_the_array(golden: pa.RecordBatch, written: Callable[..., Path]) -> None:
    lines = written(format, golden).read_bytes().removesuffix(b"\n").split(b"\n")
    assert [json.loads(line) for line in lines] == json.loads(written(array, golden).read_bytes())


def test_duckdb_reads_the_same_text(golden: pa.RecordBatch, written: Callable[..., Path]) -> None:
    import duckdb

    with duckdb.connect() as connection:
        query = """SELECT "地质" FROM read_json(?, format='newline_delimited', columns={'地质': 'VARCHAR'})"""
        rows = connection.execute(query, [str(written(format, golden))]).fetchall()
    assert [value for (value,) in rows] == golden["地质"].to_pylist()


@pytest.mark.parametrize(
    "content", [b'{"a": "x"', b'{"a": 1}\n', b'{"b": "x"}\n', b"a\n"], ids=["open", "type", "name", "text"]
)
def test_what_is_no_such_file(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "data.jsonl"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"format\.unreadable: jsonl"):
        list(format.read(path, pa.schema({"a": pa.string()})))
