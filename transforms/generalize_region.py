"""generalize_region 区划概化: a GB/T 2260 division code keeps the digits of its county, city or province; zeros follow.

Takes codes of six digits and the longer statistical ones of nine (street) and twelve (village); gives six digits always. A text
that is no code of a known province becomes ``****``. A six-digit code with nothing finer than asked for is given as it is.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from gongkai.disclosure import Disclosure, Form

from ._divisions import load
from ._full import else_full_mask
from ._plain import plain

TITLE = "区划概化"
TYPES = frozenset({"text"})
Level: TypeAlias = Literal["province", "city", "county"]
_DIGITS = {"province": 2, "city": 4, "county": 6}


def apply(column: pa.Array, *, to: Level) -> pa.Array:
    """Text of six digits. Null and empty stay.

    >>> apply(pa.array(["370102001", "370102", "990102", None]), to="city").to_pylist()
    ['370100', '370100', '****', None]
    >>> apply(pa.array(["370102"]), to="street")
    Traceback (most recent call last):
        ...
    ValueError: to is one of province, city, county
    """
    _checked(to)
    column = plain(column)
    provinces = pa.array([code for code in load().names if len(code) == 2])
    distinct = column.dictionary_encode()
    code = pc.match_substring_regex(distinct.dictionary, "^[0-9]{6}([0-9]{3}){0,2}$")
    known = pc.and_(code, pc.is_in(pc.utf8_slice_codeunits(distinct.dictionary, 0, 2), provinces))
    coarse = pc.utf8_rpad(pc.utf8_slice_codeunits(distinct.dictionary, 0, _DIGITS[to]), 6, "0")
    return else_full_mask(pc.if_else(known, coarse, None).take(distinct.indices), column)


def reveals(*, to: Level) -> Disclosure:
    """The divisions down to that level, which are as many leading digits.

    >>> sorted(reveals(to="city").parts), reveals(to="city").first
    (['city', 'province'], 4)
    """
    _checked(to)
    levels = list(_DIGITS)
    return Disclosure(Form.COARSE, _DIGITS[to], parts=frozenset(levels[: levels.index(to) + 1]))


def _checked(to: str) -> None:
    if to not in _DIGITS:
        raise ValueError(f"to is one of {', '.join(_DIGITS)}")
