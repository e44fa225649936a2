"""Columns of every kind, invented: what each holds, what it is called, and what must be found by its values alone."""

from __future__ import annotations

import functools
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import import_module
from pathlib import Path

import pyarrow as pa

from gongkai.classify import lexicon
from gongkai.classify.values import IDENTIFIERS
from gongkai.project import SHIPPED

SIZE = 2_000
_TEXTS = Path(__file__).parents[1] / "data" / "zh_ner"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华建国文辉玲红斌宇浩然欣怡子轩梓涵晨曦雨佳俊博思雅雪梅志鹏海燕春兰"
_PROVINCES = ["浙江省杭州市", "广东省深圳市", "四川省成都市", "江苏省南京市", "河北省石家庄市", "云南省昆明市"]
_COUNTIES = ["西湖区", "南山区", "武侯区", "鼓楼区", "长安区", "盘龙区", "余杭区", "福田区", "锦江区", "江宁区"]
_ROADS = ["文三路", "人民南路", "解放大道", "中山东路", "建设街", "幸福巷", "学院路", "和平里"]
_FIRMS = ["恒达", "华信", "鑫源", "天成", "远大", "同方", "博雅", "金桥", "瑞丰", "兴业", "嘉禾", "明德"]
_TRADES = ["科技有限公司", "贸易有限公司", "建筑工程集团", "中心小学", "人民医院", "教育局", "餐饮店", "物业服务中心", "研究所", "合作社"]

Draw = Callable[[random.Random], str]


@dataclass(frozen=True)
class Kind:
    """``alone``: the entity its values must lead to without a header; ``entity``: the one with the header."""

    name: str
    draw: Draw
    alone: str
    header: str
    entity: str


@functools.cache
def column(kind: Kind, size: int = SIZE, seed: int = 7) -> pa.Array:
    """Distinct values of a kind."""
    source = random.Random(f"{kind.name}{seed}")
    return pa.array(list(dict.fromkeys(kind.draw(source) for _ in range(size))), pa.string())


def identifier(name: str) -> Draw:
    return import_module(f"{IDENTIFIERS}.{name}").generate


def person(source: random.Random) -> str:
    surname = source.choice(_surnames()) if source.random() > 0.03 else source.choice(["欧阳", "上官", "司马", "诸葛"])
    return surname + "".join(source.choices(_GIVEN, k=source.choice([1, 2, 2, 2])))


def address(source: random.Random) -> str:
    street = f"{source.choice(_PROVINCES)}{source.choice(_COUNTIES)}{source.choice(_ROADS)}{source.randint(1, 400)}号"
    return street + source.choice(["", f"{source.randint(1, 20)}栋{source.randint(101, 2404)}室", f"{source.randint(1, 30)}号楼"])


def organisation(source: random.Random) -> str:
    return source.choice(_PROVINCES)[-3:] + source.choice(_COUNTIES) + source.choice(_FIRMS) + source.choice(_FIRMS) + source.choice(_TRADES)


def day(source: random.Random, first: date, days: int) -> date:
    return first + timedelta(source.randrange(days))


@functools.cache
def sentences(name: str) -> tuple[str, ...]:
    lines = (_TEXTS / f"{name}.jsonl").read_text("utf-8").splitlines()
    return tuple(json.loads(line)["text"] for line in lines)


@functools.cache
def _surnames() -> str:
    return "".join(lexicon.lists("names", SHIPPED)["surnames"][:200])


def _digits(source: random.Random, count: int) -> str:
    return f"{source.randrange(10**count):0{count}d}"


def _wide(text: str) -> str:
    return "".join(chr(ord(letter) + 0xFEE0) if letter.isascii() and letter.isalnum() else letter for letter in text)


def _spoilt(source: random.Random) -> str:
    number = identifier("resident_id")(source)
    return number if source.random() > 0.3 else number[:-1] + ("X" if number[-1] != "X" else "1")


def _case_number(source: random.Random) -> str:
    return f"{source.choice(['110101', '330106', '510107'])}{day(source, date(2019, 1, 1), 2000):%Y%m%d}{_digits(source, 4)}"


def _order(source: random.Random) -> str:
    return f"{day(source, date(2023, 1, 1), 600):%Y%m%d}{_digits(source, 10)}"


def _birth(source: random.Random) -> date:
    return day(source, date(1945, 1, 1), 365 * 60)


def _spaced(source: random.Random) -> str:
    number = identifier("resident_id")(source)
    return _wide(f"{number[:6]} {number[6:14]} {number[14:]}")


def _masked_id(source: random.Random) -> str:
    return f"{identifier('resident_id')(source)[:6]}********{_digits(source, 4)}"


KINDS = (
    Kind("resident id", identifier("resident_id"), "CN_ID_CARD", "身份证号", "CN_ID_CARD"),
    Kind("resident id, 30 % mistyped", _spoilt, "CN_ID_CARD", "证件号码", "CN_ID_CARD"),
    Kind("resident id, full width and spaced", _spaced, "CN_ID_CARD", "公民身份号码", "CN_ID_CARD"),
    Kind("mobile", identifier("mobile"), "PHONE", "联系电话", "PHONE"),
    Kind("mobile with country code", lambda s: f"+86 {identifier('mobile')(s)}", "PHONE", "手机号码", "PHONE"),
    Kind("landline", identifier("landline"), "PHONE", "家庭电话", "PHONE"),
    Kind("mobile and landline", lambda s: identifier(s.choice(["mobile", "landline"]))(s), "PHONE", "联系方式", "PHONE"),
    Kind("e-mail", identifier("email"), "EMAIL", "电子邮箱", "EMAIL"),
    Kind("bank card", identifier("bank_card"), "BANK_ACCOUNT", "银行账号", "BANK_ACCOUNT"),
    Kind("credit code", identifier("uscc"), "USCC", "统一社会信用代码", "USCC"),
    Kind("sole trader's code", identifier("uscc_sole_trader"), "USCC_SOLE_TRADER", "统一社会信用代码", "USCC_SOLE_TRADER"),
    Kind("plate", identifier("vehicle_plate"), "VEHICLE_PLATE", "车牌号", "VEHICLE_PLATE"),
    Kind("person", person, "PERSON_NAME", "姓名", "PERSON_NAME"),
    Kind("minority names", lambda s: f"{''.join(s.choices('阿买古热艾力克木江', k=4))}·{''.join(s.choices('买提吐尔逊明', k=3))}", "PERSON_NAME", "姓名", "PERSON_NAME"),
    Kind("person, some organisations", lambda s: person(s) if s.random() < 0.7 else organisation(s), "PERSON_NAME", "当事人", "PARTY_NAME"),
    Kind("organisation", organisation, "ORG_NAME", "单位名称", "ORG_NAME"),
    Kind("address", address, "ADDRESS", "家庭住址", "ADDRESS"),
    Kind("birth, ISO", lambda s: f"{_birth(s):%Y-%m-%d}", "DATE_OF_BIRTH", "出生日期", "DATE_OF_BIRTH"),
    Kind("birth, bare", lambda s: f"{_birth(s):%Y%m%d}", "DATE_OF_BIRTH", "出生日期", "DATE_OF_BIRTH"),
    Kind("sex", lambda s: s.choice("男女"), "GENDER", "性别", "GENDER"),
    Kind("people", lambda s: s.choice(["汉族", "回族", "满族", "苗族", "藏族", "壮族"]), "ETHNICITY", "民族", "ETHNICITY"),
    Kind("marriage", lambda s: s.choice(["未婚", "已婚", "离异", "丧偶"]), "MARITAL", "婚姻状况", "MARITAL"),
    Kind("party", lambda s: s.choice(["群众", "中共党员", "共青团员"]), "POLITICAL", "政治面貌", "POLITICAL"),
    Kind("schooling", lambda s: s.choice(["小学", "初中", "高中", "大专", "本科", "硕士研究生"]), "EDUCATION", "学历", "EDUCATION"),
    Kind("illness", lambda s: s.choice(["急性", "慢性", "陈旧性", "复发性"]) + s.choice(["胃炎", "肺炎", "肝炎", "阑尾炎", "骨折", "支气管炎"]), "HEALTH", "诊断", "HEALTH"),
    Kind("division by name", lambda s: s.choice(_PROVINCES) + s.choice(_COUNTIES), "ADDRESS_REGION", "所在区县", "ADDRESS_REGION"),
    Kind("remarks", lambda s: s.choice(sentences("uner_gsdsimp_dev")), "FREE_TEXT", "备注", "FREE_TEXT"),
    Kind("coordinates", lambda s: f"{s.uniform(100, 120):.6f},{s.uniform(25, 40):.6f}", "GEO", "经纬度", "GEO"),
    Kind("masked mobile", lambda s: f"138****{_digits(s, 4)}", "PHONE", "联系电话", "PHONE"),
    Kind("masked id", _masked_id, "CN_ID_CARD", "身份证号", "CN_ID_CARD"),
    Kind("masked name", lambda s: person(s)[0] + "*" * s.choice([1, 2]), "PERSON_NAME", "姓名", "PERSON_NAME"),
    # traps: nothing of a person in them
    Kind("case number", _case_number, "NONE", "案件编号", "NONE"),
    Kind("order of 18 digits", _order, "NONE", "流水号", "NONE"),
    Kind("order of 11 digits", lambda s: f"1{s.choice('3589')}{_digits(s, 9)}", "PHONE", "订单编号", "NONE"),
    Kind("moment in ms", lambda s: str(1_600_000_000_000 + s.randrange(10**11)), "NONE", "创建时间戳", "NONE"),
    Kind("serial", lambda s: f"2024{_digits(s, 6)}", "NONE", "序号", "NONE"),
    Kind("code of 8 digits", lambda s: _digits(s, 8), "NONE", "业务编码", "NONE"),
    Kind("business day", lambda s: f"{day(s, date(2021, 1, 1), 1200):%Y-%m-%d}", "NONE", "受理日期", "NONE"),
    Kind("amount", lambda s: f"{s.uniform(10, 90000):.2f}", "NONE", "补贴标准", "NONE"),
    Kind("postcode", lambda s: f"{s.randrange(10000, 84000) * 10:06d}", "NONE", "邮政编码", "POSTCODE"),
    Kind("division code", lambda s: f"{s.choice([11, 33, 44, 51])}{_digits(s, 4)}", "NONE", "行政区划代码", "ADDRESS_REGION"),
    Kind("hash", lambda s: f"{s.getrandbits(128):032x}", "NONE", "校验值", "NONE"),
    Kind("uuid", lambda s: f"{_hex(s, 8)}-{_hex(s, 4)}-4{_hex(s, 3)}-8{_hex(s, 3)}-{_hex(s, 12)}", "NONE", "唯一标识", "NONE"),
    Kind("address of a page", lambda s: f"https://www.example.gov.cn/art/{_digits(s, 8)}/{_digits(s, 11)}.html", "NONE", "链接地址", "NONE"),
    Kind("status", lambda s: s.choice(["已办结", "办理中", "待受理", "已退回"]), "NONE", "办理状态", "NONE"),
    Kind("title of an office", lambda s: s.choice(["主任", "科长", "办事员", "高级工程师", "会计师", "司机", "经理", "护士"]), "NONE", "事项类别", "NONE"),
    Kind("fixed point", lambda s: f"{s.uniform(0, 1):.4f}", "NONE", "完成率", "NONE"),
)


def _hex(source: random.Random, count: int) -> str:
    return f"{source.getrandbits(4 * count):0{count}x}"
