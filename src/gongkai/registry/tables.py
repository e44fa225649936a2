"""The tables of the registry: revisions of entries, approvals, runs, open releases.

Every name begins with ``gongkai_``, the version table too: the registry may share a database with Airflow, which keeps an
``alembic_version`` of its own.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

VERSION_TABLE = "gongkai_version"


class Instant(TypeDecorator[datetime]):
    """A moment: aware and UTC in Python, whatever the database makes of zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The registry's metadata; ``migrations`` brings a database to it."""


class RevisionRow(Base):
    """One version of an entry; exactly one per code is current."""

    __tablename__ = "gongkai_revision"
    __table_args__ = (
        UniqueConstraint("code", "number", name="gongkai_revision_number"),
        Index(
            "gongkai_revision_current",
            "code",
            unique=True,
            sqlite_where=text("current"),
            postgresql_where=text("current"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(80))
    number: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
    rules: Mapped[str] = mapped_column(String(64))
    """The digest of the rules it was checked against when applied."""
    current: Mapped[bool]
    closed: Mapped[bool]
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    created: Mapped[datetime] = mapped_column(Instant)


class ApprovalRow(Base):
    """An approval of one revision on one basis; never changed, never deleted."""

    __tablename__ = "gongkai_approval"

    id: Mapped[int] = mapped_column(primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("gongkai_revision.id"), index=True)
    basis: Mapped[str] = mapped_column(String(64))
    """The digest of everything it stands on besides the revision."""
    stands_on: Mapped[dict[str, str]] = mapped_column(JSON, server_default="{}")
    """The parts of that, by name; none where an earlier version gave the approval."""
    by: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text)
    kinds: Mapped[list[str]] = mapped_column(JSON, server_default="[]")
    """The kinds of review it speaks for."""
    at: Mapped[datetime] = mapped_column(Instant)


class RunRow(Base):
    """A run; Airflow's run ids repeat over datasets, so the code is part of its name.

    ``published`` holds the record of the last attempt that put a release out or found it unchanged: a later attempt of the same
    run that fails does not undo it.
    """

    __tablename__ = "gongkai_run"
    __table_args__ = (Index("gongkai_run_published", "code", "published_at"), Index("gongkai_run_started", "started"))

    code: Mapped[str] = mapped_column(String(80), primary_key=True)
    run: Mapped[str] = mapped_column(String(300), primary_key=True)
    revision: Mapped[str | None] = mapped_column(String(64))
    plan: Mapped[str | None] = mapped_column(String(64))
    verdict: Mapped[str] = mapped_column(String(16))
    release: Mapped[str | None] = mapped_column(String(200))
    content: Mapped[str | None] = mapped_column(String(64))
    rows_in: Mapped[int | None] = mapped_column(BigInteger)
    rows_out: Mapped[int | None] = mapped_column(BigInteger)
    watermark: Mapped[str | None] = mapped_column(Text)
    full: Mapped[bool]
    reasons: Mapped[list[str]] = mapped_column(JSON)
    knowledge: Mapped[dict[str, str]] = mapped_column(JSON, server_default="{}")
    """The content files it read that can only refuse, with their digests."""
    started: Mapped[datetime] = mapped_column(Instant)
    finished: Mapped[datetime | None] = mapped_column(Instant)
    published: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    published_at: Mapped[datetime | None] = mapped_column(Instant)


class OpenReleaseRow(Base):
    """A release that readers may have: what its columns disclose, and a keyed sketch of its quasi-identifier classes."""

    __tablename__ = "gongkai_open_release"

    code: Mapped[str] = mapped_column(String(80), primary_key=True)
    release: Mapped[str] = mapped_column(String(200), primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    opening: Mapped[str] = mapped_column(String(16))
    plan: Mapped[str] = mapped_column(String(64))
    opened: Mapped[datetime] = mapped_column(Instant)
    disclosed: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    key: Mapped[str | None] = mapped_column(String(100))
    """Which key its sketch was made with, by id, version and fingerprint."""
    sketch: Mapped[bytes | None] = mapped_column(LargeBinary)
