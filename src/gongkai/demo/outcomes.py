"""What became of each dataset, and what should have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gongkai.plan import contract
from gongkai.project import Project
from gongkai.registry.entry import Column, Entry
from gongkai.registry.store import RunRecord
from gongkai.registry.store import of as registry_of

REFUSED: Mapping[str, str] = {
    "hrss-unemployment-registrations": "schema.new_column",
    "market-consumer-complaints": "approval.closed",
    "housing-property-services": "scan.mobile",
}
"""The datasets that must not go out, and the rule that holds each back; every other one must."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One dataset's line of the last table. ``masked``: how many of its columns are desensitized or held back."""

    code: str
    title: str
    masked: int
    rows_in: int | None
    rows_out: int | None
    verdict: str
    where: str
    """The release, or every reason."""
    expected: bool


def collect(project: Project) -> list[Outcome]:
    """The outcome of every dataset, by code; for one that ran twice the run that published."""
    registry = registry_of(project)
    return [_outcome(project, revision.entry, registry.runs(revision.code)) for revision in registry.revisions()]


def _outcome(project: Project, entry: Entry, runs: list[RunRecord]) -> Outcome:
    published = [run for run in runs if run.verdict == "published"]
    run = next(iter(published or runs), None)
    return Outcome(
        code=entry.code,
        title=entry.title,
        masked=sum(not column.publish or _is_treated(project, column) for column in entry.columns),
        rows_in=run.rows_in if run else None,
        rows_out=run.rows_out if run and published else None,
        verdict=run.verdict if run else "failed",
        where=_where(run),
        expected=run is not None and _as_expected(entry.code, run),
    )


def _is_treated(project: Project, column: Column) -> bool:
    return column.method is not None and not contract.load(project, column.method).is_identity


def _where(run: RunRecord | None) -> str:
    if run is None:
        return "it never ran"
    return run.release if run.release else "; ".join(run.reasons)


def _as_expected(code: str, run: RunRecord) -> bool:
    rule = REFUSED.get(code)
    if rule is None:
        return run.verdict == "published"
    return run.verdict == "refused" and [reason.partition(":")[0] for reason in run.reasons] == [rule]
