from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongkai import plugins
from gongkai.disclosure import Disclosure, Form
from gongkai.errors import DataError
from gongkai.methods.table import Treatment
from gongkai.project import SHIPPED

shuffle = plugins.load(SHIPPED, "transforms", "shuffle")
KEY = bytes(range(32))
ROWS = 200
TABLE = pa.table(
    {
        "row": range(ROWS),
        "pay": pa.array([None if row % 11 == 0 else 700_000 + row for row in range(ROWS)], pa.int64()),
        "tax": [Decimal(row) / 4 for row in range(ROWS)],
        "name": [f"姓名{row}" for row in range(ROWS)],
    }
)


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    return tmp_path


def run(rows: pa.Table, scratch: Path, columns: Any = ("pay",), *, cut: int = 7, key: bytes = KEY, **given: Any) -> pa.Table:
    columns = columns if isinstance(columns, dict) else {name: {} for name in columns}
    batches = rows.to_batches(max_chunksize=cut) or [pa.RecordBatch.from_pylist([], rows.schema)]
    treatment = Treatment(columns=columns, entities={}, key=key, scratch=scratch)
    out = list(shuffle.stage(iter(batches), shuffle.Params(**given), treatment))
    assert [batch.num_rows for batch in out] == [batch.num_rows for batch in batches]
    return pa.Table.from_batches(out)


def sources(out: pa.Table) -> list[int]:
    """For every row the row whose name it got."""
    return [int(name.removeprefix("姓名")) for name in out["name"].to_pylist()]


def test_all_values_stay_and_no_row_keeps_its_own(scratch: Path) -> None:
    out = run(TABLE, scratch, ["pay", "name"])
    assert out.schema.equals(TABLE.schema)
    assert out.select(["row", "tax"]).equals(TABLE.select(["row", "tax"]))
    assert Counter(out["pay"].to_pylist()) == Counter(TABLE["pay"].to_pylist())
    assert sorted(sources(out)) == list(range(ROWS))
    assert all(source != row for row, source in enumerate(sources(out)))
    assert out["pay"].is_null().to_pylist() != TABLE["pay"].is_null().to_pylist()


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.integers(3, 60), key=st.binary(min_size=32, max_size=32))
def test_all_rows_are_on_one_ring(scratch: Path, rows: int, key: bytes) -> None:
    taken = sources(run(TABLE[:rows], scratch, ["name"], key=key, least=3))
    at, steps = taken[0], 1
    while at != 0:
        at, steps = taken[at], steps + 1
    assert steps == rows


def test_every_ring_is_as_likely(scratch: Path) -> None:
    """Chi-square over the 3! rings of four rows: 5 degrees of freedom, one draw in a million is above 35.9."""
    draws = 1_200
    keys = (number.to_bytes(32) for number in range(draws))
    rings = Counter(tuple(sources(run(TABLE.select(["name"])[:4], scratch, ["name"], key=key, least=3))) for key in keys)
    assert len(rings) == 6
    assert sum((count - draws / 6) ** 2 / (draws / 6) for count in rings.values()) < 35.9


def test_columns_of_a_group_stay_together(scratch: Path) -> None:
    columns = {"pay": {"group": "money"}, "tax": {"group": "money"}, "name": {}}
    out = run(TABLE, scratch, columns)
    pairs = list(zip(TABLE["pay"].to_pylist(), TABLE["tax"].to_pylist(), strict=True))
    assert Counter(zip(out["pay"].to_pylist(), out["tax"].to_pylist(), strict=True)) == Counter(pairs)
    with_names = zip(out["tax"].to_pylist(), out["name"].to_pylist(), strict=True)
    own = set(zip(TABLE["tax"].to_pylist(), TABLE["name"].to_pylist(), strict=True))
    assert sum(pair in own for pair in with_names) < 10
    apart = run(TABLE, scratch, ["pay", "tax"])
    assert Counter(zip(apart["pay"].to_pylist(), apart["tax"].to_pylist(), strict=True)) != Counter(pairs)


def test_the_key_and_the_rows_decide_and_the_batches_do_not(scratch: Path) -> None:
    expected = run(TABLE, scratch, cut=7)
    assert run(TABLE, scratch, cut=1).equals(expected)
    assert run(TABLE, scratch, cut=1_000).equals(expected)
    assert not run(TABLE, scratch, key=KEY[::-1]).equals(expected)
    encoded = TABLE.set_column(3, "name", TABLE["name"].dictionary_encode())
    assert run(encoded, scratch, ["name"]).equals(run(TABLE, scratch, ["name"]))


@pytest.mark.parametrize(
    "values",
    [
        ["张三", "", None],
        [1, None, -7],
        [Decimal("1.50"), None],
        [1.5, None, float("inf")],
        [True, False, None],
        [dt.date(1990, 3, 7), None],
        [dt.datetime(1990, 3, 7, 1, 2, 3), None],
    ],
    ids=["text", "integer", "decimal", "float", "boolean", "date", "datetime"],
)
def test_types(scratch: Path, values: list[Any]) -> None:
    rows = pa.table({"value": (values * 20)[:30]})
    out = run(rows, scratch, ["value"], cut=4)
    assert out.schema.equals(rows.schema)
    assert Counter(out["value"].to_pylist()) == Counter(rows["value"].to_pylist())
    assert out["value"].to_pylist() != rows["value"].to_pylist()


def test_every_column_treated_or_none(scratch: Path) -> None:
    out = run(TABLE, scratch, TABLE.column_names)
    assert {name: Counter(out[name].to_pylist()) for name in out.column_names} == {
        name: Counter(TABLE[name].to_pylist()) for name in TABLE.column_names
    }
    assert run(TABLE, scratch, []).equals(TABLE)


def test_nothing_in_nothing_out(scratch: Path) -> None:
    treatment = Treatment(columns={"pay": {}}, entities={}, key=KEY, scratch=scratch)
    assert list(shuffle.stage(iter([]), shuffle.Params(), treatment)) == []
    assert run(TABLE[:0], scratch).equals(TABLE[:0])


@pytest.mark.parametrize("rows", [1, 2, 19])
def test_too_few_rows(scratch: Path, rows: int) -> None:
    with pytest.raises(DataError, match=rf"shuffle\.too_few.*\({rows} value"):
        run(TABLE[:rows], scratch)


def test_two_rows_are_never_enough(scratch: Path) -> None:
    with pytest.raises(ValueError, match="least is 3"):
        run(TABLE, scratch, least=2)


def test_no_treated_value_is_on_disk_and_the_others_leave_with_the_stage(scratch: Path) -> None:
    rows = pa.table({"row": [f"kept{row}" for row in range(ROWS)], "pay": [f"secret{row}" for row in range(ROWS)]})
    treatment = Treatment(columns={"pay": {}}, entities={}, key=KEY, scratch=scratch)
    flow = shuffle.stage(iter(rows.to_batches(max_chunksize=50)), shuffle.Params(), treatment)
    next(flow)
    (file,) = scratch.iterdir()
    with pa.ipc.open_stream(file) as stream:
        assert stream.schema.names == ["row"]
    assert b"secret" not in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0
    assert len(list(flow)) == 3
    assert list(scratch.iterdir()) == []


def test_says_what_it_gives() -> None:
    assert shuffle.output("decimal(9,2)", group="money") == "decimal(9,2)"
    assert shuffle.reveals("INCOME", group="money") == Disclosure(Form.COARSE, parts=frozenset({"shuffled"}))
