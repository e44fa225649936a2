"""A point on the map of China 经纬度: longitude 73 to 135, latitude 3 to 54 degrees, four decimals (11 metres) or more.

The pair stands in either order, with a comma, semicolon, slash or blank between, also in brackets or as ``POINT(...)``.

>>> validate("39.90872, 116.39748")
'116.39748,39.90872'
>>> validate("116.39748")
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

TITLE = "经纬度坐标"
ENTITY = "GEO"
EVIDENCE: Evidence = "weak"
_LONGITUDE = r"(?:7[3-9]|[89][0-9]|1[0-2][0-9]|13[0-5])\.[0-9]{4,15}"
_LATITUDE = r"(?:[3-9]|[1-4][0-9]|5[0-4])\.[0-9]{4,15}"
_BETWEEN = "(?: ?[,;/] ?| )"
FIND = f"{_LONGITUDE}{_BETWEEN}{_LATITUDE}|{_LATITUDE}{_BETWEEN}{_LONGITUDE}"
BOUNDARY: Boundary = "token"
CONTEXT = ("坐标", "经纬度", "经度", "纬度", "定位", "位置", "GPS", "gps", "POINT")

_OPEN, _CLOSE = r"(?:POINT ?)?[(\[]? ?", r" ?[)\]]?"
_SHAPE = re.compile(f"{_OPEN}(?:({_LONGITUDE}){_BETWEEN}({_LATITUDE})|({_LATITUDE}){_BETWEEN}({_LONGITUDE})){_CLOSE}")


def compact(text: str) -> str:
    """Longitude, comma, latitude; what is no such pair stays as it stands, in half width.

    >>> compact("POINT(116.39748 39.90872)")
    '116.39748,39.90872'
    """
    plain = _text.half(text)
    found = _SHAPE.fullmatch(plain)
    return ",".join((found[1] or found[4], found[2] or found[3])) if found else plain


def validate(text: str) -> str:
    """The compact pair; InvalidIdentifier says why it is none."""
    pair = compact(text)
    demand(_SHAPE.fullmatch(pair), "shape")
    return pair


is_valid = passes(validate)


def check(column: pa.Array) -> pa.Array:
    """Which values are such pairs; null stays null.

    >>> check(pa.array(["116.39748,39.90872", "116.39748", None])).to_pylist()
    [True, False, None]
    """
    return _digits.matches(column, f"{_OPEN}(?:{FIND}){_CLOSE}")


def generate(random: random.Random) -> str:
    """Any point, longitude first."""
    return f"{random.uniform(73.5, 134.9):.6f},{random.uniform(18.2, 53.5):.6f}"
