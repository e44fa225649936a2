"""A run's exposure 风险关口: its staged table assessed, and the ledger of open releases kept true while it is published."""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Iterator
from typing import Any

from gongkai import assessment, rules
from gongkai.assessment.assess import unit
from gongkai.assessment.together import Release, together
from gongkai.errors import Refused
from gongkai.release.work import Work
from gongkai.settings import Settings


def assess(settings: Settings, work: Work) -> assessment.Assessment:
    """Assess the staged table of a run, and leave the record and the page of it in the run's folder."""
    found = assessment.assess(
        settings,
        work.entry(),
        work.plan(),
        rules.load(),
        work.staged,
        temp=work.fresh("risk"),
        persons=work.persons,
        utility=work.read("utility.json"),
        table=work.read("table.json"),
    )
    work.write("risk.json", found.document())
    (work.folder / "risk.html").write_text(assessment.render(found.document()), encoding="utf-8")
    return found


@contextlib.contextmanager
def opening(settings: Settings, work: Work, release: str) -> Iterator[None]:
    """While a release goes out: nothing else does, and it is in the ledger before the first reader can see it.

    What it tells together with the others is asked once more, for one of them may have been opened since the check. Raises
    Refused then.
    """
    entry, plan, in_force = work.entry(), work.plan(), rules.load()
    found = assessment.roles(plan, in_force)
    with _alone(settings):
        assessment.settle(settings, entry.code)
        if found.personal:
            _require_nothing_new(settings, work, in_force)
        temp = work.fresh("risk")
        person = unit(found, work.persons)
        assessment.record(settings, entry, plan, release, work.staged, found, person=person, temp=temp)
        yield


def _require_nothing_new(settings: Settings, work: Work, in_force: rules.Rules) -> None:
    plan, entry = work.plan(), work.entry()
    found = assessment.roles(plan, in_force)
    demand = assessment.demanded(found, in_force, entry.opening.type)
    given: dict[str, Any] = {"person": unit(found, work.persons), "temp": work.fresh("risk")}
    asked = Release(settings, entry, plan, in_force, work.staged, found, demand, **given)
    blocking = [finding.reason() for finding in together(asked) if finding.action == "block"]
    if blocking:
        raise Refused(*blocking)


@contextlib.contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """One publication at a time on this machine: two that are harmless alone may not go out in the same instant unseen."""
    lock = settings.var / "locks" / "publishing.lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
