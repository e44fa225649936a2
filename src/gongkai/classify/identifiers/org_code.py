"""Organization code 组织机构代码 (GB 11714): 8 digits or capitals + 1 check (0-9, X), written with a dash between.

>>> validate("MA01ABC9-2")
'MA01ABC92'
>>> validate("MA01ABC9-3")
Traceback (most recent call last):
    ...
gongkai.classify.identifiers._errors.InvalidIdentifier: fails the check of its standard
"""

from __future__ import annotations

import random
import re

import pyarrow as pa

from gongkai.classify.identifiers import _checksums, _digits, _text
from gongkai.classify.identifiers._errors import demand, passes
from gongkai.classify.identifiers._types import Boundary, Bytes, Evidence, Flags

TITLE = "组织机构代码"
ENTITY = "ORG_CODE"
EVIDENCE: Evidence = "checksum"
FIND = "[0-9A-Z]{8}-[0-9X]"
BOUNDARY: Boundary = "number"
CONTEXT = ("组织机构代码", "机构代码", "代码证")

_SHAPE = re.compile("[0-9A-Z]{8}[0-9X]")
_WORTH = _checksums.worth(_checksums.LETTERS_36)


def compact(text: str) -> str:
    """Half width, without separators, in capitals.

    >>> compact("ｍａ０１ａｂｃ９－２")
    'MA01ABC92'
    """
    return _text.compact(text)


def validate(text: str) -> str:
    """The compact code; InvalidIdentifier says why it is none."""
    code = compact(text)
    demand(len(code) == 9, "length")
    demand(_SHAPE.fullmatch(code), "shape")
    demand(_checksums.check_org(code[:8]) == code[8], "checksum")
    return code


def is_valid(text: str) -> bool:
    """Whether `validate` lets it through.

    >>> is_valid("MA01ABC92"), is_valid("MA01ABC9A")
    (True, False)
    """
    return passes(validate, text)


def parts(text: str) -> dict[str, str]:
    """Body and check character; InvalidIdentifier when it is none.

    >>> parts("MA01ABC9-2")
    {'body': 'MA01ABC9', 'check': '2'}
    """
    code = validate(text)
    return {"body": code[:8], "check": code[8]}


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
