"""Vehicle identification number 车辆识别代号 (GB 16735, ISO 3779): maker, description, check digit, year, plant, serial.

Of a car whose model is known only the serial number is not, so only its six digits are counted.
"""

from __future__ import annotations

from gongkai.identifiers.anatomy._known import Facts
from gongkai.identifiers.anatomy._part import Part, digits
from gongkai.identifiers.anatomy._remaining import Remaining, Step
from gongkai.project import Project

_SIGN = "[0-9A-HJ-NPR-Z]"

TITLE = "车辆识别代号"
LENGTHS = {"VIN": (17, 0)}
ENTITIES = frozenset(LENGTHS)
PARTS = (
    Part("maker", "制造厂识别代号", f"{_SIGN}{{3}}", 3),
    Part("description", "车辆说明", f"{_SIGN}{{5}}", 5),
    Part("check", "检验位", "[0-9X]", 1),
    Part("year", "年份", _SIGN, 1),
    Part("plant", "装配厂", _SIGN, 1),
    digits("serial", "生产顺序号", 6),
)
GROUPS: dict[str, tuple[str, ...]] = {}
COUNTED = frozenset(range(17))


def remaining(shown: frozenset[int], facts: Facts, _project: Project) -> Remaining:
    """How many vehicles of one model are left; where the check digit shows, it leaves one in eleven.

    >>> from gongkai.project import SHIPPED
    >>> remaining(frozenset({0, 1, 2}), Facts(), SHIPPED).least
    1000000
    """
    hidden = len(frozenset(range(11, 17)) - shown)
    least = 10**hidden // 11 if 8 in shown and hidden else 10**hidden
    step = Step(f"生产顺序号未显示 {hidden} 位", f"{hidden} digits of the serial hidden")
    return Remaining(max(least, 1), 10**hidden, (step,))
