"""What the values of an entity are made of 构成: the parts of an identity number, a telephone number, a name, one module each.

A module has ``ENTITIES`` (the codes whose values are written so), ``PARTS`` in the order they stand in a value, and ``GROUPS``
of parts under one word. A method shows parts by these names; where the first part has no fixed length, ``leading`` tells it
for each value. Where values can be counted it also has ``LENGTHS`` (of each entity's values, and where the identifier begins in
them) and ``remaining``: how many values are left to a reader who sees some characters and knows some facts. Parts whose
expression follows a list that a city may replace have it from ``patterns``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import ModuleType

from gongkai import plugins
from gongkai.disclosure import Disclosure
from gongkai.identifiers.anatomy._known import Facts
from gongkai.identifiers.anatomy._part import Part
from gongkai.identifiers.anatomy._remaining import Remaining, Step
from gongkai.project import Project

__all__ = [
    "ANYWHERE",
    "Facts",
    "Part",
    "Remaining",
    "Shown",
    "Step",
    "groups",
    "module",
    "of",
    "parts",
    "pattern",
    "shown",
    "spans",
]

ANYWHERE = 2**31 - 1
"""Behind the last character of any value."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An identifier by its module's name, and which of its characters a reader sees, counted from its own first."""

    identifier: str
    positions: frozenset[int]


def module(identifier: str) -> ModuleType:
    """The module called so.

    >>> module("phone").TITLE
    '手机号码'
    """
    return import_module(f"{__name__}.{identifier}")


@cache
def of(entity: str) -> ModuleType | None:
    """The module of an entity; None where its values are not made of anything.

    >>> of("CN_ID_CARD").__name__, of("NONE")
    ('gongkai.identifiers.anatomy.resident_id', None)
    """
    return next((found for found in map(module, plugins.modules(__name__)) if entity in found.ENTITIES), None)


def groups(entity: str) -> dict[str, tuple[str, ...]]:
    """The words by which parts of an entity can be named, and which parts each stands for; empty where there are none.

    >>> groups("CN_ID_CARD")["region"], groups("CN_ID_CARD")["sex"]
    (('province', 'city', 'county'), ('sex',))
    """
    made = of(entity)
    return {} if made is None else {part.name: (part.name,) for part in made.PARTS} | made.GROUPS


def parts(entity: str, names: Iterable[str]) -> frozenset[str]:
    """The parts that these words stand for. ValueError naming the words there are.

    >>> sorted(parts("CN_ID_CARD", ["region", "birth_year"]))
    ['birth_year', 'city', 'county', 'province']
    >>> parts("PHONE", ["surname"])
    Traceback (most recent call last):
        ...
    ValueError: PHONE has the parts area, line, segment
    """
    known = groups(entity)
    wanted = list(names)
    if not set(wanted) <= set(known):
        raise ValueError(f"{entity} has the parts {', '.join(sorted(known))}" if known else f"{entity} has no named parts")
    return frozenset(part for name in wanted for part in known[name])


def pattern(entity: str, project: Project) -> str:
    """The expression (RE2) of a whole value, with a named group for each part."""
    made = of(entity)
    if made is None:
        return ""
    listed = made.patterns(project) if hasattr(made, "patterns") else {}
    return "".join(f"(?P<{part.name}>{listed.get(part.name, part.pattern)})" for part in made.PARTS)


def spans(entity: str, names: Iterable[str]) -> tuple[tuple[int, int], ...]:
    """Where these parts stand (start, stop), in order; wherever they might, where no fixed length tells.

    >>> spans("CN_ID_CARD", ["birth_year", "sex"]), spans("PERSON_NAME", ["surname"])
    (((6, 10), (16, 17)), ((0, 2),))
    """
    made = of(entity)
    wanted, place, known = parts(entity, names), 0, True
    found = []
    for part in made.PARTS if made is not None else ():
        reach = part.length or part.most
        if part.name in wanted:
            found.append((place, place + reach) if known and reach else (0, ANYWHERE))
        known = known and part.length is not None
        place += part.length or 0
    return tuple(found)


def shown(entity: str, left: Disclosure) -> Shown | None:
    """What a column of this entity shows of its identifier; None where nothing can be counted.

    >>> from gongkai.disclosure import Form
    >>> shown("PHONE", Disclosure(Form.PART, 3, 4)).positions
    frozenset({0, 1, 2, 7, 8, 9, 10})
    """
    made = of(entity)
    if made is None or not hasattr(made, "remaining"):
        return None
    length, offset = made.LENGTHS[entity]
    own = {position - offset for position in left.positions(length)}
    return Shown(made.__name__.rpartition(".")[2], frozenset(position for position in own if position in made.COUNTED))
