"""Organization code 组织机构代码 (GB 11714): 8 digits or capitals + 1 check (0-9, X), written with a dash between.

>>> validate("MA01ABC9-2")
'MA01ABC92'
>>> validate("MA01ABC9-3")
Traceback (most recent call last):
    ...
gongkai.identifiers._errors.InvalidIdentifier: fails the check of its standard
"""

from __future__ import annotations

import random
import re

import pyarrow as pa

from gongkai.identifiers import _checksums, _digits, _text
from gongkai.identifiers._errors import demand, passes
from gongkai.identifiers._types import Boundary, Bytes, Evidence, Flags

TITLE = "组织机构代码"
ENTITY = "ORG_CODE"
EVIDENCE: Evidence = "checksum"
FIND = "[0-9A-Z]{8}-[0-9X]"
BOUNDARY: Boundary = "number"
CONTEXT = ("组织机构代码", "机构代码", "代码证")

_SHAPE = re.compile("[0-9A-Z]{8}[0-9X]")
_WORTH = _checksums.worth(_checksums.LETTERS_36)


compact = _text.compact


def validate(text: str) -> str:
    """The compact code; InvalidIdentifier says why it is none."""
    code = compact(text)
    demand(len(code) == 9, "length")
    demand(_SHAPE.fullmatch(code), "shape")
    demand(_checksums.check_org(code[:8]) == code[8], "checksum")
    return code


is_valid = passes(validate)


def check(column: pa.Array) -> pa.Array:
    """Which values are such codes; null stays null.

    >>> check(pa.array(["MA01ABC9-2", "MA01ABC9-3", None])).to_pylist()
    [True, False, None]
    """
    return _digits.judge(column, {9: holds})


def holds(at: Bytes) -> Flags:
    """`is_valid` for compact texts as ASCII bytes of shape (9, texts), one row per position."""
    values = _WORTH[at]
    values[8] = _digits.values_11_2(at[8:])[0]
    shaped: Flags = (values[:8].max(axis=0) <= 35) & (values[8] <= 10)
    return shaped & _checksums.holds_org(values)


def generate(random: random.Random) -> str:
    """Any code, written with its dash."""
    body = "".join(random.choices(_checksums.LETTERS_31, k=8))
    return f"{body}-{_checksums.check_org(body)}"
