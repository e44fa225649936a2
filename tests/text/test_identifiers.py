"""Identifiers beside Chinese text: where they begin and end, and what the words around them do to their scores."""

from __future__ import annotations

import re

import pytest

from gongkai import plugins
from gongkai.project import SHIPPED
from gongkai.text import Detector, address, config, context, detector, engine, handles, kinds, leftover, names, nlp, view

SETTINGS = config.load(SHIPPED, "balanced").model_copy(update={"ner": "none"})
ID, BROKEN = "11010519491231002X", "110105194912310021"
FOUND = [
    # text | what stands there, and its score
    ("联系电话13812345678，请回复", [("13812345678", "PHONE", 1.0)]),
    ("请致13812345678", [("13812345678", "PHONE", 0.85)]),
    ("手机：１３８１２３４５６７８。", [("１３８１２３４５６７８", "PHONE", 1.0)]),
    ("手机138\u200b1234\u200b5678", [("138\u200b1234\u200b5678", "PHONE", 1.0)]),
    ("手机138—1234—5678", [("138—1234—5678", "PHONE", 1.0)]),
    ("面积50㎡13812345678", [("13812345678", "PHONE", 0.85)]),
    ("😀13812345678😀", [("13812345678", "PHONE", 0.85)]),
    ("1.13812345678；2.13987654321", [("13812345678", "PHONE", 0.85), ("13987654321", "PHONE", 0.85)]),
    ("13812345678（手机）", [("13812345678", "PHONE", 1.0)]),
    ("电话0512-68881234转801", [("0512-68881234转801", "PHONE", 1.0)]),
    (f"身份证号{ID}，", [(ID, "CN_ID_CARD", 1.0)]),
    (f"王某{ID.lower()}号", [(ID.lower(), "CN_ID_CARD", 1.0)]),
    (f"身份证号{BROKEN}", [(BROKEN, "CN_ID_CARD", 0.65)]),
    (f"王某{BROKEN}", []),
    (f"身份证编号：{BROKEN}", [(BROKEN, "CN_ID_CARD", 0.65)]),
    (f"身份证已核验。{BROKEN}", []),
    (f"工单编号{ID}", []),
    (f"身份证丢失，工单编号{BROKEN}", []),
    ("残疾证号32052319560417282344，", [("32052319560417282344", "DISABILITY_CERT", 1.0)]),
    ("护照E12345678、驾照略", [("E12345678", "ID_DOC_NO", 0.65)]),
    ("货架E12345678", []),
    ("E12345678，护照已收", []),
    ("E12345678（护照）", [("E12345678", "ID_DOC_NO", 0.65)]),
    ("微信号zhao_liping88的人员", [("zhao_liping88", "WECHAT", 1.0)]),
    ("微信：ｚｈａｏ＿８８８", [("ｚｈａｏ＿８８８", "WECHAT", 1.0)]),
    ("在微信群里发布Beijing2022图片", []),
    ("QQ是1234567。", [("1234567", "QQ", 1.0)]),
    ("1234567人", []),
    ("邮箱zhang@qq.com。", [("zhang@qq.com", "EMAIL", 1.0)]),
    ("邮箱-zhang@qq.com-", [("zhang@qq.com", "EMAIL", 1.0)]),
    ("Mail zhang.san@qq.com. Thanks", [("zhang.san@qq.com", "EMAIL", 1.0)]),
    ("车牌苏e8k235停在", [("苏e8k235", "VEHICLE_PLATE", 1.0)]),
    ("沪AD12345在", [("沪AD12345", "VEHICLE_PLATE", 0.85)]),
    ("IP地址192.168.1.1登录", [("192.168.1.1", "IP", 1.0)]),
    ("生于1962年5月3日", [("1962年5月3日", "DATE_OF_BIRTH", 0.65)]),
    ("战斗发生于1931年9月15日", []),
    ("2024年3月5日受理", []),
    ("系统时间戳1709625600123", []),
    ("坐标偏差0.13812345678", []),
    ("汇率7.13812345678", []),
    ("http://a.gov.cn/?id=13812345678&p=1", []),
    ("单号2024-13812345678", []),
    ("550e8400-e29b-41d4-a716-446655440000", []),
    ("13812345678元", [("13812345678", "PHONE", 0.85)]),
    ("", []),
    ("无", []),
]  # fmt: skip


@pytest.fixture(scope="module")
def finder() -> Detector:
    return detector(SHIPPED, SETTINGS)


@pytest.mark.parametrize(("text", "expected"), FOUND, ids=[text[:24] for text, _ in FOUND])
def test_what_is_found(finder: Detector, text: str, expected: list[tuple[str, str, float]]) -> None:
    spans = finder.detect([text])[0]
    assert [(text[span.start : span.end], span.entity, span.score) for span in spans] == expected


def test_every_identifier_is_looked_for() -> None:
    assert {kind.name for kind in kinds.kinds(SETTINGS)} == set(plugins.modules(config.IDENTIFIERS))


def test_no_pattern_trusts_unicode_words() -> None:
    """Beside Chinese characters \\b never holds and \\w swallows them; \\d takes digits of every script."""
    patterns = {f"{it.name}.FIND": it.pattern.pattern for it in kinds.kinds(SETTINGS)}
    for module in (address, context, engine, handles, kinds, leftover, names, nlp, view):
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern):
                patterns[f"{module.__name__}.{name}"] = value.pattern
    made = {names.finder: names.finder(SETTINGS.name_triggers, SHIPPED), address.announced: address.announced(SETTINGS.address_triggers)}
    for find, found in made.items():
        cells = found.__closure__ or ()
        held = [it for cell in cells for it in (cell.cell_contents if isinstance(cell.cell_contents, tuple) else [cell.cell_contents])]
        patterns |= {f"{find.__name__}{at}": it.pattern for at, it in enumerate(held) if isinstance(it, re.Pattern)}
    assert len(patterns) > len(plugins.modules(config.IDENTIFIERS)) + 15
    wrong = [name for name, pattern in patterns.items() if re.search(r"(?<!\\)(?:\\\\)*\\[bBwWdDsS]", pattern)]
    assert wrong == []
