"""Texts read back from a file become typed columns again 类型还原."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from gongkai.errors import DataError


def typed(texts: Sequence[str | None] | pa.Array, field: pa.Field, format: str) -> pa.Array:
    """A column of the field's type; DataError when a text is not of that type.

    >>> typed(["1.50", None], pa.field("金额", pa.decimal128(12, 2)), "xml").to_pylist()
    [Decimal('1.50'), None]
    >>> typed(["x"], pa.field("人数", pa.int64()), "xml")
    Traceback (most recent call last):
        ...
    gongkai.errors.DataError: format.unreadable: xml: a text is not of the column's type (column 人数)
    """
    try:
        column = texts if isinstance(texts, pa.Array) else pa.array(texts, pa.string())
        return column.cast(field.type)
    except pa.ArrowException:
        raise DataError.of("format.unreadable", f"{format}: a text is not of the column's type", column=field.name) from None
