"""Tables and JSON on a terminal 终端输出: drawn where somebody looks, tab-separated lines elsewhere."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

import typer

Row = Sequence[str]


def table(head: Row, rows: Sequence[Row], *, styles: Sequence[str] = ()) -> None:
    """A table; ``styles``: one for each row, where rows differ."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    if not console.is_terminal:
        for row in (head, *rows):
            typer.echo("\t".join(" ".join(cell.split()) for cell in row))
        return
    drawn = Table(*head)
    for index, row in enumerate(rows):
        drawn.add_row(*(Text(cell) for cell in row), style=styles[index] if styles else None)
    console.print(drawn)


def as_json(document: Any) -> None:
    """JSON, moments and dates in ISO 8601."""
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2, default=date.isoformat))
