"""Mobile telephone number 手机号码 (YD/T 1206): segment, area, line.

To a reader who knows nothing every hidden digit is open. The seven leading digits belong to one prefecture, though: 10,000
blocks of a segment are shared out among 333 prefectures, so who knows the city is left with some thirty of the middle four.
Landlines and numbers with a country code have no named parts: they are masked in full by name.
"""

from __future__ import annotations

from gongkai.identifiers.anatomy._known import Facts
from gongkai.identifiers.anatomy._part import Part, digits
from gongkai.identifiers.anatomy._remaining import Remaining, Step, independent
from gongkai.project import Project

TITLE = "手机号码"
LENGTHS = {"PHONE": (11, 0)}
ENTITIES = frozenset(LENGTHS)
PARTS = (Part("segment", "网号", "1[3-9][0-9]", 3), digits("area", "地区段", 4), digits("line", "用户号", 4))
GROUPS: dict[str, tuple[str, ...]] = {}
COUNTED = frozenset(range(11))

_AREA = frozenset(range(3, 7))
_BLOCKS = 10_000 // 333
"""Blocks of one segment in one prefecture, of which there are 333."""


def remaining(shown: frozenset[int], facts: Facts, _project: Project) -> Remaining:
    """How many numbers are left; the first digit is always 1.

    >>> from gongkai.project import SHIPPED
    >>> remaining(frozenset({0, 1, 2, 7, 8, 9, 10}), Facts(), SHIPPED).least
    10000
    >>> remaining(frozenset({0, 1, 2, 7, 8, 9, 10}), Facts(region=4), SHIPPED).least
    30
    """
    hidden = COUNTED - shown - {0}
    if facts.region < 4 or not hidden >= _AREA:
        return independent(hidden, title=Step("手机号码：逐位任意", "mobile number: each digit by itself"))
    rest = 10 ** len(hidden - _AREA)
    steps = [Step(f"地区段：一个地级市约 {_BLOCKS} 个", f"area: about {_BLOCKS} belong to one prefecture")]
    if rest > 1:
        steps.append(Step(f"其余未显示：{rest:,}", f"the rest that is hidden: {rest:,}"))
    return Remaining(_BLOCKS * rest, 10_000 * rest, tuple(steps))
