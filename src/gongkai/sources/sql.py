"""Tables and views of a database 数据库: read inside one read-only snapshot, counted there, every value as text.

PostgreSQL, MySQL and MariaDB have fast paths; every other SQLAlchemy dialect takes the general one. All give the same text
(see ``_text``), so that moving a table to another kind of database changes nothing that is published.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType

from gongkai import connections
from gongkai.schema import Since, SourceColumn
from gongkai.sources import _general, _mysql, _postgres, _table
from gongkai.stage import Batches

_FAST: dict[str, ModuleType] = {
    "postgresql+psycopg": _postgres,
    "mysql+pymysql": _mysql,
    "mariadb+pymysql": _mysql,
}


def describe(*, connection: str, table: str) -> list[SourceColumn]:
    """The columns the table or view has now, in its order; no row is read.

    ``connection`` is the id of an Airflow Connection, ``table`` is ``table`` or ``schema.table``.
    ConfigError: no such connection, driver or table. TransientError: the database does not answer or refuses the login.
    """
    place, path = _open(connection, table)
    described: list[SourceColumn] = path.describe(place)
    return described


def scan(*, columns: Sequence[str], since: Since | None = None, connection: str, table: str) -> Batches:
    """Stream the asked columns, in the asked order, in batches of about ``BATCH_ROWS`` rows.

    With ``since`` only the rows whose watermark is not older (a NULL watermark is older than everything). Beside the errors
    of ``describe``: DataError when a column is missing (``source.missing_column``), is bytes (``source.bytes``), or when other
    rows arrive than were counted in the same snapshot (``source.row_count``). Stopping early ends the query on the server.
    """
    place, path = _open(connection, table)
    yield from path.scan(place, columns, since)


def _open(connection: str, table: str) -> tuple[_table.Table, ModuleType]:
    schema, name = _table.split(table)
    url = connections.url(connection)
    return _table.Table(connection, url, schema, name, _table.zone()), _FAST.get(url.drivername, _general)
