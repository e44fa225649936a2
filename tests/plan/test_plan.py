"""Decisions before the first row: what an entry may ask for, and what the live source must still be."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from tests.plan.columns import AMOUNT, CARD, entry, resolve

from gongkai import plan
from gongkai.errors import DataError
from gongkai.project import SHIPPED

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
    (fault,) = plan.faults(SHIPPED, entry(column, opening=opening), "a.yml")
    assert (fault.file, fault.key) == ("a.yml", key)
    assert words in f"{fault.problem} {fault.remedy}"


def test_a_sound_entry_has_no_fault() -> None:
    assert plan.faults(SHIPPED, entry(CARD, AMOUNT), "a.yml") == []
    conditional = CARD | {"params": {"keep": [6, 4]}}
    assert plan.faults(SHIPPED, entry(conditional, opening="conditional"), "a.yml") == []


def test_running_text_is_redacted() -> None:
    remarks = {"name": "备注", "title": "备注", "entity": "FREE_TEXT", "method": "redact_text"}
    assert plan.faults(SHIPPED, entry(remarks), "a.yml") == []


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
