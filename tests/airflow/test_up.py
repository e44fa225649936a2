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

from gongkai import settings as city
from gongkai.airflow import component, environment, supervision, up
from gongkai.airflow.client import Server
from gongkai.errors import ConfigError, TransientError
from gongkai.registry.store import Registry
from gongkai.settings import Settings


@pytest.fixture
def settings(home: Path) -> Settings:
    return city.load()


def processes_of(settings: Settings) -> list[psutil.Process]:
    """Every living process that was started for the project: they all carry its folder in their environment."""
    found = []
    for process in psutil.process_iter():
        try:
            mine = process.environ().get("AIRFLOW_HOME") == str(settings.airflow)
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


def test_nothing_runs_yet(settings: Settings) -> None:
    assert supervision.state(settings) is None
    assert supervision.stop(settings) is False
    with pytest.raises(ConfigError, match="not running"):
        up.connect(settings)


def test_a_server_that_does_not_answer_is_out_of_reach() -> None:
    with pytest.raises(TransientError, match="ConnectError"):
        Server("http://127.0.0.1:1", "admin", "x").dags()


def test_a_long_path_gets_a_short_socket(tmp_path: Path) -> None:
    deep = Settings(home=tmp_path / ("a" * 100))
    assert len(os.fsencode(supervision.socket_path(deep))) <= 100
    assert supervision.socket_path(deep) == supervision.socket_path(deep)
    assert supervision.socket_path(deep) != supervision.socket_path(Settings(home=tmp_path / ("b" * 100)))


def test_the_supervisor_file_holds_no_secret(settings: Settings) -> None:
    variables = environment.environment(settings)
    text = supervision.configuration(settings)
    for name in ("AIRFLOW__CORE__FERNET_KEY", "AIRFLOW__API_AUTH__JWT_SECRET", "AIRFLOW__API__SECRET_KEY"):
        assert variables[name] not in text
    assert environment.password(settings) not in text


DAG = "hrss.social_card"
ENTRY = """
code: social_card
title: 社会保障卡发放信息
department: hrss
category: 社会保障
provider: {name: 某市人力资源和社会保障局, code: 11450900MB0000000X}
abstract: 社会保障卡的状态。
format: 数据库
sharing: {type: unconditional}
opening: {type: unconditional}
update: {frequency: daily}
issued: 2026-01-01
licence: {name: 开放许可协议}
contact: {unit: 信息中心, name: 数据管理员}
source: {kind: sql, connection: nowhere, table: social_card}
columns: [{name: status, title: 卡状态, entity: NONE, method: keep}]
formats: [csv]
"""

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
def test_up_runs_dags_survives_a_crash_and_leaves_nothing(settings: Settings) -> None:
    with up.running(settings, port=18080) as server:
        assert set(server.health()) >= {"metadatabase", "scheduler", "dag_processor"}
        assert up.connect(settings).url == server.url
        with pytest.raises(ConfigError, match="running already"), up.running(settings):
            pass
        _register(settings)
        server.wait_for(DAG, seconds=60)
        run = server.trigger(DAG)
        assert server.wait(DAG, run, seconds=180) == "failed", "its source has no connection"
        assert server.tasks(DAG, run) == {
            "desensitize": "failed", "check": "upstream_failed", "package": "upstream_failed", "publish": "upstream_failed",
            "evidence": "success", "cleanup": "success",
        }  # fmt: skip
        assert "no connection 'nowhere'" in _logs(settings)
        assert [record.verdict for record in Registry(settings.database).runs("social_card")] == ["failed"]

        before = {process.pid for process in processes_of(settings)}
        scheduler = int((supervision.run_folder(settings) / "scheduler.session").read_text())
        os.kill(scheduler, signal.SIGKILL)
        run = server.trigger(DAG)
        assert server.wait(DAG, run, seconds=240) == "failed", "the restarted scheduler runs it"
        orphans = [
            process.pid for process in processes_of(settings)
            if process.pid in before and psutil.pid_exists(process.pid) and os.getsid(process.pid) == scheduler
        ]  # fmt: skip
        assert orphans == [], "workers of the killed scheduler"
    assert processes_of(settings) == []
    assert supervision.state(settings) is None
    for path in settings.airflow.rglob("*"):
        if path.is_file() and path.name in ("airflow.db", "secrets.json", "passwords.json"):
            assert path.stat().st_mode & 0o077 == 0, path


@pytest.mark.slow
def test_the_command_tells_where_and_leaves_nothing(settings: Settings) -> None:
    command = subprocess.Popen(
        [sys.executable, "-m", "gongkai", "up", "--port", "18180"], stdout=subprocess.PIPE, text=True, env=_clean()
    )
    assert command.stdout is not None
    told = [command.stdout.readline() for _ in range(3)]
    assert told[0].split()[-1].startswith("http://127.0.0.1:181")
    assert environment.password(settings) in told[2]
    assert len(processes_of(settings)) > 4
    command.send_signal(signal.SIGINT)
    command.wait()
    assert processes_of(settings) == []


@pytest.mark.slow
@pytest.mark.parametrize("way", ["SIGTERM", "down", "supervisor killed"])
def test_the_command_leaves_nothing_when_it_is_stopped_while_starting(settings: Settings, way: str) -> None:
    command = subprocess.Popen([sys.executable, "-m", "gongkai", "up", "--port", "18280"], env=_clean())
    while len(list(supervision.run_folder(settings).glob("*.session"))) < len(supervision.COMPONENTS):
        assert command.poll() is None
        time.sleep(0.1)
    if way == "down":
        assert subprocess.run([sys.executable, "-m", "gongkai", "down"], env=_clean()).returncode == 0
        command.send_signal(signal.SIGTERM)
    elif way == "supervisor killed":
        pid = int((supervision.run_folder(settings) / "supervisord.pid").read_text())
        os.kill(pid, signal.SIGKILL)
        command.send_signal(signal.SIGTERM)
    else:
        command.send_signal(signal.SIGTERM)
    command.wait()
    for _ in range(300):
        if not processes_of(settings):
            break
        time.sleep(0.1)
    assert processes_of(settings) == []


def _clean() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")}


def _register(settings: Settings) -> None:
    path = settings.catalog / "hrss" / "social_card.yml"
    path.parent.mkdir()
    path.write_text(ENTRY, "utf-8")
    for command in (["apply", str(path)], ["approve", "social_card", "--by", "审查员", "--note", "已审查"]):
        subprocess.run([sys.executable, "-m", "gongkai", *command], env=_clean(), check=True, capture_output=True)


def _logs(settings: Settings) -> str:
    return "\n".join(path.read_text() for path in environment.logs_folder(settings).rglob("attempt=*.log"))
