"""What must hold before rows move, and again before they go out 关口."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gongkai import stores
from gongkai.errors import DataError, Reason, Refused, TransientError
from gongkai.lifecycle import basis
from gongkai.lifecycle.basis import Basis
from gongkai.manifest import NAME, digest
from gongkai.plan import LOCK, Plan
from gongkai.project import Project
from gongkai.registry.store import Registry, Revision

if TYPE_CHECKING:
    from gongkai.pipeline.workspace import Workspace
    from gongkai.stores import Published


def require_approval(
    project: Project, registry: Registry, current: Revision, *, revision: str | None = None, made_on: str | None = None
) -> Basis:
    """The basis of the current revision; Refused unless it may be opened and is approved as everything is now.

    ``revision``, ``made_on``: the revision's hash and the basis' digest that a release was made from; when one of them changed
    since, the release no longer counts.
    """
    if current.entry.opening.type == "closed":
        raise Refused.of("approval.closed", "the dataset is not to be opened 不予开放")
    if revision is not None and revision != current.hash:
        raise Refused.of("approval.revision", "the entry was changed after this release was made from it")
    now = basis.of(project, current.entry)
    if made_on is not None and (made_on != now.digest or made_on != basis.anew(project, now).digest):
        raise Refused.of("approval.rules", "what it stands on was changed after this release was made")
    required = basis.reviews(project, current.entry)
    if registry.approval(current.code, basis=now.digest, required=required) is None:
        raise Refused.of("approval.missing", f"{_why_due(project, registry, current)}; {_remedy(current.code)}")
    return now


def _why_due(project: Project, registry: Registry, current: Revision) -> str:
    due = basis.due(project, current, registry.approvals(current.code))
    if due == (basis.UNKNOWN,):
        return f"its approval was given by an {basis.UNKNOWN}, which did not write down what it stands on"
    if not due or due == (basis.ENTRY,):
        return "nobody approved this revision"
    if due[0].startswith(basis.REVIEW):
        return f"this revision was approved without {', '.join(due)}"
    return f"nobody approved this revision since a change of {', '.join(due)}"


def _remedy(code: str) -> str:
    return f"review it with `gongkai show {code}`, then `gongkai approve {code}`"


def require_same_types(project: Project, plan: Plan, published: Published | None) -> None:
    """Raise DataError when the source changed a column's type under an unchanged revision."""
    if published is None:
        return
    before = stores.of(project).document(plan.code, published.release, LOCK)
    if before["revision"] != plan.revision:
        return
    native: dict[str, str] = before["native"]
    changed = [
        Reason("schema.changed_type", f"the source had {native[name]}, now it has {now}", name)
        for name, now in plan.native.items()
        if native.get(name, now) != now
    ]
    if changed:
        raise DataError(*changed)


def push(work: Workspace, *, release: str, manifest: str) -> None:
    """Prove that the sealed release is the one that was packaged, and push it."""
    if not (work.sealed / NAME).is_file() or digest(work.sealed / NAME) != manifest:
        raise DataError.of("package.changed", "the packaged release is not the one that was checked")
    store = stores.of(work.project)
    seen = store.current(work.code)
    if seen is not None and seen.release == release:  # a retry after the pointer was swung
        return
    after = None if seen is None else seen.release
    if _number(after) != _number(release) - 1:
        raise TransientError(f"the release pointer of {work.code}", "another run published meanwhile")
    store.push(work.sealed, code=work.code, release=release, after=after)


def _number(release: str | None) -> int:
    return 0 if release is None else int(release.partition("-")[0])
