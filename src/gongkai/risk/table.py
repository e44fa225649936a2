"""The staged file as DuckDB sees it 暂存表: columns by place, one person a row, memory bounded.

A column's name may hold anything and DuckDB's own names know no difference between ``A`` and ``a``, so a name is looked up
here, once, and every query speaks of ``q0``, ``s0`` and ``p``. What does not fit into memory is spilled to a private folder
that is gone afterwards; the file is desensitized, so nothing raw reaches the disk.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa

from gongkai.errors import ConfigError, DataError, known

MEMORY = "1GB"
"""What DuckDB may hold; the process takes some 200 MB more."""
THREADS = 4
"""No more: every thread wants its part of the memory, and 16 of them do not fit into 1 GB."""


@contextmanager
def connected(memory: str = MEMORY, temp: Path | None = None) -> Iterator[Any]:
    """A DuckDB connection that spills into a folder under ``temp`` (the system's where None).

    What it raises goes on as DataError ``risk.failed`` with its class alone: its own text may quote a cell.
    """
    import os

    import duckdb

    with tempfile.TemporaryDirectory(prefix="gongkai-risk-", dir=temp) as spill:
        options = {"memory_limit": memory, "temp_directory": spill, "threads": str(min(THREADS, os.cpu_count() or 1)),
                   "preserve_insertion_order": "false",
                   "autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}  # fmt: skip
        try:
            with duckdb.connect(config=options) as connection:
                yield connection
        except (duckdb.Error, pa.ArrowException) as error:
            raise _failed(error) from None


def rows(
    connection: Any, path: Path, quasi: Sequence[str], *, sensitive: Sequence[str] = (), person: str | Path | None = None
) -> Any:
    """The file as a DuckDB relation with the columns ``q0 q1 …`` (quasi-identifiers), ``s0 s1 …`` (sensitive) and ``p``.

    ``person``: the column that says who a row is about, or a Parquet file with one column whose row i belongs to row i.
    Without quasi-identifiers there is one, equal in all rows. Raises ConfigError for a column that is not there, DataError
    ``risk.person`` when the persons are not one for each row.
    """
    names = schema(path).names
    columns = {name: _place(names, column) for name, column in zip(quasi_names(quasi), quasi, strict=False)} or {"q0": "0"}
    columns |= {f"s{index}": _place(names, column) for index, column in enumerate(sensitive)}
    if isinstance(person, str):
        columns["p"] = _place(names, person)
    found = _scan(connection, path, len(names), columns)
    if isinstance(person, Path):
        found = found.join(_persons(connection, path, person), "place")
    return found


def shown(rows: Any, path: Path, quasi: Sequence[str], hidden: str | None) -> Any:
    """The rows without those in which every quasi-identifier is the text ``hidden``: suppressed, they look like everybody."""
    types = schema(path)
    texts = [pa.types.is_string(types.field(name).type) for name in quasi]
    if hidden is None or not texts or not all(texts):
        return rows
    quoted = hidden.replace("'", "''")
    return rows.filter(" OR ".join(f"{name} IS DISTINCT FROM '{quoted}'" for name in quasi_names(quasi)))


def quasi_names(quasi: Sequence[str]) -> list[str]:
    """What ``rows`` calls the quasi-identifiers."""
    return [f"q{index}" for index in range(max(1, len(quasi)))]


def by_person(relation: Any, columns: str, count: str) -> Any:
    """People for each value of ``columns``, as ``count``; a row without a person is a person of its own.

    Two groupings, which can spill where a set of persons held in memory cannot.
    """
    once = relation.aggregate(f"{columns}, p, CASE WHEN p IS NULL THEN count(*) ELSE 1 END AS n", f"{columns}, p")
    return once.aggregate(f"{columns}, sum(n)::BIGINT AS {count}", columns)


def schema(path: Path) -> pa.Schema:
    """The columns of a Parquet file; DataError ``risk.failed`` where it is none."""
    from pyarrow.parquet import read_schema

    try:
        return read_schema(path)
    except (pa.ArrowException, OSError) as error:
        raise _failed(error) from None


def equal(left: str, right: str, names: Sequence[str]) -> str:
    """The condition that two rows agree, NULL with NULL."""
    return " AND ".join(f"{left}.{name} IS NOT DISTINCT FROM {right}.{name}" for name in names)


def _place(names: Sequence[str], column: str) -> str:
    if names.count(column) != 1:
        raise ConfigError.of(f"the file has {names.count(column)} columns '{column}'", known(column, names))
    return f"c{names.index(column)}"


def _scan(connection: Any, path: Path, width: int, columns: Mapping[str, str]) -> Any:
    # a path is a pattern to DuckDB, and its folders may look like partitions
    literal = "".join(f"[{letter}]" if letter in "*?[" else letter for letter in str(path.resolve())).replace("'", "''")
    places = ", ".join(f"c{index}" for index in range(width))
    wanted = ", ".join(f"{place} AS {name}" for name, place in columns.items())
    source = f"read_parquet('{literal}', hive_partitioning = false) AS t({places})"
    return connection.sql(f"FROM {source} SELECT {wanted}, file_row_number AS place")


def _persons(connection: Any, path: Path, person: Path) -> Any:
    from pyarrow.parquet import read_metadata

    if len(schema(person)) != 1 or read_metadata(person).num_rows != read_metadata(path).num_rows:
        raise DataError.of("risk.person", "the file of persons has not one column and one row for each row")
    return _scan(connection, person, 1, {"p": "c0"})


def _failed(error: Exception) -> DataError:
    return DataError.of("risk.failed", f"the file could not be measured ({type(error).__name__})")
