"""Levels of a division code 区划层级 (GB/T 2260): its county, city or province, as a code or by name."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gongkai.disclosure import Disclosure, Form
from gongkai.methods.columns.distinct import distinct
from gongkai.methods.columns.full_mask import else_full_mask
from gongkai.methods.columns.plain import plain
from gongkai.methods.columns.text_buffers import grid
from gongkai.project import Project
from gongkai.reference import divisions

Level: TypeAlias = Literal["province", "city", "county"]
Written: TypeAlias = Literal["code", "name"]
_DIGITS = {"province": 2, "city": 4, "county": 6}
_WRITTEN = ("code", "name")
_LENGTHS = (6, 9, 12)


def coarsen(column: pa.Array, to: Level, written: Written, project: Project) -> pa.Array:
    """A column of codes as texts at a level; ``****`` for what is no code of a known province. ValueError as from ``check``.

    >>> from gongkai.project import SHIPPED
    >>> coarsen(pa.array(["370102001", "990102", None]), "city", "code", SHIPPED).to_pylist()
    ['370100', '****', None]
    >>> coarsen(pa.array(["370102"]), "street", "code", SHIPPED)
    Traceback (most recent call last):
        ...
    ValueError: to is one of province, city, county
    """
    check(to, written)
    column = plain(column)
    provinces = project.once(_provinces)
    codes, known = np.zeros(len(column), np.int32), np.zeros(len(column), bool)
    for length in _LENGTHS:
        rows, values = grid(column, length)
        codes[rows], known[rows] = _leading(values, _DIGITS[to], provinces)
    values, places = distinct(codes)
    labels = _names(values, _DIGITS[to], project) if written == "name" else _zeros(values, _DIGITS[to])
    return else_full_mask(labels.take(pa.array(places, mask=~known)), column)


def disclosed(to: Level) -> Disclosure:
    """The divisions down to a level, which are as many leading digits, whichever way they are written."""
    levels = list(_DIGITS)
    return Disclosure(Form.COARSE, _DIGITS[to], parts=frozenset(levels[: levels.index(to) + 1]))


def check(to: str, written: str = "code") -> None:
    """ValueError for a level, or a way to write it, that is none."""
    if to not in _DIGITS:
        raise ValueError(f"to is one of {', '.join(_DIGITS)}")
    if written not in _WRITTEN:
        raise ValueError(f"written is one of {', '.join(_WRITTEN)}")


def _leading(
    values: npt.NDArray[np.uint8], count: int, provinces: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.bool_]]:
    """The first ``count`` digits of each code as a number, and where all of it is digits and begins with a known province."""
    digits = values - np.uint8(ord("0"))
    known = np.ones(len(values), bool)
    for place in range(values.shape[1]):
        known &= digits[:, place] <= 9
    number = np.zeros(len(values), np.int32)
    for place in range(count):
        number = number * np.int32(10) + digits[:, place]
    known &= provinces[np.where(known, number // 10 ** (count - 2), 0)]
    return np.where(known, number, 0), known


def _zeros(codes: npt.NDArray[np.integer], digits: int) -> pa.Array:
    return pc.utf8_lpad(pa.array(codes * 10 ** (6 - digits)).cast(pa.string()), 6, "0")


def _names(codes: npt.NDArray[np.integer], digits: int, project: Project) -> pa.Array:
    table = divisions.load(project)
    return pa.array([table.title(f"{code:0{digits}}") for code in codes.tolist()], pa.string())


def _provinces(project: Project) -> npt.NDArray[np.bool_]:
    """Which numbers of two digits are provinces."""
    known = np.zeros(100, bool)
    known[[int(code) for code in divisions.load(project).names if len(code) == 2]] = True
    return known
