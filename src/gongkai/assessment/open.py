"""The ledger kept true 开放台账维护: a release is entered before readers see it, struck out when the store has it no more."""

from __future__ import annotations

import os
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gongkai import keys, plugins
from gongkai.assessment.roles import Roles
from gongkai.disclosure import Disclosure, Form
from gongkai.errors import ConfigError
from gongkai.plan import Plan, disclosed
from gongkai.registry.entry import Entry
from gongkai.registry.ledger import Ledger
from gongkai.registry.records import OpenRelease
from gongkai.risk import sketch
from gongkai.risk.disclosure import Told
from gongkai.settings import Settings

if TYPE_CHECKING:
    import pyarrow as pa

_DOMAIN, _PURPOSE, _KEY_BYTES = "catalogue", "ledger", 16
_OWN = "own"


def record(
    settings: Settings,
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
    name, key = key_in_force(settings)
    sketched = sketch.write(make(staged, found, key, person, temp)) if found.quasi else None
    Ledger(settings.database).enter(
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


def settle(settings: Settings, code: str) -> None:
    """Strike out the releases of a dataset that its store has no more; a store that cannot tell keeps them all."""
    store = plugins.load("gongkai.stores", settings.store_kind)
    if hasattr(store, "kept"):
        Ledger(settings.database).strike(code, store.kept(code, place=settings.store_place))


def make(staged: Path, found: Roles, key: bytes, person: str | Path | None, temp: Path) -> pa.Table:
    """The sketch of a staged table under a key."""
    return sketch.make(staged, found.quasi, key, person=person, temp=temp)


def key_in_force(settings: Settings) -> tuple[str, bytes]:
    """The name and the bytes of the key that sketches are made with now: from the project's own, else one kept in ``var/``."""
    try:
        key = keys.load(settings)
    except ConfigError:
        return _OWN, _own(settings)
    return _named(key), keys.derive(key, domain=_DOMAIN, purpose=_PURPOSE, length=_KEY_BYTES)


def key_of(settings: Settings, name: str) -> bytes | None:
    """The key a sketch was made with, by its name; None where it is gone."""
    if name == _OWN:
        return _own(settings)
    key_id, version, _ = name.split(":")
    try:
        key = keys.load(settings, key_id, int(version))
    except ConfigError:
        return None
    return keys.derive(key, domain=_DOMAIN, purpose=_PURPOSE, length=_KEY_BYTES) if _named(key) == name else None


def document(told: Told) -> dict[str, Any]:
    """What a column discloses, as JSON values."""
    left = told.left
    return {
        "column": told.column,
        "entity": told.entity,
        "subject": told.subject,
        "form": left.form.name,
        "first": left.first,
        "last": left.last,
        "parts": sorted(left.parts),
        "linkable": left.linkable,
        "middle": [list(span) for span in left.middle],
        "width": left.width,
        "domain": left.domain,
    }


def parse(written: dict[str, Any], source: str) -> Told:
    """The column of a ``document``, as one of ``source``."""
    left = Disclosure(
        Form[written["form"]],
        written["first"],
        written["last"],
        frozenset(written["parts"]),
        written["linkable"],
        tuple((start, stop) for start, stop in written["middle"]),
        written["width"],
        written["domain"],
    )
    return Told(written["column"], written["entity"], left, written["subject"], source)


def _named(key: keys.Key) -> str:
    return f"{key.id}:{key.version}:{keys.fingerprint(key)}"


def _own(settings: Settings) -> bytes:
    """A key of this project's own, made when there is none."""
    path = settings.var / "ledger.key"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(handle, "wb") as file:
        made = secrets.token_bytes(_KEY_BYTES)
        file.write(made)
    return made
