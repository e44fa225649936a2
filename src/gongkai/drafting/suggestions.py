"""Which method a draft suggests for a column 建议的脱敏方法: the first of a list that the plan itself allows and that leaves
something to read.

The lists say what is worth trying, gentlest last; what may be done is decided by ``rules/policy.yml`` alone, through the
checks of ``gongkai.plan``. A column for which nothing is left stays inside. Whatever a register of people may hold as well is
left to k-anonymity over all of it together: how coarse each column has to be can only be seen in the rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from gongkai import plan, plugins, rules
from gongkai.columns import casting
from gongkai.leaks import patterns
from gongkai.methods.recoding import ladders
from gongkai.project import Project
from gongkai.registry.entry import Column, Entry
from gongkai.rules import Rules

REDACT = "redact_text"
"""The method for running text; suggested where the policy knows it."""
COARSER_DATE = "generalize_date"
"""The method for dates beside people that are about none of them."""
ANONYMIZE = "k_anonymize"
"""The method for quasi-identifiers: it makes all of them just coarse enough together."""
READABLE = 0.8
"""The share of a column's values that a method must leave readable to be worth suggesting."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A method with its parameters, and the type its column must be registered as."""

    method: str
    params: Mapping[str, Any] = field(default_factory=dict)
    type: str = "text"


PSEUDONYM = Suggestion("pseudonymize")
"""What tells values apart and says nothing of them."""


def suggest(
    project: Project, column: Column, entry: Entry, values: pa.Array | None, *, number: str | None, personal: bool
) -> Suggestion | None:
    """What to do with a column whose entity is known; None when the policy leaves nothing of it to read.

    ``column`` and ``entry`` as drafted so far; ``values``: cleaned distinct texts; ``number``: the numeric type that all its
    values have, if any; ``personal``: whether some column is about a person.
    """
    for candidate in _candidates(str(column.entity), rules.load(project), number, column.type, personal):
        if candidate.method not in plugins.names(project, "transforms"):
            continue
        fits = allowed(project, column, candidate, entry) and _harmless(candidate, values)
        if fits and _readable(project, column, candidate, values):
            return candidate
    return None


def allowed(project: Project, column: Column, candidate: Suggestion, entry: Entry) -> bool:
    """Whether an entry with this column alone, treated so, has no fault."""
    given = {"method": candidate.method, "params": dict(candidate.params), "type": candidate.type, "publish": True}
    tried = column.model_copy(update=given)
    return not plan.faults(project, entry.model_copy(update={"columns": [tried]}), "")


def _candidates(entity: str, in_force: Rules, number: str | None, kind: str, personal: bool) -> Iterator[Suggestion]:
    group = in_force.entities[entity].group
    if entity == "NONE" and personal and kind in ("date", "datetime"):
        yield Suggestion(COARSER_DATE, {"to": "month"}, kind)
    if entity == "FREE_TEXT":
        yield Suggestion(REDACT)
    elif entity == "INCOME" and number is not None:
        yield Suggestion("bucket", {"width": 10_000}, number)
    elif group == "plain":
        yield Suggestion("keep", {}, kind)
        if entity.endswith("PHONE"):
            yield Suggestion("mask", {"keep": [3, 4]})
    elif group == "quasi" or entity in _ANONYMIZED:
        yield from _anonymized(entity, number, kind)
    elif group == "direct" and entity not in _ONLY_REACHES:
        yield PSEUDONYM


_ONLY_REACHES = frozenset({"PHONE", "EMAIL", "WECHAT", "QQ", "IP"})
"""Direct identifiers of which a pseudonym is worth nothing: they tell nobody apart whom another column does not."""
_ANONYMIZED = {"PERSON_NAME": "mask", "PARTY_NAME": "mask", "LEGAL_REPRESENTATIVE": "mask", "ADDRESS": "address"}
"""Direct identifiers of which a coarse part may stay, where enough people share it, and the ladder that gives it."""


def _anonymized(entity: str, number: str | None, kind: str) -> Iterator[Suggestion]:
    """What the search over all quasi-identifiers may make of a column: the finest first that the policy lets it begin with."""
    given: dict[str, Any] = {"ladder": _ANONYMIZED[entity]} if entity in _ANONYMIZED else {}
    if entity == "DATE_OF_BIRTH":
        yield Suggestion(ANONYMIZE, given, kind)
        yield Suggestion(ANONYMIZE, {"finest": "year"}, kind)
        return
    if entity in ("ADDRESS_REGION", "NATIVE_PLACE"):
        yield Suggestion(ANONYMIZE, given)
        yield Suggestion(ANONYMIZE, {"ladder": "address"})
    elif entity == "GEO" and number is not None:
        yield Suggestion(ANONYMIZE, {"widths": [0.1, 1.0]}, number)
    elif entity == "AGE" and number is not None:
        yield Suggestion(ANONYMIZE, given, number)
    else:
        yield Suggestion(ANONYMIZE, given, "text")


def _harmless(candidate: Suggestion, values: pa.Array | None) -> bool:
    """Whether what is published as it is holds no identifier that the leak scan would stop the release for."""
    if candidate.method != "keep" or values is None:
        return True
    return not any(patterns.find(kind, values).values for kind in patterns.KINDS.values())


def _readable(project: Project, column: Column, candidate: Suggestion, values: pa.Array | None) -> bool:
    """Whether most of the values there are can climb their ladder; methods that work on any text need no trial."""
    if candidate.method != ANONYMIZE or values is None or not len(values):
        return True
    ladder = ladders.build(str(column.entity), candidate.type, **candidate.params, project=project)
    typed = casting.cast(values, candidate.type)[0]
    return bool(ladder.write(typed, ladder.levels[0]).is_valid().true_count >= READABLE * len(values))
