"""The general path: any SQLAlchemy dialect, rows streamed through the driver and written as text here.

SQLite files are opened read-only. Other databases get the strictest isolation level of the two that hold a snapshot.
"""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from gongkai.batches import BATCH_ROWS, Batches
from gongkai.columns.logical_types import Since, SourceColumn
from gongkai.errors import ConfigError, DataError, TransientError
from gongkai.sources import _table, _text
from gongkai.sources._table import Table

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, Select
    from sqlalchemy.types import TypeEngine


def describe(table: Table) -> list[SourceColumn]:
    with _transaction(table) as connection:
        described = _inspect(connection, table)
        return [SourceColumn(str(it["name"]), _native(it["type"]), it.get("comment") or None) for it in described]


def primary_key(table: Table) -> list[str]:
    """The columns of the primary key that the table declares 主键, in its order; none where it declares none."""
    import sqlalchemy as sa

    with _transaction(table) as connection:
        return list(sa.inspect(connection).get_pk_constraint(table.name, schema=table.schema)["constrained_columns"])


def scan(table: Table, columns: Sequence[str], since: Since | None) -> Batches:
    import sqlalchemy as sa

    with _transaction(table) as connection:
        kinds = _describe(connection, table)
        _table.require([*columns, *([since.column] if since else [])], kinds)
        origin = sa.table(table.name, *(sa.column(name) for name in kinds), schema=table.schema)
        query = sa.select(*(origin.c[name] for name in columns))
        count = sa.select(sa.func.count()).select_from(origin)
        if since:
            bound = _bound(since, kinds[since.column], table)
            query, count = (statement.where(origin.c[since.column] >= bound) for statement in (query, count))
        counted = connection.scalar(count) or 0
        with closing(_batches(connection, query, columns, kinds, table)) as batches:
            yield from _table.reconcile(batches, counted)


def _batches(
    connection: Connection, query: Select[Any], columns: Sequence[str], kinds: dict[str, TypeEngine[Any]], table: Table
) -> Generator[pa.RecordBatch]:
    repairs = [_declared(kinds[name]) if table.url.get_backend_name() == "sqlite" else None for name in columns]
    schema = pa.schema([(name, pa.string()) for name in columns])
    result = connection.execution_options(stream_results=True, max_row_buffer=BATCH_ROWS).execute(query)
    try:
        for rows in result.partitions(BATCH_ROWS):
            cells = zip(*rows, strict=True)
            arrays = [
                _text.texts(values if repair is None else [repair(value) for value in values], column=name, zone=table.zone)
                for name, values, repair in zip(columns, cells, repairs, strict=True)
            ]
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)
    finally:
        result.close()


def _describe(connection: Connection, table: Table) -> dict[str, TypeEngine[Any]]:
    return {column["name"]: column["type"] for column in _inspect(connection, table)}


def _inspect(connection: Connection, table: Table) -> list[Any]:
    import sqlalchemy as sa

    inspector = sa.inspect(connection)
    with warnings.catch_warnings():
        # types the dialect has no name for are text to us
        warnings.simplefilter("ignore", sa.exc.SAWarning)
        try:
            found = list(inspector.get_columns(table.name, schema=table.schema))
        except sa.exc.NoSuchTableError:
            found = []
        if not found:
            raise table.unknown(
                [*inspector.get_table_names(schema=table.schema), *inspector.get_view_names(schema=table.schema)]
            )
    return found


def _native(kind: TypeEngine[Any]) -> str:
    from sqlalchemy.exc import CompileError, UnsupportedCompilationError

    try:
        return str(kind)
    except (CompileError, UnsupportedCompilationError):
        return type(kind).__name__


def _declared(kind: TypeEngine[Any]) -> Callable[[Any], Any] | None:
    """SQLite keeps a column's declared type apart from its values: a decimal lies there as a float, a boolean as 0 or 1."""
    from sqlalchemy import types

    if isinstance(kind, types.Boolean):
        return lambda value: bool(value) if isinstance(value, int) and value in (0, 1) else value
    if isinstance(kind, types.Numeric) and not isinstance(kind, types.Float) and kind.scale is not None:
        step = Decimal(1).scaleb(-kind.scale)
        return lambda value: _scaled(value, step) if isinstance(value, (int, float)) else value
    return None


def _scaled(value: float, step: Decimal) -> Any:
    """The number with the declared scale, where that loses nothing; else the number as it lies there."""
    try:
        scaled = Decimal(repr(value)).quantize(step)
    except InvalidOperation:
        return value
    return scaled if scaled == Decimal(repr(value)) else value


def _bound(since: Since, kind: TypeEngine[Any], table: Table) -> Any:
    """The lower bound as the driver wants it: SQLite compares by the column's own affinity, others by the type of the value."""
    if table.url.get_backend_name() == "sqlite":
        return since.value
    try:
        wanted = kind.python_type
    except NotImplementedError:
        return since.value
    try:
        return _PARSERS.get(wanted, str)(since.value)
    except (ValueError, InvalidOperation):
        raise DataError.of("source.since", "the lower bound does not fit the column's type", column=since.column) from None


_PARSERS: dict[type, Callable[[str], Any]] = {
    int: int,
    float: float,
    Decimal: Decimal,
    dt.date: dt.date.fromisoformat,
    dt.datetime: dt.datetime.fromisoformat,
}


@contextmanager
def _transaction(table: Table) -> Iterator[Connection]:
    from sqlalchemy import exc

    engine = _engine(table)
    try:
        with engine.connect() as plain, _snapshot(plain) as connection:
            yield connection
    except exc.DBAPIError as error:
        raise _reduced(table, error) from None
    except exc.SQLAlchemyError as error:
        raise _table.refusal(table.connection, error) from None
    finally:
        engine.dispose()


@contextmanager
def _snapshot(connection: Connection) -> Iterator[Connection]:
    """One transaction in which a count and the rows it counts agree; rolled back at the end."""
    if connection.dialect.name == "sqlite":
        # its driver begins no transaction for a SELECT
        connection = connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.exec_driver_sql("BEGIN")
        try:
            yield connection
        finally:
            connection.exec_driver_sql("ROLLBACK")
        return
    levels = connection.dialect.get_isolation_level_values(connection.connection.dbapi_connection)  # type: ignore[arg-type]
    level = next((level for level in ("REPEATABLE READ", "SERIALIZABLE") if level in levels), None)
    yield connection.execution_options(isolation_level=level) if level else connection


def _engine(table: Table) -> Engine:
    from sqlalchemy import create_engine, exc
    from sqlalchemy.pool import NullPool

    url = table.url
    if url.get_backend_name() == "sqlite":
        url = _read_only(table)
    try:
        return create_engine(url, poolclass=NullPool, hide_parameters=True)
    except (exc.NoSuchModuleError, ImportError):
        raise ConfigError.of(
            f"no driver for '{url.drivername}'",
            "install its SQLAlchemy dialect and driver into this environment",
            key="source.connection",
        ) from None


def _read_only(table: Table) -> Any:
    """The SQLite file as a read-only URI. One that is not there is out of reach: its share may not be mounted."""
    path = Path(table.url.database or "")
    if not path.is_file():
        raise TransientError(f"connection '{table.connection}'", "FileNotFoundError")
    return table.url.set(database=path.absolute().as_uri(), query={"mode": "ro", "uri": "true"})


def _reduced(table: Table, error: Any) -> Exception:
    """One of ours, by the class of the driver's own error; SQLite says broken text in the class it uses for locks."""
    from sqlalchemy import exc

    if str(error.orig).startswith("Could not decode to UTF-8"):
        return DataError.of("source.encoding", "text that is not valid UTF-8")
    if isinstance(error, (exc.OperationalError, exc.InterfaceError)) or error.connection_invalidated:
        return TransientError(f"connection '{table.connection}'", type(error.orig).__name__)
    return _table.refusal(table.connection, error.orig)
