"""From text to the registered type 类型转换: strict, for a whole column, and without an error that could quote a cell.

Every value is held against an exact expression of what fits before Arrow converts it, so that converting cannot fail.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from gongkai.columns import dates, logical_types

VERSION = 1
"""Changes when the same text becomes another value."""

TRUE = ("true", "t", "1", "yes", "y", "是")
FALSE = ("false", "f", "0", "no", "n", "否")
_MOST = "9223372036854775807"
"""The largest int64; the smallest ends in 8."""
_SHORT_NUMBER = 38
"""Digits Arrow reads into a decimal at once."""


def cast(column: pa.Array, logical: str) -> tuple[pa.Array, int]:
    """The text ``column`` as logical type ``logical``, and how many values did not fit and became null.

    Spaces are not forgiven (cleaning removes them). An empty text in a typed column is a missing value: null, not counted.
    A number fits ``integer`` and ``decimal(p,s)`` when it is exactly one: zeros behind the point do no harm, other digits
    beyond the scale do. ``float`` is finite. Dates and times are ISO 8601. ValueError for an unknown logical type.

    >>> cast(pa.array(["1.50", "1.505", "", None]), "decimal(6,2)")[0].to_pylist(), cast(pa.array(["x", ""]), "integer")[1]
    ([Decimal('1.50'), None, None, None], 1)
    >>> cast(pa.array(["1"]), "number")
    Traceback (most recent call last):
        ...
    ValueError: one of text, integer, float, boolean, date, datetime, decimal(p,s)
    """
    target = logical_types.arrow_type(logical)
    if pa.types.is_string(target):
        return column, 0
    typed = _typed(column, target)
    missing = pc.sum(pc.equal(column, "")).as_py() or 0
    return typed, typed.null_count - column.null_count - missing


def _typed(column: pa.Array, target: pa.DataType) -> pa.Array:
    if pa.types.is_boolean(target):
        return _boolean(column)
    if pa.types.is_date(target):
        return dates.read(column, *dates.ISO_DATE).cast(target)
    if pa.types.is_timestamp(target):
        return dates.read(column, *dates.ISO_DATETIME)
    if pa.types.is_integer(target):
        return _integer(column)
    if pa.types.is_decimal(target):
        return _decimal(column, target)
    return _float(column)


def _boolean(column: pa.Array) -> pa.Array:
    lower = pc.utf8_lower(column)
    true = pc.is_in(lower, pa.array(TRUE))
    return pc.if_else(pc.or_(true, pc.is_in(lower, pa.array(FALSE))), true, None)


def _integer(column: pa.Array) -> pa.Array:
    plain = pc.and_(pc.ascii_is_decimal(column), pc.less_equal(pc.binary_length(column), 18))
    if pc.all(plain, min_count=0).as_py():
        return pc.cast(column, pa.int64())
    whole = pc.replace_substring_regex(_matching(column, r"^[+-]?[0-9]+(\.0*)?$"), r"^\+|\.0*$", "")
    whole = pc.replace_substring_regex(whole, r"^(-?)0+([0-9])", r"\1\2")
    magnitude = pc.replace_substring(whole, "-", "")
    length = pc.binary_length(magnitude)
    limit = pc.if_else(pc.starts_with(whole, "-"), _MOST[:-1] + "8", _MOST)
    fits = pc.or_(pc.less(length, 19), pc.and_(pc.equal(length, 19), pc.less_equal(magnitude, limit)))
    return pc.cast(pc.if_else(fits, whole, None), pa.int64())


def _decimal(column: pa.Array, target: pa.DataType) -> pa.Array:
    whole, scale = target.precision - target.scale, target.scale
    before = f"0*[0-9]{{1,{whole}}}" if whole else "0+"
    after = f"[0-9]{{0,{scale}}}0*" if scale else "0*"
    only = f"|[.][0-9]{{1,{scale}}}0*" if scale else ""
    fitting = _matching(column, rf"^[+-]?({before}([.]{after})?{only})$")
    if (pc.max(pc.binary_length(fitting)).as_py() or 0) > _SHORT_NUMBER:
        fitting = pc.replace_substring_regex(fitting, r"^([+-]?)0+([0-9])", r"\1\2")
        fitting = pc.replace_substring_regex(fitting, r"([.][0-9]*?)0+$", r"\1")
    return pc.cast(fitting, target)


def _float(column: pa.Array) -> pa.Array:
    number = _matching(column, r"^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?$")
    typed = pc.cast(number, pa.float64())
    return pc.if_else(pc.is_finite(typed), typed, None)


def _matching(column: pa.Array, expression: str) -> pa.Array:
    """The column with null wherever a value is not what the expression says."""
    return pc.if_else(pc.match_substring_regex(column, expression), column, None)
