"""In running text: the numbers written there are found, and news that holds none yields none."""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from gongkai import plugins

PACKAGE = "gongkai.identifiers"
KINDS = [import_module(f"{PACKAGE}.{name}") for name in plugins.modules(PACKAGE)]
STRONG = [kind for kind in KINDS if kind.EVIDENCE != "weak"]
DATA = Path(__file__).parents[1] / "data" / "zh_ner"
BESIDE = {"number": "[0-9A-Za-z]", "token": "[0-9A-Za-z@._-]"}


def pattern(kind: ModuleType) -> re.Pattern[str]:
    beside = BESIDE[kind.BOUNDARY]
    return re.compile(f"(?<!{beside})(?:{kind.FIND})(?!{beside})")


@cache
def texts(name: str) -> tuple[str, ...]:
    lines = (DATA / f"{name}.jsonl").read_text().splitlines()
    return tuple(unicodedata.normalize("NFKC", json.loads(line)["text"]) for line in lines)


def found(name: str) -> list[str]:
    return [kind.ENTITY for kind in STRONG for text in texts(name) for hit in pattern(kind).findall(text) if kind.is_valid(hit)]


@pytest.mark.parametrize("name", ["uner_gsdsimp_train", "uner_gsdsimp_dev", "uner_gsdsimp_test", "uner_pud_test"])
def test_news_and_encyclopedias_hold_no_identifier(name: str) -> None:
    assert found(name) == []


@pytest.mark.parametrize(
    ("type_", "entity"),
    [
        ("phone", "PHONE"), ("id_card", "CN_ID_CARD"), ("plate", "VEHICLE_PLATE"), ("disability_cert", "DISABILITY_CERT"),
        ("bank_card", "BANK_ACCOUNT"), ("email", "EMAIL"), ("wechat", "WECHAT"), ("uscc", "USCC"), ("passport", "ID_DOC_NO"),
    ],
)
def test_what_stands_in_hotline_texts_is_found_whole(type_: str, entity: str) -> None:
    kinds = [kind for kind in KINDS if entity == kind.ENTITY]
    spans = 0
    for line in (DATA / "hotline_synth.jsonl").read_text().splitlines():
        document = json.loads(line)
        for span in document["spans"]:
            if span["type"] == type_:
                spans += 1
                wanted = (span["start"], span["end"])
                assert any(wanted == hit.span() for kind in kinds for hit in pattern(kind).finditer(document["text"])), document["id"]
    assert spans


TRAPS = [
    "案件编号11010520240105001已受理",
    "订单号202401051234567890",
    "时间戳1700000000000毫秒",
    "见第3.1.2.4条",
    "比例12::30",
    "会议于12:30:45开始",
    "型号ABCDEFGHJKLMNPRST",
    "拨打12345或400-810-8888",
    "共计13812345678901元",
    "代码0123456789",
    "版本1.2.3",
    "使100000元落袋",
    "京ABCDEF公司",
    "第00000000-0000号",
]


@pytest.mark.parametrize("text", TRAPS)
def test_look_alikes_are_not_taken(text: str) -> None:
    taken = [kind.__name__ for kind in STRONG for hit in pattern(kind).finditer(text) if kind.is_valid(hit.group())]
    assert taken == []


FOUND = [
    ("resident_id", "其身份证号为11010519491231002X请核实", "11010519491231002X"),
    ("resident_id", "身份证:110105 19491231 002x,", "110105 19491231 002x"),
    ("resident_id", "身份证1101 因故", None),
    ("mobile", "手机138-1234-5678白天可接", "138-1234-5678"),
    ("mobile", "电话:+86 13812345678。", "+86 13812345678"),
    ("landline", "请打010-62345678转12联系", "010-62345678转12"),
    ("landline", "电话(0755)86013388", "(0755)86013388"),
    ("bank_card", "卡号6222 0200 0000 0000 000,开户行", "6222 0200 0000 0000 000"),
    ("vehicle_plate", "一辆京A·12345轿车", "京A·12345"),
    ("vehicle_plate", "粤BD12345和粤Z1234港", "粤BD12345"),
    ("email", "邮箱zhang.san@example.com可收", "zhang.san@example.com"),
    ("ipv4", "IP地址192.168.1.10登录", "192.168.1.10"),
    ("disability_cert", "残疾证11010519491231002X43到期", "11010519491231002X43"),
    ("student_number", "学籍号G11010519491231002X", "G11010519491231002X"),
    ("uscc", "代码91110105MA01ABC922的企业", "91110105MA01ABC922"),
    ("mac", "网卡00-1A-2B-3C-4D-5E", "00-1A-2B-3C-4D-5E"),
    ("date_of_birth", "1990年1月5日出生", "1990年1月5日"),
    ("coordinates", "位于116.39748,39.90872处", "116.39748,39.90872"),
]


@pytest.mark.parametrize(("name", "text", "expected"), FOUND)
def test_found_beside_han_characters(name: str, text: str, expected: str | None) -> None:
    kind = import_module(f"{PACKAGE}.{name}")
    hit = pattern(kind).search(text)
    assert (None if hit is None else hit.group()) == expected
    assert expected is None or kind.is_valid(expected)
