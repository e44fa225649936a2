"""round 取整: a number becomes the nearest multiple of a step, or keeps so many significant digits 有效数字.

Half way between two the even one is taken, as GB/T 8170 rounds 数值修约. Whole numbers and decimals are rounded exactly, floats
as 64-bit floats.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gongkai.disclosure import Disclosure, Form
from gongkai.methods.columns import exact_numbers as numbers
from gongkai.methods.columns.plain import plain

TITLE = "取整"
VERSION = 1
TYPES = frozenset({"integer", "decimal", "float"})
Floats: TypeAlias = npt.NDArray[np.float64]
Flags: TypeAlias = npt.NDArray[np.bool_]
_MOST_DIGITS = 15
"""Digits that a 64-bit float surely holds."""
_WHOLE_DIGITS = 18
_WIDEST = 38
_TOLD = 1e15
"""Multiples of a step that a 64-bit float still tells apart."""
_LARGEST = 1e290


def apply(column: pa.Array, *, to: float | None = None, digits: int | None = None) -> pa.Array:
    """Numbers of the column's type; a decimal keeps its scale and takes one digit more in front, for 99.95 may become 100.00.

    ``to``: the step. ``digits``: significant digits; a value that has no more of them stays. Null stays. A float that is not
    finite, or so large that multiples of the step can no longer be told, becomes null, and so does a whole number whose
    multiple needs more than 64 bits. ValueError unless exactly one of the two is given, or where it would change nothing: a
    step below two of the column's own, as many digits as the column has.

    >>> apply(pa.array([14, 15, 25, None]), to=10).to_pylist()
    [10, 20, 20, None]
    >>> apply(pa.array([Decimal("9.96"), Decimal("0.45")], pa.decimal128(3, 2)), to=0.1).to_pylist()
    [Decimal('10.00'), Decimal('0.40')]
    >>> apply(pa.array([123456, -98765, 7]), digits=2).to_pylist()
    [120000, -99000, 7]
    >>> apply(pa.array([1]), to=1)
    Traceback (most recent call last):
        ...
    ValueError: to is at least two of the column's own steps, and a multiple of them
    """
    _checked(to, digits)
    column = plain(column)
    valid = column.is_valid().to_numpy(zero_copy_only=False)
    if pa.types.is_floating(column.type):
        values = pc.fill_null(column, 0).to_numpy().astype(np.float64)
        rounded, told = _to_step(values, numbers.written(to)) if to is not None else _to_digits(values, int(digits or 0))
        return pa.array(rounded, column.type, mask=~(valid & told))
    steps = numbers.counted(column)
    exact = numbers.nearest(steps, _step(column, to)) if to is not None else _significant(column, steps, int(digits or 0))
    return numbers.column(exact, valid, _wider(column.type))


def reveals(entity: str, *, to: float | None = None, digits: int | None = None) -> Disclosure:
    """The range around a multiple, one step wide; how wide it is behind significant digits depends on the value.

    >>> reveals("INCOME", to=1000).width, reveals("INCOME", digits=2).width
    (1000.0, None)
    """
    _checked(to, digits)
    return Disclosure(Form.COARSE, parts=frozenset({"range"}), width=float(to) if to is not None else None)


def _step(column: pa.Array, to: float) -> int:
    step = numbers.in_steps(numbers.written(to), int(numbers.scale(column) or 0))
    if step is None or step < 2:
        raise ValueError("to is at least two of the column's own steps, and a multiple of them")
    return step


def _significant(column: pa.Array, steps: numbers.Counts, digits: int) -> numbers.Counts:
    if digits >= (column.type.precision if pa.types.is_decimal(column.type) else _WHOLE_DIGITS):
        raise ValueError("digits is fewer than the column's own")
    lengths, rounded = numbers.lengths(steps), steps.copy()
    for length in range(digits + 1, int(lengths.max(initial=0)) + 1):
        here = np.flatnonzero(lengths == length)
        if len(here):
            nearest = numbers.nearest(steps[here], 10 ** (length - digits))
            rounded = rounded.astype(object) if nearest.dtype == object else rounded
            rounded[here] = nearest
    return rounded


def _wider(type_: pa.DataType) -> pa.DataType:
    return pa.decimal128(min(type_.precision + 1, _WIDEST), type_.scale) if pa.types.is_decimal(type_) else type_


def _to_step(values: Floats, to: Decimal) -> tuple[Floats, Flags]:
    """Multiples of ``to`` as they would be written, and which can be told."""
    step, decimals = float(to), max(0, -int(to.as_tuple().exponent))
    told = np.abs(values) < _TOLD * step
    rounded = np.rint(np.where(told, values, 0) / step) * step
    return (np.round(rounded, decimals) if decimals <= _MOST_DIGITS else rounded) + 0.0, told


def _to_digits(values: Floats, digits: int) -> tuple[Floats, Flags]:
    sizes = np.abs(values)
    told = (sizes == 0) | ((sizes > 1 / _LARGEST) & (sizes < _LARGEST))
    safe = np.where(told & (sizes > 0), values, 1)
    power = np.floor(np.log10(np.abs(safe))) - digits + 1
    scale = 10.0 ** np.abs(power)
    with np.errstate(over="ignore"):  # of the way that is not taken
        rounded = np.where(power >= 0, np.rint(safe / scale) * scale, np.rint(safe * scale) / scale)
    return np.where(sizes == 0, 0, rounded), told


def _checked(to: float | None, digits: int | None) -> None:
    if (to is None) == (digits is None):
        raise ValueError("give either to, a step, or digits, how many of them stay")
    if to is not None and not 0 < to < float("inf"):
        raise ValueError("to is a number above 0")
    if digits is not None and not 1 <= digits <= _MOST_DIGITS:
        raise ValueError(f"digits is 1 to {_MOST_DIGITS}")
