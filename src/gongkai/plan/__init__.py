"""Every decision before the first row 脱敏方案: which columns are published, by which method, under which policy.

``faults`` says what is wrong with an entry without looking at its source; ``resolve`` joins the entry with the live columns
of the source into a frozen ``Plan``, or refuses. Same plan and same rows give the same bytes, and the plan's lock travels with
the release.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from types import ModuleType
from typing import Any

import pyarrow as pa

from gongkai import clean, plugins, schema
from gongkai.disclosure import RUNNING_TEXT, Disclosure, Form
from gongkai.errors import ConfigError, DataError, Fault, Reason, known
from gongkai.keys import Key, derive
from gongkai.registry.entry import Column, Entry, digest
from gongkai.rules import Allowance, Rules
from gongkai.schema import SourceColumn

BY_PROGRAM = frozenset({"key"})
"""Parameters of a method that the program gives and nobody writes in an entry."""
SCAN_BY_PROGRAM = frozenset({"columns", "since"})


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """What happens to one published column. ``type`` is its logical type after cleaning, ``output`` after its method."""

    name: str
    published: str
    title: str
    type: str
    output: str
    entity: str
    level: str
    method: str
    params: Mapping[str, Any]
    clean: tuple[Any, ...]
    key: bool
    shape: str | None


@dataclass(frozen=True)
class Plan:
    """All decisions about one dataset. ``hash`` names them; ``native`` (the source's own types) stands outside it.

    ``key_id``: id, version and fingerprint of the key of its pseudonyms.
    """

    code: str
    title: str
    revision: str
    rules: str
    columns: tuple[ColumnPlan, ...]
    key: tuple[str, ...]
    deduplicate: bool
    key_id: str | None
    native: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def hash(self) -> str:
        decisions = asdict(self)
        del decisions["native"]
        return digest(decisions)

    def document(self) -> dict[str, Any]:
        """The plan as JSON values with its hash, as written to ``plan.lock.json``."""
        return {"hash": self.hash, **asdict(self)}

    def public(self) -> dict[str, Any]:
        """The document as a release carries it: of each cleaning its name only, for what it was told may be values of rows."""
        document = self.document()
        for column in document["columns"]:
            column["clean"] = [step if isinstance(step, str) else next(iter(step)) for step in column["clean"]]
        return document

    @classmethod
    def parse(cls, document: Mapping[str, Any]) -> Plan:
        """A plan from its lock file."""
        columns = tuple(
            ColumnPlan(**{**column, "clean": tuple(column["clean"])}) for column in document["columns"]
        )
        fields = {name: value for name, value in document.items() if name != "hash"}
        return cls(**{**fields, "columns": columns, "key": tuple(document["key"])})

    def output_schema(self) -> pa.Schema:
        """The published columns in Arrow types."""
        return pa.schema([(column.published, schema.arrow_type(column.output)) for column in self.columns])


def faults(entry: Entry, rules: Rules, file: str) -> list[Fault]:
    """Everything wrong with an entry's source, columns and formats that can be seen without its source."""
    found = _source_faults(entry, file) + _format_faults(entry, file)
    for index, column in enumerate(entry.columns):
        key = f"columns[{index}]"
        found += clean.parse(column.clean, key=f"{key}.clean", file=file)[1]
        if column.publish and column.method is not None and column.entity in rules.entities:
            found += _method_faults(entry, column, rules, file, key)
    return found


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
    columns = tuple(_column_plan(column, rules) for column in entry.published)
    return Plan(
        code=entry.code,
        title=entry.title,
        revision=entry.digest(),
        rules=rules_digest,
        columns=columns,
        key=tuple(column.name for column in entry.key),
        deduplicate=entry.deduplicate,
        key_id=None if key is None else _named(key),
        native={column.name: column.native for column in live},
    )


def keyed(entry: Entry) -> bool:
    """Whether a published column's method needs a key."""
    return any("key" in plugins.parameters(_method(str(column.method)).apply) for column in entry.published)


def parameters(method: ModuleType, given: Mapping[str, Any]) -> dict[str, Any]:
    """A method's parameters as it wants them, parsed from what an entry wrote."""
    return plugins.check(method.apply, given, given_by_program=BY_PROGRAM)[0]


def revealed(method: ModuleType, given: Mapping[str, Any]) -> Disclosure:
    """What a method leaves to a reader, with these parameters."""
    wanted = plugins.parameters(method.reveals)
    disclosure: Disclosure = method.reveals(**{name: value for name, value in given.items() if name in wanted})
    return disclosure


def _named(key: Key) -> str:
    """Which key it is, so that another one makes another plan; nobody learns the key from it."""
    return f"{key.id}:{key.version}:{derive(key, domain='plan', purpose='fingerprint', length=16).hex()[:16]}"


def _column_plan(column: Column, rules: Rules) -> ColumnPlan:
    entity = rules.entities[str(column.entity)]
    method = _method(str(column.method))
    return ColumnPlan(
        name=column.name,
        published=column.published,
        title=column.title,
        type=column.type,
        output=_output(method, column),
        entity=entity.code,
        level=entity.level,
        method=str(column.method),
        params=column.params,
        clean=tuple(column.clean),
        key=column.key,
        shape=entity.shape if column.type == "text" else None,
    )


def _output(method: ModuleType, column: Column) -> str:
    """The logical type a method gives, found by applying it to an empty column."""
    given = parameters(method, column.params)
    if "key" in plugins.parameters(method.apply):
        given["key"] = bytes(range(32))
    empty = method.apply(pa.array([], schema.arrow_type(column.type)), **given)
    return schema.logical_type(empty.type)


def _method(name: str) -> ModuleType:
    return plugins.load("gongkai.transforms", name)


def _source_faults(entry: Entry, file: str) -> list[Fault]:
    kinds = plugins.names("gongkai.sources")
    if entry.source.kind not in kinds:
        return [Fault(file, "source.kind", f"no source of kind '{entry.source.kind}'", known(entry.source.kind, kinds))]
    scan = plugins.load("gongkai.sources", entry.source.kind).scan
    return plugins.check(scan, entry.source.parameters, file=file, key="source", given_by_program=SCAN_BY_PROGRAM)[1]


def _format_faults(entry: Entry, file: str) -> list[Fault]:
    formats = plugins.names("gongkai.formats")
    unknown = [
        Fault(file, f"formats[{index}]", f"no format called '{name}'", known(name, formats))
        for index, name in enumerate(entry.formats)
        if name not in formats
    ]
    if not entry.formats:
        unknown.append(Fault(file, "formats", "is empty", f"name at least one of {', '.join(formats)}"))
    return unknown


def _method_faults(entry: Entry, column: Column, rules: Rules, file: str, key: str) -> list[Fault]:
    methods = plugins.names("gongkai.transforms")
    if column.method not in methods:
        return [Fault(file, f"{key}.method", f"no method called '{column.method}'", known(str(column.method), methods))]
    method = _method(str(column.method))
    given, found = plugins.check(
        method.apply, column.params, file=file, key=f"{key}.params", given_by_program=BY_PROGRAM
    )
    family = column.type.partition("(")[0]
    if family not in method.TYPES:
        fitting = ", ".join(sorted(method.TYPES))
        found.append(Fault(file, f"{key}.method", f"{column.method} takes no {column.type} column", f"it takes {fitting}"))
    if found:
        return found
    try:
        left = revealed(method, given)
        _output(method, column)
    except ValueError as error:  # a method's own word on its parameters; there is no data yet that it could quote
        return [Fault(file, f"{key}.params", str(error), f"see the parameters of {column.method}")]
    if entry.opening.type == "closed":
        return []
    level = rules.entities[str(column.entity)].level
    return _policy_faults(column, left, rules.allowed(str(column.entity), entry.opening.type), level, entry, file, key)


def _policy_faults(
    column: Column, left: Disclosure, allowed: Allowance, level: str, entry: Entry, file: str, key: str
) -> list[Fault]:
    where = f"at level {level} opened as {entry.opening.type}"
    if column.method not in allowed.methods:
        choice = f"allowed: {', '.join(sorted(allowed.methods))}" if allowed.methods else "such a column is not published"
        return [Fault(file, f"{key}.method", f"the policy forbids {column.method} {where}", choice)]
    if RUNNING_TEXT in left.parts and column.entity != "FREE_TEXT" and allowed.form < Form.ALL:
        remedy = "it is for running text; take a method that treats the whole value"
        return [Fault(file, f"{key}.method", f"{column.method} leaves every value in which it recognises nothing", remedy)]
    if left.form > allowed.form:
        most = f"at most {allowed.form.name.lower()}"
        return [Fault(file, f"{key}.method", f"{column.method} discloses {left.form.name.lower()} {where}", most)]
    if left.first > allowed.first or left.last > allowed.last:
        most = f"at most {allowed.first} leading and {allowed.last} trailing characters"
        return [Fault(file, f"{key}.params", f"shows {left.first} leading and {left.last} trailing characters {where}", most)]
    return []


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
