"""A dataset's quality rules 质量规则, read from ``expectations/_common.yml`` and ``expectations/<dataset>.yml``.

Both are written by hand and speak of *published* columns. The common file holds for every dataset; a dataset's own adds rules
and may set its own tolerances. Reading them needs no Great Expectations, so that ``apply`` can say at once what is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from gongkai import documents, rules
from gongkai.documents import validation
from gongkai.errors import Fault, known
from gongkai.leaks.staged import WORDS
from gongkai.project import Project
from gongkai.quality.dimensions import DIMENSIONS
from gongkai.quality.vocabulary import TYPES, Mostly, Parameters
from gongkai.rules import Rules

COMMON = "_common.yml"
ANSWERABLE = ("NONE", "ORG_", "USCC", "BUSINESS_REG_NO")
"""Entities, by their beginning, whose columns somebody may answer for in ``allow``: what is not a person's. Even a column of
offices' telephones needs that word before it may hold a mobile number."""

Share = Annotated[float, Field(ge=0, le=1)]


class Text(BaseModel):
    """A sentence in both languages."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    zh: Annotated[str, Field(min_length=1, max_length=200)]
    en: Annotated[str, Field(min_length=1, max_length=200)]


def _kind(word: str) -> str:
    """A kind of the leak scan, or an entity, which is what the drift guard may take a column for; ``load`` looks it up."""
    if word not in WORDS and not word.isupper():
        raise ValueError(f"one of {', '.join(WORDS)}, or an entity of rules/entities.yml")
    return word


class Waiver(BaseModel):
    """Somebody's word that what looks like a person's identifier in a column is none, and why."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    column: str
    kind: Annotated[str, AfterValidator(_kind)]
    reason: Annotated[str, Field(min_length=4, max_length=500)]


def _dimension(word: str) -> str:
    names = {name: code for code, item in DIMENSIONS.items() for name in (code, *item.titles)}
    if word not in names:
        raise ValueError(f"one of {', '.join(names)}")
    return names[word]


class Head(BaseModel):
    """What every rule has, whatever its type."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    code: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]*-[0-9]{2,3}$")]
    type: str
    dimension: Annotated[str, AfterValidator(_dimension)]
    severity: Literal["critical", "warning", "info"]
    description: Text
    for_each: Literal["columns", "key", "text", "integer", "decimal", "float", "boolean", "date", "datetime"] | None = None


def _by_column(given: Any) -> Any:
    """One share for all columns is written as a number."""
    return given if isinstance(given, dict) else {"*": given}


class File(BaseModel):
    """One file of expectations."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    unfit: Annotated[dict[str, Share], BeforeValidator(_by_column)] = {}
    row_change: Annotated[float, Field(gt=0)] | None = None
    allow: list[Waiver] = []
    rules: list[dict[str, Any]] = []


@dataclass(frozen=True, slots=True)
class CheckedColumn:
    """What a rule must know of a published column. ``type``: its logical type, None where its method decides it."""

    name: str
    type: str | None
    entity: str = "NONE"
    key: bool = False

    @property
    def family(self) -> str | None:
        return self.type.partition("(")[0] if self.type else None


@dataclass(frozen=True, slots=True)
class Rule:
    """One question asked of the table. ``code`` is unique in the suite; a rule for many columns has its column in it."""

    code: str
    type: str
    columns: tuple[str, ...]
    dimension: str
    severity: str
    description: Text
    arguments: Mapping[str, Any]

    @property
    def mostly(self) -> float:
        return float(self.arguments.get("mostly", 1.0))


@dataclass(frozen=True, slots=True)
class Suite:
    """Everything asked of one dataset. ``unfit``: the share of a column's values that may not fit, by column or ``*``;
    ``row_change``: by how many percent the number of rows may differ from the last release."""

    rules: tuple[Rule, ...]
    unfit: Mapping[str, float]
    row_change: float | None
    waivers: tuple[Waiver, ...]

    def tolerates(self, column: str) -> float:
        return self.unfit.get(column, self.unfit.get("*", 0.0))


def names(code: str) -> tuple[str, str]:
    """The files of a dataset's suite: what is asked of every dataset, and of this one."""
    return COMMON, f"{code}.yml"


def load(project: Project, code: str, columns: Sequence[CheckedColumn]) -> tuple[Suite, list[Fault]]:
    """The suite of a dataset with these published columns, and everything wrong in its files."""
    faults: list[Fault] = []
    asked: dict[str, Rule] = {}
    unfit: dict[str, float] = {"*": 0.0}
    row_change: float | None = None
    waivers: list[Waiver] = []
    for name in names(code):
        path = project.file("expectations", name)
        if path is None:
            if name == COMMON:
                faults.append(Fault(f"expectations/{name}", "", "is missing", "it holds what is asked of every dataset"))
            continue
        file, wrong = _read(path, f"expectations/{name}")
        faults += wrong
        if file is None:
            continue
        row_change = file.row_change if file.row_change is not None else row_change
        unfit |= file.unfit
        waivers += file.allow
        faults += _column_faults(f"expectations/{name}", file, columns, rules.load(project))
        for rule, wrong in _rules(f"expectations/{name}", file.rules, columns):
            faults += wrong
            if rule is not None and rule.code in asked:
                faults.append(Fault(f"expectations/{name}", "rules", f"has the code {rule.code} twice", "give it another"))
            elif rule is not None:
                asked[rule.code] = rule
    return Suite(tuple(asked.values()), unfit, row_change, tuple(waivers)), faults


def _read(path: Path, file: str) -> tuple[File | None, list[Fault]]:
    value, faults = documents.read(path, file)
    if faults:
        return None, faults
    return validation.fit(File, {} if value is None else value, file)


def _column_faults(file: str, given: File, columns: Sequence[CheckedColumn], in_force: Rules) -> Iterator[Fault]:
    """Tolerances and waivers that name a column which is not published, or one nobody may answer for."""
    entities = {column.name: column.entity for column in columns}
    for name in given.unfit:
        if name != "*" and name not in entities:
            yield Fault(file, f"unfit.{name}", "is no published column", known(name, entities))
    for index, waiver in enumerate(given.allow):
        if waiver.kind not in WORDS and waiver.kind not in in_force.entities:
            remedy = f"one of {', '.join(WORDS)}, or an entity of rules/entities.yml"
            yield Fault(file, f"allow[{index}].kind", "does not fit", remedy)
        if waiver.column not in entities:
            yield Fault(file, f"allow[{index}].column", "is no published column", known(waiver.column, entities))
        elif not entities[waiver.column].startswith(ANSWERABLE):
            remedy = "only a column of no entity or of an organisation may hold such numbers: mask it instead"
            yield Fault(file, f"allow[{index}].column", "is a person's column", remedy)


def _rules(
    file: str, written: Sequence[Mapping[str, Any]], columns: Sequence[CheckedColumn]
) -> Iterator[tuple[Rule | None, list[Fault]]]:
    for index, document in enumerate(written):
        key = f"rules[{index}]"
        if "code" in document and isinstance(document["code"], str):
            key += f" {documents.path((document['code'],))}"
        head, faults = validation.fit(Head, document, file)
        faults = [_under(key, fault) for fault in faults]
        if head is not None and head.type not in TYPES:
            faults.append(Fault(file, f"{key}.type", "is no rule known here", known(head.type, TYPES)))
        elif head is not None and head.for_each is not None and not TYPES[head.type].EACH:
            faults.append(Fault(file, f"{key}.for_each", "does not go with this type", "name its columns"))
        if head is None or faults:
            yield None, faults
            continue
        parameters = {name: value for name, value in document.items() if name not in Head.model_fields}
        for column in _targets(head, columns):
            yield _rule(file, key, head, parameters, column, columns)


def _targets(head: Head, columns: Sequence[CheckedColumn]) -> list[CheckedColumn | None]:
    if head.for_each is None:
        return [None]
    if head.for_each == "columns":
        return list(columns)
    if head.for_each == "key":
        return [column for column in columns if column.key]
    return [column for column in columns if column.family == head.for_each]


def _rule(
    file: str,
    key: str,
    head: Head,
    parameters: Mapping[str, Any],
    column: CheckedColumn | None,
    columns: Sequence[CheckedColumn],
) -> tuple[Rule | None, list[Fault]]:
    model = TYPES[head.type]
    document = dict(parameters) | ({"column": column.name} if column is not None else {})
    given, faults = validation.fit(model, document, file)
    if "mostly" in parameters and model.EACH and not issubclass(model, Mostly):
        faults = [Fault(file, "mostly", "tolerates what must not stand there", "leave it out; the severity may be lower")]
    faults = [_under(key, fault) for fault in faults]
    if given is None or faults:
        return None, faults
    faults = list(_type_faults(file, key, given, columns))
    if faults:
        return None, faults
    code = head.code if column is None else f"{head.code}.{column.name}"
    return Rule(code, head.type, tuple(given.columns()), head.dimension, head.severity, head.description, given.arguments()), []


def _type_faults(file: str, key: str, given: Parameters, columns: Sequence[CheckedColumn]) -> Iterator[Fault]:
    """Columns that are not published, or whose type the rule cannot be asked of."""
    by_name = {column.name: column for column in columns}
    for name in given.columns():
        if name not in by_name:
            yield Fault(file, f"{key}.column", "is no published column", known(name, by_name))
            continue
        family = by_name[name].family
        if family is None:
            continue
        if given.ON and family not in given.ON:
            remedy = f"this rule is for {', '.join(sorted(given.ON))}"
            yield Fault(file, f"{key}.column", f"is a column of type {family}", remedy)
            continue
        wanted = str if family in ("text", "date", "datetime") else int | float
        for parameter in ("min_value", "max_value", "value_set"):
            value = given.arguments().get(parameter, [])
            if type(given).__name__ in ("Between", "InSet", "NotInSet") and not all(
                isinstance(item, wanted) for item in (value if isinstance(value, list) else [value])
            ):
                remedy = "quote it" if wanted is str else "write a number"
                yield Fault(file, f"{key}.{parameter}", f"does not go with a column of type {family}", remedy)


def _under(key: str, fault: Fault) -> Fault:
    return Fault(fault.file, f"{key}.{fault.key}" if fault.key else key, fault.problem, fault.remedy)
