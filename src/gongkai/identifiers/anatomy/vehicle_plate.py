"""Vehicle plate 机动车号牌 (GA 36-2018): province, authority, serial."""

from __future__ import annotations

from gongkai.identifiers.anatomy._known import Facts
from gongkai.identifiers.anatomy._part import Part
from gongkai.identifiers.anatomy._remaining import Remaining, Step
from gongkai.project import Project

TITLE = "机动车号牌"
LENGTHS = {"VEHICLE_PLATE": (7, 0)}
ENTITIES = frozenset(LENGTHS)
PARTS = (
    Part("province", "省", r"\p{Han}", 1),
    Part("authority", "发牌机关", "[A-Z]", 1),
    Part("serial", "序号", r"[·• ]?[0-9A-Z]{4,6}\p{Han}?"),
)
GROUPS = {"place": ("province", "authority")}
COUNTED = frozenset(range(7))


def remaining(shown: frozenset[int], facts: Facts, _project: Project) -> Remaining:
    """How many plates are left: ten digits for each hidden sign of the serial at least, 34 signs at most; its place is known.

    >>> from gongkai.project import SHIPPED
    >>> remaining(frozenset({0, 1}), Facts(), SHIPPED).least
    100000
    """
    hidden = len(frozenset(range(2, 7)) - shown)
    step = Step(f"序号未显示 {hidden} 位，每位至少十种", f"{hidden} signs of the serial hidden, ten digits each at least")
    return Remaining(10**hidden, 34**hidden, (step,))
