"""Disability certificate number 残疾人证号, 20 characters: a citizen number + 1 kind of disability (1-7) + 1 degree (1-4).

A reissued certificate has B and a digit behind. The number says what somebody suffers from.

>>> validate("11010519491231002X 43")
'11010519491231002X43'
>>> validate("11010519491231002X85")
Traceback (most recent call last):
    ...
gongkai.identifiers._errors.InvalidIdentifier: holds a part that was never given out
"""

from __future__ import annotations

import random
import re

import pyarrow as pa

from gongkai.identifiers import _digits, _text, resident_id
from gongkai.identifiers._errors import demand, passes
from gongkai.identifiers._types import Boundary, Bytes, Evidence, Flags

TITLE = "残疾人证号"
ENTITY = "DISABILITY_CERT"
EVIDENCE: Evidence = "checksum"
FIND = rf"{resident_id.FIND}[ -]?[1-7][1-4](?:[Bb][0-9])?"
BOUNDARY: Boundary = "number"
CONTEXT = ("残疾人证", "残疾证", "残疾人", "残联", "残疾")

KINDS = {"1": "视力", "2": "听力", "3": "言语", "4": "肢体", "5": "智力", "6": "精神", "7": "多重"}
"""GB/T 26341: kinds of disability."""

_SHAPE = re.compile("[0-9]{17}[0-9X][0-9]{2}(?:B[0-9])?")


compact = _text.compact


def validate(text: str) -> str:
    """The compact number; InvalidIdentifier says why it is none."""
    number = compact(text)
    demand(len(number) in (20, 22), "length")
    demand(_SHAPE.fullmatch(number), "shape")
    resident_id.validate(number[:18])
    demand(number[18] in KINDS and number[19] in "1234", "component")
    return number


is_valid = passes(validate)


def check(column: pa.Array) -> pa.Array:
    """Which values are such numbers; null stays null.

    >>> check(pa.array(["11010519491231002X43", "11010519491231002X85", None])).to_pylist()
    [True, False, None]
    """
    return _digits.judge(column, {20: _holds, 22: _reissued_holds})


def generate(random: random.Random) -> str:
    """Any number, now and then of a reissue."""
    reissue = f"B{random.randrange(10)}" if random.random() < 0.2 else ""
    return f"{resident_id.generate(random)}{random.randint(1, 7)}{random.randint(1, 4)}{reissue}"


def _holds(at: Bytes) -> Flags:
    kind, degree = _digits.values(at[18:20])
    graded: Flags = (kind >= 1) & (kind <= 7) & (degree >= 1) & (degree <= 4)
    return graded & resident_id.holds(at[:18])


def _reissued_holds(at: Bytes) -> Flags:
    marked: Flags = at[20] == ord("B")
    return marked & _digits.numeric(_digits.values(at[21:])) & _holds(at[:20])
