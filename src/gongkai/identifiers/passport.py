"""Chinese passport number 护照号码, 9 characters: E + 8 digits, E + letter + 7; G, P, S, D + 8; SE, DE, PE + 7.

E and G are private, P public, S service, D diplomatic; the letters I and O are not used. Other countries' passports have no
form in common: their columns are known by name only.

>>> validate("e 1234 5678")
'E12345678'
>>> validate("EI1234567")
Traceback (most recent call last):
    ...
gongkai.identifiers._errors.InvalidIdentifier: is not written like this identifier
"""

from __future__ import annotations

import random
import re

import numpy as np
import pyarrow as pa

from gongkai.identifiers import _digits, _text
from gongkai.identifiers._errors import demand, passes
from gongkai.identifiers._types import Boundary, Bytes, Evidence, Flags

TITLE = "护照号码"
ENTITY = "ID_DOC_NO"
EVIDENCE: Evidence = "weak"
FIND = "E[A-HJ-NP-Z0-9][0-9]{7}|[GPSD][0-9]{8}|[SDP]E[0-9]{7}"
BOUNDARY: Boundary = "number"
CONTEXT = ("护照", "证件号", "证件号码", "出入境证件", "passport", "Passport", "PASSPORT")

_SHAPE = re.compile(FIND)
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_SECOND = np.isin(np.arange(256), [ord(letter) for letter in _LETTERS + "0123456789"])


compact = _text.compact


def validate(text: str) -> str:
    """The compact number; InvalidIdentifier says why it is none."""
    number = compact(text)
    demand(len(number) == 9, "length")
    demand(_SHAPE.fullmatch(number), "shape")
    return number


is_valid = passes(validate)


def check(column: pa.Array) -> pa.Array:
    """Which values are such numbers; null stays null.

    >>> check(pa.array(["E12345678", "X12345678", None])).to_pylist()
    [True, False, None]
    """
    return _digits.judge(column, {9: _holds})


def generate(random: random.Random) -> str:
    """Any number of any form."""
    prefix = random.choice(("E", "G", "P", "S", "D", "SE", "DE", "PE", *(f"E{letter}" for letter in _LETTERS)))
    width = 9 - len(prefix)
    return f"{prefix}{random.randrange(10**width):0{width}d}"


def _holds(at: Bytes) -> Flags:
    numbered = _digits.numeric(_digits.values(at[2:]))
    second: Flags = _digits.numeric(_digits.values(at[1:2]))
    ordinary: Flags = (at[0] == ord("E")) & _SECOND[at[1]]
    official: Flags = np.isin(at[0], [ord(letter) for letter in "SDP"]) & (second | (at[1] == ord("E")))
    private = (at[0] == ord("G")) & second
    formed: Flags = ordinary | official | private
    return numbered & formed
