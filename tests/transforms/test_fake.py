from __future__ import annotations

import hashlib
import re
from collections import Counter
from typing import Any

import pyarrow as pa
import pytest
from cryptography.hazmat.primitives.ciphers import algorithms
from cryptography.hazmat.primitives.cmac import CMAC
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai import plugins
from gongkai.disclosure import LOOKALIKE, Disclosure, Form
from gongkai.methods.columns import fake_words as words
from gongkai.project import SHIPPED
from gongkai.reference import divisions

fake = plugins.load(SHIPPED, "transforms", "fake")
KEY = bytes(range(32))
KINDS = ["name", "address", "company", "email"]
MANY = pa.array([f"value {index}" for index in range(20_000)])
SHAPES = {
    "name": r"[\u4e00-\u9fff]{2,4}",
    "address": r"[\u4e00-\u9fff]+(省|市|自治区|特别行政区)[\u4e00-\u9fff]+[市县][\u4e00-\u9fff]+区[\u4e00-\u9fff]+[街路][1-9][0-9]{0,2}号",
    "company": r"[\u4e00-\u9fff]{4}(科技|网络|信息|传媒)有限公司",
    "email": r"[a-z]+\.[a-z]+[0-9]{5}@example\.com",
}
LISTS = {
    "name": "10edc7dfbde8adf7",
    "address": "f295448a438da859",
    "company": "88371e6902bd6233",
    "email": "23f7653fdd1e3a78",
}
"""SHA-256 of the word lists. A new release of Faker that changes one changes every fake of that kind, in every dataset: say so in
the changelog, for readers can no longer join a new release with an old one."""


@pytest.mark.parametrize("kind", KINDS)
def test_the_word_lists_are_those_of_the_last_release(kind: str) -> None:
    lists = ["\n".join(table.to_pylist()) for table in words.tables(kind, SHIPPED)]
    assert hashlib.sha256("\n\n".join(lists).encode()).hexdigest()[:16] == LISTS[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_looks_like_its_kind(kind: str) -> None:
    out = fake.apply(MANY, key=KEY, kind=kind).to_pylist()
    assert all(re.fullmatch(SHAPES[kind], each) for each in out)
    assert len(set(out)) > 0.85 * len(out)


@pytest.mark.parametrize("kind", KINDS)
@settings(deadline=None, max_examples=30)
@given(value=st.text(min_size=1, max_size=30))
def test_is_drawn_from_the_cmac(kind: str, value: str) -> None:
    mac = CMAC(algorithms.AES(KEY))
    mac.update(value.encode())
    digest = mac.finalize()
    drawn = [int.from_bytes(digest[place : place + 4]) for place in range(0, 16, 4)]
    tables = words.tables(kind, SHIPPED)
    expected = "".join(table[number * len(table) >> 32].as_py() for table, number in zip(tables, drawn, strict=False))
    assert fake.apply(pa.array([value]), key=KEY, kind=kind).to_pylist() == [expected]


def test_equal_values_meet_wherever_they_stand() -> None:
    first = fake.apply(pa.array(["张三", "李四", None, "", "张三"]), key=KEY, kind="name").to_pylist()
    second = fake.apply(pa.array(["李四"]), key=KEY, kind="name").to_pylist()
    assert first[0] == first[4] != first[1] == second[0]
    assert first[2:4] == [None, ""]


def test_another_key_is_another_domain() -> None:
    one, two = (fake.apply(MANY, key=key, kind="email").to_pylist() for key in (KEY, KEY[::-1]))
    assert sum(first == second for first, second in zip(one, two, strict=True)) == 0


def test_no_value_is_its_own_fake(monkeypatch: pytest.MonkeyPatch) -> None:
    few = (pa.array(["张", "李"]), pa.array(["三"]))
    monkeypatch.setattr(fake, "tables", lambda kind, project: few)
    for name in ("张三", "李三"):
        keys = [bytes([index]) * 32 for index in range(60)]
        out = {fake.apply(pa.array([name]), key=key, kind="name").to_pylist()[0] for key in keys}
        assert out == {"张三", "李三", "****"} - {name}


def test_surnames_come_as_often_as_they_are_borne() -> None:
    surnames = Counter(name[0] for name in fake.apply(MANY, key=KEY, kind="name").to_pylist())
    assert [surname for surname, _ in surnames.most_common(3)] == ["王", "李", "张"]
    assert surnames["王"] / len(MANY) == pytest.approx(0.074, abs=0.008)


def test_no_made_up_city_is_one_there_is() -> None:
    real = set(divisions.load(SHIPPED).names.values())
    provinces = sorted(each for each in real if each.endswith(("省", "自治区", "特别行政区")) or each in ("北京市", "天津市", "上海市", "重庆市"))
    places, *_ = words.tables("address", SHIPPED)
    for place in places.to_pylist():
        province = next(each for each in provinces if place.startswith(each))
        assert place.removeprefix(province) not in real


@pytest.mark.parametrize(
    ("entity", "kind"),
    [
        ("PERSON_NAME", "name"),
        ("PARTY_NAME", "name"),
        ("LEGAL_REPRESENTATIVE", "name"),
        ("ADDRESS", "address"),
        ("ORG_NAME", "company"),
        ("EMPLOYER", "company"),
        ("EMAIL", "email"),
    ],
)
def test_the_kind_follows_from_the_entity(entity: str, kind: str) -> None:
    column = pa.array(["a", "b"])
    assert fake.apply(column, key=KEY, entity=entity).equals(fake.apply(column, key=KEY, kind=kind))
    assert fake.apply(column, key=KEY, kind=kind, entity="PHONE").equals(fake.apply(column, key=KEY, kind=kind))


def test_reveals_only_equality() -> None:
    parts = frozenset({LOOKALIKE})
    assert fake.reveals("PERSON_NAME") == Disclosure(Form.LINK, parts=parts, linkable=True)
    assert fake.reveals("PHONE", kind="name", domain="city") == Disclosure(Form.LINK, parts=parts, linkable=True, domain="city")


@pytest.mark.parametrize("wrong", [{"entity": "PHONE"}, {"entity": ""}, {"entity": "PERSON_NAME", "kind": "phone"}], ids=str)
def test_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="kind is one of name, address, company, email"):
        fake.apply(pa.array(["a"]), key=KEY, **wrong)
    with pytest.raises(ValueError, match="kind is one of name, address, company, email"):
        fake.reveals(wrong["entity"], **{key: value for key, value in wrong.items() if key == "kind"})
