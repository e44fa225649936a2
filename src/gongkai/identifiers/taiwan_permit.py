"""Mainland travel permit of Taiwan 台湾居民来往大陆通行证号码 (台胞证): 8 digits; before 2015 10 digits and a letter.

>>> validate("01234567")
'01234567'
>>> validate("0123456")
Traceback (most recent call last):
    ...
gongkai.identifiers._errors.InvalidIdentifier: has not the length of this identifier
"""

from __future__ import annotations

import random
import re

import pyarrow as pa

from gongkai.identifiers import _digits, _text
from gongkai.identifiers._errors import demand, passes
from gongkai.identifiers._types import Boundary, Bytes, Evidence, Flags

TITLE = "台湾居民来往大陆通行证号码"
ENTITY = "ID_DOC_NO"
EVIDENCE: Evidence = "weak"
FIND = r"[0-9]{10}(?:[A-Z]|\([A-Z]\))|[0-9]{8}"
BOUNDARY: Boundary = "number"
CONTEXT = ("台胞证", "台湾居民", "来往大陆通行证", "台湾通行证")

_DROP = _text.SEPARATORS + "()"
_SHAPE = re.compile("[0-9]{8}|[0-9]{10}[A-Z]")


def compact(text: str) -> str:
    """Half width, without separators and brackets, in capitals.

    >>> compact("0123456789（b）")
    '0123456789B'
    """
    return _text.compact(text, _DROP)


def validate(text: str) -> str:
    """The compact number; InvalidIdentifier says why it is none."""
    number = compact(text)
    demand(len(number) in (8, 11), "length")
    demand(_SHAPE.fullmatch(number), "shape")
    return number


is_valid = passes(validate)


def check(column: pa.Array) -> pa.Array:
    """Which values are such numbers; null stays null.

    >>> check(pa.array(["01234567", "0123456B", None])).to_pylist()
    [True, False, None]
    """
    return _digits.judge(column, {8: _new_holds, 11: _old_holds}, _DROP)


def generate(random: random.Random) -> str:
    """Any number of the old or the new form."""
    if random.random() < 0.2:
        return f"{random.randrange(10**10):010d}{random.choice('ABCDEFGH')}"
    return f"{random.randrange(10**8):08d}"


def _new_holds(at: Bytes) -> Flags:
    return _digits.numeric(_digits.values(at))


def _old_holds(at: Bytes) -> Flags:
    letter: Flags = (at[10] >= ord("A")) & (at[10] <= ord("Z"))
    return letter & _digits.numeric(_digits.values(at[:10]))
