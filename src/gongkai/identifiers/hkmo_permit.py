"""Mainland travel permit of Hong Kong and Macao 港澳居民来往内地通行证号码: H or M + 8 digits (+ 2 of reissue).

>>> validate("H1234567801")
'H1234567801'
>>> validate("A12345678")
Traceback (most recent call last):
    ...
gongkai.identifiers._errors.InvalidIdentifier: is not written like this identifier
"""

from __future__ import annotations

import random
import re

import pyarrow as pa

from gongkai.identifiers import _digits, _text
from gongkai.identifiers._errors import demand, passes
from gongkai.identifiers._types import Boundary, Bytes, Evidence, Flags

TITLE = "港澳居民来往内地通行证号码"
ENTITY = "ID_DOC_NO"
EVIDENCE: Evidence = "weak"
FIND = r"[HM][0-9]{8}(?:[0-9]{2}|\([0-9]{2}\))?"
BOUNDARY: Boundary = "number"
CONTEXT = ("回乡证", "通行证", "港澳居民", "港澳证件", "证件号", "证件号码")

_DROP = _text.SEPARATORS + "()"
_SHAPE = re.compile("[HM][0-9]{8}(?:[0-9]{2})?")


def compact(text: str) -> str:
    """Half width, without separators and brackets, in capitals.

    >>> compact("h12345678（01）")
    'H1234567801'
    """
    return _text.compact(text, _DROP)


def validate(text: str) -> str:
    """The compact number; InvalidIdentifier says why it is none."""
    number = compact(text)
    demand(len(number) in (9, 11), "length")
    demand(_SHAPE.fullmatch(number), "shape")
    return number


is_valid = passes(validate)


def check(column: pa.Array) -> pa.Array:
    """Which values are such numbers; null stays null.

    >>> check(pa.array(["H12345678", "X12345678", None])).to_pylist()
    [True, False, None]
    """
    return _digits.judge(column, {9: _holds, 11: _holds}, _DROP)


def generate(random: random.Random) -> str:
    """Any number, with or without the reissue."""
    number = f"{random.choice('HM')}{random.randrange(10**8):08d}"
    return number + random.choice(("", f"{random.randrange(100):02d}"))


def _holds(at: Bytes) -> Flags:
    letter: Flags = (at[0] == ord("H")) | (at[0] == ord("M"))
    return letter & _digits.numeric(_digits.values(at[1:]))
