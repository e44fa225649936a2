"""Keys out of the secrets backend that Airflow is told to use 密钥后端: Vault, a cloud's, a local file.

Only that backend is asked. Airflow's own search goes on to its metadata database, whose variables can be read on its pages.
Airflow is loaded only where a backend is named: by ``AIRFLOW__WORKERS__SECRETS_BACKEND``, ``AIRFLOW__SECRETS__BACKEND`` or in
``airflow.cfg``; as in a task, the first of them counts.
"""

from __future__ import annotations

import os
import sys
from configparser import Error, RawConfigParser
from pathlib import Path
from typing import Any

from gongkai.errors import ConfigError, TransientError
from gongkai.project import Project

_OPTIONS = (("workers", "secrets_backend"), ("secrets", "backend"))
_SETTING = "AIRFLOW__SECRETS__BACKEND"
_READABLE = (
    "airflow.secrets.metastore.MetastoreBackend",
    "airflow.sdk.execution_time.secrets.execution_api.ExecutionAPISecretsBackend",
)
"""Backends that are Airflow's metadata database."""


def configured(project: Project) -> bool:
    """Whether a backend is named; found out without loading Airflow."""
    if any(os.environ.get(f"AIRFLOW__{section}__{option}".upper()) for section, option in _OPTIONS):
        return True
    written = RawConfigParser(strict=False)
    path = _configuration(project)
    try:
        written.read(path, "utf-8")
    except (Error, OSError, UnicodeDecodeError) as error:
        raise ConfigError.of(f"cannot be read ({type(error).__name__})", "see Airflow's manual", file=str(path)) from None
    return any(written.get(section, option, fallback="").strip() for section, option in _OPTIONS)


def read(project: Project, name: str) -> tuple[str, str] | None:
    """The backend's name and its variable called ``name``; None when it has none.

    TransientError when it does not answer, without its words; ConfigError when it cannot be used at all.
    """
    os.environ.setdefault("AIRFLOW_HOME", str(project.settings.airflow))
    backend = _backend()
    if backend is None:
        return None
    called = type(backend).__name__
    try:
        text = backend.get_variable(key=name)
    except NotImplementedError:
        return None  # it holds connections only
    except Exception as error:  # noqa: BLE001 - a backend may raise anything, and its text may hold what it read
        raise TransientError(f"the secrets backend {called}", type(error).__name__) from None
    if text is not None and not isinstance(text, str):
        raise ConfigError.of("is not text", "write its lines version:hex as text", file=called, key=name)
    return None if text is None else (called, text)


def hide(written: str) -> None:
    """Have Airflow mask the secrets of a key in its logs, however their digits are written."""
    if "airflow" not in sys.modules:
        return
    from airflow.sdk.log import mask_secret

    for line in written.split():
        digits = line.rpartition(":")[2]
        for form in sorted({digits, digits.lower(), digits.upper()}):
            mask_secret(form)


def _backend() -> Any:
    """The backend, made once per process as Airflow makes it; none of those that Airflow asks after it."""
    try:
        from airflow.sdk.configuration import ensure_secrets_loaded  # makes it, too

        made = ensure_secrets_loaded(default_backends=[])
    except Exception as error:  # noqa: BLE001 - it is somebody else's class, with arguments out of a setting
        kind = type(error).__name__
        if not (isinstance(error, (ImportError, TypeError, ValueError)) or kind == "AirflowConfigException"):
            raise TransientError("the secrets backend", kind) from None
        problem, remedy = f"the secrets backend cannot be made ({kind})", "check its name and its backend_kwargs"
        raise ConfigError.of(problem, remedy, key=_SETTING) from None
    if not made:
        return None
    if any(f"{kind.__module__}.{kind.__qualname__}" in _READABLE for kind in type(made[0]).__mro__):
        problem, remedy = "Airflow's database is no place for a key: its variables can be read", "name a backend such as Vault"
        raise ConfigError.of(problem, remedy, key=_SETTING)
    return made[0]


def _configuration(project: Project) -> Path:
    """Where Airflow reads its project, found as Airflow finds it."""
    home = os.environ.get("AIRFLOW_HOME") or str(project.settings.airflow)
    named = os.environ.get("AIRFLOW_CONFIG") or str(Path(home) / "airflow.cfg")
    return Path(os.path.expandvars(named)).expanduser()
