"""``gongkai demo``: a whole city on this machine, from nothing to published releases."""

from __future__ import annotations

import signal
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from gongkai.airflow.client import Server


def register(app: typer.Typer) -> None:
    app.command("demo")(demo)


def demo(
    folder: Annotated[
        Path, typer.Argument(metavar="[DIR]", help="Made anew each time; never one that holds something else.")
    ] = Path("demo"),
    stay: Annotated[bool, typer.Option("--stay", help="Keep sources and scheduler running until Ctrl-C.")] = False,
) -> None:
    """Show it 演示: three departments, ten datasets, a real scheduler; ends 0 when each did what it should."""
    from gongkai.demo import runner
    from gongkai.demo.console import Screen

    signal.signal(signal.SIGTERM, _interrupt)
    found = runner.run(folder, Screen(), then=_wait if stay else None)
    raise typer.Exit(0 if all(outcome.expected for outcome in found) else 1)


def _wait(airflow: Server) -> None:
    typer.echo(f"\naddress 地址   {airflow.url}\nlogin 登录     {airflow.username}\npassword 口令  {airflow.password}")
    typer.secho("Ctrl-C stops it 按 Ctrl-C 停止", err=True, dim=True)
    try:
        while True:
            signal.pause()
    except KeyboardInterrupt:
        typer.secho("stopping 停止服务", err=True, dim=True)


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Ended from outside, it stops what it started like after Ctrl-C."""
    raise KeyboardInterrupt
