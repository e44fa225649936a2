"""Logical types of columns 数据类型, and what they are in Arrow.

A column's type comes from its catalogue entry, never from looking at values: ``011`` registered as text stays ``011``.

======================  ==========================  =======================
in the entry            in Arrow                    数据类型
======================  ==========================  =======================
``text``                string                      文本
``integer``             int64                       整数
``decimal(p,s)``        decimal128(p, s)            小数, p digits, s after the point
``float``               float64                     浮点数
``boolean``             bool                        布尔
``date``                date32                      日期
``datetime``            timestamp[us]               日期时间, local, without zone
======================  ==========================  =======================
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import pyarrow as pa

_PLAIN = {
    "text": pa.string(),
    "integer": pa.int64(),
    "float": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "datetime": pa.timestamp("us"),
}
_DECIMAL = re.compile(r"decimal\(\s*([0-9]+)\s*,\s*([0-9]+)\s*\)")
_TITLES = {"text": "文本", "integer": "整数", "float": "浮点数", "boolean": "布尔", "date": "日期", "datetime": "日期时间"}

KNOWN = (*_PLAIN, "decimal(p,s)")


@dataclass(frozen=True, slots=True)
class SourceColumn:
    """A column as the source has it now: its name byte for byte, the source's own word for its type, and what its makers
    wrote about it 字段注释, where the source keeps that."""

    name: str
    native: str
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Since:
    """The lower bound of an incremental load: rows whose ``column`` is not older than ``value`` (text, inclusive)."""

    column: str
    value: str


def arrow_type(logical: str) -> pa.DataType:
    """The Arrow type of a logical type; ValueError naming the known ones.

    >>> arrow_type("decimal(12, 2)")
    Decimal128Type(decimal128(12, 2))
    >>> arrow_type("varchar")
    Traceback (most recent call last):
        ...
    ValueError: one of text, integer, float, boolean, date, datetime, decimal(p,s)
    """
    if logical in _PLAIN:
        return _PLAIN[logical]
    found = _DECIMAL.fullmatch(logical)
    if found and 1 <= int(found[1]) <= 38 and int(found[2]) <= int(found[1]):
        return pa.decimal128(int(found[1]), int(found[2]))
    raise ValueError(f"one of {', '.join(KNOWN)}")


def logical_type(arrow: pa.DataType) -> str:
    """The logical type of an Arrow type the program writes.

    >>> logical_type(pa.decimal128(12, 2)), logical_type(pa.string())
    ('decimal(12,2)', 'text')
    """
    if pa.types.is_decimal(arrow):
        return f"decimal({arrow.precision},{arrow.scale})"
    return next(name for name, plain in _PLAIN.items() if plain == arrow)


def title(logical: str) -> str:
    """The Chinese name of a logical type, for dictionaries and reports.

    >>> title("decimal(12,2)"), title("date")
    ('小数(12,2)', '日期')
    """
    return logical.replace("decimal", "小数") if logical.startswith("decimal") else _TITLES[logical]
