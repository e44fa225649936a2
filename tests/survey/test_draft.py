"""From a table nobody registered to a published release: the draft applies, plans and runs as it was written."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from gongkai import lifecycle, release, rules, settings
from gongkai.cli.main import build
from gongkai.plan import faults
from gongkai.registry.entry import Entry
from tests.survey import tables
from tests.survey.tables import Table
from typer.testing import CliRunner


def gongkai(*words: str | Path) -> str:
    """The command's output; its errors are raised."""
    done = CliRunner().invoke(build(), list(map(str, words)), catch_exceptions=False, standalone_mode=False)
    return done.output


def in_postgres(table: Table, request: pytest.FixtureRequest, home: Path) -> list[str]:
    return in_database(table, request.getfixturevalue("postgres_url"), "postgresql")


def in_mariadb(table: Table, request: pytest.FixtureRequest, home: Path) -> list[str]:
    return in_database(table, request.getfixturevalue("mariadb_url"), "mysql")


def in_database(table: Table, url: str, scheme: str) -> list[str]:
    table.load(url)
    os.environ["AIRFLOW_CONN_SEEN"] = f"{scheme}://{url.partition('://')[2]}"
    return ["--url", url, "--connection", "seen", "--table", table.name]


def in_gbk(table: Table, request: pytest.FixtureRequest, home: Path) -> list[str]:
    return ["--file", str(table.write(home / "drops" / "table.csv", "gbk"))]


def in_xlsx(table: Table, request: pytest.FixtureRequest, home: Path) -> list[str]:
    return ["--file", str(table.write_xlsx(home / "drops" / "table.xlsx"))]


UNSEEN: list[tuple[Callable[[], Table], Callable[..., list[str]]]] = [
    (tables.petitions, in_postgres),
    (tables.clinic, in_postgres),
    (tables.parking, in_gbk),
    (tables.petitions, in_xlsx),
    pytest.param(lambda: tables.clinic("datetime"), in_mariadb, marks=pytest.mark.mariadb),  # type: ignore[list-item]
]


@pytest.fixture(autouse=True)
def _no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_SEEN", "")


@pytest.mark.parametrize(("make", "place"), UNSEEN)
def test_a_draft_becomes_a_release_without_an_edit(make, place, home: Path, request: pytest.FixtureRequest) -> None:
    table = make()
    file = home / "catalog" / "office" / "unseen.yml"
    expectations = home / "expectations" / "unseen.yml"
    gongkai("classify", *place(table, request, home), "--draft", file, "--expectations", expectations)

    lifecycle.apply(settings.load(), [file])
    lifecycle.approve(settings.load(), "unseen", by="审查员", note="虚构数据")
    outcome = release.run("unseen")
    assert (outcome.verdict, outcome.rows_out) == ("published", tables.ROWS), outcome.reasons
    assert_nothing_raw(table, home / "var" / "store", file, expectations)


def assert_nothing_raw(table: Table, *places: Path) -> None:
    """No raw value stands in any byte of what was written; compressed formats are told by the others of the release."""
    files = [path for place in places for path in ([place] if place.is_file() else place.rglob("*")) if path.is_file()]
    assert {path.suffix for path in files} >= {".csv", ".json", ".yml"}
    for path in files:
        content = path.read_bytes()
        assert not [1 for secret in table.secrets() if secret.encode() in content], path.name
