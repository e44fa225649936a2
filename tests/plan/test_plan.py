"""Decisions before the first row: what an entry may ask for, and what the live source must still be."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from gongkai import plan, rules
from gongkai.errors import DataError
from gongkai.registry.entry import Entry
from gongkai.schema import SourceColumn

CARD = {"name": "证号", "title": "身份证号", "entity": "CN_ID_CARD", "method": "mask", "params": {"keep": [6, 0]}}
AMOUNT = {"name": "金额", "title": "金额", "type": "decimal(12,2)", "entity": "NONE", "method": "keep"}


def entry(*columns: dict[str, Any], opening: str = "unconditional", **source: Any) -> Entry:
    return Entry.model_validate(
        {
            "code": "test-plan",
            "title": "测试",
            "department": "test",
            "category": "测试",
            "provider": {"name": "测试局", "code": "114509000000000000"},
            "abstract": "测试",
            "format": "数据库",
            "sharing": {"type": "unconditional"},
            "opening": {"type": opening, "conditions": "仅供科研"},
            "update": {"frequency": "daily"},
            "issued": "2026-11-01",
            "licence": {"name": "测试许可"},
            "contact": {"unit": "测试", "name": "测试"},
            "source": source or {"kind": "file", "path": "a.csv"},
            "columns": list(columns),
        }
    )


def resolve(*columns: dict[str, Any], live: list[tuple[str, str]]) -> plan.Plan:
    columns_now = [SourceColumn(name, native) for name, native in live]
    return plan.resolve(entry(*columns), columns_now, rules.load(), rules_digest="r")


FAULTS = [
    ("keep_an_id", CARD | {"method": "keep", "params": {}}, "unconditional", "columns[0].method", "forbids keep"),
    ("last_four_to_everybody", CARD | {"params": {"keep": [0, 4]}}, "unconditional", "columns[0].params", "at most 6 leading and 0"),
    ("seven_to_anybody", CARD | {"params": {"keep": [7, 0]}}, "conditional", "columns[0].params", "at most 6 leading and 4"),
    ("unknown_method", CARD | {"method": "maks"}, "unconditional", "columns[0].method", "'mask'"),
    ("missing_parameter", CARD | {"params": {}}, "unconditional", "columns[0].params", "give either keep"),
    ("wrong_parameter", CARD | {"params": {"kepe": [6, 0]}}, "unconditional", "columns[0].params.kepe", "did you mean 'keep'"),
    ("wrong_part", CARD | {"params": {"show": ["surname"]}}, "unconditional", "columns[0].params", "birth_year"),
    ("part_not_allowed", CARD | {"params": {"show": ["region", "sequence"]}}, "conditional", "columns[0].params.show", "shows order"),
    ("redact_names", {"name": "姓名", "title": "姓名", "entity": "PERSON_NAME", "method": "redact_text"}, "unconditional", "columns[0].method", "recognises nothing"),
    ("mask_a_number", AMOUNT | {"method": "mask", "params": {"keep": [1, 0]}}, "unconditional", "columns[0].method", "takes no decimal"),
]  # fmt: skip


@pytest.mark.parametrize(("column", "opening", "key", "words"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS])
def test_faults(column: dict[str, Any], opening: str, key: str, words: str) -> None:
    (fault,) = plan.faults(entry(column, opening=opening), rules.load(), "a.yml")
    assert (fault.file, fault.key) == ("a.yml", key)
    assert words in f"{fault.problem} {fault.remedy}"


def test_a_sound_entry_has_no_fault() -> None:
    assert plan.faults(entry(CARD, AMOUNT), rules.load(), "a.yml") == []
    conditional = CARD | {"params": {"keep": [6, 4]}}
    assert plan.faults(entry(conditional, opening="conditional"), rules.load(), "a.yml") == []


def test_running_text_is_redacted() -> None:
    remarks = {"name": "备注", "title": "备注", "entity": "FREE_TEXT", "method": "redact_text"}
    assert plan.faults(entry(remarks), rules.load(), "a.yml") == []


def test_a_plan_knows_its_output_before_a_row() -> None:
    decided = resolve(CARD, AMOUNT, live=[("证号", "text"), ("金额", "numeric")])
    assert decided.output_schema() == pa.schema([("证号", pa.string()), ("金额", pa.decimal128(12, 2))])


@pytest.mark.parametrize(
    ("live", "told"),
    [
        ([("证号", "text"), ("金额", "numeric"), ("备注", "text")], r"schema\.new_column: .* \(column 备注\)"),
        ([("证号", "text")], r"schema\.vanished_column: .* \(column 金额\)"),
    ],
    ids=["new", "vanished"],
)
def test_a_drifted_source_stops(live: list[tuple[str, str]], told: str) -> None:
    with pytest.raises(DataError, match=told):
        resolve(CARD, AMOUNT, live=live)


def test_the_hash_names_the_decisions() -> None:
    live = [("证号", "text"), ("金额", "numeric")]
    decided = resolve(CARD, AMOUNT, live=live)
    assert decided.hash == resolve(CARD, AMOUNT, live=[("金额", "real"), ("证号", "text")]).hash
    assert decided.hash != resolve(CARD | {"params": {"keep": [5, 0]}}, AMOUNT, live=live).hash
    assert plan.Plan.parse(decided.document()).hash == decided.hash
