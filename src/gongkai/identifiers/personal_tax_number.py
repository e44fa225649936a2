"""A person's taxpayer number 自然人纳税人识别号: the citizen number, + 2 digits for a business without a code.

Only the words around tell the first from a citizen number, the second from a certificate's number.

>>> validate("11010519491231002X 01")
'11010519491231002X01'
>>> validate("11010519491231002101")
Traceback (most recent call last):
    ...
gongkai.identifiers._errors.InvalidIdentifier: fails the check of its standard
"""

from __future__ import annotations

import random

import pyarrow as pa

from gongkai.identifiers import _digits, _text, resident_id
from gongkai.identifiers._errors import demand, passes
from gongkai.identifiers._types import Boundary, Bytes, Evidence, Flags

TITLE = "自然人纳税人识别号"
ENTITY = "TAX_NO"
EVIDENCE: Evidence = "weak"
FIND = f"{resident_id.FIND}(?:[ -]?[0-9]{{2}})?"
BOUNDARY: Boundary = "number"
CONTEXT = ("纳税人识别号", "纳税识别号", "税号", "纳税人", "个税", "个人所得税")


compact = _text.compact


def validate(text: str) -> str:
    """The compact number; InvalidIdentifier says why it is none."""
    number = compact(text)
    demand(len(number) in (18, 20), "length")
    resident_id.validate(number[:18])
    demand(number[18:] == "" or (number[18:].isascii() and number[18:].isdigit()), "shape")
    return number


is_valid = passes(validate)


def check(column: pa.Array) -> pa.Array:
    """Which values are such numbers; null stays null.

    >>> check(pa.array(["11010519491231002X01", "110105194912310021", None])).to_pylist()
    [True, False, None]
    """
    return _digits.judge(column, {18: resident_id.holds, 20: holds_with_business})


def holds_with_business(at: Bytes) -> Flags:
    """A citizen number and two digits, as ASCII bytes of shape (20, texts)."""
    return resident_id.holds(at[:18]) & _digits.numeric(_digits.values(at[18:]))


def generate(random: random.Random) -> str:
    """Any number, with or without a business."""
    return resident_id.generate(random) + random.choice(("", "00", "01", "02"))
