"""One text form for every value 文本形式, so that the same table gives the same text from any kind of source.

=============  ==================================================================================
value          text
=============  ==================================================================================
date           ``YYYY-MM-DD``
datetime       ``YYYY-MM-DD HH:MM:SS[.ffffff]``, local to the project, no trailing zeros of a fraction
time           ``HH:MM:SS[.ffffff]``
integer        its digits
decimal        its digits with its scale: ``12.50``
float          the shortest digits that read back as the same number, never an exponent; ``3``, not ``3.0``
boolean        ``true`` or ``false``
text           itself; ``''`` stays ``''``
NULL           null
bytes          refused: DataError ``source.bytes``
=============  ==================================================================================
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from gongkai.errors import DataError


def texts(values: Sequence[Any], *, column: str, zone: ZoneInfo) -> pa.Array:
    """A column of Python values as text, nulls kept. DataError on bytes, on a type without a text form, on broken Unicode.

    >>> from decimal import Decimal
    >>> texts(["011", "", None], column="a", zone=ZoneInfo("Asia/Shanghai")).to_pylist()
    ['011', '', None]
    >>> texts([Decimal("12.50"), 1e20, True], column="a", zone=ZoneInfo("Asia/Shanghai")).to_pylist()
    ['12.50', '100000000000000000000', 'true']
    >>> texts([b"0"], column="photo", zone=ZoneInfo("Asia/Shanghai"))
    Traceback (most recent call last):
        ...
    gongkai.errors.DataError: source.bytes: bytes cannot be published as text (column photo, 1 value)
    """
    kinds = set(map(type, values)) - {str, type(None)}
    if kinds:
        forms = {kind: _form(kind, column, zone, values) for kind in kinds}
        values = [value if (form := forms.get(type(value))) is None else form(value) for value in values]
    try:
        return pa.array(values, pa.string())
    except (UnicodeEncodeError, pa.ArrowInvalid):
        raise DataError.of("source.encoding", "text that is not valid Unicode", column=column) from None


def plain(column: pa.Array) -> pa.Array:
    """Floats as servers print them, without exponents and without a negative zero.

    >>> plain(pa.array(["0.1", "1e+20", "1.5e-07", "-0", None])).to_pylist()
    ['0.1', '100000000000000000000', '0.00000015', '0', None]
    """
    odd = pc.fill_null(pc.match_substring_regex(column, "[eE]|^-0$"), False)
    if not pc.any(odd).as_py():
        return column
    fixed = [_digits(Decimal(text)) for text in column.filter(odd).to_pylist()]
    return pc.replace_with_mask(column, odd, pa.array(fixed, pa.string()))


def single(column: pa.Array) -> pa.Array:
    """Floats of 4 bytes printed as if of 8, brought back to the shortest digits that name the same 4-byte number.

    >>> single(pa.array(["0.10000000149011612", "3", None])).to_pylist()
    ['0.1', '3', None]
    """
    return plain(column.cast(pa.float64()).cast(pa.float32()).cast(pa.string()))


def local(column: pa.Array, zone: ZoneInfo) -> pa.Array:
    """Datetimes printed in UTC, as the project's local time; what is no datetime (``0000-00-00 00:00:00``) stays as it is.

    >>> local(pa.array(["2020-01-02 20:00:00", "2020-01-02 20:00:00.5", None]), ZoneInfo("Asia/Shanghai")).to_pylist()
    ['2020-01-03 04:00:00', '2020-01-03 04:00:00.5', None]
    """
    odd = pc.match_substring_regex(column, "^0000|-00")
    moments = pc.if_else(odd, None, column).cast(pa.timestamp("us")).cast(pa.timestamp("us", tz=str(zone)))
    printed = pc.local_timestamp(moments).cast(pa.string())
    return pc.if_else(odd, column, pc.utf8_rtrim(pc.utf8_rtrim(printed, characters="0"), characters="."))


def moment(value: dt.datetime, zone: ZoneInfo) -> str:
    """A datetime as local text.

    >>> moment(dt.datetime(2020, 1, 2, 3, 4, 5, 100000), ZoneInfo("Asia/Shanghai"))
    '2020-01-02 03:04:05.1'
    """
    if value.tzinfo is not None:
        value = value.astimezone(zone).replace(tzinfo=None)
    return _short(value.isoformat(" "))


def number(value: float) -> str:
    """A float without an exponent.

    >>> number(3.0), number(1e-7), number(float("inf")), number(-0.0)
    ('3', '0.0000001', 'Infinity', '0')
    """
    return _digits(Decimal(repr(value)))


def _form(kind: type, column: str, zone: ZoneInfo, values: Iterable[Any]) -> Callable[[Any], str]:
    if issubclass(kind, (bytes, bytearray, memoryview)):
        count = sum(isinstance(value, kind) for value in values)
        raise DataError.of("source.bytes", "bytes cannot be published as text", column=column, count=count)
    if issubclass(kind, dt.datetime):
        return lambda value: moment(value, zone)
    for known, form in _FORMS:
        if issubclass(kind, known):
            return form
    raise DataError.of("source.type", f"values of type {kind.__name__} have no text form; cast them in a view", column=column)


def _digits(value: Decimal) -> str:
    if not value.is_finite():
        return str(value)
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _short(text: str) -> str:
    return text.rstrip("0") if "." in text else text


def _span(value: dt.timedelta) -> str:
    micros = abs(value) // dt.timedelta(microseconds=1)
    seconds, fraction = divmod(micros, 1_000_000)
    minutes, second = divmod(seconds, 60)
    sign = "-" if value < dt.timedelta() else ""
    text = f"{sign}{minutes // 60:02}:{minutes % 60:02}:{second:02}"
    return _short(f"{text}.{fraction:06}") if fraction else text


_FORMS: tuple[tuple[type | tuple[type, ...], Callable[[Any], str]], ...] = (
    (str, str),
    (bool, lambda value: "true" if value else "false"),
    (int, str),
    (float, number),
    (Decimal, lambda value: format(value, "f")),
    (dt.date, dt.date.isoformat),
    (dt.time, lambda value: _short(value.isoformat())),
    (dt.timedelta, _span),
    (UUID, str),
    ((dict, list), lambda value: json.dumps(value, ensure_ascii=False)),
)
