"""Every method with every entity that the policy lets it treat, with the parameters that show most; every one with one entity."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from itertools import product
from random import Random
from typing import Any

import pyarrow as pa

from gongkai import plan as plans
from gongkai import plugins, rules
from gongkai.columns.logical_types import SourceColumn
from gongkai.errors import ConfigError
from gongkai.leaks import generators
from gongkai.plan import ColumnPlan, Plan, contract
from gongkai.project import SHIPPED
from gongkai.registry.entry import Column, Contact, Entry, Licence, Opening, Provider, Sharing, Source, Update

ROWS = 500
FEWER = 60
"""Rows where a method reads running text, which takes its time."""
TYPES = ("text", "integer", "decimal(12,2)", "float", "boolean", "date", "datetime")
PARAMS: dict[str, list[dict[str, Any]]] = {
    "generalize_date": [{"to": to} for to in ("month", "quarter", "year", "decade")],
    "generalize_region": [{"to": to} for to in ("county", "city", "province")],
    "truncate_address": [{"to": "county"}],
    "bucket": [{"width": 10}],
    "pseudonymize": [{}, {"cipher": "sm4", "length": 12}, {"cipher": "sm3", "alphabet": "hex"}, {"unique": True}],
    "encrypt_fpe": [{"alphabet": "id_number", "keep": ["region"]}, {"alphabet": "id_number"}, {"alphabet": "alphanumeric"}, {}],
    "generalize": [{"hierarchy": "education", "level": 1}],
    "round": [{"to": 2}, {"to": 1000}],
    "top_code": [{"top": 40}],
    "snap_coordinates": [{"axis": "latitude", "metres": 100_000}],
    "shift_date": [{"days": 30}],
    "noise": [{"epsilon": 0.5, "sensitivity": 1000, "low": 0, "high": 10_000_000, "step": 1}],
}
BESIDE = (
    Column(name="note", title="批次", entity="NONE", method="keep"),
    Column(name="who", title="姓名", entity="PERSON_NAME", method="mask", params={"keep": [1, 0]}),
)


@dataclass(frozen=True)
class Combination:
    """A dataset of the column in question, a column published as it is, and a name that is masked."""

    method: str
    entity: str
    type: str
    params: str
    entry: Entry
    plan: Plan

    def __str__(self) -> str:
        return f"{self.method} {self.params} of {self.type} {self.entity}"

    def rows(self) -> pa.RecordBatch:
        rows = {"c": values(self.entity, self.type), "note": notes(), "who": values("PERSON_NAME", "text")}
        return pa.record_batch(rows).slice(0, FEWER if self.method == "redact_text" else ROWS)


@cache
def values(entity: str, logical: str) -> pa.Array:
    random = Random(f"{entity} {logical}")
    make = (lambda: generators.text(entity, random)) if logical == "text" else lambda: generators.typed(logical, random)
    return pa.array([make() for _ in range(ROWS)], pa.string())


@cache
def notes() -> pa.Array:
    return pa.array([f"第{index}批" for index in range(ROWS)], pa.string())


def all_of_them(only: Collection[tuple[str, str]] = ()) -> Iterator[Combination]:
    """For each method and entity the first type the method takes, then each further type with one entity: a type's values are
    made without regard to the entity. The planner decides what is let."""
    in_force = rules.load(SHIPPED)
    further: set[tuple[str, str]] = set()
    for method, entity in product(by_column(), in_force.entities):
        if in_force.entities[entity].level in rules.NEVER_OPEN or (only and (method, entity) not in only):
            continue
        taken = [logical for logical in TYPES if logical.partition("(")[0] in plugins.load(SHIPPED, "transforms", method).TYPES]
        for index, logical in enumerate(taken):
            if index and (method, logical) in further:
                continue
            found = list(_with_params(method, entity, logical, in_force, (method, logical) in further))
            further |= {(method, logical)} if found and in_force.entities[entity].group != "plain" else set()
            yield from found


def by_column() -> list[str]:
    """The methods that treat a value by itself; those of the whole table are asked of the staged one."""
    return [name for name in contract.names(SHIPPED) if not contract.load(SHIPPED, name).whole_table]


def _with_params(method: str, entity: str, logical: str, in_force: rules.Rules, first_only: bool) -> Iterator[Combination]:
    """All parameters that are let, or only those that show most."""
    for params in PARAMS.get(method, [{}]):
        for opening in (Opening(type="conditional", conditions="协议"), Opening(type="unconditional")):
            allowed = in_force.allowed(entity, opening.type)
            keep = {"keep": [min(allowed.first, 6), min(allowed.last, 4)]} if method == "mask" else {}
            column = Column(name="c", title="列", type=logical, entity=entity, method=method, params=params | keep)
            needs = contract.load(SHIPPED, method).needs_person
            entry = _entry(opening, column, *BESIDE[1:] * needs, person="who" if needs else None)
            try:
                decided = _resolved(entry)
            except ConfigError:
                continue
            entry = entry.model_copy(update={"columns": [column, *BESIDE]})
            whole = replace(decided, columns=decided.columns[:1] + _beside())
            yield Combination(method, entity, logical, str(params | keep), entry, whole)
            if first_only:
                return
            break


@cache
def _beside() -> tuple[ColumnPlan, ...]:
    return _resolved(_entry(Opening(type="unconditional"), *BESIDE)).columns


def _resolved(entry: Entry) -> Plan:
    live = [SourceColumn(column.name, "text") for column in entry.columns]
    return plans.resolve(SHIPPED, entry, live, basis="r")


def _entry(opening: Opening, *columns: Column, person: str | None = None) -> Entry:
    return Entry(
        code="mutants",
        title="变异",
        department="test",
        category="1",
        provider=Provider(name="示例市", code="11450900MB1234567X"),
        abstract="示例",
        format="数据库",
        sharing=Sharing(type="unconditional"),
        opening=opening,
        update=Update(frequency="daily"),
        issued=date(2025, 1, 1),
        licence=Licence(name="开放"),
        contact=Contact(unit="单位", name="联系人"),
        source=Source(kind="file", path="x.csv"),
        columns=list(columns),
        person=person,
    )
