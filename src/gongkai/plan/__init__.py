"""Every decision before the first row 脱敏方案: which columns are published, by which method, under which policy.

``faults`` says what is wrong with an entry without looking at its source; ``resolve`` joins the entry with the live columns
of the source into a frozen ``Plan``, or refuses; ``residuals`` says what a reader of all its columns is still left with. Same
plan and same rows give the same bytes, and the plan's lock travels with the release.
"""

from __future__ import annotations

from collections.abc import Sequence

from gongkai.errors import ConfigError, DataError, Reason
from gongkai.keys import Key, fingerprint
from gongkai.plan import methods
from gongkai.plan.disclosed import disclosed, is_told, residuals
from gongkai.plan.faults import SCAN_BY_PROGRAM, faults
from gongkai.plan.methods import revealed
from gongkai.plan.records import ColumnPlan, Plan, TableStep
from gongkai.plan.steps import steps
from gongkai.registry.entry import Column, Entry
from gongkai.rules import Rules
from gongkai.schema import SourceColumn

__all__ = [
    "SCAN_BY_PROGRAM",
    "ColumnPlan",
    "Plan",
    "TableStep",
    "disclosed",
    "faults",
    "is_told",
    "keyed",
    "residuals",
    "resolve",
    "revealed",
]


def resolve(
    entry: Entry, live: Sequence[SourceColumn], rules: Rules, *, rules_digest: str, key: Key | None = None
) -> Plan:
    """The plan of an entry on its source as it is now; ``key`` where a method of it is keyed.

    Raises DataError naming each column of the source the entry does not list (nobody classified it) and each it lists that
    is gone; ConfigError when the entry no longer fits the rules.
    """
    wrong = faults(entry, rules, entry.code)
    if wrong:
        raise ConfigError(*wrong)
    drift = _drift(entry, live)
    if drift:
        raise DataError(*drift)
    return Plan(
        code=entry.code,
        title=entry.title,
        revision=entry.digest(),
        rules=rules_digest,
        columns=tuple(_column_plan(column, rules) for column in entry.published),
        key=tuple(column.name for column in entry.key),
        deduplicate=entry.deduplicate,
        key_id=None if key is None else _named(key),
        person=entry.person,
        steps=steps(entry, rules),
        native={column.name: column.native for column in live},
    )


def keyed(entry: Entry) -> bool:
    """Whether a published column's method needs a key."""
    return any(methods.wants(methods.load(str(column.method)), "key") for column in entry.published)


def _named(key: Key) -> str:
    """Which key it is, so that another one makes another plan; nobody learns the key from it."""
    return f"{key.id}:{key.version}:{fingerprint(key)}"


def _column_plan(column: Column, rules: Rules) -> ColumnPlan:
    entity = rules.entities[str(column.entity)]
    method = methods.load(str(column.method))
    return ColumnPlan(
        name=column.name,
        published=column.published,
        title=column.title,
        type=column.type,
        output=methods.output(method, column.type, entity.code, methods.check(method, column.params)[0]),
        entity=entity.code,
        level=entity.level,
        method=str(column.method),
        params=column.params,
        clean=tuple(column.clean),
        key=column.key,
        shape=entity.shape if column.type == "text" else None,
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
