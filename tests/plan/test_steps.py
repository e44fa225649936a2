"""Whole-table methods in a plan: what the policy gives them, and what of an entry's own word on them is refused."""

from __future__ import annotations

from typing import Any

import pytest

from gongkai import plan, rules

from .test_plan import AMOUNT, entry, resolve

AGE = {"name": "年龄", "title": "年龄", "type": "integer", "entity": "AGE", "method": "k_anonymize", "params": {"widths": [5, 20]}}
SEX = {"name": "性别", "title": "性别", "entity": "GENDER", "method": "k_anonymize"}
COUNT = {"name": "人数", "title": "人数", "type": "integer", "entity": "NONE", "method": "small_cells"}
PLACE = {"name": "区县", "title": "区县", "entity": "NONE", "method": "keep"}


def faults(given_table: dict[str, Any], *columns: dict[str, Any], **source: Any) -> list[tuple[str, str]]:
    given = entry(*columns, **source).model_copy(update={"table": given_table})
    found = plan.faults(given, rules.load(), "a.yml")
    return [(fault.key, f"{fault.problem}: {fault.remedy}") for fault in found]


def test_the_policy_says_how_many_where_the_entry_does_not() -> None:
    decided = resolve(AGE, SEX, AMOUNT, live=[("年龄", "int"), ("性别", "text"), ("金额", "numeric")])
    (step,) = decided.steps
    demand = rules.load().demand(["AGE", "GENDER", "NONE"], "unconditional")
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
    ("unknown sensitive column", {"k_anonymize": {"sensitive": ["病种"]}}, [AGE], "table.k_anonymize", "年龄"),
    ("cells by nothing", {}, [COUNT], "table.small_cells.by", "missing"),
    ("cells by no column", {"small_cells": {"by": ["乡镇"]}}, [PLACE, COUNT], "table.small_cells", "区县"),
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
