"""Passports, permits and the like 护照、通行证等证件号码: a letter and eight digits, the form they nearly all have."""

from __future__ import annotations

from gongkai.identifiers.anatomy._known import Facts
from gongkai.identifiers.anatomy._part import Part, digits
from gongkai.identifiers.anatomy._remaining import Remaining, Step, independent
from gongkai.project import Project

TITLE = "其他证件号码"
LENGTHS = {"ID_DOC_NO": (9, 0)}
ENTITIES = frozenset(LENGTHS)
PARTS = (Part("kind", "证件种类", "[A-Z]", 1), digits("number", "号码", 8))
GROUPS: dict[str, tuple[str, ...]] = {}
COUNTED = frozenset(range(9))


def remaining(shown: frozenset[int], facts: Facts, _project: Project) -> Remaining:
    """How many numbers are left; the letter is taken as known.

    >>> from gongkai.project import SHIPPED
    >>> remaining(frozenset({5, 6, 7, 8}), Facts(), SHIPPED).least
    10000
    """
    title = Step("证件号码：首位字母视为已知", "document number: its letter is taken as known")
    return independent(COUNTED - shown - {0}, title=title)
