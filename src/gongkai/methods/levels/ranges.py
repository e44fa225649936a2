"""Levels of a number 数值层级: the range it lies in, by even width or by edges."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gongkai.disclosure import FULL_MASK, Disclosure, Form
from gongkai.methods.columns import exact_numbers as numbers
from gongkai.methods.columns.distinct import distinct
from gongkai.methods.columns.plain import plain

Integers: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]

_EXACT = 1e15
"""Multiples of the width that a 64-bit float still tells apart."""


def coarsen(column: pa.Array, edges: list[float] | None = None, width: float | None = None) -> pa.Array:
    """A column of numbers as the texts of their ranges; ``****`` for a float whose range cannot be told. ValueError as from
    ``check``, and where a range would be of one value or finer than the column's own steps.

    >>> coarsen(pa.array([19, 20, None]), width=10).to_pylist()
    ['10-19', '20-29', None]
    >>> coarsen(pa.array([1]), width=1)
    Traceback (most recent call last):
        ...
    ValueError: a range of one value is the value itself: make it wider
    """
    bounds = check(edges, width)
    column = plain(column)
    valid = column.is_valid().to_numpy(zero_copy_only=False)
    ranges, told = _ranges(column, bounds, width)
    found, places = distinct(ranges)
    whole = pa.types.is_integer(column.type)
    labels = pa.array([_label(*_span(int(each), bounds, width), whole=whole) for each in found], pa.string())
    labelled = labels.take(pa.array(places, mask=None if valid.all() else ~valid))
    return labelled if told.all() else pc.if_else(pa.array(told | ~valid), labelled, FULL_MASK)


def disclosed(edges: list[float] | None = None, width: float | None = None) -> Disclosure:
    """The range, and how wide the narrowest one is."""
    bounds = [float(each) for each in check(edges, width)]
    narrowest = bounds[0] if width is not None else min((high - low for low, high in pairwise(bounds)), default=None)
    return Disclosure(Form.COARSE, parts=frozenset({"range"}), width=narrowest)


def check(edges: list[float] | None, width: float | None) -> list[Decimal]:
    """The edges, or the width alone, as they are written. ValueError unless exactly one is given, and edges rise."""
    if (edges is None) == (width is None):
        raise ValueError("give either edges or width")
    bounds = [Decimal(repr(each)).normalize() + 0 for each in (edges if edges is not None else [width])]
    if not bounds or not all(each.is_finite() for each in bounds):
        raise ValueError("edges are numbers, at least one")
    if width is not None and bounds[0] <= 0:
        raise ValueError("width is above 0")
    if any(low >= high for low, high in pairwise(bounds)):
        raise ValueError("edges rise")
    return bounds


def _ranges(column: pa.Array, bounds: list[Decimal], width: float | None) -> tuple[Integers, Flags]:
    """Which range each value lies in, as a multiple of the width or a place among the edges, and of which that can be told."""
    if pa.types.is_floating(column.type):
        values = pc.fill_null(column, 0).to_numpy().astype(np.float64)
        told = np.abs(values) < (_EXACT * float(bounds[0]) if width is not None else np.inf)
        values = np.where(told, values, 0)
        return _even(values, bounds[0]) if width is not None else _among(np.array(bounds, np.float64), values), told
    counted = numbers.counted(column)
    steps = np.array(_steps(bounds, int(numbers.scale(column) or 0), width), counted.dtype)
    told = np.ones(len(column), bool)
    return np.floor_divide(counted, steps[0]) if width is not None else _among(steps, counted), told


def _among(edges: npt.NDArray[Any], values: npt.NDArray[Any]) -> Integers:
    return np.searchsorted(edges, values, "right").astype(np.int64)


def _steps(bounds: list[Decimal], scale: int, width: float | None) -> list[int]:
    """Edges or width in the column's own steps."""
    steps = [each.scaleb(scale) for each in bounds]
    if any(each != int(each) or abs(each) >= 2**63 for each in steps):
        raise ValueError("edges and width have no more decimals than the column")
    narrowest = steps[0] if width is not None else min((high - low for low, high in pairwise(steps)), default=Decimal(2))
    if narrowest < 2:
        raise ValueError("a range of one value is the value itself: make it wider")
    return [int(each) for each in steps]


def _even(values: npt.NDArray[np.float64], width: Decimal) -> npt.NDArray[np.int64]:
    """Which multiple of ``width`` each value reaches, held against the multiple as it is written."""
    digits = max(0, -int(width.as_tuple().exponent))
    ranges = np.floor(values / float(width))
    ranges -= np.round(ranges * float(width), digits) > values
    ranges += np.round((ranges + 1) * float(width), digits) <= values
    return ranges.astype(np.int64)


def _span(index: int, bounds: list[Decimal], width: float | None) -> tuple[Decimal | None, Decimal | None]:
    if width is not None:
        return bounds[0] * index, bounds[0] * (index + 1)
    return (bounds[index - 1] if index else None), (bounds[index] if index < len(bounds) else None)


def _label(low: Decimal | None, high: Decimal | None, *, whole: bool) -> str:
    if low is None:
        return f"<{high:f}"
    if high is None:
        return f">={low:f}"
    if not whole:
        return f"[{low:f},{high:f})"
    first, last = int(low), int(high) - 1
    return f"{first}-{last}" if first >= 0 else f"({first})-({last})"
