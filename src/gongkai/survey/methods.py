"""Which method a draft suggests for a column 建议的脱敏方法: the first of a list that the plan itself allows and that leaves
something to read.

The lists say what is worth trying, gentlest last; what may be done is decided by ``rules/policy.yml`` alone, through the
checks of ``gongkai.plan``. A column for which nothing is left stays inside.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from gongkai import casting, plan, plugins
from gongkai.leaks import patterns
from gongkai.registry.entry import Column, Entry
from gongkai.rules import Rules

FULL_MASK = "****"
REDACT = "redact_text"
"""The method for running text; suggested where the policy knows it."""
READABLE = 0.8
"""The share of a column's values that a method must leave readable to be worth suggesting."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A method with its parameters, and the type its column must be registered as."""

    method: str
    params: Mapping[str, Any] = field(default_factory=dict)
    type: str = "text"


@dataclass(frozen=True, slots=True)
class Table:
    """What the other columns say: ``personal`` that some is about a person, ``many`` that quasi-identifiers stand side by side
    in such number that each is made coarser."""

    personal: bool
    many: bool


def suggest(
    column: Column, entry: Entry, rules: Rules, values: pa.Array | None, *, number: str | None, table: Table
) -> Suggestion | None:
    """What to do with a column whose entity is known; None when the policy leaves nothing of it to read.

    ``column`` and ``entry`` as drafted so far; ``values``: cleaned distinct texts; ``number``: the numeric type that all its
    values have, if any.
    """
    for candidate in _candidates(str(column.entity), rules, number, column.type, table):
        if candidate.method not in plugins.names("gongkai.transforms"):
            continue
        if allowed(column, candidate, entry, rules) and _harmless(candidate, values) and _readable(candidate, values):
            return candidate
    return None


def allowed(column: Column, candidate: Suggestion, entry: Entry, rules: Rules) -> bool:
    """Whether an entry with this column alone, treated so, has no fault."""
    given = {"method": candidate.method, "params": dict(candidate.params), "type": candidate.type, "publish": True}
    tried = column.model_copy(update=given)
    return not plan.faults(entry.model_copy(update={"columns": [tried]}), rules, "")


def _candidates(entity: str, rules: Rules, number: str | None, kind: str, table: Table) -> Iterator[Suggestion]:
    group = rules.entities[entity].group
    if entity == "NONE" and table.personal and kind in ("date", "datetime"):
        yield Suggestion("generalize_date", {"to": "month"}, kind)
    if entity == "FREE_TEXT":
        yield Suggestion(REDACT)
        return
    if group == "plain":
        yield Suggestion("keep", {}, kind)
        if entity.endswith("PHONE"):
            yield Suggestion("mask", {"keep": [3, 4]})
    yield from _coarser(entity, number, kind, many=table.many)
    if group == "direct":
        yield from _direct(entity)
    if group == "quasi":
        yield Suggestion("keep", {}, kind)


def _coarser(entity: str, number: str | None, kind: str, *, many: bool) -> Iterator[Suggestion]:
    """Coarser values, for what has an order or lies in a hierarchy."""
    places = ("city", "province") if many else ("county", "city", "province")
    if entity == "DATE_OF_BIRTH":
        yield Suggestion("generalize_date", {"to": "year"}, kind)
        yield Suggestion("generalize_date", {"to": "decade"}, kind)
    elif entity in ("ADDRESS_REGION", "NATIVE_PLACE"):
        yield from (Suggestion("generalize_region", {"to": place}) for place in places)
        yield from (Suggestion("truncate_address", {"to": place}) for place in places)
    elif entity == "ADDRESS":
        yield from (Suggestion("truncate_address", {"to": place}) for place in places)
    elif entity == "POSTCODE":
        yield Suggestion("mask", {"keep": [2, 0]})
    elif number is not None and entity in _WIDTHS:
        yield Suggestion("bucket", {"width": _WIDTHS[entity]}, number)


_WIDTHS = {"AGE": 10, "INCOME": 10_000, "GEO": 0.1}
"""Ten years, ten thousand yuan, about ten kilometres."""


def _direct(entity: str) -> Iterator[Suggestion]:
    """A few characters of what people read, a pseudonym of what tells them apart, nothing of what only reaches them."""
    if entity in _SHOWN:
        yield Suggestion("mask", {"keep": _SHOWN[entity]})
    elif entity not in ("EMAIL", "WECHAT", "QQ", "IP", "ADDRESS"):
        yield Suggestion("pseudonymize")


_SHOWN = {
    "PERSON_NAME": [1, 0],
    "PARTY_NAME": [1, 0],
    "LEGAL_REPRESENTATIVE": [1, 0],
    "PHONE": [3, 0],
    "VEHICLE_PLATE": [2, 0],
    "VIN": [3, 0],
    "USCC_SOLE_TRADER": [2, 0],
}


def _harmless(candidate: Suggestion, values: pa.Array | None) -> bool:
    """Whether what is published as it is holds no identifier that the leak scan would stop the release for."""
    if candidate.method != "keep" or values is None:
        return True
    return not any(patterns.find(kind, values).values for kind in patterns.KINDS.values())


_COARSENING = ("generalize_date", "generalize_region", "truncate_address")


def _readable(candidate: Suggestion, values: pa.Array | None) -> bool:
    """Whether a coarser value is found for most of the values there are; methods that work on any text need no trial."""
    if values is None or not len(values) or candidate.method not in _COARSENING:
        return True
    method = plugins.load("gongkai.transforms", candidate.method)
    typed = casting.cast(values, candidate.type)[0]
    made = method.apply(typed, **plan.parameters(method, candidate.params))
    left = pc.sum(pc.fill_null(pc.not_equal(made, FULL_MASK), False)).as_py() or 0
    return bool(left >= READABLE * len(values))
