"""What the risk report says 评估用语, in Chinese and English: levels, attackers, why a release is refused, what helps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from gongkai.quality.wording import Phrase

Words: TypeAlias = tuple[str, str]
"""Chinese and English."""

LEVELS: Mapping[int, Words] = {
    1: ("直接标识个人", "identifies directly"),
    2: ("风险高于阈值", "risk above the threshold"),
    3: ("风险可接受", "risk acceptable"),
    4: ("汇总数据", "aggregated"),
}
UNITS: Mapping[str, Words] = {"person": ("人", "persons"), "row": ("行", "rows")}
KINDS: Mapping[str, Words] = {
    "complement": ("掩码互补", "masks that add up"),
    "difference": ("版本差分", "difference of releases"),
    "join": ("跨数据集关联", "join of datasets"),
}
ACTIONS: Mapping[str, Words] = {"block": ("阻断", "stops the release"), "warn": ("提示", "warning")}
ATTACKERS: Mapping[str, tuple[Words, Words]] = {
    "prosecutor": (
        ("检察官", "Prosecutor"),
        ("知道某人一定在数据中，要找出他的记录", "knows that somebody is in the data and wants their row"),
    ),
    "journalist": (
        ("记者", "Journalist"),
        ("要在总体中找出随便一个人，数据只是其中一部分", "wants anybody of a population, of which the data may be a part"),
    ),
    "marketer": (
        ("营销者", "Marketer"),
        ("要找出尽可能多的人；风险是他平均能找对的比例", "wants as many as possible; the risk is the share they find"),
    ),
}
BASES: Mapping[str, Words] = {
    "file": (
        "登记信息没有说明总体人数，因此把数据本身当作总体，记者的风险与检察官相同。",
        "No population is declared, so the data is taken to be all of it: the journalist's risk is the prosecutor's.",
    ),
    "population": (
        "按登记的总体人数 {population} 推算各等价类在总体中的大小。",
        "Classes are scaled to the declared population of {population}.",
    ),
    "register": ("各等价类在总体中的大小取自登记库。", "The sizes of classes in the population are those of a register."),
}
MODELS: Mapping[str, str] = {"pitman": "Pitman", "zayatz": "Zayatz", "snb": "SNB"}
ROLES: Mapping[str, tuple[Words, Words]] = {
    "direct": (("直接标识", "direct identifier"), ("本身就能指明某个人", "names or reaches a person by itself")),
    "quasi": (("准标识符", "quasi-identifier"), ("他人可能事先知道，可用来查找", "others know it and may look for it")),
    "sensitive": (("敏感属性", "sensitive attribute"), ("找到记录后才会得知的内容", "what is learned once the row is found")),
    "aside": (
        ("其他个人信息", "otherwise personal"),
        ("值已移动或为长文本，难以查找", "moved values, running text: hard to look for"),
    ),
}
STEPS: Mapping[str, Words] = {
    "value": ("原值", "value"), "day": ("日", "day"), "month": ("月", "month"), "quarter": ("季度", "quarter"),
    "year": ("年", "year"), "decade": ("年代", "decade"), "county": ("区县", "county"), "city": ("市", "city"),
    "province": ("省", "province"), "surname": ("姓氏", "surname"), "*": ("全部隐去", "nothing"),
}  # fmt: skip
"""The levels of a ladder that have a name; others are widths of ranges, and columns of a city's own file."""

PLOTS: Mapping[str, Words] = {
    "sizes": ("等价类大小分布", "Units by the size of their class"),
    "attackers": ("三类攻击者的风险与阈值", "Risks of three attackers and the threshold"),
    "uniqueness": ("数据中与总体中的唯一", "Alone in the data and in the population"),
}
LABELS: Mapping[str, Words] = {
    "size": ("等价类大小", "class size"),
    "highest": ("最大", "highest"),
    "average": ("平均", "average"),
    "alone": ("数据中", "in the data"),
    "chosen": ("采用", "chosen"),
    **UNITS,
    **{name: words for name, (words, _) in ATTACKERS.items()},
}
"""The words in plots, which are drawn by these keys."""

_REASONS: Mapping[str, Phrase] = {
    "risk.k": Phrase(
        "有 {count} {unit}所在的等价类不足 {k} {unit}，最小的只有 {found} {unit}：知道这些准标识符的人能把范围缩小到这么几个。",
        "Of the {unit_en}, {count} share their quasi-identifiers with fewer than {k}; the smallest class has {found}: whoever "
        "knows them narrows a person down to so few.",
        "请把准标识符概化得更粗、减少其数量，或用整表方法“K匿名”（k_anonymize）自动选定粗细。{blocking}",
        "Make quasi-identifiers coarser, publish fewer, or let k_anonymize find the levels. {blocking_en}",
    ),
    "risk.l": Phrase(
        "有的等价类中只出现 {l_found} 种取值，要求不少于 {l} 种：知道某人在其中，就能推知他的取值。",
        "Some class has {l_found} different values where {l} must be: whoever knows that somebody is in it learns theirs.",
        "请把准标识符概化得更粗，使更多不同取值归入同一等价类；或者不公开该列。",
        "Make the quasi-identifiers coarser, so that more different values share a class, or leave the column out.",
    ),
    "risk.t": Phrase(
        "有的等价类的取值分布与全表相差 {t_found}，上限为 {t}：该类的人与众不同之处可以推知。",
        "The values of some class lie {t_found} from the whole table's, {t} is the most: what is special about it shows.",
        "请把准标识符概化得更粗，或把该列的取值并成更大的类别。",
        "Make the quasi-identifiers coarser, or merge the column's values into larger groups.",
    ),
    "risk.suppressed": Phrase(
        "{share} 的行被抑制了全部准标识符，上限为 {suppress}：被隐去的人太多，数据已不能代表整体。",
        "The quasi-identifiers of {share} of the rows are suppressed, {suppress} is the most: the table no longer stands for "
        "everybody.",
        "请允许更粗的级别（coarsest），或减少准标识符，使需要抑制的变少。",
        "Allow coarser levels (coarsest) or publish fewer quasi-identifiers, so that less must be suppressed.",
    ),
}
_KEPT = Phrase(
    "暂存表与整表方法的承诺不符：{column}，{count} 项。",
    "The staged table is not what a method of the whole table promises: {column}, {count}.",
    "请重新运行；若仍出现，说明该方法有缺陷，请联系系统管理员，切勿放行。",
    "Run it again; if it stays, the method is broken: call the administrator, and do not let it pass.",
)
_REMEDIES: Mapping[str, Words] = {
    "risk.complement": (
        "请使各数据集显示该标识的同样几位，或在本数据集中少显示几位；已公开的不能收回。",
        "Show the same characters as the other datasets, or fewer here; what is open cannot be taken back.",
    ),
    "risk.difference": (
        "请延长更新周期，待变化的人足够多时再发布，或把准标识符概化得更粗。",
        "Publish less often, when enough persons have changed, or make the quasi-identifiers coarser.",
    ),
    "risk.join": (
        "请把两个数据集共有的准标识符概化得更粗，或从其中一个中去掉。",
        "Make what both datasets say of a person coarser, or leave it out of one of them.",
    ),
}


def percent(share: float) -> str:
    """A share as a percentage; above 0 it never prints 0 %, below 1 never 100 %.

    >>> percent(0), percent(0.05), percent(0.12345), percent(0.00001), percent(0.99999)
    ('0%', '5%', '12.35%', '<0.01%', '>99.99%')
    """
    if 0 < share < 0.0001:
        return "<0.01%"
    if 0.9999 < share < 1:
        return ">99.99%"
    return f"{100 * share:.2f}".rstrip("0").rstrip(".") + "%"


def summary(document: Mapping[str, Any]) -> Words:
    """The verdict in a sentence."""
    stops, warnings = len(document["reasons"]), sum(found["action"] == "warn" for found in document["together"])
    if stops:
        en = f"Stopped by {_many(stops, 'risk')}; {_many(warnings, 'warning')}."
        return f"有 {stops} 项阻断发布的风险，{warnings} 项提示。", en
    if document["rows"] is None:
        return "没有关于个人的数据项，无需评估。", "No column is about a person: there is nothing to assess."
    if warnings:
        return f"没有阻断发布的风险，有 {warnings} 项提示。", f"Nothing stops the release; {_many(warnings, 'warning')}."
    return "达到政策的全部要求。", "Everything the policy asks is met."


def explain(reason: Mapping[str, Any], document: Mapping[str, Any], titles: Mapping[str, str]) -> Phrase:
    """Why a release is refused, for people. ``reason`` is one of the record's, which is ``document``; ``titles``: the names of
    columns. A reason that is not of this report goes on in its own words."""
    rule = str(reason["rule"])
    if rule in _REASONS:
        phrase, facts = _REASONS[rule], _facts(reason, document["rows"], titles)
        return Phrase(*(text.format(**facts).strip() for text in (phrase.zh, phrase.en, phrase.zh_remedy, phrase.en_remedy)))
    if rule.startswith("kept."):
        facts = {"column": titles.get(str(reason["column"]), reason["column"]), "count": f"{reason['count'] or 0:,}"}
        return Phrase(*(text.format(**facts) for text in (_KEPT.zh, _KEPT.en, _KEPT.zh_remedy, _KEPT.en_remedy)))
    told = next((found["zh"] for found in document["together"] if found["en"] == reason["message"]), reason["message"])
    return Phrase(sentence(told, "。"), sentence(reason["message"], "."), *_REMEDIES.get(rule, ("", "")))


def sentence(text: str, stop: str) -> str:
    """A text as a sentence of its own.

    >>> sentence("the table is aggregated", ".")
    'The table is aggregated.'
    """
    return text[:1].upper() + text[1:] + ("" if text.endswith(("。", ".", "？", "?")) else stop)


def _many(count: int, thing: str) -> str:
    return f"{count:,} {thing}" + ("" if count == 1 else "s")


def _facts(reason: Mapping[str, Any], rows: Mapping[str, Any], titles: Mapping[str, str]) -> dict[str, Any]:
    """Every number a phrase may name."""
    unit, unit_en = UNITS[rows["classes"]["unit"]]
    demand, diverse = rows["demand"], rows["diversity"] or {"columns": []}
    column = next((each for each in diverse["columns"] if each["name"] == reason["column"]), {"l_distinct": 0, "t": 0.0})
    names = [(titles.get(each["column"], each["column"]), f"{each['k_without']:,}") for each in rows["blocking"]]
    blocking = "；".join(f"“{name}”（去掉后最小等价类为 {k}）" for name, k in names)
    blocking_en = "; ".join(f"{name} (without it the smallest class has {k})" for name, k in names)
    return {
        "count": f"{reason['count'] or 0:,}", "unit": unit, "unit_en": unit_en,
        "k": f"{demand['k']:,}", "found": f"{rows['classes']['k']:,}",
        "l": demand["l"], "l_found": column["l_distinct"], "t": f"{demand['t']:g}", "t_found": f"{column['t']:.3f}",
        "share": percent(rows["withheld"]), "suppress": percent(demand["suppress"]),
        "blocking": f"影响最大的是：{blocking}。" if names else "",
        "blocking_en": f"Most telling: {blocking_en}." if names else "",
    }  # fmt: skip
