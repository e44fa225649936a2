"""Keep the ledger in step with the store 开放台账维护: record a release before readers see it, remove one the store dropped."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gongkai import disk, keys, stores
from gongkai.assessment.roles import Roles
from gongkai.disclosure import Disclosure
from gongkai.errors import ConfigError
from gongkai.plan import Plan, disclosed
from gongkai.project import Project
from gongkai.registry.entry import Entry
from gongkai.registry.ledger import Ledger
from gongkai.registry.records import OpenRelease
from gongkai.risk import sketch
from gongkai.risk.disclosure import Told

if TYPE_CHECKING:
    import pyarrow as pa

_DOMAIN, _PURPOSE, _KEY_BYTES = "catalogue", "ledger", 16
_OWN = "own"


def record(
    project: Project,
    entry: Entry,
    plan: Plan,
    release: str,
    staged: Path,
    found: Roles,
    *,
    person: str | Path | None,
    temp: Path,
) -> None:
    """Enter a release into the ledger, with what it discloses and the sketch of its classes."""
    name, key = key_in_force(project)
    sketched = sketch.write(make(project, staged, found, key, person, temp)) if found.quasi else None
    Ledger(project.settings.database).enter(
        OpenRelease(
            code=entry.code,
            release=release,
            title=entry.title,
            opening=entry.opening.type,
            plan=plan.hash,
            opened=datetime.now(UTC),
            disclosed=[document(told) for told in disclosed(plan.columns)],
            key=name if sketched is not None else None,
            sketch=sketched,
        )
    )


def settle(project: Project, code: str) -> None:
    """Strike out the releases of a dataset that its store has no more; a store that cannot tell keeps them all."""
    kept = stores.of(project).kept(code)
    if kept is not None:
        Ledger(project.settings.database).strike(code, kept)


def make(project: Project, staged: Path, found: Roles, key: bytes, person: str | Path | None, temp: Path) -> pa.Table:
    """The sketch of a staged table under a key."""
    return sketch.make(project, staged, found.quasi, key, person=person, temp=temp)


def key_in_force(project: Project) -> tuple[str, bytes]:
    """The name and the bytes of the key that sketches are made with now: from the project's own, else one kept in ``var/``."""
    try:
        key = keys.load(project)
    except ConfigError:
        return _OWN, _own(project)
    return _named(key), keys.derive(key, domain=_DOMAIN, purpose=_PURPOSE, length=_KEY_BYTES)


def key_of(project: Project, name: str) -> bytes | None:
    """The key a sketch was made with, by its name; None where it is gone."""
    if name == _OWN:
        return _own(project)
    key_id, version, _ = name.split(":")
    try:
        key = keys.load(project, key_id, int(version))
    except ConfigError:
        return None
    return keys.derive(key, domain=_DOMAIN, purpose=_PURPOSE, length=_KEY_BYTES) if _named(key) == name else None


def document(told: Told) -> dict[str, Any]:
    """What a column discloses, as JSON values."""
    return {"column": told.column, "entity": told.entity, "subject": told.subject, **told.left.document()}


def parse(written: Mapping[str, Any], source: str) -> Told:
    """The column of a ``document``, as one of ``source``."""
    own = ("column", "entity", "subject")
    left = Disclosure.parse({name: value for name, value in written.items() if name not in own})
    return Told(written["column"], written["entity"], left, written["subject"], source)


def _named(key: keys.Key) -> str:
    return f"{key.id}:{key.version}:{keys.fingerprint(key)}"


def _own(project: Project) -> bytes:
    """A key of this project's own, made when there is none."""
    path = project.settings.var / "ledger.key"
    disk.own(path, secrets.token_bytes(_KEY_BYTES))
    return path.read_bytes()
