"""Landline number 固定电话号码 with its area code 区号, written as people do, with or without an extension 分机.

Area codes are 010, 02x (of 8 digits behind) and 03xx to 09xx (of 7 or 8). The bare 7 or 8 digits are a weak sign, for every
code of 8 digits looks like them, and are not taken. Service numbers (400, 800, 12345) belong to nobody and are not taken.

>>> validate("（0755）8601-3388转8012")
'075586013388转8012'
>>> validate("86013388")
Traceback (most recent call last):
    ...
gongkai.identifiers._errors.InvalidIdentifier: is not written like this identifier
"""

from __future__ import annotations

import random
import re

import pyarrow as pa

from gongkai.identifiers import _digits, _text, mobile
from gongkai.identifiers._errors import InvalidIdentifier, demand, passes
from gongkai.identifiers._types import Boundary, Evidence

TITLE = "固定电话号码"
ENTITY = "PHONE"
EVIDENCE: Evidence = "shape"
_EXTENSION = r"(?: ?(?:转|-|[Ee][Xx][Tt]\.?) ?[0-9]{1,6})?"
_CITY, _PLACE = "(?:10|2[0-57-9])", "[3-9][0-9]{2}"
FIND = (
    rf"(?:(?:\+|00)86[ -]?{_CITY}|\(0{_CITY}\)|0{_CITY})[ -]{{0,3}}[2-8][0-9]{{3}}[ -]?[0-9]{{4}}{_EXTENSION}"
    rf"|(?:(?:\+|00)86[ -]?{_PLACE}|\(0{_PLACE}\)|0{_PLACE})[ -]{{0,3}}[2-8][0-9]{{2,3}}[ -]?[0-9]{{4}}{_EXTENSION}"
)
BOUNDARY: Boundary = "number"
CONTEXT = (*mobile.CONTEXT, "座机", "固话", "传真", "办公室", "总机", "fax", "Fax")

_SHAPE = re.compile(FIND)
_PARTS = re.compile(
    rf"(?:(?:\+|00)86[ -]?|\(?0)({_CITY}|{_PLACE})\)?[ -]{{0,3}}([2-8][0-9]{{2,3}})[ -]?([0-9]{{4}})"
    r"(?: ?(?:转|-|[Ee][Xx][Tt]\.?) ?([0-9]{1,6}))?"
)
_AREAS = ("10", "20", "21", "22", "23", "24", "25", "27", "28", "29", "311", "371", "451", "512", "571", "591", "755", "871")


def compact(text: str) -> str:
    """Half width, without separators and country code, the extension behind 转; what is no such number stays as it stands.

    >>> compact("+86 10 6234 5678"), compact("0755-86013388-8012")
    ('01062345678', '075586013388转8012')
    """
    plain = _text.half(text)
    if not _SHAPE.fullmatch(plain):
        return plain
    area, number, extension = _split(plain)
    return f"0{area}{number}" + (f"转{extension}" if extension else "")


def validate(text: str) -> str:
    """The compact number; InvalidIdentifier says why it is none."""
    demand(_SHAPE.fullmatch(_text.half(text)), "shape")
    return compact(text)


is_valid = passes(validate)


def check(column: pa.Array) -> pa.Array:
    """Which values are such numbers; null stays null.

    >>> check(pa.array(["(0571)87052345", "87052345", None])).to_pylist()
    [True, False, None]
    """
    return _digits.matches(column, FIND)


def generate(random: random.Random) -> str:
    """A number of one of the larger cities, written in one of the usual ways."""
    area = random.choice(_AREAS)
    number = f"{random.randrange(20_000_000, 89_999_999)}"
    extension = random.choice(("", "", "", f"转{random.randrange(1, 9999)}", f"-{random.randrange(1, 9999)}"))
    return random.choice((f"0{area}-{number}", f"0{area}{number}", f"(0{area}){number}")) + extension


def _split(plain: str) -> tuple[str, str, str]:
    """Area code without its 0, number, extension of a text that has the shape."""
    found = _PARTS.fullmatch(plain)
    if found is None:
        raise InvalidIdentifier("shape")
    area, first, last, extension = found.groups("")
    return area, first + last, extension
