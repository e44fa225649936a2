"""Vehicle registration plate 机动车号牌 (GA 36): province + letter + 5, or 6 for new energy 新能源.

New energy cars carry a letter (A-E electric, F-K other) in the first place of six, lorries and buses in the last. Police 警,
learners 学, trailers 挂, Hong Kong 港, Macao 澳, consulates 领, embassies 使, rescue 应急 end in their word after 4; the older
embassy plates are 使 and six digits. The letters I and O are not used, and a plate has a digit.

>>> validate("京A·12345")
'京A12345'
>>> validate("国A12345")
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

TITLE = "机动车号牌"
ENTITY = "VEHICLE_PLATE"
EVIDENCE: Evidence = "shape"

_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_ANY = "[A-HJ-NP-Z0-9]"
_FIVE = "|".join(f"{_ANY}{{{place}}}[0-9]{_ANY}{{{4 - place}}}" for place in range(5))
_ENDED = f"{_ANY}[0-9]{{3}}(?:[警学港澳挂领使]|应急)"
_NEW_ENERGY = "[A-HJK][A-HJ-NP-Z0-9][0-9]{4}|[0-9]{5}[A-HJK]"
_BODY = f"(?:{_NEW_ENERGY}|{_ENDED}|{_FIVE})"

FIND = rf"[{_PROVINCES}][A-HJ-Z][ ·•・.-]?{_BODY}|使[0-9]{{3}}[ ·•・.-][0-9]{{3}}"
BOUNDARY: Boundary = "number"
CONTEXT = ("车牌", "牌照", "号牌", "车号", "车辆", "轿车", "货车", "机动车")

_DROP = _text.SEPARATORS + "·•・."
_PLATE = f"[{_PROVINCES}][A-HJ-Z]{_BODY}|使[0-9]{{6}}"
_SHAPE = re.compile(_PLATE)


def compact(text: str) -> str:
    """Half width, without the point and other separators, in capitals.

    >>> compact("粤ｂ・Ｄ１２３４５")
    '粤BD12345'
    """
    return _text.compact(text, _DROP)


def validate(text: str) -> str:
    """The compact plate; InvalidIdentifier says why it is none."""
    plate = compact(text)
    demand(7 <= len(plate) <= 8, "length")
    demand(_SHAPE.fullmatch(plate), "shape")
    return plate


is_valid = passes(validate)


def check(column: pa.Array) -> pa.Array:
    """Which values are such plates; null stays null.

    >>> check(pa.array(["京A12345", "A12345", None])).to_pylist()
    [True, False, None]
    """
    return _digits.matches(column, _PLATE, _DROP)


def generate(random: random.Random) -> str:
    """Any plate of any kind, now and then with its point."""
    office = random.choice(_PROVINCES) + random.choice(_LETTERS) + random.choice(("", "", "·"))
    number = f"{random.randrange(100_000):05d}"
    bodies = (
        number, f"{random.choice(_LETTERS)}{number[1:]}", f"{number[:3]}{random.choice(_LETTERS)}{number[4]}",
        f"{random.choice('DF')}{number}", f"{number}{random.choice('DF')}", f"{number[1:]}{random.choice('警学港澳挂领')}",
    )
    return office + random.choice(bodies)
