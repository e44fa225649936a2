"""Other people's implementations and ours agree, but for what theirs are known not to know."""

from __future__ import annotations

import ipaddress
import random

import phonenumbers
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.cn import ric
from stdnum.cn import uscc as stdnum_uscc
from stdnum.iso7064 import mod_11_2, mod_11_10

from gongkai.identifiers import _checksums, bank_card, email, ipv4, ipv6, landline, mobile, resident_id, uscc, uscc_sole_trader

FEW = settings(max_examples=100)


@given(digits=st.from_regex("[0-9]{17}", fullmatch=True))
@FEW
def test_check_characters_are_those_of_the_standards(digits: str) -> None:
    assert _checksums.check_11_2(digits) == mod_11_2.calc_check_digit(digits)
    assert _checksums.check_11_10(digits) == mod_11_10.calc_check_digit(digits)
    assert _checksums.with_luhn(digits)[-1] == luhn.calc_check_digit(digits)
    assert _checksums.check_31(digits) == stdnum_uscc.calc_check_digit(digits)


def test_citizen_numbers_of_counties_it_knows_hold_by_stdnum_too() -> None:
    """It knows counties by their years and falls over some of them; dates in the future it takes."""
    chance = random.Random(1)
    agreed = 0
    for _ in range(300):
        birth = f"{chance.randint(2005, 2020)}{chance.randint(1, 12):02d}{chance.randint(1, 28):02d}"
        body = f"{chance.choice(('110105', '440308', '330106', '510107', '650102'))}{birth}{chance.randrange(1000):03d}"
        number = body + chance.choice((_checksums.check_11_2(body), "1", "X"))
        assert resident_id.is_valid(number) == ric.is_valid(number)
        agreed += resident_id.is_valid(number)
    assert 100 < agreed < 250


def test_unified_codes_hold_by_stdnum_too() -> None:
    chance = random.Random(2)
    codes = [kind.generate(chance) for kind in (uscc, uscc_sole_trader) for _ in range(200)]
    assert all(stdnum_uscc.is_valid(code) for code in codes if code[0].isdigit())
    spoiled = [code[:-1] + chance.choice(_checksums.LETTERS_31) for code in codes]
    assert not [code for code in spoiled if uscc.is_valid(code) and code[0].isdigit() and not stdnum_uscc.is_valid(code)]


def test_card_numbers_hold_by_stdnum_too() -> None:
    chance = random.Random(3)
    assert all(luhn.is_valid(bank_card.generate(chance)) for _ in range(300))


def test_every_mobile_range_of_phonenumbers_is_ours() -> None:
    """Ours has three more segments, of data cards (146, 148, 149), and takes 174 whole."""
    chance = random.Random(4)
    theirs = set()
    for prefix in range(1000, 2000):
        for _ in range(2):
            text = f"{prefix}{chance.randrange(10**7):07d}"
            if phonenumbers.number_type(phonenumbers.parse(text, "CN")) == phonenumbers.PhoneNumberType.MOBILE:
                theirs.add(text[:4])
                if prefix // 10 != 161:
                    assert mobile.is_valid(text)
    assert {prefix[:3] for prefix in theirs} <= set(mobile.SEGMENTS)
    assert set(mobile.SEGMENTS) - {prefix[:3] for prefix in theirs} == {"146", "148", "149"}


def test_landlines_we_make_are_landlines_to_phonenumbers() -> None:
    chance = random.Random(5)
    for _ in range(300):
        area, own, _ = landline._split(landline.compact(landline.generate(chance)))
        number = phonenumbers.parse(area + own, "CN")
        assert phonenumbers.is_valid_number(number)
        assert phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.FIXED_LINE


@given(address=st.one_of(st.ip_addresses(v=6).map(str), st.ip_addresses(v=6).map(lambda address: address.exploded), st.text("0123456789abcdefABCDEF:.", max_size=24)))
@settings(max_examples=200)
def test_network_addresses_are_those_of_the_standard_library(address: str) -> None:
    def holds(kind: type) -> bool:
        try:
            kind(address)
        except ValueError:
            return False
        return True

    assert ipv6.is_valid(address) == holds(ipaddress.IPv6Address)
    assert ipv4.is_valid(address) == holds(ipaddress.IPv4Address)
    assert ipv6.check(pa.array([address])).to_pylist() == [ipv6.is_valid(address)]


@given(address=st.ip_addresses(v=4).map(str))
@FEW
def test_ipv4_takes_every_address(address: str) -> None:
    assert ipv4.is_valid(address)


@given(address=st.emails(domains=st.just("example.com")))
@FEW
def test_ordinary_addresses_of_e_mail_are_taken(address: str) -> None:
    local = address.partition("@")[0]
    if all(letter.isalnum() or letter in "._%+-" for letter in local):
        assert email.is_valid(address)
