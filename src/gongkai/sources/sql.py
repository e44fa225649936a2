"""Tables and views of a database 数据库: read inside one read-only snapshot, counted there, every value as text.

PostgreSQL, MySQL and MariaDB have fast paths; every other SQLAlchemy dialect takes the general one. All give the same text
(see ``_text``), so that moving a table to another kind of database changes nothing that is published.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING

from gongkai import connections
from gongkai.batches import Batches
from gongkai.columns.logical_types import Since, SourceColumn
from gongkai.errors import ConfigError
from gongkai.project import SHIPPED, Project
from gongkai.sources import _general, _mysql, _postgres, _table

if TYPE_CHECKING:
    from sqlalchemy import URL

_FAST: dict[str, ModuleType] = {
    "postgresql+psycopg": _postgres,
    "mysql+pymysql": _mysql,
    "mariadb+pymysql": _mysql,
}


VERSION = 1
"""Changes when the same table gives other texts."""


def describe(*, connection: str, table: str, project: Project = SHIPPED) -> list[SourceColumn]:
    """The columns the table or view has now, in its order, with their comments; no row is read.

    ``connection`` is the id of an Airflow Connection, ``table`` is ``table`` or ``schema.table``.
    ConfigError: no such connection, driver or table. TransientError: the database does not answer or refuses the login.
    """
    return behind(project, connection, table).describe()


def scan(
    *, columns: Sequence[str], since: Since | None = None, connection: str, table: str, project: Project = SHIPPED
) -> Batches:
    """Stream the asked columns, in the asked order, in batches of about ``BATCH_ROWS`` rows.

    With ``since`` only the rows whose watermark is not older (a NULL watermark is older than everything). Beside the errors
    of ``describe``: DataError when a column is missing (``source.missing_column``), is bytes (``source.bytes``), or when other
    rows arrive than were counted in the same snapshot (``source.row_count``). Stopping early ends the query on the server.
    """
    yield from behind(project, connection, table).scan(columns, since)


@dataclass(frozen=True, slots=True)
class Place:
    """A table or view and the path that reads it."""

    table: _table.Table
    path: ModuleType

    def describe(self) -> list[SourceColumn]:
        """As ``describe`` of this module."""
        described: list[SourceColumn] = self.path.describe(self.table)
        return described

    def scan(self, columns: Sequence[str], since: Since | None = None) -> Batches:
        """As ``scan`` of this module."""
        yield from self.path.scan(self.table, columns, since)

    def primary_key(self) -> list[str]:
        """The columns of the primary key that the table declares 主键, in its order; none for a view."""
        return _general.primary_key(self.table)


def behind(project: Project, connection: str, table: str) -> Place:
    """A table behind an Airflow Connection; errors as of ``describe``, but nothing is asked of the database yet."""
    return _place(project, connection, connections.url(project, connection), table)


def at(project: Project, url: str, table: str) -> Place:
    """A table at a SQLAlchemy URL, for a look that no entry is made of. In errors the database is named, never the URL.

    >>> from gongkai.project import SHIPPED
    >>> at(SHIPPED, "postgresql://reader:p%40ss@db.example/civil", "dept.人口").table.connection
    'civil'
    >>> at(SHIPPED, "reader:p%40ss@db.example/civil", "人口")
    Traceback (most recent call last):
        ...
    gongkai.errors.ConfigError: the URL is not one of a database; write dialect://user:password@host:port/database
    """
    from sqlalchemy import exc, make_url

    try:
        given = make_url(url)
    except (exc.ArgumentError, ValueError):
        remedy = "write dialect://user:password@host:port/database"
        raise ConfigError.of("the URL is not one of a database", remedy) from None
    kind = given.get_backend_name()
    driver = connections.driver(kind) if kind in connections.DRIVERS else given.drivername
    return _place(project, _name(given), given.set(drivername=driver), table)


def _name(url: URL) -> str:
    """What a database is called where it has no connection's id: its name, without what an id may not have."""
    from pathlib import PurePath

    name = PurePath(url.database or url.host or "").stem
    return "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in name).strip("_").lower() or "database"


def _place(project: Project, name: str, url: URL, table: str) -> Place:
    schema, of_table = _table.split(table)
    return Place(_table.Table(name, url, schema, of_table, _table.zone(project)), _FAST.get(url.drivername, _general))
