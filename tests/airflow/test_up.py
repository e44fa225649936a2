"""The real servers: they start, run a DAG, restart after a crash, and leave no process behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import yaml
from tests import entries

from gongkai.airflow import component, environment, supervision, up
from gongkai.airflow.client import Server
from gongkai.errors import ConfigError, TransientError
from gongkai.project import Project
from gongkai.registry.store import Registry


@pytest.fixture
def project(home: Path) -> Project:
    return Project.find()


def processes_of(project: Project) -> list[psutil.Process]:
    """Every living process that was started for the project: they all carry its folder in their environment."""
    found = []
    for process in psutil.process_iter():
        try:
            mine = process.environ().get("AIRFLOW_HOME") == str(project.settings.airflow)
            if mine and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
            continue
    return found


def test_the_next_free_port_is_taken() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert up.free_port(port) > port


def test_two_projects_never_choose_a_port_at_once() -> None:
    order = []

    def second() -> None:
        with up._one_at_a_time():
            order.append("second")

    with up._one_at_a_time():
        waiting = threading.Thread(target=second)
        waiting.start()
        waiting.join(0.2)
        order.append("first")
    waiting.join()
    assert order == ["first", "second"]


def test_nothing_runs_yet(project: Project) -> None:
    assert supervision.state(project) is None
    assert supervision.stop(project) is False
    with pytest.raises(ConfigError, match="not running"):
        up.connect(project)


def test_a_server_that_does_not_answer_is_out_of_reach() -> None:
    with pytest.raises(TransientError, match="ConnectError"):
        Server("http://127.0.0.1:1", "admin", "x").dags()


def test_a_long_path_gets_a_short_socket(tmp_path: Path) -> None:
    deep = Project.at(tmp_path / ("a" * 100))
    assert len(os.fsencode(supervision.socket_path(deep))) <= 100
    assert supervision.socket_path(deep) == supervision.socket_path(deep)
    assert supervision.socket_path(deep) != supervision.socket_path(Project.at(tmp_path / ("b" * 100)))


def test_the_supervisor_file_holds_no_secret(project: Project) -> None:
    variables = environment.environment(project)
    text = supervision.configuration(project)
    for name in ("AIRFLOW__CORE__FERNET_KEY", "AIRFLOW__API_AUTH__JWT_SECRET", "AIRFLOW__API__SECRET_KEY"):
        assert variables[name] not in text
    assert environment.password(project) not in text


DAG = "hrss.social_card"
ENTRY = entries.document(source={"kind": "sql", "connection": "nowhere", "table": "social_card"})

STUBBORN = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.fork() == 0:
    os.setpgid(0, 0)
    if os.fork() == 0:
        os.setpgid(0, 0)
    time.sleep(600)
time.sleep({seconds})
"""


@pytest.fixture
def stubborn(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[subprocess.Popen[bytes]]]:
    started: list[subprocess.Popen[bytes]] = []
    yield started
    for process in started:
        process.kill()
        process.wait()


@pytest.mark.parametrize("seconds", [0, 600], ids=["when it ends", "when asked to"])
def test_a_session_is_swept_whatever_its_members_ignore(seconds: int, stubborn: list[subprocess.Popen[bytes]]) -> None:
    """Children in process groups of their own that ignore SIGTERM, as tasks and workers of the scheduler are."""
    program = STUBBORN.format(seconds=seconds)
    process = subprocess.Popen([sys.executable, "-c", program, "airflow"], start_new_session=True)
    stubborn.append(process)
    for _ in range(200):
        if len(component._members(process.pid)) >= (2 if seconds == 0 else 3):
            break
        time.sleep(0.05)
    assert component.sweep(process.pid) >= 2
    assert component._members(process.pid) == []


def test_a_strangers_session_is_left_alone(stubborn: list[subprocess.Popen[bytes]]) -> None:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
    stubborn.append(process)
    assert component.sweep(process.pid) == 0
    assert process.poll() is None


@pytest.mark.slow
def test_up_runs_dags_survives_a_crash_and_leaves_nothing(project: Project) -> None:
    with up.running(project, port=18080) as server:
        assert set(server.health()) >= {"metadatabase", "scheduler", "dag_processor"}
        assert up.connect(project).url == server.url
        with pytest.raises(ConfigError, match="running already"), up.running(project):
            pass
        _register(project)
        server.wait_for(DAG, seconds=60)
        run = server.trigger(DAG)
        assert server.wait(DAG, run, seconds=180) == "failed", "its source has no connection"
        assert server.tasks(DAG, run) == {
            "desensitize": "failed", "check": "upstream_failed", "package": "upstream_failed", "publish": "upstream_failed",
            "evidence": "success", "cleanup": "success",
        }  # fmt: skip
        assert "no connection 'nowhere'" in _logs(project)
        assert [record.verdict for record in Registry(project.settings.database).runs("social_card")] == ["failed"]

        before = {process.pid for process in processes_of(project)}
        scheduler = int((supervision.run_folder(project) / "scheduler.session").read_text())
        os.kill(scheduler, signal.SIGKILL)
        run = server.trigger(DAG)
        assert server.wait(DAG, run, seconds=240) == "failed", "the restarted scheduler runs it"
        orphans = [
            process.pid for process in processes_of(project)
            if process.pid in before and psutil.pid_exists(process.pid) and os.getsid(process.pid) == scheduler
        ]  # fmt: skip
        assert orphans == [], "workers of the killed scheduler"
    assert processes_of(project) == []
    assert supervision.state(project) is None
    for path in project.settings.airflow.rglob("*"):
        if path.is_file() and path.name in ("airflow.db", "secrets.json", "passwords.json"):
            assert path.stat().st_mode & 0o077 == 0, path


@pytest.mark.slow
def test_the_command_tells_where_and_leaves_nothing(project: Project) -> None:
    command = subprocess.Popen(
        [sys.executable, "-m", "gongkai", "up", "--port", "18180"], stdout=subprocess.PIPE, text=True, env=_clean()
    )
    assert command.stdout is not None
    told = [command.stdout.readline() for _ in range(3)]
    assert told[0].split()[-1].startswith("http://127.0.0.1:181")
    assert environment.password(project) in told[2]
    assert len(processes_of(project)) > 4
    command.send_signal(signal.SIGINT)
    command.wait()
    assert processes_of(project) == []


@pytest.mark.slow
@pytest.mark.parametrize("way", ["SIGTERM", "down", "supervisor killed"])
def test_the_command_leaves_nothing_when_it_is_stopped_while_starting(project: Project, way: str) -> None:
    command = subprocess.Popen([sys.executable, "-m", "gongkai", "up", "--port", "18280"], env=_clean())
    while len(list(supervision.run_folder(project).glob("*.session"))) < len(supervision.COMPONENTS):
        assert command.poll() is None
        time.sleep(0.1)
    if way == "down":
        assert subprocess.run([sys.executable, "-m", "gongkai", "down"], env=_clean()).returncode == 0
        command.send_signal(signal.SIGTERM)
    elif way == "supervisor killed":
        pid = int((supervision.run_folder(project) / "supervisord.pid").read_text())
        os.kill(pid, signal.SIGKILL)
        command.send_signal(signal.SIGTERM)
    else:
        command.send_signal(signal.SIGTERM)
    command.wait()
    for _ in range(300):
        if not processes_of(project):
            break
        time.sleep(0.1)
    assert processes_of(project) == []


def _clean() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")}


def _register(project: Project) -> None:
    path = project.settings.catalog / "hrss" / "social_card.yml"
    path.parent.mkdir()
    path.write_text(yaml.safe_dump(ENTRY, allow_unicode=True), "utf-8")
    for command in (["apply", str(path)], ["approve", "social_card", "--by", "审查员", "--note", "已审查"]):
        subprocess.run([sys.executable, "-m", "gongkai", *command], env=_clean(), check=True, capture_output=True)


def _logs(project: Project) -> str:
    return "\n".join(path.read_text() for path in environment.logs_folder(project).rglob("attempt=*.log"))
