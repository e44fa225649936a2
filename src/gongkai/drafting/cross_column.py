"""What columns tell of each other 列间关系: a ward beside a name tells the illness, a number gives back the day that was cut.

Nothing here is seen in one column alone, so it is decided when all of a table are known.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from gongkai.classify import Finding, Sample

ORGANISATION = frozenset({"LEGAL_REPRESENTATIVE", "USCC_SOLE_TRADER", "BANK_NAME", "TRADE_SECRET"})
"""Entities that are no plain ones and yet tell of an organisation, not of somebody's life."""
MOSTLY = 0.8
"""The share of distinct codes that begin with a day."""
SOME = 0.3
"""The share of distinct values that name a benefit."""
_ILL = frozenset({"HEALTH", "MEDICAL_RECORD_NO"})
_WARD = re.compile(r"科室|病区|病房|诊室|诊区|专科|(?i:\b(?:jz|cy|ry|ss)?(?:ks|bq)(?:mc|dm|bm)?\b|\bward)")
_BENEFIT = re.compile(
    "(?:补贴|补助|救助|优抚|抚恤|津贴|帮扶|待遇|低保).*(?:类型|类别|种类|项目|名称)|(?:类型|类别|种类|项目).*(?:补贴|补助|救助)"
)
_HEAD = re.compile("法定代表人|法人代表|企业负责人|单位负责人|经营者")
_BENEFITS = "补贴|补助|救助|优抚|抚恤|津贴|低保|特困|残疾|失业|孤儿"
_DAY = r"^[A-Za-z\p{Han}]{0,6}[-_]?(?:19|20)[0-9]{2}[-_]?(?:0[1-9]|1[0-2])[-_]?(?:0[1-9]|[12][0-9]|3[01])"


def personal(samples: Sequence[Sample], findings: Sequence[Finding]) -> bool:
    """Whether any column is about people; organisations and the names of those who stand for them do not count."""
    return any(_of_people(sample, found) for sample, found in zip(samples, findings, strict=True))


def reason(sample: Sample, finding: Finding, findings: Sequence[Finding]) -> str | None:
    """Why a plain column may not be published beside the others; None when nothing is against it.

    >>> ward, name = (Finding(*it, {}) for it in (("科室", "NONE", "general_1", "plain", 0.9),
    ...     ("姓名", "PERSON_NAME", "general_3", "direct_identifier", 0.9)))
    >>> ill = Finding("诊断", "HEALTH", "general_4", "sensitive_attribute", 0.9, {})
    >>> reason(Sample("科室"), ward, [ward, name, ill])
    '患者所在科室透露病情 beside patients a ward tells the illness'
    >>> reason(Sample("科室"), ward, [ward])
    """
    people = any(found.role == "direct_identifier" and found.entity not in ORGANISATION for found in findings)
    if finding.role != "plain" or not people:
        return None
    names = f"{sample.name} {sample.comment or ''}"
    if _WARD.search(names) and any(found.entity in _ILL for found in findings):
        return "患者所在科室透露病情 beside patients a ward tells the illness"
    if _BENEFIT.search(names) or _share(sample.values, _BENEFITS) >= SOME:
        return "领取人的补贴类别透露其境况 beside its receiver a benefit tells the need"
    return None


def dated(values: pa.Array | None) -> bool:
    """Whether most codes begin with a day, written as eight digits, behind letters or not.

    >>> dated(pa.array(["202601051230001", "202601061130002"])), dated(pa.array(["XF20260000", "4403"]))
    (True, False)
    """
    return _share(values, _DAY) >= MOSTLY


def _of_people(sample: Sample, found: Finding) -> bool:
    if found.role == "plain" or found.entity in ORGANISATION:
        return False
    return not (found.entity == "PERSON_NAME" and _HEAD.search(f"{sample.name} {sample.comment or ''}"))


def _share(values: pa.Array | None, pattern: str) -> float:
    if values is None or not len(values):
        return 0.0
    return float(pc.mean(pc.match_substring_regex(values, pattern).cast(pa.int8())).as_py())
