"""Labelled texts full of numbers, generated: every identifier in every way of writing it, among numbers that are none.

``python tests/text/generate.py 2000 > texts.jsonl`` writes such texts as JSON lines for ``gongkai detect --eval``.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from itertools import pairwise
from types import ModuleType
from typing import Any

from gongkai import plugins

PACKAGE = "gongkai.identifiers"
CARRIERS = ("driving_licence", "social_security_number", "personal_tax_number", "tax_no")
"""Their number is, or may be, another identifier's: the label is the one that is proven."""
NEEDS_WORD = ("resident_id_15",)
"""Of a shape that says enough in a column, and too little in a text."""

ANNOUNCED = [
    "请核对{W}{J}{X}。", "{W}{J}{X}", "经查，其{W}{J}{X}，已登记在册", "（{W}{J}{X}）情况属实", "当事人提供的{W}{J}{X}有误，请更正。",
    "{W}{J}{X}\n已于当日办结", "附件1 {W}{J}{X} 附件2 略", "反映事项：补贴3280元未到账；{W}{J}{X}；请尽快答复", "一、{W}{J}{X}；二、无",
    "登记时间2024年3月5日，{W}{J}{X}的材料已收", "【受理】{W}{J}{X}【转办】", "其本人称{W}{J}{X}，共2项", "“{W}{J}{X}”系填写错误", "OK, {W}{J}{X} thanks",
]  # fmt: skip
BARE = [
    "已转{X}办理", "{X}", "登记为{X}的人员共3名", "填写有误，应为{X}。", "please check {X} again", "（{X}）", "“{X}”已失效", "3号楼住户{X}，未回复",
    "2024年新增{X}一条", "甲、{X}、乙", "第一行\n{X}\n第三行", "结果:{X};", "补正后为{X}，退回1次", "√{X}×", "见【{X}】", "回复了{X}！", "😀{X}😀", "面积50㎡{X}",
]  # fmt: skip
JOINS = ["", "：", ":", "为", "是", " ", "： ", "号码为", "号："]
DECOYS: list[Callable[[random.Random], str]] = [
    lambda r: f"（{r.randint(2010, 2026)}）苏0{r.randint(100, 999)}民初{r.randint(100, 29999)}号已立案",
    lambda r: f"工单编号{_region(r)}{_day(r)}{r.randint(0, 9999):04d}，请在三日内回复",
    lambda r: f"案件编号：{_region(r)}{_day(r)}{r.randint(0, 9999):04d}",
    lambda r: f"订单号{_digits(r, r.choice((16, 18, 19)))}已退款",
    lambda r: f"商品订单编号: {_digits(r, 17)}，拒绝退货",
    lambda r: f"运单号1{r.choice('3456789')}{_digits(r, 11)}一直未送达",
    lambda r: f"流水号{_day(r)}{_digits(r, r.choice((6, 8, 10)))}对应的缴费失败",
    lambda r: f"系统时间戳17{_digits(r, 11)}，日志见后",
    lambda r: f"记录于17{_digits(r, 11)}毫秒",
    lambda r: f"合计{r.randint(10000, 99999999)}元，其中{r.randint(10000, 999999)}.{r.randint(10, 99)}元未付",
    lambda r: f"拆迁面积{r.randint(10000, 9999999)}平方米，涉及{r.randint(10000, 99999)}人",
    lambda r: f"行政区划代码{_region(r)}，邮编{r.randint(100000, 859999)}",
    lambda r: f"{r.randint(1990, 2026)}-{r.randint(1, 12):02d}-{r.randint(1, 28):02d} {r.randint(0, 23):02d}:{r.randint(0, 59):02d}受理",
    lambda r: f"自{r.randint(1990, 2026)}年{r.randint(1, 12)}月{r.randint(1, 28)}日起施行，有效期至{r.randint(2027, 2040)}年",
    lambda r: f"软件版本{r.randint(10, 30)}.{r.randint(0, 9)}.{r.randint(0, 20)}.{r.randint(0, 200)}无法登录",
    lambda r: f"版本号v{r.randint(1, 9)}.{r.randint(0, 9)}.{r.randint(0, 9)}",
    lambda r: f"附件标识{_hex(r, 8)}-{_hex(r, 4)}-4{_hex(r, 3)}-a{_hex(r, 3)}-{_hex(r, 12)}已归档",
    lambda r: f"校验值 {_hex(r, r.choice((32, 40, 64)))} 一致",
    lambda r: f"详见https://www.example.gov.cn/art/{r.randint(2015, 2026)}/{r.randint(1, 12)}/art_{_digits(r, 4)}_{_digits(r, 7)}.html",
    lambda r: f"下载地址 http://files.example.gov.cn/d?id={_digits(r, 11)}&p=1",
    lambda r: f"完成率99.{_digits(r, 2)}%，同比增长{r.randint(1, 99)}.{_digits(r, 1)}%",
    lambda r: f"路灯编号{r.choice('ABC')}-{_digits(r, 4)}，杆号{_digits(r, 3)}",
    lambda r: f"文号：苏政发〔{r.randint(2010, 2026)}〕{r.randint(1, 200)}号",
    lambda r: f"客服电话955{r.randint(10, 99)}，市民热线12345",
    lambda r: f"合同编号GF-{r.randint(2000, 2026)}-{_digits(r, 4)}",
    lambda r: f"型号{r.choice(('HUAWEI', 'XK', 'DZ'))}-{_digits(r, 3)}A，功率{r.randint(10, 2000)}W",
    lambda r: f"票据号{_digits(r, 8)}，批号{_digits(r, 10)}",
    lambda r: f"汇率为7.{_digits(r, 11)}，占比0.{_digits(r, 12)}",
    lambda r: f"本期共{r.randint(10000, 99999)}件，累计{r.randint(100000, 999999)}件，满意{r.randint(10000, 99999)}件",
]  # fmt: skip


def texts(count: int, seed: int = 1) -> Iterator[dict[str, Any]]:
    """``count`` labelled texts, the same for the same seed; every third holds numbers that are no identifiers only."""
    chance = random.Random(seed)
    modules = [(name, import_module(f"{PACKAGE}.{name}")) for name in plugins.modules(PACKAGE)]
    for index in range(count):
        if index % 3 == 2:
            text, spans = "，".join(each(chance) for each in chance.sample(DECOYS, chance.randint(1, 3))), []
        else:
            text, spans = _identified(*modules[index % len(modules)], chance)
        if chance.random() < 0.15:
            text = text + "。" + chance.choice(DECOYS)(chance)
        yield {"id": f"generated-{index}", "text": text, "spans": spans}


def written(name: str, value: str, chance: random.Random) -> str:
    """A value as somebody may write it: grouped, prefixed, in full width, in small letters."""
    mark = chance.choice(("", "", " ", "-"))
    if mark:
        value = _grouped(name, value, mark)
    if name == "mobile":
        value = chance.choice(("", "", "", "+86", "+86 ", "86-", "0086")) + value
    if name in ("resident_id", "vehicle_plate", "passport") and chance.random() < 0.2:
        value = value.lower()
    if chance.random() < 0.2:
        value = value.translate(_WIDE)
    return value


def _identified(name: str, module: ModuleType, chance: random.Random) -> tuple[str, list[dict[str, Any]]]:
    value = module.generate(chance)
    shown = written(name, value, chance)
    announced = module.EVIDENCE == "weak" or name in NEEDS_WORD or chance.random() < 0.5
    carrier = chance.choice(ANNOUNCED if announced else BARE)
    word, join = chance.choice(module.CONTEXT), chance.choice(JOINS)
    if word.isascii() and not join:
        join = " "
    head, tail = carrier.replace("{W}", word).replace("{J}", join).split("{X}")
    span = {"start": len(head), "end": len(head) + len(shown), "type": _label(name, module, value)}
    return head + shown + tail, [span]


def _label(name: str, module: ModuleType, value: str) -> str:
    if name in CARRIERS:
        for other in ("resident_id", "uscc", "uscc_sole_trader"):
            proven = import_module(f"{PACKAGE}.{other}")
            if proven.is_valid(value):
                return str(proven.ENTITY)
    return str(module.ENTITY)


def _grouped(name: str, value: str, mark: str) -> str:
    cuts = {"resident_id": (6, 14), "mobile": (3, 7), "bank_card": (4, 8, 12, 16), "disability_cert": (6, 14, 18)}.get(name, ())
    edges = [0, *cuts, len(value)]
    return mark.join(value[start:end] for start, end in pairwise(edges) if start < end)


def _digits(chance: random.Random, count: int) -> str:
    return "".join(chance.choices("0123456789", k=count))


def _hex(chance: random.Random, count: int) -> str:
    return "".join(chance.choices("0123456789abcdef", k=count))


def _region(chance: random.Random) -> str:
    return chance.choice(("1101", "3205", "3701", "4403", "5101", "6501")) + f"{chance.randint(1, 30):02d}"


def _day(chance: random.Random) -> str:
    return f"{chance.randint(2015, 2026)}{chance.randint(1, 12):02d}{chance.randint(1, 28):02d}"


_WIDE = {ord(letter): chr(ord(letter) + 0xFEE0) for letter in map(chr, range(0x30, 0x7B)) if letter.isalnum()}


if __name__ == "__main__":
    for text in texts(int(sys.argv[1]) if len(sys.argv) > 1 else 1000):
        sys.stdout.write(json.dumps(text, ensure_ascii=False) + "\n")
