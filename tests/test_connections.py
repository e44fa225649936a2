"""Logins out of Airflow Connections, in each form they come in, and what never shows of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import URL

from gongkai import connections
from gongkai.errors import ConfigError
from gongkai.project import Project

SECRET = "S3cr3t@/ p+%ü"


def written(monkeypatch: pytest.MonkeyPatch, text: str) -> URL:
    monkeypatch.setenv("AIRFLOW_CONN_DEPT_1", text)
    return connections.url(Project.find_or_shipped(), "dept_1")


FORMS = [
    ("a URI", "postgres://u:p%40@h:5433/d", "postgresql+psycopg://u:p%40@h:5433/d"),
    ("SQLAlchemy's word for it", "postgresql://u@h/d", "postgresql+psycopg://u@h/d"),
    ("options", "postgres://h/d?sslmode=require", "postgresql+psycopg://h/d?sslmode=require"),
    ("MySQL", "mysql://u:p@h/d", "mysql+pymysql://u:p@h/d"),
    ("MariaDB", "mariadb://u:p@h/d", "mariadb+pymysql://u:p@h/d"),
    ("our own type", "department-db://u:p@h/d?dialect=mysql", "mysql+pymysql://u:p@h/d"),
    ("our own type, as it is stored", "department_db://u:p@h/d?dialect=postgresql", "postgresql+psycopg://u:p@h/d"),
    ("extra in one field", "department-db://h/d?__extra__=%7B%22dialect%22%3A%20%22mariadb%22%7D", "mariadb+pymysql://h/d"),
    (
        "JSON",
        '{"conn_type": "postgres", "host": "h", "login": "u", "password": "p@", "schema": "d"}',
        "postgresql+psycopg://u:p%40@h/d",
    ),
    (
        "JSON with extra",
        '{"conn_type": "department_db", "host": "h", "port": "1", "extra": {"dialect": "mysql"}}',
        "mysql+pymysql://h:1",
    ),
    ("another driver", "department-db://u@h/d?dialect=oracle%2Boracledb", "oracle+oracledb://u@h/d"),
    ("an SQLite file", "sqlite:////srv/a%20b.db", "sqlite:////srv/a b.db"),
    ("an SQLite file as a host", '{"conn_type": "sqlite", "host": "/srv/a.db"}', "sqlite:////srv/a.db"),
]


@pytest.mark.parametrize(("given", "expected"), [row[1:] for row in FORMS], ids=[row[0] for row in FORMS])
def test_forms(given: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert written(monkeypatch, given).render_as_string(hide_password=False) == expected


def test_a_relative_sqlite_file_lies_in_the_project(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert written(monkeypatch, "sqlite:///data/a.db").database == str(home / "data" / "a.db")


WRONG = [
    ("neither URI nor JSON", f"just {SECRET}", "AIRFLOW_CONN_DEPT_1: is neither a connection's URI nor its JSON"),
    ("broken JSON", '{"conn_type": "postgres", "password": "' + SECRET, "AIRFLOW_CONN_DEPT_1: is neither"),
    ("no type", json.dumps({"host": "h", "password": SECRET}), "AIRFLOW_CONN_DEPT_1: is neither"),
    ("a port that is none", f"postgres://u:{SECRET.replace('/', '')}@h:port/d", "AIRFLOW_CONN_DEPT_1: is neither"),
    ("no dialect", "department-db://u:p@h/d", "names no dialect; put"),
]


@pytest.mark.parametrize(("given", "told"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_what_is_wrong_is_told(given: str, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match=told) as caught:
        written(monkeypatch, given)
    assert "S3cr3t" not in repr(caught.value)


def test_an_unknown_connection_says_how_to_add_it(home: Path) -> None:
    """In a process of its own: Airflow is loaded and asked, outside a task and without a database."""
    found = inside(home, "from gongkai import connections; from gongkai.project import Project; connections.url(Project.find(), 'nowhere')")
    assert "gongkai.errors.ConfigError: source.connection: no connection 'nowhere'" in found.stderr
    assert "airflow connections add nowhere" in found.stderr
    assert "AIRFLOW_CONN_NOWHERE" in found.stderr


@pytest.mark.slow
def test_a_connection_out_of_airflows_own_database(home: Path) -> None:
    """Added with Airflow's command, found in its metadata database; Airflow then masks every form of the password."""
    airflow = [str(Path(sys.executable).with_name("airflow"))]
    run([*airflow, "db", "migrate"], home)
    parts = {"conn_type": "department_db", "host": "h", "login": "u", "password": SECRET, "extra": '{"dialect": "mysql"}'}
    run([*airflow, "connections", "add", "stored", "--conn-json", json.dumps(parts)], home)
    found = inside(
        home,
        "from gongkai import connections; from gongkai.project import Project\n"
        "url = connections.url(Project.find(), 'stored'); assert url.password == " + ascii(SECRET) + "\n"
        "from airflow.sdk.log import redact\n"
        "print(url, redact(' | '.join(['before', *connections.forms(url.password), 'after'])))",
    )
    assert found.returncode == 0, found.stderr
    assert found.stdout.splitlines()[-1].startswith("mysql+pymysql://u:***@h before | *** | ***")
    assert "S3cr3t" not in found.stdout


def test_a_written_connection_does_not_load_airflow(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_A", "postgres://u:p@h/d")
    found = inside(
        home,
        "import sys; from gongkai import connections; from gongkai.project import Project\n"
        "connections.url(Project.find(), 'a'); print('airflow' in sys.modules)",
    )
    assert found.stdout.strip() == "False", found.stderr


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12)


@example(user="u", password=SECRET, schema="d/e?f#g")
@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(user=TEXT, password=TEXT, schema=TEXT)
def test_a_uri_is_read_as_airflow_reads_it(home: Path, user: str, password: str, schema: str) -> None:
    os.environ.setdefault("AIRFLOW_HOME", str(home / "var" / "airflow"))
    from airflow.sdk import Connection

    uri = Connection(
        conn_id="a", conn_type="postgres", host="h", login=user, password=password, schema=schema, port=1
    ).get_uri()
    os.environ["AIRFLOW_CONN_PROPERTY"] = uri
    found = connections.url(Project.at(home), "property")
    assert (found.username, found.password, found.database, found.host, found.port) == (user, password, schema, "h", 1)


@given(password=TEXT)
def test_forms_hold_what_a_url_prints(password: str) -> None:
    url = URL.create("postgresql", username="u", password=password, host="h")
    printed = url.render_as_string(hide_password=False).removeprefix("postgresql://u:").removesuffix("@h")
    assert printed in connections.forms(password)


def inside(home: Path, code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], env=environment(home), capture_output=True, text=True)


def run(command: list[str], home: Path) -> None:
    found = subprocess.run(command, env=environment(home), capture_output=True, text=True)
    assert found.returncode == 0, found.stderr


def environment(home: Path) -> dict[str, str]:
    return {**os.environ, "GONGKAI_HOME": str(home), "AIRFLOW_HOME": str(home / "var" / "airflow")}
