from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.columns import cleaning

READ_ONE = {"datetime": 1, "unread": 0}
SEX = {"codes": {"1": "男", "2": "女"}}
CASES: list[tuple[str, Any, str | None, str | None, dict[str, int]]] = [
    ("trim", "trim", "\u3000 张三\u00a0\t", "张三", {"trim": 1}),
    ("trim inside", "trim", "张 三", "张 三", {"trim": 0}),
    ("collapse", "collapse_space", "a \u3000\t b", "a b", {"collapse_space": 1}),
    ("control", "strip_control", "a\x00b\u200bc\ufeff\r\nd\te", "abc d e", {"strip_control": 1}),
    ("half width", "half_width", "１３８－０Ａ　（x）", "138-0A (x)", {"half_width": 1}),
    ("half width leaves Chinese", "half_width", "张三、李四。", "张三、李四。", {"half_width": 0}),
    ("upper", "upper", "11010119900307003x", "11010119900307003X", {"upper": 1}),
    ("lower", "lower", "A@B.CN", "a@b.cn", {"lower": 1}),
    ("thousands", "number", "1,234,567.80", "1234567.80", {"number": 1, "unread": 0}),
    ("full width number", "number", " １，２３４．５０ ", "1234.50", {"number": 1, "unread": 0}),
    ("signed", "number", "+5", "5", {"number": 1, "unread": 0}),
    ("negative", "number", "-1,000", "-1000", {"number": 1, "unread": 0}),
    ("scale stays", "number", "5.00", "5.00", {"number": 0, "unread": 0}),
    ("zeros stay", "number", "011", "011", {"number": 0, "unread": 0}),
    ("wrong groups stay", "number", "1,23", "1,23", {"number": 0, "unread": 1}),
    ("no number stays as it is", "number", " 无 ", " 无 ", {"number": 0, "unread": 1}),
    ("token", {"null_tokens": ["-", "无", ""]}, "无", None, {"null_tokens": 1}),
    ("empty token", {"null_tokens": ["-", "无", ""]}, "", None, {"null_tokens": 1}),
    ("part of a token", {"null_tokens": ["无"]}, "无锡", "无锡", {"null_tokens": 0}),
    ("date", {"date": ["%Y年%m月%d日", "%Y/%m/%d"]}, "2024年3月5日", "2024-03-05", {"date": 1, "unread": 0}),
    ("second format", {"date": ["%Y年%m月%d日", "%Y/%m/%d"]}, "2024/3/5", "2024-03-05", {"date": 1, "unread": 0}),
    ("one format, no list", {"date": "%Y/%m/%d"}, "2024/3/5", "2024-03-05", {"date": 1, "unread": 0}),
    ("ISO date already", {"date": ["%Y/%m/%d"]}, "2024-03-05", "2024-03-05", {"date": 0, "unread": 0}),
    ("no such day", {"date": ["%Y/%m/%d"]}, "2023/2/29", "2023/2/29", {"date": 0, "unread": 1}),
    ("serial", {"date": ["excel_serial"]}, "45356", "2024-03-05", {"date": 1, "unread": 0}),
    ("serial with .0", {"date": ["excel_serial"]}, "45356.0", "2024-03-05", {"date": 1, "unread": 0}),
    ("serial of 1 March 1900", {"date": ["excel_serial"]}, "61", "1900-03-01", {"date": 1, "unread": 0}),
    ("serial of a day that never was", {"date": ["excel_serial"]}, "60", "60", {"date": 0, "unread": 1}),
    ("serial too large", {"date": ["excel_serial"]}, "2958466", "2958466", {"date": 0, "unread": 1}),
    ("serial with a time", {"date": ["excel_serial"]}, "45356.5", "45356.5", {"date": 0, "unread": 1}),
    ("order of formats", {"date": ["%d/%m/%Y", "%m/%d/%Y"]}, "05/03/2024", "2024-03-05", {"date": 1, "unread": 0}),
    ("time", {"datetime": ["%Y/%m/%d %H:%M"]}, "2024/3/5 7:08", "2024-03-05 07:08:00", {"datetime": 1, "unread": 0}),
    ("ISO time", {"datetime": ["%Y/%m/%d"]}, "2024-03-05T07:08:09", "2024-03-05T07:08:09", {"datetime": 0, "unread": 0}),
    ("fraction", {"datetime": ["%Y%m%d%H%M%S.%f"]}, "20240305070809.5", "2024-03-05 07:08:09.500000", READ_ONE),
    ("serial time", {"datetime": ["excel_serial"]}, "45356.75", "2024-03-05 18:00:00", {"datetime": 1, "unread": 0}),
    ("code", SEX, "1", "男", {"codes": 1, "unlisted": 0}),
    ("its meaning", SEX, "女", "女", {"codes": 0, "unlisted": 0}),
    ("unlisted", SEX, "9", "9", {"codes": 0, "unlisted": 1}),
]


@pytest.mark.parametrize(
    ("spec", "value", "expected", "counts"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_one_operation(spec: Any, value: str, expected: str | None, counts: dict[str, int]) -> None:
    operations, faults = cleaning.parse([spec], key="clean", file="f")
    assert not faults
    column, counted = cleaning.clean(pa.array([value, None]), operations)
    assert column.type == pa.string()
    assert column.to_pylist() == [expected, None]
    assert counted == counts


def test_in_the_order_they_stand() -> None:
    written = yaml.safe_load('[half_width, trim, upper, {null_tokens: ["-", NULL_]}, {codes: {"M": 男}}, trim]')
    operations, faults = cleaning.parse(written, key="clean", file="f")
    assert not faults
    column, counts = cleaning.clean(pa.array(["　ｍ", "－", " null_", None, "x"]), operations)
    assert column.to_pylist() == ["男", None, None, None, "X"]
    assert counts == {"half_width": 2, "trim": 2, "upper": 3, "null_tokens": 2, "codes": 1, "unlisted": 1}


def test_nothing_declared_changes_nothing() -> None:
    column = pa.array([" a", None])
    assert cleaning.clean(column, []) == (column, {})


@settings(deadline=None)
@given(
    values=st.lists(st.one_of(st.none(), st.text(max_size=20), st.text("0123456789,.-/年月日 １２", max_size=12)), max_size=20),
    start=st.integers(0, 3),
    specs=st.lists(
        st.sampled_from([
            "trim", "collapse_space", "strip_control", "half_width", "upper", "lower", "number", {"null_tokens": [""]}, SEX,
            {"date": ["%Y年%m月%d日", "excel_serial"]}, {"datetime": ["%Y/%m/%d", "excel_serial"]},
        ]),
        max_size=4,
    ),
)  # fmt: skip
def test_laws(values: list[str | None], start: int, specs: list[Any]) -> None:
    column = pa.array(values, pa.string()).slice(start)
    operations, _ = cleaning.parse(specs, key="", file="")
    out, counts = cleaning.clean(column, operations)
    out.validate(full=True)
    assert len(out) == len(column)
    assert all(cleaned is None for value, cleaned in zip(column.to_pylist(), out.to_pylist(), strict=True) if value is None)
    assert all(0 <= count <= len(column) * len(specs) for count in counts.values())
    if len(specs) == 1:
        changed = sum(a != b for a, b in zip(column.to_pylist(), out.to_pylist(), strict=True))
        assert counts[operations[0].name] == changed
        assert cleaning.clean(out, operations)[0].equals(out) or specs[0] == "lower"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("trimm", "c[0]: no cleaning called 'trimm'; did you mean 'trim'?"),
        ({"trim": True}, "c[0].trim: takes nothing; write just trim"),
        ({}, "c[0]: is neither a word nor a mapping of one key; for example: trim, or null_tokens: [\"-\"]"),
        ({"trim": None, "lower": None}, "c[0]: is neither a word nor a mapping of one key; for example"),
        (7, "c[0]: is neither a word nor a mapping of one key; for example"),
        ("null_tokens", "c[0].null_tokens: needs a list; for example [\"-\", \"无\"]"),
        ({"null_tokens": "-"}, "c[0].null_tokens: needs a list"),
        ({"null_tokens": []}, "c[0].null_tokens: needs a list"),
        ({"null_tokens": ["-", None]}, "c[0].null_tokens: None is not text; write it in quotes"),
        ({"null_tokens": [0]}, "c[0].null_tokens: 0 is not text; write it in quotes"),
        ("codes", "c[0].codes: needs a mapping; for example {\"1\": 男, \"2\": 女}"),
        ({"codes": ["1"]}, "c[0].codes: needs a mapping"),
        ({"codes": {}}, "c[0].codes: needs a mapping"),
        ({"codes": {1: "男"}}, "c[0].codes: 1 is not text; write it in quotes"),
        ({"codes": {"1": True}}, "c[0].codes: True is not text; write it in quotes"),
        ("date", "c[0].date: needs a list of formats; for example [\"%Y年%m月%d日\", excel_serial]"),
        ({"date": {"formats": []}}, "c[0].date: needs a list of formats"),
        ({"date": ["%Y-%m"]}, "c[0].date: '%Y-%m' is no format; %d is missing: a date has year, month and day"),
        ({"date": ["%Y-%m-%d %H"]}, "c[0].date: '%Y-%m-%d %H' is no format; '%H' is not known here; known: %Y %m %d"),
        ({"datetime": ["excel"]}, "c[0].datetime: 'excel' is no format; %Y %m %d is missing"),
    ],
    ids=str,
)
def test_faults(written: Any, expected: str) -> None:
    operations, faults = cleaning.parse([written], key="c", file="")
    assert not operations
    assert [str(fault)[: len(expected)] for fault in faults] == [expected]


def test_every_fault_at_once_and_the_good_ones_kept() -> None:
    operations, faults = cleaning.parse(["trimm", "trim", {"codes": {}}], key="columns[1].clean", file="a.yml")
    assert [operation.name for operation in operations] == ["trim"]
    assert [(fault.file, fault.key) for fault in faults] == [
        ("a.yml", "columns[1].clean[0]"),
        ("a.yml", "columns[1].clean[2].codes"),
    ]


def test_the_same_date_many_times() -> None:
    operations, _ = cleaning.parse([{"date": ["%Y/%m/%d"]}], key="", file="")
    column, counts = cleaning.clean(pa.array(["2024/3/5", "x", None] * 50), operations)
    assert column.to_pylist() == ["2024-03-05", "x", None] * 50
    assert counts == {"date": 50, "unread": 50}
