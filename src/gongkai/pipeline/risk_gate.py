"""The risk gate 风险关口: assess the staged table, and record the release in the ledger before it is published."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from gongkai import assessment, locks, rules
from gongkai.assessment.assess import unit
from gongkai.assessment.linkage import Release, together
from gongkai.errors import Refused
from gongkai.pipeline.workspace import Workspace


def assess(work: Workspace) -> assessment.Assessment:
    """Assess the staged table of a run, and leave the record and the page of it in its workspace."""
    found = assessment.assess(
        work.project,
        work.entry,
        work.plan,
        work.staged,
        temp=work.scratch("risk"),
        persons=work.persons,
        utility=work.kept("utility"),
        table=work.kept("table"),
    )
    work.write_report("risk", found.document(), assessment.render(found.document()))
    return found


@contextlib.contextmanager
def publishing(work: Workspace, release: str) -> Iterator[None]:
    """Hold the lock of publication, and record the release in the ledger before the first reader can see it.

    What it tells together with the others is asked once more, for one of them may have been opened since the check. Raises
    Refused then.
    """
    project, entry, plan = work.project, work.entry, work.plan
    found = assessment.roles(plan)
    with locks.alone(project, "publishing"):
        assessment.settle(project, entry.code)
        if found.personal:
            _require_nothing_new(work)
        temp = work.scratch("risk")
        person = unit(found, work.persons)
        assessment.record(project, entry, plan, release, work.staged, found, person=person, temp=temp)
        yield


def _require_nothing_new(work: Workspace) -> None:
    project, plan, entry = work.project, work.plan, work.entry
    found = assessment.roles(plan)
    demand = assessment.demanded(found, rules.load(project), entry.opening.type)
    given: dict[str, Any] = {"person": unit(found, work.persons), "temp": work.scratch("risk")}
    asked = Release(project, entry, plan, work.staged, found, demand, **given)
    blocking = [finding.reason() for finding in together(asked) if finding.action == "block"]
    if blocking:
        raise Refused(*blocking)
