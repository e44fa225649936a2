"""Keeping Airflow's components running, and stopping them together: a supervisord of the project's own."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import time
import xmlrpc.client
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gongkai import disk
from gongkai.airflow.component import sweep_noted
from gongkai.airflow.environment import logs_folder
from gongkai.project import Project

COMPONENTS = {
    "api-server": "api-server",
    "dag-processor": "dag-processor",
    "scheduler": "scheduler --skip-serve-logs",
}
"""In the order they are started; stopped in the other, as tasks that end still speak to the API server."""

_LONGEST_STOP_SECONDS = 40  # of all components together; each has its own, shorter grace
_LONGEST_SOCKET_PATH = 100  # the kernel's limit is 108 bytes, 104 on macOS


def start(project: Project, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start supervisord in a session of its own, with all components."""
    folder = run_folder(project)
    disk.private(folder)
    path = folder / "supervisord.conf"
    path.write_text(configuration(project), encoding="utf-8")
    command = [sys.executable, "-m", "supervisor.supervisord", "--nodaemon", "--configuration", str(path)]
    with (logs_folder(project) / "supervisord.out").open("wb") as output:
        return subprocess.Popen(
            command,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            umask=0o077,
        )


def stop(project: Project, supervisor: subprocess.Popen[bytes] | None = None) -> bool:
    """Stop everything and wait until nothing is left; False when nothing ran. One started elsewhere is asked by its socket."""
    answered = state(project) is not None
    if supervisor is not None:
        supervisor.terminate()
    elif answered:
        _ask(project).supervisor.shutdown()
    deadline = time.monotonic() + _LONGEST_STOP_SECONDS
    while _lives(project, supervisor) and time.monotonic() < deadline:
        time.sleep(0.1)
    if supervisor is not None and supervisor.poll() is None:
        supervisor.kill()
        supervisor.wait()
    swept = sum(sweep_noted(run_folder(project) / f"{name}.session") for name in COMPONENTS)
    return supervisor is not None or answered or swept > 0


def state(project: Project) -> dict[str, str] | None:
    """What each component does, in supervisord's words (``RUNNING``, ``BACKOFF``, ``FATAL``…); None when none is supervised."""
    try:
        answer: Any = _ask(project).supervisor.getAllProcessInfo()
    except (OSError, xmlrpc.client.Error):
        return None
    return {process["name"]: process["statename"] for process in answer}


def run_folder(project: Project) -> Path:
    return project.settings.airflow / "run"


def socket_path(project: Project) -> Path:
    """Where supervisord listens: in the project, or under the temporary folder when that path is too long for a socket."""
    path = run_folder(project) / "supervisor.sock"
    if len(os.fsencode(path)) <= _LONGEST_SOCKET_PATH:
        return path
    mark = hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / f"gongkai-{os.getuid()}-{mark}"
    return disk.private(folder) / "s"


def configuration(project: Project) -> str:
    """The supervisord configuration; it holds no secret, those are in the environment."""
    logs = logs_folder(project)
    head = f"""\
[unix_http_server]
file={_escape(socket_path(project))}
chmod=0700

[supervisord]
logfile={_escape(logs / "supervisord.log")}
pidfile={_escape(run_folder(project) / "supervisord.pid")}
childlogdir={_escape(logs)}
directory={_escape(project.settings.home)}

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
"""
    return head + "".join(
        _program(project, name, arguments, priority) for priority, (name, arguments) in enumerate(COMPONENTS.items(), 1)
    )


def _program(project: Project, name: str, arguments: str, priority: int) -> str:
    command = f'"{_escape(sys.executable)}" -m gongkai.airflow.component "{_escape(run_folder(project))}" {arguments}'
    return f"""
[program:{name}]
command={command}
priority={priority}
autorestart=true
startsecs=30
startretries=2
stopsignal=TERM
stopwaitsecs={_LONGEST_STOP_SECONDS}
killasgroup=true
redirect_stderr=true
stdout_logfile={_escape(logs_folder(project) / f"{name}.log")}
stdout_logfile_maxbytes=20MB
stdout_logfile_backups=3
"""


def _escape(value: object) -> str:
    return str(value).replace("%", "%%")


def _ask(project: Project) -> Any:
    from supervisor.xmlrpc import SupervisorTransport

    transport = SupervisorTransport(serverurl=f"unix://{socket_path(project)}")
    return xmlrpc.client.ServerProxy("http://localhost", transport=transport)


def _lives(project: Project, supervisor: subprocess.Popen[bytes] | None) -> bool:
    return supervisor.poll() is None if supervisor is not None else state(project) is not None
