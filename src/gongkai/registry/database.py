"""The registry's database: SQLite (one file, WAL) or PostgreSQL, brought to the present version when first opened.

Opening an up-to-date one costs two small queries: Airflow reads the registry each time it parses its DAG files. Alembic is
imported only when there is something to migrate. Connections are not pooled, so a process may fork at any time.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, exc, inspect, make_url, text

from gongkai import connections
from gongkai.errors import ConfigError, TransientError
from gongkai.registry.migrations import VERSIONS
from gongkai.registry.tables import VERSION_TABLE

BUSY_SECONDS = 60
"""How long a writer waits for another one."""

_LOCK_KEY = 0x676F6E676B6169
"""The PostgreSQL advisory lock that serialises writers: "gongkai" in ASCII."""

_MIGRATING = threading.Lock()
_WRITE = "gongkai_write"


def connect(url: str) -> Engine:
    """An engine on the registry at ``url``, migrated.

    ConfigError for a URL that cannot be used or a database that a newer program made, TransientError when it is out of reach.
    No message holds the URL: it may carry a password.
    """
    engine = _engine(_parse(url))
    with guarded():
        if _version(engine) != VERSIONS[-1]:
            _migrate(engine)
    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that no other writer's can cross: all of it happens, or nothing."""
    with guarded(), engine.execution_options(**{_WRITE: True}).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One transaction that only reads."""
    with guarded(), engine.connect() as connection:
        yield connection


@contextmanager
def guarded() -> Iterator[None]:
    """Turn the database's errors into ours, reduced to their class: their own texts quote statements and values."""
    try:
        yield
    except (exc.OperationalError, exc.InterfaceError, exc.TimeoutError, sqlite3.OperationalError) as error:
        raise TransientError("the registry", _kind(error)) from None
    except exc.SQLAlchemyError as error:
        raise ConfigError.of(
            f"the registry's database refuses ({_kind(error)})", "check its rights and that no other program changed it"
        ) from None


def _kind(error: Exception) -> str:
    return type(getattr(error, "orig", None) or error).__name__


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except exc.ArgumentError:
        parsed = None
    if parsed is None or parsed.get_backend_name() not in ("sqlite", "postgresql", "postgres"):
        remedy = "write sqlite:///PATH or postgresql://USER@HOST/DATABASE"
        raise ConfigError.of("is not the URL of an SQLite or PostgreSQL database", remedy, key="GONGKAI_REGISTRY_URL")
    if parsed.get_backend_name() != "sqlite":
        return parsed.set(drivername=connections.driver("postgresql"))
    if not parsed.database or parsed.database == ":memory:":
        raise ConfigError.of("names no file", "write sqlite:///PATH", key="GONGKAI_REGISTRY_URL")
    return parsed.set(drivername="sqlite")


def _engine(url: URL) -> Engine:
    if url.drivername != "sqlite":
        return create_engine(url, poolclass=NullPool, hide_parameters=True, connect_args={"connect_timeout": 10})
    folder = Path(str(url.database)).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError.of(f"its folder cannot be made ({type(error).__name__})", key="GONGKAI_REGISTRY_URL") from None
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _sqlite_connection)
    event.listen(engine, "begin", _sqlite_begin)
    return engine


def _sqlite_connection(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions begin where _sqlite_begin says so, DDL included
    connection.execute("PRAGMA foreign_keys=ON")
    deadline = time.monotonic() + BUSY_SECONDS
    while True:  # while two processes make the file WAL at once, SQLite answers "locked" without waiting
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return


def _sqlite_begin(connection: Connection) -> None:
    immediate = connection.get_execution_options().get(_WRITE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _version(bind: Engine | Connection) -> str | None:
    """The version a database is at, None when it is empty; ConfigError when this program does not know it."""
    if isinstance(bind, Engine):
        with bind.connect() as connection:
            return _version(connection)
    if not inspect(bind).has_table(VERSION_TABLE):
        return None
    version = bind.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608
    if version is not None and version not in VERSIONS:
        raise ConfigError.of("the registry was made by a newer version of gongkai", "update gongkai on this machine")
    return version


def _migrate(engine: Engine) -> None:
    from io import StringIO

    from alembic import command
    from alembic.config import Config

    config = Config(stdout=StringIO())
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    with _MIGRATING, writing(engine) as connection:
        if _version(connection) != VERSIONS[-1]:  # another process may have been first
            config.attributes["connection"] = connection
            command.upgrade(config, VERSIONS[-1])
