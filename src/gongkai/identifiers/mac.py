"""Hardware address of a network device MAC地址 (IEEE 802, EUI-48): six pairs of hexadecimal digits with ``:`` or ``-`` between.

Three groups of four with points between are the same. Twelve digits without separators are any number and are not taken.

>>> validate("00-1a-2b-3c-4d-5e")
'00:1A:2B:3C:4D:5E'
>>> validate("001a2b3c4d5e")
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
from gongkai.identifiers._types import Boundary, Evidence

TITLE = "MAC地址"
ENTITY = "MAC"
EVIDENCE: Evidence = "shape"
_PAIR = "[0-9A-Fa-f]{2}"
FIND = rf"{_PAIR}(?::{_PAIR}){{5}}|{_PAIR}(?:-{_PAIR}){{5}}|(?:{_PAIR}){{2}}(?:\.(?:{_PAIR}){{2}}){{2}}"
BOUNDARY: Boundary = "token"
CONTEXT = ("MAC", "mac", "物理地址", "网卡")

_SHAPE = re.compile(FIND)


def compact(text: str) -> str:
    """Pairs in capitals with ``:`` between; what is no such address stays as it stands, in half width.

    >>> compact("001a.2b3c.4d5e")
    '00:1A:2B:3C:4D:5E'
    """
    plain = _text.half(text)
    if not _SHAPE.fullmatch(plain):
        return plain
    digits = re.sub("[^0-9A-F]", "", plain.upper())
    return ":".join(digits[at : at + 2] for at in range(0, 12, 2))


def validate(text: str) -> str:
    """The compact address; InvalidIdentifier says why it is none."""
    address = compact(text)
    demand(_SHAPE.fullmatch(address), "shape")
    return address


is_valid = passes(validate)


def check(column: pa.Array) -> pa.Array:
    """Which values are such addresses; null stays null.

    >>> check(pa.array(["00:1A:2B:3C:4D:5E", "001A2B3C4D5E", None])).to_pylist()
    [True, False, None]
    """
    return _digits.matches(column, FIND)


def generate(random: random.Random) -> str:
    """Any address, its pairs joined in one of the two ways."""
    return random.choice(":-").join(f"{random.randrange(256):02x}" for _ in range(6))
