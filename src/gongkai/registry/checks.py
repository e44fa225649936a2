"""What an entry must be before it is registered 登记审核: one small function per rule, with the articles it follows.

The articles are of the five municipal rules (玉林 2020, 天津 2022, 江门, 连云港 2019, 惠州 2024) and of
《政务信息资源目录编制指南（试行）》 2017. What follows from methods, parameters and the policy is checked by ``gongkai.plan``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from gongkai.errors import Fault, known
from gongkai.registry.entry import Entry

if TYPE_CHECKING:
    from gongkai.rules import Rules

WATERMARKS = ("integer", "date", "datetime")


@dataclass(frozen=True, slots=True)
class Breach:
    """A breach of one rule: at which key, what is wrong, what would be right."""

    key: str
    problem: str
    remedy: str


Check = Callable[[Entry, "Rules"], Iterator[Breach]]
_CHECKS: list[tuple[str, Check]] = []


def faults(entry: Entry, rules: Rules, file: str) -> list[Fault]:
    """Every breach of every rule."""
    return [
        Fault(file, breach.key, f"{breach.problem} ({articles})" if articles else breach.problem, breach.remedy)
        for articles, check in _CHECKS
        for breach in check(entry, rules)
    ]


def rule(articles: str = "") -> Callable[[Check], Check]:
    """Enter a function into the table of checks, with the articles that ask for it; none where it is plain sense."""

    def enter(check: Check) -> Check:
        _CHECKS.append((articles, check))
        return check

    return enter


@rule("连云港第11条, 惠州第14条")
def obtained_by_sharing(entry: Entry, _rules: Rules) -> Iterator[Breach]:
    if entry.sharing.obtained:
        yield Breach(
            "sharing.obtained",
            "the department only received this data by sharing, so it may not list it",
            "the department that collects it registers it",
        )


@rule("目录编制指南 2017")
def not_shared_but_open(entry: Entry, _rules: Rules) -> Iterator[Breach]:
    if entry.sharing.type == "not_shared" and entry.opening.type != "closed":
        yield Breach(
            "opening.type",
            "data that is not shared with other departments is not opened to society",
            "write closed, or correct sharing.type",
        )


@rule("玉林第11条, 天津第10条, 目录编制指南 2017")
def conditions(entry: Entry, _rules: Rules) -> Iterator[Breach]:
    for key, item in (("opening", entry.opening), ("sharing", entry.sharing)):
        if item.type == "conditional" and not item.conditions.strip():
            yield Breach(f"{key}.conditions", "is missing, yet the type is conditional", "write under which conditions")


@rule("玉林第11条, 天津第7条")
def closed_with_grounds(entry: Entry, _rules: Rules) -> Iterator[Breach]:
    if entry.opening.type != "closed":
        return
    if not entry.opening.grounds.strip():
        yield Breach("opening.grounds", "is missing, yet the dataset is closed", "name the law that forbids opening it")
    if entry.opening.review_by is None:
        yield Breach("opening.review_by", "is missing, yet the dataset is closed", "write when it is looked at again")


@rule("天津第16条, 惠州第10条")
def irregular_with_age(entry: Entry, _rules: Rules) -> Iterator[Breach]:
    if entry.update.frequency == "irregular" and entry.update.max_age is None:
        yield Breach(
            "update.max_age",
            "is missing, yet the frequency is irregular, so nobody could say when it is late",
            "write the oldest a release may be, as P90D",
        )


@rule()
def lengths_of_time(entry: Entry, _rules: Rules) -> Iterator[Breach]:
    for key, value, least in (
        ("update.max_age", entry.update.max_age, timedelta(seconds=1)),
        ("update.grace", entry.update.grace, timedelta(0)),
        ("source.load.full_every", entry.source.load.full_every, timedelta(seconds=1)),
    ):
        if value is not None and value < least:
            yield Breach(key, "is not a length of time that can pass", "write a positive one, as P30D")


@rule("玉林第14条, 天津第7条")
def classified(entry: Entry, _rules: Rules) -> Iterator[Breach]:
    if entry.opening.type == "closed":
        return
    for index, column in enumerate(entry.columns):
        for name, value, remedy in (
            ("entity", column.entity, "say what it holds; NONE when it is not about a person"),
            ("method", column.method, "say how it is desensitized; keep when it needs nothing"),
        ):
            if column.publish and not value:
                yield Breach(
                    f"columns[{index}].{name}", "is missing, yet the column is published", f"{remedy}, or publish: false"
                )


@rule()
def known_entities(entry: Entry, rules: Rules) -> Iterator[Breach]:
    for index, column in enumerate(entry.columns):
        if column.entity and column.entity not in rules.entities:
            yield Breach(
                f"columns[{index}].entity", "is not an entity of rules/entities.yml", known(column.entity, rules.entities)
            )


@rule()
def publishes_something(entry: Entry, _rules: Rules) -> Iterator[Breach]:
    if entry.opening.type != "closed" and not entry.published:
        yield Breach("columns", "publish nothing, yet the dataset is open", "publish at least one column, or write closed")


@rule()
def distinct_columns(entry: Entry, _rules: Rules) -> Iterator[Breach]:
    for index in _repeated([column.name for column in entry.columns]):
        yield Breach(f"columns[{index}].name", "is the name of an earlier column", "list each column once")
    published = [column.published if column.publish else f"\0{index}" for index, column in enumerate(entry.columns)]
    repeated_names = set(_repeated([column.name for column in entry.columns]))
    for index in _repeated([name.casefold() for name in published]):
        if index not in repeated_names:
            key = f"columns[{index}].publish_as"
            yield Breach(key, "is the published name of an earlier column, capitals aside", "publish it under another")


@rule()
def nothing_blank(entry: Entry, _rules: Rules) -> Iterator[Breach]:
    texts = [("title", entry.title), ("abstract", entry.abstract), ("provider.name", entry.provider.name)]
    texts += [("contact.unit", entry.contact.unit), ("contact.name", entry.contact.name), ("licence.name", entry.licence.name)]
    for index, column in enumerate(entry.columns):
        texts += [(f"columns[{index}].{name}", getattr(column, name)) for name in ("name", "title", "publish_as")]
    for key, value in texts:
        if value is not None and not value.strip():
            yield Breach(key, "is blank", "write it")


@rule()
def distinct_formats(entry: Entry, _rules: Rules) -> Iterator[Breach]:
    for index in _repeated(entry.formats):
        yield Breach(f"formats[{index}]", "is listed twice", "list each format once")


@rule()
def person_is_listed(entry: Entry, _rules: Rules) -> Iterator[Breach]:
    names = [column.name for column in entry.columns]
    if entry.person is not None and entry.person not in names:
        remedy = "name the column whose equal values are one person; it may be publish: false"
        yield Breach("person", "is not one of the columns", remedy)


@rule()
def whole_tables_are_loaded_whole(entry: Entry, _rules: Rules) -> Iterator[Breach]:
    if entry.table and entry.source.load.mode == "incremental":
        remedy = "load in full, or use methods that treat a value by itself"
        yield Breach("table", "a method of the whole table cannot treat the new rows alone", remedy)


@rule()
def deduplicated_by_key(entry: Entry, _rules: Rules) -> Iterator[Breach]:
    if entry.deduplicate and not entry.key:
        yield Breach("deduplicate", "needs a key to tell rows apart by", "write key: true at the columns that make it")


@rule()
def incremental_load(entry: Entry, _rules: Rules) -> Iterator[Breach]:
    load = entry.source.load
    if load.mode == "full":
        for name in ("watermark", "full_every"):
            if getattr(load, name) is not None:
                yield Breach(f"source.load.{name}", "has no meaning in a full load", "write mode: incremental, or remove it")
        return
    if load.watermark is None:
        yield Breach(
            "source.load.watermark", "is missing, yet the load is incremental", "name the column that tells newer rows"
        )
    elif load.watermark not in [column.name for column in entry.columns]:
        yield Breach(
            "source.load.watermark", "is not one of the columns", "list the column; publish: false if it stays inside"
        )
    else:
        yield from _watermark(entry, load.watermark)
    if load.full_every is None:
        yield Breach(
            "source.load.full_every", "is missing, so rows deleted at the source would stay open for ever", "write it, as P30D"
        )
    if "parquet" not in entry.formats:
        yield Breach("formats", "lack parquet, which an incremental load goes on from", "add parquet")
    if not entry.key:
        yield Breach("columns", "have no key, yet the load is incremental", "write key: true at the columns that make it")


def _watermark(entry: Entry, name: str) -> Iterator[Breach]:
    """The newest watermark is kept in the registry, so it may be nothing that says something of a person."""
    index = [column.name for column in entry.columns].index(name)
    column = entry.columns[index]
    if column.type not in WATERMARKS:
        yield Breach(f"columns[{index}].type", "is no watermark's", f"a watermark is {', '.join(WATERMARKS)}")
    if column.entity != "NONE":
        remedy = "name a column about no person and say so: entity: NONE"
        yield Breach(f"columns[{index}].entity", "is kept in the registry as watermark", remedy)


def _repeated(names: Sequence[str]) -> list[int]:
    """Where a name stands that stood before."""
    return [index for index, name in enumerate(names) if name in names[:index]]
