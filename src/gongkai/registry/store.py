"""The registry 登记簿: entries with their revisions, the approvals of them, the runs made of them.

An approval belongs to one revision and one state of everything that decides about it. Whatever changes the entry makes a new
revision, one that goes back to an earlier text too, and a new revision is not approved.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection, Row, insert, select, update

from gongkai.errors import ConfigError, Refused, known
from gongkai.project import Project
from gongkai.registry import database
from gongkai.registry.entry import Entry
from gongkai.registry.records import Approval, Change, Revision, RunRecord
from gongkai.registry.tables import ApprovalRow, RevisionRow, RunRow

__all__ = ["Approval", "Change", "Registry", "Revision", "RunRecord", "of"]


_OF_REVISION = ("code", "number", "hash", "current", "closed")


def of(project: Project) -> Registry:
    """The project's registry, opened once. Raises ConfigError and TransientError."""
    return project.once(_open)


def _open(project: Project) -> Registry:
    return Registry(project.settings.database)


class Registry:
    """A registry at a SQLAlchemy URL, SQLite or PostgreSQL; made and migrated when first opened.

    Each method is one transaction. They raise TransientError when the database is out of reach.
    """

    def __init__(self, url: str) -> None:
        self._engine = database.connect(url)
        self._entries: dict[str, Entry] = {}

    def compare(self, entries: Sequence[Entry]) -> list[Change]:
        """What ``save`` would do."""
        with database.reading(self._engine) as connection:
            return _changes(connection, entries)

    def save(self, entries: Sequence[Entry], *, rules: str) -> list[Change]:
        """Make each entry the current one of its code, all or none; an entry equal to its current revision changes nothing.

        ``rules`` is the digest of the rules they were checked against. ConfigError when a code belongs to another department.
        """
        with database.writing(self._engine) as connection:
            changes = _changes(connection, entries)
            for entry, change in zip(entries, changes, strict=True):
                if change.what != "same":
                    _supersede(connection, entry, change, rules)
        return changes

    def current(self, code: str) -> Revision:
        """The current revision of a dataset; ConfigError naming near codes when there is none."""
        with database.reading(self._engine) as connection:
            return self._revision(_current(connection, code))

    def revisions(self) -> list[Revision]:
        """The current revision of every dataset, by code; one query."""
        statement = select(RevisionRow.__table__).where(RevisionRow.current).order_by(RevisionRow.code)
        with database.reading(self._engine) as connection:
            return [self._revision(row) for row in connection.execute(statement)]

    def history(self, code: str) -> list[Change]:
        """Every revision of a dataset, newest first."""
        statement = (
            select(RevisionRow.number, RevisionRow.hash).where(RevisionRow.code == code).order_by(RevisionRow.number.desc())
        )
        with database.reading(self._engine) as connection:
            return [
                Change(code, row.number, row.hash, "new" if row.number == 1 else "changed")
                for row in connection.execute(statement)
            ]

    def approved(
        self, basis: Callable[[Entry], str], required: Callable[[Entry], Iterable[str]] = lambda _: ()
    ) -> list[tuple[Revision, Approval]]:
        """The current revisions that may run, by code, with the approval each runs by; one query.

        They are not closed, and approved on their basis as it is now, for each kind of review that is ``required``. ``basis``
        gives the digest of what decides about an entry.
        """
        told = ("basis", "stands_on", "by", "note", "at", "kinds")
        approval = tuple(getattr(ApprovalRow, name) for name in told)
        statement = (
            select(RevisionRow.__table__, *approval)
            .join(ApprovalRow, ApprovalRow.revision_id == RevisionRow.id)
            .where(RevisionRow.current, ~RevisionRow.closed)
            .order_by(RevisionRow.code, ApprovalRow.id)
        )
        with database.reading(self._engine) as connection:
            rows = connection.execute(statement).all()
        found = []
        for _, group in groupby(rows, key=lambda row: str(row.code)):
            given = list(group)
            revision = self._revision(given[0])
            digest = basis(revision.entry)
            valid = [_approval(row) for row in given if row.basis == digest]
            if valid and _covered(valid, required(revision.entry)):
                found.append((revision, valid[-1]))
        return found

    def approve(
        self,
        code: str,
        *,
        by: str,
        note: str,
        basis: str,
        stands_on: Mapping[str, str] | None = None,
        revision: str | None = None,
        kinds: Sequence[str] = (),
    ) -> Approval:
        """Approve the current revision on a basis, named by its digest, and by its parts in ``stands_on``.

        ``revision``: refuse unless the current hash begins with it; ``kinds``: the kinds of review it speaks for.

        ConfigError for an unknown code, an empty ``by`` or ``note``; Refused for a closed dataset and for a revision that is no
        longer the current one.
        """
        for name, value in (("by", by), ("note", note)):
            if not value.strip():
                raise ConfigError.of("is empty", "an approval says who gives it and why", key=name)
        with database.writing(self._engine) as connection:
            row = _current(connection, code)
            if row.closed:
                raise Refused.of("approval.closed", f"{code} is closed 不予开放 and is never opened")
            if revision is not None and not (revision and row.hash.startswith(revision)):
                raise Refused.of(
                    "approval.superseded", f"{code} was changed meanwhile: its current revision is {row.hash[:12]}"
                )
            given = (basis, by.strip(), note.strip(), datetime.now(UTC), tuple(kinds), dict(stands_on or {}))
            approval = Approval(code, row.number, row.hash, *given)
            values = {name: getattr(approval, name) for name in ("basis", "stands_on", "by", "note", "at")}
            connection.execute(insert(ApprovalRow).values(revision_id=row.id, kinds=list(kinds), **values))
        return approval

    def approval(self, code: str, *, basis: str, required: Iterable[str] = ()) -> Approval | None:
        """The newest approval of the current revision on this basis; None when there is none, a ``required`` kind of review
        is not among them, or the dataset is closed."""
        found = [
            approval
            for approval, current, closed in self._approvals(code)
            if current and not closed and approval.basis == basis
        ]
        return found[-1] if found and _covered(found, required) else None

    def approvals(self, code: str | None = None) -> list[Approval]:
        """Every approval ever given, of one dataset or of all, oldest first."""
        return [approval for approval, _, _ in self._approvals(code)]

    def begin(self, code: str, run: str) -> None:
        """Note that a run began; the same run again is a retry and keeps its one row."""
        fresh: dict[str, Any] = {"verdict": "running", "finished": None, "reasons": [], "rows_in": None, "rows_out": None}
        fresh |= {"release": None, "content": None, "plan": None}
        with database.writing(self._engine) as connection:
            row = _current(connection, code)
            where = (RunRow.code == code, RunRow.run == run)
            if connection.execute(update(RunRow).where(*where).values(**fresh, revision=row.hash)).rowcount == 0:
                started = datetime.now(UTC)
                values = {
                    **fresh,
                    "watermark": None,
                    "full": True,
                    "code": code,
                    "run": run,
                    "revision": row.hash,
                    "started": started,
                }
                connection.execute(insert(RunRow).values(**values))

    def finish(self, run: str, record: RunRecord) -> None:
        """Note how a run ended. A published release stays on record when a later attempt of the same run fails."""
        values = asdict(record) | {"run": run, "finished": record.finished or datetime.now(UTC)}
        if record.verdict in ("published", "unchanged"):
            values |= {"published": _plain(values), "published_at": values["finished"]}
        with database.writing(self._engine) as connection:
            where = (RunRow.code == record.code, RunRow.run == run)
            if connection.execute(update(RunRow).where(*where).values(**values)).rowcount == 0:
                connection.execute(insert(RunRow).values(**values))

    def last_published(self, code: str) -> RunRecord | None:
        """The newest run of a dataset that put a release out, or found that it still stands."""
        statement = (
            select(RunRow.published)
            .where(RunRow.code == code, RunRow.published_at.is_not(None))
            .order_by(RunRow.published_at.desc(), RunRow.started.desc())
            .limit(1)
        )
        with database.reading(self._engine) as connection:
            document = connection.execute(statement).scalar()
        if document is None:
            return None
        moments = {name: datetime.fromisoformat(document[name]) for name in ("started", "finished")}
        return RunRecord(**{**document, **moments})

    def runs(self, code: str | None = None, limit: int = 50) -> list[RunRecord]:
        """The newest runs of one dataset or of all, newest first."""
        statement = select(RunRow.__table__).order_by(RunRow.started.desc(), RunRow.run.desc()).limit(limit)
        if code is not None:
            statement = statement.where(RunRow.code == code)
        with database.reading(self._engine) as connection:
            return [_run(row) for row in connection.execute(statement)]

    def entry(self, code: str, hash: str) -> Entry:
        """The entry of a revision, by its hash; ConfigError where there is no such revision."""
        statement = select(RevisionRow.__table__).where(RevisionRow.code == code, RevisionRow.hash == hash).limit(1)
        if hash not in self._entries:
            with database.reading(self._engine) as connection:
                row = connection.execute(statement).one_or_none()
            if row is None:
                raise ConfigError.of(f"{code} has no revision {hash[:12]}", "apply its file again", key=code)
            self._revision(row)
        return self._entries[hash]

    def _revision(self, row: Row[Any]) -> Revision:
        """A revision as it is kept; its entry is validated when it is first met."""
        if row.hash not in self._entries:
            try:
                self._entries[row.hash] = Entry.model_validate(row.document)
            except ValidationError:
                problem = f"the registered entry of {row.code} is not one this version knows"
                raise ConfigError.of(problem, "apply its file again", key=row.code) from None
        return Revision(row.code, row.number, row.hash, self._entries[row.hash], row.created)

    def _approvals(self, code: str | None) -> list[tuple[Approval, bool, bool]]:
        statement = (
            select(ApprovalRow.__table__, *(column for column in RevisionRow.__table__.c if column.name in _OF_REVISION))
            .join(RevisionRow, ApprovalRow.revision_id == RevisionRow.id)
            .order_by(ApprovalRow.id)
        )
        if code is not None:
            statement = statement.where(RevisionRow.code == code)
        with database.reading(self._engine) as connection:
            return [
                (_approval(row), row.current, row.closed)
                for row in connection.execute(statement)
            ]


def _approval(row: Row[Any]) -> Approval:
    return Approval(row.code, row.number, row.hash, row.basis, row.by, row.note, row.at, tuple(row.kinds), row.stands_on)


def _covered(approvals: Iterable[Approval], required: Iterable[str]) -> bool:
    """Whether each required kind of review is among what was approved."""
    return {*required} <= {kind for approval in approvals for kind in approval.kinds}


def _changes(connection: Connection, entries: Sequence[Entry]) -> list[Change]:
    changes = []
    rows = _current_rows(connection, [entry.code for entry in entries])
    for entry in entries:
        row = rows.get(entry.code)
        hash = entry.digest()
        if row is None:
            changes.append(Change(entry.code, 1, hash, "new"))
        elif row.document["department"] != entry.department:
            raise ConfigError.of(f"{entry.code} is registered by another department", "choose another code", key="code")
        elif row.hash == hash:
            changes.append(Change(entry.code, row.number, hash, "same"))
        else:
            changes.append(Change(entry.code, row.number + 1, hash, "changed"))
    return changes


def _supersede(connection: Connection, entry: Entry, change: Change, rules: str) -> None:
    connection.execute(update(RevisionRow).where(RevisionRow.code == entry.code, RevisionRow.current).values(current=False))
    connection.execute(
        insert(RevisionRow).values(
            code=entry.code,
            number=change.number,
            hash=change.hash,
            rules=rules,
            current=True,
            closed=entry.opening.type == "closed",
            document=entry.document(),
            created=datetime.now(UTC),
        )
    )


def _current_rows(connection: Connection, codes: Iterable[str]) -> dict[str, Row[Any]]:
    wanted = set(codes)
    statement = select(RevisionRow.__table__).where(RevisionRow.current)
    if len(wanted) <= 100:
        statement = statement.where(RevisionRow.code.in_(wanted))
    return {row.code: row for row in connection.execute(statement) if row.code in wanted}


def _current(connection: Connection, code: str) -> Row[Any]:
    row = connection.execute(select(RevisionRow.__table__).where(RevisionRow.current, RevisionRow.code == code)).one_or_none()
    if row is None:
        codes = connection.execute(select(RevisionRow.code).where(RevisionRow.current)).scalars().all()
        remedy = known(code, codes) if codes else "none is yet: run `gongkai apply`"
        raise ConfigError.of(f"no dataset '{code}' is registered", remedy)
    return row


def _run(row: Row[Any]) -> RunRecord:
    values = row._asdict()
    return RunRecord(**{name: values[name] for name in RunRecord.__slots__})


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """A run's record as JSON values; moments in ISO 8601."""
    document: dict[str, Any] = json.loads(json.dumps(values, default=datetime.isoformat))
    return document
