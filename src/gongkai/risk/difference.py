"""What two releases of one dataset tell by their difference 差分: rows that came, went or changed are a table of their own.

Whoever has both releases has it, and knows of everybody in it that something happened to them in between. It has to keep the
same k: a combination of quasi-identifiers in which fewer persons changed singles them out, however many stand behind it in
either release.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gongkai.risk import table


@dataclass(frozen=True, slots=True)
class Difference:
    """Rows that are in one release only; ``changed``: the persons behind them; ``isolated``: those of them in classes with
    fewer than k changed, of which there are ``classes``."""

    added: int
    removed: int
    changed: int
    isolated: int
    classes: int


def compare(
    before: Path,
    after: Path,
    columns: Sequence[str],
    quasi: Sequence[str],
    *,
    k: int,
    person: str | None = None,
    memory: str = table.MEMORY,
    temp: Path | None = None,
) -> Difference:
    """Compare two Parquet files on ``columns``, which both have in the same types; ``quasi`` are some of them.

    ``person``: a column of them whose equal values are one person, else of each class as many persons changed as rows came or
    went, whichever is more. Raises ConfigError for a column that is not there, DataError ``risk.failed``.

    >>> compare(Path("/nowhere"), Path("/nowhere"), ["a"], [], k=2)
    Traceback (most recent call last):
        ...
    gongkai.errors.DataError: risk.failed: the file could not be measured (FileNotFoundError)
    """
    names = ", ".join(table.quasi_names(quasi))
    with table.connected(memory, temp) as connection:
        sides = [_side(connection, path, columns, quasi, person, sign) for path, sign in ((after, 1), (before, -1))]
        both = sides[0].union(sides[1])
        rows = both.aggregate(f"{names}, h, p, sum(n)::BIGINT AS n", f"{names}, h, p").filter("n <> 0")
        moved = rows.aggregate(f"{names}, p, sum(greatest(n, 0)) AS came, sum(greatest(-n, 0)) AS went", f"{names}, p")
        units = "sum(CASE WHEN p IS NULL THEN greatest(came, went) ELSE 1 END)::BIGINT"
        by_class = moved.aggregate(f"sum(came)::BIGINT AS came, sum(went)::BIGINT AS went, {units} AS units", names)
        small = f"units < {int(k)}"
        wanted = ("sum(came)", "sum(went)", "sum(units)", f"sum(units) FILTER ({small})", f"count(*) FILTER ({small})")
        counts = by_class.aggregate(", ".join(f"coalesce({each}, 0)::BIGINT" for each in wanted)).fetchone()
    return Difference(*counts)


def _side(connection: Any, path: Path, columns: Sequence[str], quasi: Sequence[str], person: str | None, sign: int) -> Any:
    """Each row by its quasi-identifiers, its person and a hash of all its columns."""
    rows = table.rows(connection, path, quasi, sensitive=columns, person=person)
    cells = ", ".join(f"s{index}" for index in range(len(columns)))
    names = ", ".join(table.quasi_names(quasi))
    who = "p::VARCHAR" if person is not None else "NULL::VARCHAR"
    return rows.project(f"{names}, hash({cells}) AS h, {who} AS p, {sign} AS n")
