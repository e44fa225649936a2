"""One table, six sources, the same bytes: PostgreSQL, MariaDB, SQLite, UTF-8 CSV, GBK CSV, XLSX."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import BigInteger, Column, Date, MetaData, Numeric, String, Table, Text, create_engine

from gongkai.project import Project

COLUMNS = ("代码", "编号", "地址", "地质", "数量", "金额", "日期", "备注")
ROWS: list[tuple[Any, ...]] = [
    ("011", "110105194912310020000", "东华门街道", "花岗岩", 0, "0.10", "2024-02-29", "null"),
    ("012", "000000000000000001", "景山街道", "石灰岩", -7, "1234567.00", "1900-01-01", "None"),
    ("013", "1e5", "交道口\n街道", '他说"好"，,', 9007199254740993, "-3.50", "2026-11-22", ""),
    ("014", None, None, "吉野家", None, None, None, None),
    ("015", "NaN", "=1+1", " 前后空格 ", 42, "99.99", "2000-12-31", "NULL"),
]
ENTRY = """
code: geo-sites
title: 地质点
department: geo
category: 主题/自然资源
provider: {name: 示例市自然资源局, code: "114509000000000000"}
abstract: 虚构的地质点。
format: 数据库
sharing: {type: unconditional}
opening: {type: unconditional}
update: {frequency: monthly}
issued: 2026-11-01
licence: {name: 示例市公共数据开放许可}
contact: {unit: 信息中心, name: 值班员}
source: SOURCE
columns:
  - {name: 代码, title: 代码, entity: NONE, method: keep, key: true}
  - {name: 编号, title: 编号, entity: NONE, method: keep}
  - {name: 地址, title: 地址, entity: NONE, method: keep}
  - {name: 地质, title: 地质, entity: NONE, method: keep}
  - {name: 数量, title: 数量, type: integer, entity: NONE, method: keep}
  - {name: 金额, title: 金额, type: "decimal(12,2)", entity: NONE, method: keep}
  - {name: 日期, title: 日期, type: date, entity: NONE, method: keep}
  - {name: 备注, title: 备注, entity: NONE, method: keep}
"""


def fill(url: str) -> None:
    """The table in a database, its numbers and dates in their own types."""
    from datetime import date
    from decimal import Decimal

    types = (String(10), String(40), Text, Text, BigInteger, Numeric(12, 2), Date, Text)
    columns = [Column(name, kind) for name, kind in zip(COLUMNS, types, strict=True)]
    table = Table("地质点", MetaData(), *columns, mysql_charset="utf8mb4")
    engine = create_engine(url)
    with engine.begin() as connection:
        table.create(connection)
        typed = [
            (*row[:5], row[5] and Decimal(row[5]), row[6] and date.fromisoformat(row[6]), row[7]) for row in ROWS
        ]
        connection.execute(table.insert(), [dict(zip(COLUMNS, row, strict=True)) for row in typed])
    engine.dispose()


def database(home: Path, url: str) -> str:
    fill(url)
    os.environ["AIRFLOW_CONN_GEO"] = url.replace("+psycopg", "").replace("+pymysql", "")
    return "{kind: sql, connection: geo, table: 地质点}"


def text(home: Path, encoding: str) -> str:
    """A CSV in which NULL is an empty cell and an empty text is a quoted one."""
    lines = io.StringIO()
    csv.writer(lines).writerow(COLUMNS)
    for row in ROWS:
        lines.write(",".join("" if cell is None else '"' + str(cell).replace('"', '""') + '"' for cell in row) + "\r\n")
    (home / "sites.csv").write_bytes(lines.getvalue().encode(encoding))
    return "{kind: file, path: sites.csv}"


def workbook(home: Path) -> str:
    import xlsxwriter

    book = xlsxwriter.Workbook(home / "sites.xlsx", {"strings_to_formulas": False})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, COLUMNS)
    for number, row in enumerate(ROWS, start=1):
        for index, cell in enumerate(row):
            if cell is not None:
                sheet.write_string(number, index, str(cell))
    book.close()
    return "{kind: file, path: sites.xlsx}"


SOURCES = ("postgres", "mariadb", "sqlite", "utf8", "gbk", "xlsx")


@pytest.fixture(scope="session")
def contents() -> dict[str, bytes]:
    """The published Parquet of each source, as the tests of this module get to it."""
    return {}


@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=pytest.mark.mariadb) if kind == "mariadb" else kind for kind in SOURCES]
)
def test_six_sources_one_parquet(
    home: Path, kind: str, contents: dict[str, bytes], request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gongkai import lifecycle, pipeline, stores

    monkeypatch.setenv("AIRFLOW_CONN_GEO", "")
    source = {
        "postgres": lambda: database(home, request.getfixturevalue("postgres_url")),
        "mariadb": lambda: database(home, request.getfixturevalue("mariadb_url")),
        "sqlite": lambda: database(home, f"sqlite:///{home / 'sites.db'}"),
        "utf8": lambda: text(home, "utf-8-sig"),
        "gbk": lambda: text(home, "gbk"),
        "xlsx": lambda: workbook(home),
    }[kind]()
    path = home / "catalog" / "geo" / "sites.yml"
    path.parent.mkdir()
    path.write_text(ENTRY.replace("SOURCE", source), encoding="utf-8")
    lifecycle.apply(Project.find(), [path])
    lifecycle.approve(Project.find(), "geo-sites", by="审查员", note="虚构")
    outcome = pipeline.run(Project.find(), "geo-sites")
    assert outcome.verdict == "published", outcome.reasons
    store, release = stores.of(Project.find()), str(outcome.release)
    assert store.current("geo-sites").release == release
    with store.open("geo-sites", release, "data.parquet") as table:
        contents[kind] = table.read()
    assert len(set(contents.values())) == 1, sorted(contents)
    with store.open("geo-sites", release, "data.jsonl") as file:
        lines = [json.loads(line) for line in file.read().decode().splitlines()]
    lines.sort(key=lambda line: str(line["代码"]))
    assert [tuple(line)[:4] for line in lines] == [("代码", "编号", "地址", "地质")] * len(ROWS)
    assert [line["备注"] for line in lines] == [row[7] for row in ROWS]
    assert [line["编号"] for line in lines] == [row[1] for row in ROWS]
