"""The whole-table methods of an entry 整表方法: which columns each treats, by the policy's numbers where it names none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from gongkai import rules
from gongkai.errors import Fault, known
from gongkai.plan import contract
from gongkai.plan.records import TableStep
from gongkai.project import Project
from gongkai.registry.entry import Column, Entry
from gongkai.rules import Demand

_LOST = 0.05
"""The share of rows that may be suppressed where the policy does not say."""


def steps(project: Project, entry: Entry) -> tuple[TableStep, ...]:
    """Every whole-table method of an entry without faults, in the order of its ``table``, then by name."""
    treated = _treated(project, entry)
    order = [*(name for name in entry.table if name in treated), *sorted(name for name in treated if name not in entry.table)]
    return tuple(
        TableStep(name, _params(project, name, entry), tuple(column.published for column in treated[name])) for name in order
    )


def faults(project: Project, entry: Entry, file: str) -> Iterator[Fault]:
    """What is wrong with the whole-table methods, the columns' own parameters aside."""
    treated = _treated(project, entry)
    for name in entry.table:
        key = f"table.{name}"
        if name not in contract.names(project) or not contract.load(project, name).whole_table:
            whole = [each for each in contract.names(project) if contract.load(project, each).whole_table]
            yield Fault(file, key, "is no method of the whole table", known(name, whole))
        elif name not in treated:
            yield Fault(file, key, "treats no column", f"write method: {name} at the columns it is for, or remove it")
    for name in treated:
        wrong = contract.load(project, name).check_table(_params(project, name, entry), file, f"table.{name}")[1]
        yield from wrong or _misfits(project, name, entry, file)


def _misfits(project: Project, name: str, entry: Entry, file: str) -> Iterator[Fault]:
    """What the policy, and the method itself beside the columns there are, say of its parameters."""
    method, key = contract.load(project, name), f"table.{name}"
    params = method.table_params(_params(project, name, entry))
    demand = demanded(project, entry)
    if getattr(params, "k", demand.k) < demand.k:
        yield Fault(file, f"{key}.k", "is less than the policy wants", f"{demand.k} or more")
    if getattr(params, "suppress", 0.0) > demand.suppress:
        yield Fault(file, f"{key}.suppress", "is more than the policy lets go", f"{demand.suppress:g} or less")
    treated = {column.published: method.check(column.params)[0] for column in _treated(project, entry)[name]}
    yield from method.misfits(params, [column.published for column in entry.published], treated, file, key)


def _treated(project: Project, entry: Entry) -> dict[str, list[Column]]:
    found: defaultdict[str, list[Column]] = defaultdict(list)
    for column in entry.published:
        if column.method in contract.names(project) and contract.load(project, str(column.method)).whole_table:
            found[str(column.method)].append(column)
    return dict(found)


def _params(project: Project, name: str, entry: Entry) -> dict[str, Any]:
    return {**_defaults(project, name, entry), **entry.table.get(name, {})}


def _defaults(project: Project, name: str, entry: Entry) -> dict[str, Any]:
    """What the policy asks of the rows, as far as the method takes it; where it asks nothing, that nobody is alone."""
    demand = demanded(project, entry)
    sensitive = _sensitive(project, entry)
    policy: dict[str, Any] = {"k": max(demand.k, 2), "suppress": demand.suppress if demand.k > 1 else _LOST}
    policy |= {"l": demand.l if sensitive else 1, "sensitive": sensitive}
    taken = contract.load(project, name).table_parameters
    silent = {"k"} if demand.k < 2 and "k" in taken and taken["k"].default is not taken["k"].empty else set()
    return {key: value for key, value in policy.items() if key in taken and key not in silent}


def demanded(project: Project, entry: Entry) -> Demand:
    """What the policy asks of the rows of an entry."""
    in_force = rules.load(project)
    entities = [str(column.entity) for column in entry.published if column.entity in in_force.entities]
    return in_force.demand(entities, entry.opening.type)


def _sensitive(project: Project, entry: Entry) -> list[str]:
    kinds = rules.load(project).entities
    return [
        column.published
        for column in entry.published
        if column.entity in kinds
        and kinds[str(column.entity)].group == "sensitive"
        and not contract.load(project, str(column.method)).whole_table
    ]
