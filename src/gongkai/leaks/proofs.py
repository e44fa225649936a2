"""Whether a number of an identifier's shape is one 校验: its date, its region, its check digit, over whole columns.

Each gives for the found texts whether one could be such an identifier and whether it proves itself one.
"""

from __future__ import annotations

from datetime import date
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Digits: TypeAlias = npt.NDArray[np.int64]
Marks: TypeAlias = npt.NDArray[np.bool_]

_PROVINCES = [*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 83]
_SIGN_VALUES = np.zeros(256, np.int64)
_SIGN_VALUES[list(b"0123456789ABCDEFGHJKLMNPQRTUWXY")] = np.arange(31)
_PLATE = (
    "^..(?:(?:[0-9]*[A-HJ-NP-Z]){0,2}[0-9]*|[A-K][0-9A-HJ-NP-Z][0-9]{4}|[0-9]{5}[A-K]|[0-9A-HJ-NP-Z]{4}[警学挂港澳领])$"
)


def resident_id(found: pa.Array) -> tuple[Marks, Marks]:
    digits = _matrix(_plain(found), 18)
    first = _number(digits[:, :2])
    foreigner = (digits[:, 0] == 9) & np.isin(_number(digits[:, 1:3]), _PROVINCES)
    could = (np.isin(first, _PROVINCES) | foreigner) & _is_date(_number(digits[:, 6:10]), digits[:, 10:14])
    return could, could & (digits @ (2 ** np.arange(17, -1, -1) % 11) % 11 == 1)


def old_resident_id(found: pa.Array) -> tuple[Marks, Marks]:
    digits = _matrix(_plain(found), 15)
    could = np.isin(_number(digits[:, :2]), _PROVINCES) & _is_date(1900 + _number(digits[:, 6:8]), digits[:, 8:12])
    return could, could & ~_is_registration(digits)


def bank_card(found: pa.Array) -> tuple[Marks, Marks]:
    """The whole number, or its first sixteen digits where a space may have parted it from another number."""
    plain = _plain(found)
    could, proved = _is_card(plain)
    parted = pc.not_equal(pc.binary_length(plain), pc.binary_length(found)).to_numpy(zero_copy_only=False)
    could_short, proved_short = _is_card(pc.utf8_slice_codeunits(plain, 0, 16))
    return could | parted & could_short, proved | parted & proved_short


def sole_trader(found: pa.Array) -> tuple[Marks, Marks]:
    text = "".join(found.to_pylist()).encode()
    signs = np.frombuffer(text, np.uint8).reshape(-1, 18)
    values = _SIGN_VALUES[signs]
    could = np.isin(_number(values[:, 2:4]), _PROVINCES)
    return could, could & ((values[:, :17] @ (3 ** np.arange(17) % 31) + values[:, 17]) % 31 == 0)


def plate(found: pa.Array) -> tuple[Marks, Marks]:
    """At most two letters among five signs, or a new energy vehicle's six, or an ending."""
    plain = pc.replace_substring_regex(found, "[·• ]", "")
    proved = pc.match_substring_regex(plain, _PLATE).to_numpy(zero_copy_only=False)
    return proved, proved


def _is_card(numbers: pa.Array) -> tuple[Marks, Marks]:
    length = pc.binary_length(numbers).to_numpy()
    digits = _matrix(numbers, 19)
    double = digits[:, -2::-2] * 2
    luhn = (digits[:, -1::-2].sum(axis=1) + double.sum(axis=1) - 9 * (double > 9).sum(axis=1)) % 10 == 0
    start = _matrix(pc.utf8_slice_codeunits(numbers, 0, 8), 8)
    two = _number(start[:, :2])
    domestic = np.isin(two, [60, 62, 68, 69]) | (_number(start[:, :4]) == 9558) & (length == 19)
    international = np.isin(two, [35, *range(40, 50), *range(51, 56)]) & (length == 16)
    case_number = np.isin(two, _PROVINCES) & np.isin(_number(start[:, 6:8]), [19, 20])  # region code and year
    could = (domestic | international) & ~case_number
    return could, could & luhn


def _is_registration(digits: Digits) -> Marks:
    remainder = np.full(len(digits), 10)
    for column in digits[:, :14].T:
        total = (remainder + column) % 10
        remainder = np.where(total == 0, 10, total) * 2 % 11
    matches: Marks = (remainder + digits[:, 14]) % 10 == 1
    return matches


def _is_date(year: Digits, month_day: Digits) -> Marks:
    """Whether year, month and day are a day from 1900 to today."""
    month, day = _number(month_day[:, :2]), _number(month_day[:, 2:])
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    last = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])[np.clip(month, 1, 12) - 1] + (leap & (month == 2))
    now = date.today()
    past = (year * 100 + month) * 100 + day <= (now.year * 100 + now.month) * 100 + now.day
    real: Marks = (month >= 1) & (month <= 12) & (day >= 1) & (day <= last) & (year >= 1900) & past
    return real


def _plain(found: pa.Array) -> pa.Array:
    return pc.utf8_upper(pc.replace_substring_regex(found, "[^0-9Xx]", ""))


def _matrix(numbers: pa.Array, width: int) -> Digits:
    """One row per number, one digit per column, filled with zeros from the left; X is ten."""
    text = "".join(pc.utf8_lpad(numbers, width, "0").to_pylist())
    flat = np.frombuffer(text.encode(), dtype=np.uint8).reshape(-1, width)
    return np.where(flat == ord("X"), 10, flat.astype(np.int64) - ord("0"))


def _number(digits: Digits) -> Digits:
    number: Digits = digits @ (10 ** np.arange(digits.shape[1] - 1, -1, -1))
    return number
