"""A project's Airflow from nothing to running, and back to nothing."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from gongkai import locks
from gongkai.airflow import environment, supervision
from gongkai.airflow.client import Server
from gongkai.airflow.files import refresh
from gongkai.errors import ConfigError, TransientError
from gongkai.project import Project

LONGEST_START_SECONDS = 300.0
_NEEDED = ("metadatabase", "scheduler", "dag_processor")

Told = Callable[[str], None]


@contextlib.contextmanager
def running(project: Project, *, port: int | None = None, told: Told = lambda line: None) -> Iterator[Server]:
    """The project's Airflow while the block runs: API server, scheduler and DAG processor, healthy; nothing of them afterwards.

    ``port``: a wish; the next free one is taken when another program listens there. ``told`` hears of progress.
    Raises ConfigError when this project's Airflow runs already, TransientError when it does not get healthy.
    """
    if supervision.state(project) is not None:
        raise ConfigError.of("this project's Airflow is running already", "stop it with `gongkai down`")
    told("preparing the database 初始化数据库")
    migrate(project, environment.environment(project))
    refresh(project)
    supervisor: subprocess.Popen[bytes] | None = None
    try:
        with _one_at_a_time():
            variables = environment.environment(project, port=free_port(port or environment.PORT))
            told("starting api-server, scheduler, dag-processor 启动服务")
            supervisor = supervision.start(project, variables)
            server = Server(_url(variables), environment.USER, environment.password(project))
            _note(project).write_text(json.dumps({"url": server.url}))
            _wait_until_healthy(project, server, supervisor)
        yield server
    finally:
        told("stopping 停止服务")
        supervision.stop(project, supervisor)
        _note(project).unlink(missing_ok=True)


def connect(project: Project) -> Server:
    """The project's Airflow that is running already; ConfigError when none is."""
    if supervision.state(project) is None or not _note(project).is_file():
        raise ConfigError.of("this project's Airflow is not running", "start it with `gongkai up`")
    url: str = json.loads(_note(project).read_text())["url"]
    return Server(url, environment.USER, environment.password(project))


def migrate(project: Project, variables: Mapping[str, str]) -> None:
    """Bring Airflow's database to this Airflow's schema, once per version and database. Raises TransientError."""
    from importlib.metadata import version

    url = variables[environment.DATABASE_VARIABLE]
    mark = f"{version('apache-airflow')} {hashlib.sha256(url.encode()).hexdigest()}"
    note = project.settings.airflow / "migrated"
    gone = url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).is_file()
    if not gone and note.is_file() and note.read_text() == mark:
        return
    log = environment.logs_folder(project) / "migrate.log"
    command = [sys.executable, "-m", "airflow", "db", "migrate"]
    with log.open("wb") as output:
        done = subprocess.run(command, env=dict(variables), stdout=output, stderr=output, umask=0o077, check=False)
    if done.returncode != 0:
        raise TransientError(f"Airflow's database (see {log})", f"exit {done.returncode}")
    note.write_text(mark)


def free_port(wish: int) -> int:
    """The wished port, or the first one after it that nobody listens on."""
    for port in range(wish, min(wish + 200, 65_536)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind((environment.HOST, port))
                return port
    raise ConfigError.of(f"no port is free from {wish} on", "free one, or wish for another")


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Of this user's projects only one chooses a port and starts to listen on it; the others wait for it."""
    with locks.locked(Path(tempfile.gettempdir()) / f"gongkai-{os.getuid()}.lock"):
        yield


def _wait_until_healthy(project: Project, server: Server, supervisor: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + LONGEST_START_SECONDS
    logs = environment.logs_folder(project)
    while not _healthy(server):
        dead = [name for name, state in (supervision.state(project) or {}).items() if state == "FATAL"]
        if dead or supervisor.poll() is not None:
            raise TransientError(f"Airflow (see {logs / (dead[0] if dead else 'supervisord')}.log)", "it ended")
        if time.monotonic() > deadline:
            raise TransientError(f"Airflow (see {logs})", f"not healthy after {LONGEST_START_SECONDS:.0f} s")
        time.sleep(0.3)


def _healthy(server: Server) -> bool:
    try:
        server.warm()
        health = server.health()
    except TransientError:
        return False
    return all(health.get(part) == "healthy" for part in _NEEDED)


def _url(variables: Mapping[str, str]) -> str:
    return variables["AIRFLOW__API__BASE_URL"].rstrip("/")


def _note(project: Project) -> Path:
    return supervision.run_folder(project) / "server.json"
