"""Every decision before the first row 脱敏方案: which columns are published, by which method, under which policy.

``faults`` says what is wrong with an entry without looking at its source; ``resolve`` joins the entry with the live columns
of the source into a frozen ``Plan``, or refuses; ``disclosed`` says what each of its columns leaves to a reader. Same plan and
same rows give the same bytes, and the plan's lock travels with the release.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import ModuleType
from typing import Any

from gongkai import plugins, rules
from gongkai.columns.logical_types import SourceColumn
from gongkai.errors import ConfigError, DataError, Reason
from gongkai.keys import Key, fingerprint
from gongkai.plan import contract
from gongkai.plan.disclosed import disclosed, foreseen
from gongkai.plan.faults import SCAN_BY_PROGRAM, faults
from gongkai.plan.records import LOCK, ColumnPlan, Plan, TableStep
from gongkai.plan.steps import steps
from gongkai.project import Project
from gongkai.registry.entry import Column, Entry
from gongkai.rules import Rules

__all__ = [
    "LOCK",
    "ColumnPlan",
    "Plan",
    "TableStep",
    "disclosed",
    "faults",
    "foreseen",
    "keyed",
    "locked",
    "regraded",
    "resolve",
    "source_parameters",
]


def resolve(
    project: Project, entry: Entry, live: Sequence[SourceColumn], *, basis: str, key: Key | None = None
) -> Plan:
    """The plan of an entry on its source as it is now; ``key`` where a method of it is keyed, ``basis`` names what its approval
    stands on.

    Raises DataError naming each column of the source the entry does not list (nobody classified it) and each it lists that
    is gone; ConfigError when the entry no longer fits the rules.
    """
    in_force = rules.load(project)
    wrong = faults(project, entry, entry.code)
    if wrong:
        raise ConfigError(*wrong)
    drift = _drift(entry, live)
    if drift:
        raise DataError(*drift)
    return Plan(
        code=entry.code,
        title=entry.title,
        revision=entry.digest(),
        basis=basis,
        columns=tuple(_column_plan(project, column, in_force) for column in entry.published),
        key=tuple(column.name for column in entry.key),
        deduplicate=entry.deduplicate,
        key_id=None if key is None else _named(key),
        person=entry.person,
        steps=steps(project, entry),
        native={column.name: column.native for column in live},
    )


def locked(project: Project, document: Mapping[str, Any]) -> Plan:
    """The plan of a release's ``plan.lock.json``. What a release of an earlier version did not write down yet, what its
    columns leave to a reader, is asked of the methods and the rules of today."""
    if "basis" in document:
        return Plan.parse(document)
    in_force = rules.load(project)
    columns = []
    for column in document["columns"]:
        kind, method = in_force.entities.get(column["entity"]), contract.load(project, column["method"])
        left = method.reveals(column["entity"], method.check(column["params"])[0])
        columns.append({**column, "group": kind.group if kind else "sensitive", "left": left.document()})
    known = {name: value for name, value in document.items() if name != "rules"}
    return Plan.parse({**known, "basis": document["rules"], "columns": columns})


def regraded(project: Project, plan: Plan) -> Plan:
    """A plan made earlier, its columns in the groups that the rules in force put their entities in."""
    kinds = rules.load(project).entities
    return replace(plan, columns=tuple(replace(column, group=kinds[column.entity].group) for column in plan.columns))


def source_parameters(project: Project, source: ModuleType, entry: Entry) -> dict[str, Any]:
    """What an entry says to its source, parsed, and the project where the source asks for it."""
    given = plugins.check(source.scan, entry.source.parameters, given_by_program=SCAN_BY_PROGRAM)[0]
    wants = "project" in plugins.parameters(source.scan)
    return given | ({"project": project} if wants else {})


def keyed(project: Project, entry: Entry) -> bool:
    """Whether a published column's method needs a key."""
    return any(contract.load(project, str(column.method)).needs_key for column in entry.published)


def _named(key: Key) -> str:
    """Which key it is, so that another one makes another plan; nobody learns the key from it."""
    return f"{key.id}:{key.version}:{fingerprint(key)}"


def _column_plan(project: Project, column: Column, in_force: Rules) -> ColumnPlan:
    entity = in_force.entities[str(column.entity)]
    method = contract.load(project, str(column.method))
    given = method.check(column.params)[0]
    return ColumnPlan(
        name=column.name,
        published=column.published,
        title=column.title,
        type=column.type,
        output=method.output(column.type, entity.code, given),
        entity=entity.code,
        level=entity.level,
        method=method.name,
        params=column.params,
        clean=tuple(column.clean),
        key=column.key,
        shape=entity.shape if column.type == "text" else None,
        group=entity.group,
        left=method.reveals(entity.code, given),
        subject=column.subject,
    )


def _drift(entry: Entry, live: Sequence[SourceColumn]) -> list[Reason]:
    listed = {column.name for column in entry.columns}
    present = {column.name for column in live}
    if not listed & present:  # perhaps a file without a header: what stands in its place are values, and is not told
        return [Reason("schema.no_column", "the source has none of the columns that the entry lists")]
    new = [
        Reason("schema.new_column", "the source has a column that the entry does not list, so nobody classified it", name)
        for name in sorted(present - listed)
    ]
    gone = [
        Reason("schema.vanished_column", "the entry lists a column that the source no longer has", name)
        for name in sorted(listed - present)
    ]
    return new + gone
