"""The invented city: the same for the same seed, valid where it should be, and wrong where portals are wrong."""

from __future__ import annotations

import re

import numpy as np
import pytest

from gongkai.demo.people import credit_codes, people
from gongkai.demo.tables import Table, build


@pytest.fixture(scope="module")
def tables() -> dict[str, Table]:
    return build()


def test_a_seed_makes_one_city(tables: dict[str, Table]) -> None:
    assert build() == tables
    assert build(seed=2)["hrss-card-holders"] != tables["hrss-card-holders"]


@pytest.mark.parametrize(
    ("code", "column"),
    [
        ("hrss-card-holders", "card_no"),
        ("hrss-training-subsidies", "subsidy_no"),
        ("market-business-licences", "统一社会信用代码"),
        ("housing-rental-tenants", "合同编号"),
        ("housing-historic-buildings", "编号"),
    ],
)
def test_keys_stand_once(tables: dict[str, Table], code: str, column: str) -> None:
    cells = tables[code][column]
    assert len(set(cells)) == len(cells)


DEFECTS = [
    ("masked in the source", "hrss-card-holders", "mobile", r"1[0-9]{2}\*{8}"),
    ("masked another way", "hrss-card-holders", "mobile", r"[0-9]{6}\*{5}[0-9]"),
    ("ten digits", "hrss-card-holders", "mobile", r"1[0-9]{9}"),
    ("spaces", "hrss-card-holders", "mobile", r"1[0-9]{2} [0-9]{4} [0-9]{4}"),
    ("country code", "hrss-card-holders", "mobile", r"\+86 1[0-9]{10}"),
    ("full width", "hrss-card-holders", "mobile", r"[０-９]{11}"),
    ("the word None", "hrss-card-holders", "mobile", "None"),
    ("small x", "hrss-card-holders", "id_number", r"[0-9]{17}x"),
    ("15 digits", "hrss-card-holders", "id_number", r"[0-9]{15}"),
    ("blanks", "hrss-card-holders", "id_number", r" [0-9X]{18}　"),
    ("the word null", "hrss-card-holders", "id_number", "null"),
    ("empty", "hrss-card-holders", "id_number", ""),
    ("leading zero", "hrss-card-holders", "service_point", "011"),
    ("compact date", "hrss-card-holders", "birth_date", r"[0-9]{8}"),
    ("Chinese date", "hrss-card-holders", "birth_date", r"[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日"),
    ("Excel's serial day", "hrss-training-subsidies", "paid_on", r"4[0-9]{4}"),
    ("18 digits that are no ID number", "hrss-training-subsidies", "subsidy_no", r"2026[0-9]{14}"),
    ("thousands separators", "hrss-training-subsidies", "amount", r"[0-9],[0-9]{3}\.[0-9]{2}"),
    ("a trade mark null", "market-food-inspections", "商标", "null"),
    ("a trade mark 0", "market-food-inspections", "商标", "0"),
    ("two lines", "housing-construction-permits", "建设规模", r"[^\n]+\n[^\n]+"),
    ("a mobile in a remark", "housing-property-services", "备注", r".*1[3-9][0-9]{9}"),
]


@pytest.mark.parametrize(("code", "column", "shape"), [row[1:] for row in DEFECTS], ids=[row[0] for row in DEFECTS])
def test_what_is_wrong_with_real_tables_is_in_these(tables: dict[str, Table], code: str, column: str, shape: str) -> None:
    assert any(cell is not None and re.fullmatch(shape, cell) for cell in tables[code][column])


def test_some_id_numbers_fail_their_check_digit(tables: dict[str, Table]) -> None:
    numbers = [cell for cell in tables["hrss-card-holders"]["id_number"] if cell and re.fullmatch("[0-9]{17}[0-9X]", cell)]
    wrong = [number for number in numbers if not _checks(number)]
    assert 0 < len(wrong) < len(numbers) / 100


def test_missing_is_not_empty(tables: dict[str, Table]) -> None:
    cells = tables["market-business-licences"]["电子邮箱"]
    assert None in cells
    assert "" in cells


def test_whole_rows_stand_twice(tables: dict[str, Table]) -> None:
    rows = list(zip(*tables["market-food-inspections"].values(), strict=True))
    assert len(rows) > len(set(rows)) == 6000


def test_id_numbers_and_cards_prove_themselves() -> None:
    folk = people(np.random.default_rng(3), 500)
    assert all(map(_checks, folk.id_number))
    assert all(map(_luhn, folk.bank_card))
    assert [number[6:14] for number in folk.id_number] == [f"{birth:%Y%m%d}" for birth in folk.birth]
    assert [("女", "男")[int(number[16]) % 2] for number in folk.id_number] == folk.sex


def test_credit_codes_prove_themselves() -> None:
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    for code in credit_codes(np.random.default_rng(3), np.array(["459901"] * 500)):
        total = sum(alphabet.index(letter) * pow(3, place, 31) for place, letter in enumerate(code[:17]))
        assert alphabet[-total % 31] == code[17]
        organisation = sum(int(digit) * weight for digit, weight in zip(code[8:16], (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
        assert code[16] == "0X987654321"[organisation % 11]


def _checks(number: str) -> bool:
    return sum((10 if letter == "X" else int(letter)) * 2 ** (17 - place) for place, letter in enumerate(number)) % 11 == 1


def _luhn(card: str) -> bool:
    digits = [int(digit) for digit in reversed(card)]
    return (sum(digits[::2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])) % 10 == 0
