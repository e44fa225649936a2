"""Unified social credit code of a sole trader 个体工商户统一社会信用代码 (GB 32100-2015).

``92`` and a division code stand before the nine characters of the subject, of which most begin with MA: six characters of 31
are free, one is the subject's own check (GB 11714) and one the code's.
"""

from __future__ import annotations

from gongkai.identifiers.anatomy._known import Facts
from gongkai.identifiers.anatomy._part import Part, digits
from gongkai.identifiers.anatomy._remaining import Remaining, Step, independent
from gongkai.project import Project

_SIGN = "[0-9A-HJ-NPQRTUWXY]"

TITLE = "个体工商户统一社会信用代码"
LENGTHS = {"USCC_SOLE_TRADER": (18, 0)}
ENTITIES = frozenset(LENGTHS)
PARTS = (
    Part("kind", "登记管理部门和机构类别", "92", 2),
    digits("region", "登记管理机关行政区划", 6),
    Part("subject", "主体标识码", f"{_SIGN}{{9}}", 9),
    Part("check", "校验码", _SIGN, 1),
)
GROUPS: dict[str, tuple[str, ...]] = {}
COUNTED = frozenset(range(18))


def remaining(shown: frozenset[int], facts: Facts, _project: Project) -> Remaining:
    """How many codes are left; each check character that shows leaves one in so many.

    >>> from gongkai.project import SHIPPED
    >>> remaining(frozenset({0, 1}), Facts(), SHIPPED).least
    887503681
    >>> remaining(frozenset(range(12)), Facts(), SHIPPED).least
    923521
    """
    hidden = frozenset(range(10, 16)) - shown
    found = independent(hidden, alphabet=31, title=Step("主体标识码：MA 之后六位", "subject: six characters behind MA"))
    checks = (11 if 16 in shown else 1) * (31 if 17 in shown else 1)
    return Remaining(max(found.least // checks, 1), found.most, found.steps)
