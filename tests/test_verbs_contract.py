"""What every source, format and store keeps to, found by walking their folders: a new file is held to it by being there."""

from __future__ import annotations

import inspect
import io
from pathlib import Path

import pyarrow as pa
import pytest

from gongkai import plugins
from gongkai.project import SHIPPED

SOURCES, FORMATS, STORES = (plugins.names(SHIPPED, kind) for kind in ("sources", "formats", "stores"))
TABLE = pa.record_batch({"代码": ["011", None, ""], "数量": pa.array([0, None, -1], pa.int64())})


def test_the_kinds_of_the_first_release_are_there() -> None:
    assert {"sql", "file"} <= set(SOURCES)
    assert {"csv", "json", "jsonl", "xml", "xlsx", "parquet"} <= set(FORMATS)
    assert {"folder"} <= set(STORES)


@pytest.mark.parametrize("name", SOURCES)
def test_a_source_describes_and_scans_by_the_same_parameters(name: str) -> None:
    module = plugins.load(SHIPPED, "sources", name)
    scan = plugins.parameters(module.scan, given_by_program=frozenset({"columns", "since"}))
    assert scan == plugins.parameters(module.describe)
    assert scan
    assert {"columns", "since"} <= set(inspect.signature(module.scan).parameters)


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_gives_back_what_it_was_given_and_the_same_bytes_twice(name: str, tmp_path: Path) -> None:
    module = plugins.load(SHIPPED, "formats", name)
    sinks = [io.BytesIO(), io.BytesIO()]
    for sink in sinks:
        module.write(iter([TABLE]), sink, TABLE.schema)
    assert sinks[0].getvalue() == sinks[1].getvalue()
    path = tmp_path / f"data.{module.EXTENSION}"
    path.write_bytes(sinks[0].getvalue())
    back = pa.Table.from_batches(module.read(path, TABLE.schema), TABLE.schema)
    assert back.to_pylist() == TABLE.to_pylist()
    assert "/" in module.MEDIA_TYPE


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_carries_an_empty_table(name: str, tmp_path: Path) -> None:
    module = plugins.load(SHIPPED, "formats", name)
    path = tmp_path / f"data.{module.EXTENSION}"
    with path.open("wb") as sink:
        module.write(iter(()), sink, TABLE.schema)
    assert sum(batch.num_rows for batch in module.read(path, TABLE.schema)) == 0


@pytest.mark.parametrize("name", STORES)
def test_a_store_without_a_release_says_so(name: str, tmp_path: Path) -> None:
    module = plugins.load(SHIPPED, "stores", name)
    assert module.current("some-code", place=str(tmp_path)) is None
    assert {"push", "current", "settle"} <= {word for word in dir(module) if callable(getattr(module, word))}
