from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pytest

from gongkai.leaks.patterns import Hits
from gongkai.leaks.staged import Leak

from .conftest import City

ID = "450902199001011235"
LEAKS = [
    ("id", ID, "resident_id"),
    ("id inside a remark", f"代办人证号{ID}，已核", "resident_id"),
    ("id in full width", "４５０９０２１９９００１０１１２３５", "resident_id"),
    ("old id", "450902900101123", "old_resident_id"),
    ("mobile", "13812345678", "mobile"),
    ("mobile inside a remark", "联系人张三13812345678", "mobile"),
    ("card", "6222021234567890128", "bank_card"),
    ("e-mail", "zhang@example.com", "email"),
]
NO_RULES = "row_change: 50\n"


@pytest.mark.parametrize(("value", "kind"), [pytest.param(v, k, id=name) for name, v, k in LEAKS])
def test_one_identifier_in_one_cell_refuses_the_table(project: City, value: str, kind: str) -> None:
    project.expect(NO_RULES, "_common")
    clean = pa.table({"事项": ["受理"] * 1000, "备注": ["无"] * 1000})
    leaky = pa.table({"事项": ["受理"] * 1000, "备注": ["无"] * 999 + [value]})
    assert project.check(clean).verdict == "pass"
    report = project.check(leaky)
    assert report.verdict == "refuse"
    assert [(reason.rule, reason.column, reason.count) for reason in report.reasons] == [(f"scan.{kind}", "备注", 1)]
    assert value not in str(report.document()) + str(report.reasons[0])


@pytest.mark.parametrize(
    "column",
    [pa.array([13812345678]), pa.array([int(ID)]), pa.array([Decimal(13812345678)], pa.decimal128(12, 0))],
    ids=["mobile as integer", "id as integer", "mobile as decimal without scale"],
)
def test_a_number_that_is_an_identifier_is_one(project: City, column: pa.Array) -> None:
    project.expect(NO_RULES, "_common")
    assert project.check(pa.table({"号": column})).verdict == "refuse"


def amounts(*values: str) -> pa.Array:
    return pa.array([Decimal(value) for value in values], pa.decimal128(20, 2))


def test_a_large_amount_is_no_telephone_number(project: City) -> None:
    project.expect(NO_RULES, "_common")
    table = pa.table({"金额": amounts("13812345678.00", "12.50", "13812345678.01"), "比": [1.5, 2.0, 13812345678.0], "是": [True] * 3})
    report = project.check(table)
    assert (report.verdict, report.scan.columns) == ("pass", ["金额", "比"])


@pytest.mark.parametrize(
    "column", [amounts("13812345678", "13912345678", "0"), pa.array([13812345678.0, 13912345678.0, None])], ids=["decimal", "float"]
)
def test_telephone_numbers_a_spreadsheet_made_numbers_are_found(project: City, column: pa.Array) -> None:
    project.expect(NO_RULES, "_common")
    report = project.check(pa.table({"电话": column}))
    assert [reason.rule for reason in report.reasons] == ["scan.mobile"]


def test_every_batch_is_read(project: City) -> None:
    project.expect(NO_RULES, "_common")
    report = project.check(pa.table({"备注": ["无"] * 200_000 + ["13812345678"]}))
    assert [reason.rule for reason in report.reasons] == ["scan.mobile"]


WAIVER = "allow: [{column: 办件编号, kind: resident_id, reason: 区划加日期加流水号}]"


def case_numbers(count: int) -> list[str]:
    return [f"45090220250102{index:04d}" for index in range(count)]


def test_case_numbers_pass_when_somebody_answers_for_them(project: City) -> None:
    project.expect(NO_RULES, "_common")
    table = pa.table({"办件编号": case_numbers(3000)})
    assert project.check(table).verdict == "refuse"
    project.expect(WAIVER)
    report = project.check(table)
    assert report.verdict == "pass"
    assert report.document()["scan"]["findings"][0]["waived"] is True


def test_an_answer_covers_no_more_than_chance(project: City, resident_id: object) -> None:
    assert callable(resident_id)
    project.expect(NO_RULES, "_common")
    project.expect(WAIVER)
    people = [resident_id(f"45090219900101{index:03d}") for index in range(100)]
    report = project.check(pa.table({"办件编号": case_numbers(1000) + people}))
    assert [reason.rule for reason in report.reasons] == ["scan.resident_id"]


def test_an_answer_is_for_its_kind_only(project: City) -> None:
    project.expect(NO_RULES, "_common")
    project.expect(WAIVER)
    report = project.check(pa.table({"办件编号": ["13812345678"]}))
    assert [reason.rule for reason in report.reasons] == ["scan.mobile"]


@pytest.mark.parametrize(
    ("kind", "values", "shaped", "allowed"),
    [
        ("resident_id", 91, 1000, True),
        ("resident_id", 1000, 1000, False),
        ("resident_id", 140, 1000, False),
        ("bank_card", 100, 1000, True),
        ("mobile", 1000, 1000, True),
    ],
)
def test_what_chance_explains(kind: str, values: int, shaped: int, allowed: bool) -> None:
    assert Leak("a", kind, Hits(values, shaped), waived=True).allowed is allowed
    assert Leak("a", kind, Hits(values, shaped)).allowed is False
