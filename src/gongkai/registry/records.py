"""What the registry gives back 登记记录: plain, frozen, without a database behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from gongkai.registry.entry import Entry

Verdict = Literal["published", "unchanged", "refused", "failed", "running"]


@dataclass(frozen=True, slots=True)
class Revision:
    """One version of an entry. ``hash`` is ``entry.digest()``; ``number`` counts from 1 per dataset; ``created`` is UTC."""

    code: str
    number: int
    hash: str
    entry: Entry
    created: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """What applying an entry did, or would do."""

    code: str
    number: int
    hash: str
    what: Literal["new", "changed", "same"]


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approved which revision, when (UTC), with what note 审查意见, and for which kinds of review.

    ``basis``: the digest of what it stands on besides; ``stands_on``: the parts of that by name, with digests or versions;
    empty where an earlier version did not write them down.
    """

    code: str
    number: int
    hash: str
    basis: str
    by: str
    note: str
    at: datetime
    kinds: tuple[str, ...] = ()
    stands_on: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run of a dataset. ``content`` is the hash of what was staged, ``watermark`` the newest seen, ``full`` the load mode.

    ``knowledge``: the content files it read that can only refuse, with their digests. What a run did not come to is None.
    ``verdict`` is "running" and ``finished`` None between ``Registry.begin`` and ``Registry.finish``. Times are UTC.
    """

    run: str
    code: str
    revision: str | None
    plan: str | None
    verdict: Verdict
    release: str | None
    content: str | None
    rows_in: int | None
    rows_out: int | None
    watermark: str | None
    full: bool
    started: datetime
    finished: datetime | None
    reasons: list[str] = field(default_factory=list)
    knowledge: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OpenRelease:
    """A release that readers may have. ``disclosed``: what each column leaves of what, as JSON values; ``sketch``: the keyed
    classes of its quasi-identifiers, made with the key called ``key``; None where it has none."""

    code: str
    release: str
    title: str
    opening: str
    plan: str
    opened: datetime
    disclosed: list[dict[str, Any]]
    key: str | None = None
    sketch: bytes | None = None
