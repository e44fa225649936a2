"""The two files as they are written 规则文件, and everything that can be wrong in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from gongkai import plugins
from gongkai.errors import Fault, known
from gongkai.identifiers import anatomy
from gongkai.project import Project
from gongkai.rules.records import NEVER_OPEN, UNLIMITED, Action


def _limit(written: Any) -> int:
    if written == "all":
        return UNLIMITED
    if isinstance(written, int) and not isinstance(written, bool) and 0 <= written < UNLIMITED:
        return written
    raise ValueError("write how many characters, from 0, or all")


_Limit = Annotated[int, BeforeValidator(_limit)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Entity(_Model):
    title: Annotated[str, Field(min_length=1)]
    group: Literal["direct", "quasi", "sensitive", "plain"]
    level: str
    first: _Limit = 0
    last: _Limit = 0
    parts: list[str] = []
    shape: str | None = None


class EntitiesFile(_Model):
    """rules/entities.yml"""

    entities: dict[Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")], _Entity]


class AllowanceRules(_Model):
    """What one level may disclose under one open type, and what its rows must keep to."""

    methods: list[str]
    form: Literal["nothing", "link", "coarse", "part", "all"]
    first: _Limit = 0
    last: _Limit = 0
    candidates: Annotated[int, Field(ge=1)] = 1
    k: Annotated[int, Field(ge=1)] = 1
    l: Annotated[int, Field(ge=1)] = 1  # noqa: E741 - the name the literature gives it
    t: Annotated[float, Field(gt=0, le=1)] = 1.0
    suppress: Annotated[float, Field(ge=0, le=1)] = 1.0
    reviews: list[Literal["legal", "technical", "committee", "hearing"]] = ["legal"]


class TogetherRules(_Model):
    """What is done about what releases tell together."""

    complement: Action = "block"
    difference: Action = "block"
    join: Action = "block"
    releases: Annotated[int, Field(ge=1, le=100)] = 3


_OpenType = Literal["unconditional", "conditional"]


class PolicyFile(_Model):
    """rules/policy.yml"""

    levels: Annotated[dict[str, str], Field(min_length=1)]
    allow: dict[str, dict[_OpenType, AllowanceRules]]
    together: dict[_OpenType, TogetherRules] = {}


def entity_faults(kinds: EntitiesFile, policy: PolicyFile) -> Iterator[Fault]:
    """What is wrong in the entities, on their own and beside the policy."""
    file = "rules/entities.yml"
    if "NONE" not in kinds.entities:
        yield Fault(file, "entities.NONE", "is missing", "it is the entity of columns that are not about a person")
    for code, kind in kinds.entities.items():
        if kind.level not in policy.levels:
            yield Fault(file, f"entities.{code}.level", "is not a level of policy.yml", known(kind.level, policy.levels))
        if kind.shape is not None and not _is_re2(kind.shape):
            remedy = "no look-around and no back-references; write it without anchors"
            yield Fault(file, f"entities.{code}.shape", "is not a regular expression in RE2 syntax", remedy)
        for index, part in enumerate(kind.parts):
            if part not in anatomy.groups(code):
                place = f"entities.{code}.parts[{index}]"
                yield Fault(file, place, "is no part of such a value", known(part, anatomy.groups(code)))


def policy_faults(policy: PolicyFile, project: Project) -> Iterator[Fault]:
    """What is wrong in the policy."""
    file = "rules/policy.yml"
    methods = plugins.names(project, "transforms")
    for level in NEVER_OPEN:
        if level not in policy.levels:
            yield Fault(file, f"levels.{level}", "is missing", "GB/T 43697-2024 knows core and important data; keep both")
        if level in policy.allow:
            yield Fault(file, f"allow.{level}", "opens data that is never opened", "remove it")
    for level, by_type in policy.allow.items():
        if level not in policy.levels:
            yield Fault(file, f"allow.{level}", "is not one of the levels above", known(level, policy.levels))
        for open_type, allowed in by_type.items():
            yield from _allowance_faults(allowed, methods, file, f"allow.{level}.{open_type}")


def _allowance_faults(allowed: AllowanceRules, methods: Sequence[str], file: str, key: str) -> Iterator[Fault]:
    for index, method in enumerate(allowed.methods):
        if method not in methods:
            yield Fault(file, f"{key}.methods[{index}]", "is not a method", known(method, methods))
    # by its name: to ask each method for its IDENTITY here would make every method that the policy names, the city's own too,
    # part of every approval's basis
    if ("keep" in allowed.methods) != (allowed.form == "all"):
        yield Fault(file, f"{key}.form", "contradicts the methods", "`form: all` and the method keep go together")


def _is_re2(pattern: str) -> bool:
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        pc.match_substring_regex(pa.nulls(1, pa.string()), f"^(?:{pattern})$")  # a Python list would import pandas
    except pa.ArrowInvalid:
        return False
    return True
