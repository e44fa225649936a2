"""Citizen identification number of 15 digits 十五位身份证号 (before 1999): 6 place + 6 birth (YYMMDD, 19YY) + 3 sequence.

It has no check digit. One in ten passes the check of a business registration number, which is as long (`business_reg_no`);
such a number is taken for a registration and not for a person.

>>> validate("110105 491231 003")
'110105491231003'
>>> validate("110105490230002")
Traceback (most recent call last):
    ...
gongkai.identifiers._errors.InvalidIdentifier: holds a date that is not a day from 1900 until today
"""

from __future__ import annotations

import random

import pyarrow as pa

from gongkai.identifiers import _checksums, _dates, _digits, _provinces, _text, resident_id
from gongkai.identifiers._errors import demand, passes
from gongkai.identifiers._types import Boundary, Bytes, Evidence, Flags

TITLE = "十五位身份证号"
ENTITY = "CN_ID_CARD"
EVIDENCE: Evidence = "shape"
FIND = (
    "(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])[0-9]{4}[ -]?"
    "[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[ -]?[0-9]{3}"
)
BOUNDARY: Boundary = "number"
CONTEXT = resident_id.CONTEXT


compact = _text.compact


def validate(text: str) -> str:
    """The compact number; InvalidIdentifier says why it is none."""
    number = compact(text)
    demand(len(number) == 15, "length")
    demand(number.isascii() and number.isdigit(), "shape")
    demand(number[:2] in _provinces.PROVINCES, "component")
    demand(_dates.is_birth(f"19{number[6:12]}"), "date")
    demand(_checksums.check_11_10(number[:14]) != number[14], "checksum")
    return number


is_valid = passes(validate)


def check(column: pa.Array) -> pa.Array:
    """Which values are such numbers; null stays null.

    >>> check(pa.array(["110105491231003", "110105490230002", None])).to_pylist()
    [True, False, None]
    """
    return _digits.judge(column, {15: _holds})


def generate(random: random.Random) -> str:
    """Any valid number."""
    while True:
        region = random.choice(_provinces.CODES) + f"{random.randrange(10_000):04d}"
        number = f"{region}{_dates.random_birth(random)[2:]}{random.randrange(1, 1000):03d}"
        if is_valid(number):
            return number


def _holds(at: Bytes) -> Flags:
    digits = _digits.values(at)
    shaped = _digits.numeric(digits) & _provinces.are_provinces(digits)
    return shaped & _dates.are_births_of_last_century(digits[6:12]) & ~_checksums.holds_11_10(digits)
