"""QQ number QQ号: 5 to 11 digits, the first not 0. Any number looks like one.

>>> validate("１２３４５６")
'123456'
>>> validate("012345")
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

TITLE = "QQ号"
ENTITY = "QQ"
EVIDENCE: Evidence = "weak"
FIND = "[1-9][0-9]{4,10}"
BOUNDARY: Boundary = "number"
CONTEXT = ("QQ", "qq", "Qq", "扣扣", "企鹅号")

_SHAPE = re.compile(FIND)


compact = _text.compact


def validate(text: str) -> str:
    """The compact number; InvalidIdentifier says why it is none."""
    number = compact(text)
    demand(5 <= len(number) <= 11, "length")
    demand(_SHAPE.fullmatch(number), "shape")
    return number


is_valid = passes(validate)


def check(column: pa.Array) -> pa.Array:
    """Which values are such numbers; null stays null.

    >>> check(pa.array(["123456", "012345", None])).to_pylist()
    [True, False, None]
    """
    return _digits.judge(column, dict.fromkeys(range(5, 12), _holds))


def generate(random: random.Random) -> str:
    """Any number."""
    return str(random.randrange(10 ** random.randint(4, 10), 10**11))


def _holds(at: Bytes) -> Flags:
    leading: Flags = at[0] != ord("0")
    return leading & _digits.numeric(_digits.values(at))
