"""Citizen identification number 公民身份号码 (GB 11643), 18 characters: 6 place + 8 birth + 3 sequence + 1 check (0-9, X).

The check is ISO 7064 MOD 11-2; an odd sequence is a man, an even one a woman. The place is that of the year of registration
and may no longer exist, so only the province is looked at. Residence permits of people from Hong Kong, Macao and Taiwan
(81, 82, 83) are numbers of the same kind.

>>> validate("110105 19491231 002x")
'11010519491231002X'
>>> validate("110105194912310021")
Traceback (most recent call last):
    ...
gongkai.identifiers._errors.InvalidIdentifier: fails the check of its standard
"""

from __future__ import annotations

import random
import re

import pyarrow as pa

from gongkai.identifiers import _checksums, _dates, _digits, _provinces, _text
from gongkai.identifiers._errors import demand, passes
from gongkai.identifiers._types import Boundary, Bytes, Evidence, Flags

TITLE = "公民身份号码"
ENTITY = "CN_ID_CARD"
EVIDENCE: Evidence = "checksum"
FIND = "[1-8][0-9]{5}[ -]?[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{3}[0-9Xx]"
BOUNDARY: Boundary = "number"
CONTEXT = (
    "身份证", "身份号码", "身份证明", "证件号", "证件号码", "身份证件", "居住证", "公民身份", "户口簿", "idcard",
    "ID card", "sfz",
)

_SHAPE = re.compile("[0-9]{17}[0-9X]")


compact = _text.compact


def validate(text: str) -> str:
    """The compact number; InvalidIdentifier says why it is none."""
    number = compact(text)
    demand(len(number) == 18, "length")
    demand(_SHAPE.fullmatch(number), "shape")
    demand(number[:2] in _provinces.PROVINCES, "component")
    demand(_dates.is_birth(number[6:14]), "date")
    demand(_checksums.check_11_2(number[:17]) == number[17], "checksum")
    return number


is_valid = passes(validate)


def check(column: pa.Array) -> pa.Array:
    """Which values are such numbers; null stays null.

    >>> check(pa.array(["11010519491231002X", "110105194912310021", None])).to_pylist()
    [True, False, None]
    """
    return _digits.judge(column, {18: holds})


def holds(at: Bytes) -> Flags:
    """`is_valid` for compact texts as ASCII bytes of shape (18, texts), one row per position."""
    digits = _digits.values_11_2(at)
    shaped: Flags = _digits.numeric(digits[:17]) & (digits[17] <= 10)
    return shaped & _provinces.are_provinces(digits) & _dates.are_births(digits[6:14]) & _checksums.holds_11_2(digits)


def generate(random: random.Random) -> str:
    """Any valid number; nobody's on purpose, perhaps somebody's by chance."""
    region = random.choice(_provinces.CODES) + f"{random.randint(0, 9999):04d}"
    number = f"{region}{_dates.random_birth(random)}{random.randint(1, 999):03d}"
    return number + _checksums.check_11_2(number)
