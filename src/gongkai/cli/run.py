"""``gongkai run``: one dataset without the scheduler, through the functions its DAG calls."""

from __future__ import annotations

import json
import sys

import typer

from gongkai import pipeline
from gongkai.cli._progress import progress
from gongkai.pipeline import Outcome
from gongkai.project import Project


def register(app: typer.Typer) -> None:
    app.command()(run)


def run(
    code: str = typer.Argument(help="The dataset's code 信息资源代码."),
    as_json: bool = typer.Option(False, "--json", help="Print the outcome as JSON."),
) -> None:
    """Extract, desensitize, check, package and publish one dataset now."""
    project = Project.find()
    with progress(_TITLES["desensitize"], "rows") as shown:
        outcome = pipeline.run(project, code, progress=lambda step, rows: shown(description=_TITLES[step], completed=rows))
    if as_json or not sys.stdout.isatty():
        typer.echo(json.dumps(outcome.document(), ensure_ascii=False, indent=2))
    else:
        _print(outcome)
    raise typer.Exit(outcome.exit_code)


_TITLES = {
    "desensitize": "抽取脱敏 desensitize",
    "check": "质量检查 check",
    "package": "打包 package",
    "publish": "发布 publish",
}


def _print(outcome: Outcome) -> None:
    from rich.console import Console
    from rich.table import Table

    colour = {"published": "green", "unchanged": "cyan", "refused": "red", "failed": "red"}[outcome.verdict]
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_row("verdict", f"[bold {colour}]{outcome.verdict}[/]")
    table.add_row("release", outcome.release or "–")
    table.add_row("rows", f"{outcome.rows_in:,} in, {outcome.rows_out:,} out")
    table.add_row("formats", ", ".join(outcome.formats) or "–")
    table.add_row("report", outcome.report or "–")
    console = Console()
    console.print(table)
    for reason in outcome.reasons:
        console.print(f"  [red]•[/] {reason}", highlight=False)
