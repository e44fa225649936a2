"""Identifiers of a person as they stand in text 个人标识: shape first, then date and check digit, over whole columns.

Each kind is an RE2 shape for Arrow and a proof in numpy for what has that shape. A value is looked at with full-width signs
made half-width, with the spaces and dashes people put between digits, and inside other text. Han characters count as word
characters for most regular expressions, so the edges of a number are spelt out: no digit beside it, no decimal point, and
Latin letters only when one of them is no hexadecimal digit (``QQ138…`` is somebody's telephone, ``a138…e`` part of a hash).

ID numbers are checked by GB 11643-1999 (ISO 7064 MOD 11-2), card numbers by ISO/IEC 7812-1 (Luhn). A 15-digit number that
proves itself a business registration number by its own check digit (ISO 7064 MOD 11,10) is not taken for an old ID number.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Digits = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]

CANDIDATE = r"[0-9０-９](?:[ \-－–—_\x{00A0}\x{200B}\x{3000}]{0,2}[0-9０-９]){10}|[@＠]"
"""What every identifier has at least: eleven digits in a row, or an at sign. Most columns end here."""

_SIGN = r"[ \-–—_\x{00A0}\x{200B}\x{3000}]"
_JOINT, _GAP = _SIGN + "{0,2}", _SIGN + "{1,2}"
_LETTERS = r"(?:[A-Za-z]{0,8}[G-Zg-z][A-Za-z]{0,8})?"
_LEFT = r"(?:^|[^0-9A-Za-z.]|(?:^|[^0-9])\.)" + _LETTERS
_RIGHT = _LETTERS + r"(?:$|[^0-9A-Za-z.]|\.(?:$|[^0-9]))"
_CARRIED = r"(?:[1-7][1-4]|0[0-9])?"
"""Two digits after an ID number: disability certificates (kind, degree) and tax numbers of the self-employed (sequence)."""
_PROVINCES = [*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 83]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of identifier. ``proof`` gives for each found number whether it could be one and whether it proves itself one;
    ``chance`` is the share of mere numbers of that shape which do, None where nothing but the shape speaks."""

    code: str
    title: str
    english: str
    first: str
    rest: str
    proof: Callable[[pa.Array], tuple[Marks, Marks]] | None = None
    chance: float | None = None
    left: str = _LEFT
    right: str = _RIGHT

    @property
    def shape(self) -> str:
        """RE2, the identifier itself in the group ``id``."""
        return f"{self.left}(?P<id>{self.first}{self.rest}){self.right}"

    @property
    def step(self) -> str:
        """RE2, the identifier's first character apart, to go on behind one that proved to be none."""
        return f"({self.left}){self.first}({self.rest})({self.right})"


@dataclass(frozen=True, slots=True)
class Hits:
    """``values``: cells that hold an identifier; ``shaped``: cells that hold one or a number that could have been one."""

    values: int = 0
    shaped: int = 0

    def __add__(self, other: Hits) -> Hits:
        return Hits(self.values + other.values, self.shaped + other.shaped)


def find(kind: Kind, texts: pa.Array) -> Hits:
    """How many of these texts hold an identifier of that kind.

    >>> find(KINDS["resident_id"], pa.array(["证号110101199003070353", "110101 19900307 0351", "2025-01-02"]))
    Hits(values=1, shaped=2)
    >>> find(KINDS["mobile"], pa.array(["微信同号 138-1234-5678", "1381234567890", "138****5678"]))
    Hits(values=1, shaped=1)
    """
    rest = texts.filter(pc.match_substring_regex(texts, kind.shape))
    if kind.proof is None:
        return Hits(len(rest), len(rest))
    values = shaped = 0
    could = np.zeros(len(rest), dtype=bool)
    while len(rest):
        plausible, proved = kind.proof(pc.extract_regex(rest, kind.shape).field("id"))
        values += int(proved.sum())
        could = (could | plausible)[~proved]
        rest = pc.replace_substring_regex(rest.filter(pa.array(~proved)), kind.step, r"\1#\2\3", max_replacements=1)
        again = pc.match_substring_regex(rest, kind.shape)
        marks = again.to_numpy(zero_copy_only=False)
        shaped += int(could[~marks].sum())
        rest, could = rest.filter(again), could[marks]
    return Hits(values, values + shaped)


def _prove_resident_id(found: pa.Array) -> tuple[Marks, Marks]:
    digits = _matrix(_plain(found), 18)
    first = _number(digits[:, :2])
    foreigner = (digits[:, 0] == 9) & np.isin(_number(digits[:, 1:3]), _PROVINCES)
    could = (np.isin(first, _PROVINCES) | foreigner) & _is_date(_number(digits[:, 6:10]), digits[:, 10:14])
    return could, could & (digits @ (2 ** np.arange(17, -1, -1) % 11) % 11 == 1)


def _prove_old_resident_id(found: pa.Array) -> tuple[Marks, Marks]:
    digits = _matrix(_plain(found), 15)
    could = np.isin(_number(digits[:, :2]), _PROVINCES) & _is_date(1900 + _number(digits[:, 6:8]), digits[:, 8:12])
    return could, could & ~_is_registration(digits)


def _prove_bank_card(found: pa.Array) -> tuple[Marks, Marks]:
    """The whole number, or its first sixteen digits where a space may have parted it from another number."""
    plain = _plain(found)
    could, proved = _is_card(plain)
    parted = pc.not_equal(pc.binary_length(plain), pc.binary_length(found)).to_numpy(zero_copy_only=False)
    could_short, proved_short = _is_card(pc.utf8_slice_codeunits(plain, 0, 16))
    return could | parted & could_short, proved | parted & proved_short


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


def _apart(*digits: str) -> str:
    """Digits with an optional joint before each."""
    return "".join(_JOINT + digit for digit in digits)


_D = "[0-9]"

KINDS: dict[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind(
            "resident_id",
            "身份证号",
            "ID number",
            "[1-9]",
            _apart(*[_D] * 5)
            + f"{_JOINT}(?:1{_JOINT}9|2{_JOINT}0)"
            + _apart(_D, _D, "[01]", _D, "[0-3]", *[_D] * 4, "[0-9Xx]"),
            proof=_prove_resident_id,
            chance=1 / 11,
            right=_CARRIED + _RIGHT,
        ),
        Kind(
            "old_resident_id",
            "15位身份证号",
            "15-digit ID number",
            "[1-8]",
            f"[0-9]{{5}}{_JOINT}[0-9]{{2}}[01][0-9][0-3][0-9]{_JOINT}[0-9]{{3}}",
            proof=_prove_old_resident_id,
        ),
        Kind(
            "mobile",
            "手机号",
            "mobile number",
            "1",
            "(?:3[0-9]|4[5-9]|5[0-35-9]|6[125-7]|7[0-8]|8[0-9]|9[0-35-9])"
            # 11, 3-8, 3-4-4 or 4-3-4 digits
            f"(?:{_JOINT}[0-9]{{8}}|(?:{_GAP}[0-9]{{4}}|[0-9]{_GAP}[0-9]{{3}}){_GAP}[0-9]{{4}})",
            # the country's code, or a trunk 0 where no dash stands before it (the last group of a UUID begins so, too)
            left=rf"(?:{_LEFT}(?:(?:\+|00)?86{_JOINT})?|(?:^|[^0-9A-Za-z.-])0)",
        ),
        Kind(
            "bank_card",
            "银行卡号",
            "bank card number",
            "[3-69]",
            f"(?:[0-9]{{15,18}}|[0-9]{{3}}(?:{_GAP}[0-9]{{4}}){{3}}(?:{_GAP}[0-9]{{1,3}})?)",
            proof=_prove_bank_card,
            chance=1 / 10,
        ),
        Kind(
            "email",
            "电子邮箱",
            "e-mail address",
            "[A-Za-z0-9._%+-]",
            r"[A-Za-z0-9._%+-]{0,63}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,24}",
            left=r"(?:^|[^A-Za-z0-9._%+*-])",
            right="",
        ),
    )
}
