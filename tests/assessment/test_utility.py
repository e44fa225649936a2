"""What a method took, measured on columns whose loss is known."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gongkai.assessment import utility
from gongkai.counts import Counts
from gongkai.keys import Key
from gongkai.pipeline import desensitization
from gongkai.plan import ColumnPlan, Plan, contract
from gongkai.project import SHIPPED

KEY = Key("default", 1, bytes(range(32)))


def plan_of(method: str, logical: str = "text", **params: Any) -> Plan:
    left = contract.load(SHIPPED, method).reveals("NONE", params)
    column = ColumnPlan("c", "c", "列", logical, logical, "NONE", "general_1", method, params, (), False, None, "plain", left)
    return Plan("test", "测试", "r", "u", (column,), (), False, "default")


def lost(tmp_path: Path, plan: Plan, values: list[str | None], cut: int = 7) -> dict[str, Any]:
    """The values in batches of ``cut`` rows."""
    batches = [pa.record_batch({"c": pa.array(values[at : at + cut], pa.string())}) for at in range(0, len(values), cut)]
    measured = utility.Utility(SHIPPED, plan)
    out = list(measured.around(desensitization.stage(SHIPPED, plan, KEY, Counts()))(iter(batches)))
    pq.write_table(pa.Table.from_batches(out, plan.output_schema()), tmp_path / "staged.parquet")
    found: dict[str, Any] = measured.document(tmp_path / "staged.parquet", tmp_path)["c"]
    return found


NUMBERS = [str(number) for number in range(100)]
KNOWN: list[tuple[str, Plan, list[str | None], dict[str, Any]]] = [
    ("nothing", plan_of("keep", "integer"), [*NUMBERS], {"kept": 1.0, "hidden": 0.0, "moved": 0.0}),
    ("everything", plan_of("suppress"), [*NUMBERS], {"kept": 0.0, "hidden": 1.0, "moved": None}),
    ("the last digit", plan_of("round", "integer", to=10), [*NUMBERS], {"kept": round(math.log(11) / math.log(100), 4)}),
    ("nothing but the name", plan_of("pseudonymize"), [*NUMBERS], {"kept": 1.0, "hidden": 0.0}),
    ("half of them", plan_of("top_code", "integer", top=50), [*NUMBERS], {"moved": 0.49, "hidden": 0.0}),
    ("what was not there", plan_of("suppress"), [None, "a", None, "a"], {"hidden": 1.0}),
]


@pytest.mark.parametrize(("plan", "values", "expected"), [row[1:] for row in KNOWN], ids=[row[0] for row in KNOWN])
def test_known_losses(tmp_path: Path, plan: Plan, values: list[str | None], expected: dict[str, Any]) -> None:
    found = lost(tmp_path, plan, values)
    if "to" in plan.columns[0].params:  # eleven tens, the first and the last of them half as many
        assert found["kept"] == pytest.approx(expected["kept"], abs=0.01)
        return
    assert {name: found[name] for name in expected} == expected


def test_no_row_and_no_value(tmp_path: Path) -> None:
    assert lost(tmp_path, plan_of("keep"), []) == {"kept": None, "hidden": None, "moved": None}
    assert lost(tmp_path, plan_of("suppress"), [None, None])["hidden"] == 0.0


def test_of_many_rows_an_even_share_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as are held, however many there are, and the same numbers come out of them."""
    monkeypatch.setattr(utility, "ROWS", 500)
    values = [str(number % 1000) for number in range(20_000)]
    measured = utility.Utility(SHIPPED, plan_of("round", "integer", to=100))
    stage = measured.around(desensitization.stage(SHIPPED, plan_of("round", "integer", to=100), KEY, Counts()))
    for _ in stage(pa.record_batch({"c": values[at : at + 333]}) for at in range(0, len(values), 333)):
        assert measured._held <= 1000 + 333
    pq.write_table(pa.table({"c": [1]}), tmp_path / "staged.parquet")
    assert measured.document(tmp_path / "staged.parquet", tmp_path)["c"]["moved"] == pytest.approx(0.05, abs=0.02)
