"""The settings of a project's Airflow, and the secrets made for it."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from gongkai.airflow import environment
from gongkai.airflow.environment import DATABASE_VARIABLE
from gongkai.project import Project


@pytest.fixture
def project(home: Path) -> Project:
    return Project.find()


def test_everything_lies_under_the_project(project: Project) -> None:
    made = environment.environment(project, port=8123, given={})
    assert made["AIRFLOW_HOME"] == str(project.settings.home / "var/airflow")
    assert made["GONGKAI_HOME"] == str(project.settings.home)
    assert made[DATABASE_VARIABLE] == f"sqlite:///{project.settings.home}/var/airflow/airflow.db"
    for name in ("AIRFLOW__CORE__DAGS_FOLDER", "AIRFLOW__LOGGING__BASE_LOG_FOLDER", "AIRFLOW__CORE__PLUGINS_FOLDER"):
        assert Path(made[name]).is_relative_to(project.settings.var), name
    assert made["AIRFLOW__API__BASE_URL"] == "http://127.0.0.1:8123"
    assert made["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == "http://127.0.0.1:8123/execution/"
    assert made["AIRFLOW__CORE__LOAD_EXAMPLES"] == "False"
    assert made["DO_NOT_TRACK"] == "1"


def test_secrets_are_made_once_and_only_the_owner_reads_them(project: Project) -> None:
    first = environment.environment(project, given={})
    second = environment.environment(project, given={})
    assert first == second
    for name in ("secrets.json", "passwords.json"):
        assert stat.S_IMODE((project.settings.airflow / name).stat().st_mode) == 0o600
    made = json.loads((project.settings.airflow / "secrets.json").read_text())
    assert first["AIRFLOW__CORE__FERNET_KEY"] == made["fernet_key"]
    assert len(made["jwt_secret"]) >= 64
    assert environment.password(project) == json.loads((project.settings.airflow / "passwords.json").read_text())["admin"]
    assert stat.S_IMODE(project.settings.airflow.stat().st_mode) == 0o700


def test_two_projects_share_no_secret(project: Project, tmp_path: Path) -> None:
    other = Project.at(tmp_path / "other")
    mine, theirs = (environment.environment(one, given={}) for one in (project, other))
    for name in ("AIRFLOW__CORE__FERNET_KEY", "AIRFLOW__API_AUTH__JWT_SECRET", "AIRFLOW__API__SECRET_KEY"):
        assert mine[name] != theirs[name]
    assert environment.password(project) != environment.password(other)


GIVEN = [
    ("the user's database stays", DATABASE_VARIABLE, "postgresql+psycopg://airflow@db/airflow", True),
    ("the user's executor stays", "AIRFLOW__CORE__EXECUTOR", "CeleryExecutor", True),
    ("another home does not", "AIRFLOW_HOME", "/srv/other", False),
    ("another XCom backend does not", "AIRFLOW__CORE__XCOM_BACKEND", "airflow.sdk.bases.xcom.BaseXCom", False),
    ("a fixed port does not when one was chosen", "AIRFLOW__API__PORT", "9999", False),
]


@pytest.mark.parametrize(("name", "value", "stays"), [row[1:] for row in GIVEN], ids=[row[0] for row in GIVEN])
def test_what_the_user_set(project: Project, name: str, value: str, stays: bool) -> None:
    made = environment.environment(project, port=8080, given={name: value})
    assert (made[name] == value) is stays


def test_no_proxy_between_tasks_and_server(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "intranet.example")
    made = environment.environment(project)
    assert made["NO_PROXY"].split(",") == ["intranet.example", "127.0.0.1", "localhost"]


def test_only_the_scheduler_imports_ahead(project: Project) -> None:
    environment.prepare(project)
    written = (project.settings.airflow / "config" / "airflow_local_settings.py").read_text()
    assert 'if sys.argv[1:2] == ["scheduler"]:' in written
    compile(written, "airflow_local_settings.py", "exec")
