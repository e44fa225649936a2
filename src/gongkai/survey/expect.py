"""Suggested quality rules beside a draft 建议的质量规则: keys, shares of missing values, lengths and forms after the method.

No rule lists a value: what a small enumeration holds is the department's to write down.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from gongkai.registry.entry import Column, Entry
from gongkai.survey.facts import Facts
from gongkai.survey.look import Survey
from gongkai.survey.yaml_text import line, scalar

SLACK = 0.05
"""How much larger the share of missing values may become than it is today."""
FEWEST = 20
"""Rows below which a share says nothing."""
_HIDDEN = r"\*{3,4}"
_FORMS = {
    ("generalize_date", "year"): "[0-9]{4}",
    ("generalize_date", "decade"): "[0-9]{3}0s",
    ("generalize_date", "month"): "[0-9]{4}-[0-9]{2}",
    ("generalize_date", "quarter"): "[0-9]{4}-Q[1-4]",
    ("generalize_region", "county"): "[0-9]{6}",
    ("generalize_region", "city"): "[0-9]{4}00",
    ("generalize_region", "province"): "[0-9]{2}0000",
}


def expectations_text(entry: Entry, survey: Survey) -> str:
    """The whole file ``expectations/<code>.yml``; it speaks of published columns."""
    head = [
        f"# 建议的质量规则 suggested rules for {entry.code}, beside those of _common.yml; they hold for what is published.",
        "# 取值范围(value_set)不自动生成：请由提供单位填写 lists of values are not made from data; write them by hand.",
        "",
    ]
    rules = [text for number, rule in enumerate(_rules(entry, survey), start=1) for text in _written(number, rule)]
    return "\n".join([*head, *(["rules:", *rules] if rules else ["rules: []"]), ""])


def _rules(entry: Entry, survey: Survey) -> Iterator[dict[str, Any]]:
    for column in entry.published:
        facts = survey.facts[column.name]
        if column.key:
            zh, en = "主键不得为空", "The key is never missing"
            yield _rule(_PRESENT, column, "completeness", "critical", zh, en) | {"min_value": 1.0}
        elif survey.complete and facts.rows >= FEWEST and facts.values and column.method != "suppress":
            least = max(0.0, math.floor(100 * (facts.values / facts.rows - SLACK)) / 100)
            zh, en = "缺失比例不明显增加", "The share of missing values does not grow"
            yield _rule(_PRESENT, column, "completeness", "warning", zh, en) | {"min_value": least}
        if form := _form(column):
            zh, en = "脱敏后的取值符合格式", "Values have the form their method gives"
            yield _rule("expect_column_values_to_match_regex", column, "conformity", "warning", zh, en) | {"regex": form}
        elif longest := _longest(column, facts):
            zh, en = "文本长度在合理范围", "Texts are not longer than they ever were, twice over"
            yield _rule(_LENGTHS, column, "conformity", "warning", zh, en) | {"max_value": longest}


_LENGTHS = "expect_column_value_lengths_to_be_between"
_PRESENT = "expect_column_proportion_of_non_null_values_to_be_between"


def _rule(kind: str, column: Column, dimension: str, severity: str, zh: str, en: str) -> dict[str, Any]:
    description = {"zh": f"{column.title[:100]}{zh}", "en": en}
    return {"type": kind, "column": column.published, "dimension": dimension, "severity": severity, "description": description}


def _form(column: Column) -> str | None:
    """The form of a method's output, its full mask included."""
    if column.method == "mask":
        first, last = column.params.get("keep", (0, 0))
        return rf"^(?s:.){{0,{first}}}\*+(?s:.){{0,{last}}}$"
    if column.method == "pseudonymize":
        return f"^[a-z2-7]{{{column.params.get('length', 20)}}}$|^{_HIDDEN}$"
    form = _FORMS.get((str(column.method), str(column.params.get("to"))))
    return f"^(?:{form}|{_HIDDEN})$" if form else None


def _longest(column: Column, facts: Facts) -> int | None:
    """Twice the longest text seen, at least ten characters more, where texts are published as they are."""
    if column.method != "keep" or column.type != "text" or not facts.values:
        return None
    return max(2 * facts.longest, facts.longest + 10)


def _written(number: int, rule: dict[str, Any]) -> Iterator[str]:
    yield f"  - code: {scalar(f'D-{number:02d}')}"
    yield from (line(4, key, value) for key, value in rule.items())
