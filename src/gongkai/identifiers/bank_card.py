"""Bank card number 银行卡号 (ISO/IEC 7812, GB/T 14504), 16 to 19 digits, the last a Luhn check digit.

Taken are 62 and 14 to 17 more (UnionPay), 9558 and 15 more (the older cards of one bank), and 16 digits beginning with 3 to 6
(international schemes). A number with a day from 1900 until today on its places 7 to 14 is a case or order number, or an ID
number of Gansu (62): one card in 1,400 has such a day by chance, and it is not taken.

>>> validate("6222 0200 0000 0000 000")
'6222020000000000000'
>>> validate("6222020000000000007")
Traceback (most recent call last):
    ...
gongkai.identifiers._errors.InvalidIdentifier: fails the check of its standard
"""

from __future__ import annotations

import random
import re

import pyarrow as pa

from gongkai.identifiers import _checksums, _dates, _digits, _text
from gongkai.identifiers._errors import demand, passes
from gongkai.identifiers._types import Boundary, Bytes, Evidence, Flags

TITLE = "银行卡号"
ENTITY = "BANK_ACCOUNT"
EVIDENCE: Evidence = "checksum"
FIND = (
    "62[0-9]{2}(?:[ -]?[0-9]{4}){3}(?:[ -]?[0-9]{1,3})?"
    "|9558(?:[ -]?[0-9]{4}){3}[ -]?[0-9]{3}"
    "|[3-6][0-9]{3}(?:[ -]?[0-9]{4}){3}"
)
BOUNDARY: Boundary = "number"
CONTEXT = (
    "银行卡", "卡号", "账号", "帐号", "账户", "帐户", "开户", "储蓄卡", "借记卡", "信用卡", "存折", "打卡", "一卡通", "汇款",
    "转账",
)

_ISSUED = re.compile("62[0-9]{14,17}|9558[0-9]{15}|[3-6][0-9]{15}")


compact = _text.compact


def validate(text: str) -> str:
    """The compact number; InvalidIdentifier says why it is none."""
    number = compact(text)
    demand(16 <= len(number) <= 19, "length")
    demand(number.isascii() and number.isdigit(), "shape")
    demand(_ISSUED.fullmatch(number), "component")
    demand(not _dates.is_birth(number[6:14]), "component")
    demand(_checksums.luhn(number), "checksum")
    return number


is_valid = passes(validate)


def check(column: pa.Array) -> pa.Array:
    """Which values are such numbers; null stays null.

    >>> check(pa.array(["6222020000000000000", "6222020000000000007", None])).to_pylist()
    [True, False, None]
    """
    return _digits.judge(column, dict.fromkeys(range(16, 20), _holds))


def generate(random: random.Random) -> str:
    """Any card number of 16 or 19 digits."""
    while True:
        body = f"62{random.randrange(10**16):016d}" if random.random() < 0.7 else f"{random.randrange(3 * 10**14, 7 * 10**14)}"
        number = _checksums.with_luhn(body)
        if is_valid(number):
            return number


def _holds(at: Bytes) -> Flags:
    digits = _digits.values(at)
    issued: Flags = (digits[0] == 6) & (digits[1] == 2)
    if len(digits) == 16:
        issued |= (digits[0] >= 3) & (digits[0] <= 6)
    if len(digits) == 19:
        issued |= _digits.number(digits[:4]) == 9558
    return issued & _digits.numeric(digits) & ~_dates.are_births(digits[6:14]) & _checksums.holds_luhn(digits)
