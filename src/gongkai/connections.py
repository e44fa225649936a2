"""Where sources log in 连接: Airflow Connections by id, as SQLAlchemy URLs.

A connection comes from ``$AIRFLOW_CONN_<ID>`` (as a URI or as JSON, read without loading Airflow), else from Airflow: inside
a task through its secrets backends, outside one from them and from the metadata database of ``$AIRFLOW_HOME``.

=======================  ==========================================================
connection type          dialect
=======================  ==========================================================
``department_db``        部门数据库: what its extra field ``dialect`` says
``postgres``             PostgreSQL, through psycopg
``mysql``, ``mariadb``   MySQL and MariaDB, through PyMySQL
``sqlite``               an SQLite file: its path is the host or the schema
any other                the SQLAlchemy dialect and driver of that name
=======================  ==========================================================

Every further extra field of plain type is passed to the driver as a URL query, such as ``sslmode``.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, quote_plus, unquote, urlsplit

from gongkai.errors import ConfigError
from gongkai.project import Project

if TYPE_CHECKING:
    from sqlalchemy import URL

DEPARTMENT = "department_db"
"""Our own connection type 部门数据库."""

_PREFIX = "AIRFLOW_CONN_"
DRIVERS = {
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
    "sqlite": "sqlite",
}
"""Kinds of database by their names, the driver each is read through."""


@dataclass(frozen=True, slots=True)
class _Login:
    """The parts of a connection; nothing of it is ever printed."""

    kind: str
    host: str
    port: int | None
    user: str
    password: str
    schema: str
    extra: Mapping[str, Any]

    def __repr__(self) -> str:
        return "<login>"


def driver(kind: str) -> str:
    """The SQLAlchemy driver of a kind of database; of one that is not known here its own name.

    >>> driver("postgres"), driver("oracle+oracledb")
    ('postgresql+psycopg', 'oracle+oracledb')
    """
    return DRIVERS.get(kind.lower(), kind)


def url(project: Project, conn_id: str) -> URL:
    """The SQLAlchemy URL of an Airflow Connection. ConfigError when there is none of that id, or it names no dialect.

    >>> os.environ["AIRFLOW_CONN_DOCTEST"] = "postgres://reader:p%40ss@db.example:5433/civil?sslmode=require"
    >>> from gongkai.project import SHIPPED
    >>> url(SHIPPED, "doctest")
    postgresql+psycopg://reader:***@db.example:5433/civil?sslmode=require
    >>> url(SHIPPED, "nowhere, really")
    Traceback (most recent call last):
        ...
    gongkai.errors.ConfigError: source.connection: 'nowhere, really' is not a connection's id; ...
    """
    if not conn_id or not all(letter.isalnum() or letter in "_-." for letter in conn_id):
        raise ConfigError.of(
            f"'{conn_id}' is not a connection's id", "letters, digits, '_', '-' and '.'", key="source.connection"
        )
    written = os.environ.get(_PREFIX + conn_id.upper()) or None
    login = _stored(project, conn_id) if written is None else _written(conn_id, written)
    _hide(login)
    return _url(project, conn_id, login)


def _url(project: Project, conn_id: str, login: _Login) -> URL:
    from sqlalchemy import URL

    kind = str(login.extra.get("dialect") or "") if login.kind == DEPARTMENT else login.kind
    if not kind:
        raise ConfigError.of(
            f"connection '{conn_id}' names no dialect", 'put {"dialect": "postgresql"} into its extra', key="source.connection"
        )
    name = driver(kind)
    if name == "sqlite":
        return URL.create(name, database=str(project.place(login.host or login.schema)))
    query = {
        name: _plain(value) for name, value in login.extra.items() if name != "dialect" and isinstance(value, (str, int, float))
    }
    return URL.create(
        name,
        username=login.user or None,
        password=login.password or None,
        host=login.host or None,
        port=login.port,
        database=login.schema or None,
        query=query,
    )


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _written(conn_id: str, text: str) -> _Login:
    """A connection in Airflow's two environment forms, read as Airflow reads them."""
    try:
        return _from_json(json.loads(text)) if text.lstrip().startswith("{") else _from_uri(text)
    except (ValueError, TypeError, AttributeError):
        raise ConfigError.of("is neither a connection's URI nor its JSON", key=_PREFIX + conn_id.upper()) from None


def _from_json(parts: Mapping[str, Any]) -> _Login:
    return _login(parts.get("conn_type"), parts, parts.get("extra"))


def _from_uri(text: str) -> _Login:
    kind, _, rest = text.partition("://")
    # a URI's scheme has no underscore, Airflow writes a hyphen for it
    parts = urlsplit(f"{kind.replace('_', '-')}://{rest}")
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    given = {
        "host": unquote(parts.hostname or ""),
        "port": parts.port,
        "login": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "schema": unquote(parts.path[1:]),
    }
    return _login(parts.scheme, given, query.get("__extra__", query))


def _login(kind: Any, given: Mapping[str, Any], extra: Any) -> _Login:
    if not kind:
        raise ValueError
    if isinstance(extra, str):
        extra = json.loads(extra) if extra.strip() else {}
    port = given.get("port")
    return _Login(
        kind=str(kind).replace("-", "_"),
        host=given.get("host") or "",
        port=int(port) if port else None,
        user=given.get("login") or "",
        password=given.get("password") or "",
        schema=given.get("schema") or "",
        extra=dict(extra or {}),
    )


def _stored(project: Project, conn_id: str) -> _Login:
    """A connection out of Airflow's own store."""
    if "AIRFLOW_HOME" not in os.environ and project.home is not None:
        os.environ["AIRFLOW_HOME"] = str(project.settings.airflow)
    from airflow.exceptions import AirflowException

    try:
        found = _ask_airflow(conn_id)
    except AirflowException:
        raise _unknown(conn_id) from None
    given = {name: getattr(found, name) for name in ("host", "port", "login", "password", "schema")}
    try:
        return _login(found.conn_type, given, found.extra)
    except (ValueError, TypeError):
        raise ConfigError.of(f"connection '{conn_id}' has no type, or its extra is not JSON", key="source.connection") from None


def _ask_airflow(conn_id: str) -> Any:
    runner = sys.modules.get("airflow.sdk.execution_time.task_runner")
    if getattr(runner, "SUPERVISOR_COMMS", None) is not None:
        from airflow.sdk import Connection

        return Connection.get(conn_id)
    from airflow.models.connection import Connection as Stored

    return Stored.get_connection_from_secrets(conn_id)


def _unknown(conn_id: str) -> ConfigError:
    return ConfigError.of(
        f"no connection '{conn_id}'",
        f"add it: `gongkai airflow connections add {conn_id} --conn-type {DEPARTMENT} ...`, or set {_PREFIX}{conn_id.upper()}",
        key="source.connection",
    )


def _hide(login: _Login) -> None:
    """Have Airflow mask the password in its logs, in every form a URL may write it."""
    if "airflow" not in sys.modules:
        return
    from airflow.sdk.log import mask_secret

    mask_secret(dict(login.extra))
    for form in sorted(forms(login.password)):
        mask_secret(form)


def forms(password: str) -> set[str]:
    """A password as it is and percent-encoded in each way that libraries do it.

    >>> sorted(forms("p@ s/"))
    ['p%40 s%2F', 'p%40%20s%2F', 'p%40%20s/', 'p%40+s%2F', 'p@ s/']
    """
    if not password:
        return set()
    return {password, quote(password), quote(password, safe=""), quote(password, safe=" +"), quote_plus(password)}
