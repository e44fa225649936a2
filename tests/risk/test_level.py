from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.risk.classes import Classes
from gongkai.risk.level import BREACH, CLASS_RISK, INSIDER, Environment, Level, grade

SAFE = Environment(controls="high", motive="low", acquaintances=150, prevalence=0.0001)
"""An attack has 0.14: insider 0.05, acquaintance 0.0149, breach 0.14."""


def classes(*sizes: tuple[int, int], people: int | None = None, unit: Any = "person") -> Classes:
    units = sum(size * many for size, many in sizes)
    return Classes(unit, units, units if people is None else people, sizes)


@pytest.mark.parametrize(
    ("name", "sizes", "given_", "level", "risk"),
    [
        ("twenty to a class", [(20, 3), (40, 1)], {}, 3, 1 / 20),
        ("nineteen", [(19, 1), (400, 9)], {}, 2, 1.0),
        ("five under control, worst recipients", [(5, 10)], {"context": "controlled"}, 3, 1 / 5),
        ("five under control, good ones", [(5, 10), (10, 5)], {"context": "controlled", "environment": SAFE}, 3, 15 / 100 * 0.14),
        ("four under control", [(4, 1), (10, 5)], {"context": "controlled", "environment": SAFE}, 2, 1.0),
        ("three in an enclave", [(3, 4)], {"context": "enclave", "environment": SAFE}, 3, 1 / 3 * 0.14),
        ("two in an enclave", [(2, 1), (3, 4)], {"context": "enclave", "environment": SAFE}, 2, 1.0),
        ("a city's own class threshold", [(10, 3)], {"class_threshold": 0.1}, 3, 0.1),
        ("and its own threshold of the whole", [(10, 3)], {"class_threshold": 0.1, "risk_threshold": 0.09}, 2, 0.1),
        ("the environment is nobody's when all may read", [(25, 3)], {"environment": SAFE}, 3, 1 / 25),
        ("nothing was measured", [], {}, 2, 1.0),
    ],
)
def test_risk(name: str, sizes: list[tuple[int, int]], given_: dict[str, Any], level: int, risk: float) -> None:
    found = grade(classes(*sizes), **given_)
    assert found.level == level, name
    assert found.risk == pytest.approx(risk), name


@pytest.mark.parametrize(
    ("name", "direct", "aggregated", "level"),
    [
        ("names are left", {"姓名": 3, "身份证号": 0}, False, 1),
        ("names are left in an aggregated table", {"姓名": 3}, True, 1),
        ("columns without a value identify nobody", {"姓名": 0}, False, 3),
        ("aggregated", {}, True, 4),
        ("aggregated, whatever its classes", None, True, 4),
    ],
)
def test_direct_and_aggregated(name: str, direct: dict[str, int] | None, aggregated: bool, level: int) -> None:
    found = grade(classes((20, 3)), direct=direct, aggregated=aggregated)
    assert found.level == level, name
    assert (found.risk is None) == aggregated


def test_without_classes() -> None:
    assert grade(None, aggregated=True).level == 4
    assert grade(None, direct={"姓名": 1}).level == 1
    with pytest.raises(ValueError, match="give the classes"):
        grade(None)
    with pytest.raises(ValueError, match="give the classes"):
        grade(None, direct={"姓名": 0})


@pytest.mark.parametrize(
    ("name", "environment", "insider", "acquaintance", "breach"),
    [
        ("nothing declared", Environment(), 0.6, 1.0, 0.55),
        ("good controls, little motive", Environment("high", "low", prevalence=0), 0.05, 0.0, 0.14),
        ("middling", Environment("medium", "medium", 150, 0.001), 0.3, 1 - 0.999**150, 0.27),
        ("who knows nobody", Environment("medium", "high", 0, 0.5), 0.4, 0.0, 0.27),
        ("who knows one", Environment("low", "low", 1, 0.25), 0.4, 0.25, 0.55),
    ],
)
def test_environment(name: str, environment: Environment, insider: float, acquaintance: float, breach: float) -> None:
    parts = (environment.insider, environment.acquaintance, environment.breach)
    assert parts == pytest.approx((insider, acquaintance, breach)), name
    assert environment.probability == max(parts)


def test_tables_rise() -> None:
    """Less control and more motive never make an attack less likely."""
    ranks = ("low", "medium", "high")
    for controls in ranks:
        row = [INSIDER[controls][motive] for motive in ranks]
        assert row == sorted(row)
    for motive in ranks:
        column = [INSIDER[controls][motive] for controls in ranks]
        assert column == sorted(column, reverse=True)
    assert list(BREACH.values()) == sorted(BREACH.values())
    assert list(CLASS_RISK.values()) == [1 / 20, 1 / 5, 1 / 3]


@given(
    sizes=st.dictionaries(st.integers(1, 60), st.integers(1, 9), min_size=1).map(lambda found: sorted(found.items())),
    context=st.sampled_from(["public", "controlled", "enclave"]),
)
def test_larger_classes_are_never_a_worse_level(sizes: list[tuple[int, int]], context: Any) -> None:
    found = grade(classes(*sizes), context=context)
    larger = grade(classes(*((2 * size, many) for size, many in sizes)), context=context)
    assert larger.level >= found.level in (2, 3)
    assert (found.level == 3) == (sizes[0][0] >= {"public": 20, "controlled": 5, "enclave": 3}[context])


def test_evidence() -> None:
    found = grade(classes((2, 1), (20, 1), (30, 1)), context="controlled", environment=SAFE)
    assert [en for _, en in found.evidence] == [
        "no value identifies a person directly",
        "52 people fall into 3 equivalence classes, the smallest of 2",
        "released under control: no class may have a risk above 0.2; 2 people are in classes that do",
        "the probability of an attack is 0.14, the largest of insider 0.05, acquaintance 0.01489 and breach 0.14",
        "the overall risk of re-identification is 1, above the threshold of 0.2",
    ]
    assert [zh for zh, _ in found.evidence] == [
        "没有直接标识个人的值",
        "52 人分在 3 个等价类中，最小的类有 2 人",
        "受控公开共享：单个等价类的风险不得超过 0.2，超过的类中有 2 人",
        "环境重标识攻击概率 0.14：内部人员 0.05、熟人 0.01489、数据泄露 0.14 中的最大值",
        "总体重标识风险 1，高于阈值 0.2",
    ]


@pytest.mark.parametrize(
    ("found", "zh", "en"),
    [
        (grade(classes((20, 2), unit="row")), "40 条记录分在 2 个等价类中，最小的类有 20 条记录", "40 rows fall into 2"),
        (grade(classes((20, 2), people=30)), "30 人的 40 人次分在 2 个等价类中，最小的类有 20 人", "40 entries of 30 people fall into 2"),
        (grade(classes((20, 2))), "总体重标识风险 0.05，不高于阈值 0.05", "0.05, at or below the threshold of 0.05"),
        (grade(None, direct={"a": 2, "b": 3}), "2 列中有 5 个值直接标识个人", "5 values in 2 columns"),
        (grade(None, aggregated=True), "没有个人的记录", "no record of a single person"),
    ],
)
def test_evidence_says(found: Level, zh: str, en: str) -> None:
    assert any(zh in sentence for sentence, _ in found.evidence)
    assert any(en in sentence for _, sentence in found.evidence)


def test_evidence_names_no_column() -> None:
    found = grade(classes((3, 2)), direct={"王小明的列": 7})
    assert "王小明" not in json.dumps(found.document(), ensure_ascii=False)


def test_both_languages_give_the_same_numbers() -> None:
    for context in CLASS_RISK:
        for sentences in grade(classes((3, 7), (40, 2), people=90), context=context, environment=replace(SAFE, motive="high")).evidence:
            zh, en = (sorted(re.findall(r"\d+(?:\.\d+)?", sentence)) for sentence in sentences)
            assert zh == en


def test_document() -> None:
    found = grade(classes((25, 1))).document()
    assert found == json.loads(json.dumps(found))
    assert {name: found[name] for name in ("level", "context", "class_threshold", "risk_threshold", "highest", "mean", "probability", "risk")} == {
        "level": 3, "context": "public", "class_threshold": 0.05, "risk_threshold": 0.05,
        "highest": 0.04, "mean": 0.04, "probability": 1.0, "risk": 0.04,
    }  # fmt: skip
    assert set(found["evidence"][0]) == {"zh", "en"}


@pytest.mark.parametrize(
    ("given_", "message"),
    [
        ({"class_threshold": 0}, "a threshold is a probability"),
        ({"class_threshold": 1.1}, "a threshold is a probability"),
        ({"risk_threshold": -0.1}, "a threshold is a probability"),
    ],
)
def test_refusals(given_: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        grade(classes((20, 2)), **given_)
    with pytest.raises(ValueError, match="acquaintances is a number"):
        Environment(acquaintances=-1)
