"""Identifiers of a person as they stand in text 个人标识: shape first, then date and check digit, over whole columns.

Each kind is an RE2 shape for Arrow and a proof in numpy for what has that shape. A value is looked at with full-width signs
made half-width, with the spaces and dashes people put between digits, and inside other text. Han characters count as word
characters for most regular expressions, so the edges of a number are spelt out: no digit beside it, no decimal point, and
Latin letters only when one of them is no hexadecimal digit (``QQ138…`` is somebody's telephone, ``a138…e`` part of a hash).

ID numbers are checked by GB 11643-1999 (ISO 7064 MOD 11-2), card numbers by ISO/IEC 7812-1 (Luhn). A 15-digit number that
proves itself a business registration number by its own check digit (ISO 7064 MOD 11,10) is not taken for an old ID number.
Codes of sole traders are checked by GB 32100-2015; plates have the shape of GA 36; a passport's number is known by the word
before it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gongkai.leaks import proofs
from gongkai.leaks.proofs import Marks

_CAPITAL = "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]"
_PASSPORT = "(?:护照|通行证|[Pp]assport)"
_WIDE_DIGIT = "[0-9０-９]"
_ANY_POINT = "[./·，．／]"
CANDIDATE = (
    rf"{_WIDE_DIGIT}{{3}}{_ANY_POINT}{_WIDE_DIGIT}{{4}}{_ANY_POINT}{_WIDE_DIGIT}{{4}}"
    rf"|{_WIDE_DIGIT}{{6}}{_ANY_POINT}{_WIDE_DIGIT}{{8}}{_ANY_POINT}{_WIDE_DIGIT}"
    r"|[0-9０-９](?:[ \-－–—_\x{00A0}\x{200B}\x{3000}]{0,2}[0-9０-９]){10}|[@＠]"
    rf"|92[0-9]{{6}}[0-9A-HJ-NPQRTUWXY]{{10}}|{_CAPITAL}[A-HJ-Z][·• ]?[0-9A-Z]{{4}}|{_PASSPORT}"
)
"""At least what every identifier has: eleven digits in a row or in groups, an at sign, the beginning of a plate... Most
columns end here."""

_SIGN = r"[ \-–—_\x{00A0}\x{200B}\x{3000}]"
_JOINT, _GAP = _SIGN + "{0,2}", _SIGN + "{1,2}"
_POINTS = (r"\.", "/", "·", "，")
"""Signs that also stand in decimals, dates and lists: they part only the usual groups of a number, one sign in all of it."""
_LETTERS = r"(?:[A-Za-z]{0,8}[G-Zg-z][A-Za-z]{0,8})?"
_LEFT = r"(?:^|[^0-9A-Za-z.]|(?:^|[^0-9])\.)" + _LETTERS
_RIGHT = _LETTERS + r"(?:$|[^0-9A-Za-z.]|\.(?:$|[^0-9]))"
_CARRIED = r"(?:[1-7][1-4]|0[0-9])?"
"""Two digits after an ID number: disability certificates (kind, degree) and tax numbers of the self-employed (sequence)."""


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
    return matches(kind, texts)[1]


def matches(kind: Kind, texts: pa.Array) -> tuple[pa.Array, Hits]:
    """The first identifier of that kind in each text that holds one, without the signs between its digits, and how many.

    >>> matches(KINDS["mobile"], pa.array(["微信同号 138-1234-5678", "1381234567890"]))[0].to_pylist()
    ['13812345678']
    """
    rest = texts.filter(pc.match_substring_regex(texts, kind.shape))
    if kind.proof is None:
        return _compact(kind, pc.extract_regex(rest, kind.shape).field("id")), Hits(len(rest), len(rest))
    values = shaped = 0
    held: list[pa.Array] = []
    could = np.zeros(len(rest), dtype=bool)
    while len(rest):
        found = pc.extract_regex(rest, kind.shape).field("id")
        plausible, proved = kind.proof(found)
        values += int(proved.sum())
        held.append(_compact(kind, found.filter(pa.array(proved))))
        could = (could | plausible)[~proved]
        rest = pc.replace_substring_regex(rest.filter(pa.array(~proved)), kind.step, r"\1#\2\3", max_replacements=1)
        again = pc.match_substring_regex(rest, kind.shape)
        marks = again.to_numpy(zero_copy_only=False)
        shaped += int(could[~marks].sum())
        rest, could = rest.filter(again), could[marks]
    return pa.concat_arrays([*held, pa.array([], pa.string())]), Hits(values, values + shaped)


def _compact(kind: Kind, found: pa.Array) -> pa.Array:
    signs = r"[^0-9A-Za-z@.\p{Han}]" if kind.code == "email" else r"[^0-9A-Za-z\p{Han}]"
    return pc.utf8_lower(pc.replace_substring_regex(found, signs, ""))


def _apart(*digits: str) -> str:
    """Digits with an optional joint before each."""
    return "".join(_JOINT + digit for digit in digits)


def _pointed(first: str, *groups: str, last: str = "") -> str:
    """Groups of digits parted by one and the same point; ``last`` may follow behind one more."""
    ways = (first + "".join(point + group for group in groups) + f"(?:{point}{last})?" * bool(last) for point in _POINTS)
    return "|".join(ways)


_D = "[0-9]"

KINDS: dict[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind(
            "resident_id",
            "身份证号",
            "ID number",
            "[1-9]",
            "(?:"
            + _apart(*[_D] * 5)
            + f"{_JOINT}(?:1{_JOINT}9|2{_JOINT}0)"
            + _apart(_D, _D, "[01]", _D, "[0-3]", *[_D] * 4, "[0-9Xx]")
            + f"|{_pointed('[0-9]{5}', '(?:19|20)[0-9]{2}[01][0-9][0-3][0-9]', '[0-9]{3}[0-9Xx]')})",
            proof=proofs.resident_id,
            chance=1 / 11,
            right=_CARRIED + _RIGHT,
        ),
        Kind(
            "old_resident_id",
            "15位身份证号",
            "15-digit ID number",
            "[1-8]",
            f"[0-9]{{5}}{_JOINT}[0-9]{{2}}[01][0-9][0-3][0-9]{_JOINT}[0-9]{{3}}",
            proof=proofs.old_resident_id,
        ),
        Kind(
            "mobile",
            "手机号",
            "mobile number",
            "1",
            "(?:3[0-9]|4[5-9]|5[0-35-9]|6[125-7]|7[0-8]|8[0-9]|9[0-35-9])"
            # 11, 3-8, 3-4-4 or 4-3-4 digits; by points 3-4-4
            f"(?:{_JOINT}[0-9]{{8}}|(?:{_GAP}[0-9]{{4}}|[0-9]{_GAP}[0-9]{{3}}){_GAP}[0-9]{{4}}"
            f"|{_pointed('', '[0-9]{4}', '[0-9]{4}')})",
            # the country's code, or a trunk 0 where no dash stands before it (the last group of a UUID begins so, too)
            left=rf"(?:{_LEFT}(?:(?:\+|00)?86{_JOINT})?|(?:^|[^0-9A-Za-z.-])0)",
        ),
        Kind(
            "bank_card",
            "银行卡号",
            "bank card number",
            "[3-69]",
            f"(?:[0-9]{{15,18}}|[0-9]{{3}}(?:{_GAP}[0-9]{{4}}){{3}}(?:{_GAP}[0-9]{{1,3}})?"
            f"|{_pointed('[0-9]{3}', *['[0-9]{4}'] * 3, last='[0-9]{1,3}')})",
            proof=proofs.bank_card,
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
        Kind(
            "vehicle_plate",
            "车牌号",
            "vehicle plate",
            _CAPITAL,
            "[A-HJ-Z][·• ]?(?:[0-9A-HJ-NP-Z]{5,6}|[0-9A-HJ-NP-Z]{4}[警学挂港澳领])",
            proof=proofs.plate,
            left="(?:^|.)",
            right="(?:$|[^0-9A-Za-z])",
        ),
        Kind(
            "sole_trader",
            "个体工商户统一社会信用代码",
            "sole trader's credit code",
            "9",
            "2[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}",
            proof=proofs.sole_trader,
            chance=1 / 31,
            left="(?:^|[^0-9A-Za-z])",
            right="(?:$|[^0-9A-Za-z])",
        ),
        Kind(
            "passport",
            "护照或通行证号",
            "passport number",
            "[A-Z]",
            "[A-Z]?[0-9]{7,10}",
            left=rf"{_PASSPORT}(?:[Nn][Oo]\.?)?[^0-9A-Za-z]{{0,8}}",
            right="(?:$|[^0-9A-Za-z])",
        ),
    )
}
