"""What was decided about each column of a dataset 识别结论, so that unchanged columns need not be looked at again.

Kept in ``var/classification/<code>.json``: per column its fingerprint, its entity and who decided: ``classifier`` or ``entry``
(a person approved what the entry says). A fingerprint holds ratios and names, never a value.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from gongkai.classify import Finding
from gongkai.project import Project
from gongkai.registry.entry import Entry

By = Literal["classifier", "entry"]


@dataclass(frozen=True, slots=True)
class Decision:
    """One column's: ``fingerprint`` names what was looked at."""

    fingerprint: str
    entity: str
    by: By


@dataclass(frozen=True, slots=True)
class Compared:
    """A column as found now beside what is registered. ``registered`` is None where the entry does not list it or names no
    entity; ``reused``: its fingerprint is the one decided about; ``settled``: it needs nobody's attention."""

    finding: Finding
    decision: Decision
    registered: str | None
    reused: bool

    @property
    def settled(self) -> bool:
        return self.decision.entity == self.registered

    def document(self) -> dict[str, Any]:
        """The finding with what was decided, as plain JSON values."""
        extra = {"registered": self.registered, "decided": self.decision.entity, "decided_by": self.decision.by}
        return {**self.finding.document(), **extra, "reused": self.reused, "settled": self.settled}


def load(project: Project, code: str) -> dict[str, Decision]:
    """The decisions of a dataset by column; none where there are none yet or the file is not whole."""
    try:
        document = json.loads(_path(project, code).read_text("utf-8"))
        return {str(column): Decision(**given) for column, given in document.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def last_told(project: Project, code: str) -> datetime | None:
    """When a difference was last written down; None before the first time."""
    try:
        return datetime.fromtimestamp(_path(project, code).stat().st_mtime, UTC)
    except OSError:
        return None


def save(project: Project, code: str, compared: Sequence[Compared]) -> Path:
    """Write them in one step, where any of them changed; the file's path."""
    path = _path(project, code)
    if load(project, code) == {item.finding.column: item.decision for item in compared}:
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    document = {item.finding.column: asdict(item.decision) for item in compared}
    passing = path.with_name(f".{path.name}.{os.getpid()}")
    passing.write_text(json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True), "utf-8")
    passing.replace(path)
    return path


def compare(
    entry: Entry, findings: Sequence[Finding], fingerprints: Mapping[str, str], known: Mapping[str, Decision], *, approved: bool
) -> list[Compared]:
    """Each column beside its registration. An unchanged column keeps its decision; a new or changed one is decided anew: by
    the classifier, and by the entry once a person ``approved`` it after having been told of the difference."""
    registered = {column.name: column.entity for column in entry.columns}
    return [
        _compared(finding, fingerprints[finding.column], registered.get(finding.column), known.get(finding.column), approved)
        for finding in findings
    ]


def _compared(finding: Finding, fingerprint: str, registered: str | None, before: Decision | None, approved: bool) -> Compared:
    same = before is not None and before.fingerprint == fingerprint
    if same and before is not None and (before.by == "classifier" or before.entity == registered):
        by_entry = before.by == "classifier" and approved and registered is not None and before.entity != registered
        decision = Decision(fingerprint, str(registered), "entry") if by_entry else before
        return Compared(finding, decision, registered, reused=not by_entry)
    return Compared(finding, Decision(fingerprint, finding.entity, "classifier"), registered, reused=False)


def _path(project: Project, code: str) -> Path:
    return project.settings.var / "classification" / f"{code}.json"
