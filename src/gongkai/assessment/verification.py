"""Verify whole-table methods 整表方法核验: count on the staged table whether each met its guarantee.

A column's method is watched row by row by canaries and witness; these change the rows together, so each says what it must have
left: no class smaller than k, no mean that stands alone, no small count. A city's own is held to its word as a shipped one is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gongkai.errors import DataError, Reason
from gongkai.plan import Plan, TableStep, contract
from gongkai.project import Project
from gongkai.risk import classes, table
from gongkai.risk.classes import Classes


def broken(project: Project, plan: Plan, staged: Path, person: str | Path | None, temp: Path) -> list[Reason]:
    """Why the staged table is not what its whole-table methods promise. DataError where one cannot say."""
    counted = _Staged(staged, person, temp)
    return [reason for step in plan.steps for reason in _reasons(project, plan, step, counted)]


def _reasons(project: Project, plan: Plan, step: TableStep, staged: _Staged) -> list[Reason]:
    method = contract.load(project, step.method)
    columns = {name: method.check(column.params)[0] for name, column in plan.treated(step).items()}
    try:
        return list(method.broken(method.table_params(step.params), columns, staged))
    except contract.QUOTING as error:
        message = f"method {step.method} could not be held to its word ({type(error).__name__})"
        raise DataError.of("method.failed", message, column="、".join(step.columns)) from None


@dataclass(frozen=True, slots=True)
class _Staged:
    """The staged table as a method may count it (``gongkai.methods.table.StagedTable``)."""

    path: Path
    person: str | Path | None
    temp: Path

    @property
    def rows(self) -> int:
        return self._count([], "true")

    def classes(self, columns: Sequence[str], *, hidden: str | None = None, persons: bool = False) -> Classes:
        return classes.group(self.path, columns, person=self.person if persons else None, hidden=hidden, temp=self.temp)

    def count(self, column: str, condition: str) -> int:
        return self._count([column], f"q0 {condition}")

    def _count(self, columns: Sequence[str], condition: str) -> int:
        with table.connected(temp=self.temp) as connection:
            rows = table.rows(connection, self.path, columns)
            return int(rows.filter(condition).aggregate("count(*)").fetchone()[0])
