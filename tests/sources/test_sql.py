"""Tables of real databases: the same text from each, one snapshot, nothing held or told afterwards."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, create_engine, make_url, text

from gongkai.columns.logical_types import Since, SourceColumn
from gongkai.connections import url as connection_url
from gongkai.errors import ConfigError, DataError, GongkaiError, TransientError
from gongkai.project import SHIPPED
from gongkai.sources import _general, _table, sql

CANARY = "CANARY-11010119900307758X"
NAMES = ["编号", "地址", "地质", "备注", "金额", "比例", "在册", "出生", "登记", "数量"]
_TEXTS = ["varchar(18)", "text", "text", "text"]
TYPES = {
    "postgresql": [*_TEXTS, "numeric(12,2)", "double precision", "boolean", "date", "timestamp", "bigint"],
    "mysql": [*_TEXTS, "decimal(12,2)", "double", "varchar(5)", "date", "datetime(6)", "bigint"],
    "sqlite": [*_TEXTS, "DECIMAL(12,2)", "REAL", "BOOLEAN", "DATE", "DATETIME", "INTEGER"],
}
_BIG = "9223372036854775807"
_HUGE = "100000000000000000000"
ROWS = [
    ["011", "东城区", "花岗岩", "null", "12.50", "0.1", "true", "2020-02-29", "2020-01-02 03:04:05.1", "0"],
    ["110101199003077758", '引"号,', "两\r\n行\n", "None", "0.00", _HUGE, "false", "1900-01-01", "1999-12-31 23:59:59", "-1"],
    ["", "😀𠮷", " 空 格 ", "", "-9999999999.99", "0.000015", "true", "9999-12-31", "2024-06-01 00:00:00", _BIG],
    [None] * 10,
    ["\\N", "NaN", "#N/A", "\t'\\", "0.10", "3", "false", "1582-10-15", "2020-01-02 03:04:05.000001", "42"],
]


@pytest.fixture(params=["postgres", pytest.param("mariadb", marks=pytest.mark.mariadb), "sqlite"])
def database(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """Each kind of database in turn, behind the connection ``here``."""
    url = f"sqlite:///{tmp_path / '库.db'}" if request.param == "sqlite" else request.getfixturevalue(f"{request.param}_url")
    yield from connected(url, monkeypatch)


@pytest.fixture
def postgres(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    yield from connected(postgres_url, monkeypatch)


@pytest.fixture
def mariadb(mariadb_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    yield from connected(mariadb_url, monkeypatch)


def connected(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    monkeypatch.setenv(
        "AIRFLOW_CONN_HERE", make_url(url).set(drivername=url.split(":")[0].split("+")[0]).render_as_string(False)
    )
    engine = create_engine(url)
    yield engine
    engine.dispose()


def execute(engine: Engine, *statements: str, **values: Any) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement), values)


def quoted(engine: Engine, name: str) -> str:
    return engine.dialect.identifier_preparer.quote(name)


def fill(engine: Engine, table: str = "人口 信息") -> None:
    kinds = TYPES[engine.dialect.name if engine.dialect.name in TYPES else "mysql"]
    columns = ", ".join(f"{quoted(engine, name)} {kind}" for name, kind in zip(NAMES, kinds, strict=True))
    execute(engine, f"CREATE TABLE {quoted(engine, table)} ({columns})")
    for row in ROWS:
        cells: list[Any] = [
            cell == "true" if NAMES[i] == "在册" and cell and engine.dialect.name != "mysql" else cell
            for i, cell in enumerate(row)
        ]
        if engine.dialect.name == "mysql" and row[5] is not None:
            cells[5] = float(row[5])
        execute(
            engine,
            f"INSERT INTO {quoted(engine, table)} VALUES ({', '.join(f':c{i}' for i in range(10))})",
            **{f"c{i}": cell for i, cell in enumerate(cells)},
        )


def numbers(engine: Engine, count: int, *, wide: bool = False) -> None:
    """A table ``t`` with ``count`` rows."""
    filler = "REPEAT('x', 200)" if wide else "''"
    if engine.dialect.name == "postgresql":
        execute(engine, f"CREATE TABLE t AS SELECT i AS n, {filler} AS f FROM generate_series(1, {count}) i")
    else:
        execute(engine, "CREATE TABLE t (n bigint, f text)", f"INSERT INTO t SELECT seq, {filler} FROM seq_1_to_{count}")


def table(batches: Iterator[pa.RecordBatch]) -> list[list[Any]]:
    return [list(row.values()) for batch in batches for row in batch.to_pylist()]


def test_every_database_gives_the_same_text(database: Engine) -> None:
    fill(database)
    batches = list(sql.scan(columns=NAMES, connection="here", table="人口 信息"))
    assert {field.type for batch in batches for field in batch.schema} == {pa.string()}
    assert table(iter(batches)) == ROWS


def test_the_general_path_gives_the_same_text(postgres: Engine) -> None:
    fill(postgres)
    place = _table.Table("here", connection_url(SHIPPED, "here"), None, "人口 信息", _table.zone(SHIPPED))
    assert table(_general.scan(place, NAMES, None)) == ROWS
    assert [column.name for column in _general.describe(place)] == NAMES


def test_columns_come_in_the_asked_order(database: Engine) -> None:
    fill(database)
    found = table(sql.scan(columns=["地质", "编号"], connection="here", table="人口 信息"))
    assert found == [[row[2], row[0]] for row in ROWS]


def test_one_column_of_nulls_and_empty_texts_keeps_its_rows(database: Engine) -> None:
    execute(database, "CREATE TABLE t (a varchar(9))", "INSERT INTO t VALUES (NULL), (''), (NULL), ('x'), (NULL)")
    assert table(sql.scan(columns=["a"], connection="here", table="t")) == [[None], [""], [None], ["x"], [None]]


def test_an_empty_table_gives_no_rows(database: Engine) -> None:
    execute(database, "CREATE TABLE t (a varchar(9))")
    assert list(sql.scan(columns=["a"], connection="here", table="t")) == []


def test_describe_names_columns_and_types(database: Engine) -> None:
    fill(database)
    described = sql.describe(connection="here", table="人口 信息")
    assert [column.name for column in described] == NAMES
    assert described[4].native.lower().replace(" ", "").replace("numeric", "decimal") == "decimal(12,2)"


def commented(engine: Engine) -> None:
    """A table whose makers wrote what its columns are, where the database keeps that."""
    inline = {"xm": " COMMENT '姓名''s'", "dm": ""} if engine.dialect.name == "mysql" else {"xm": "", "dm": ""}
    execute(engine, f"CREATE TABLE t (xm varchar(9){inline['xm']}, dm varchar(9){inline['dm']}, PRIMARY KEY (dm, xm))")
    if engine.dialect.name == "postgresql":
        execute(engine, "COMMENT ON COLUMN t.xm IS '姓名''s'")


def test_comments_of_columns(database: Engine) -> None:
    commented(database)
    known = None if database.dialect.name == "sqlite" else "姓名's"
    assert [column.comment for column in sql.describe(connection="here", table="t")] == [known, None]
    place = sql.behind(SHIPPED, "here", "t")
    assert [column.comment for column in _general.describe(place.table)] == [known, None]
    assert place.primary_key() == ["dm", "xm"]


def test_a_table_at_a_url(database: Engine) -> None:
    fill(database)
    place = sql.at(SHIPPED, database.url.render_as_string(hide_password=False), "人口 信息")
    assert [column.name for column in place.describe()] == NAMES
    assert table(place.scan(NAMES)) == ROWS
    assert place.primary_key() == []


def test_views_and_strange_names(database: Engine) -> None:
    odd = quoted(database, 'a%s "b`c')
    view = quoted(database, "视.图%")
    execute(database, f"CREATE TABLE t ({odd.replace('%%', '%')} varchar(9))".replace(":", r"\:"), "INSERT INTO t VALUES ('x')")
    execute(database, f"CREATE VIEW {view.replace('%%', '%')} AS SELECT * FROM t")
    assert table(sql.scan(columns=['a%s "b`c'], connection="here", table='"视.图%"')) == [["x"]]


def test_a_schema_is_named_before_the_table(postgres: Engine) -> None:
    execute(postgres, 'CREATE SCHEMA "民政"', 'CREATE TABLE "民政"."T" (a text)', """INSERT INTO "民政"."T" VALUES ('x')""")
    assert table(sql.scan(columns=["a"], connection="here", table="民政.T")) == [["x"]]


POSTGRES_TYPES = [
    ("char(5)", "'中'", "中"),
    ("timestamptz", "'2020-01-02 20:00:00.5Z'", "2020-01-03 04:00:00.5"),
    ("real", "0.1", "0.1"),
    ("flag", "true", "true"),
    ("uuid", "'00000000-0000-0000-0000-000000000001'", "00000000-0000-0000-0000-000000000001"),
    ("money", "1.5", "1.50"),
    ("time", "'01:02:03.50'", "01:02:03.5"),
    ("jsonb", """'{"a"\\: 1}'""", '{"a": 1}'),
    ("double precision", "'NaN'", "NaN"),
    ("double precision", "'-Infinity'", "-Infinity"),
    ("double precision", "'-0'", "0"),
    ("numeric", "1e20", "100000000000000000000"),
    ("text[]", "ARRAY['甲', NULL]", "{甲,NULL}"),
    ("interval", "'1 day 2 hours'", "P1DT2H"),
]


def test_server_types_of_postgres(postgres: Engine) -> None:
    execute(postgres, "CREATE DOMAIN flag AS boolean")
    assert stored(postgres, POSTGRES_TYPES) == [row[2] for row in POSTGRES_TYPES]


MARIADB_TYPES = [
    ("char(5) CHARACTER SET gbk", "'中'", "中"),
    ("timestamp(3) NULL", "'2020-01-02 20:00:00.500'", "2020-01-03 04:00:00.5"),
    ("float", "0.1", "0.1"),
    ("bit(3)", "b'101'", "5"),
    ("enum('甲','乙')", "'乙'", "乙"),
    ("tinyint(1)", "2", "2"),
    ("time(2)", "'-11:00:00.50'", "-11:00:00.5"),
    ("json", """'{"a"\\: 1}'""", '{"a": 1}'),
    ("double", "1e-7", "0.0000001"),
    ("double", "3", "3"),
    ("int unsigned", "7", "7"),
    ("datetime", "'2020-01-02 00:00:00'", "2020-01-02 00:00:00"),
    ("date", "'2020-01-02'", "2020-01-02"),
    ("year", "2020", "2020"),
    ("uuid", "'00000000-0000-0000-0000-000000000001'", "00000000-0000-0000-0000-000000000001"),
]


@pytest.mark.mariadb
def test_server_types_of_mariadb(mariadb: Engine) -> None:
    assert stored(mariadb, MARIADB_TYPES, before="SET time_zone = '+00:00'") == [row[2] for row in MARIADB_TYPES]


def stored(engine: Engine, types: list[tuple[str, str, str]], *, before: str = "SELECT 1") -> list[Any]:
    """The one row of a table with a column of each type, as it is scanned."""
    columns = [f"c{number}" for number in range(len(types))]
    execute(
        engine,
        before,
        f"CREATE TABLE t ({', '.join(f'{name} {row[0]}' for name, row in zip(columns, types, strict=True))})",
        f"INSERT INTO t VALUES ({', '.join(row[1] for row in types)})",
    )
    (found,) = table(sql.scan(columns=columns, connection="here", table="t"))
    return found


@pytest.mark.parametrize(
    ("kind", "low", "bound", "high", "older"),
    [
        ("timestamp", "2024-01-01 00:00:00", "2024-01-02 00:00:00", "2024-01-02 00:00:01", 1),
        ("date", "2024-01-01", "2024-01-02", "2024-01-03", 1),
        ("bigint", "9", "10", "11", 1),
        ("numeric(6,1)", "9.5", "10", "100.5", 1),
        ("varchar(20)", "20240101", "20240102", "20240103", 1),
    ],
    ids=["timestamp", "date", "integer", "decimal", "text"],
)
def test_a_lower_bound_is_inclusive(database: Engine, kind: str, low: str, bound: str, high: str, older: int) -> None:
    if database.dialect.name == "mysql" and kind == "timestamp":
        kind = "datetime"
    execute(database, f"CREATE TABLE t (w {kind}, n int)")
    for number, value in enumerate((low, bound, high, None)):
        execute(database, "INSERT INTO t VALUES (:w, :n)", w=value, n=number)
    assert table(sql.scan(columns=["n"], since=Since("w", bound), connection="here", table="t")) == [["1"], ["2"]]


@pytest.mark.mariadb
def test_a_lower_bound_is_local_time_where_the_column_is_a_moment(mariadb: Engine) -> None:
    execute(
        mariadb, "CREATE TABLE t (w timestamp NULL)", "SET time_zone = '+00:00'", "INSERT INTO t VALUES ('2020-01-02 20:00:00')"
    )
    scan = lambda value: table(sql.scan(columns=["w"], since=Since("w", value), connection="here", table="t"))  # noqa: E731
    assert scan("2020-01-03 04:00:00") == [["2020-01-03 04:00:00"]]
    assert scan("2020-01-03 04:00:01") == []


def test_a_lower_bound_is_no_sql(database: Engine) -> None:
    execute(database, "CREATE TABLE t (w varchar(40))", "INSERT INTO t VALUES ('a')")
    since = Since("w", "z' OR '1'='1 %s %(a)s")
    assert table(sql.scan(columns=["w"], since=since, connection="here", table="t")) == []


@pytest.mark.parametrize("kind", ["postgres", pytest.param("mariadb", marks=pytest.mark.mariadb)])
def test_one_snapshot_while_others_write(kind: str, request: pytest.FixtureRequest) -> None:
    """A writer replaces every row, and adds some, again and again: each scan is one moment of the table."""
    engine: Engine = request.getfixturevalue(kind)
    numbers(engine, 150_000)
    stop = threading.Event()
    rounds: list[int] = []

    def write() -> None:
        while not stop.is_set():
            execute(
                engine,
                f"UPDATE t SET f = '{len(rounds) + 1}'",
                f"INSERT INTO t SELECT 0, '{len(rounds) + 1}' FROM t LIMIT 1000",
            )
            rounds.append(1)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while not rounds:
            time.sleep(0.01)
        for _ in range(3):
            before = len(rounds)
            moments: set[str] = set()
            rows = 0
            for batch in sql.scan(columns=["f"], connection="here", table="t"):
                moments |= set(batch.column(0).unique().to_pylist())
                rows += batch.num_rows
                time.sleep(0.1)
            assert len(moments) == 1, "rows of several moments"
            assert rows == 150_000 + 1000 * int(moments.pop())
            assert len(rounds) >= before
    finally:
        stop.set()
        writer.join()


def test_stopping_early_frees_postgres(postgres: Engine) -> None:
    numbers(postgres, 400_000, wide=True)
    postgres.dispose()
    batches = sql.scan(columns=["n", "f"], connection="here", table="t")
    next(batches)
    held = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with postgres.connect().execution_options(isolation_level="AUTOCOMMIT") as watcher:
        assert watcher.scalar(text(held)) == 1
        batches.close()
        assert eventually(lambda: watcher.scalar(text(held)) == 0)


@pytest.mark.mariadb
def test_stopping_early_frees_mariadb(mariadb: Engine) -> None:
    numbers(mariadb, 400_000, wide=True)
    batches = sql.scan(columns=["n", "f"], connection="here", table="t")
    next(batches)
    held = (
        "SELECT count(*) FROM information_schema.processlist "
        "WHERE db = DATABASE() AND id <> CONNECTION_ID() AND command <> 'Sleep'"
    )
    with mariadb.connect().execution_options(isolation_level="AUTOCOMMIT") as watcher:
        assert watcher.scalar(text(held)) == 1
        batches.close()
        assert eventually(lambda: watcher.scalar(text(held)) == 0)


def test_stopping_early_frees_sqlite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as owner:
        owner.execute("CREATE TABLE t (n)")
        owner.executemany("INSERT INTO t VALUES (?)", ((number,) for number in range(200_000)))
        owner.commit()
        monkeypatch.setenv("AIRFLOW_CONN_HERE", f"sqlite:///{path}")
        batches = sql.scan(columns=["n"], connection="here", table="t")
        next(batches)
        batches.close()
        owner.execute("PRAGMA busy_timeout = 0")
        owner.execute("DELETE FROM t")
        owner.commit()


def test_sqlite_is_never_written_nor_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_HERE", f"sqlite:///{tmp_path}/none.db")
    with pytest.raises(TransientError, match="connection 'here' is out of reach"):
        sql.describe(connection="here", table="t")
    assert list(tmp_path.iterdir()) == []


WRONG: list[tuple[str, str, dict[str, Any], type[GongkaiError], str]] = [
    ("no such table", "", {"table": "peple"}, ConfigError, "no table 'peple' behind connection 'here'; did you mean 'people'"),
    ("no table's name", "", {"table": "a.b.c"}, ConfigError, "not a table's name"),
    ("no such column", "", {"columns": ["nam"]}, DataError, "source.missing_column: .*did you mean 'name'.*column nam"),
    ("no such watermark", "", {"since": Since("updated", "1")}, DataError, "source.missing_column: .*column updated"),
    ("bytes", "", {"columns": ["photo"]}, DataError, "source.bytes: .*column photo"),
]


@pytest.mark.parametrize(("given", "error", "told"), [row[2:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_what_is_wrong_is_told(database: Engine, given: dict[str, Any], error: type[GongkaiError], told: str) -> None:
    kind = "bytea" if database.dialect.name == "postgresql" else "blob"
    execute(database, f"CREATE TABLE people (name text, photo {kind})")
    execute(database, "INSERT INTO people VALUES (:name, :photo)", name=CANARY, photo=CANARY.encode())
    with pytest.raises(error, match=told) as caught:
        list(sql.scan(**{"columns": ["name"], "connection": "here", "table": "people", **given}))
    assert CANARY not in everything(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:{}@127.0.0.1:1/d",
        "postgresql://nobody:{}@127.0.0.1:5432/no_such_database",
        "mysql://u:{}@127.0.0.1:1/d",
        "mysql://nobody:{}@127.0.0.1:3306/test",
    ],
    ids=["postgres away", "postgres refuses", "mysql away", "mysql refuses"],
)
def test_a_source_out_of_reach_is_transient(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_HERE", url.format(CANARY))
    with pytest.raises(TransientError, match=r"^connection 'here' is out of reach \(\w+\)$") as caught:
        list(sql.scan(columns=["a"], connection="here", table="t"))
    assert CANARY not in everything(caught.value)


def test_an_unknown_driver_is_a_configuration_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_HERE", f"nosuch://u:{CANARY}@h/d")
    with pytest.raises(ConfigError, match="no driver for 'nosuch'") as caught:
        sql.describe(connection="here", table="t")
    assert CANARY not in everything(caught.value)


def test_a_value_the_server_stumbles_over_is_not_told(postgres: Engine) -> None:
    execute(
        postgres, "CREATE TABLE p (a text)", f"INSERT INTO p VALUES ('{CANARY}')", "CREATE VIEW v AS SELECT a::int AS a FROM p"
    )
    with pytest.raises(DataError, match=r"connection 'here' refuses the query \(InvalidTextRepresentation\)") as caught:
        list(sql.scan(columns=["a"], connection="here", table="v"))
    assert CANARY not in everything(caught.value)


def test_a_table_the_account_may_not_read(postgres: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    role = f"gk_{os.getpid()}"
    execute(postgres, "CREATE TABLE t (a text)", f"CREATE ROLE {role} LOGIN PASSWORD '{role}'")
    try:
        url = postgres.url.set(drivername="postgresql", username=role, password=role)
        monkeypatch.setenv("AIRFLOW_CONN_HERE", url.render_as_string(False))
        assert sql.describe(connection="here", table="t") == [SourceColumn("a", "text")]
        with pytest.raises(ConfigError, match=r"may not read .*; grant it SELECT"):
            list(sql.scan(columns=["a"], connection="here", table="t"))
    finally:
        execute(postgres, f"DROP ROLE {role}")


def test_broken_text_in_sqlite_is_not_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as owner:
        owner.execute("CREATE TABLE t (a TEXT)")
        owner.execute("INSERT INTO t VALUES (CAST(? AS TEXT))", [CANARY.encode() + b"\xff"])
        owner.commit()
    monkeypatch.setenv("AIRFLOW_CONN_HERE", f"sqlite:///{path}")
    with pytest.raises(DataError, match=r"source\.encoding") as caught:
        list(sql.scan(columns=["a"], connection="here", table="t"))
    assert CANARY not in everything(caught.value)


@pytest.mark.mariadb
def test_a_row_the_server_cannot_write_is_not_lost(mariadb: Engine) -> None:
    execute(
        mariadb, "CREATE TABLE t (a longtext, b longtext)", "INSERT INTO t VALUES (REPEAT('x', 9000000), REPEAT('y', 9000000))"
    )
    with pytest.raises(DataError, match=r"source\.row_size: .*1 value"):
        list(sql.scan(columns=["a", "b"], connection="here", table="t"))


ANYTHING = st.one_of(st.none(), st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(ANYTHING, ANYTHING), max_size=20))
def test_any_text_comes_back(database: Engine, rows: list[tuple[str | None, str | None]]) -> None:
    character_set = " CHARACTER SET utf8mb4" if database.dialect.name == "mysql" else ""
    execute(database, "DROP TABLE IF EXISTS t", f"CREATE TABLE t (n int, a text{character_set}, b text{character_set})")
    for number, (a, b) in enumerate(rows):
        execute(database, "INSERT INTO t VALUES (:n, :a, :b)", n=number, a=a, b=b)
    found = table(sql.scan(columns=["n", "a", "b"], connection="here", table="t"))
    assert sorted(found, key=lambda row: int(row[0])) == [[str(number), a, b] for number, (a, b) in enumerate(rows)]


def eventually(holds: Callable[[], bool]) -> bool:
    for _ in range(200):
        if holds():
            return True
        time.sleep(0.05)
    return False


def everything(error: BaseException) -> str:
    """What a log may print of an error: its text, its representation, and those of whatever it says it came from."""
    import traceback

    return repr(error) + "".join(traceback.format_exception(error))
