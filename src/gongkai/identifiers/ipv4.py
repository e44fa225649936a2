"""IPv4 address IP地址 (RFC 791): four numbers of 0 to 255 without leading zeros.

In running text one of them has two digits at least, else it is the number of a clause (3.1.2.4).

>>> validate("１９２.168.1.10")
'192.168.1.10'
>>> validate("192.168.1.256")
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

TITLE = "IPv4地址"
ENTITY = "IP"
EVIDENCE: Evidence = "shape"
_LONG = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9][0-9])"
_PART = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
FIND = "|".join(r"\.".join(_LONG if place == long else _PART for place in range(4)) for long in range(4))
BOUNDARY: Boundary = "token"
CONTEXT = ("IP", "ip", "地址", "登录", "登陆", "网关", "服务器")

ADDRESS = rf"{_PART}(?:\.{_PART}){{3}}"
_SHAPE = re.compile(ADDRESS)


def compact(text: str) -> str:
    """Half width, blanks stripped.

    >>> compact(" １０．０．０．１ ")
    '10.0.0.1'
    """
    return _text.half(text)


def validate(text: str) -> str:
    """The compact address; InvalidIdentifier says why it is none."""
    address = compact(text)
    demand(_SHAPE.fullmatch(address), "shape")
    return address


is_valid = passes(validate)


def check(column: pa.Array) -> pa.Array:
    """Which values are such addresses; null stays null.

    >>> check(pa.array(["10.0.0.1", "10.0.0", None])).to_pylist()
    [True, False, None]
    """
    return _digits.matches(column, ADDRESS)


def generate(random: random.Random) -> str:
    """Any address of a private network (RFC 1918)."""
    return f"10.{random.randrange(256)}.{random.randrange(256)}.{random.randrange(1, 255)}"
