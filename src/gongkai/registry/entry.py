"""A catalogue entry 目录条目: the thirteen core items of the government catalogue guide, and how the table is opened.

The items are those of 《政务信息资源目录编制指南（试行）》 (发改高技〔2017〕1272号); the numbers beside the fields are its own.
These models hold shape only; what follows from the law and the policy is checked where an entry is applied.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from gongkai.columns import logical_types


def _logical(value: str) -> str:
    logical_types.arrow_type(value)
    return value.replace(" ", "")


Text = Annotated[str, Field(min_length=1, max_length=2000)]
Code = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{1,79}$")]
LogicalType = Annotated[str, AfterValidator(_logical)]
OpenType = Literal["unconditional", "conditional", "closed"]
ShareType = Literal["unconditional", "conditional", "not_shared"]
Frequency = Literal[
    "realtime", "hourly", "daily", "weekly", "ten_day", "monthly", "quarterly", "half_yearly", "yearly", "irregular", "once"
]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=False)


class Provider(_Model):
    """4, 5 信息资源提供方 and its unified social credit code."""

    name: Text
    code: Annotated[str, Field(pattern=r"^[0-9A-HJ-NPQRTUWXY]{18}$")]


class Sharing(_Model):
    """9 共享属性: between departments."""

    type: ShareType
    conditions: str = ""
    obtained: bool = False
    """Whether the department itself only received this data by sharing; then it may not open it."""


class Opening(_Model):
    """10 开放属性: to society. ``closed`` is 不予开放 and names its ``grounds`` and when it is looked at again."""

    type: OpenType
    conditions: str = ""
    grounds: str = ""
    review_by: date | None = None


class Update(_Model):
    """11 更新周期. ``max_age`` is the oldest a release may be (required when irregular); ``grace`` may pass after it is due."""

    frequency: Frequency
    max_age: timedelta | None = None
    grace: timedelta = timedelta(days=1)
    at: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")] = "02:00"
    """Local time before which the day's source is not complete."""
    workdays: bool = False
    """Whether a tick on a day off rolls to the next Chinese working day."""


class Licence(_Model):
    name: Text
    url: str = ""


class Contact(_Model):
    unit: Text
    name: Text
    phone: str = ""
    email: str = ""


class Load(_Model):
    """``full``: the whole table each time. ``incremental``: rows whose ``watermark`` is not older than the last one seen,
    and the whole table again every ``full_every``, which is when deletions are noticed."""

    mode: Literal["full", "incremental"] = "full"
    watermark: str | None = None
    full_every: timedelta | None = None


class Source(BaseModel):
    """3 采集. ``kind`` names a module of ``gongkai.sources``; every further key is a parameter of its ``scan``."""

    model_config = ConfigDict(extra="allow", frozen=True)

    kind: Text
    load: Load = Load()

    @property
    def parameters(self) -> dict[str, Any]:
        return dict(self.model_extra or {})


class Unmasked(_Model):
    """Why something about a person is published as it is 不脱敏依据: the law that says so, who answers for it, until when."""

    basis: Text
    by: Text
    until: date


class Pseudonyms(_Model):
    """Which key the keyed methods use. ``version``: None for the newest; an older one keeps a dataset's pseudonyms as they
    were."""

    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")] = "default"
    version: Annotated[int, Field(ge=1)] | None = None


class Column(_Model):
    """8 信息项. A column without ``publish: false`` needs an entity and a method; one not listed at all stops the run.

    ``subject``: whose it is, where a row is about several people: columns of different subjects say nothing of each other.
    """

    name: Text
    title: Text
    type: LogicalType = "text"
    entity: str | None = None
    method: str | None = None
    params: dict[str, Any] = {}
    clean: list[Any] = []
    key: bool = False
    publish: bool = True
    publish_as: Text | None = None
    subject: str = ""
    unmasked: Unmasked | None = None
    description: str = ""

    @property
    def published(self) -> str:
        return self.publish_as or self.name


class Entry(_Model):
    """One dataset as a department registers it, from ``catalog/<department>/<dataset>.yml``."""

    code: Code
    """3 信息资源代码"""
    title: Text
    """2 信息资源名称"""
    department: Code
    category: Text
    """1 信息资源分类"""
    domain: str = ""
    """数据领域"""
    provider: Provider
    abstract: Text
    """6 信息资源摘要"""
    format: Text
    """7 信息资源格式 of the source"""
    sharing: Sharing
    opening: Opening
    update: Update
    issued: date
    """12 发布日期"""
    related: list[Code] = []
    """13 关联资源代码"""
    licence: Licence
    contact: Contact
    source: Source
    columns: Annotated[list[Column], Field(min_length=1)]
    person: str | None = None
    """The column whose equal values are one person: the unit in which risk is measured, published or not."""
    population: Annotated[int, Field(ge=1)] | None = None
    """How many people there are of whom the table's are some."""
    table: dict[str, dict[str, Any]] = {}
    """整表方法: the parameters of whole-table methods, by their names; which columns they treat stands at the columns."""
    pseudonyms: Pseudonyms = Pseudonyms()
    deduplicate: bool = False
    """Whether rows that repeat a key with the very same cells are dropped."""
    formats: list[Text] = ["csv", "json", "jsonl", "xml", "xlsx", "parquet"]
    csv_bom: bool = False

    @property
    def key(self) -> list[Column]:
        return [column for column in self.columns if column.key]

    @property
    def published(self) -> list[Column]:
        return [column for column in self.columns if column.publish]

    def document(self) -> dict[str, Any]:
        """The entry as plain JSON values, defaults included: what a revision stores and what is hashed."""
        return self.model_dump(mode="json")

    def digest(self) -> str:
        """SHA-256 of the document in canonical JSON: the name an approval binds to."""
        return digest(self.document())


def digest(document: Any) -> str:
    """SHA-256 (hex) of a JSON document, independent of key order.

    >>> digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    True
    """
    canonical = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
