"""Whether the whole-table methods kept their word 整表方法核验: asked of the staged table, by counting, not by their own code.

A column's method is watched row by row by canaries and witness; these change the rows together, so they are asked for what they
must leave: no class smaller than k, no mean that stands alone, no small count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from gongkai.errors import Reason
from gongkai.plan import Plan, TableStep, methods
from gongkai.risk import classes, table

FULL_MASK = "****"


def broken(plan: Plan, staged: Path, person: str | Path | None, temp: Path) -> list[Reason]:
    """Why the staged table is not what its whole-table methods promise; a city's own methods are not known here."""
    found = []
    for step in plan.steps:
        ask = _ASKED.get(step.method)
        if ask is not None:
            given = methods.check_table(methods.load(step.method), step.params)[0]
            found += list(ask(step, given, staged, person, temp))
    return found


def _alike(step: TableStep, given: Mapping[str, Any], staged: Path, person: str | Path | None, temp: Path) -> Iterator[Reason]:
    seen = classes.group(staged, list(step.columns), person=person, hidden=FULL_MASK, temp=temp)
    if small := seen.below(given["k"]):
        yield Reason("kept.k_anonymize", f"are fewer than the {given['k']} that have to look alike", _named(step), small)


def _together(step: TableStep, given: Mapping[str, Any], staged: Path, _: str | Path | None, temp: Path) -> Iterator[Reason]:
    least = given.get("k", 20)
    for name in step.columns:
        seen = classes.group(staged, [name], temp=temp)
        nulls = _count(staged, name, "IS NULL", temp)
        small = seen.below(least) - (nulls if 0 < nulls < least else 0)
        if small:
            yield Reason("kept.microaggregate", f"are means of fewer than {least}", name, small)


def _large(step: TableStep, given: Mapping[str, Any], staged: Path, _: str | Path | None, temp: Path) -> Iterator[Reason]:
    least = given.get("least", 5)
    for name in step.columns:
        if small := _count(staged, name, f"BETWEEN 1 AND {int(least) - 1}", temp):
            yield Reason("kept.small_cells", f"are counts below {least}", name, small)


def _count(staged: Path, name: str, condition: str, temp: Path) -> int:
    with table.connected(temp=temp) as connection:
        rows = table.rows(connection, staged, [name])
        return int(rows.filter(f"q0 {condition}").aggregate("count(*)").fetchone()[0])


def _named(step: TableStep) -> str:
    return "、".join(step.columns)


_Ask = Callable[[TableStep, Mapping[str, Any], Path, "str | Path | None", Path], Iterator[Reason]]
_ASKED: Mapping[str, _Ask] = {"k_anonymize": _alike, "microaggregate": _together, "small_cells": _large}
