"""``gongkai up``, ``down`` and ``airflow``: the project's scheduler."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType

import typer

from gongkai.project import Project

_WITHOUT_DATABASE = frozenset({"db", "version", "config", "info", "cheat-sheet", "providers", "plugins", "--help", "-h"})


def register(app: typer.Typer) -> None:
    app.command()(up)
    app.command()(down)
    passed_on = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
    app.command("airflow", context_settings=passed_on)(airflow)


def up(port: int = typer.Option(8080, help="Where to listen; the next free port when it is taken.")) -> None:
    """Run the scheduler and its web page until Ctrl-C 启动调度服务."""
    from gongkai.airflow.up import running

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        with running(Project.find(), port=port, told=lambda line: typer.secho(line, err=True, dim=True)) as server:
            typer.echo(f"address 地址   {server.url}\nlogin 登录     {server.username}\npassword 口令  {server.password}")
            typer.secho("Ctrl-C stops it 按 Ctrl-C 停止", err=True, dim=True)
            while True:
                signal.pause()
    except KeyboardInterrupt:
        typer.secho("stopped 已停止", err=True, dim=True)


def down() -> None:
    """Stop a scheduler that runs elsewhere 停止调度服务."""
    from gongkai.airflow import supervision

    stopped = supervision.stop(Project.find())
    typer.echo("stopped 已停止" if stopped else "nothing was running 没有运行中的服务")


def airflow(context: typer.Context) -> None:
    """Pass a command on to Airflow in this project's environment, e.g. `gongkai airflow connections list`."""
    from gongkai.airflow.environment import environment
    from gongkai.airflow.up import migrate

    project = Project.find()
    variables = environment(project)
    if context.args and context.args[0] not in _WITHOUT_DATABASE:
        migrate(project, variables)
    os.execve(sys.executable, [sys.executable, "-m", "airflow", *context.args], variables)  # noqa: S606 - a list, no shell


def _interrupt(number: int, frame: FrameType | None) -> None:
    """The first signal stops; further ones do not disturb the stopping."""
    for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(one, signal.SIG_IGN)
    raise KeyboardInterrupt
