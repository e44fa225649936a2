"""A draft entry for a table that nobody registered 目录条目草稿: it applies, plans and runs as it stands.

Closed by default: a column whose nature is not sure, or of which the policy leaves nothing, stays inside, and a note says why.
What only the department can know is filled in and marked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal

import pyarrow as pa

from gongkai import rules
from gongkai.classify import Finding, Sample
from gongkai.drafting import cleaning, confidence, cross_column, keys, suggestions, types
from gongkai.drafting.column_statistics import Facts
from gongkai.drafting.profile import Survey
from gongkai.errors import ConfigError
from gongkai.plan import contract
from gongkai.project import Project
from gongkai.registry import checks, credentials
from gongkai.registry.entry import Column, Entry
from gongkai.rules import Rules

Opening = Literal["unconditional", "conditional"]
_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{1,79}")
_LOOK_FIRST = "文本识别不保证找全，核对后删去 publish: false no detection is complete: look, then open it"
_TITLE_ENDS = re.compile(r"[:：,，;；。(（\[【\n\r]|\s{2,}")


@dataclass(frozen=True, slots=True)
class Draft:
    """The entry, and what a reader of its file is told: a note per column, by its source name."""

    entry: Entry
    notes: Mapping[str, str]
    hint: str = ""


@dataclass(slots=True)
class _Column:
    """One column while it is drafted."""

    sample: Sample
    finding: Finding
    facts: Facts
    values: pa.Array | None
    column: Column
    number: str | None = None
    reason: str = ""
    notes: list[str] = field(default_factory=list)


def code(text: str) -> str:
    """A dataset code made of a name; ``dataset`` where nothing of it may stand in one.

    >>> code("dbo.Clinic_Visit"), code("门诊登记")
    ('clinic_visit', 'dataset')
    """
    plain = re.sub(r"[^a-z0-9_-]+", "-", text.rpartition(".")[2].lower()).strip("-_")
    return plain[:60] if _CODE.fullmatch(plain[:60]) else "dataset"


def build(
    project: Project, survey: Survey, *, name: str, department: str, opening: Opening = "unconditional", open_text: bool = False
) -> Draft:
    """The draft of a surveyed table. ConfigError when no source of an entry can read where it stands.

    Running text gets the method that takes persons out of it, and yet stays inside: no detection is complete, so somebody
    looks first. With ``open_text`` it is published right away.
    """
    if survey.origin.source is None:
        raise ConfigError.of(
            "no source of an entry reads such a file", "export it as CSV or XLSX, or classify it without a draft"
        )
    in_force = rules.load(project)
    skeleton = _skeleton(survey, name, department, opening)
    drafted = [
        _begin(sample, finding, survey, in_force) for sample, finding in zip(survey.samples, survey.findings, strict=True)
    ]
    personal = cross_column.personal(survey.samples, survey.findings)
    for item in drafted:
        _decide(project, item, skeleton, personal)
        if item.column.method == suggestions.REDACT and not open_text:
            item.column = item.column.model_copy(update={"publish": False})
            item.notes.append(_LOOK_FIRST)
    _hide_days(project, drafted, skeleton)
    key = keys.choose([(it.column, it.facts) for it in drafted], survey, in_force)
    columns = _apart([it.column.model_copy(update={"key": it.column.name in key}) for it in drafted])
    entry = _closed(skeleton.model_copy(update={"columns": columns, "person": _person(columns)}))
    if wrong := checks.faults(entry, in_force, name):
        raise ConfigError(*wrong)
    return Draft(entry, {it.column.name: "; ".join(it.notes) for it in drafted}, survey.origin.hint)


def _skeleton(survey: Survey, name: str, department: str, opening: str) -> Entry:
    """All but the columns. What is filled in is valid, and no more than that."""
    conditional = {"type": "conditional", "conditions": "签订数据使用协议"}
    return Entry.model_validate(
        {
            "code": name,
            "title": survey.origin.name,
            "department": department,
            "category": "待分类",
            "provider": {"name": "待填写的提供单位", "code": "0" * 18},
            "abstract": f"{survey.origin.name}（待填写摘要）",
            "format": survey.origin.format,
            "sharing": {"type": "unconditional"},
            "opening": conditional if opening == "conditional" else {"type": "unconditional"},
            "update": {"frequency": "monthly"},
            "issued": date.today(),
            "licence": {"name": "待填写的公共数据开放许可"},
            "contact": {"unit": "待填写的联系部门", "name": "待填写的联系人"},
            "source": dict(survey.origin.source or {}),
            "columns": [{"name": "-", "title": "-", "publish": False}],
        }
    )


def _begin(sample: Sample, finding: Finding, survey: Survey, in_force: Rules) -> _Column:
    """Title, type, cleaning and entity of a column; whether anything is against publishing it."""
    facts = survey.facts[sample.name]
    entity = in_force.entities.get(finding.entity, in_force.entities["NONE"])  # one the city's rules do not know stays inside
    declared = types.native(sample.native or "")
    column = Column(name=sample.name, title=_title(sample), description=_description(sample), entity=entity.code)
    item = _Column(sample, finding, facts, sample.values, column)
    item.notes.append(confidence.told(finding, in_force))
    item.number = types.number(declared, facts) if survey.complete or declared else None
    kind, steps = "text", list[Any]()
    if entity.group == "plain" or entity.code in ("GENDER", "HUKOU", "EDUCATION"):
        kind, steps = types.plain(_names(sample), declared, facts) if survey.complete or declared else ("text", [])
    elif entity.code == "DATE_OF_BIRTH":
        kind, steps = ("date", []) if declared in ("date", "datetime") else types.moment("日期", facts) or ("text", [])
    item.reason = confidence.reason(finding, sample, in_force) or cross_column.reason(sample, finding, survey.findings) or ""
    if kind == "text" and sample.values is not None and len(sample.values):
        steps, share = cleaning.suggest(sample.values, entity.shape, blanks=facts.blanks > 0)
        item.values = cleaning.apply(sample.values, steps)
        if share < cleaning.FITTING:
            item.reason = item.reason or f"{1 - share:.0%} 的取值不符合该类型的格式 do not have its shape"
    item.column = item.column.model_copy(update={"type": kind, "clean": steps})
    return item


def _person(columns: Sequence[Column]) -> str | None:
    """The column that tells persons apart: that of the only ID number there is, published or not."""
    found = [column.name for column in columns if column.entity == "CN_ID_CARD"]
    return found[0] if len(found) == 1 else None


def _decide(project: Project, item: _Column, entry: Entry, personal: bool) -> None:
    """Method and parameters, or that the column stays inside."""
    column = item.column
    if item.reason:
        item.column = _inside(column)
        item.notes.append(f"不公开 kept inside: {item.reason}")
        return
    found = suggestions.suggest(project, column, entry, item.values, number=item.number, personal=personal)
    if found is None:
        item.column = _inside(column)
        item.notes.append("不公开 kept inside: 按策略脱敏后没有可读的内容 the policy leaves nothing of it to read")
        return
    given = {"method": found.method, "params": dict(found.params), "type": found.type}
    item.column = column.model_copy(update=given)


def _hide_days(project: Project, drafted: Sequence[_Column], entry: Entry) -> None:
    """Codes that begin with the day of a date that was made coarser would give it back: they become pseudonyms."""
    if not any(it.column.entity == "NONE" and it.column.method == suggestions.COARSER_DATE for it in drafted):
        return
    for item in drafted:
        column = item.column
        if column.entity != "NONE" or not _is_kept(project, column) or column.type not in ("text", "integer"):
            continue
        if not cross_column.dated(item.values):
            continue
        given = {"method": suggestions.PSEUDONYM.method, "params": {}, "type": "text"}
        allowed = suggestions.allowed(project, column, suggestions.PSEUDONYM, entry)
        item.column = column.model_copy(update=given) if allowed else _inside(column)
        item.notes.append("取值以日期开头，会还原已粗化的日期 begins with the day that a date of the table hides")


def _is_kept(project: Project, column: Column) -> bool:
    return column.method is not None and contract.load(project, column.method).is_identity


def _inside(column: Column) -> Column:
    return column.model_copy(update={"publish": False, "method": None, "params": {}})


def _closed(entry: Entry) -> Entry:
    """A table of which nothing is published cannot be open: it is registered as closed until somebody looked."""
    if entry.published:
        return entry
    given = {"type": "closed", "grounds": "没有一列确认可以公开", "review_by": date.today() + timedelta(days=180)}
    return entry.model_copy(update={"opening": type(entry.opening).model_validate(given)})


def _apart(columns: Sequence[Column]) -> list[Column]:
    """The columns, those under a number that would be published under the name of an earlier one but for its capitals."""
    seen: set[str] = set()
    apart = []
    for number, column in enumerate(columns, start=1):
        again = column.publish and column.name.casefold() in seen
        seen |= {column.name.casefold()} if column.publish else set()
        apart.append(column.model_copy(update={"publish_as": f"{column.name}_{number}"}) if again else column)
    return apart


def _names(sample: Sample) -> str:
    return f"{sample.name} {sample.comment or ''}"


def _title(sample: Sample) -> str:
    """The beginning of the comment, where that is a title; else the header."""
    head = _TITLE_ENDS.split((sample.comment or "").strip(), maxsplit=1)[0].strip()
    return head[:60] if head and _plain(head) else sample.name


def _description(sample: Sample) -> str:
    whole = " ".join((sample.comment or "").split())
    return whole[:500] if whole != _title(sample) and _plain(whole) else ""


def _plain(text: str) -> bool:
    """Whether a text may stand in an entry: it does not look like a credential."""
    return text.isprintable() and not credentials.faults({"text": text}, "")
