"""What values say by themselves: names, places, forms, known sets, and the word lists behind them."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest

from gongkai import rules as ruled
from gongkai.classify import forms, lexicon, names, places, values
from gongkai.errors import ConfigError
from gongkai.project import SHIPPED, Project

_TEXTS = Path(__file__).parents[1] / "data" / "zh_ner"


def spans(kind: str, longest: int) -> list[str]:
    """Distinct labelled spans of real text, short enough to be a value."""
    found = set()
    for path in sorted(_TEXTS.glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            found |= {span["text"] for span in json.loads(line)["spans"] if span["type"] == kind}
    return sorted(text for text in found if len(text) <= longest and text.isalpha() and not text.isascii())


def share(found: pa.Array) -> float:
    return forms.ratio(found)


def test_names_of_real_people_and_of_other_things() -> None:
    people = [name for name in spans("person", 3) if name[0] in lexicon.lists("names", SHIPPED)["surnames"] and len(name) > 1]
    assert len(people) > 300
    assert share(names.look(pa.array(people), SHIPPED)) > 0.85
    assert share(names.look(pa.array(spans("organization", 8)), SHIPPED)) < 0.05
    assert share(names.look(pa.array(spans("location", 8)), SHIPPED)) < 0.15


@pytest.mark.parametrize("name", ["王芳", "李 明", "欧阳修", "司马相如", "买买提·吐尔逊", "古丽·阿不都热合曼", "张王李"])
def test_names(name: str) -> None:
    assert names.look(pa.array([name]), SHIPPED).to_pylist() == [True]


@pytest.mark.parametrize("word", ["高级", "马路", "金额", "方案", "白天", "王家村", "李沧区", "安全科", "张三李四王五", "王", "abc", "张1", "石油", "项目"])
def test_no_names(word: str) -> None:
    assert names.look(pa.array([word]), SHIPPED).to_pylist() == [False]


@pytest.mark.parametrize(("text", "entity"), [
    ("浙江省杭州市西湖区文三路90号", "ADDRESS"), ("人民南路四段9号附12号", "ADDRESS"), ("幸福小区3栋2单元501室", "ADDRESS"), ("李家村三组12号", "ADDRESS"),
    ("北京市海淀区", "ADDRESS_REGION"), ("广东", "ADDRESS_REGION"), ("延边朝鲜族自治州", "ADDRESS_REGION"), ("杭州市西湖区人民法院", "ORG_NAME"),
    ("华信科技有限公司（杭州）", "ORG_NAME"), ("中国工商银行杭州分行", "ORG_NAME"), ("2型糖尿病", "HEALTH"), ("地上12层/地下2层", None), ("3栋18层", None),
    ("阳光小区", None), ("已办结", None), ("张三", None), ("2024-01-05", None),
])  # fmt: skip
def test_places(text: str, entity: str | None) -> None:
    found = {code for code, look in places.looks(pa.array([text]), SHIPPED).items() if look[0].as_py()} - {"BANK_NAME"}
    assert found == ({entity} if entity else set())


def test_births_spread_and_business_does_not() -> None:
    births = pa.array([f"{year}-0{year % 9 + 1}-11" for year in range(1940, 2010)])
    assert forms.dated(births)["birth"] == 1.0
    assert forms.dated(pa.array([f"2024-0{month}-11" for month in range(1, 10)])) == {"date": 1.0, "birth": 0.0}
    assert forms.dated(pa.array(["1990年1月2日", "1950/03/04", "19701231", "2001-02-03 00:00:00"]))["date"] == 1.0
    assert forms.dated(pa.array(["1990-02-30", "20240001", "昨天"])) == {"date": 0.0, "birth": 0.0}


def test_masked_values() -> None:
    hidden = forms.masked(pa.array(["138****5678", "110101********1234", "张**", "李某某", "a***@qq.com"]))
    assert hidden == {"masked": 1.0, "PHONE": 0.2, "CN_ID_CARD": 0.2, "PERSON_NAME": 0.4, "EMAIL": 0.2}
    assert forms.masked(pa.array(["3*4", "正常", "A*B"]))["PERSON_NAME"] == 0.0


def test_one_known_word_is_no_set() -> None:
    assert not [signal for signal in values.read(pa.array(["良好"]), SHIPPED).signals if signal.strength == "set"]
    assert not [signal for signal in values.read(pa.array(["男", "甲", "乙", "丙", "丁"]), SHIPPED).signals if signal.counts]
    told = {signal.entity for signal in values.read(pa.array(["男", "女"]), SHIPPED).signals if signal.counts}
    assert told == {"GENDER"}


def test_every_list_of_known_values_names_an_entity() -> None:
    assert set(lexicon.lists("sets", SHIPPED)) <= set(ruled.load(SHIPPED).entities)
    assert set(lexicon.lists("places", SHIPPED)) == {"provinces", "divisions", "ways", "doors", "organisations", "banks", "illnesses"}


def test_at_most_so_many_values_are_read() -> None:
    assert values.read(pa.array([str(number) for number in range(20_000)]), SHIPPED).count == values.MOST


def test_hostile_values_are_read() -> None:
    hostile = ["\x00", "𠮷野家", "a" * 100_000, "1" * 5_000, "（" * 500, "\u200b\u200b", "*" * 300, "·" * 50, "😀😀", "NaN", "1e400", "-0.00000"]
    evidence = values.read(pa.array(hostile), SHIPPED)
    assert not [signal for signal in evidence.signals if signal.alone and signal.strength != "form"]


@pytest.mark.parametrize(("written", "key"), [("a: [1, 2]", "a"), ("a: {b: c}", "a"), ("- a", "rules/values/words.yml"), ("a: [", "line")])
def test_a_broken_list_is_refused(tmp_path: Path, written: str, key: str) -> None:
    (tmp_path / "rules" / "values").mkdir(parents=True)
    (tmp_path / "rules" / "values" / "words.yml").write_text(written, "utf-8")
    with pytest.raises(ConfigError, match=key):
        lexicon.lists("words", Project.at(tmp_path))


def test_a_city_has_lists_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "rules" / "values").mkdir(parents=True)
    (tmp_path / "rules" / "values" / "sets.yml").write_text("RELIGION: [东正教, 拜上帝会]", "utf-8")
    found = values.read(pa.array(["东正教", "拜上帝会"]), Project.at(tmp_path))
    assert {signal.entity for signal in found.signals if signal.counts} == {"RELIGION"}
