"""The small parts: overlaps, widths, names behind words, long numbers, scores."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.project import SHIPPED
from gongkai.text import Span
from gongkai.text.evaluate import Evaluation
from gongkai.text.leftover import numbers
from gongkai.text.names import finder, repeated
from gongkai.text.resolve import resolve
from gongkai.text.view import look

SPANS = st.builds(
    lambda start, length, entity, score: Span(start, start + length, entity, score),
    st.integers(0, 20),
    st.integers(1, 12),
    st.sampled_from(["PERSON", "LOCATION", "ADDRESS", "PHONE", "CN_ID_CARD"]),
    st.sampled_from([0.3, 0.5, 0.85, 1.0]),
)


@given(st.lists(SPANS, max_size=8))
def test_nothing_overlaps_and_little_is_lost(spans: list[Span]) -> None:
    kept = resolve(spans)
    assert all(one.end <= other.start for one, other in itertools.pairwise(kept))
    assert kept == resolve(spans[::-1])
    assert {index for it in kept for index in range(it.start, it.end)} <= {i for it in spans for i in range(it.start, it.end)}
    assert bool(kept) == bool(spans)


@pytest.mark.parametrize(
    ("spans", "kept"),
    [
        ([(0, 18, "CN_ID_CARD", 0.3), (0, 18, "BANK_ACCOUNT", 1.0)], [(0, 18, "BANK_ACCOUNT")]),
        ([(0, 15, "BUSINESS_REG_NO", 1.0), (0, 15, "CN_ID_CARD", 1.0)], [(0, 15, "CN_ID_CARD")]),
        ([(0, 20, "ORGANIZATION", 0.99), (4, 15, "PHONE", 0.85)], [(4, 15, "PHONE"), (15, 20, "ORGANIZATION")]),
        ([(0, 4, "PERSON", 0.9), (2, 8, "LOCATION", 0.9)], [(0, 4, "PERSON"), (4, 8, "LOCATION")]),
        ([(0, 4, "PERSON", 0.9), (2, 8, "ADDRESS", 0.9)], [(0, 2, "PERSON"), (2, 8, "ADDRESS")]),
        ([(0, 9, "LOCATION", 0.9), (1, 9, "ADDRESS", 0.5)], [(1, 9, "ADDRESS")]),
        ([(0, 4, "LOCATION", 0.9), (0, 4, "ADDRESS", 0.9)], [(0, 4, "ADDRESS")]),
    ],
)
def test_which_span_stays(spans: list[tuple[int, int, str, float]], kept: list[tuple[int, int, str]]) -> None:
    assert [span[:3] for span in resolve(Span(*span) for span in spans)] == kept


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=30))
def test_every_character_finds_its_way_back(text: str) -> None:
    view = look(text)
    assert len(view.plain) == len(view.half)
    for index, character in enumerate(view.plain):
        start, end = view.given(index, index + 1)
        assert text[start:end] == character
        assert view.seen(start) == index


@pytest.mark.parametrize(
    ("text", "half"),
    [("１３８－０Ａ＠．", "138-0A@."), ("138 1234", "138 1234"), ("𝟏𝟑𝟖", "138"), ("①㎡½²", "①㎡½²"), ("138–1234", "138-1234"), ("——138", "——138")],
)
def test_half_width(text: str, half: str) -> None:
    assert look(text).half == half


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("姓名:张三 性别:男", ["张三"]),
        ("投诉人欧阳雪梅反映", ["欧阳雪梅"]),
        ("联系人是安心,电话略", ["安心"]),
        ("申请人:艾山江·卡迪尔与他人", ["艾山江·卡迪尔"]),
        ("投诉人称小区漏水", []),
        ("投诉人来电反映", []),
        ("投诉人:王  建  国", ["王  建  国"]),
        ("联系人zhangsan,联系人QQ12345", ["zhangsan"]),
        ("姓王,名建国", ["王,名建国"]),
        ("张安心来电,温度反映不佳,于是来电", ["张安心"]),
        ("曾多次投诉,高楼投诉,项目反映", []),
        ("反映人不愿透露姓名", []),
        ("举报人要求保密", []),
    ],
)
def test_announced_names(text: str, found: list[str]) -> None:
    find = finder(["姓名", "投诉人", "联系人", "申请人", "反映人", "举报人"], SHIPPED)
    assert [text[it.start : it.end] for it in find(text)] == found


def test_a_short_name_is_not_looked_for_again() -> None:
    assert repeated("王军来,王军人称", [Span(0, 2, "PERSON", 0.9)]) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("１０３２８８４号", ["１０３２８８４"]),
        ("12 345 678", ["12 345 678"]),
        ("1234", []),
        ("2024-01-05", []),
        ("2024 1 5", []),
        ("2024-13-05", ["2024-13-05"]),
        ("20240105", ["20240105"]),
        ("12345元", []),
        ("￥12345", []),
        ("12345.67万元", []),
        ("12345张", ["12345"]),
        ("12345人员", ["12345"]),
        ("12345 6元", ["12345 6"]),
        ("电话138.1234.5678", ["138.1234.5678"]),
        ("138/1234/5678", ["138/1234/5678"]),
        ("138，1234，5678", ["138，1234，5678"]),
        ("138_1234_5678", ["138_1234_5678"]),
        ("138·1234·5678", ["138·1234·5678"]),
        ("6222.0212.3456.7890.128", ["6222.0212.3456.7890.128"]),
        ("450102.19900307.1239", ["450102.19900307.1239"]),
        ("450102.1990.03.07.1239", ["450102.1990.03.07.1239"]),
        ("5671234万达广场", ["5671234"]),
        ("打电话5678901元旦", ["5678901"]),
        ("电话5671234百货大楼", ["5671234"]),
        ("电话5671234人民路口", ["5671234"]),
        ("电话号码是5671234人不接", ["5671234"]),
        ("身份证45010219900101123件", ["45010219900101123"]),
        ("电话56712元", ["56712"]),
        ("一三八一二三四五六七八", ["一三八一二三四五六七八"]),
        ("幺三八 幺二三四 五六七八", ["幺三八 幺二三四 五六七八"]),
        ("①③⑧①②③④⑤⑥⑦⑧", ["①③⑧①②③④⑤⑥⑦⑧"]),
        ("1三8一2三4五6七8", ["1三8一2三4五6七8"]),
        ("二〇二三-二〇二四学年", []),
        ("2024.1.5至2024.3.31", []),
        ("2024/01/05-2024/03/31", []),
        ("2021-2023年", []),
        ("1,234,567元，1,234,567.89元", []),
        ("投入1200000元用于修路，1234567元。", []),
        ("1032884，2024-01-05", ["1032884"]),
        ("450102，1990-03-07，1239", ["450102，1990-03-07，1239"]),
        ("12345热线，12345", ["12345"]),
    ],
)
def test_long_numbers(text: str, found: list[str]) -> None:
    assert [text[it.start : it.end] for it in numbers(text, [])] == found
    assert numbers(text, [Span(0, len(text), "PHONE", 1.0)]) == []


def test_scores_count_exact_spans_and_characters() -> None:
    evaluation = Evaluation()
    right = [Span(0, 3, "PERSON", 1.0), Span(5, 8, "PERSON", 1.0), Span(9, 20, "PHONE", 1.0)]
    evaluation.add(right, [Span(0, 3, "PERSON", 0.9), Span(5, 7, "PERSON", 0.9), Span(30, 32, "QQ", 0.9)])
    document = evaluation.document()
    assert document["PERSON"] == {
        "labelled": 2, "found": 2, "exact": 1, "precision": 0.5, "recall": 0.5, "f1": 0.5, "character_recall": 0.8333,
    }  # fmt: skip
    assert (document["PHONE"]["precision"], document["PHONE"]["recall"]) == (None, 0.0)
    assert (document["QQ"]["precision"], document["QQ"]["recall"]) == (0.0, None)


def test_only_some_entities_are_scored() -> None:
    evaluation = Evaluation(only=["PHONE"])
    evaluation.add([Span(0, 3, "PERSON", 1.0)], [Span(4, 15, "PHONE", 1.0)])
    assert list(evaluation.scores) == ["PHONE"]
