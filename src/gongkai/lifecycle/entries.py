"""Entries from draft to approval 目录条目的登记与审查, and what makes an approval due again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from gongkai.errors import ConfigError, Fault, known
from gongkai.lifecycle import basis
from gongkai.project import Project

if TYPE_CHECKING:
    from gongkai.registry.entry import Entry
    from gongkai.registry.store import Approval, Change, Registry, Revision

State = Literal["draft", "approved", "due", "closed"]


@dataclass(frozen=True, slots=True)
class Status:
    """Where a dataset stands. ``draft`` was never approved; ``due`` was, but the entry or its basis changed since, or a
    kind of review is missing."""

    revision: Revision
    state: State
    approval: Approval | None
    """The one in force; for a dataset that is due the last one given."""
    due: tuple[str, ...] = ()
    """Why a dataset is due: the names of what changed, ``entry`` for the entry itself, or the kinds of review that are missing,
    such as ``review legal``."""


def apply(project: Project, paths: Sequence[Path], *, dry_run: bool = False) -> list[Change]:
    """Register the entries of files and folders of the catalogue: all of them, or none.

    ConfigError holds every fault of every file, and then nothing is changed. With ``dry_run`` nothing is changed either way.
    """
    from gongkai import rules
    from gongkai.registry import read

    in_force = rules.load(project)
    entries = read.entries(project.settings.catalog, paths, in_force, partial(_further, project))
    registry = _registry(project)
    return registry.compare(entries) if dry_run else registry.save(entries, rules=in_force.digest)


def approve(
    project: Project, code: str, *, by: str, note: str, revision: str | None = None, kinds: Sequence[str] = ()
) -> Approval:
    """Approve the current revision of a dataset on its basis as it is now 审查通过.

    ``revision``: the beginning of the hash that was reviewed; then nothing else is approved. ``kinds``: the kinds of review
    this speaks for, all that the policy requires when none is named; the dataset runs once each of them has passed. ConfigError
    when the entry no longer fits the rules, a kind is unknown, or ``by`` or ``note`` is empty; Refused for a closed dataset.
    """
    from gongkai import rules
    from gongkai.registry import checks

    in_force = rules.load(project)
    registry = _registry(project)
    current = registry.current(code)
    faults = checks.faults(current.entry, in_force, code) + _further(project, current.entry, code)
    if faults:
        raise ConfigError(*faults)
    if revision is None:
        revision = current.hash  # what was checked just now, should another process change it meanwhile
    for kind in kinds:
        if kind not in rules.REVIEWS:
            raise ConfigError.of(f"no kind of review is called '{kind}'", known(kind, rules.REVIEWS), key="kind")
    stands_on = basis.of(project, current.entry)
    passed = list(kinds) or basis.reviews(project, current.entry)
    return registry.approve(
        code, by=by, note=note, basis=stands_on.digest, stands_on=stands_on.parts, revision=revision, kinds=passed
    )


def renew(project: Project, *, by: str, note: str) -> list[Approval]:
    """Approve again, in one go, every dataset that waits for it only because an earlier version did not write down what its
    approval stands on; for the kinds of review that were given. An entry that was edited since is none of them.

    Nobody can tell whether such an approval still holds, so a person says so. Errors are those of ``approve``.
    """
    registry = _registry(project)
    waiting = [item.revision for item in status(project) if item.due == (basis.UNKNOWN,)]
    given = {approval.code: approval for revision in waiting for approval in registry.approvals(revision.code)}
    kinds = {code: _given_kinds(registry.approvals(code), approval) for code, approval in given.items()}
    return [
        approve(project, revision.code, by=by, note=note, revision=revision.hash, kinds=kinds[revision.code])
        for revision in waiting
    ]


def approved(project: Project) -> list[tuple[Revision, Approval]]:
    """Every dataset that may run, by code, with the approval it runs by."""
    return _registry(project).approved(
        lambda entry: basis.of(project, entry).digest, lambda entry: basis.reviews(project, entry)
    )


def status(project: Project) -> list[Status]:
    """Where each registered dataset stands, by code."""
    registry = _registry(project)
    in_force = {revision.code: approval for revision, approval in approved(project)}
    given: defaultdict[str, list[Approval]] = defaultdict(list)
    for approval in registry.approvals():
        given[approval.code].append(approval)
    return [
        _status(project, revision, in_force.get(revision.code), given[revision.code]) for revision in registry.revisions()
    ]


def _given_kinds(approvals: Sequence[Approval], last: Approval) -> list[str]:
    """Every kind of review that was given for the revision of the ``last`` approval on the basis of that."""
    same = (approval for approval in approvals if (approval.hash, approval.basis) == (last.hash, last.basis))
    return sorted({kind for approval in same for kind in approval.kinds})


def _registry(project: Project) -> Registry:
    from gongkai.registry import store

    return store.of(project)


def _further(project: Project, entry: Entry, file: str) -> list[Fault]:
    """What the registry itself cannot check: methods, parameters and policy, sources, formats, expectations."""
    from gongkai import plan, quality

    return plan.faults(project, entry, file) + quality.faults(project, entry)


def _status(project: Project, revision: Revision, in_force: Approval | None, given: Sequence[Approval]) -> Status:
    if revision.entry.opening.type == "closed":
        return Status(revision, "closed", None)
    if in_force is not None:
        return Status(revision, "approved", in_force)
    if not given:
        return Status(revision, "draft", None)
    return Status(revision, "due", given[-1], basis.due(project, revision, given))
