"""The demo's folder: begun anew, never over somebody's own; and its sources read back as they were made."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gongkai.demo import outcomes, postgres, project, sources
from gongkai.demo.tables import Table
from gongkai.errors import ConfigError
from gongkai.lifecycle import status
from gongkai.plugins import load
from gongkai.project import SHIPPED
from gongkai.registry.store import Registry

TABLE: Table = {"编号": ["011", "012", "013"], "地址": ["甲路1号", "乙路\n2号", None], "地质": ["砂", "土", "岩"]}


def test_a_folder_that_holds_something_else_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("three years of work")
    with pytest.raises(ConfigError, match="holds no demo"), project.fresh(tmp_path):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_file_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "demo").write_text("a file")
    with pytest.raises(ConfigError, match="holds no demo"), project.fresh(tmp_path / "demo"):
        pass


def test_an_earlier_demo_is_replaced(tmp_path: Path) -> None:
    with project.fresh(tmp_path / "demo") as first:
        (first.settings.var / "old").touch()
        key = (first.settings.keys / "default.key").read_text()
    with project.fresh(tmp_path / "demo") as second:
        assert not (second.settings.var / "old").exists()
        assert (second.settings.keys / "default.key").read_text() != key


def test_another_project_s_settings_do_not_reach_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_REGISTRY_URL", "sqlite:////nowhere/registry.db")
    monkeypatch.setenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "sqlite:////nowhere/airflow.db")
    before = dict(os.environ)
    with project.fresh(tmp_path / "demo") as made:
        assert made.settings.database == f"sqlite:///{tmp_path / 'demo' / 'var' / 'registry.db'}"
        assert "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN" not in os.environ
    assert dict(os.environ) == before


def test_every_entry_is_registered_and_all_but_the_closed_approved(tmp_path: Path) -> None:
    with project.fresh(tmp_path / "demo") as made:
        project.register(made)
        states = {item.revision.code: item.state for item in status(made)}
        entries = {revision.code: revision.entry for revision in Registry(made.settings.database).revisions()}
    assert {code for code, state in states.items() if state == "closed"} == {"market-consumer-complaints"}
    assert set(states.values()) == {"approved", "closed"}
    assert {entry.opening.type for entry in entries.values()} == {"unconditional", "conditional", "closed"}
    assert len({entry.update.frequency for entry in entries.values()}) >= 8
    assert set(outcomes.REFUSED) <= set(entries)


def test_a_drop_reads_back(tmp_path: Path) -> None:
    sources.write_drop(tmp_path, TABLE, batch="b")
    scan = load(SHIPPED, "sources", "file").scan
    batches = list(scan(columns=list(TABLE), path=str(tmp_path / "*.csv"), encoding="gbk", marker="{stem}.ok"))
    assert {name: [cell for batch in batches for cell in batch.column(name).to_pylist()] for name in TABLE} == TABLE


def test_databases_read_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scan = load(SHIPPED, "sources", "sql").scan
    with postgres.running(tmp_path / "postgres") as server:
        sources.write_postgres(server, project.DATABASE, {"t": TABLE})
        (tmp_path / project.SOURCES).mkdir()
        sources.write_sqlite(tmp_path / project.SOURCES / "market.db", {"t": TABLE})
        for name, value in project.connections(tmp_path, server).items():
            monkeypatch.setenv(name, value)
        for connection in ("hrss_db", "market_db"):
            batches = list(scan(columns=list(TABLE), connection=connection, table="t"))
            assert {name: [cell for batch in batches for cell in batch.column(name).to_pylist()] for name in TABLE} == TABLE


def test_the_server_is_gone_when_its_block_ends(tmp_path: Path) -> None:
    import psycopg

    with postgres.running(tmp_path / "postgres") as server, postgres.connect(server) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    with pytest.raises(psycopg.OperationalError):
        postgres.connect(server)


def test_the_server_asks_for_its_password(tmp_path: Path) -> None:
    import dataclasses

    import psycopg

    with postgres.running(tmp_path / "postgres") as server:
        assert server.password not in repr(server)
        with pytest.raises(psycopg.OperationalError):
            postgres.connect(dataclasses.replace(server, password="another"))
