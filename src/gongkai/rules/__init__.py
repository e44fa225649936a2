"""The rules of opening 分类分级与脱敏策略: what a column can be, how sensitive that is, and what may be disclosed of it.

Read from ``rules/entities.yml`` and ``rules/policy.yml``; a city's file of that name replaces the shipped one. Levels are
those of GB/T 43697-2024: core 核心 and important 重要 data are never opened, general 一般 data by level and open type.
"""

from __future__ import annotations

import hashlib
import json
from types import MappingProxyType
from typing import Any

from gongkai import documents
from gongkai.disclosure import Form
from gongkai.documents import validation
from gongkai.errors import ConfigError, Fault
from gongkai.identifiers import anatomy
from gongkai.project import Project
from gongkai.rules.files import AllowanceRules, EntitiesFile, PolicyFile, TogetherRules, entity_faults, policy_faults
from gongkai.rules.records import NEVER_OPEN, NOTHING, REVIEWS, UNLIMITED, Action, Allowance, Demand, Entity, Rules, Together

__all__ = [
    "NEVER_OPEN",
    "NOTHING",
    "REVIEWS",
    "UNLIMITED",
    "Action",
    "Allowance",
    "Demand",
    "Entity",
    "Rules",
    "Together",
    "load",
]


def load(project: Project) -> Rules:
    """The rules in force, read once per project. ConfigError lists every fault of both files.

    >>> from gongkai.project import SHIPPED
    >>> load(SHIPPED).entities["CN_ID_CARD"].level
    'general_4'
    """
    return project.once(_load)


def _load(project: Project) -> Rules:
    faults: list[Fault] = []
    kinds = _read(project, "entities.yml", EntitiesFile, faults)
    policy = _read(project, "policy.yml", PolicyFile, faults)
    if kinds is not None and policy is not None:
        faults += [*entity_faults(kinds, policy), *policy_faults(policy, project)]
    if kinds is None or policy is None or faults:
        raise ConfigError(*faults)
    return _rules(kinds, policy)


def _read(project: Project, name: str, model: type[validation.Model], faults: list[Fault]) -> validation.Model | None:
    file = f"rules/{name}"
    path = project.file("rules", name)
    if path is None:
        faults.append(Fault(file, "", "is missing", "restore it, or remove the city's rules/ folder to use what ships"))
        return None
    document, wrong = documents.read(path, file)
    if not wrong:
        fitted, wrong = validation.fit(model, document, file)
        if fitted is not None:
            return fitted
    faults += wrong
    return None


def _rules(kinds: EntitiesFile, policy: PolicyFile) -> Rules:
    entities = {
        code: Entity(
            code, kind.title, kind.level, kind.group, kind.shape, kind.first, kind.last, anatomy.parts(code, kind.parts)
        )
        for code, kind in kinds.entities.items()
    }
    written: dict[tuple[str, str], AllowanceRules] = {
        (level, open_type): allowed for level, by_type in policy.allow.items() for open_type, allowed in by_type.items()
    }
    return Rules(
        entities=MappingProxyType(entities),
        levels=tuple(policy.levels),
        digest=_digest([kinds.model_dump(mode="json"), policy.model_dump(mode="json"), list(policy.levels)]),
        titles=MappingProxyType(dict(policy.levels)),
        policy=MappingProxyType({place: _allowance(allowed) for place, allowed in written.items()}),
        demands=MappingProxyType({place: _demand(allowed) for place, allowed in written.items()}),
        together=MappingProxyType(
            {
                open_type: Together(**policy.together.get(open_type, TogetherRules()).model_dump())
                for open_type in ("unconditional", "conditional")
            }
        ),
    )


def _allowance(given: AllowanceRules) -> Allowance:
    form = Form[given.form.upper()]
    return Allowance(frozenset(given.methods), form, given.first, given.last, given.candidates)


def _demand(given: AllowanceRules) -> Demand:
    return Demand(given.k, given.l, given.t, given.suppress, tuple(given.reviews))


def _digest(document: Any) -> str:
    canonical = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
