"""What is wrong with an entry 方案审核: its source, its formats, its methods and their parameters, and what the policy forbids.

First every column by itself; when each is right, what all of them tell together.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from gongkai import clean, plugins
from gongkai.disclosure import LOOKALIKE, RUNNING_TEXT, WHOLE, Disclosure, Form
from gongkai.errors import Fault, known
from gongkai.plan import methods, steps
from gongkai.plan.disclosed import residuals
from gongkai.registry.entry import Column, Entry
from gongkai.risk.disclosure import Residual
from gongkai.rules import Entity, Rules

SCAN_BY_PROGRAM = frozenset({"columns", "since"})


def faults(entry: Entry, rules: Rules, file: str) -> list[Fault]:
    """Everything wrong with an entry's source, columns and formats that can be seen without its source."""
    found = [*_source_faults(entry, file), *_format_faults(entry, file)]
    treated: list[Fault] = []
    for index, column in enumerate(entry.columns):
        key = f"columns[{index}]"
        found += clean.parse(column.clean, key=f"{key}.clean", file=file)[1]
        if column.publish and column.method is not None and column.entity in rules.entities:
            treated += _method_faults(entry, column, rules, file, key)
    if not treated and all(column.method and column.entity in rules.entities for column in entry.published):
        treated += [*steps.faults(entry, rules, file), *_residual_faults(entry, rules, file)]
    return found + treated


def _source_faults(entry: Entry, file: str) -> list[Fault]:
    kinds = plugins.names("gongkai.sources")
    if entry.source.kind not in kinds:
        return [Fault(file, "source.kind", f"no source of kind '{entry.source.kind}'", known(entry.source.kind, kinds))]
    scan = plugins.load("gongkai.sources", entry.source.kind).scan
    return plugins.check(scan, entry.source.parameters, file=file, key="source", given_by_program=SCAN_BY_PROGRAM)[1]


def _format_faults(entry: Entry, file: str) -> list[Fault]:
    formats = plugins.names("gongkai.formats")
    unknown = [
        Fault(file, f"formats[{index}]", f"no format called '{name}'", known(name, formats))
        for index, name in enumerate(entry.formats)
        if name not in formats
    ]
    if not entry.formats:
        unknown.append(Fault(file, "formats", "is empty", f"name at least one of {', '.join(formats)}"))
    return unknown


def _method_faults(entry: Entry, column: Column, rules: Rules, file: str, key: str) -> list[Fault]:
    if column.method not in methods.names():
        remedy = known(str(column.method), methods.names())
        return [Fault(file, f"{key}.method", f"no method called '{column.method}'", remedy)]
    method = methods.load(column.method)
    given, found = methods.check(method, column.params, file, f"{key}.params")
    family = column.type.partition("(")[0]
    if family not in method.TYPES:
        fitting = ", ".join(sorted(method.TYPES))
        found.append(Fault(file, f"{key}.method", f"{column.method} takes no {column.type} column", f"it takes {fitting}"))
    if not whole(entry) and methods.whole_table(method):
        remedy = "load in full, or use a method that treats a value by itself"
        found.append(Fault(file, f"{key}.method", f"{column.method} cannot treat the new rows alone", remedy))
    if not methods.whole_table(method) and methods.wants(method, "person") and _needs_person(method) and entry.person is None:
        remedy = "name it: person: the column whose equal values are one person"
        found.append(Fault(file, "person", f"is missing, and {column.method} treats each person by himself", remedy))
    if found:
        return found
    entity = rules.entities[str(column.entity)]
    try:
        left = methods.revealed(method, entity.code, given)
        methods.output(method, column.type, entity.code, given)
    except ValueError as error:  # a method's own word on its parameters; there is no data yet that it could quote
        return [Fault(file, f"{key}.params", str(error), f"see the parameters of {column.method}")]
    return [] if entry.opening.type == "closed" else _policy_faults(entry, column, left, entity, rules, file, key)


def whole(entry: Entry) -> bool:
    """Whether every run has the whole table before it."""
    return entry.source.load.mode == "full"


def _needs_person(method: object) -> bool:
    return bool(getattr(method, "NEEDS_PERSON", False))


def _policy_faults(
    entry: Entry, column: Column, left: Disclosure, entity: Entity, rules: Rules, file: str, key: str
) -> list[Fault]:
    allowed = rules.allowed(entity.code, entry.opening.type)
    where = f"at level {entity.level} opened as {entry.opening.type}"
    if column.method not in allowed.methods:
        choice = f"allowed: {', '.join(sorted(allowed.methods))}" if allowed.methods else "such a column is not published"
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


def _residual_faults(entry: Entry, rules: Rules, file: str) -> Iterator[Fault]:
    """All columns together leave at least as many candidates of each identifier as the policy wants."""
    if entry.opening.type == "closed":
        return
    for residual in residuals(entry.published):
        wanted = rules.candidates((told.entity for told in residual.shown), entry.opening.type)
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
