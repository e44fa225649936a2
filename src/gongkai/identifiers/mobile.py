"""Mobile phone number 手机号码 (numbering plan of the ministry), 11 digits: 3 segment + 4 area + 4 own.

The segments are those given out until 2026, with 145-149 for data cards and 162, 165, 167, 170, 171 for virtual operators.
There is no check digit: every other number of 11 digits beginning with 1 looks like one, so a column needs its name as well.

>>> validate("+86 138-1234-5678")
'13812345678'
>>> validate("15412345678")
Traceback (most recent call last):
    ...
gongkai.identifiers._errors.InvalidIdentifier: holds a part that was never given out
"""

from __future__ import annotations

import random
import re
from functools import partial

import numpy as np
import pyarrow as pa

from gongkai.identifiers import _digits, _text
from gongkai.identifiers._errors import demand, passes
from gongkai.identifiers._types import Boundary, Bytes, Evidence, Flags

TITLE = "手机号码"
ENTITY = "PHONE"
EVIDENCE: Evidence = "shape"
FIND = (
    r"(?:(?:\+|00)?86[ -]?)?1(?:3[0-9]|4[5-9]|5[0-35-9]|6[125-7]|7[0-8]|8[0-9]|9[0-35-9])"
    "[ -]?[0-9]{4}[ -]?[0-9]{4}"
)
BOUNDARY: Boundary = "number"
CONTEXT = (
    "手机", "电话", "联系方式", "联系号码", "来电", "致电", "拨打", "移动号码", "热线", "微信同号", "mobile", "phone", "tel",
    "Tel", "TEL",
)

SEGMENTS = tuple(
    f"1{second}{third}"
    for second, thirds in {
        3: "0123456789", 4: "56789", 5: "012356789", 6: "12567", 7: "012345678", 8: "0123456789", 9: "012356789",
    }.items()
    for third in thirds
)
"""The first three digits in use."""

_DROP = _text.SEPARATORS + "()"
_PREFIX = re.compile(r"(?:\+|00)?86(?=1[0-9]{10}\Z)")
_KNOWN = np.zeros(1000, bool)
_KNOWN[[int(segment) for segment in SEGMENTS]] = True


def compact(text: str) -> str:
    """Half width, without separators, brackets and the country code.

    >>> compact("（０086）138 1234 5678")
    '13812345678'
    """
    return _PREFIX.sub("", _text.compact(text, _DROP), count=1)


def validate(text: str) -> str:
    """The compact number; InvalidIdentifier says why it is none."""
    number = compact(text)
    demand(len(number) == 11, "length")
    demand(number.isascii() and number.isdigit(), "shape")
    demand(number[:3] in SEGMENTS, "component")
    return number


is_valid = passes(validate)


def check(column: pa.Array) -> pa.Array:
    """Which values are such numbers; null stays null.

    >>> check(pa.array(["138-1234-5678", "12345678901", None])).to_pylist()
    [True, False, None]
    """
    prefixed = {len(prefix) + 11: partial(_holds_after, prefix) for prefix in ("86", "+86", "0086")}
    return _digits.judge(column, {11: _holds, **prefixed}, _DROP)


def generate(random: random.Random) -> str:
    """Any number of any segment."""
    return f"{random.choice(SEGMENTS)}{random.randint(0, 99_999_999):08d}"


def _holds(at: Bytes) -> Flags:
    digits = _digits.values(at)
    return _digits.numeric(digits) & _KNOWN[np.minimum(_digits.number(digits[:3]), 999)]


def _holds_after(prefix: str, at: Bytes) -> Flags:
    prefixed: Flags = (at[: len(prefix)] == np.frombuffer(prefix.encode(), np.uint8)[:, None]).all(axis=0)
    return prefixed & _holds(at[len(prefix) :])
