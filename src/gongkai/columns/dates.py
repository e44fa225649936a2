"""Reading dates and times from whole text columns 日期识别, strictly: what is not a real day of the calendar is not read.

Two ways in, one calendar (proleptic Gregorian, years 1 to 9999, no leap seconds, no zones): fixed layouts such as
``YYYY-mm-dd``, read straight from the bytes, and patterns such as ``%Y年%m月%d日``, where months and days may have one digit.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

ISO_DATE = ("YYYY-mm-dd",)
ISO_DATETIME = tuple(f"YYYY-mm-dd{t}HH:MM:SS{'.' * bool(f)}{'f' * f}" for t in " T" for f in range(7))
"""GB/T 7408 (ISO 8601) extended form, ``T`` or a space between, up to six digits of a second."""

Integers: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]

_DIGITS = {"Y": "[0-9]{4}", "f": "[0-9]{1,6}"}
_DAY = 86_400_000_000
_LETTERS = "YmdHMSf"


def read(column: pa.Array, *layouts: str) -> pa.Array:
    """The moments written in one of the ``layouts``, as ``timestamp[us]``; null where none fits or no such day exists.

    In a layout ``YYYY mm dd HH MM SS f`` stand for digits, every other character for itself.

    >>> read(pa.array(["2024-02-29", "2023-02-29", "20240229"]), "YYYY-mm-dd").is_valid().to_pylist()
    [True, False, False]
    """
    micros = np.zeros(len(column), np.int64)
    real = np.zeros(len(column), bool)
    lengths = pc.fill_null(pc.binary_length(column), -1).to_numpy()
    for layout in layouts:
        rows = np.flatnonzero((lengths == len(layout)) & ~real)
        if len(rows):
            fields, fits = _fields(_grid(column, rows, len(layout)), layout)
            micros[rows], exists = moments(fields)
            real[rows] = exists & fits
    return pa.array(micros, pa.timestamp("us"), mask=~real)


def search(column: pa.Array, pattern: str) -> pa.Array:
    """The moments written as a ``pattern`` of `expression` says, as ``timestamp[us]``; null where it does not fit."""
    found = pc.extract_regex(column, pattern)
    fields = {}
    for name in re.findall(r"\(\?P<(\w)>", pattern):
        text = pc.fill_null(pc.struct_field(found, name), "0")
        text = pc.utf8_rpad(text, 6, "0") if name == "f" else text
        fields[name] = pc.cast(text, pa.int64()).to_numpy()
    micros, exists = moments(fields)
    return pa.array(micros, pa.timestamp("us"), mask=~(exists & found.is_valid().to_numpy(zero_copy_only=False)))


def expression(written: str, *, time: bool) -> str:
    """The RE2 expression of a strptime-like format: ``%Y %m %d``, with ``time`` also ``%H %M %S %f``.

    Numbers of two digits may have one where text stands on both sides. Raises ValueError that says what is wrong.

    >>> expression("%Y%m%d", time=False)
    '\\\\A(?P<Y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})\\\\z'
    >>> expression("%d/%m/%y", time=False)
    Traceback (most recent call last):
        ...
    ValueError: '%y' is not known here; known: %Y %m %d
    """
    known = "YmdHMSf" if time else "Ymd"
    parts = re.findall(r"%.?|[^%]+", written)
    seen = [part[1:] for part in parts if part.startswith("%")]
    for letter in seen:
        if letter not in known or not letter:
            raise ValueError(f"'%{letter}' is not known here; known: {' '.join('%' + each for each in known)}")
        if seen.count(letter) > 1:
            raise ValueError(f"'%{letter}' stands there twice")
    if missing := [f"%{letter}" for letter in "Ymd" if letter not in seen]:
        raise ValueError(f"{' '.join(missing)} is missing: a date has year, month and day")
    return r"\A" + "".join(_part(parts, index) for index in range(len(parts))) + r"\z"


def moments(fields: Mapping[str, Integers]) -> tuple[Integers, Flags]:
    """Microseconds since 1970 of year, month, day and time of day, and which of them exist.

    >>> moments({"Y": np.array([1970, 2023]), "m": np.array([1, 2]), "d": np.array([2, 29])})
    (array([86400000000,           0]), array([ True, False]))
    """
    year, month, day = fields["Y"], fields["m"], fields["d"]
    exists = (year >= 1) & (year <= 9999) & (month >= 1) & (month <= 12) & (day >= 1)
    months = np.where(exists, (year - 1970) * 12 + month - 1, 0)
    first, following = _first_day(months), _first_day(months + 1)
    exists &= day <= following - first
    micros = (first + day - 1) * _DAY
    for letter, limit, unit in (("H", 24, 3_600_000_000), ("M", 60, 60_000_000), ("S", 60, 1_000_000), ("f", 1_000_000, 1)):
        if letter in fields:
            exists &= fields[letter] < limit
            micros += fields[letter] * unit
    return np.where(exists, micros, 0), exists


def _first_day(months: Integers) -> Integers:
    days: Integers = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return days


def _part(parts: list[str], index: int) -> str:
    part = parts[index]
    if not part.startswith("%"):
        return re.escape(part)
    crowded = any(0 <= near < len(parts) and parts[near].startswith("%") for near in (index - 1, index + 1))
    digits = _DIGITS.get(part[1], "[0-9]{2}" if crowded else "[0-9]{1,2}")
    return f"(?P<{part[1]}>{digits})"


def _grid(column: pa.Array, rows: Integers, width: int) -> npt.NDArray[np.uint8]:
    """The bytes of the values at ``rows``, all ``width`` long, one row each."""
    chosen = column if len(rows) == len(column) else column.take(pa.array(rows))
    offsets = np.frombuffer(chosen.buffers()[1], np.int32)
    start = int(offsets[chosen.offset])
    return np.frombuffer(chosen.buffers()[2], np.uint8)[start : start + len(rows) * width].reshape(-1, width)


def _fields(grid: npt.NDArray[np.uint8], layout: str) -> tuple[dict[str, Integers], Flags]:
    fits = np.ones(len(grid), bool)
    fields: dict[str, Any] = {}
    for position, letter in enumerate(layout):
        if letter in _LETTERS:
            digit = grid[:, position] - np.uint8(48)
            fits &= digit <= 9
            fields[letter] = fields.get(letter, 0) * np.int64(10) + digit
        else:
            fits &= grid[:, position] == ord(letter)
    if "f" in fields:
        fields["f"] = fields["f"] * 10 ** (6 - layout.count("f"))
    return fields, fits
