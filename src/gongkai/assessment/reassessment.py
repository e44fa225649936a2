"""The release that readers have now, assessed anew 复评: under the rules in force, beside everything that is open by now.

What was acceptable when it went out need not be today: rules grow stricter, and other datasets are opened. The release is held
against all others, never against itself. Who its rows are about is known only where a published column tells it; the file that
told the run is gone.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gongkai import rules, stores
from gongkai.assessment import previous_release
from gongkai.assessment.assess import Assessment, assess
from gongkai.errors import ConfigError, DataError, Refused
from gongkai.plan import Plan, regraded
from gongkai.project import Project
from gongkai.registry import reports
from gongkai.registry.entry import Entry
from gongkai.registry.store import of as registry_of
from gongkai.rules import Rules


@dataclass(frozen=True, slots=True)
class Current:
    """The name of a dataset's current release, and its assessment."""

    release: str
    assessment: Assessment

    def document(self) -> dict[str, Any]:
        return {**self.assessment.document(), "release": self.release}


def published(project: Project, code: str) -> Assessment | None:
    """The assessment of a dataset's current release; None where it has none. Raises as ``current`` does."""
    found = current(project, registry_of(project).current(code).entry)
    return None if found is None else found.assessment


def current(project: Project, entry: Entry) -> Current | None:
    """The same by the dataset's registered entry and the rules in force, with the release's name.

    Raises Refused for a dataset that is closed by now, ConfigError where the rules do not know what the release holds,
    DataError where it is damaged.
    """
    now = stores.of(project).current(entry.code)
    if now is None:
        return None
    if entry.opening.type == "closed":
        raise Refused.of("approval.closed", f"{entry.code} is closed 不予开放 by now, and readers still have {now.release}")
    project.settings.var.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="risk-", dir=project.settings.var) as folder:
        temp = Path(folder)
        found = previous_release.table(project, entry.code, now.release, temp)
        _require_known(found.plan, rules.load(project))
        extra = {"temp": temp, "own": now.release, **_measured(project, entry.code, now.release)}
        return Current(now.release, assess(project, entry, regraded(project, found.plan), found.path, **extra))


def record(project: Project, entry: Entry) -> dict[str, Any] | None:
    """The record of a dataset for the page of the whole catalogue; its verdict is ``failed`` where ``current`` raises."""
    try:
        found = current(project, entry)
    except (ConfigError, DataError) as error:
        reason = {"rule": "risk.failed", "message": str(error), "column": None, "count": None}
        dataset = {"code": entry.code, "title": entry.title, "opening": entry.opening.type}
        return {"dataset": dataset, "verdict": "failed", "reasons": [reason], "rows": None, "together": []}
    return None if found is None else found.document()


def pairs(documents: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What datasets tell together, each once: both find a join with each other, and one that is blocked for either is blocked.

    ``documents`` are records. A difference between releases of one dataset is its own affair.

    >>> def of(code, other):
    ...     join = {"kind": "join", "action": "warn", "others": [f"T ({other})"], "zh": "…", "en": f"{code}…", "count": 1}
    ...     return {"dataset": {"code": code, "title": "T"}, "together": [join]}
    >>> [(each["others"], each["en"]) for each in pairs([of("a", "b"), of("b", "a")])]
    [(['T (a)', 'T (b)'], 'a…')]
    """
    found: dict[tuple[str, frozenset[str]], dict[str, Any]] = {}
    for document in documents:
        own = f"{document['dataset']['title']} ({document['dataset']['code']})"
        for each in document["together"]:
            if each["kind"] == "difference":
                continue
            names = list(dict.fromkeys([own, *each["others"]]))
            pair = found.setdefault((each["kind"], frozenset(names)), {**each, "others": names})
            pair["action"] = "block" if "block" in (pair["action"], each["action"]) else "warn"
    return sorted(found.values(), key=lambda pair: (pair["action"], pair["kind"], pair["others"]))


def _require_known(plan: Plan, in_force: Rules) -> None:
    unknown = sorted({column.entity for column in plan.columns} - in_force.entities.keys())
    if unknown:
        problem = f"has no {', '.join(unknown)}, and {plan.code} has a release with such a column"
        raise ConfigError.of(problem, "keep an entity while it is published", file="rules/entities.yml", key="entities")


def _measured(project: Project, code: str, release: str) -> dict[str, Any]:
    """What only the run that made a release could measure, where its record is kept: utility, the whole-table methods."""
    for run in registry_of(project).runs(code, limit=1000):
        path = reports.kept(project, code, run.run, "risk.json")
        if run.release == release and path.is_file():
            kept = json.loads(path.read_text(encoding="utf-8"))
            return {"utility": kept["utility"], "table": kept["table"]}
    return {}
