"""Taxpayer identification number 纳税人识别号 of 15, 18 or 20 characters.

15: 6 place + organization code (GB 11714), until 2015. 18: the unified social credit code, or a person's citizen number. 20: a
citizen number + 2 of sequence. Every one of them is also something else, so the name or the words around decide.

>>> validate("110105 MA01ABC9-2")
'110105MA01ABC92'
>>> validate("110105MA01ABC93")
Traceback (most recent call last):
    ...
gongkai.identifiers._errors.InvalidIdentifier: fails the check of its standard
"""

from __future__ import annotations

import random

import pyarrow as pa

from gongkai.identifiers import _digits, _provinces, _text, org_code, personal_tax_number, resident_id, uscc
from gongkai.identifiers._errors import demand, passes
from gongkai.identifiers._types import Boundary, Bytes, Evidence, Flags

TITLE = "纳税人识别号"
ENTITY = "TAX_NO"
EVIDENCE: Evidence = "weak"
FIND = f"{uscc.FIND}|92[0-9]{{6}}[0-9A-HJ-NPQRTUWXY]{{10}}|[1-8][0-9]{{5}}[0-9A-Z]{{8}}[0-9X]|{personal_tax_number.FIND}"
BOUNDARY: Boundary = "number"
CONTEXT = ("纳税人识别号", "纳税识别号", "税号", "税务登记", "纳税人")


compact = _text.compact


def validate(text: str) -> str:
    """The compact number; InvalidIdentifier says why it is none."""
    number = compact(text)
    demand(len(number) in (15, 18, 20), "length")
    if len(number) == 15:
        demand(number[:6].isascii() and number[:6].isdigit(), "shape")
        demand(number[:2] in _provinces.PROVINCES, "component")
        org_code.validate(number[6:])
    elif not personal_tax_number.is_valid(number):
        uscc.valid_code(number)
    return number


is_valid = passes(validate)


def check(column: pa.Array) -> pa.Array:
    """Which values are such numbers; null stays null.

    >>> check(pa.array(["110105MA01ABC92", "110105MA01ABC93", None])).to_pylist()
    [True, False, None]
    """
    return _digits.judge(column, {15: _old_holds, 18: _holds, 20: personal_tax_number.holds_with_business})


def generate(random: random.Random) -> str:
    """Any number of any of the lengths."""
    if random.random() < 0.3:
        region = random.choice(_provinces.CODES) + f"{random.randrange(10_000):04d}"
        return region + org_code.compact(org_code.generate(random))
    return random.choice((uscc.generate, personal_tax_number.generate))(random)


def _old_holds(at: Bytes) -> Flags:
    digits = _digits.values(at[:6])
    return _digits.numeric(digits) & _provinces.are_provinces(digits) & org_code.holds(at[6:])


def _holds(at: Bytes) -> Flags:
    return uscc.codes_hold(at) | resident_id.holds(at)
