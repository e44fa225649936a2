"""What the report says 报告用语, in Chinese and English: why a release is refused, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gongkai import plugins
from gongkai.leaks.staged import WORDS
from gongkai.project import Project


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence in both languages, and what to do."""

    zh: str
    en: str
    zh_remedy: str = ""
    en_remedy: str = ""


_ASK_PROVIDER = Phrase("", "", "请数据提供部门核对来源数据。", "Have the provider check the source.")
_REASONS = {
    "schema.differs": Phrase(
        "待发布数据的数据项与脱敏方案不一致。",
        "The staged columns are not those of the plan.",
        "请重新运行；若仍出现，请联系系统管理员。",
        "Run again; if it comes back, tell the administrator.",
    ),
    "rows.none": Phrase(
        "数据表为空，一行也没有。",
        "The table is empty: there is no row.",
        "请核对来源表、抽取条件和前置机批次是否完整。",
        "Check the source table, its filter and whether the batch had arrived.",
    ),
    "rows.change": Phrase(
        "行数由上次的 {previous} 变为 {published}，超出允许幅度。",
        "The number of rows went from {previous} to {published}, out of the band allowed.",
        "请确认是否漏抽或重复；如属正常，请在该数据集的质量规则中调整 row_change。",
        "Check for rows lost or repeated; if it is as it should be, set row_change in the dataset's expectations.",
    ),
    "values.unfit": Phrase(
        "有 {count} 个值不符合登记的类型或形态，超过容许比例；这些值均已完全遮蔽，未外泄。",
        "{count} of its values do not fit the registered type or shape, more than is tolerated. All were masked in full.",
        "该列内容可能与登记的不符，请数据提供部门核对登记信息或来源数据。",
        "The column may not hold what was registered: have the provider check the entry and the source.",
    ),
    "scan": Phrase(
        "在待公开内容中发现 {count} 个{kind}。",
        "A person's {kind_en} stands in {count} of the values to be published.",
        "请改用脱敏方法或不公开该列；若确为其他编号，请在该数据集质量规则的 allow 中说明理由。",
        "Desensitize the column or leave it out; numbers of another kind are explained under allow in its expectations.",
    ),
    "rule.error": Phrase(
        "质量规则 {code}“{rule}”无法执行（{error}）。无法验证即不予发布。",
        'Rule {code}, "{rule_en}", could not be asked ({error}). What cannot be checked is not published.',
        "请检查规则写法是否适用于该列的类型。",
        "Check whether the rule suits the column's type.",
    ),
    "rule": Phrase(
        "关键质量规则 {code}“{rule}”未通过，不符合的有 {count} 个值。",
        'Critical rule {code}, "{rule_en}", is not met by {count} of the values.',
        _ASK_PROVIDER.zh_remedy,
        _ASK_PROVIDER.en_remedy,
    ),
    "rule.table": Phrase(
        "关键质量规则 {code}“{rule}”未通过。",
        'Critical rule {code}, "{rule_en}", is not met.',
        _ASK_PROVIDER.zh_remedy,
        _ASK_PROVIDER.en_remedy,
    ),
}

SEVERITIES = {"critical": ("关键", "critical"), "warning": ("提示", "warning"), "info": ("参考", "info")}
GRADES = {
    "excellent": ("优", "excellent"),
    "good": ("良", "good"),
    "fair": ("中", "fair"),
    "pass": ("合格", "pass"),
    "poor": ("差", "poor"),
}
CLEANING = {
    "trim": "去首尾空白",
    "collapse_space": "合并空白",
    "strip_control": "去控制字符",
    "half_width": "全角转半角",
    "upper": "转大写",
    "lower": "转小写",
    "null_tokens": "空值字样",
    "codes": "代码转换",
    "number": "数字格式",
    "date": "日期格式",
    "datetime": "时间格式",
}


def explain(reason: Mapping[str, Any], document: Mapping[str, Any]) -> Phrase:
    """Why a release is refused, for people: ``reason`` as in the report's record, which is ``document``."""
    kind = str(reason["rule"])
    facts: dict[str, Any] = {"count": _grouped(reason["count"]), **{k: _grouped(v) for k, v in document["rows"].items()}}
    if kind.startswith("scan."):
        found = WORDS[kind.partition(".")[2]]
        facts |= {"kind": found.title, "kind_en": found.english}
        return _filled("scan", facts)
    if kind.startswith("rule."):
        result = _result(kind.partition(".")[2], reason, document)
        facts |= {"code": result["code"].partition(".")[0], "error": result["error"]}
        facts |= {"rule": result["description"]["zh"], "rule_en": result["description"]["en"]}
        return _filled("rule.error" if result["error"] else "rule" if result["unexpected"] else "rule.table", facts)
    return _filled(kind, facts)


def method_titles(project: Project, document: Mapping[str, Any]) -> dict[str, str]:
    """The Chinese name of each method that a report speaks of, and of no other: what a run reads, its approval stands on."""
    used = {column["method"] for column in document["columns"]} & set(plugins.names(project, "transforms"))
    return {name: str(plugins.load(project, "transforms", name).TITLE) for name in sorted(used)}


def _result(code: str, reason: Mapping[str, Any], document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The result a reason speaks of: a rule for many columns has one for each."""
    named = [item for item in document["results"] if item["code"].partition(".")[0] == code]
    column = reason["column"] or ""
    found: Mapping[str, Any] = next((item for item in named if "、".join(item["columns"]) == column), named[0])
    return found


def _filled(name: str, facts: Mapping[str, Any]) -> Phrase:
    phrase = _REASONS[name]
    return Phrase(phrase.zh.format(**facts), phrase.en.format(**facts), phrase.zh_remedy, phrase.en_remedy)


def _grouped(count: Any) -> str:
    return f"{count:,}" if isinstance(count, int) else "—"
