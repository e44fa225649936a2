from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gongkai.errors import ConfigError, DataError
from gongkai.quality import gates

from .conftest import City

TABLE = pa.table({"a": ["x", "y", None], "n": [1, None, 3], "d": [date(2025, 1, 1), None, None]})
SCHEMAS = [
    ("a column too many", TABLE.append_column("b", pa.array([1, 2, 3])), ["b"]),
    ("a column missing", TABLE.drop_columns(["n"]), ["n"]),
    ("another order", TABLE.select(["n", "a", "d"]), [None]),
    ("another type", TABLE.set_column(1, "n", pa.array(["1", "2", "3"])), ["n"]),
    ("another name", TABLE.rename_columns(["a", "N", "d"]), ["n", "N"]),
    ("wider text", TABLE.set_column(0, "a", pa.array(["x", "y", None], pa.large_string())), ["a"]),
]


@pytest.mark.parametrize(("table", "columns"), [pytest.param(t, c, id=name) for name, t, c in SCHEMAS])
def test_a_table_that_is_not_the_plans_is_refused_unread(project: City, table: pa.Table, columns: list[str | None]) -> None:
    report = project.check(table, plan=project.plan(TABLE))
    assert [(reason.rule, reason.column) for reason in report.reasons] == [("schema.differs", name) for name in columns]
    assert report.scan.columns == [] and {item.rule.type for item in report.results} == {"gate.schema", "gate.rows"}


def test_decimals_keep_their_scale(project: City) -> None:
    planned = pa.table({"m": pa.array([Decimal("1.00")], pa.decimal128(8, 2))})
    found = pa.table({"m": pa.array([Decimal("1.0")], pa.decimal128(8, 1))})
    assert [reason.rule for reason in project.check(found, plan=project.plan(planned)).reasons] == ["schema.differs"]


@pytest.mark.parametrize(
    ("rows", "previous", "refused"),
    [
        pytest.param(100, None, False, id="first release"),
        pytest.param(100, 0, False, id="nothing before"),
        pytest.param(100, 100, False, id="as before"),
        pytest.param(150, 100, False, id="at the upper edge"),
        pytest.param(151, 100, True, id="above"),
        pytest.param(50, 100, False, id="at the lower edge"),
        pytest.param(49, 100, True, id="below"),
    ],
)
def test_rows_stay_in_their_band(project: City, rows: int, previous: int | None, refused: bool) -> None:
    project.expect("row_change: 50", "_common")
    report = project.check(pa.table({"a": ["x"] * rows}), previous_rows=previous)
    assert [reason.rule for reason in report.reasons] == ["rows.change"] * refused


def test_an_empty_table_is_refused(project: City) -> None:
    report = project.check(TABLE.slice(0, 0), previous_rows=10)
    assert [reason.rule for reason in report.reasons] == ["rows.none"]


@pytest.mark.parametrize(
    ("kind", "values", "unfit", "refused"),
    [
        pytest.param("text", ["x"] * 100, 5, False, id="as many as tolerated"),
        pytest.param("text", ["x"] * 100, 6, True, id="one more"),
        pytest.param("text", ["x"] * 10 + [None] * 90, 6, True, id="nulls are no values"),
        pytest.param("integer", [1] * 95 + [None] * 5, 5, False, id="unfit numbers became null"),
        pytest.param("integer", [1] * 90 + [None] * 10, 10, True, id="too many became null"),
        pytest.param("integer", [None] * 10, 10, True, id="none fitted"),
    ],
)
def test_unfit_values_are_tolerated_up_to_their_share(
    project: City, kind: str, values: list[object], unfit: int, refused: bool
) -> None:
    project.expect("unfit: 0.05", "_common")
    table = pa.table({"c": pa.array(values, pa.string() if kind == "text" else pa.int64())})
    report = project.check(table, tally={"c": {"unfit": unfit}})
    found = [(reason.rule, reason.column, reason.count) for reason in report.reasons]
    assert found == [("values.unfit", "c", unfit)] * refused


def test_an_incremental_load_is_measured_by_its_own_rows(project: City) -> None:
    project.expect("unfit: 0.05", "_common")
    table = pa.table({"c": ["x"] * 1000})
    assert project.check(table, tally={"c": {"unfit": 20}}).verdict == "pass"
    assert project.check(table, tally={"c": {"unfit": 20}}, rows_in=100).verdict == "refuse"


def test_repeats_are_counted_and_never_refuse(project: City) -> None:
    project.expect("unfit: 0.05", "_common")
    project.deduplicate = True
    report = project.check(pa.table({"c": ["x"] * 90}), rows_in=100, duplicates=10)
    (result,) = [item for item in report.results if item.rule.type == "gate.duplicates"]
    assert (report.verdict, result.success, result.elements, result.unexpected) == ("pass", False, 100, 10)


def test_faulty_expectations_stop_the_check(project: City) -> None:
    project.expect("rules: [{code: D-01}]")
    with pytest.raises(ConfigError, match=r"demo\.yml"):
        project.check(TABLE)


def test_facts_without_statistics(tmp_path: Path) -> None:
    pq.write_table(TABLE, tmp_path / "t.parquet", write_statistics=False)
    assert gates.facts(tmp_path / "t.parquet").nulls == {"a": 1, "n": 1, "d": 2}


@pytest.mark.parametrize("content", [b"", b"PAR1", b"not a table"], ids=["empty", "cut off", "something else"])
def test_a_file_that_is_no_table_is_an_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "t.parquet").write_bytes(content)
    with pytest.raises(DataError, match=r"staged\.unreadable"):
        gates.facts(tmp_path / "t.parquet")


def test_a_plan_knows_its_own_columns(project: City) -> None:
    plan = project.plan(TABLE)
    shuffled = replace(plan, columns=plan.columns[::-1])
    assert project.check(TABLE, plan=shuffled).verdict == "refuse"
