"""Whole-table methods in a plan: what the policy gives them, and what of an entry's own word on them is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.plan.columns import AMOUNT, entry, resolve

from gongkai import plan, rules
from gongkai.project import SHIPPED, Project

AGE = {"name": "年龄", "title": "年龄", "type": "integer", "entity": "AGE", "method": "k_anonymize", "params": {"widths": [5, 20]}}
SEX = {"name": "性别", "title": "性别", "entity": "GENDER", "method": "k_anonymize"}
COUNT = {"name": "人数", "title": "人数", "type": "integer", "entity": "NONE", "method": "small_cells"}
SUM = COUNT | {"params": {"holds": "amount"}}
PAY = COUNT | {"method": "microaggregate"}
PLACE = {"name": "区县", "title": "区县", "entity": "NONE", "method": "keep"}


def faults(given_table: dict[str, Any], *columns: dict[str, Any], **source: Any) -> list[tuple[str, str]]:
    given = entry(*columns, **source).model_copy(update={"table": given_table})
    found = plan.faults(SHIPPED, given, "a.yml")
    return [(fault.key, f"{fault.problem}: {fault.remedy}") for fault in found]


def test_the_policy_says_how_many_where_the_entry_does_not() -> None:
    decided = resolve(AGE, SEX, AMOUNT, live=[("年龄", "int"), ("性别", "text"), ("金额", "numeric")])
    (step,) = decided.steps
    demand = rules.load(SHIPPED).demand(["AGE", "GENDER", "NONE"], "unconditional")
    assert (step.method, step.columns) == ("k_anonymize", ("年龄", "性别"))
    assert (step.params["k"], step.params["suppress"]) == (demand.k, demand.suppress) == (20, 0.05)
    assert plan.Plan.parse(decided.document()) == decided


def test_what_the_entry_writes_beside_is_kept() -> None:
    assert faults({"k_anonymize": {"k": 30, "suppress": 0.01}}, AGE, SEX) == []
    assert faults({"small_cells": {"by": ["区县"]}}, PLACE, COUNT) == []


FAULTS: list[tuple[str, dict[str, Any], list[dict[str, Any]], str, str]] = [
    ("no such method", {"k_anonymise": {}}, [AMOUNT], "table.k_anonymise", "k_anonymize"),
    ("a column's method", {"mask": {}}, [AMOUNT], "table.mask", "is no method of the whole table"),
    ("treats nothing", {"k_anonymize": {}}, [AMOUNT], "table.k_anonymize", "treats no column"),
    ("unknown parameter", {"k_anonymize": {"kk": 3}}, [AGE], "table.k_anonymize.kk", "'k'"),
    ("parameter of another type", {"k_anonymize": {"k": "many"}}, [AGE], "table.k_anonymize.k", "integer"),
    ("k below the policy", {"k_anonymize": {"k": 5}}, [AGE], "table.k_anonymize.k", "20 or more"),
    ("too much lost", {"k_anonymize": {"suppress": 0.5}}, [AGE], "table.k_anonymize.suppress", "0.05 or less"),
    ("unknown sensitive column", {"k_anonymize": {"sensitive": ["病种"], "l": 2}}, [AGE], "table.k_anonymize", "年龄"),
    ("cells by nothing", {}, [COUNT], "table.small_cells.by", "missing"),
    ("cells by no column", {"small_cells": {"by": ["乡镇"]}}, [PLACE, COUNT], "table.small_cells", "区县"),
    ("cells by a treated column", {"small_cells": {"by": ["人数"]}}, [PLACE, COUNT], "table.small_cells", "by names published columns: 区县"),
    ("cells by one column twice", {"small_cells": {"by": ["区县", "区县"]}}, [PLACE, COUNT], "table.small_cells", "each once"),
    ("an amount beside no count", {"small_cells": {"by": ["区县"]}}, [PLACE, SUM], "table.small_cells", "treat a count too"),
    ("nobody to hide among", {"microaggregate": {"k": 1}}, [PAY], "table.microaggregate", "a group of one hides nobody: see the parameters of microaggregate"),
    ("nothing to deal", {"shuffle": {"least": 2}}, [PAY | {"method": "shuffle"}], "table.shuffle", "least is 3 or more"),
    ("a k that hides nobody", {"k_anonymize": {"k": 1}}, [AGE], "table.k_anonymize", "k is at least 2"),
    ("a treated column's weight", {"k_anonymize": {"weights": {"性别": 2}}}, [AGE], "table.k_anonymize", "weights are numbers above 0"),
    ("a sensitive column without l", {"k_anonymize": {"sensitive": ["金额"]}}, [AGE, AMOUNT], "table.k_anonymize", "l is at least 1"),
]


@pytest.mark.parametrize(("table", "columns", "key", "words"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS])
def test_a_wrong_parameter_is_refused_with_the_right_ones(
    table: dict[str, Any], columns: list[dict[str, Any]], key: str, words: str
) -> None:
    ((where, told),) = faults(table, *columns)
    assert where == key
    assert words in told


def test_new_rows_alone_are_no_table() -> None:
    source = {"kind": "sql", "connection": "c", "table": "t", "load": {"mode": "incremental", "watermark": "年龄"}}
    assert any("cannot treat the new rows alone" in told for _, told in faults({}, AGE, **source))


def test_a_file_that_is_no_whole_method_is_a_fault_and_tells_nothing(home: Path) -> None:
    (home / "transforms").mkdir()
    (home / "transforms" / "deal.py").write_text('TITLE = "发牌"\ndef stage(batches): ...\n', "utf-8")
    project, given = Project.at(home), entry(PLACE | {"method": "deal"})
    told = [str(fault) for fault in plan.faults(project, given, "")]
    assert told == ["columns[0].method: deal has no TYPES, reveals, Params, output, broken; see CONTRIBUTING.md"]
    assert plan.foreseen(given.published, project) == []
