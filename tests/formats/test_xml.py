"""XML as other programs read it."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongkai.errors import DataError
from gongkai.formats import _text
from gongkai.formats import xml as format

NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"


def read_by_expat(path: Path) -> tuple[list[str | None], list[list[str | None]]]:
    root = ET.parse(path).getroot()
    names = [field.get("name") for field in root[0]]
    return names, [[None if field.get(NIL) else field.text or "" for field in row] for row in root]


def test_expat_reads_the_same(golden: pa.RecordBatch, written: Callable[..., Path]) -> None:
    names, rows = read_by_expat(written(format, golden))
    assert names == golden.schema.names
    texts = [_text.text(column).to_pylist() for column in golden.columns]
    assert rows == [list(row) for row in zip(*texts, strict=True)]


@given(
    texts=st.lists(st.none() | st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cn"))), min_size=1, max_size=8)
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_expat_reads_any_text(texts: list[str | None], written: Callable[..., Path]) -> None:
    assert read_by_expat(written(format, pa.record_batch({"a": pa.array(texts, pa.string())})))[1] == [[text] for text in texts]


def test_a_header_survives_whatever_it_holds(written: Callable[..., Path]) -> None:
    name = "地\"址'<&>\t\n\r质 1"
    table = pa.record_batch({name: ["x"], "地质": [None]})
    assert read_by_expat(written(format, table.cast(pa.schema({name: pa.string(), "地质": pa.string()}))))[0] == [name, "地质"]


HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n<dataset xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
A, B, TAIL = b'<field name="a">x</field>', b'<field name="b">y</field>', b"\n</dataset>\n"


@pytest.mark.parametrize(
    "content",
    [
        HEAD + b"<row>" + A + B + b"</row>",
        HEAD + b"<row>" + B + A + b"</row>" + TAIL,
        HEAD + b"<row>" + A + b"</row>" + TAIL,
        HEAD + b"<row>" + A + B + A + b"</row>" + TAIL,
        HEAD + b"<row>" + A + b" " + B + b"</row>" + TAIL,
        HEAD + b"<row>" + A + B + b"</row>\n<row>" + A + b"</row>" + TAIL,
        HEAD + b"<row>" + A + B + b"</row>  <row>" + A + B + b"</row>" + TAIL,
        HEAD + b"<row>" + A + B + b"</row><!-- <row></row> -->" + TAIL,
        HEAD + b"<row>" + A.replace(b"x", b"&nbsp;") + B + b"</row>" + TAIL,
        HEAD + b"<row>" + A.replace(b"x", b"&") + B + b"</row>" + TAIL,
        HEAD + b"<row>" + A.replace(b"x", b"\x01") + B + b"</row>" + TAIL,
        HEAD + b"<row>" + A.replace(b"x", b"a\rb") + B + b"</row>" + TAIL,
        HEAD + b"<row>" + A.replace(b"x", b"\xff") + B + b"</row>" + TAIL,
        HEAD + b"<row>" + A.replace(b"x", b"a>b") + B + b"</row>" + TAIL,
        HEAD.replace(b"dataset", b"data") + b"<row>" + A + B + b"</row>" + TAIL.replace(b"dataset", b"data"),
        HEAD.replace(b"-instance", b"") + b'<row>' + A + b'<field name="b" xsi:nil="true"/></row>' + TAIL,
        HEAD + TAIL + b"<row/>",
        b"",
    ],
    ids=["open", "order", "few", "many", "space", "second_few", "gap", "comment", "entity", "ampersand", "control", "return", "bytes",
         "bracket", "root", "namespace", "after", "nothing"],
)  # fmt: skip
def test_what_is_no_such_file(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "data.xml"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"format\.unreadable: xml"):
        list(format.read(path, pa.schema({"a": pa.string(), "b": pa.string()})))
