"""What the columns of a table hold 字段识别: from their names, comments and a sample of their distinct values.

A finding carries ratios, never a value. Every column is judged by itself: neither the order of columns nor of values matters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import pyarrow as pa

from gongkai import rules
from gongkai.classify import fusion, headers, values
from gongkai.classify.evidence import Evidence
from gongkai.classify.fusion import Header, Verdict
from gongkai.project import Project
from gongkai.rules import Rules

ROLES: Mapping[str, str] = MappingProxyType(
    {"direct": "direct_identifier", "quasi": "quasi_identifier", "sensitive": "sensitive_attribute", "plain": "plain"}
)


@dataclass(frozen=True, slots=True)
class Sample:
    """What is known of a column. ``values``: distinct texts without nulls, at most 5,000; None for a data dictionary.

    ``native`` is the source's own word for its type; ``rows``, ``nulls``, ``distinct`` are counts, exact or estimated.
    """

    name: str
    comment: str | None = None
    native: str | None = None
    values: pa.Array | None = field(default=None, repr=False)
    rows: int | None = None
    nulls: int | None = None
    distinct: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What a column holds: ``entity`` and ``level`` of the rules, ``role`` of GB/T 42460, ``confidence`` from 0 to 1.

    ``evidence``: what name, comment and values said, as codes and ratios; ``review`` is True where a person must look.
    """

    column: str
    entity: str
    level: str
    role: str
    confidence: float
    evidence: Mapping[str, float | str | bool]

    @property
    def review(self) -> bool:
        return bool(self.evidence["review"])

    def document(self) -> dict[str, Any]:
        """The finding as plain JSON values."""
        return {
            "column": self.column,
            "entity": self.entity,
            "level": self.level,
            "role": self.role,
            "confidence": self.confidence,
            "evidence": dict(self.evidence),
        }


def classify(samples: Sequence[Sample], project: Project) -> list[Finding]:
    """One finding for each sample, in the order given.

    >>> from gongkai.project import SHIPPED
    >>> ids = pa.array(["11010519491231002X", "110101199003070353"])
    >>> [found.entity for found in classify([Sample("sfzh", "身份证号", values=ids), Sample("d3")], SHIPPED)]
    ['CN_ID_CARD', 'NONE']
    """
    return [
        finding(sample, Evidence() if sample.values is None else values.read(sample.values, project), project)
        for sample in samples
    ]


def finding(sample: Sample, evidence: Evidence, project: Project) -> Finding:
    """The finding of one sample whose values have been read; values that are masked already are shown to a person."""
    header, said = heard(sample, project)
    verdict = fusion.fuse(header, evidence, rules.load(project))
    if evidence.fact("masked") >= 0.5:
        verdict = replace(verdict, review=True)
    return told(sample.name, verdict, said | _seen(evidence, verdict), rules.load(project))


def heard(sample: Sample, project: Project) -> tuple[Header, dict[str, float | str | bool]]:
    """What name and comment say: together, and one by one for the evidence."""
    by_name = headers.guess(sample.name, None, project)
    both = headers.guess(sample.name, sample.comment, project) if sample.comment else by_name
    said: dict[str, float | str | bool] = {}
    if by_name.weight > 0:
        said |= {"name": by_name.entity, "name_weight": by_name.weight}
    if sample.comment and both.weight > 0:
        said |= {"header": both.entity, "header_weight": both.weight, "header_by": both.by}
    agree = both.by == "comment" and by_name.entity == both.entity
    return Header(both.entity, fusion.either(both.weight, by_name.weight) if agree else both.weight), said


def told(column: str, verdict: Verdict, evidence: Mapping[str, float | str | bool], in_force: Rules) -> Finding:
    """A verdict with level and role of the rules; an entity the city's rules do not know is graded as the most sensitive."""
    kind = in_force.entities.get(verdict.entity)
    review = verdict.review or kind is None
    return Finding(
        column,
        verdict.entity,
        kind.level if kind else in_force.levels[0],
        ROLES[kind.group] if kind else "direct_identifier",
        round(verdict.confidence, 3),
        MappingProxyType({**evidence, "review": review}),
    )


def _seen(evidence: Evidence, verdict: Verdict) -> dict[str, float | str | bool]:
    """Ratios by entity and detector; and by which of them the values decided."""
    seen: dict[str, float | str | bool] = {f"{each.entity}.{each.by}": round(each.ratio, 3) for each in evidence.signals}
    if evidence.count:
        seen |= {"distinct_read": float(evidence.count), "mean_length": round(evidence.fact("length"), 1)}
    if evidence.fact("masked"):
        seen["masked"] = round(evidence.fact("masked"), 3)
    if verdict.signal:
        seen["values_by"] = verdict.signal.by
    return seen
