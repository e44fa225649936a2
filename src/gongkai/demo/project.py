"""The demo's folder: a city's project with its catalogue and expectations, and beside it the departments' own sources.

Everything under ``sources/`` belongs to the departments and holds raw rows, as their databases do; nothing else does.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from gongkai import lifecycle
from gongkai.demo import city, postgres, sources
from gongkai.demo.tables import Table
from gongkai.errors import ConfigError
from gongkai.project import SHIPPED, Project
from gongkai.reference import divisions

MARK = ".gongkai-demo"
SOURCES = "sources"
DATABASE = "hrss"
REVIEWER = "演示审查员 demo reviewer"


@contextlib.contextmanager
def fresh(folder: Path) -> Iterator[Project]:
    """A new demo project in ``folder``, which is made or, when an earlier demo lies there, replaced.

    While the block runs no variable of another project is set. ConfigError when the folder holds anything else, or the earlier
    demo still runs.
    """
    home = folder.resolve()
    before = dict(os.environ)
    _clear(home)
    home.mkdir(parents=True, exist_ok=True)
    (home / MARK).touch()
    lifecycle.init(home)
    _write_content(home)
    for name in [name for name in os.environ if name.startswith(("GONGKAI_", "AIRFLOW_"))]:
        del os.environ[name]  # another project's registry, store, key or Airflow
    os.environ["GONGKAI_CITY"] = city.NAME
    try:
        yield Project.at(home)
    finally:
        os.environ.clear()
        os.environ.update(before)


def write_sources(home: Path, server: postgres.Server, tables: Mapping[str, Table]) -> None:
    """Every department's tables, where that department keeps them."""
    sources.write_postgres(server, DATABASE, _of("hrss", tables))
    sources.write_sqlite(home / SOURCES / "market.db", _of("market", tables))
    for name, table in _of("housing", tables).items():
        sources.write_drop(home / SOURCES / "housing" / name, table, batch="20260701")


def connections(home: Path, server: postgres.Server) -> dict[str, str]:
    """The Airflow Connections of the databases, as Airflow reads them from the environment; no file holds the password."""
    hrss = {
        "conn_type": "department_db",
        "host": server.host,
        "port": server.port,
        "login": server.user,
        "password": server.password,
        "schema": DATABASE,
        "extra": {"dialect": "postgresql"},
    }
    market = {"conn_type": "department_db", "host": str(home / SOURCES / "market.db"), "extra": {"dialect": "sqlite"}}
    return {"AIRFLOW_CONN_HRSS_DB": json.dumps(hrss), "AIRFLOW_CONN_MARKET_DB": json.dumps(market)}


def register(project: Project) -> list[str]:
    """Apply every entry and approve those that may be opened; the codes that were approved."""
    lifecycle.apply(project, [project.settings.catalog])
    codes = [status.revision.code for status in lifecycle.status(project) if status.state != "closed"]
    for code in codes:
        lifecycle.approve(project, code, by=REVIEWER, note="演示：已核对字段分类与脱敏方式 columns and methods reviewed")
    return codes


def _clear(home: Path) -> None:
    if not home.exists() or (home.is_dir() and not any(home.iterdir())):
        return
    if not (home / MARK).is_file():
        raise ConfigError.of("the folder is there and holds no demo", "name another: gongkai demo DIR", file=str(home))
    from gongkai.airflow import supervision

    if supervision.state(Project.at(home)) is not None:
        raise ConfigError.of("the demo in this folder is still running", "stop it, or name another folder", file=str(home))
    shutil.rmtree(home)


def _write_content(home: Path) -> None:
    data = Path(__file__).parent / "data"
    for name in ("catalog", "expectations"):
        shutil.copytree(data / name, home / name, dirs_exist_ok=True)
    _write_divisions(home / "rules" / divisions.FILE)


def _write_divisions(path: Path) -> None:
    """The city's own table of divisions in front of the shipped one, as no shipped table knows an invented city."""
    ours = {"4599": city.NAME, **city.DISTRICTS}
    shipped = SHIPPED.file("rules", divisions.FILE)
    lines = [] if shipped is None else [shipped.read_text("utf-8").rstrip("\n")]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([*lines, *(f"{code},{name}" for code, name in ours.items()), ""]), "utf-8")


def _of(department: str, tables: Mapping[str, Table]) -> dict[str, Table]:
    """The department's tables, by the names they have there."""
    names = {
        code: code.removeprefix(f"{department}-").replace("-", "_") for code in tables if code.startswith(f"{department}-")
    }
    return {name: tables[code] for code, name in names.items()}
