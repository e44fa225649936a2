"""Suggested quality rules beside a draft 建议的质量规则: keys, shares of missing values, lengths and forms after the method.

No rule lists a value: what a small enumeration holds is the department's to write down.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from gongkai.drafting.column_statistics import Facts
from gongkai.drafting.profile import Survey
from gongkai.drafting.yaml_text import line, scalar
from gongkai.plan import contract
from gongkai.plan.contract import Method
from gongkai.project import Project
from gongkai.registry.entry import Column, Entry

SLACK = 0.05
"""How much larger the share of missing values may become than it is today."""
FEWEST = 20
"""Rows below which a share says nothing."""
_HIDDEN = r"\*{3,4}"
"""The full mask beside whatever form a method gives."""


def expectations_text(project: Project, entry: Entry, survey: Survey) -> str:
    """The whole file ``expectations/<code>.yml``; it speaks of published columns."""
    head = [
        f"# 建议的质量规则 suggested rules for {entry.code}, beside those of _common.yml; they hold for what is published.",
        "# 取值范围(value_set)不自动生成：请由提供单位填写 lists of values are not made from data; write them by hand.",
        "",
    ]
    rules = [text for number, rule in enumerate(_rules(project, entry, survey), start=1) for text in _written(number, rule)]
    return "\n".join([*head, *(["rules:", *rules] if rules else ["rules: []"]), ""])


def _rules(project: Project, entry: Entry, survey: Survey) -> Iterator[dict[str, Any]]:
    for column in entry.published:
        method = contract.load(project, str(column.method))
        facts = survey.facts[column.name]
        if column.key:
            zh, en = "主键不得为空", "The key is never missing"
            yield _rule(_PRESENT, column, "completeness", "critical", zh, en) | {"min_value": 1.0}
        elif survey.complete and facts.rows >= FEWEST and facts.values:
            least = max(0.0, math.floor(100 * (facts.values / facts.rows - SLACK)) / 100)
            zh, en = "缺失比例不明显增加", "The share of missing values does not grow"
            yield _rule(_PRESENT, column, "completeness", "warning", zh, en) | {"min_value": least}
        if form := _form(method, column):
            zh, en = "脱敏后的取值符合格式", "Values have the form their method gives"
            yield _rule("expect_column_values_to_match_regex", column, "conformity", "warning", zh, en) | {"regex": form}
        elif method.is_identity and (longest := _longest(column, facts)):
            zh, en = "文本长度在合理范围", "Texts are not longer than they ever were, twice over"
            yield _rule(_LENGTHS, column, "conformity", "warning", zh, en) | {"max_value": longest}


_LENGTHS = "expect_column_value_lengths_to_be_between"
_PRESENT = "expect_column_proportion_of_non_null_values_to_be_between"


def _rule(kind: str, column: Column, dimension: str, severity: str, zh: str, en: str) -> dict[str, Any]:
    description = {"zh": f"{column.title[:100]}{zh}", "en": en}
    return {"type": kind, "column": column.published, "dimension": dimension, "severity": severity, "description": description}


def _form(method: Method, column: Column) -> str | None:
    """The form of a method's output, the full mask included."""
    form = method.expected_form(method.check(column.params)[0])
    return None if form is None else f"^(?:{form}|{_HIDDEN})$"


def _longest(column: Column, facts: Facts) -> int | None:
    """Twice the longest text seen, at least ten characters more."""
    if column.type != "text" or not facts.values:
        return None
    return max(2 * facts.longest, facts.longest + 10)


def _written(number: int, rule: dict[str, Any]) -> Iterator[str]:
    yield f"  - code: {scalar(f'D-{number:02d}')}"
    yield from (line(4, key, value) for key, value in rule.items())
