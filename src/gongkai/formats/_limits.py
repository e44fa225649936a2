"""What a format cannot carry 格式限制 is refused with a count per column, before anything of it is published."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from gongkai.batches import Batches
from gongkai.errors import DataError, Reason

_DAYS = (-719_162, 2_932_896)  # 0001-01-01, 9999-12-31
_DAY_MICROSECONDS = 86_400_000_000


def refusing(batches: Batches, count: Callable[[pa.Array], int], rule: str, message: str) -> Batches:
    """The stream as it is, unless ``count`` finds something in a column: then everything is counted, and DataError raised.

    >>> list(refusing(iter([pa.record_batch({"a": [1.0, float("nan")]})]), not_finite, "format.not_finite", "no number"))
    Traceback (most recent call last):
        ...
    gongkai.errors.DataError: format.not_finite: no number (column a, 1 value)
    """
    for batch in batches:
        found = _count(batch, count)
        if found:
            for rest in batches:
                found += _count(rest, count)
            raise DataError(*(Reason(rule, message, column, number) for column, number in found.items()))
        yield batch


def dates(batches: Batches) -> Batches:
    """Refuses years ISO 8601 cannot write with four digits."""
    return refusing(batches, outside_four_digit_years, "format.date_range", "dates outside the years 0001 to 9999")


def numbers(batches: Batches) -> Batches:
    """Refuses infinite and undefined numbers, for formats that have no sign for them."""
    return refusing(batches, not_finite, "format.not_finite", "numbers that are infinite or undefined")


def not_finite(column: pa.Array) -> int:
    if not pa.types.is_floating(column.type):
        return 0
    return int(pc.sum(pc.invert(pc.is_finite(column))).as_py() or 0)


def outside_four_digit_years(column: pa.Array) -> int:
    """How many dates lie outside the years 0001 to 9999.

    >>> outside_four_digit_years(pa.array([0, 3_000_000], pa.date32()))
    1
    """
    if pa.types.is_date32(column.type):
        first, last, unit = _DAYS[0], _DAYS[1], pa.int32()
    elif pa.types.is_timestamp(column.type):
        first, last, unit = _DAYS[0] * _DAY_MICROSECONDS, (_DAYS[1] + 1) * _DAY_MICROSECONDS - 1, pa.int64()
    else:
        return 0
    values = column.cast(unit)
    return int(pc.sum(pc.or_(pc.less(values, first), pc.greater(values, last))).as_py() or 0)


def _count(batch: pa.RecordBatch, count: Callable[[pa.Array], int]) -> Counter[str]:
    found: Counter[str] = Counter()
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        if number := count(column):
            found[name] = number
    return found
