"""Vehicle identification number 车辆识别代号 (ISO 3779, GB 16735), 17 characters: 3 maker + 6 description + 8 of the vehicle.

The letters I, O, Q are not used, the last four are digits, and the ninth is a check (0-9, X), as China and North America demand
it. European makers put any character there: their numbers are known by the column's name only.

>>> validate("LZZABC12332000017") == compact("lzzabc123 32000017")
True
>>> validate("LZZABC12932000017")
Traceback (most recent call last):
    ...
gongkai.identifiers._errors.InvalidIdentifier: fails the check of its standard
"""

from __future__ import annotations

import random
import re

import numpy as np
import pyarrow as pa

from gongkai.identifiers import _checksums, _digits, _text
from gongkai.identifiers._errors import demand, passes
from gongkai.identifiers._types import Boundary, Bytes, Evidence, Flags

TITLE = "车辆识别代号"
ENTITY = "VIN"
EVIDENCE: Evidence = "checksum"
_ANY = "[A-HJ-NPR-Z0-9]"
_MAKER = f"(?:[A-HJ-NPR-Z]{_ANY}{{2}}|[1-9][A-HJ-NPR-Z]{_ANY}|[1-9][0-9][A-HJ-NPR-Z])"
FIND = f"{_MAKER}{_ANY}{{5}}[0-9X]{_ANY}{{4}}[0-9]{{4}}"
BOUNDARY: Boundary = "number"
CONTEXT = ("车架号", "车辆识别代号", "车辆识别代码", "大架号", "VIN", "vin")

_SHAPE = re.compile(FIND)
_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
_VALUES = dict(zip("0123456789" + _LETTERS, (*range(10), *range(1, 9), *range(1, 6), 7, 9, *range(2, 10)), strict=True))
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_TABLE = np.full(256, 255, np.uint8)
_TABLE[[ord(letter) for letter in _VALUES]] = list(_VALUES.values())


compact = _text.compact


def validate(text: str) -> str:
    """The compact number; InvalidIdentifier says why it is none."""
    number = compact(text)
    demand(len(number) == 17, "length")
    demand(_SHAPE.fullmatch(number), "shape")
    demand(_check_character(number) == number[8], "checksum")
    return number


is_valid = passes(validate)


def check(column: pa.Array) -> pa.Array:
    """Which values are such numbers; null stays null.

    >>> check(pa.array(["LZZABC12332000017", "LZZABC12932000017", None])).to_pylist()
    [True, False, None]
    """
    return _digits.judge(column, {17: _holds})


def generate(random: random.Random) -> str:
    """Any number of a maker in China."""
    letters = "".join(_VALUES)
    front = "L" + "".join(random.choices(letters, k=7))
    back = "".join(random.choices(letters, k=4)) + f"{random.randrange(10_000):04d}"
    return front + _check_character(f"{front}0{back}") + back


def _check_character(number: str) -> str:
    total = sum(_VALUES[letter] * weight for letter, weight in zip(number, _WEIGHTS, strict=True))
    return "0123456789X"[total % 11]


def _holds(at: Bytes) -> Flags:
    values = _TABLE[at]
    checks = _digits.values_11_2(at[8:9])[0]
    shaped: Flags = (values.max(axis=0) <= 9) & (checks <= 10) & _digits.numeric(_digits.values(at[13:]))
    maker: Flags = (at[:3] >= ord("A")).any(axis=0) & ((at[0] >= ord("A")) | (at[0] >= ord("1")))
    checked: Flags = _checksums.weighted(values, _WEIGHTS) % np.uint16(11) == checks
    return shaped & maker & checked
