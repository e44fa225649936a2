"""Unified social credit code of a sole trader 个体工商户统一社会信用代码 (GB 32100): 92 and 16 more, and one person behind it.

>>> validate("92110105MA01ABC92Y") == compact("92110105 ma01abc92 y")
True
>>> validate("91110105MA01ABC922")
Traceback (most recent call last):
    ...
gongkai.identifiers._errors.InvalidIdentifier: holds a part that was never given out
"""

from __future__ import annotations

import random

import pyarrow as pa

from gongkai.identifiers import _digits, uscc
from gongkai.identifiers._errors import demand, passes
from gongkai.identifiers._types import Boundary, Bytes, Evidence, Flags
from gongkai.identifiers.uscc import compact

__all__ = ["compact"]

TITLE = "个体工商户统一社会信用代码"
ENTITY = "USCC_SOLE_TRADER"
EVIDENCE: Evidence = "checksum"
FIND = "92[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}"
BOUNDARY: Boundary = "number"
CONTEXT = (*uscc.CONTEXT, "个体工商户", "个体户", "经营者")


def validate(text: str) -> str:
    """The compact code; InvalidIdentifier says why it is none."""
    code = uscc.valid_code(text)
    demand(code[:2] == uscc.SOLE_TRADER, "component")
    return code


is_valid = passes(validate)


def check(column: pa.Array) -> pa.Array:
    """Which values are such codes; null stays null.

    >>> check(pa.array(["92110105MA01ABC92Y", "91110105MA01ABC922", None])).to_pylist()
    [True, False, None]
    """
    return _digits.judge(column, {18: _holds})


def generate(random: random.Random) -> str:
    """Any code of a sole trader."""
    return uscc.generate_for(random, uscc.SOLE_TRADER)


def _holds(at: Bytes) -> Flags:
    sole_trader: Flags = (at[0] == ord("9")) & (at[1] == ord("2"))
    return uscc.codes_hold(at) & sole_trader
