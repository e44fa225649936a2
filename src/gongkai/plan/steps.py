"""The whole-table methods of an entry 整表方法: which columns each treats, by the policy's numbers where it names none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from gongkai import plugins
from gongkai.errors import Fault, known
from gongkai.plan import methods
from gongkai.plan.records import TableStep
from gongkai.registry.entry import Column, Entry
from gongkai.rules import Demand, Rules

_LOST = 0.05
"""The share of rows that may be suppressed where the policy does not say."""


def steps(entry: Entry, rules: Rules) -> tuple[TableStep, ...]:
    """Every whole-table method of an entry without faults, in the order of its ``table``, then by name."""
    treated = _treated(entry)
    order = [*(name for name in entry.table if name in treated), *sorted(name for name in treated if name not in entry.table)]
    return tuple(
        TableStep(name, _params(name, entry, rules), tuple(column.published for column in treated[name])) for name in order
    )


def faults(entry: Entry, rules: Rules, file: str) -> Iterator[Fault]:
    """What is wrong with the whole-table methods, the columns' own parameters aside."""
    treated = _treated(entry)
    for name in entry.table:
        key = f"table.{name}"
        if name not in methods.names() or not methods.whole_table(methods.load(name)):
            whole = [each for each in methods.names() if methods.whole_table(methods.load(each))]
            yield Fault(file, key, "is no method of the whole table", known(name, whole))
        elif name not in treated:
            yield Fault(file, key, "treats no column", f"write method: {name} at the columns it is for, or remove it")
    for name in treated:
        wrong = methods.check_table(methods.load(name), _params(name, entry, rules), file, f"table.{name}")[1]
        yield from wrong or _misfits(name, entry, rules, file)


def _misfits(name: str, entry: Entry, rules: Rules, file: str) -> Iterator[Fault]:
    """What the policy, and the method itself beside the columns there are, say of its parameters."""
    method = methods.load(name)
    given = methods.check_table(method, _params(name, entry, rules))[0]
    demand = demanded(entry, rules)
    if given.get("k", demand.k) < demand.k:
        yield Fault(file, f"table.{name}.k", "is less than the policy wants", f"{demand.k} or more")
    if given.get("suppress", 0.0) > demand.suppress:
        yield Fault(file, f"table.{name}.suppress", "is more than the policy lets go", f"{demand.suppress:g} or less")
    if not hasattr(method, "fits"):
        return
    wanted = plugins.parameters(method.fits)
    try:
        method.fits(
            [column.published for column in entry.published],
            [column.published for column in _treated(entry)[name]],
            **{key: value for key, value in given.items() if key in wanted},
        )
    except ValueError as error:  # a method's own word on its parameters; there is no data yet that it could quote
        yield Fault(file, f"table.{name}", str(error), f"see the parameters of {name}")


def _treated(entry: Entry) -> dict[str, list[Column]]:
    found: defaultdict[str, list[Column]] = defaultdict(list)
    for column in entry.published:
        if column.method in methods.names() and methods.whole_table(methods.load(str(column.method))):
            found[str(column.method)].append(column)
    return dict(found)


def _params(name: str, entry: Entry, rules: Rules) -> dict[str, Any]:
    return {**_defaults(name, entry, rules), **entry.table.get(name, {})}


def _defaults(name: str, entry: Entry, rules: Rules) -> dict[str, Any]:
    """What the policy asks of the rows, as far as the method takes it; where it asks nothing, that nobody is alone."""
    demand = demanded(entry, rules)
    sensitive = _sensitive(entry, rules)
    policy: dict[str, Any] = {"k": max(demand.k, 2), "suppress": demand.suppress if demand.k > 1 else _LOST}
    policy |= {"l": demand.l if sensitive else 1, "sensitive": sensitive}
    taken = plugins.parameters(methods.load(name).stage)
    silent = {"k"} if demand.k < 2 and "k" in taken and taken["k"].default is not taken["k"].empty else set()
    return {key: value for key, value in policy.items() if key in taken and key not in silent}


def demanded(entry: Entry, rules: Rules) -> Demand:
    """What the policy asks of the rows of an entry."""
    entities = [str(column.entity) for column in entry.published if column.entity in rules.entities]
    return rules.demand(entities, entry.opening.type)


def _sensitive(entry: Entry, rules: Rules) -> list[str]:
    return [
        column.published
        for column in entry.published
        if column.entity in rules.entities
        and rules.entities[str(column.entity)].group == "sensitive"
        and not methods.whole_table(methods.load(str(column.method)))
    ]
