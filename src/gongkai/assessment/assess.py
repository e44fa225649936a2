"""The assessment of one release 评估: its rows, its columns together, and everything that is open, in one record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gongkai import rules
from gongkai.assessment import verification
from gongkai.assessment.linkage import Linkage, Release, together
from gongkai.assessment.roles import Roles, demanded, roles
from gongkai.assessment.rows import Rows, measure
from gongkai.errors import Reason
from gongkai.plan import Plan, contract, disclosed
from gongkai.project import Project
from gongkai.registry.entry import Entry
from gongkai.risk import disclosure
from gongkai.risk.disclosure import Residual, residuals


@dataclass(frozen=True, slots=True)
class Assessment:
    """``rows``: None where no column is about a person. ``residuals``: with how many the policy wants of each; ``broken``: why
    the whole-table methods did not do what they had to; ``utility``: what each column has lost; ``table``: what the whole-table
    methods did, by their names; ``methods``: their Chinese names."""

    entry: Entry
    roles: Roles
    rows: Rows | None
    residuals: tuple[tuple[Residual, int], ...]
    together: tuple[Linkage, ...]
    broken: tuple[Reason, ...] = ()
    utility: Mapping[str, Any] = field(default_factory=dict)
    table: Mapping[str, Any] = field(default_factory=dict)
    methods: Mapping[str, str] = field(default_factory=dict)

    @property
    def reasons(self) -> list[Reason]:
        """Reasons against publishing; empty if the release may be published."""
        found = [] if self.rows is None else list(self.rows.reasons())
        return [*self.broken, *found, *(finding.reason() for finding in self.together if finding.action == "block")]

    @property
    def warnings(self) -> list[Linkage]:
        return [finding for finding in self.together if finding.action == "warn"]

    def document(self) -> dict[str, Any]:
        """Everything as JSON values, for the people who review: the same table, plan and open releases give the same record."""
        return {
            "dataset": {"code": self.entry.code, "title": self.entry.title, "opening": self.entry.opening.type},
            "verdict": "refuse" if self.reasons else "pass",
            "reasons": [{"rule": each.rule, "message": each.message, "column": each.column, "count": each.count}
                        for each in self.reasons],
            "titles": {column.published: column.title for column in self.entry.published},
            "roles": {"quasi": dict(self.roles.quasi), "sensitive": dict(self.roles.sensitive),
                      "direct": list(self.roles.direct), "aside": list(self.roles.aside)},
            "rows": None if self.rows is None else self.rows.document(),
            "identifiers": [disclosure.document(*each) for each in self.residuals],
            "together": [finding.document() for finding in self.together],
            "utility": dict(self.utility),
            "table": dict(self.table),
            "methods": dict(self.methods),
        }  # fmt: skip

    def public(self) -> dict[str, Any]:
        """What a release says of itself: its level, the smallest class, what was asked; no word of other datasets."""
        if self.rows is None:
            return {"personal": False}
        classes = self.rows.classes
        return {
            "personal": True,
            "standard": "GB/T 42460-2023",
            "level": self.rows.level.level,
            "unit": classes.unit,
            "quasi_identifiers": list(self.roles.quasi),
            "k": classes.k if self.roles.quasi else None,
            "k_required": self.rows.demand.k,
            "suppressed_share": round(self.rows.withheld, 4),
            "l": None if self.rows.diversity is None else self.rows.diversity.l_distinct,
            "t": None if self.rows.diversity is None else round(self.rows.diversity.t, 4),
        }


def assess(
    project: Project,
    entry: Entry,
    plan: Plan,
    staged: Path,
    *,
    temp: Path,
    persons: Path | None = None,
    utility: Mapping[str, Any] | None = None,
    table: Mapping[str, Any] | None = None,
    own: str | None = None,
) -> Assessment:
    """Assess a staged table. ``persons``: a row-aligned file that tells persons apart, where there is one; ``temp``: a folder
    for passing files; ``own``: the name of the release it is of, where that is open already. Raises DataError where it cannot
    be measured."""
    in_force = rules.load(project)
    found = roles(plan)
    counted = residuals(disclosed(plan.columns), project)
    left = tuple((each, in_force.candidates((told.entity for told in each.shown), entry.opening.type)) for each in counted)
    person = unit(found, persons)
    broken = tuple(verification.broken(project, plan, staged, person, temp))
    extra: dict[str, Any] = {"broken": broken, "utility": utility or {}, "table": table or {}}
    extra["methods"] = {step.method: contract.load(project, step.method).title for step in plan.steps}
    if not found.personal:
        return Assessment(entry, found, None, left, (), **extra)
    demand = demanded(found, in_force, entry.opening.type)
    size = entry.population
    rows = measure(staged, found, demand, opening=entry.opening.type, person=person, population_size=size, temp=temp)
    release = Release(project, entry, plan, staged, found, demand, person, temp, own)
    return Assessment(entry, found, rows, left, tuple(together(release)), **extra)


def unit(found: Roles, persons: Path | None) -> str | Path | None:
    """The column of persons: the run's own file, else a published column that tells persons apart."""
    return persons if persons is not None and persons.is_file() else found.person
