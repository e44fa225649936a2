"""Every anatomy: its parts make up a whole value, its words are known, what it counts never grows with what shows."""

from __future__ import annotations

import re
from types import ModuleType

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai import plugins, rules
from gongkai.disclosure import Disclosure, Form
from gongkai.identifiers import anatomy
from gongkai.project import SHIPPED

NAMES = plugins.modules("gongkai.identifiers.anatomy")
COUNTED = [name for name in NAMES if hasattr(anatomy.module(name), "remaining")]
VALUES = {
    "resident_id": ("CN_ID_CARD", "110101199003281230", ["11", "01", "01", "1990", "03", "28", "12", "3", "0"]),
    "phone": ("PHONE", "13812345678", ["138", "1234", "5678"]),
    "bank_card": ("BANK_ACCOUNT", "6222021234567890", ["622202", "123456789", "0"]),
    "vehicle_plate": ("VEHICLE_PLATE", "桂A12345", ["桂", "A", "12345"]),
    "vin": ("VIN", "LSVAA4182E2184847", ["LSV", "AA418", "2", "E", "2", "184847"]),
    "id_document": ("ID_DOC_NO", "E12345678", ["E", "12345678"]),
    "sole_trader": ("USCC_SOLE_TRADER", "92450900MA5K0AAA00", ["92", "450900", "MA5K0AAA0", "0"]),
    "person_name": ("PERSON_NAME", "欧阳震华", ["欧阳", "震华"]),
    "email": ("EMAIL", "zhang.san@example.com", ["zhang.san", "@example.com"]),
    "division": ("ADDRESS_REGION", "370102", ["37", "01", "02"]),
    "birth_date": ("DATE_OF_BIRTH", "1990-03-07", ["1990", "-03", "-07"]),
}


@pytest.fixture(params=NAMES)
def module(request: pytest.FixtureRequest) -> ModuleType:
    return anatomy.module(request.param)


def test_each_says_what_it_is(module: ModuleType) -> None:
    assert re.search("[\u4e00-\u9fff]", module.TITLE)
    assert set(rules.load(SHIPPED).entities) >= module.ENTITIES
    names = [part.name for part in module.PARTS]
    assert len(set(names)) == len(names)
    assert all(set(parts) <= set(names) and word not in names for word, parts in module.GROUPS.items())


def test_no_entity_is_made_of_two_things() -> None:
    claimed = [entity for name in NAMES for entity in anatomy.module(name).ENTITIES]
    assert len(set(claimed)) == len(claimed)


@pytest.mark.parametrize("name", NAMES)
def test_a_value_is_all_of_its_parts(name: str) -> None:
    entity, value, expected = VALUES[name]
    found = pc.extract_regex(pa.array([value]), f"^{anatomy.pattern(entity, SHIPPED)}$").to_pylist()[0]
    assert list(found.values()) == expected
    assert "".join(found.values()) == value


@pytest.mark.parametrize("name", COUNTED)
def test_what_shows_more_leaves_less(name: str) -> None:
    entity = VALUES[name][0]
    module = anatomy.module(name)
    length = module.LENGTHS[entity][0]
    counts = []
    for shown in range(length + 1):
        seen = anatomy.shown(entity, Disclosure(Form.PART, 0, shown))
        assert seen is not None
        counts.append(module.remaining(seen.positions, anatomy.Facts(), SHIPPED).least)
    assert counts == sorted(counts, reverse=True)
    assert counts[0] >= 100_000
    assert counts[-1] == 1


@pytest.mark.parametrize(
    ("entity", "left", "positions"),
    [
        ("DISABILITY_CERT", Disclosure(Form.PART, 0, 4), {16, 17}),
        ("STUDENT_NO", Disclosure(Form.PART, 7, 0), {0, 1, 2, 3, 4, 5}),
        ("CN_ID_CARD", Disclosure(Form.PART, middle=((6, 10),)), {6, 7, 8, 9}),
        ("CN_ID_CARD", Disclosure(Form.ALL), set(range(18))),
        ("CN_ID_CARD", Disclosure(Form.LINK), set()),
        ("PHONE", Disclosure(Form.NOTHING), set()),
    ],
    ids=["behind an ID number", "before one", "in the middle", "whole", "pseudonym", "nothing"],
)
def test_which_characters_of_an_identifier_show(entity: str, left: Disclosure, positions: set[int]) -> None:
    seen = anatomy.shown(entity, left)
    assert seen is not None
    assert seen.positions == positions


def test_names_are_not_counted() -> None:
    assert anatomy.shown("PERSON_NAME", Disclosure(Form.ALL)) is None


@given(st.lists(st.text(alphabet="欧阳司马张三王〇龥鿿㐀𠀀ab1 ·", max_size=6)))
def test_how_many_characters_a_surname_has(names: list[str]) -> None:
    """The bytes are read as the expression reads the text."""
    column = pa.array(names, pa.string())
    module = anatomy.module("person_name")
    found = pc.extract_regex(column, f"^{anatomy.pattern('PERSON_NAME', SHIPPED)}$").to_pylist()
    assert module.leading(column, SHIPPED).to_pylist() == [None if each is None else len(each["surname"]) for each in found]
