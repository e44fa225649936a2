"""A whole table in one pass: the same findings however it is cut, and the needle in a plain column."""

from __future__ import annotations

import decimal
import json

import pyarrow as pa
from tests.classify import kinds
from tests.classify.kinds import KINDS

from gongkai.classify import profile
from gongkai.project import SHIPPED

ROWS = 300


def invented() -> pa.Table:
    columns = {}
    for number, kind in enumerate(KINDS):
        values = kinds.column(kind, ROWS).to_pylist()
        columns[f"c{number:02d}"] = (values * (ROWS // len(values) + 1))[:ROWS]
    return pa.table(columns)


def test_one_finding_per_column_in_their_order() -> None:
    table = invented()
    found = profile(table, SHIPPED)
    assert [each.column for each in found] == table.column_names
    assert {kind.name: each.entity for kind, each in zip(KINDS, found, strict=True)} == {kind.name: kind.alone for kind in KINDS}


def test_the_batches_do_not_matter() -> None:
    table = invented().select([f"c{number:02d}" for number in range(0, len(KINDS), 5)])
    whole = profile(table, SHIPPED)
    assert profile(iter(table.to_batches(max_chunksize=89)), SHIPPED) == whole


def test_a_needle_in_a_plain_column() -> None:
    plain = [f"事项{number}" for number in range(2_000)]
    codes = [f"{number:08d}" for number in range(2_000)]
    hidden, coded = [*plain[:-1], "电13812345678"], [*codes[:-1], "13812345678"]
    found = {each.column: each for each in profile(pa.table({"p": plain, "h": hidden, "k": coded}), SHIPPED)}
    assert (found["p"].entity, "sweep.PHONE" in found["p"].evidence) == ("NONE", False)
    assert (found["h"].entity, found["h"].evidence["sweep.PHONE"], found["h"].review) == ("FREE_TEXT", 1.0, True)
    assert (found["k"].entity, found["k"].evidence["sweep.PHONE"], found["k"].review) == ("NONE", 1.0, True)
    assert "13812345678" not in json.dumps([each.document() for each in found.values()], ensure_ascii=False)


def test_comments_and_natives_are_heard() -> None:
    table = pa.table({"a": ["13812345678"] * 3, "b": ["1", "2", "1"]})
    one, other = profile(table, SHIPPED, {"a": "订单号", "b": "性别"}, {"b": "char(1)"})
    assert (one.entity, one.review) == ("NONE", True)
    assert other.entity == "GENDER"


def test_types() -> None:
    phones = [13812345678 + number for number in range(50)]
    table = pa.table({
        "i": pa.array(phones), "f": pa.array([float(phone) for phone in phones]),
        "d": pa.array([decimal.Decimal(f"{phone}.00") for phone in phones]), "t": pa.array([True] * 50), "b": pa.array([b"x"] * 50),
        "l": pa.array([[1]] * 50), "y": pa.array(["男", "女"] * 25).dictionary_encode(), "n": pa.nulls(50),
    })  # fmt: skip
    found = {each.column: each.entity for each in profile(table, SHIPPED)}
    assert found == {"i": "PHONE", "f": "PHONE", "d": "PHONE", "t": "NONE", "b": "NONE", "l": "NONE", "y": "GENDER", "n": "NONE"}


def test_a_stream_of_nothing() -> None:
    assert profile(iter(()), SHIPPED) == []
    assert [each.entity for each in profile(pa.table({"a": pa.array([], pa.string())}), SHIPPED)] == ["NONE"]
