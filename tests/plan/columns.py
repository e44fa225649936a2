"""An entry with some columns, resolved on a live source that has them: what the tests of plans share."""

from __future__ import annotations

from typing import Any

from tests import entries

from gongkai import plan
from gongkai.columns.logical_types import SourceColumn
from gongkai.project import SHIPPED
from gongkai.registry.entry import Entry

CARD = {"name": "证号", "title": "身份证号", "entity": "CN_ID_CARD", "method": "mask", "params": {"keep": [6, 0]}}
AMOUNT = {"name": "金额", "title": "金额", "type": "decimal(12,2)", "entity": "NONE", "method": "keep"}


def entry(*columns: dict[str, Any], opening: str = "unconditional", **source: Any) -> Entry:
    return entries.entry(
        code="test-plan",
        department="test",
        opening={"type": opening, "conditions": "仅供科研"},
        source=source or {"kind": "file", "path": "a.csv"},
        columns=list(columns),
        formats=["csv", "json", "jsonl", "xml", "xlsx", "parquet"],
    )


def resolve(*columns: dict[str, Any], live: list[tuple[str, str]]) -> plan.Plan:
    columns_now = [SourceColumn(name, native) for name, native in live]
    return plan.resolve(SHIPPED, entry(*columns), columns_now, basis="r")
