"""One pass over a table 一次扫描: a sample of every column, what all its values have in common, and what hides among them.

Memory does not grow with the rows: a column keeps a bounded sample, a few counts, and hashes as long as it may be a key.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from gongkai.batches import Batches
from gongkai.classify import Finding, Sample, classify
from gongkai.classify.tables import study
from gongkai.classify.watch import fingerprint
from gongkai.columns.logical_types import SourceColumn
from gongkai.drafting import column_statistics, confidence, types
from gongkai.drafting.column_statistics import Facts
from gongkai.drafting.origin import Origin
from gongkai.errors import DataError
from gongkai.project import Project

Progress: TypeAlias = Callable[[int], None]
"""Told how many rows were read so far."""


@dataclass(frozen=True, slots=True)
class Survey:
    """A table that was looked at: one sample and one finding per column of the origin, in its order, and its facts by name.

    ``complete``: every row was read, so what holds of all that was seen holds of the table.
    """

    origin: Origin
    samples: Sequence[Sample]
    findings: Sequence[Finding]
    facts: Mapping[str, Facts]
    rows: int
    complete: bool

    def fingerprints(self, project: Project) -> dict[str, str]:
        """What a decision about each column would be based on, by its name."""
        return {sample.name: fingerprint(sample, project) for sample in self.samples}


def look(project: Project, origin: Origin, *, rows: int | None = None, progress: Progress | None = None) -> Survey:
    """Read the table once, at most ``rows`` of it. A column of bytes is judged by its name alone.

    Errors are those of the source; no message holds a value.
    """
    unread: set[str] = set()
    while True:
        try:
            return _look(project, origin, rows, progress, unread)
        except DataError as error:
            bytes_ = {str(reason.column) for reason in error.reasons if reason.rule == "source.bytes"}
            if len(bytes_) < len(error.reasons) or bytes_ <= unread:
                raise
            unread |= bytes_


@dataclass(slots=True)
class _Pass:
    """What is gathered while the rows stream by."""

    facts: dict[str, Facts]
    limit: int | None
    progress: Progress | None
    rows: int = 0
    complete: bool = field(default=True)

    def stage(self, batches: Batches) -> Batches:
        """Pass on the rows up to the limit, remembering what they are like."""
        for batch in self._limited(batches):
            self.rows += batch.num_rows
            for name in batch.schema.names:
                self.facts[name].add(batch.column(name))
            column_statistics.bound(self.facts.values())
            yield batch
            if self.progress is not None:
                self.progress(self.rows)

    def _limited(self, batches: Batches) -> Batches:
        for batch in batches:
            if self.limit is not None and self.rows + batch.num_rows > self.limit:
                self.complete = False
                if self.limit > self.rows:
                    yield batch.slice(0, self.limit - self.rows)
                return
            if batch.num_rows:
                yield batch


def _look(project: Project, origin: Origin, limit: int | None, progress: Progress | None, unread: Collection[str]) -> Survey:
    read = [column.name for column in origin.columns if column.name not in unread]
    pass_ = _Pass(
        facts={column.name: Facts(types.native(column.native)) for column in origin.columns},
        limit=limit,
        progress=progress,
    )
    comments = {column.name: column.comment for column in origin.columns if column.comment}
    natives = {column.name: column.native for column in origin.columns}
    studied = study(pass_.stage(origin.scan(read)), project, comments, natives) if read else []
    by_name = {finding.column: finding for _, finding in studied}
    drawn = {sample.name: sample for sample, _ in studied}
    samples = [
        Sample(column.name, column.comment, confidence.UNREADABLE)
        if column.name in unread
        else _sample(column, pass_.facts[column.name], drawn.get(column.name))
        for column in origin.columns
    ]
    missing = {each.column: each for each in classify([it for it in samples if it.name not in by_name], project)}
    findings = [by_name.get(sample.name) or missing[sample.name] for sample in samples]
    return Survey(origin, samples, findings, pass_.facts, pass_.rows, pass_.complete)


def _sample(column: SourceColumn, seen: Facts, drawn: Sample | None) -> Sample:
    values = None if drawn is None or drawn.values is None or not len(drawn.values) else drawn.values
    return Sample(column.name, column.comment, column.native, values, seen.rows, seen.nulls)
