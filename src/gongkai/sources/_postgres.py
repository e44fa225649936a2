"""PostgreSQL's fast path: ``COPY … TO STDOUT`` as CSV, out of one repeatable-read, read-only transaction."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from gongkai.batches import BATCH_ROWS, Batches
from gongkai.columns.logical_types import Since, SourceColumn
from gongkai.errors import DataError
from gongkai.sources import _csv, _table, _text
from gongkai.sources._table import Table

if TYPE_CHECKING:
    import psycopg

# types whose own output differs from the shared text form, by OID
_BOOL, _CHAR, _TIMESTAMPTZ, _MONEY = 16, 1042, 1184, 790
_CASTS = {_BOOL: "text", _CHAR: "text", _TIMESTAMPTZ: "timestamp", _MONEY: "numeric"}
_FLOATS = frozenset({700, 701})
_BYTES = frozenset({17, 1001})

_TABLES = ["r", "v", "m", "p", "f"]
"""Kinds of relation people read: tables, views, materialized views, partitioned and foreign tables."""


def describe(table: Table) -> list[SourceColumn]:
    with _transaction(table) as connection:
        return _describe(connection, table)


def scan(table: Table, columns: Sequence[str], since: Since | None) -> Batches:
    from psycopg import sql

    with _transaction(table) as connection:
        _table.require([*columns, *([since.column] if since else [])], [column.name for column in _describe(connection, table)])
        origin = sql.SQL("FROM {}").format(_identifier(table))
        if since:
            origin += sql.SQL(" WHERE {} >= {}").format(sql.Identifier(since.column), sql.Literal(since.value))
        kinds = _kinds(connection, columns, origin)
        counted = connection.execute(sql.SQL("SELECT count(*) {}").format(origin)).fetchone()
        query = sql.SQL("COPY (SELECT {} {}) TO STDOUT (FORMAT csv)").format(_select(columns, kinds), origin)
        floats = [place for place, kind in enumerate(kinds) if kind in _FLOATS]
        with closing(_blocks(connection, query)) as blocks:
            batches = (_plain(batch, floats) for batch in _csv.parse(blocks, columns))
            yield from _table.reconcile(batches, counted[0] if counted else 0)


def _describe(connection: psycopg.Connection[Any], table: Table) -> list[SourceColumn]:
    found = connection.execute(
        "SELECT attname, format_type(atttypid, atttypmod), col_description(attrelid, attnum) FROM pg_attribute "
        "JOIN pg_class c ON c.oid = attrelid "
        "WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped AND relkind = ANY(%s) ORDER BY attnum",
        [_identifier(table).as_string(connection), _TABLES],
    ).fetchall()
    if not found:
        names = connection.execute(
            "SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace "
            "WHERE n.nspname = COALESCE(%s, current_schema()) AND relkind = ANY(%s)",
            [table.schema, _TABLES],
        ).fetchall()
        raise table.unknown([name for (name,) in names])
    return [SourceColumn(name, native, comment or None) for name, native, comment in found]


def _identifier(table: Table) -> Any:
    from psycopg import sql

    return sql.Identifier(table.schema, table.name) if table.schema else sql.Identifier(table.name)


def _kinds(connection: psycopg.Connection[Any], columns: Sequence[str], origin: Any) -> list[int]:
    """The columns' type OIDs, domains resolved to what they stand on."""
    from psycopg import sql

    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    cursor = connection.execute(sql.SQL("SELECT {} {} LIMIT 0").format(names, origin))
    kinds = [column.type_code for column in cursor.description or ()]
    _table.refuse_bytes([name for name, kind in zip(columns, kinds, strict=True) if kind in _BYTES])
    return kinds


def _select(columns: Sequence[str], kinds: Sequence[int]) -> Any:
    from psycopg import sql

    terms = [
        sql.SQL("{}::" + _CASTS[kind]).format(sql.Identifier(name)) if kind in _CASTS else sql.Identifier(name)
        for name, kind in zip(columns, kinds, strict=True)
    ]
    return sql.SQL(", ").join(terms)


def _blocks(connection: psycopg.Connection[Any], query: Any) -> Generator[_csv.Block]:
    """The lines of the COPY; libpq hands out one whole row at a time. Closing it early cancels the query."""
    with connection.cursor() as cursor, cursor.copy(query) as copy:
        lines = iter(copy)
        while True:
            content, rows = bytearray(), 0
            for line in islice(lines, BATCH_ROWS):
                content += line
                rows += 1
            if not rows:
                return
            yield content, rows


def _plain(batch: pa.RecordBatch, floats: Sequence[int]) -> pa.RecordBatch:
    for place in floats:
        batch = batch.set_column(place, batch.schema.field(place), _text.plain(batch.column(place)))
    return batch


@contextmanager
def _transaction(table: Table) -> Iterator[psycopg.Connection[Any]]:
    """A connection inside one repeatable-read, read-only transaction that prints values in the shared text form."""
    import psycopg
    from sqlalchemy import create_engine

    given = create_engine(table.url).dialect.create_connect_args(table.url)[1]
    arguments: dict[str, Any] = {"connect_timeout": 10, **given, "client_encoding": "utf8"}
    edge = _table.edge(
        table.connection,
        away=(psycopg.OperationalError, psycopg.InterfaceError),
        denied=(psycopg.errors.InsufficientPrivilege,),
        other=(psycopg.Error,),
    )
    with edge, psycopg.connect(**arguments) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        connection.execute("SET LOCAL datestyle TO 'ISO, YMD'")
        connection.execute("SET LOCAL intervalstyle TO 'iso_8601'")
        connection.execute("SET LOCAL extra_float_digits TO 3")
        try:
            connection.execute("SELECT set_config('TimeZone', %s, true)", [str(table.zone)])
        except psycopg.errors.InvalidParameterValue:
            raise DataError.of("source.timezone", f"the server knows no time zone '{table.zone}'") from None
        yield connection
