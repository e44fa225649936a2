"""What must hold before rows move, and again before they go out 关口."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from gongkai import plugins
from gongkai.errors import DataError, Reason, Refused, TransientError
from gongkai.plan import Plan
from gongkai.registry import basis
from gongkai.registry.entry import Entry
from gongkai.registry.store import Registry, Revision
from gongkai.settings import Settings
from gongkai.stores._manifest import digest

if TYPE_CHECKING:
    from gongkai.release.work import Work


def rules_digest(entry: Entry) -> str:
    """The hash of every rule that decides about an entry: policy, entities, expectations, the methods' own text."""
    from gongkai import rules

    return basis.rules_digest(entry, rules.load())


def required_reviews(entry: Entry) -> tuple[str, ...]:
    """The kinds of review an entry must have passed."""
    from gongkai import rules

    return basis.reviews(entry, rules.load())


def require_approval(registry: Registry, current: Revision, rules: str, *, revision: str | None = None) -> None:
    """Raise Refused unless the current revision may be opened and is approved under these rules.

    ``revision``: the hash a release was made from; when the entry was edited since, it no longer counts.
    """
    if current.entry.opening.type == "closed":
        raise Refused.of("approval.closed", "the dataset is not to be opened 不予开放")
    if revision is not None and revision != current.hash:
        raise Refused.of("approval.revision", "the entry was changed after this release was made from it")
    if rules != rules_digest(current.entry):
        raise Refused.of("approval.rules", "the rules were changed after this release was made under them")
    if registry.approval(current.code, rules=rules, required=required_reviews(current.entry)) is None:
        remedy = f"review it with `gongkai show {current.code}`, then `gongkai approve {current.code}`"
        raise Refused.of("approval.missing", f"nobody approved this revision under the rules in force; {remedy}")


def published(settings: Settings, code: str) -> Any:
    """The release readers see now (``Published`` of the store), or None."""
    return _store(settings).current(code, place=settings.store_place)


def require_same_types(plan: Plan, release: Any) -> None:
    """Raise DataError when the source changed a column's type under an unchanged revision."""
    if release is None:
        return
    before = Plan.parse(_lock(release.path))
    if before.revision != plan.revision:
        return
    changed = [
        Reason("schema.changed_type", f"the source had {before.native[name]}, now it has {native}", name)
        for name, native in plan.native.items()
        if before.native.get(name, native) != native
    ]
    if changed:
        raise DataError(*changed)


def push(settings: Settings, work: Work, *, code: str, release: str, manifest: str) -> None:
    """Prove that the sealed release is the one that was packaged, and push it."""
    sealed = work.folder / "bundle"
    if not (sealed / "manifest.json").is_file() or digest(sealed / "manifest.json") != manifest:
        raise DataError.of("bundle.changed", "the packaged release is not the one that was checked")
    seen = published(settings, code)
    if seen is not None and seen.release == release:  # a retry after the pointer was swung
        return
    after = None if seen is None else seen.release
    if _number(after) != _number(release) - 1:
        raise TransientError(f"the release pointer of {code}", "another run published meanwhile")
    _store(settings).push(sealed, code=code, release=release, place=settings.store_place, after=after)


def _number(release: str | None) -> int:
    return 0 if release is None else int(release.partition("-")[0])


def settle(settings: Settings, code: str) -> None:
    """Clear what a killed publication left in the store."""
    _store(settings).settle(code=code, place=settings.store_place)


def _store(settings: Settings) -> Any:
    return plugins.load("gongkai.stores", settings.store_kind)


def _lock(release: Path) -> dict[str, Any]:
    import json

    document: dict[str, Any] = json.loads((release / "plan.lock.json").read_text())
    return document
