"""How sure a finding is, in words: the note beside a drafted column and why an unsure one stays inside."""

from __future__ import annotations

from collections.abc import Mapping

from gongkai.classify import Finding, Sample
from gongkai.rules import Rules

SURE = 0.8
"""Below this confidence a column is not published from a draft."""
ROLES: Mapping[str, str] = {
    "direct_identifier": "直接标识",
    "quasi_identifier": "准标识",
    "sensitive_attribute": "敏感属性",
    "plain": "非个人信息",
}


def told(finding: Finding, rules: Rules) -> str:
    """What the column holds, as what, how surely, and by which evidence.

    >>> from gongkai import rules
    >>> from gongkai.project import SHIPPED
    >>> found = Finding("sfz", "CN_ID_CARD", "general_4", "direct_identifier", 0.97, {"header": "CN_ID_CARD"})
    >>> told(found, rules.load(SHIPPED))
    '公民身份号码, 直接标识, 一般数据4级, 置信度 0.97 (header=CN_ID_CARD)'
    """
    entity = rules.entities.get(finding.entity)
    level = rules.titles.get(finding.level, finding.level)
    parts = [entity.title if entity else finding.entity, ROLES[finding.role], level, f"置信度 {finding.confidence:.2f}"]
    because = evidence(finding)
    return ", ".join(dict.fromkeys(parts)) + (f" ({because})" if because else "")


def evidence(finding: Finding) -> str:
    """On one line what speaks for the finding, and what hides among its values: codes and ratios.

    >>> evidence(Finding("d4", "PHONE", "general_3", "direct_identifier", 0.9, {"PHONE.mobile": 0.98, "QQ.qq": 1.0}))
    'PHONE.mobile=0.98'
    """
    return " ".join(
        f"{name}={value:g}" if isinstance(value, float) else f"{name}={value}"
        for name, value in finding.evidence.items()
        if name in _SAID or name.startswith((f"{finding.entity}.", "sweep."))
    )


_SAID = frozenset({"name", "name_weight", "header", "header_weight", "header_by", "masked", "swept"})


def reason(finding: Finding, sample: Sample, rules: Rules) -> str | None:
    """Why a column may not be published from a draft; None when nothing is against it.

    >>> from gongkai import rules
    >>> from gongkai.project import SHIPPED
    >>> unknown = Finding("d3", "NONE", "general_1", "plain", 0.2, {"review": True})
    >>> reason(unknown, Sample("d3"), rules.load(SHIPPED))
    '无法判断其含义，请人工确认 nobody can tell what it holds'
    """
    if finding.entity not in rules.entities:
        return "rules/entities.yml 中没有该实体类型 no such entity in the rules in force"
    if sample.native == UNREADABLE:
        return "二进制内容，不能读取 bytes that cannot be read"
    if not finding.review and finding.confidence >= SURE:
        return None
    if finding.entity == "NONE":
        return "无法判断其含义，请人工确认 nobody can tell what it holds"
    return "名称与取值不一致或依据不足，请人工确认 name and values disagree, or too little speaks for it"


UNREADABLE = "bytes"
"""Stands for the type of a column whose values have no text."""
