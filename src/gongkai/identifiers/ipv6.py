"""IPv6 address IPv6地址 (RFC 4291): eight groups of up to four hexadecimal digits, one run of zeros written as ``::``.

In running text at least two groups stand before the ``::``, else it may be a ratio or a piece of a program.

>>> validate("2001:DB8::1")
'2001:db8::1'
>>> validate("2001:db8::1::2")
Traceback (most recent call last):
    ...
gongkai.identifiers._errors.InvalidIdentifier: is not written like this identifier
"""

from __future__ import annotations

import random
import re

import pyarrow as pa

from gongkai.identifiers import _digits, _text, ipv4
from gongkai.identifiers._errors import demand, passes
from gongkai.identifiers._types import Boundary, Evidence

TITLE = "IPv6地址"
ENTITY = "IP"
EVIDENCE: Evidence = "shape"
_GROUP = "[0-9A-Fa-f]{1,4}"
FIND = f"(?:{_GROUP}:){{7}}{_GROUP}|(?:{_GROUP}:){{2,6}}(?::{_GROUP}){{1,5}}|(?:{_GROUP}:){{3,6}}:"
BOUNDARY: Boundary = "token"
CONTEXT = ("IP", "ip", "地址", "登录", "登陆", "网关", "服务器")

_SHORTENED = (f"(?:{_GROUP}:){{1,{before}}}(?::{_GROUP}){{1,{7 - before}}}" for before in range(1, 7))
_WITH_IPV4 = (f"(?:{_GROUP}:){{{before}}}:(?:{_GROUP}:){{0,{5 - before}}}{ipv4.ADDRESS}" for before in range(1, 6))
_ADDRESS = "|".join((
    f"(?:{_GROUP}:){{7}}(?:{_GROUP}|:)", f"(?:{_GROUP}:){{1,6}}:", *_SHORTENED, f":(?::{_GROUP}){{1,7}}", "::",
    f"(?:{_GROUP}:){{6}}{ipv4.ADDRESS}", f"::(?:{_GROUP}:){{0,5}}{ipv4.ADDRESS}", *_WITH_IPV4,
))  # fmt: skip
_SHAPE = re.compile(_ADDRESS)


def compact(text: str) -> str:
    """Half width, blanks stripped, small letters.

    >>> compact("２００１:DB8::1")
    '2001:db8::1'
    """
    return _text.half(text).translate(_SMALL)


def validate(text: str) -> str:
    """The compact address; InvalidIdentifier says why it is none."""
    address = compact(text)
    demand(_SHAPE.fullmatch(address), "shape")
    return address


is_valid = passes(validate)


def check(column: pa.Array) -> pa.Array:
    """Which values are such addresses; null stays null.

    >>> check(pa.array(["2001:db8::1", "2001:db8", None])).to_pylist()
    [True, False, None]
    """
    return _digits.matches(column, _ADDRESS)


def generate(random: random.Random) -> str:
    """Any address of the network kept for examples (RFC 3849)."""
    groups = [f"{random.randrange(1, 1 << 16):x}" for _ in range(6)]
    return random.choice((f"2001:db8:{':'.join(groups)}", f"2001:db8::{groups[0]}", f"2001:db8:{groups[0]}::{groups[1]}"))


_SMALL = str.maketrans("ABCDEF", "abcdef")
