"""The ledger of open releases 开放台账: what each tells, so that a new one can be held against all of them.

A release is entered before readers can see it and struck out only when its store no longer has it: what somebody may have
copied is never forgotten.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict

from sqlalchemy import delete, insert, select

from gongkai.registry import database
from gongkai.registry.records import OpenRelease
from gongkai.registry.tables import OpenReleaseRow


class Ledger:
    """The ledger in the registry at a SQLAlchemy URL. Its methods are one transaction each and raise TransientError when the
    database is out of reach."""

    def __init__(self, url: str) -> None:
        self._engine = database.connect(url)

    def enter(self, release: OpenRelease) -> None:
        """Enter a release, in place of an earlier entry of the same one."""
        with database.writing(self._engine) as connection:
            same = (OpenReleaseRow.code == release.code, OpenReleaseRow.release == release.release)
            connection.execute(delete(OpenReleaseRow).where(*same))
            connection.execute(insert(OpenReleaseRow).values(**asdict(release)))

    def strike(self, code: str, kept: Collection[str]) -> None:
        """Strike out the releases of a dataset but for those that are ``kept``."""
        with database.writing(self._engine) as connection:
            others = (OpenReleaseRow.code == code, OpenReleaseRow.release.not_in(list(kept)))
            connection.execute(delete(OpenReleaseRow).where(*others))

    def releases(self, code: str | None = None) -> list[OpenRelease]:
        """Every open release, or those of one dataset; by code, oldest first."""
        statement = select(OpenReleaseRow.__table__).order_by(OpenReleaseRow.code, OpenReleaseRow.release)
        if code is not None:
            statement = statement.where(OpenReleaseRow.code == code)
        with database.reading(self._engine) as connection:
            return [OpenRelease(**row._asdict()) for row in connection.execute(statement)]
