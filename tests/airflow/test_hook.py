"""The connection type 部门数据库, as Airflow sees it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from airflow.providers_manager import ProvidersManager

from gongkai.airflow.hook import DepartmentDatabaseHook
from gongkai.airflow.provider import CONNECTION_TYPE, DIALECTS, get_provider_info

SECRET = "p@ss/w%rd"


def test_airflow_offers_the_type_with_a_chinese_form() -> None:
    manager = ProvidersManager()
    hook = manager.hooks[CONNECTION_TYPE]
    assert hook is not None
    assert hook.hook_name == "部门数据库"
    assert manager.field_behaviours[CONNECTION_TYPE]["relabeling"]["password"] == "口令"
    dialect = manager.connection_form_widgets[f"extra__{CONNECTION_TYPE}__dialect"].field["schema"]
    assert dialect["enum"] == list(DIALECTS)
    assert dialect["title"] == "数据库类型"


def test_the_description_names_things_that_exist() -> None:
    import importlib

    (kind,) = get_provider_info()["connection-types"]
    module, _, name = kind["hook-class-name"].rpartition(".")
    assert getattr(importlib.import_module(module), name) is DepartmentDatabaseHook


def connect(monkeypatch: pytest.MonkeyPatch, **parts: object) -> DepartmentDatabaseHook:
    monkeypatch.setenv("AIRFLOW_CONN_CIVIL", json.dumps({"conn_type": CONNECTION_TYPE, **parts}))
    return DepartmentDatabaseHook("civil")


def test_it_opens_the_database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    hook = connect(monkeypatch, host=str(tmp_path / "civil.db"), extra={"dialect": "sqlite"})
    with hook.get_conn() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar() == 1
    assert hook.test_connection() == (True, "连接成功 connected")


FAIL = [
    ("no dialect", {"host": "db", "password": SECRET}, "names no dialect"),
    ("nobody answers", {"host": "127.0.0.1", "port": 1, "login": "reader", "password": SECRET, "extra": {"dialect": "postgresql"}},
     "OperationalError"),
    ("no such driver", {"host": "db", "password": SECRET, "extra": {"dialect": "dm"}}, "cannot connect (NoSuchModuleError)"),
]  # fmt: skip


@pytest.mark.parametrize(("parts", "told"), [row[1:] for row in FAIL], ids=[row[0] for row in FAIL])
def test_a_failed_test_says_why_without_the_login(monkeypatch: pytest.MonkeyPatch, parts: dict[str, object], told: str) -> None:
    works, message = connect(monkeypatch, **parts).test_connection()
    assert not works
    assert told in message
    assert SECRET not in message
    assert "reader" not in message
