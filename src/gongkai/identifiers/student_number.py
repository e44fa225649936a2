"""National pupil number 全国学籍号: G + citizen number; J + a number made like one; L (for the time being) + 18.

Behind L stand 6 place, 8 birth and 4 random digits, so its last one checks nothing.

>>> validate("g110105 19491231 002x")
'G11010519491231002X'
>>> validate("G110105194912310021")
Traceback (most recent call last):
    ...
gongkai.identifiers._errors.InvalidIdentifier: fails the check of its standard
"""

from __future__ import annotations

import random
import re

import pyarrow as pa

from gongkai.identifiers import _dates, _digits, _provinces, _text, resident_id
from gongkai.identifiers._errors import demand, passes
from gongkai.identifiers._types import Boundary, Bytes, Evidence, Flags

TITLE = "全国学籍号"
ENTITY = "STUDENT_NO"
EVIDENCE: Evidence = "checksum"
FIND = f"[GJL]{resident_id.FIND}"
BOUNDARY: Boundary = "number"
CONTEXT = ("学籍", "学号", "学生")

_SHAPE = re.compile("[GJL][0-9]{17}[0-9X]")


compact = _text.compact


def validate(text: str) -> str:
    """The compact number; InvalidIdentifier says why it is none."""
    number = compact(text)
    demand(len(number) == 19, "length")
    demand(_SHAPE.fullmatch(number), "shape")
    if number[0] == "L":
        demand(number[1:3] in _provinces.PROVINCES, "component")
        demand(_dates.is_birth(number[7:15]), "date")
    else:
        resident_id.validate(number[1:])
    return number


is_valid = passes(validate)


def check(column: pa.Array) -> pa.Array:
    """Which values are such numbers; null stays null.

    >>> check(pa.array(["G11010519491231002X", "G110105194912310021", None])).to_pylist()
    [True, False, None]
    """
    return _digits.judge(column, {19: _holds})


def generate(random: random.Random) -> str:
    """Any number of any of the three kinds."""
    return f"{random.choice('GGGJL')}{resident_id.generate(random)}"


def _holds(at: Bytes) -> Flags:
    lasting: Flags = (at[0] == ord("G")) | (at[0] == ord("J"))
    passing: Flags = at[0] == ord("L")
    if passing.any():
        digits = _digits.values_11_2(at[1:])
        passing = passing & _digits.numeric(digits[:17]) & (digits[17] <= 10)
        passing = passing & _provinces.are_provinces(digits) & _dates.are_births(digits[6:14])
    return passing | (lasting & resident_id.holds(at[1:]))
