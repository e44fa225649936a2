"""The level of de-identification 去标识化效果分级 by GB/T 42460-2023, and what it rests on.

| level | |
|---|---|
| 1 | holds values that identify a person directly |
| 2 | holds none, but the risk of re-identification is above the threshold |
| 3 | the risk is acceptable: at or below the threshold |
| 4 | aggregated: no record of a single person |

The risk is measured as in the standard's annex D (K匿名): a class of f people has the risk 1/f, and none may exceed what the
kind of release allows. The risk of the whole is then the largest of any (released to everybody) or the mean of all (released to
some), times the probability that anybody attacks, which is 1 where everybody can. The numbers of the annex are those
of El Emam's Guide to the De-Identification of Personal Health Information, 2013; check them against the purchased text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias

from gongkai.risk.classes import Classes

Context: TypeAlias = Literal["public", "controlled", "enclave"]
"""完全公开共享, 受控公开共享, 领地公开共享."""
Rank: TypeAlias = Literal["low", "medium", "high"]

CLASS_RISK: Mapping[Context, float] = {"public": 0.05, "controlled": 0.2, "enclave": 1 / 3}
"""The largest risk any class may have: 20, 5, 3 people at least."""
INSIDER: Mapping[Rank, Mapping[Rank, float]] = {
    "high": {"low": 0.05, "medium": 0.1, "high": 0.2},
    "medium": {"low": 0.2, "medium": 0.3, "high": 0.4},
    "low": {"low": 0.4, "medium": 0.5, "high": 0.6},
}
"""The probability that a recipient tries, by the recipient's controls and then by motive and capacity."""
BREACH: Mapping[Rank, float] = {"high": 0.14, "medium": 0.27, "low": 0.55}
"""The probability that a recipient loses the file, by the recipient's controls."""


@dataclass(frozen=True, slots=True)
class Environment:
    """The recipients of a file that is not for everybody. What is not declared is taken to be the worst.

    ``controls`` 安全控制水平 and ``motive`` 动机与能力 of the recipients; ``acquaintances``: how many people one knows (150,
    Dunbar 1993); ``prevalence``: the probability that one of those is in the file, its people over the population's.

    >>> Environment(controls="high", motive="low", prevalence=0.001).probability
    0.14
    >>> Environment().probability
    1.0
    >>> Environment(prevalence=2)
    Traceback (most recent call last):
        ...
    ValueError: prevalence is a probability: from 0 to 1
    """

    controls: Rank = "low"
    motive: Rank = "high"
    acquaintances: int = 150
    prevalence: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.prevalence <= 1:
            raise ValueError("prevalence is a probability: from 0 to 1")
        if self.acquaintances < 0:
            raise ValueError("acquaintances is a number of people: 0 or more")

    @property
    def insider(self) -> float:
        """A recipient tries on purpose 内部人员."""
        return INSIDER[self.controls][self.motive]

    @property
    def acquaintance(self) -> float:
        """A recipient happens to know somebody in the file 熟人."""
        return float(1 - (1 - self.prevalence) ** self.acquaintances)

    @property
    def breach(self) -> float:
        """The file gets out 数据泄露."""
        return BREACH[self.controls]

    @property
    def probability(self) -> float:
        """Of any attack: the likeliest of the three."""
        return max(self.insider, self.acquaintance, self.breach)


@dataclass(frozen=True, slots=True)
class Level:
    """``highest``: the largest risk of a class; ``mean``: of all units; ``probability``: of an attack; ``risk``: of the whole.
    All are None where no class was measured. ``evidence``: sentences in Chinese and English, with counts only."""

    level: int
    context: Context
    class_threshold: float
    risk_threshold: float
    highest: float | None
    mean: float | None
    probability: float | None
    risk: float | None
    evidence: tuple[tuple[str, str], ...]

    def document(self) -> dict[str, Any]:
        """Everything as JSON values."""
        return asdict(self) | {"evidence": [{"zh": zh, "en": en} for zh, en in self.evidence]}


def grade(
    classes: Classes | None,
    *,
    context: Context = "public",
    direct: Mapping[str, int] | None = None,
    aggregated: bool = False,
    environment: Environment | None = None,
    class_threshold: float | None = None,
    risk_threshold: float | None = None,
) -> Level:
    """The level of a file with these equivalence ``classes``; None for a table that is ``aggregated``.

    ``direct``: columns whose values identify a person directly, and how many values do. ``class_threshold``: the largest risk a
    class may have, the context's where None; ``risk_threshold``: the largest of the whole, the class's where None. A file
    without rows was not measured: its risk is 1. Raises ValueError for a threshold that is no probability, and where there is
    nothing to grade by.

    >>> grade(Classes("person", 100, 60, ((20, 3),))).level
    3
    >>> grade(Classes("person", 100, 79, ((19, 1), (20, 3)))).level
    2
    >>> grade(None)
    Traceback (most recent call last):
        ...
    ValueError: give the classes of a file whose rows are about single people
    """
    most = _threshold(CLASS_RISK[context] if class_threshold is None else class_threshold)
    allowed = _threshold(most if risk_threshold is None else risk_threshold)
    named = {column: values for column, values in (direct or {}).items() if values}
    if classes is None and not aggregated and not named:
        raise ValueError("give the classes of a file whose rows are about single people")
    evidence = [_direct(named)]
    if classes is None or aggregated:
        evidence += [_AGGREGATED] if aggregated else []
        return Level(1 if named else 4, context, most, allowed, None, None, None, None, tuple(evidence))
    probability = 1.0 if context == "public" else (environment or Environment()).probability
    highest, mean = (1 / classes.k, classes.count / classes.units) if classes.k else (1.0, 1.0)
    risk = 1.0 if highest > most else (highest if context == "public" else mean) * probability
    evidence += _measured(classes, context, most, environment or Environment())
    evidence.append(_verdict(risk, allowed))
    level = 1 if named else 2 if risk > allowed else 3
    return Level(level, context, most, allowed, highest, mean, probability, risk, tuple(evidence))


_AGGREGATED = ("表中是汇总数据，没有个人的记录", "the table is aggregated and has no record of a single person")
_CONTEXTS: Mapping[Context, tuple[str, str]] = {
    "public": ("完全公开共享", "released to everybody"),
    "controlled": ("受控公开共享", "released under control"),
    "enclave": ("领地公开共享", "open in an enclave"),
}


def _threshold(value: float) -> float:
    if not 0 < value <= 1:
        raise ValueError("a threshold is a probability: more than 0, at most 1")
    return value


def _direct(named: Mapping[str, int]) -> tuple[str, str]:
    if not named:
        return "没有直接标识个人的值", "no value identifies a person directly"
    values = sum(named.values())
    zh = f"{len(named)} 列中有 {values:,} 个值直接标识个人"
    return zh, f"{values:,} values in {len(named)} columns identify people directly"


def _measured(classes: Classes, context: Context, most: float, environment: Environment) -> list[tuple[str, str]]:
    small = sum(size * many for size, many in classes.sizes if 1 / size > most)
    zh, en = ("条记录", "rows") if classes.unit == "row" else ("人", "people")
    smallest, of_zh, of_en = f"{classes.k:,} {zh}", "", ""
    if classes.units != classes.people:
        of_zh, of_en = f"{classes.people:,} 人的 ", f" of {classes.people:,} people"
        zh, en = "人次", "entries"
    sentences = [
        (f"{of_zh}{classes.units:,} {zh}分在 {classes.count:,} 个等价类中，最小的类有 {smallest}",
         f"{classes.units:,} {en}{of_en} fall into {classes.count:,} equivalence classes, the smallest of {classes.k:,}"),
        (f"{_CONTEXTS[context][0]}：单个等价类的风险不得超过 {most:.4g}，超过的类中有 {small:,} {zh}",
         f"{_CONTEXTS[context][1]}: no class may have a risk above {most:.4g}; {small:,} {en} are in classes that do"),
    ]  # fmt: skip
    return sentences if context == "public" else [*sentences, _attack(environment)]


def _attack(environment: Environment) -> tuple[str, str]:
    chances = [f"{chance:.4g}" for chance in (environment.insider, environment.acquaintance, environment.breach)]
    zh, en = "内部人员 {}、熟人 {}、数据泄露 {} 中的最大值", "the largest of insider {}, acquaintance {} and breach {}"
    return (
        f"环境重标识攻击概率 {environment.probability:.4g}：{zh.format(*chances)}",
        f"the probability of an attack is {environment.probability:.4g}, {en.format(*chances)}",
    )


def _verdict(risk: float, allowed: float) -> tuple[str, str]:
    if risk > allowed:
        return (
            f"总体重标识风险 {risk:.4g}，高于阈值 {allowed:.4g}",
            f"the overall risk of re-identification is {risk:.4g}, above the threshold of {allowed:.4g}",
        )
    return (
        f"总体重标识风险 {risk:.4g}，不高于阈值 {allowed:.4g}",
        f"the overall risk of re-identification is {risk:.4g}, at or below the threshold of {allowed:.4g}",
    )
