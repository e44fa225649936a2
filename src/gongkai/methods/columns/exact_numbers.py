"""Exact numbers 精确数值: whole numbers and decimals counted in their column's own steps, 1 or 10^-scale.

Up to 18 digits they are 64-bit integers; decimals of more digits are Python's own, as exact and a good deal slower.
"""

from __future__ import annotations

from decimal import Context, Decimal
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Counts: TypeAlias = npt.NDArray[Any]
"""``int64``, or Python's integers as objects."""

_DIGITS = 18
_HALF = 2**62
_POWERS = 10 ** np.arange(20, dtype=np.uint64)
_WIDE = Context(prec=80)


def scale(column: pa.Array) -> int | None:
    """How many digits after the point a column has; None for floats.

    >>> scale(pa.array([1])), scale(pa.array([1.5])), scale(pa.array([], pa.decimal128(9, 2)))
    (0, None, 2)
    """
    if pa.types.is_floating(column.type):
        return None
    return int(column.type.scale) if pa.types.is_decimal(column.type) else 0


def counted(column: pa.Array) -> Counts:
    """The values of a whole-number or decimal column in its own steps, 0 for null.

    >>> counted(pa.array([Decimal("1.50"), None], pa.decimal128(9, 2))).tolist()
    [150, 0]
    """
    if not pa.types.is_decimal(column.type):
        return np.asarray(pc.fill_null(column, 0).to_numpy().astype(np.int64))
    if column.type.precision <= _DIGITS:
        low_halves = np.frombuffer(column.buffers()[1] or b"", np.int64)[::2][column.offset : column.offset + len(column)]
        return np.asarray(np.where(column.is_valid().to_numpy(zero_copy_only=False), low_halves, 0))
    digits = column.type.scale
    steps = [int(each.scaleb(digits, _WIDE)) if each is not None else 0 for each in column.to_pylist()]
    return np.array(steps, object)


def column(steps: Counts, real: npt.NDArray[np.bool_], type_: pa.DataType) -> pa.Array:
    """A column of that type from values in its steps; null where not ``real`` or where the type cannot hold one.

    >>> column(np.array([150, 7, 100_000]), np.array([True, False, True]), pa.decimal128(5, 2)).to_pylist()
    [Decimal('1.50'), None, None]
    """
    if not pa.types.is_decimal(type_):
        fits = real & (steps >= -(2**63)) & (steps < 2**63)
        return pa.array(np.where(fits, steps, 0).astype(np.int64), type_, mask=~fits)
    limit = 10**type_.precision
    fits = real & (steps > -limit) & (steps < limit)
    if steps.dtype == object:
        pairs = zip(steps.tolist(), fits.tolist(), strict=True)
        return pa.array([Decimal(each).scaleb(-type_.scale, _WIDE) if fit else None for each, fit in pairs], type_)
    halves = np.stack([steps, steps >> 63], axis=1)
    whole = pa.Array.from_buffers(type_, len(steps), [None, pa.py_buffer(np.ascontiguousarray(halves))])
    return whole if fits.all() else pc.if_else(pa.array(fits), whole, None)


def nearest(steps: Counts, step: int) -> Counts:
    """The multiple of ``step`` nearest to each, the even one of two equally near.

    >>> nearest(np.array([25, 35, -25, 26]), 10).tolist()
    [20, 40, -20, 30]
    """
    return times(multiples(steps, step), step)


def multiples(steps: Counts, step: int) -> Counts:
    """The same, counted in ``step``."""
    if step >= _HALF:
        steps = steps.astype(object)
    below, rest = np.floor_divide(steps, step), np.mod(steps, step)
    above = rest - (step - rest)
    return np.asarray(below + ((above > 0) | ((above == 0) & (below % 2 == 1))))


def times(counts: Counts, step: int) -> Counts:
    """Every count so many times; as Python's integers where 64 bits would not hold one.

    >>> times(np.array([2**62]), 4).tolist()[0] == 2**64
    True
    """
    if counts.dtype != object and len(counts) and max(int(counts.max()), -int(counts.min())) * step >= 2 * _HALF:
        counts = counts.astype(object)
    return np.asarray(counts * step)


def lengths(steps: Counts) -> npt.NDArray[np.int64]:
    """How many digits each has, 0 for 0.

    >>> lengths(np.array([0, -9, 10])).tolist()
    [0, 1, 2]
    """
    if steps.dtype == object:
        return np.array([len(str(abs(each))) if each else 0 for each in steps], np.int64)
    return np.searchsorted(_POWERS, np.abs(steps).view(np.uint64), "right").astype(np.int64)


def written(number: float) -> Decimal:
    """A parameter as somebody wrote it: 0.1 is a tenth.

    >>> written(0.1) + written(0.2)
    Decimal('0.3')
    """
    return Decimal(repr(number)).normalize() + 0


def in_steps(number: Decimal, digits: int) -> int | None:
    """A number in steps of 10^-digits; None where it has more decimals than that.

    >>> in_steps(Decimal("0.5"), 1), in_steps(Decimal("0.25"), 1)
    (5, None)
    """
    steps = number.scaleb(digits, _WIDE)
    return int(steps) if steps == steps.to_integral_value(context=_WIDE) else None
