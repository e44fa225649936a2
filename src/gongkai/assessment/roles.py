"""What each published column is to an attacker 属性角色: something they may know beforehand, or want to learn.

A quasi-identifier 准标识符 is whatever a register of the people may hold as well: a birth year, a district, and the visible
part of a masked name or number. A sensitive attribute 敏感属性 is what they learn by finding the row. A pseudonym is neither:
nobody outside can make it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gongkai.disclosure import MOVED, RUNNING_TEXT, Form
from gongkai.plan import Plan
from gongkai.rules import Demand, Rules


@dataclass(frozen=True, slots=True)
class Roles:
    """``quasi``: the entity of each quasi-identifier by its published name; ``sensitive``: likewise; ``direct``: those of the
    quasi-identifiers that name or reach a person and are published whole; ``aside``: what is about a person and in neither;
    ``person``: a published column that tells persons apart; ``personal``: whether any column is about a person."""

    quasi: Mapping[str, str]
    sensitive: Mapping[str, str]
    direct: tuple[str, ...]
    aside: tuple[str, ...]
    person: str | None
    personal: bool


def roles(plan: Plan) -> Roles:
    """The roles of a plan's columns."""
    quasi, sensitive, direct, aside = {}, {}, [], []
    person = None
    for column in plan.columns:
        group, left = column.group, column.left
        if column.name == plan.person and left.linkable:
            person = column.published
        if group == "plain" or left.form < Form.COARSE:
            continue
        if RUNNING_TEXT in left.parts or left.parts & MOVED:
            aside.append(column.published)
        elif group == "sensitive" and not left.positions(1):
            sensitive[column.published] = column.entity
        else:
            quasi[column.published] = column.entity
            if group == "direct" and left.form is Form.ALL:
                direct.append(column.published)
    personal = plan.person is not None or any(column.group != "plain" for column in plan.columns)
    return Roles(quasi, sensitive, tuple(direct), tuple(aside), person, personal)


def demanded(found: Roles, rules: Rules, open_type: str) -> Demand:
    """What the policy asks of rows with these quasi-identifiers and sensitive attributes; nothing where nobody can be looked up
    by them."""
    if not found.quasi:
        return Demand()
    return rules.demand([*found.quasi.values(), *found.sensitive.values()], open_type)
