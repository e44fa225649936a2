"""The rules of opening 分类分级与脱敏策略: what a column can be, how sensitive that is, and what may be disclosed of it.

Read from ``rules/entities.yml`` and ``rules/policy.yml``; a city's file of that name replaces the shipped one. Levels are
those of GB/T 43697-2024: core 核心 and important 重要 data are never opened, general 一般 data by level and open type.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from gongkai import content, documents, validation
from gongkai.disclosure import Form
from gongkai.errors import ConfigError, Fault, known

UNLIMITED = 2**31 - 1
"""More characters than any value has."""
NEVER_OPEN = ("core", "important")


@dataclass(frozen=True, slots=True)
class Entity:
    """One kind of thing a column can hold 实体类型.

    ``group`` is direct, quasi, sensitive or plain. ``shape`` is RE2 that the whole cleaned text must match, None where anything
    fits. ``first`` and ``last`` are the most characters of such a value that may ever show at its ends.
    """

    code: str
    title: str
    level: str
    group: str
    shape: str | None
    first: int = 0
    last: int = 0


@dataclass(frozen=True, slots=True)
class Allowance:
    """The most that may be disclosed: by which methods, in which form, and how many characters at each end."""

    methods: frozenset[str]
    form: Form
    first: int
    last: int


NOTHING = Allowance(frozenset(), Form.NOTHING, 0, 0)


@dataclass(frozen=True, slots=True)
class Rules:
    """All entities and what the policy allows. ``digest`` is SHA-256 over what both files say, comments aside."""

    entities: Mapping[str, Entity]
    levels: tuple[str, ...]
    """Most sensitive first."""
    digest: str
    titles: Mapping[str, str] = field(default_factory=dict)
    """The Chinese name of each level."""
    policy: Mapping[tuple[str, str], Allowance] = field(default_factory=dict)
    """By level and open type; what is not there is not allowed."""

    def allowance(self, level: str, open_type: str) -> Allowance:
        """What a level may disclose under an open type; nothing where the policy says nothing.

        >>> load().allowance("core", "conditional").methods
        frozenset()
        """
        return self.policy.get((level, open_type), NOTHING)

    def allowed(self, entity: str, open_type: str) -> Allowance:
        """What a column of this entity may disclose: its level's allowance, within the entity's own limits.

        >>> allowed = load().allowed("PERSON_NAME", "unconditional")
        >>> allowed.first, allowed.last, "keep" in allowed.methods
        (1, 0, False)
        """
        kind = self.entities[entity]
        level = self.allowance(kind.level, open_type)
        return Allowance(level.methods, level.form, min(level.first, kind.first), min(level.last, kind.last))


def load() -> Rules:
    """The rules in force. ConfigError lists every fault of both files.

    >>> load().entities["CN_ID_CARD"].level
    'general_4'
    """
    files = content.files("rules", "*.yml")
    faults: list[Fault] = []
    kinds = _read(files, "entities.yml", _EntitiesFile, faults)
    policy = _read(files, "policy.yml", _PolicyFile, faults)
    if kinds is not None and policy is not None:
        faults += [*_entity_faults(kinds, policy), *_policy_faults(policy)]
    if kinds is None or policy is None or faults:
        raise ConfigError(*faults)
    return _rules(kinds, policy)


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
    shape: str | None = None


class _EntitiesFile(_Model):
    entities: dict[Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")], _Entity]


class _Allowance(_Model):
    methods: list[str]
    form: Literal["nothing", "link", "coarse", "part", "all"]
    first: _Limit = 0
    last: _Limit = 0


class _PolicyFile(_Model):
    levels: Annotated[dict[str, str], Field(min_length=1)]
    allow: dict[str, dict[Literal["unconditional", "conditional"], _Allowance]]


def _read(files: Mapping[str, Path], name: str, model: type[validation.Model], faults: list[Fault]) -> validation.Model | None:
    file = f"rules/{name}"
    if name not in files:
        faults.append(Fault(file, "", "is missing", "restore it, or remove the city's rules/ folder to use what ships"))
        return None
    document, wrong = documents.read(files[name], file)
    if not wrong:
        fitted, wrong = validation.fit(model, document, file)
        if fitted is not None:
            return fitted
    faults += wrong
    return None


def _entity_faults(kinds: _EntitiesFile, policy: _PolicyFile) -> Iterator[Fault]:
    file = "rules/entities.yml"
    if "NONE" not in kinds.entities:
        yield Fault(file, "entities.NONE", "is missing", "it is the entity of columns that are not about a person")
    for code, kind in kinds.entities.items():
        if kind.level not in policy.levels:
            yield Fault(file, f"entities.{code}.level", "is not a level of policy.yml", known(kind.level, policy.levels))
        if kind.shape is not None and not _is_re2(kind.shape):
            remedy = "no look-around and no back-references; write it without anchors"
            yield Fault(file, f"entities.{code}.shape", "is not a regular expression in RE2 syntax", remedy)


def _policy_faults(policy: _PolicyFile) -> Iterator[Fault]:
    file = "rules/policy.yml"
    for level in NEVER_OPEN:
        if level not in policy.levels:
            yield Fault(file, f"levels.{level}", "is missing", "GB/T 43697-2024 knows core and important data; keep both")
        if level in policy.allow:
            yield Fault(file, f"allow.{level}", "opens data that is never opened", "remove it")
    for level, by_type in policy.allow.items():
        if level not in policy.levels:
            yield Fault(file, f"allow.{level}", "is not one of the levels above", known(level, policy.levels))
        for open_type, allowed in by_type.items():
            yield from _allowance_faults(allowed, file, f"allow.{level}.{open_type}")


def _allowance_faults(allowed: _Allowance, file: str, key: str) -> Iterator[Fault]:
    methods = _methods()
    for index, method in enumerate(allowed.methods):
        if method not in methods:
            yield Fault(file, f"{key}.methods[{index}]", "is not a method", known(method, methods))
    if ("keep" in allowed.methods) != (allowed.form == "all"):
        yield Fault(file, f"{key}.form", "contradicts the methods", "`form: all` and the method keep go together")


def _methods() -> list[str]:
    """The methods of every transforms/ folder, by file name: nothing is imported to read the rules."""
    names = (Path(name).stem for name in content.files("transforms", "*.py"))
    return sorted(name for name in names if not name.startswith("_"))


def _is_re2(pattern: str) -> bool:
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        pc.match_substring_regex(pa.nulls(1, pa.string()), f"^(?:{pattern})$")  # a Python list would import pandas
    except pa.ArrowInvalid:
        return False
    return True


def _rules(kinds: _EntitiesFile, policy: _PolicyFile) -> Rules:
    entities = {
        code: Entity(code, kind.title, kind.level, kind.group, kind.shape, kind.first, kind.last)
        for code, kind in kinds.entities.items()
    }
    allowances: dict[tuple[str, str], Allowance] = {
        (level, open_type): Allowance(frozenset(allowed.methods), Form[allowed.form.upper()], allowed.first, allowed.last)
        for level, by_type in policy.allow.items()
        for open_type, allowed in by_type.items()
    }
    return Rules(
        entities=MappingProxyType(entities),
        levels=tuple(policy.levels),
        digest=_digest([kinds.model_dump(mode="json"), policy.model_dump(mode="json"), list(policy.levels)]),
        titles=MappingProxyType(dict(policy.levels)),
        policy=MappingProxyType(allowances),
    )


def _digest(document: Any) -> str:
    canonical = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
