"""Which columns tell rows apart 主键: those the database declares, else the one column that is proved to."""

from __future__ import annotations

from collections.abc import Sequence

from gongkai.drafting.column_statistics import Facts
from gongkai.drafting.profile import Survey
from gongkai.registry.entry import Column
from gongkai.rules import Rules

LONGEST = 64
"""Characters a key may have; a longer text is no key even where it never repeats."""
_NUMBERED = ("_NO", "_CARD", "_CERT", "VIN", "USCC", "ORG_CODE")


def choose(columns: Sequence[tuple[Column, Facts]], survey: Survey, rules: Rules) -> list[str]:
    """The names of the key's columns; none where nothing is proved or declared."""
    if survey.origin.key:
        return list(survey.origin.key)
    if not survey.complete:
        return []
    fitting = [(column, facts) for column, facts in columns if _may(column, facts, rules)]
    ranked = sorted(fitting, key=lambda pair: (_is_person(pair[0], rules), _unnamed(pair[0])))
    return next(([column.name] for column, facts in ranked if facts.key), [])


def _may(column: Column, facts: Facts, rules: Rules) -> bool:
    kind = rules.entities[str(column.entity)]
    numbered = kind.group == "plain" or any(mark in kind.code for mark in _NUMBERED)
    return facts.unique and numbered and column.type in ("text", "integer") and 0 < facts.longest <= LONGEST


def _is_person(column: Column, rules: Rules) -> bool:
    return rules.entities[str(column.entity)].group != "plain"


def _unnamed(column: Column) -> bool:
    """Whether nothing in its names says that it numbers the rows."""
    names = f"{column.name} {column.title}".lower()
    return not any(word in names for word in _NUMBERING)


_NUMBERING = ("编号", "序号", "号码", "单号", "流水号", "主键", "id", "no", "bh", "xh")
