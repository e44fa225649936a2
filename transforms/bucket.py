"""bucket 分段: a number becomes the range it lies in, by even ``width`` or by ``edges``.

Whole numbers are labelled by their first and last value, ``20-29``; others by their bounds, the upper one outside: ``[20,30)``.
Beyond the edges stand ``<18`` and ``>=60``.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gongkai.disclosure import Disclosure, Form

from ._full import FULL_MASK
from ._plain import plain

TITLE = "分段"
TYPES = frozenset({"integer", "decimal", "float"})
_EXACT = 1e15
"""Multiples of the width that a 64-bit float still tells apart."""


def apply(column: pa.Array, *, edges: list[float] | None = None, width: float | None = None) -> pa.Array:
    """Text labels. Null stays. A float that is not finite, or so large that ranges can no longer be told, becomes ``****``.

    Whole numbers and decimals of up to 18 digits are compared exactly, others as 64-bit floats. ValueError unless exactly one
    of ``edges`` (rising) and ``width`` is given, in no finer steps than the column's own, and wider than one whole number.

    >>> apply(pa.array([19, 20, 65, None]), width=10).to_pylist()
    ['10-19', '20-29', '60-69', None]
    >>> apply(pa.array([17, 18, 60]), edges=[18, 60]).to_pylist()
    ['<18', '18-59', '>=60']
    >>> apply(pa.array([1]), width=1)
    Traceback (most recent call last):
        ...
    ValueError: a range of one value is the value itself: make it wider
    """
    bounds = _checked(edges, width)
    column = plain(column)
    numbers, scale = _numbers(column)
    values = numbers.to_numpy(zero_copy_only=False)
    if scale is None:
        usable = np.abs(values) < (_EXACT * float(bounds[0]) if width is not None else np.inf)
        values = np.where(usable, values, 0)
        edges_ = np.array(bounds, np.float64)
        ranges = _even(values, bounds[0]) if width is not None else np.searchsorted(edges_, values, "right")
    else:
        usable = np.ones(len(values), bool)
        steps = np.array(_steps(bounds, scale, width), np.int64)
        ranges = np.floor_divide(values, steps) if width is not None else np.searchsorted(steps, values, "right")
    distinct, indices = np.unique(ranges, return_inverse=True)
    whole = pa.types.is_integer(column.type)
    labels = pa.array([_label(*_span(int(each), bounds, width), whole=whole) for each in distinct], pa.string())
    labelled = pc.if_else(pa.array(usable), labels.take(pa.array(indices, pa.int64())), FULL_MASK)
    return pc.if_else(column.is_valid(), labelled, None)


def reveals(*, edges: list[float] | None = None, width: float | None = None) -> Disclosure:
    """The range.

    >>> reveals(width=10).form.name
    'COARSE'
    """
    _checked(edges, width)
    return Disclosure(Form.COARSE, parts=frozenset({"range"}))


def _numbers(column: pa.Array) -> tuple[pa.Array, int | None]:
    """The values without nulls: counted in steps of 10^-scale where they fit 64-bit integers, else floats without scale."""
    if pa.types.is_integer(column.type):
        return pc.fill_null(column, 0), 0
    if pa.types.is_decimal(column.type) and column.type.precision <= 18:
        low_halves = np.frombuffer(column.buffers()[1] or b"", np.int64)[::2]
        return pa.array(low_halves[column.offset : column.offset + len(column)]), column.type.scale
    text = column.cast(pa.string()) if pa.types.is_decimal(column.type) else column
    return pc.fill_null(text.cast(pa.float64()), 0), None


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


def _checked(edges: list[float] | None, width: float | None) -> list[Decimal]:
    """The edges, or the width alone, as they are written."""
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
