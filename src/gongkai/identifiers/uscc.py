"""Unified social credit code 统一社会信用代码 (GB 32100): 1 registrar + 1 kind + 6 region + 9 organization + 1 check.

The letters I, O, S, V, Z are not used. Registrar and kind are checked against the standard's table, the region's province is
checked, and a number that is also a valid citizen number is that. 92 is a sole trader, behind whom stands one person: those
codes are `uscc_sole_trader`.

>>> validate("91110105MA01ABC922")
'91110105MA01ABC922'
>>> validate("91110105MA01ABC923")
Traceback (most recent call last):
    ...
gongkai.identifiers._errors.InvalidIdentifier: fails the check of its standard
"""

from __future__ import annotations

import random
import re

import numpy as np
import pyarrow as pa

from gongkai.identifiers import _checksums, _digits, _provinces, _text, resident_id
from gongkai.identifiers._errors import demand, passes
from gongkai.identifiers._types import Boundary, Bytes, Evidence, Flags

TITLE = "统一社会信用代码"
ENTITY = "USCC"
EVIDENCE: Evidence = "checksum"
FIND = "(?:[1-8AN][1-59]|9[13]|Y1)[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}"
BOUNDARY: Boundary = "number"
CONTEXT = ("统一社会信用代码", "信用代码", "社会信用", "营业执照", "纳税人识别号", "税号", "USCC", "uscc")

KINDS = {
    "1": "1239", "2": "19", "3": "123459", "4": "19", "5": "1239", "6": "129", "7": "129", "8": "19", "9": "123", "A": "19",
    "N": "1239", "Y": "1",
}
"""GB 32100 table 1, with the later A (army) and N (agriculture): kinds of organization by registrar."""

SOLE_TRADER = "92"
NATIONAL = "100000"
"""The region of what the state's own registrar keeps."""

_PREFIXES = tuple(registrar + kind for registrar in KINDS for kind in KINDS[registrar])
_SHAPE = re.compile("[1-9ANY][1-59][0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")
_WORTH = _checksums.worth(_checksums.LETTERS_31)
_KNOWN = np.zeros(1 << 16, bool)
_KNOWN[[int.from_bytes(prefix.encode()) for prefix in _PREFIXES]] = True


compact = _text.compact


def validate(text: str) -> str:
    """The compact code; InvalidIdentifier says why it is none."""
    code = valid_code(text)
    demand(code[:2] != SOLE_TRADER, "component")
    return code


is_valid = passes(validate)


def valid_code(text: str) -> str:
    """The compact code of anybody, sole traders too; InvalidIdentifier says why it is none."""
    code = compact(text)
    demand(len(code) == 18, "length")
    demand(_SHAPE.fullmatch(code), "shape")
    demand(code[:2] in _PREFIXES, "component")
    demand(code[2:4] in _provinces.PROVINCES or code[2:8] == NATIONAL, "component")
    demand(_checksums.check_31(code[:17]) == code[17], "checksum")
    demand(not resident_id.is_valid(code), "component")
    return code


def check(column: pa.Array) -> pa.Array:
    """Which values are such codes; null stays null.

    >>> check(pa.array(["91110105MA01ABC922", "91110105MA01ABC923", None])).to_pylist()
    [True, False, None]
    """
    return _digits.judge(column, {18: _holds})


def generate(random: random.Random) -> str:
    """Any code of any registrar; sole traders apart."""
    while True:
        code = generate_for(random, random.choice(["91", "91", "91", *_PREFIXES]))
        if is_valid(code):
            return code


def generate_for(random: random.Random, prefix: str) -> str:
    """Any code of this registrar and kind, its organization a valid code of GB 11714."""
    organization = "".join(random.choices(_checksums.LETTERS_31, k=8))
    body = prefix + random.choice(_provinces.CODES) + f"{random.randrange(10_000):04d}"
    body += organization + _checksums.check_org(organization)
    return body + _checksums.check_31(body)


def codes_hold(at: Bytes) -> Flags:
    """`valid_code` for compact texts as ASCII bytes of shape (18, texts), one row per position."""
    values = _WORTH[at]
    shaped = _digits.numeric(values[2:8]) & (values.max(axis=0) <= 30)
    known = _KNOWN[at[0].astype(np.uint16) << 8 | at[1]]
    regions = _provinces.are_provinces(values[2:8]) | (_digits.number(values[2:8]) == int(NATIONAL))
    holds: Flags = shaped & known & regions & _checksums.holds_31(values) & ~resident_id.holds(at)
    return holds


def _holds(at: Bytes) -> Flags:
    sole_trader: Flags = (at[0] == ord("9")) & (at[1] == ord("2"))
    return codes_hold(at) & ~sole_trader
