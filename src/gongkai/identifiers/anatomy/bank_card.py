"""Bank card number 银行卡号 (GB/T 14504, ISO/IEC 7812): issuer, account, check digit by Luhn.

Counted as the shortest one there is, of 16 digits.
"""

from __future__ import annotations

from gongkai.identifiers.anatomy._known import Facts
from gongkai.identifiers.anatomy._part import Part, digits
from gongkai.identifiers.anatomy._remaining import Remaining, Step
from gongkai.project import Project

TITLE = "银行卡号"
LENGTHS = {"BANK_ACCOUNT": (16, 0)}
ENTITIES = frozenset(LENGTHS)
PARTS = (digits("issuer", "发卡行标识", 6), Part("account", "账户标识", "[0-9]{9,12}"), digits("check", "校验码", 1))
GROUPS: dict[str, tuple[str, ...]] = {}
COUNTED = frozenset(range(16))


def remaining(shown: frozenset[int], facts: Facts, _project: Project) -> Remaining:
    """How many cards of 16 digits are left; where the check digit shows, it leaves one in ten.

    >>> from gongkai.project import SHIPPED
    >>> remaining(frozenset({*range(6), *range(12, 16)}), Facts(), SHIPPED).least
    100000
    """
    hidden, check = COUNTED - shown, max(COUNTED)
    free = len(hidden - {check})
    count = 10 ** max(free - (check in shown), 0)
    zh, en = ("校验码已显示：十分之一符合", "the check digit shows: one in ten fits")
    steps = [Step(f"未显示 {free} 位", f"{free} digits hidden"), *([Step(zh, en)] if check in shown and free else [])]
    return Remaining(count, count, tuple(steps))
