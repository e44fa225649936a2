"""Addresses down to the door, and places that are none."""

from __future__ import annotations

import pytest

from gongkai.text.address import addresses, announced
from gongkai.text.span import Span

CASES = [
    # text with places in 【】 as a model marks them | the addresses
    ("住【朝阳区】【建国路】88号院3号楼2单元501室漏水", ["朝阳区建国路88号院3号楼2单元501室"]),
    ("住【朝阳区】【建国路88号院】3号楼2单元501室漏水", ["朝阳区建国路88号院3号楼2单元501室"]),
    ("【海淀区】【中关村南大街27号】附近施工", ["海淀区中关村南大街27号"]),
    ("【张家港市】【金港镇】【南沙村】8组23号的村民", ["张家港市金港镇南沙村8组23号"]),
    ("【天山区】【解放南路】256号阳光花园6号楼1单元302", ["天山区解放南路256号阳光花园6号楼1单元302"]),
    ("【花桥镇】绿地21城E区12栋1803室", ["花桥镇绿地21城E区12栋1803室"]),
    ("【徐汇区】【龙华西路】31弄5号401室违建", ["徐汇区龙华西路31弄5号401室"]),
    ("【武侯区】【人民南路】四段9号附12号有人", ["武侯区人民南路四段9号附12号"]),
    ("【市中区】【经四路】18-2-101户", ["市中区经四路18-2-101"]),
    ("【滨河路】与【湖滨街】交叉口东南角", ["滨河路与湖滨街交叉口东南角"]),
    ("【向阳路】与安康路路口积水", ["向阳路与安康路路口"]),
    ("【甲小区】3栋，【乙小区】4栋", ["甲小区3栋", "乙小区4栋"]),
    ("注册地址海淀区【上地东路】1号", ["海淀区上地东路1号"]),
    ("甲区【乙路】1号；丙区【丁路】2号", ["甲区乙路1号", "丙区丁路2号"]),
    ("【住江岸区】【吉庆街】64号", ["江岸区吉庆街64号"]),
    ("【西山社区3号楼4单元】201,未", ["西山社区3号楼4单元201"]),
    ("【苏州】5号开始下雨", []),
    ("改为【G04A室】", []),
    ("【上海】3人到访", []),
    ("大胜【俄罗斯】4-1", []),
    ("【北京】2024-01-05发布", []),
    ("【苏州】的5号楼漏水", []),
    ("【建国路】长期积水", []),
    ("【苏州市】【姑苏区】", []),
]


def marked(text: str) -> tuple[str, list[Span]]:
    """The text without its marks, and the places that stood between them."""
    plain, places = "", []
    for index, piece in enumerate(text.replace("】", "【").split("【")):
        if index % 2:
            places.append(Span(len(plain), len(plain) + len(piece), "LOCATION", 0.9))
        plain += piece
    return plain, places


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text for text, _ in CASES])
def test_where_an_address_begins_and_ends(text: str, expected: list[str]) -> None:
    plain, places = marked(text)
    assert [plain[it.start : it.end] for it in addresses(plain, places)] == expected


def test_announced_only_with_a_house_number() -> None:
    find = announced(["住址", "家住"])
    text = "住址:槐荫里七号院,家住附近,家住光明里3栋"
    assert [text[it.start : it.end] for it in find(text)] == ["槐荫里七号院", "光明里3栋"]


@pytest.mark.parametrize(
    ("text", "found"),
    [("住12栋1单元1201", ["12栋1单元1201"]), ("住3-2-101室", ["3-2-101室"]), ("住院12天", []), ("住了3层楼", []), ("住2024-01-05", [])],
)
def test_a_door_without_a_street(text: str, found: list[str]) -> None:
    assert [text[it.start : it.end] for it in announced(["住址"])(text)] == found
