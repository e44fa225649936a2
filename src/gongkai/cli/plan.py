"""``gongkai plan``: what will be done with every column of a dataset, and what a reader of all of them is left with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gongkai.cli._tables import as_json, table
from gongkai.project import Project

if TYPE_CHECKING:
    from gongkai.disclosure import Disclosure
    from gongkai.errors import Fault
    from gongkai.registry.entry import Entry
    from gongkai.risk.disclosure import Residual
    from gongkai.rules import Demand, Rules

FORMS = {"NOTHING": "隐去 nothing", "LINK": "假名 link", "COARSE": "概化 coarse", "PART": "部分 part", "ALL": "原值 all"}


def register(app: typer.Typer) -> None:
    app.command("plan")(plan)


def plan(
    dataset: Annotated[str, typer.Argument(metavar="CODE|FILE", help="A registered dataset, or the file of an entry.")],
    explain: Annotated[bool, typer.Option("--explain", help="Count what is left of each identifier, step by step.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show how each column is treated, what of it stays, and whether the policy lets it."""
    from gongkai import rules
    from gongkai.errors import ConfigError
    from gongkai.plan import faults, foreseen
    from gongkai.plan.steps import demanded
    from gongkai.risk.disclosure import residuals

    project = Project.find()
    in_force = rules.load(project)
    entry, file = _entry(project, dataset, in_force)
    wrong = faults(project, entry, file)
    told = foreseen(entry.published, project)
    stays = {each.column: _left(each.left) for each in told}
    found, demand = residuals(told, project), demanded(project, entry)
    if json:
        as_json(_document(entry, in_force, stays, found, demand, wrong))
    else:
        _show(entry, in_force, stays, demand)
        if explain:
            _explain(entry, in_force, found)
    if wrong:
        raise ConfigError(*wrong)


def _entry(project: Project, dataset: str, rules: Rules) -> tuple[Entry, str]:
    from gongkai.errors import ConfigError
    from gongkai.registry import read
    from gongkai.registry.store import of as registry_of

    path = Path(dataset)
    if path.suffix not in (".yml", ".yaml"):
        return registry_of(project).current(dataset).entry, dataset
    found = read.one(path, project.settings.catalog, rules, lambda entry, file: [])
    if found.entry is None:
        raise ConfigError(*found.faults)
    return found.entry, found.file


def _show(entry: Entry, rules: Rules, stays: Mapping[str, str], demand: Demand) -> None:
    typer.echo(f"{entry.code}  {entry.title}  {entry.opening.type}")
    rows = [
        _row(column, rules, stays) if column.publish else (column.published, column.title, "–", "不发布 not published", "–")
        for column in entry.columns
    ]
    table(("列 column", "名称 title", "实体 entity", "方法 method", "留给读者 what stays"), rows)
    typer.echo(_demand(demand))


def _row(column: Any, rules: Rules, stays: Mapping[str, str]) -> tuple[str, ...]:
    """A published column; a question mark where its parameters are wrong."""
    kind = rules.entities.get(str(column.entity))
    params = ", ".join(f"{name}: {value}" for name, value in column.params.items())
    entity = f"{column.entity} {kind.title}" if kind is not None else str(column.entity)
    return column.published, column.title, entity, f"{column.method} {params}".strip(), stays.get(column.published, "?")


def _left(left: Disclosure) -> str:
    from gongkai.disclosure import Form

    told = [FORMS[left.form.name]]
    if left.form is Form.PART and left.first + left.last:
        told.append(f"{left.first}…{left.last}")
    told += sorted(left.parts - {"length"})
    if left.linkable and left.form is not Form.ALL:
        told.append("linkable 可关联" + (f" in {left.domain}" if left.domain else ""))
    return ", ".join(told)


def _demand(demand: Demand) -> str:
    if demand.k <= 1:
        return "rows 行级要求: none"
    least = f"k ≥ {demand.k}, l ≥ {demand.l}, t ≤ {demand.t:g}, suppressed ≤ {demand.suppress:.0%}"
    return f"rows 行级要求: {least}; reviews {', '.join(demand.reviews)}"


def _explain(entry: Entry, rules: Rules, found: Sequence[Residual]) -> None:
    typer.echo("")
    if not found:
        typer.echo("no identifier shows any of its characters 没有显示任何标识符的字符")
    for residual in found:
        for line in _reasoning(entry, rules, residual):
            typer.echo(line)


def _reasoning(entry: Entry, rules: Rules, residual: Residual) -> Iterator[str]:
    """One identifier: what shows of it, what is known beside it, how many are left, and what the policy wants."""
    left = residual.remaining
    wanted = rules.candidates((told.entity for told in residual.shown), entry.opening.type)
    subject = f" ({residual.subject})" if residual.subject else ""
    yield f"{residual.title}{subject}: 剩余候选 {_range(left.least, left.most)} left"
    shown = ", ".join(told.column for told in residual.shown)
    yield f"  shown by {shown}: characters {residual.masked}"
    if residual.beside:
        yield f"  known beside it from {', '.join(told.column for told in residual.beside)}"
    for step in left.steps:
        yield f"  · {step.zh}  {step.en}"
    if left.example is not None:
        yield f"  for example {left.example[0]}: {left.example[1]:,}"
    verdict = "enough 足够" if left.least >= wanted else "too few 不足"
    yield f"  the policy wants at least {wanted:,}: {verdict}"


def _range(least: int, most: int) -> str:
    return f"{least:,}" if least == most else f"{least:,}–{most:,}"


def _document(
    entry: Entry,
    rules: Rules,
    stays: Mapping[str, str],
    found: Sequence[Residual],
    demand: Demand,
    wrong: Sequence[Fault],
) -> dict[str, Any]:
    from dataclasses import asdict

    from gongkai.risk.disclosure import document

    columns = [
        {"column": column.published, "title": column.title, "entity": column.entity, "method": column.method,
         "params": column.params, "left": stays.get(column.published)}
        for column in entry.published
    ]  # fmt: skip
    identifiers = [document(each, rules.candidates((told.entity for told in each.shown), entry.opening.type)) for each in found]
    return {"code": entry.code, "opening": entry.opening.type, "columns": columns, "identifiers": identifiers,
            "rows": asdict(demand), "faults": [asdict(fault) for fault in wrong]}  # fmt: skip
