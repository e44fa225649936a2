"""Laws of the checks, and how many look-alikes pass: the rates a column's threshold is built on."""

from __future__ import annotations

import random

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.identifiers import (
    bank_card,
    business_reg_no,
    disability_cert,
    foreign_residence,
    landline,
    mobile,
    org_code,
    resident_id,
    resident_id_15,
    student_number,
    uscc,
    uscc_sole_trader,
    vin,
)

ONE_CHANGE_IS_FOUND = (resident_id, bank_card, uscc, uscc_sole_trader, org_code, business_reg_no)
FEW = settings(max_examples=40)


def share(kind: object, texts: list[str]) -> float:
    flags = kind.check(pa.array(texts))  # type: ignore[attr-defined]
    return flags.true_count / len(texts)


@pytest.mark.parametrize("kind", ONE_CHANGE_IS_FOUND, ids=lambda kind: kind.__name__.rpartition(".")[2])
@given(seed=st.integers(0, 10_000), place=st.integers(0, 30), step=st.integers(1, 9))
@FEW
def test_one_changed_digit_is_found(kind: object, seed: int, place: int, step: int) -> None:
    number = kind.compact(kind.generate(random.Random(seed)))  # type: ignore[attr-defined]
    place %= len(number)
    if number[place].isdigit():
        changed = number[:place] + str((int(number[place]) + step) % 10) + number[place + 1 :]
        assert not kind.is_valid(changed)  # type: ignore[attr-defined]


@given(seed=st.integers(0, 10_000), place=st.integers(0, 16))
@FEW
def test_two_swapped_digits_of_a_citizen_number_are_found(seed: int, place: int) -> None:
    number = resident_id.generate(random.Random(seed))
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert swapped == number or not resident_id.is_valid(swapped)


@given(seed=st.integers(0, 10_000), place=st.integers(0, 16), step=st.integers(1, 9))
@FEW
def test_one_changed_digit_of_a_carried_number_is_found(seed: int, place: int, step: int) -> None:
    chance = random.Random(seed)
    for carry in (lambda number: f"{number}43", lambda number: f"G{number}"):
        number = resident_id.generate(chance)
        changed = number[:place] + str((int(number[place]) + step) % 10) + number[place + 1 :]
        assert not disability_cert.is_valid(carry(changed))
        assert not student_number.is_valid(carry(changed))


def test_every_segment_of_mobiles_is_made_and_no_other_is_taken() -> None:
    chance = random.Random(1)
    assert {mobile.generate(chance)[:3] for _ in range(2_000)} == set(mobile.SEGMENTS)
    taken = {f"{prefix:03d}" for prefix in range(1000) if mobile.is_valid(f"{prefix:03d}12345678")}
    assert taken == set(mobile.SEGMENTS)


def test_case_numbers_pass_as_citizen_numbers_one_in_eleven() -> None:
    """Place + day + sequence is a citizen number but for its check: a column of them stays far below any threshold."""
    chance = random.Random(2)
    cases = [f"110105{2015 + chance.randrange(10)}{chance.randint(1, 12):02d}{chance.randint(1, 28):02d}{n % 10_000:04d}" for n in range(20_000)]
    assert 0.06 < share(resident_id, cases) < 0.12


def test_numbers_of_eighteen_digits_pass_as_nothing() -> None:
    chance = random.Random(3)
    orders = [f"{chance.randrange(10**17, 10**18)}" for _ in range(50_000)]
    assert share(resident_id, orders) < 0.0005
    assert share(foreign_residence, orders) < 0.0005
    assert share(bank_card, orders) < 0.003
    stamped = [f"20240105{chance.randrange(10**10):010d}" for _ in range(20_000)]
    assert share(resident_id, stamped) == 0


def test_citizen_numbers_pass_as_nothing_else() -> None:
    """One in thirty holds the check of a unified code; what is a citizen number is never taken for a business's."""
    chance = random.Random(4)
    numbers = [resident_id.generate(chance) for _ in range(20_000)]
    assert share(uscc, numbers) == 0
    assert share(bank_card, numbers) == 0
    assert share(foreign_residence, numbers) == 0


def test_card_numbers_without_a_check_pass_one_in_ten() -> None:
    chance = random.Random(5)
    assert 0.09 < share(bank_card, [f"62{chance.randrange(10**17):017d}" for _ in range(20_000)]) < 0.11


def test_a_registration_number_is_not_a_citizen_number() -> None:
    chance = random.Random(6)
    registrations = [business_reg_no.generate(chance) for _ in range(20_000)]
    assert share(business_reg_no, registrations) == 1
    assert share(resident_id_15, registrations) == 0
    persons = [resident_id_15.generate(chance) for _ in range(5_000)]
    assert share(business_reg_no, persons) == 0


def test_serial_and_time_numbers_are_no_mobiles_or_landlines() -> None:
    stamps = [str(1_700_000_000_000 + n * 7919) for n in range(1_000)]
    serials = [f"2024{n:08d}" for n in range(1_000)]
    codes = [f"{20_000_000 + n}" for n in range(1_000)]
    for texts in (stamps, serials, codes):
        assert share(mobile, texts) == 0
        assert share(landline, texts) == 0


def test_digits_alone_are_no_vin() -> None:
    chance = random.Random(8)
    assert share(vin, [f"{chance.randrange(10**16, 10**17)}" for _ in range(5_000)]) == 0
