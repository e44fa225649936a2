"""What is wrong with an entry 方案审核: its source, its formats, its methods and their parameters, and what the policy forbids.

First every column by itself; when each is right, what all of them tell together.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from gongkai import plugins, rules
from gongkai.columns import cleaning
from gongkai.disclosure import LOOKALIKE, RUNNING_TEXT, WHOLE, Disclosure, Form
from gongkai.errors import DataError, Fault, known
from gongkai.plan import contract, steps
from gongkai.plan.contract import Method
from gongkai.plan.disclosed import foreseen
from gongkai.project import Project
from gongkai.registry.entry import Column, Entry
from gongkai.risk.disclosure import Residual, residuals
from gongkai.rules import Entity, Rules

SCAN_BY_PROGRAM = frozenset({"columns", "project", "since"})


def faults(project: Project, entry: Entry, file: str) -> list[Fault]:
    """Everything wrong with an entry's source, columns and formats that can be seen without its source."""
    in_force = rules.load(project)
    found = [*_source_faults(project, entry, file), *_format_faults(project, entry, file)]
    found += _increment_faults(project, entry, file)
    treated: list[Fault] = []
    for index, column in enumerate(entry.columns):
        key = f"columns[{index}]"
        found += cleaning.parse(column.clean, key=f"{key}.clean", file=file)[1]
        if column.publish and column.method is not None and column.entity in in_force.entities:
            treated += _method_faults(project, entry, column, file, key)
    if not treated and all(column.method and column.entity in in_force.entities for column in entry.published):
        treated += [*steps.faults(project, entry, file), *_residual_faults(project, entry, file)]
    return found + treated


def _source_faults(project: Project, entry: Entry, file: str) -> list[Fault]:
    kinds = plugins.names(project, "sources")
    if entry.source.kind not in kinds:
        return [Fault(file, "source.kind", f"no source of kind '{entry.source.kind}'", known(entry.source.kind, kinds))]
    scan = plugins.load(project, "sources", entry.source.kind).scan
    return plugins.check(scan, entry.source.parameters, file=file, key="source", given_by_program=SCAN_BY_PROGRAM)[1]


def _format_faults(project: Project, entry: Entry, file: str) -> list[Fault]:
    formats = plugins.names(project, "formats")
    unknown = [
        Fault(file, f"formats[{index}]", f"no format called '{name}'", known(name, formats))
        for index, name in enumerate(entry.formats)
        if name not in formats
    ]
    if not entry.formats:
        unknown.append(Fault(file, "formats", "is empty", f"name at least one of {', '.join(formats)}"))
    return unknown


def _increment_faults(project: Project, entry: Entry, file: str) -> Iterator[Fault]:
    """A changed row finds its earlier self in the last release by its key, and its person by the person's column."""
    if whole(entry):
        return
    for index, column in enumerate(entry.columns):
        key, apart = f"columns[{index}]", _keeps_apart(project, column)
        if column.name == entry.person and not (column.publish and apart):
            problem = "is not so that persons of an incremental load can be told apart"
            yield Fault(file, f"{key}.publish", problem, "publish it pseudonymized, or load in full")
        if not column.key or entry.opening.type == "closed":
            continue
        if not column.publish:
            problem = "is false, yet an incremental load merges by this key"
            yield Fault(file, f"{key}.publish", problem, "publish it pseudonymized")
        elif column.method and not apart:
            problem = "makes different keys equal, yet an incremental load merges by this key"
            mergeable = [name for name in contract.names(project) if contract.load(project, name).keeps_apart]
            yield Fault(file, f"{key}.method", problem, f"use {' or '.join(mergeable)}, or load in full")


def _keeps_apart(project: Project, column: Column) -> bool:
    return column.method in contract.names(project) and contract.load(project, str(column.method)).keeps_apart


def _method_faults(project: Project, entry: Entry, column: Column, file: str, key: str) -> list[Fault]:
    if column.method not in contract.names(project):
        remedy = known(str(column.method), contract.names(project))
        return [Fault(file, f"{key}.method", f"no method called '{column.method}'", remedy)]
    method = contract.load(project, column.method)
    if method.lacks:
        return [_lacking(method, file, f"{key}.method")]
    given, found = method.check(column.params, file, f"{key}.params")
    family = column.type.partition("(")[0]
    if family not in method.types:
        fitting = ", ".join(sorted(method.types))
        found.append(Fault(file, f"{key}.method", f"{column.method} takes no {column.type} column", f"it takes {fitting}"))
    if not whole(entry) and method.whole_table:
        remedy = "load in full, or use a method that treats a value by itself"
        found.append(Fault(file, f"{key}.method", f"{column.method} cannot treat the new rows alone", remedy))
    if method.needs_person and method.by_person and entry.person is None:
        remedy = "name it: person: the column whose equal values are one person"
        found.append(Fault(file, "person", f"is missing, and {column.method} treats each person apart", remedy))
    if found:
        return found
    entity = rules.load(project).entities[str(column.entity)]
    try:
        left = method.reveals(entity.code, given)
        method.output(column.type, entity.code, given)
    except (ValueError, DataError) as error:  # a method's own word on its parameters; there is no data that it could quote
        return [Fault(file, f"{key}.params", str(error), f"see the parameters of {column.method}")]
    return [] if entry.opening.type == "closed" else _policy_faults(entry, column, left, entity, rules.load(project), file, key)


def _lacking(method: Method, file: str, key: str) -> Fault:
    if method.lacks == ("broken",):
        problem = f"{method.name} does not say how its word is checked"
        return Fault(file, key, problem, "add broken(params, columns, staged) to it")
    return Fault(file, key, f"{method.name} has no {', '.join(method.lacks)}", "see CONTRIBUTING.md")


def whole(entry: Entry) -> bool:
    """Whether every run has the whole table before it."""
    return entry.source.load.mode == "full"


def _policy_faults(
    entry: Entry, column: Column, left: Disclosure, entity: Entity, in_force: Rules, file: str, key: str
) -> list[Fault]:
    allowed = in_force.allowed(entity.code, entry.opening.type)
    where = f"at level {entity.level} opened as {entry.opening.type}"
    if column.method not in allowed.methods:
        choice = "such a column is not published"
        if allowed.methods:
            choice = f"rules/policy.yml allows {', '.join(sorted(allowed.methods))}"
        return [Fault(file, f"{key}.method", f"the policy forbids {column.method} {where}", choice)]
    if RUNNING_TEXT in left.parts and entity.code != "FREE_TEXT" and allowed.form < Form.ALL:
        remedy = "it is for running text; take a method that treats the whole value"
        return [Fault(file, f"{key}.method", f"{column.method} leaves every value in which it recognises nothing", remedy)]
    if WHOLE in left.parts and entity.group in ("direct", "sensitive") and allowed.form < Form.ALL:
        remedy = "give it a ladder whose finest level is coarser than the value"
        return [Fault(file, f"{key}.params", f"{column.method} may leave a value whole {where}", remedy)]
    if left.form > allowed.form:
        most = f"at most {allowed.form.name.lower()}"
        return [Fault(file, f"{key}.method", f"{column.method} discloses {left.form.name.lower()} {where}", most)]
    if left.first > allowed.first or left.last > allowed.last:
        most = f"at most {allowed.first} leading and {allowed.last} trailing characters"
        return [Fault(file, f"{key}.params", f"shows {left.first} leading and {left.last} trailing characters {where}", most)]
    if left.form is Form.PART and left.middle and (beyond := left.parts - entity.parts - {"length", LOOKALIKE}):
        may = f"may show: {', '.join(sorted(entity.parts))}" if entity.parts else "none of its parts may be shown by name"
        return [Fault(file, f"{key}.params.show", f"shows {', '.join(sorted(beyond))} {where}", may)]
    return list(_unmasked_faults(column, left, entity, file, key))


def _unmasked_faults(column: Column, left: Disclosure, entity: Entity, file: str, key: str) -> Iterator[Fault]:
    """Something about a person that is published as it is stands on a law, a name and a date."""
    if left.form is not Form.ALL or entity.group == "plain":
        return
    if column.unmasked is None:
        remedy = "write unmasked: {basis: the law and article, by: who answers for it, until: a date}, or take another method"
        yield Fault(file, f"{key}.unmasked", f"is missing, yet {entity.code} is published as it is", remedy)
    elif column.unmasked.until < date.today():
        remedy = "renew it after a review, or take another method"
        yield Fault(file, f"{key}.unmasked.until", f"has passed ({column.unmasked.until.isoformat()})", remedy)


def _residual_faults(project: Project, entry: Entry, file: str) -> Iterator[Fault]:
    """All columns together leave at least as many candidates of each identifier as the policy wants."""
    if entry.opening.type == "closed":
        return
    for residual in residuals(foreseen(entry.published, project), project):
        wanted = rules.load(project).candidates((told.entity for told in residual.shown), entry.opening.type)
        if residual.remaining.least < wanted:
            yield _too_few(entry, residual, wanted, file)


def _too_few(entry: Entry, residual: Residual, wanted: int, file: str) -> Fault:
    columns = [column.published for column in entry.columns]
    index = columns.index(residual.shown[0].column)
    names = ", ".join(told.column for told in residual.shown)
    beside = f" beside {', '.join(told.column for told in residual.beside)}" if residual.beside else ""
    count = "one number" if residual.remaining.least == 1 else f"{residual.remaining.least:,} numbers"
    problem = f"characters {residual.masked} of {residual.title}{beside} leave {count}, the policy wants {wanted:,}"
    if len(residual.shown) > 1:
        problem = f"{names} together: {problem}"
    remedy = f"show less of it, or make the others coarser; `gongkai plan {entry.code} --explain` counts it"
    return Fault(file, f"columns[{index}].params", problem, remedy)
