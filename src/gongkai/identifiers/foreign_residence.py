"""Foreign permanent resident's number 外国人永久居留身份证号码.

From December 2023 18 characters: 9 + 2 province + 3 country (numeric) + 8 birth + 3 sequence + 1 check by ISO 7064 MOD 11-2.
Before, 15: the country's three letters (ISO 3166-1) + 12 digits, of which nothing is checked; the country keeps them apart
from article numbers, one in seventy of which begins with a country's letters.

>>> validate("911840 19850612 0015")
'911840198506120015'
>>> validate("911840198506120017")
Traceback (most recent call last):
    ...
gongkai.identifiers._errors.InvalidIdentifier: fails the check of its standard
"""

from __future__ import annotations

import random
import re

import numpy as np
import pyarrow as pa

from gongkai.identifiers import _checksums, _dates, _digits, _provinces, _text
from gongkai.identifiers._countries import COUNTRIES
from gongkai.identifiers._errors import demand, passes
from gongkai.identifiers._types import Boundary, Bytes, Evidence, Flags

TITLE = "外国人永久居留身份证号码"
ENTITY = "ID_DOC_NO"
EVIDENCE: Evidence = "checksum"
FIND = "9[0-9]{5}[ -]?(?:19|20)[0-9]{6}[ -]?[0-9]{3}[0-9Xx]|[A-Z]{3}[0-9]{12}"
BOUNDARY: Boundary = "number"
CONTEXT = ("永久居留", "永居", "外国人居留", "居留证", "居留许可", "五星卡", "绿卡")

_NEW = re.compile("9[0-9]{16}[0-9X]")
_OLD = re.compile("[A-Z]{3}[0-9]{12}")
_KNOWN = np.zeros(1 << 15, bool)
_KNOWN[[sum((ord(letter) - 64) << shift for letter, shift in zip(code, (10, 5, 0), strict=True)) for code in COUNTRIES]] = True


compact = _text.compact


def validate(text: str) -> str:
    """The compact number; InvalidIdentifier says why it is none."""
    number = compact(text)
    demand(len(number) in (15, 18), "length")
    if len(number) == 15:
        demand(_OLD.fullmatch(number), "shape")
        demand(number[:3] in COUNTRIES, "component")
        return number
    demand(_NEW.fullmatch(number), "shape")
    demand(number[1:3] in _provinces.PROVINCES, "component")
    demand(_dates.is_birth(number[6:14]), "date")
    demand(_checksums.check_11_2(number[:17]) == number[17], "checksum")
    return number


is_valid = passes(validate)


def check(column: pa.Array) -> pa.Array:
    """Which values are such numbers; null stays null.

    >>> check(pa.array(["911840198506120015", "911840198506120017", None])).to_pylist()
    [True, False, None]
    """
    return _digits.judge(column, {15: _old_holds, 18: _new_holds})


def generate(random: random.Random) -> str:
    """Any number of the old or the new form."""
    if random.random() < 0.3:
        return f"{random.choice(sorted(COUNTRIES))}{random.randrange(10**12):012d}"
    body = f"9{random.choice(_provinces.CODES)}{random.randrange(4, 895):03d}{_dates.random_birth(random)}"
    body += f"{random.randrange(1, 1000):03d}"
    return body + _checksums.check_11_2(body)


def _new_holds(at: Bytes) -> Flags:
    digits = _digits.values_11_2(at)
    shaped: Flags = (digits[0] == 9) & _digits.numeric(digits[:17]) & (digits[17] <= 10)
    return shaped & _provinces.are_provinces(digits[1:]) & _dates.are_births(digits[6:14]) & _checksums.holds_11_2(digits)


def _old_holds(at: Bytes) -> Flags:
    letters = (at[:3] - np.uint8(64)).astype(np.uint16)
    capitals = ((letters >= 1) & (letters <= 26)).all(axis=0)
    codes = (letters[0] << 10) + (letters[1] << 5) + letters[2]
    known: Flags = capitals & _KNOWN[np.where(capitals, codes, 0)]
    return known & _digits.numeric(_digits.values(at[3:]))
