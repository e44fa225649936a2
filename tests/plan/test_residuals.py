"""What several columns tell together, counted before a row is read: the numbers of the literature, and what is refused for them."""

from __future__ import annotations

from typing import Any

import pytest
from tests.plan.columns import entry

from gongkai import plan
from gongkai.project import SHIPPED
from gongkai.risk.disclosure import residuals

ENDS = {"name": "id", "title": "身份证号", "entity": "CN_ID_CARD", "method": "mask", "params": {"keep": [6, 4]}}
YEAR = {"name": "born", "title": "出生年", "entity": "DATE_OF_BIRTH", "method": "generalize_date", "params": {"to": "year"}}
MONTH = YEAR | {"params": {"to": "month"}}
AGE = {"name": "age", "title": "年龄段", "type": "integer", "entity": "AGE", "method": "bucket", "params": {"width": 10}}
SEX = {"name": "sex", "title": "性别", "entity": "GENDER", "method": "keep",
       "unmasked": {"basis": "某条例第1条", "by": "某人", "until": "2099-01-01"}}  # fmt: skip
COUNTY = {"name": "place", "title": "区划", "entity": "ADDRESS_REGION", "method": "generalize_region", "params": {"to": "county"}}
SOCIAL = {"name": "card", "title": "社保号", "entity": "SOCIAL_SECURITY_NO", "method": "mask", "params": {"show": ["birth_year"]}}
PHONE = {"name": "phone", "title": "电话", "entity": "PHONE", "method": "mask", "params": {"keep": [3, 4]}}


def faults(*columns: dict[str, Any], opening: str = "conditional") -> list[str]:
    return [f"{fault.key}: {fault.problem}" for fault in plan.faults(SHIPPED, entry(*columns, opening=opening), "a.yml")]


def left(*columns: dict[str, Any]) -> dict[str, int]:
    told = plan.foreseen(entry(*columns).published, SHIPPED)
    return {each.identifier: each.remaining.least for each in residuals(told, SHIPPED)}


@pytest.mark.parametrize(
    ("columns", "least"),
    [
        ([ENDS], 3018),
        ([ENDS, YEAR], 32),
        ([ENDS, MONTH], 2),
        ([ENDS, AGE], 362),
        ([ENDS | {"params": {"keep": [6, 0]}}, YEAR, SEX], 182_500),
        ([ENDS | {"params": {"keep": [6, 0]}}], 33_238_000),
        ([ENDS | {"params": {"show": ["region", "birth_year", "sex"]}}], 36_500),
    ],
    ids=["ends", "and year", "and month", "and ten years of age", "six, year and sex", "six", "parts"],
)
def test_an_id_number(columns: list[dict[str, Any]], least: int) -> None:
    assert left(*columns)["resident_id"] == least


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ([ENDS, YEAR], "characters 1-6, 15-18 of 公民身份号码 beside born leave 32 numbers, the policy wants 330"),
        ([ENDS, MONTH], "beside born leave 2 numbers"),
        ([ENDS | {"params": {"keep": [3, 4]}}, MONTH, COUNTY, SEX], "beside born, place, sex leave 2 numbers"),
    ],
    ids=["year", "month", "month, county, sex"],
)
def test_the_unsafe_ones_are_refused(columns: list[dict[str, Any]], told: str) -> None:
    (fault,) = faults(*columns)
    assert fault.startswith("columns[0].params: ")
    assert told in fault


def test_safe_ones_pass() -> None:
    assert faults(ENDS) == []
    assert faults(ENDS, AGE) == []
    assert faults(ENDS | {"params": {"keep": [6, 0]}}, YEAR, SEX, COUNTY | {"params": {"to": "city"}}, opening="unconditional") == []


def test_masks_of_one_number_in_two_columns_add_up() -> None:
    whole_tail = ENDS | {"name": "card_no", "entity": "TAX_NO", "params": {"keep": [6, 0]}}
    fault, *rest = faults(ENDS | {"params": {"keep": [0, 4]}}, whole_tail, YEAR)
    assert not rest
    assert "id, card_no together: characters 1-6, 15-18 of 公民身份号码 beside born leave 32 numbers" in fault


def test_columns_of_another_person_tell_nothing_of_this_one() -> None:
    assert faults(ENDS, YEAR | {"subject": "监护人"}) == []
    assert len(faults(ENDS | {"subject": "监护人"}, YEAR | {"subject": "监护人"})) == 1


def test_a_phone_in_a_known_city_is_one_of_thirty() -> None:
    assert left(PHONE)["phone"] == 10_000
    assert left(PHONE, COUNTY)["phone"] == 30
    assert faults(PHONE, COUNTY) == []


def test_a_pseudonym_tells_nothing() -> None:
    assert left(ENDS | {"method": "pseudonymize", "params": {}}, YEAR) == {}


def test_a_closed_dataset_is_not_asked() -> None:
    assert faults(ENDS, YEAR, opening="closed") == []


UNMASKED = [
    ("without a basis", {"unmasked": None}, "columns[0].unmasked: is missing, yet GENDER is published as it is"),
    ("expired", {"unmasked": {"basis": "某条例", "by": "某人", "until": "2020-01-01"}}, "columns[0].unmasked.until: has passed"),
]


@pytest.mark.parametrize(("change", "told"), [row[1:] for row in UNMASKED], ids=[row[0] for row in UNMASKED])
def test_what_is_published_as_it_is_stands_on_a_law(change: dict[str, Any], told: str) -> None:
    (fault,) = faults(SEX | change)
    assert told in fault


def test_what_is_about_nobody_needs_no_law() -> None:
    assert faults({"name": "a", "title": "金额", "entity": "NONE", "method": "keep"}) == []
