"""top_code 极值截断: values beyond a bound become the bound, an age of 103 the 90 that stands for 90 and more.

It hides who stands out and nothing else: every value inside the bounds is published as it is. It is for columns whose values
inside are harmless by themselves, and no substitute for ``round``, ``bucket`` or ``noise``.
"""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gongkai.disclosure import Disclosure, Form
from gongkai.methods.columns import exact_numbers as numbers
from gongkai.methods.columns.plain import plain

TITLE = "极值截断"
VERSION = 1
TYPES = frozenset({"integer", "decimal", "float"})


def apply(column: pa.Array, *, top: float | None = None, bottom: float | None = None) -> pa.Array:
    """Numbers of the column's type, none above ``top`` nor below ``bottom``. Null stays.

    A float that is not finite becomes null. ValueError unless one of them is given, the top above the bottom, both with no more
    digits than the column has.

    >>> apply(pa.array([5, 90, 103, None]), top=90, bottom=18).to_pylist()
    [18, 90, 90, None]
    >>> apply(pa.array([103]), top=89.5)
    Traceback (most recent call last):
        ...
    ValueError: top and bottom have no more digits than the column
    """
    _checked(top, bottom)
    column = plain(column)
    valid = column.is_valid().to_numpy(zero_copy_only=False)
    if pa.types.is_floating(column.type):
        values = pc.fill_null(column, 0).to_numpy()
        return pa.array(np.clip(values, bottom, top), column.type, mask=~(valid & np.isfinite(values)))
    low, high = (None if bound is None else _step(column, bound) for bound in (bottom, top))
    return numbers.column(np.clip(numbers.counted(column), low, high), valid, column.type)


def reveals(entity: str, *, top: float | None = None, bottom: float | None = None) -> Disclosure:
    """The value itself, save the extremes.

    >>> left = reveals("AGE", top=90)
    >>> left.form.name, sorted(left.parts)
    ('ALL', ['coded'])
    """
    _checked(top, bottom)
    return Disclosure(Form.ALL, parts=frozenset({"coded"}), linkable=True)


def _step(column: pa.Array, bound: float) -> int:
    """A bound in the column's own steps."""
    step = numbers.in_steps(numbers.written(bound), int(numbers.scale(column) or 0))
    digits = column.type.precision if pa.types.is_decimal(column.type) else None
    if step is None or abs(step) >= (2**63 if digits is None else 10**digits):
        raise ValueError("top and bottom have no more digits than the column")
    return step


def _checked(top: float | None, bottom: float | None) -> None:
    given = [Decimal(repr(each)) for each in (bottom, top) if each is not None]
    if not given:
        raise ValueError("give top, bottom or both")
    if not all(each.is_finite() for each in given) or (len(given) == 2 and given[0] >= given[1]):
        raise ValueError("top and bottom are numbers, top above bottom")
