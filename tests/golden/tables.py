"""What formats write and give back, and what sources read, as cases of the golden corpus.

PostgreSQL and MariaDB give the texts that SQLite gives: ``tests/pipeline/test_same_everywhere.py`` holds them to it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import sqlite3
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from gongkai import plugins
from gongkai.columns.logical_types import Since
from gongkai.project import Project, Settings

from . import values

Case = Callable[[Project], Any]
"""Something that ships, at work on what is made up: it reads content files of the project it is given, and no others."""
CONNECTION = "GOLDEN"
IN_CHINA = Project(settings=Settings(home=Path(), timezone=ZoneInfo("Asia/Shanghai")))
"""What ships, whatever the environment says of the time."""


def every_type() -> pa.RecordBatch:
    """A table with a column of each logical type and each edge that every format carries."""
    columns = {
        logical: pc.if_else(pc.is_finite(column), column, None) if pa.types.is_floating(column.type) else column
        for logical, column in ((logical, values.column(logical)) for logical in values.TYPES)
    }
    for name, entity in (("text", "NONE"), ("地址", "ADDRESS"), ("头\"<&>,' ", "PERSON_NAME")):
        texts = values.column("text", entity)
        columns[name] = texts.filter(pc.fill_null(pc.invert(pc.match_substring(texts, "\x00")), True))
    rows = max(map(len, columns.values()))
    return pa.record_batch(
        {name: column.take(pa.array([row % len(column) for row in range(rows)])) for name, column in columns.items()}
    )


TABLES: Mapping[str, Callable[[], pa.RecordBatch]] = {
    "every type": every_type,
    "no rows": lambda: every_type().slice(0, 0),
    "one column": lambda: pa.record_batch({"编码": ["011", "", "null"]}),
    "one column with null": lambda: pa.record_batch({"编码": ["011", None]}),
    "control characters": lambda: pa.record_batch({"文": ["\x00", "\x1f", "\ufffe", "\t\n\r", "\x85"], "数": [1, 2, 3, 4, 5]}),
    "long text": lambda: pa.record_batch({"文": ["长" * 32_767, "x" * 32_768], "数": [1, 2]}),
    "not finite": lambda: pa.record_batch({"率": [1.5, float("nan"), float("inf")]}),
    "a date out of range": lambda: pa.record_batch({"日": pa.array([3_000_000, 0], pa.date32())}),
    "a header of signs": lambda: pa.record_batch({"a\x01": ["x"]}),
}


def of_format(name: str) -> dict[str, Case]:
    """What one format makes of each table, and of one in two batches."""
    options: dict[str, dict[str, Any]] = {"": {}} | ({" with bom": {"bom": True}} if name == "csv" else {})
    cases = {f"{table}{way}": _written(name, TABLES[table], given) for table in TABLES for way, given in options.items()}
    return {**cases, "every type, in two batches": _written(name, every_type, {}, cut=10)}


def _written(name: str, table: Callable[[], pa.RecordBatch], options: dict[str, Any], cut: int = 0) -> Case:
    def run(project: Project) -> Any:
        format, rows = plugins.load(project, "formats", name), table()
        with TemporaryDirectory() as folder:
            path = Path(folder) / f"data.{format.EXTENSION}"
            with path.open("wb") as sink:
                format.write(iter([rows.slice(0, cut), rows.slice(cut)] if cut else [rows]), sink, rows.schema, **options)
            back = list(format.read(path, rows.schema))
            return {"bytes": _bytes(name, path), "back": pa.Table.from_batches(back, rows.schema)}

    return run


def _bytes(name: str, path: Path) -> dict[str, str]:
    """SHA-256 of what is written: of an XLSX file its sheets, for the rest of it is xlsxwriter's; of Parquet nothing, for its
    bytes name the version of Arrow."""
    if name == "parquet":
        return {}
    if name != "xlsx":
        return {"file": hashlib.sha256(path.read_bytes()).hexdigest()}
    with zipfile.ZipFile(path) as package:
        sheets = sorted(member for member in package.namelist() if member.startswith("xl/worksheets/"))
        return {member: hashlib.sha256(package.read(member)).hexdigest() for member in sheets}


HEADER = ["编号", "姓名", "金额", "日期", "备注"]
ROWS: list[list[str | None]] = [
    ["011", "王伟", "12.50", "2024-02-29", "路灯不亮"],
    ["000000", "欧阳震华", "1,234.00", "2024/3/1", '他说"好"，,'],
    ["450902199001011234", "", "-0", "", ""],
    [None, None, None, None, None],
    ["1e5", " 前后 ", "0.1", "44760", "一行\n两行"],
    ["999999999999999", "null", "NaN", "1900-01-01", "=1+1"],
    ["0", "长" * 200, "TRUE", "9999-12-31", "a\tb"],
]  # fmt: skip


def _csv(delimiter: str = ",", end: str = "\r\n", quoted: bool = False, rows: list[list[str | None]] = ROWS) -> str:
    """NULL is an empty cell, an empty text a quoted one."""

    def cell(value: str | None) -> str:
        needed = quoted or value == "" or any(sign in (value or "") for sign in (delimiter, '"', "\n", "\r"))
        return "" if value is None else '"' + value.replace('"', '""') + '"' if needed else value

    return "".join(delimiter.join(map(cell, row)) + end for row in [HEADER, *rows])


def _files(*files: tuple[str, bytes]) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        for name, content in files:
            (folder / name).write_bytes(content)

    return make


def _workbook(folder: Path) -> None:
    """Every kind of cell, in the second of two sheets; the first is hidden."""
    from xlsxwriter import Workbook

    book = Workbook(str(folder / "t.xlsx"))
    book.add_worksheet("藏").hide()
    sheet = book.add_worksheet("数据")
    sheet.activate()
    day, moment = (book.add_format({"num_format": form}) for form in ("yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"))
    sheet.write_row(0, 0, [*HEADER, "真"])
    for at, text in enumerate(["011", "", "1e5", "😀", " 前后 "], start=1):
        sheet.write_string(at, 0, text)
    for at, number in enumerate([0, -1.5, 0.1, 999_999_999_999_999, 1e-7], start=1):
        sheet.write_number(at, 2, number)
    sheet.write_datetime(1, 3, dt.datetime(2024, 2, 29), day)
    sheet.write_datetime(2, 3, dt.datetime(2024, 2, 29, 8, 30, 5), moment)
    sheet.write_datetime(3, 3, dt.datetime(1900, 3, 1), day)
    sheet.write_number(4, 3, 44760)
    sheet.write_boolean(1, 5, True)
    sheet.write_boolean(2, 5, False)
    sheet.write_formula(1, 4, "=1+1", None, 2)
    sheet.write_string(5, 4, "末")
    book.close()


def _long_numbers(folder: Path) -> None:
    from xlsxwriter import Workbook

    book = Workbook(str(folder / "t.xlsx"))
    sheet = book.add_worksheet("数据")
    sheet.write_row(0, 0, HEADER)
    sheet.write_row(1, 0, [4.5e17, "a", 1, 2, 3])
    book.close()


_TEXT = _csv()
FILES: Mapping[str, tuple[Callable[[Path], None], dict[str, Any]]] = {
    "UTF-8": (_files(("t.csv", _TEXT.encode())), {}),
    "UTF-8 with a mark": (_files(("t.csv", b"\xef\xbb\xbf" + _TEXT.encode())), {}),
    "GBK": (_files(("t.csv", _TEXT.encode("gbk"))), {}),
    "GB 18030, declared": (_files(("t.csv", _csv(rows=[["1", "𠮷", "", None, "é"]]).encode("gb18030"))), {"encoding": "gb18030"}),
    "every cell quoted": (_files(("t.csv", _csv(quoted=True, end="\n").encode())), {}),
    "semicolons": (_files(("t.txt", _csv(";").encode())), {"path": "t.txt", "delimiter": ";"}),
    "tabs": (_files(("t.tsv", _csv("\t").encode())), {"path": "t.tsv", "delimiter": "\t"}),
    "two files": (_files(("t-2.csv", _csv(rows=ROWS[:2]).encode()), ("t-1.csv", _csv(rows=ROWS[3:]).encode("gbk"))), {"path": "t-*.csv"}),
    "a drop folder": (_files(("t.csv", _TEXT.encode()), ("t.done", b"")), {"marker": "{stem}.done"}),
    "a batch without its marker": (_files(("t.csv", _TEXT.encode())), {"marker": "_SUCCESS"}),
    "a ragged row": (_files(("t.csv", (_TEXT + "1,2\r\n").encode())), {}),
    "a quote out of place": (_files(("t.csv", (_TEXT + '1,a"b,3,4,5\r\n').encode())), {}),
    "bytes that are no text": (_files(("t.csv", _TEXT.encode() + b"\xff\xfe,2,3,4,5\r\n")), {"encoding": "utf-8"}),
    "newer rows": (_files(("t.csv", _csv(rows=[["1", "a", "1", "2024-01-01", ""], ["2", "b", "2", "2024-03-01", ""]]).encode())), {"since": Since("日期", "2024-02-01")}),
    "a workbook": (_workbook, {"path": "t.xlsx", "sheet": "数据"}),
    "a workbook's only visible sheet": (_workbook, {"path": "t.xlsx"}),
    "numbers that lost their digits": (_long_numbers, {"path": "t.xlsx"}),
}  # fmt: skip


def of_file() -> dict[str, Case]:
    """What the reader of files describes and reads, of each file."""

    def case(make: Callable[[Path], None], given: dict[str, Any]) -> Case:
        def run(project: Project) -> Any:
            with TemporaryDirectory() as folder:
                make(Path(folder))
                others = {name: value for name, value in given.items() if name not in ("path", "since")}
                return _read(project, "file", {"path": f"{folder}/{given.get('path', 't.csv')}", **others}, given.get("since"))

        return run

    return {name: case(*given) for name, given in FILES.items()}


_SQLITE = """
CREATE TABLE every (
    small SMALLINT, whole BIGINT NOT NULL, amount NUMERIC(12, 2), plain NUMERIC, rate REAL, flag BOOLEAN,
    born DATE, seen DATETIME, at TIME, word VARCHAR(20), note TEXT, anything
);
INSERT INTO every VALUES
    (0, 1, 12.50, 3, 0.1, 1, '2024-02-29', '2024-02-29 08:00:00.000000', '08:30:00.000000', '011', '一行' || char(10) || '两行', 'x'),
    (-1, 9223372036854775807, -0.01, 0.5, 1e20, 0, '0001-01-01', '1900-01-01 00:00:00.000001', '23:59:59.999999', '', 'null', 7),
    (NULL, -9223372036854775808, NULL, NULL, -0.0, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    (32767, 999999999999999, 9999999999.99, 1000000, 1.5, 1, '9999-12-31', '9999-12-31 23:59:59.000000', '00:00:00.000000', ' a ', '😀', 0.25);
CREATE VIEW later AS SELECT whole, born, word FROM every WHERE born > '2000-01-01';
CREATE TABLE bytes (photo BLOB);
INSERT INTO bytes VALUES (x'00ff');
CREATE TABLE none_yet (a INTEGER, b TEXT);
"""  # fmt: skip
QUERIES: Mapping[str, tuple[str, Since | None]] = {
    "every type": ("every", None),
    "newer rows": ("every", Since("seen", "2000-01-01 00:00:00")),
    "a view": ("later", None),
    "no rows": ("none_yet", None),
    "bytes": ("bytes", None),
}


def of_sql() -> dict[str, Case]:
    """What the reader of databases describes and reads, of tables of an SQLite file."""

    def case(table: str, since: Since | None) -> Case:
        def run(project: Project) -> Any:
            with TemporaryDirectory() as folder, _connected(Path(folder) / "golden.db"):
                return _read(project, "sql", {"connection": CONNECTION.lower(), "table": table}, since)

        return run

    return {name: case(*given) for name, given in QUERIES.items()}


@contextmanager
def _connected(path: Path) -> Iterator[None]:
    """The database in a file, behind a connection, while the block runs."""
    connection = sqlite3.connect(path)
    connection.executescript(_SQLITE)
    connection.close()
    os.environ[f"AIRFLOW_CONN_{CONNECTION}"] = f"sqlite:///{path}"
    try:
        yield
    finally:
        del os.environ[f"AIRFLOW_CONN_{CONNECTION}"]


def _read(project: Project, kind: str, given: dict[str, Any], since: Since | None) -> pa.Table:
    source = plugins.load(project, "sources", kind)
    names = [column.name for column in source.describe(**given, project=IN_CHINA)]
    schema = pa.schema([(name, pa.string()) for name in names])
    return pa.Table.from_batches(source.scan(columns=names, since=since, **given, project=IN_CHINA), schema)
