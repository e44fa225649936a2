"""Business registration number 工商注册号 (GS 15-2006), 15 digits: 6 registrar + 8 sequence + 1 check by ISO 7064 MOD 11,10.

Used until the unified codes of 2015. A sequence beginning with 6 to 9 is a sole trader.

>>> validate("110108 00000001 6")
'110108000000016'
>>> validate("110108000000017")
Traceback (most recent call last):
    ...
gongkai.identifiers._errors.InvalidIdentifier: fails the check of its standard
"""

from __future__ import annotations

import random

import pyarrow as pa

from gongkai.identifiers import _checksums, _digits, _provinces, _text
from gongkai.identifiers._errors import demand, passes
from gongkai.identifiers._types import Boundary, Bytes, Evidence, Flags

TITLE = "工商注册号"
ENTITY = "BUSINESS_REG_NO"
EVIDENCE: Evidence = "checksum"
FIND = "[1-8][0-9]{14}"
BOUNDARY: Boundary = "number"
CONTEXT = ("注册号", "工商登记", "营业执照", "登记号")

NATIONAL = "100000"
"""The region of what the state's own registrar keeps."""


compact = _text.compact


def validate(text: str) -> str:
    """The compact number; InvalidIdentifier says why it is none."""
    number = compact(text)
    demand(len(number) == 15, "length")
    demand(number.isascii() and number.isdigit(), "shape")
    demand(number[:2] in _provinces.PROVINCES or number[:6] == NATIONAL, "component")
    demand(_checksums.check_11_10(number[:14]) == number[14], "checksum")
    return number


is_valid = passes(validate)


def check(column: pa.Array) -> pa.Array:
    """Which values are such numbers; null stays null.

    >>> check(pa.array(["110108000000016", "110108000000017", None])).to_pylist()
    [True, False, None]
    """
    return _digits.judge(column, {15: _holds})


def generate(random: random.Random) -> str:
    """Any number of any province."""
    body = f"{random.choice(_provinces.CODES)}{random.randrange(10**12):012d}"
    return body + _checksums.check_11_10(body)


def _holds(at: Bytes) -> Flags:
    digits = _digits.values(at)
    regions: Flags = _provinces.are_provinces(digits) | (_digits.number(digits[:6]) == int(NATIONAL))
    return regions & _digits.numeric(digits) & _checksums.holds_11_10(digits)
