"""Findings on a terminal, as JSON, or in a file 识别结果的呈现: codes, counts and ratios, never a value."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from gongkai.errors import ConfigError

if TYPE_CHECKING:
    from gongkai.classify import Finding
    from gongkai.drafting.decisions import Compared
    from gongkai.rules import Rules

_COLOURS = {"direct_identifier": "red", "sensitive_attribute": "magenta", "quasi_identifier": "yellow", "plain": "green"}
_HEAD = ("列", "实体", "级别", "角色", "置信度", "依据")


def show(findings: Sequence[Finding], rules: Rules, *, as_json: bool, output: Path | None) -> None:
    documents = [finding.document() for finding in findings]
    if output is not None:
        write(output, documents)
    if as_json:
        typer.echo(json.dumps(documents, ensure_ascii=False, indent=2))
    elif output is None:
        _table(_HEAD, [(_cells(finding, rules), _style(finding)) for finding in findings])


def show_compared(compared: Sequence[Compared], rules: Rules, *, as_json: bool, output: Path | None) -> None:
    documents = [item.document() for item in compared]
    if output is not None:
        write(output, documents)
    if as_json:
        typer.echo(json.dumps(documents, ensure_ascii=False, indent=2))
        return
    differing = [item for item in compared if not item.settled]
    reused = sum(item.reused for item in compared)
    head = ("列", "登记", "识别", *_HEAD[2:])
    rows = [(_with(item, rules), _style(item.finding)) for item in differing]
    if rows:
        _table(head, rows)
    counts = f"{len(differing)} differ from the entry 与登记不一致, {reused} decided before 沿用结论"
    typer.echo(f"{len(compared)} columns, {counts}")


def save(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    except OSError as error:
        problem = f"cannot be written ({type(error).__name__})"
        raise ConfigError.of(problem, "check the folder and your rights", file=str(path)) from None
    typer.secho(f"wrote {path}", err=True, dim=True)


def write(path: Path, documents: Sequence[Any]) -> None:
    save(path, json.dumps(documents, ensure_ascii=False, indent=2) + "\n")


def _with(item: Compared, rules: Rules) -> tuple[str, ...]:
    column, *rest = _cells(item.finding, rules)
    return column, item.registered or "-", *rest


def _cells(finding: Finding, rules: Rules) -> tuple[str, ...]:
    from gongkai.drafting import confidence

    entity = rules.entities.get(finding.entity)
    named = f"{finding.entity} {entity.title}" if entity else finding.entity
    review = " 复核" if finding.review else ""
    return (
        finding.column,
        named,
        rules.titles.get(finding.level, finding.level),
        confidence.ROLES[finding.role],
        f"{finding.confidence:.2f}{review}",
        confidence.evidence(finding),
    )


def _style(finding: Finding) -> str:
    return f"{_COLOURS[finding.role]}{' reverse' if finding.review else ''}"


def _table(head: Sequence[str], rows: Sequence[tuple[Sequence[str], str]]) -> None:
    """A drawn table on a terminal, tab-separated lines elsewhere."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    if not console.is_terminal:
        for cells in (head, *(cells for cells, _ in rows)):
            typer.echo("\t".join(" ".join(cell.split()) for cell in cells))
        return
    table = Table(*head)
    for cells, style in rows:
        table.add_row(*(Text(cell) for cell in cells), style=style)
    console.print(table)
