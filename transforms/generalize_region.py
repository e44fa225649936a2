"""generalize_region 区划概化: a GB/T 2260 division code keeps the digits of its county, city or province; zeros follow.

Takes codes of six digits and the longer statistical ones of nine (street) and twelve (village); gives six digits always, or the
names they stand for. A text that is no code of a known province becomes ``****``. A six-digit code with nothing finer than
asked for is given as it is.
"""

from __future__ import annotations

from functools import cache
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gongkai.disclosure import Disclosure, Form

from ._bytes import grid
from ._distinct import distinct
from ._divisions import load
from ._full import else_full_mask
from ._plain import plain

TITLE = "区划概化"
TYPES = frozenset({"text"})
Level: TypeAlias = Literal["province", "city", "county"]
Written: TypeAlias = Literal["code", "name"]
_DIGITS = {"province": 2, "city": 4, "county": 6}
_WRITTEN = ("code", "name")
_LENGTHS = (6, 9, 12)


def apply(column: pa.Array, *, to: Level, written: Written = "code") -> pa.Array:
    """Text of six digits, or with ``written: name`` the official name with those it lies in. Null and empty stay.

    A city or county that the table of divisions does not know has no name: it gets that of the division it lies in.

    >>> codes = pa.array(["370102001", "370102", "990102", None])
    >>> apply(codes, to="city").to_pylist()
    ['370100', '370100', '****', None]
    >>> apply(codes, to="county", written="name").to_pylist()
    ['山东省济南市历下区', '山东省济南市历下区', '****', None]
    >>> apply(codes, to="street")
    Traceback (most recent call last):
        ...
    ValueError: to is one of province, city, county
    """
    _checked(to, written)
    column = plain(column)
    codes, known = np.zeros(len(column), np.int32), np.zeros(len(column), bool)
    for length in _LENGTHS:
        rows, values = grid(column, length)
        codes[rows], known[rows] = _leading(values, _DIGITS[to])
    values, places = distinct(codes)
    labels = _names(values, _DIGITS[to]) if written == "name" else _zeros(values, _DIGITS[to])
    return else_full_mask(labels.take(pa.array(places, mask=~known)), column)


def reveals(entity: str, *, to: Level, written: Written = "code") -> Disclosure:
    """The divisions down to that level, which are as many leading digits, whichever way they are written.

    >>> left = reveals("ADDRESS_REGION", to="city")
    >>> sorted(left.parts), left.first
    (['city', 'province'], 4)
    """
    _checked(to, written)
    levels = list(_DIGITS)
    return Disclosure(Form.COARSE, _DIGITS[to], parts=frozenset(levels[: levels.index(to) + 1]))


def _leading(values: npt.NDArray[np.uint8], count: int) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.bool_]]:
    """The first ``count`` digits of each code as a number, and where all of it is digits and begins with a known province."""
    digits = values - np.uint8(ord("0"))
    known = np.ones(len(values), bool)
    for place in range(values.shape[1]):
        known &= digits[:, place] <= 9
    number = np.zeros(len(values), np.int32)
    for place in range(count):
        number = number * np.int32(10) + digits[:, place]
    known &= _provinces()[np.where(known, number // 10 ** (count - 2), 0)]
    return np.where(known, number, 0), known


def _zeros(codes: npt.NDArray[np.integer], digits: int) -> pa.Array:
    return pc.utf8_lpad(pa.array(codes * 10 ** (6 - digits)).cast(pa.string()), 6, "0")


def _names(codes: npt.NDArray[np.integer], digits: int) -> pa.Array:
    return pa.array([load().title(f"{code:0{digits}}") for code in codes.tolist()], pa.string())


@cache
def _provinces() -> npt.NDArray[np.bool_]:
    """Which numbers of two digits are provinces."""
    known = np.zeros(100, bool)
    known[[int(code) for code in load().names if len(code) == 2]] = True
    return known


def _checked(to: str, written: str) -> None:
    if to not in _DIGITS:
        raise ValueError(f"to is one of {', '.join(_DIGITS)}")
    if written not in _WRITTEN:
        raise ValueError(f"written is one of {', '.join(_WRITTEN)}")
