"""The environment every Airflow process of a project runs in: all settings, and the secrets made for it once.

Nothing is written to ``airflow.cfg``. What the user set as ``AIRFLOW__…`` stays in force, except for what keeps rows out of
Airflow. Importing this module does not import Airflow.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from gongkai import disk
from gongkai.project import HOME_VARIABLE, Project

USER = "admin"
HOST = "127.0.0.1"
PORT = 8080
DATABASE_VARIABLE = "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"
BUNDLE = "gongkai"

_SECONDS_BETWEEN_PARSES = 600
_SECONDS_BETWEEN_LISTINGS = 5


def environment(project: Project, *, port: int | None = None, given: Mapping[str, str] | None = None) -> dict[str, str]:
    """``given`` (default: this process's own variables) completed with every setting of the project's Airflow.

    ``port``: where the API server listens; only the servers and their clients need it.
    """
    given = os.environ if given is None else given
    prepare(project)
    asked = {} if port is None else _address(port)
    return {**_defaults(project), **given, **asked, **_forced(project, given)}


def enter(project: Project) -> None:
    """Make this process one of the project's Airflow, before it imports Airflow: connections are then found in its database."""
    os.environ.update(environment(project))


def prepare(project: Project) -> None:
    """Make the folders, secrets and generated files; what is there stays as it is."""
    for folder in (
        project.settings.airflow,
        dags_folder(project),
        plugins_folder(project),
        logs_folder(project),
        _config(project),
    ):
        disk.private(folder)
    _write(project.settings.airflow / "airflow.cfg", "# settings come from the environment; see: gongkai airflow config list\n")
    _write(_config(project) / "airflow_local_settings.py", _LOCAL_SETTINGS)


def dags_folder(project: Project) -> Path:
    """Where the generated DAG files lie."""
    return project.settings.airflow / "dags"


def plugins_folder(project: Project) -> Path:
    return project.settings.airflow / "plugins"


def logs_folder(project: Project) -> Path:
    return project.settings.airflow / "logs"


def password(project: Project) -> str:
    """The password of ``admin``, made on first use and kept in an owner-only file."""
    known = _once(project.settings.airflow / "passwords.json", lambda: {USER: secrets.token_urlsafe(12)})
    return known[USER]


def _address(port: int) -> dict[str, str]:
    url = f"http://{HOST}:{port}"
    return {
        "AIRFLOW__API__HOST": HOST,
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": url,
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{url}/execution/",
    }


def _defaults(project: Project) -> dict[str, str]:
    return {
        **_address(PORT),
        **_core(project),
        **_logging(project),
        DATABASE_VARIABLE: f"sqlite:///{project.settings.airflow / 'airflow.db'}",
        "AIRFLOW__API__INSTANCE_NAME": f"{project.settings.city}公共数据开放 gongkai",
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.3",
        "AIRFLOW__SCHEDULER__CATCHUP_BY_DEFAULT": "False",
        "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": str(_SECONDS_BETWEEN_PARSES),
        "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": str(_SECONDS_BETWEEN_LISTINGS),
        "AIRFLOW__DAG_PROCESSOR__BUNDLE_REFRESH_CHECK_INTERVAL": "2",
        "AIRFLOW__DAG_PROCESSOR__DAG_FILE_PROCESSOR_TIMEOUT": "300",
        "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_STORAGE_PATH": str(project.settings.airflow / "bundles"),
        "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST": _bundles(),
        "DO_NOT_TRACK": "1",
        "OPENBLAS_NUM_THREADS": "1",  # tasks run side by side; threads of one matrix product would wait for each other
        "GX_ANALYTICS_ENABLED": "false",
    }


def _core(project: Project) -> dict[str, str]:
    made = _once(project.settings.airflow / "secrets.json", _new_secrets)
    password(project)
    return {
        "AIRFLOW__CORE__DAGS_FOLDER": str(dags_folder(project)),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(plugins_folder(project)),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": str(max(4, os.cpu_count() or 1)),
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__DAGBAG_IMPORT_TIMEOUT": "240",
        "AIRFLOW__CORE__DEFAULT_TIMEZONE": project.settings.timezone.key,
        "AIRFLOW__CORE__HOSTNAME_CALLABLE": "socket.gethostname",
        "AIRFLOW__CORE__FERNET_KEY": made["fernet_key"],
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{USER}:admin",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(project.settings.airflow / "passwords.json"),
        "AIRFLOW__CORE__TEST_CONNECTION": "Enabled",
        "AIRFLOW__API_AUTH__JWT_SECRET": made["jwt_secret"],
        "AIRFLOW__API__SECRET_KEY": made["api_secret"],
    }


def _logging(project: Project) -> dict[str, str]:
    logs = logs_folder(project)
    return {
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(logs),
        "AIRFLOW__LOGGING__DAG_PROCESSOR_CHILD_PROCESS_LOG_DIRECTORY": str(logs / "dag_processor"),
        "AIRFLOW__LOGGING__FILE_TASK_HANDLER_NEW_FOLDER_PERMISSIONS": "0o700",
        "AIRFLOW__LOGGING__FILE_TASK_HANDLER_NEW_FILE_PERMISSIONS": "0o600",
        "AIRFLOW__LOGGING__COLORED_CONSOLE_LOG": "False",
    }


def _forced(project: Project, given: Mapping[str, str]) -> dict[str, str]:
    """What no variable of the user may change: the project, and that rows stay out of Airflow."""
    return {
        HOME_VARIABLE: str(project.settings.home),
        "AIRFLOW_HOME": str(project.settings.airflow),
        "AIRFLOW__CORE__XCOM_BACKEND": "gongkai.airflow.xcom.GuardedXCom",
        **_without_proxy(given),
    }


def _without_proxy(given: Mapping[str, str]) -> dict[str, str]:
    """Tasks talk to the API server on this machine; a proxy would only be in the way."""
    names = [name for name in given.get("NO_PROXY", given.get("no_proxy", "")).split(",") if name]
    listed = ",".join(dict.fromkeys([*names, HOST, "localhost"]))
    return {"NO_PROXY": listed, "no_proxy": listed}


def _bundles() -> str:
    bundle = {"name": BUNDLE, "classpath": "gongkai.airflow.bundle.DepartmentFiles", "kwargs": {}}
    return json.dumps([bundle])


def _new_secrets() -> dict[str, str]:
    return {
        "fernet_key": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "jwt_secret": secrets.token_urlsafe(64),
        "api_secret": secrets.token_urlsafe(48),
    }


def _once(path: Path, make: Callable[[], dict[str, str]]) -> dict[str, str]:
    """The JSON in an owner-only file, made by whoever comes first."""
    disk.private(path.parent)
    if not path.exists():
        fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        disk.own(fresh, json.dumps(make()).encode())
        with suppress(FileExistsError):
            os.link(fresh, path)
        fresh.unlink()
    made: dict[str, str] = json.loads(path.read_text())
    return made


def _write(path: Path, text: str) -> None:
    if not path.is_file() or path.read_text() != text:
        path.write_text(text)


def _config(project: Project) -> Path:
    return project.settings.airflow / "config"


_LOCAL_SETTINGS = '''"""Loaded by every Airflow process; the scheduler forks the tasks, which need not import these again."""

import sys

if sys.argv[1:2] == ["scheduler"]:
    from gongkai.airflow.preload import preload

    preload()
'''
