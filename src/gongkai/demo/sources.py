"""Where the departments keep their tables: PostgreSQL, an SQLite file, and GBK files dropped by a front-end machine 前置机."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from gongkai.demo import postgres
from gongkai.demo.people import Values
from gongkai.demo.tables import Table

TYPES = {
    "updated_at": "timestamp(0)",
    "issued_on": "date",
    "registered_on": "date",
    "class_hours": "integer",
}
"""What the personnel office's database types properly; every other column is text, as it came from a form."""


def write_postgres(server: postgres.Server, database: str, tables: Mapping[str, Table]) -> None:
    """Make a database and fill its tables by COPY. Raises psycopg.Error."""
    from psycopg import sql

    with postgres.connect(server) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
    with postgres.connect(server, database) as connection:
        for name, table in tables.items():
            columns = [sql.SQL(f"{{}} {TYPES.get(column, 'text')}").format(sql.Identifier(column)) for column in table]
            connection.execute(sql.SQL("CREATE TABLE {} ({})").format(sql.Identifier(name), sql.SQL(", ").join(columns)))
            with connection.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(name))) as copy:
                for row in _rows(table):
                    copy.write_row(row)


def write_sqlite(path: Path, tables: Mapping[str, Table]) -> None:
    """Make an SQLite file and fill its tables; every column is text."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as connection, connection:
        for name, table in tables.items():
            columns = ", ".join(f'"{column}" TEXT' for column in table)
            connection.execute(f'CREATE TABLE "{name}" ({columns})')
            marks = ", ".join("?" * len(table))
            connection.executemany(f'INSERT INTO "{name}" VALUES ({marks})', _rows(table))  # noqa: S608 - names of ours


def write_drop(folder: Path, table: Table, *, batch: str, parts: int = 2, encoding: str = "gbk") -> None:
    """Drop a table as CSV files, and beside each, once it is whole, the marker that says so.

    Text without a value is an empty field: a CSV file cannot say the difference.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rows = list(_rows(table))
    size = -(-len(rows) // parts)
    for part in range(parts):
        path = folder / f"{batch}_{part + 1:03d}.csv"
        with path.open("w", encoding=encoding, newline="") as file:
            writer = csv.writer(file)
            writer.writerow(table)
            writer.writerows(rows[part * size : (part + 1) * size])
        path.with_suffix(".ok").touch()


def _rows(table: Table) -> zip[tuple[str | None, ...]]:
    columns: list[Values] = list(table.values())
    return zip(*columns, strict=True)
