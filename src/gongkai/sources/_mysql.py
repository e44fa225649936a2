"""The fast path of MySQL and MariaDB: the server writes one CSV line per row, out of one consistent, read-only snapshot."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from gongkai.batches import BATCH_ROWS, Batches
from gongkai.columns.logical_types import Since, SourceColumn
from gongkai.errors import ConfigError, DataError, TransientError
from gongkai.sources import _csv, _table, _text
from gongkai.sources._table import Table

if TYPE_CHECKING:
    import pymysql

_BARE = frozenset({"tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "year", "date"})
_FRACTIONS = frozenset({"datetime", "timestamp", "time"})
_BYTES = frozenset({"binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob", "vector"}) | frozenset(
    {"geometry", "point", "linestring", "polygon", "multipoint", "multilinestring", "multipolygon"}
    | {"geometrycollection", "geomcollection"}
)
_NUMBERS = frozenset({"tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "float", "double", "year", "bit"})
_SESSION = (
    # no padding of CHAR, no other meaning of quotes
    "SET SESSION sql_mode = '', time_zone = '+00:00'",
    # the server must wait while the rows just sent are worked on
    "SET SESSION net_write_timeout = 3600",
    "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
    "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
)
_DENIED = frozenset({1142, 1143, 1044, 1227, 1370})
"""Server errors that mean the account lacks a right."""
_GONE = frozenset({1053, 1077, 1079, 1158, 1159, 1160, 1161, 1205, 1213, 1317, 1969, 2006, 2013, 3024})
"""Server errors that pass: it shuts down, the network broke, a lock or a time limit ended the query."""


def describe(table: Table) -> list[SourceColumn]:
    with _transaction(table) as connection:
        described = _describe(connection, table)
        return [SourceColumn(name, native, comment or None) for name, (native, _, comment) in described.items()]


def scan(table: Table, columns: Sequence[str], since: Since | None) -> Batches:
    with _transaction(table) as connection:
        described = _describe(connection, table)
        _table.require([*columns, *([since.column] if since else [])], described)
        kinds = [described[name][1] for name in columns]
        _table.refuse_bytes([name for name, kind in zip(columns, kinds, strict=True) if kind in _BYTES])
        origin, bound = f"FROM {_origin(table)}", []
        if since:
            origin += f" WHERE {_quoted(since.column)} >= %s"
            bound = [_bound(since, described[since.column][1], table.zone)]
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT COUNT(*) {origin}", bound)
            (counted,) = cursor.fetchone() or (0,)
        cells = ", ',', ".join(_cell(name, kind) for name, kind in zip(columns, kinds, strict=True))
        query = f"SELECT CAST(CONCAT({cells}) AS BINARY) {origin}"
        with closing(_blocks(connection, query, bound)) as blocks:
            batches = _csv.parse(blocks, columns)
            yield from _table.reconcile((_finish(batch, kinds, table) for batch in batches), counted)


def _describe(connection: pymysql.Connection[Any], table: Table) -> dict[str, tuple[str, str, str]]:
    """Every column's type as written and as a bare word, and its comment."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT COALESCE(%s, DATABASE())", [table.schema])
        ((schema,),) = cursor.fetchall()
        if schema is None:
            raise ConfigError.of(
                "names no database", "write database.table, or set the connection's schema", key="source.table"
            )
        cursor.execute(
            "SELECT table_name, column_name, column_type, data_type, column_comment FROM information_schema.columns "
            "WHERE table_schema = %s ORDER BY table_name, ordinal_position",
            [schema],
        )
        rows = cursor.fetchall()
    found = {
        name: (str(native), str(kind).lower(), str(comment or ""))
        for owner, name, native, kind, comment in rows
        if owner == table.name
    }
    if not found:
        raise table.unknown({row[0] for row in rows})
    return found


def _cell(name: str, kind: str) -> str:
    """SQL of one CSV cell: an unquoted nothing for NULL, quotes around every text."""
    column = _quoted(name)
    if kind in _BARE or kind == "double":
        return f"IFNULL({column}, '')"
    if kind == "float":
        return f"IFNULL({column} + 0e0, '')"
    if kind == "bit":
        return f"IFNULL(CAST({column} AS UNSIGNED), '')"
    if kind in _FRACTIONS:
        return f"IFNULL(IF(LOCATE('.', {column}), TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM {column})), {column}), '')"
    return f"""IFNULL(CONCAT('"', REPLACE(CONVERT({column} USING utf8mb4), '"', '""'), '"'), '')"""


def _finish(batch: pa.RecordBatch, kinds: Sequence[str], table: Table) -> pa.RecordBatch:
    for place, kind in enumerate(kinds):
        column = batch.column(place)
        if kind == "double":
            column = _text.plain(column)
        elif kind == "float":
            column = _text.single(column)
        elif kind == "timestamp":
            column = _text.local(column, table.zone)
        else:
            continue
        batch = batch.set_column(place, batch.schema.field(place), column)
    return batch


def _blocks(connection: pymysql.Connection[Any], query: str, bound: Sequence[Any]) -> Generator[_csv.Block]:
    """The lines of the query, fetched as the server sends them. Closed early, it leaves the rest unread."""
    from pymysql.cursors import SSCursor

    cursor = connection.cursor(SSCursor)
    try:
        cursor.execute(query, bound)
        while rows := cursor.fetchmany(BATCH_ROWS):
            lines = [line for (line,) in rows]
            if None in lines:
                count = lines.count(None)
                raise DataError.of("source.row_size", "rows longer than the server's max_allowed_packet", count=count)
            lines.append(b"")
            yield b"\n".join(lines), len(rows)
    finally:
        # a cursor that is closed, or collected, reads the rest of the table first; unless it believes there is none
        if (result := cursor._result) is not None:  # type: ignore[attr-defined]
            result.unbuffered_active = False


def _origin(table: Table) -> str:
    return f"{_quoted(table.schema)}.{_quoted(table.name)}" if table.schema else _quoted(table.name)


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``").replace("%", "%%") + "`"


def _bound(since: Since, kind: str, zone: ZoneInfo) -> Any:
    """The lower bound as the column compares it: numbers as numbers, moments as the UTC the session speaks."""
    try:
        if kind in _NUMBERS:
            return Decimal(since.value)
        if kind == "timestamp":
            return datetime.fromisoformat(since.value).replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None)
    except (InvalidOperation, ValueError):
        raise DataError.of(
            "source.since", f"the lower bound does not fit the column's type, {kind}", column=since.column
        ) from None
    return since.value


@contextmanager
def _transaction(table: Table) -> Iterator[pymysql.Connection[Any]]:
    """A connection inside one consistent, read-only snapshot, printing moments in UTC."""
    import pymysql

    connection = _connect(table)
    try:
        with connection.cursor() as cursor:
            for statement in _SESSION:
                cursor.execute(statement)
        yield connection
    except pymysql.MySQLError as error:
        raise _reduced(table, error) from None
    finally:
        connection.close()


def _connect(table: Table) -> pymysql.Connection[Any]:
    import pymysql
    from sqlalchemy import create_engine

    arguments = create_engine(table.url).dialect.create_connect_args(table.url)[1]
    try:
        return pymysql.connect(**{"connect_timeout": 10, **arguments, "charset": "utf8mb4", "autocommit": False})
    except pymysql.MySQLError as error:
        raise TransientError(f"connection '{table.connection}'", type(error).__name__) from None


def _reduced(table: Table, error: pymysql.MySQLError) -> Exception:
    import pymysql

    code = error.args[0] if error.args else None
    if code in _DENIED:
        return _table.denial(table.connection, error)
    if code in _GONE or isinstance(error, pymysql.InterfaceError):
        return TransientError(f"connection '{table.connection}'", type(error).__name__)
    return _table.refusal(table.connection, error)
