"""A plan as it is kept 方案: every decision about one dataset, frozen, with a hash that names them all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

import pyarrow as pa

from gongkai.columns import logical_types
from gongkai.disclosure import Disclosure
from gongkai.registry.entry import digest

LOCK = "plan.lock.json"
"""The file of a release, of a run and of its reports that the plan is written to."""


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """What happens to one published column. ``type`` is its logical type after cleaning, ``output`` after its method.

    ``group``: what the rules make of its entity; ``left``: what its method leaves to a reader.
    """

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
    group: str
    left: Disclosure
    subject: str = ""

    def document(self) -> dict[str, Any]:
        """The column as JSON values."""
        return {**asdict(self), "left": self.left.document(), "clean": list(self.clean)}

    @classmethod
    def parse(cls, document: Mapping[str, Any]) -> ColumnPlan:
        """The column of a ``document``."""
        return cls(**{**document, "left": Disclosure.parse(document["left"]), "clean": tuple(document["clean"])})


@dataclass(frozen=True, slots=True)
class TableStep:
    """A whole-table method with its parameters, and the published names of the columns it treats."""

    method: str
    params: Mapping[str, Any]
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """All decisions about one dataset. ``hash`` names them; ``native`` (the source's own types) stands outside it.

    ``basis``: the digest of what its approval stands on; ``key_id``: id, version and fingerprint of the key of its pseudonyms;
    ``person``: the source's column that tells persons apart; ``steps``: the whole-table methods in their order.
    """

    code: str
    title: str
    revision: str
    basis: str
    columns: tuple[ColumnPlan, ...]
    key: tuple[str, ...]
    deduplicate: bool
    key_id: str | None
    person: str | None = None
    steps: tuple[TableStep, ...] = ()
    native: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def hash(self) -> str:
        decisions = self._decisions()
        del decisions["native"]
        return digest(decisions)

    def document(self) -> dict[str, Any]:
        """The plan as JSON values with its hash, as written to ``LOCK``."""
        return {"hash": self.hash, **self._decisions()}

    def public(self) -> dict[str, Any]:
        """The document as a release carries it: of each cleaning its name only, for what it was told may be values of rows."""
        document = self.document()
        for column in document["columns"]:
            column["clean"] = [step if isinstance(step, str) else next(iter(step)) for step in column["clean"]]
        return document

    @classmethod
    def parse(cls, document: Mapping[str, Any]) -> Plan:
        """The plan of a ``document``."""
        columns = tuple(ColumnPlan.parse(column) for column in document["columns"])
        steps = tuple(TableStep(**{**step, "columns": tuple(step["columns"])}) for step in document["steps"])
        fields = {name: value for name, value in document.items() if name != "hash"}
        return cls(**{**fields, "columns": columns, "steps": steps, "key": tuple(document["key"])})

    def _decisions(self) -> dict[str, Any]:
        return {**asdict(self), "columns": [column.document() for column in self.columns]}

    def treated(self, step: TableStep) -> dict[str, ColumnPlan]:
        """The columns that a whole-table method treats, by their published names, in its order."""
        columns = {column.published: column for column in self.columns}
        return {name: columns[name] for name in step.columns}

    def output_schema(self) -> pa.Schema:
        """The published columns in Arrow types."""
        return pa.schema([(column.published, logical_types.arrow_type(column.output)) for column in self.columns])

    def row_schema(self) -> pa.Schema:
        """The same before the whole-table methods: the columns these treat are still of the type they were registered as."""
        whole = {name for step in self.steps for name in step.columns}
        types = {column.published: column.type if column.published in whole else column.output for column in self.columns}
        return pa.schema([(name, logical_types.arrow_type(logical)) for name, logical in types.items()])
