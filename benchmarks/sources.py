"""Ways to extract a table side by side: seconds and peak memory, every way in a process of its own.

    python benchmarks/sources.py [--rows 1000000] [--only NAME ...]

The table has 12 columns as departments have them, all read as text with NULL and '' apart, as a published release needs them.
``gongkai`` is what the program does, inside one snapshot with a reconciled count. The rivals do less: ConnectorX opens
connections of its own, so no count can share its snapshot.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

POSTGRES = os.environ.get("GONGKAI_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/test").replace("+psycopg", "")
MARIADB = os.environ.get("GONGKAI_TEST_MARIADB", "mysql+pymysql://root@127.0.0.1:3306/test").replace("+pymysql", "")
TABLE = "gongkai_bench_sources"
COLUMNS = ["id", "id_card", "name", "phone", "address", "birth", "created", "amount", "score", "flag", "code", "note"]
TEXTS = frozenset(["id_card", "name", "phone", "address", "code", "note"])
BATCH = 65_536
POSTGRES_FILL = f"""
DROP TABLE IF EXISTS {TABLE};
CREATE TABLE {TABLE} AS SELECT i AS id, '11010119' || lpad((i % 1000000)::text, 6, '0') || '123X' AS id_card,
  (ARRAY['张伟', '王芳', '李娜', '欧阳修', '陈静'])[1 + i % 5] AS name,
  '138' || lpad((i * 7919 % 100000000)::text, 8, '0') AS phone,
  '北京市朝阳区建国路' || i % 997 || '号院' || i % 31 || '号楼' || i % 2999 AS address,
  CASE WHEN i % 50 <> 0 THEN date '1950-01-01' + (i % 20000)::int END AS birth,
  timestamp '2020-01-01' + i * interval '37 seconds' AS created, (i % 10000000 / 100.0)::numeric(12, 2) AS amount,
  sqrt(i)::float8 AS score, i % 3 = 0 AS flag, lpad((i % 1000)::text, 3, '0') AS code,
  CASE i % 4 WHEN 1 THEN '' WHEN 2 THEN '备注,"引号"' WHEN 3 THEN E'两\\n行' END AS note
FROM generate_series(1, {{rows}}::bigint) i;
ANALYZE {TABLE};
"""
MARIADB_FILL = f"""
DROP TABLE IF EXISTS {TABLE};
CREATE TABLE {TABLE} (id bigint, id_card varchar(18), name varchar(20), phone varchar(11), address varchar(200), birth date,
  created datetime(6), amount decimal(12, 2), score double, flag tinyint(1), code varchar(6), note text) CHARACTER SET utf8mb4;
INSERT INTO {TABLE} SELECT seq, CONCAT('11010119', LPAD(seq % 1000000, 6, '0'), '123X'),
  ELT(1 + seq % 5, '张伟', '王芳', '李娜', '欧阳修', '陈静'), CONCAT('138', LPAD(seq * 7919 % 100000000, 8, '0')),
  CONCAT('北京市朝阳区建国路', seq % 997, '号院', seq % 31, '号楼', seq % 2999),
  IF(seq % 50, DATE '1950-01-01' + INTERVAL seq % 20000 DAY, NULL), TIMESTAMP '2020-01-01 00:00:00' + INTERVAL seq * 37 SECOND,
  seq % 10000000 / 100, SQRT(seq), seq % 3 = 0, LPAD(seq % 1000, 3, '0'), ELT(seq % 4, '', '备注,"引号"', '两\\n行')
FROM seq_1_to_{{rows}};
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--only", nargs="*", choices=list(WAYS), default=list(WAYS))
    parser.add_argument("--way", choices=list(WAYS), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.way:
        measure(given.way)
        return
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "GONGKAI_HOME": folder,
            "AIRFLOW_CONN_BENCH_POSTGRES": POSTGRES,
            "AIRFLOW_CONN_BENCH_MARIADB": MARIADB,
            "AIRFLOW_CONN_BENCH_SQLITE": f"sqlite:///{folder}/bench.db",
        }
        fill(Path(folder), given.rows, given.only)
        print(f"{given.rows} rows x {len(COLUMNS)} columns, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
        print(f"{'way':<34}{'seconds':>9}{'CPU s':>8}{'peak MB':>9}{'over idle':>11}")
        try:
            for way in given.only:
                subprocess.run([sys.executable, __file__, "--way", way], check=True)
        finally:
            drop(given.only)


def measure(way: str) -> None:
    """Drain one way, batch by batch, and print what it took."""
    # what a running program has loaded already is neither timed nor counted
    import psycopg  # noqa: F401
    import pymysql  # noqa: F401

    from gongkai.sources import file, sql  # noqa: F401

    idle = peak()
    started, worked, rows = time.perf_counter(), time.process_time(), 0
    for batch in WAYS[way]():
        rows += batch.num_rows
        assert batch.num_columns == len(COLUMNS)
        assert {str(kind) for kind in batch.schema.types} <= {"string", "large_string"}
    seconds, busy = time.perf_counter() - started, time.process_time() - worked
    print(f"{way:<34}{seconds:>9.2f}{busy:>8.2f}{peak():>9.0f}{peak() - idle:>11.0f}", flush=True)
    assert rows > 0


def peak() -> float:
    """Highest resident memory of this process so far, in MB."""
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024


def gongkai(kind: str) -> Callable[[], Iterator[Any]]:
    def run() -> Iterator[Any]:
        from gongkai.sources import sql

        return sql.scan(columns=COLUMNS, connection=f"bench_{kind}", table=TABLE, project=_project())

    return run


def general(kind: str) -> Callable[[], Iterator[Any]]:
    """The path every other SQLAlchemy dialect takes."""

    def run() -> Iterator[Any]:
        from gongkai import connections
        from gongkai.sources import _general, _table

        project = _project()
        place = _table.Table("bench", connections.url(project, f"bench_{kind}"), None, TABLE, _table.zone(project))
        return _general.scan(place, COLUMNS, None)

    return run


def file(name: str) -> Callable[[], Iterator[Any]]:
    def run() -> Iterator[Any]:
        from gongkai.sources import file

        return file.scan(columns=COLUMNS, path=name, project=_project())

    return run


def _project() -> Any:
    from gongkai.project import Project

    return Project.at(Path(os.environ["GONGKAI_HOME"]))


def postgres_floor() -> Iterator[Any]:
    """``\\copy`` to nowhere: what the server and the wire cost, no row is looked at."""
    import pyarrow as pa

    query = f"\\copy (SELECT {', '.join(COLUMNS)} FROM {TABLE}) TO /dev/null CSV"
    subprocess.run(["psql", POSTGRES, "-q", "-c", query], check=True)
    yield pa.record_batch({name: pa.array([""]) for name in COLUMNS})


def postgres_copy_open_csv() -> Iterator[Any]:
    """COPY as one stream under ``pyarrow.csv.open_csv``."""
    import io

    import psycopg
    import pyarrow as pa
    from pyarrow import csv

    class Stream(io.RawIOBase):
        def __init__(self, lines: Iterator[Any]) -> None:
            self.lines, self.held = lines, b""

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            parts, size = [self.held], len(self.held)
            while size < len(buffer) and (line := next(self.lines, None)) is not None:
                parts.append(line)
                size += len(line)
            whole = b"".join(parts)
            count = min(size, len(buffer))
            buffer[:count], self.held = whole[:count], whole[count:]
            return count

    columns = ", ".join(f"{name}::text" if name == "flag" else name for name in COLUMNS)
    query = f"COPY (SELECT {columns} FROM {TABLE}) TO STDOUT (FORMAT csv)"
    with psycopg.connect(POSTGRES) as connection, connection.cursor() as cursor, cursor.copy(query) as copy:
        yield from csv.open_csv(
            Stream(iter(copy)),
            read_options=csv.ReadOptions(column_names=COLUMNS, block_size=8 << 20),
            parse_options=csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(COLUMNS, pa.string()),
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
                null_values=[""],
            ),
        )


def postgres_adbc() -> Iterator[Any]:
    import adbc_driver_postgresql.dbapi

    with adbc_driver_postgresql.dbapi.connect(POSTGRES) as connection, connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(f'{name}::text AS {name}' for name in COLUMNS)} FROM {TABLE}")
        yield from cursor.fetch_record_batch()


def connectorx(url: str, cast: str) -> Callable[[], Iterator[Any]]:
    def run() -> Iterator[Any]:
        import connectorx

        query = f"SELECT {', '.join(cast.format(name) + f' AS {name}' for name in COLUMNS)} FROM {TABLE}"
        yield from connectorx.read_sql(url, query, return_type="arrow_stream", batch_size=BATCH)

    return run


def mariadb_rows() -> Iterator[Any]:
    """Rows as Python tuples out of an unbuffered cursor."""
    import pyarrow as pa
    import pymysql
    from pymysql.cursors import SSCursor
    from sqlalchemy import make_url

    url = make_url(MARIADB)
    connection = pymysql.connect(
        host=url.host,
        port=url.port or 3306,
        user=url.username,
        password=url.password or "",
        database=url.database,
        charset="utf8mb4",
    )
    with connection, connection.cursor(SSCursor) as cursor:
        cursor.execute(f"SELECT {', '.join(f'CAST({name} AS CHAR)' for name in COLUMNS)} FROM {TABLE}")
        while rows := cursor.fetchmany(BATCH):
            yield pa.record_batch([pa.array(cells, pa.string()) for cells in zip(*rows, strict=True)], names=COLUMNS)


WAYS: dict[str, Callable[[], Iterator[Any]]] = {
    "postgres: \\copy to nowhere": postgres_floor,
    "postgres: gongkai (COPY, blocks)": gongkai("postgres"),
    "postgres: COPY under open_csv": postgres_copy_open_csv,
    "postgres: ADBC": postgres_adbc,
    "postgres: ConnectorX": connectorx(POSTGRES, "{}::text"),
    "postgres: SQLAlchemy rows": general("postgres"),
    "mariadb: gongkai (lines)": gongkai("mariadb"),
    "mariadb: ConnectorX": connectorx(MARIADB, "CAST({} AS CHAR)"),
    "mariadb: PyMySQL rows": mariadb_rows,
    "mariadb: SQLAlchemy rows": general("mariadb"),
    "sqlite: gongkai": gongkai("sqlite"),
    "csv, UTF-8: gongkai": file("bench.csv"),
    "csv, GBK: gongkai": file("bench-gbk.csv"),
}


def fill(folder: Path, rows: int, ways: list[str]) -> None:
    """The same table wherever the ways look for it."""
    import psycopg

    kinds = {way.partition(":")[0].partition(",")[0] for way in ways}
    with psycopg.connect(POSTGRES, autocommit=True) as connection:
        connection.execute(POSTGRES_FILL.format(rows=rows))
    if "mariadb" in kinds:
        run_mariadb(MARIADB_FILL.format(rows=rows))
    if kinds & {"sqlite", "csv"}:
        fill_files(folder)


def drop(ways: list[str]) -> None:
    import psycopg

    with psycopg.connect(POSTGRES, autocommit=True) as connection:
        connection.execute(f"DROP TABLE IF EXISTS {TABLE}")
    if any(way.startswith("mariadb") for way in ways):
        run_mariadb(f"DROP TABLE IF EXISTS {TABLE}")


def run_mariadb(script: str) -> None:
    from sqlalchemy import create_engine

    engine = create_engine(MARIADB.replace("mysql:", "mysql+pymysql:"))
    with engine.begin() as connection:
        for statement in filter(str.strip, script.split(";\n")):
            connection.exec_driver_sql(statement.replace("%", "%%"))
    engine.dispose()


def fill_files(folder: Path) -> None:
    import sqlite3

    import psycopg

    with psycopg.connect(POSTGRES) as connection, connection.cursor() as cursor:
        with cursor.copy(f"COPY {TABLE} TO STDOUT (FORMAT csv, HEADER)") as copy:
            text = b"".join(map(bytes, copy))
        (folder / "bench.csv").write_bytes(text)
        (folder / "bench-gbk.csv").write_bytes(text.decode().encode("gbk"))
        texts = ", ".join(f"{name}::text" if name in ("birth", "created") else name for name in COLUMNS)
        rows = cursor.execute(f"SELECT {texts} FROM {TABLE}")
        kinds = [
            "INTEGER",
            "TEXT",
            "TEXT",
            "TEXT",
            "TEXT",
            "DATE",
            "DATETIME",
            "DECIMAL(12,2)",
            "REAL",
            "BOOLEAN",
            "TEXT",
            "TEXT",
        ]
        database = sqlite3.connect(folder / "bench.db")
        database.execute(f"CREATE TABLE {TABLE} ({', '.join(map(' '.join, zip(COLUMNS, kinds, strict=True)))})")
        simple = ([float(cell) if place == 7 else cell for place, cell in enumerate(row)] for row in rows)
        database.executemany(f"INSERT INTO {TABLE} VALUES ({', '.join('?' * len(COLUMNS))})", simple)
        database.commit()
        database.close()


if __name__ == "__main__":
    main()
