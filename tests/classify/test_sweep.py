"""One identifier among a million values is found, and what only looks like one is not."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pyarrow as pa
import pytest
from tests.classify import kinds

from gongkai import rules as ruled
from gongkai.classify import profile, values
from gongkai.classify import sweep as sweeping
from gongkai.classify.sweep import Sweep, gate
from gongkai.identifiers import email
from gongkai.project import SHIPPED, Project, shipped_folder

RULES = ruled.load(SHIPPED)
DECOYS = [
    "订单号202413812345678901234", "13812345678901", "校准值3.13812345678", "13812345678.5元", "550e8400-e29b-41d4-a716-446655440000",
    "138123456780000f", "a13812345678e", "9e107d9d372bb6826bd81d3542a419d6", "https://example.gov.cn/art/13812345678.html",
    "案号110101202401011234567", "1101051949123100210000", "2024-01-05 12:30:45", "版本10.2.3", "12381238123", "020-1234",
    "编号6222021234567890123", "张三 李四", "110101 2024", "v1.2.3.4.5", "1e13812345678",
    "微信公众号已推送", "微信支付20元", "扫微信二维码", "电话回访2024-01-05", "已电话告知", "电话12345", "QQ群通知", "护照办理3件", "WX202401010001",
    "2024.01.05/2024.02.06", "110.1234.5678", "121.4737/31.2304", "138.12345678", "10.138.1234.5678", "微信小程序v1.2.3",
]  # fmt: skip
NEEDLES = {
    "来电13812345678反映": "PHONE", "联系：138-1234-5678。": "PHONE", "１３８１２３４５６７８": "PHONE", "tel:13812345678": "PHONE",
    "tel13812345678转达": "PHONE", "单位0571-87654321": "PHONE", "?phone=13812345678&x=1": "PHONE", "QQ邮箱zhang.san@qq.com查收": "EMAIL",
    "身份证11010519491231002X号": "CN_ID_CARD", "身份证110105 19491231 002x": "CN_ID_CARD", "登录IP地址192.168.1.17异常": "IP",
    "微信lili_520": "WECHAT", "加vx：lili520": "WECHAT", "加VX lili520吧": "WECHAT", "微信号 1381234567": "WECHAT", "QQ号：12345678": "QQ", "联系扣扣 1234567": "QQ",
    "王军已办结 电话5671234": "PHONE", "座机：567-1234": "PHONE", "联系方式　５６７１２３４５": "PHONE", "护照号E12345678": "ID_DOC_NO",
    "联系138.1234.0000": "PHONE", "138/1234/0000": "PHONE", "１３８·１２３４·００００": "PHONE", "1381.234.0000。": "PHONE",
    "证110105.19491231.002X": "CN_ID_CARD", "110105/1949/1231/002X": "CN_ID_CARD", "卡6286.2670.5508.0782.494": "BANK_ACCOUNT",
}  # fmt: skip


def hits(cells: list[str | None] | pa.Array) -> dict[str, int]:
    sweep = Sweep(SHIPPED)
    sweep.feed("c", cells if isinstance(cells, pa.Array) else pa.array(cells, pa.string()))
    return sweep.hits().get("c", {})


@pytest.mark.parametrize("needle", NEEDLES)
def test_needles(needle: str) -> None:
    assert hits([None, "", "正常", needle]) == {NEEDLES[needle]: 1}


@pytest.mark.parametrize("decoy", DECOYS)
def test_decoys(decoy: str) -> None:
    assert hits([decoy, f"见{decoy}。", f"{decoy}，{decoy}"]) == {}


def test_the_one_needle_of_two_hundred_thousand() -> None:
    plain = pa.array([f"第{number}号事项已办结" for number in range(200_000)])
    column = pa.concat_arrays([plain.slice(0, 123_456), pa.array(["请拨打13812345678"]), plain.slice(123_457)])
    assert hits(column) == {"PHONE": 1}
    assert hits(plain) == {}


def test_a_contact_counts_once_and_makes_a_plain_column_doubtful() -> None:
    assert hits(["电话13812345678", "电话13812345678、139.1234.0000"]) == {"PHONE": 2}
    cells = [f"第{number}件已转交办理" for number in range(500)]
    for contact in ("微信lili_520", "联系138.1234.0000", "王军已办结 电话5671234"):
        found, = profile(pa.table({"处理进度": [*cells, contact]}), SHIPPED)
        assert (found.entity, found.review) == ("FREE_TEXT", True)


def test_a_false_number_does_not_hide_the_true_one() -> None:
    assert hits(["误填110105194912310021，应为11010519491231002X"]) == {"CN_ID_CARD": 1}
    assert hits(["110105194912310021、110105194912310022、110105194912310023、11010519491231002X"]) == {"CN_ID_CARD": 1}


def test_cells_are_counted_however_the_stream_is_cut() -> None:
    cells = ["电话13812345678", "无", "13812345678、13912345678", None, "电话13812345678"] * 40
    whole, cut = Sweep(SHIPPED), Sweep(SHIPPED)
    whole.feed("c", pa.array(cells))
    for start in range(0, len(cells), 7):
        cut.feed("c", pa.array(cells).slice(start, 7))
    assert whole.hits() == cut.hits() == {"c": {"PHONE": 120}}


@pytest.mark.parametrize("module", [m for m in values.identifiers() if m.EVIDENCE != "weak"], ids=values.name_of)
def test_every_identifier_of_a_person_is_found_in_text_and_alone(module: object) -> None:
    entity = module.ENTITY  # type: ignore[attr-defined]
    if RULES.entities[entity].group == "plain":
        assert entity not in hits([module.generate(random.Random(3))])  # type: ignore[attr-defined]
        return
    source = random.Random(11)
    drawn = [module.generate(source) for _ in range(60)]  # type: ignore[attr-defined]
    assert gate(module) != "any"  # type: ignore[arg-type]
    assert hits(drawn)[entity] == 60
    assert hits([f"经查（{number}），属实" for number in drawn])[entity] == 60


def test_sentences_hold_nothing() -> None:
    for file in ("uner_gsdsimp_train", "uner_gsdsimp_dev"):
        assert hits(list(kinds.sentences(file))) == {}


def test_numbers_of_every_type() -> None:
    phones = [13812345678, 5, None]
    assert hits(pa.array(phones, pa.int64())) == {"PHONE": 1}
    assert hits(pa.array(phones, pa.float64())) == {"PHONE": 1}
    assert hits(pa.array(phones, pa.decimal128(20, 0))) == {"PHONE": 1}
    assert hits(pa.array([1, 2, 3])) == hits(pa.array([True, None])) == hits(pa.array([0], pa.date32())) == {}


def test_the_gates_leave_most_values_out() -> None:
    """The first pattern must be cheap and narrow: hardly a hash, a code or a sentence passes it."""
    sweep = Sweep(SHIPPED)
    for name, most in (("hash", 0.05), ("uuid", 0.4), ("code of 8 digits", 0.0), ("remarks", 0.05), ("amount", 0.0)):
        column = kinds.column(next(kind for kind in kinds.KINDS if kind.name == name))
        assert len(sweeping._matching(column, sweep._first)) <= most * len(column), name


def test_a_city_without_an_entity_is_not_told_of_it(tmp_path: Path) -> None:
    shipped = (shipped_folder() / "rules" / "entities.yml").read_text("utf-8")
    without, count = re.subn(r"(?m)^  PHONE:\n(?:    .*\n)+", "", shipped)
    assert count == 1
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "entities.yml").write_text(without, "utf-8")
    sweep = Sweep(Project.at(tmp_path))
    sweep.feed("c", pa.array(["13812345678", email.generate(random.Random(1))]))
    assert sweep.hits() == {"c": {"EMAIL": 1}}
