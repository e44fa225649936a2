from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.leaks.patterns import CANDIDATE, KINDS, Hits, find
from gongkai.leaks.staged import read

Maker = Callable[[str], str]

ID = "450902199001011235"
ID_X = "11010119900307109X"
CARD = "6222021234567890128"
VISA = "4012888888881881"

FOUND = [
    ("id", ID, {"resident_id"}),
    ("id ending in X", ID_X, {"resident_id"}),
    ("id ending in small x", ID_X.lower(), {"resident_id"}),
    ("id in Chinese text", f"申请人张某{ID}已受理", {"resident_id"}),
    ("id in brackets", f"({ID})", {"resident_id"}),
    ("id in full-width digits", "４５０９０２１９９００１０１１２３５", {"resident_id"}),
    ("id with full-width X", "11010119900307109Ｘ", {"resident_id"}),
    ("id 6-8-4 by spaces", "450902 19900101 1235", {"resident_id"}),
    ("id 6-8-4 by dashes", "450902-19900101-1235", {"resident_id"}),
    ("id in groups of three", "450 902 199 001 011 235", {"resident_id"}),
    ("id digit by digit", " ".join(ID), {"resident_id"}),
    ("id by full-width spaces", "450902　19900101　1235", {"resident_id"}),
    ("id by no-break spaces", "450902\u00a019900101\u00a01235", {"resident_id"}),
    ("id behind another number", f"11 {ID}", {"resident_id"}),
    ("id before another number", f"{ID} 20250101", {"resident_id"}),
    ("second of two numbers", f"450902199001011236,{ID}", {"resident_id"}),
    ("id in a student number", f"G{ID}", {"resident_id"}),
    ("id in a disability certificate", f"{ID}43", {"resident_id"}),
    ("id in a tax number", f"{ID}00", {"resident_id"}),
    ("id of Hong Kong resident", "810000199408230021", {"resident_id"}),
    ("id at the end of a sentence", f"证号{ID}.", {"resident_id"}),
    ("id on its own line", f"备注\n{ID}\n", {"resident_id"}),
    ("id with label in letters", f"SFZ{ID}", {"resident_id"}),
    ("old id", "450902900101123", {"old_resident_id"}),
    ("old id in text", "原证号450902900101123。", {"old_resident_id"}),
    ("mobile", "13812345678", {"mobile"}),
    ("mobile in text", "电话13812345678转", {"mobile"}),
    ("mobile 3-4-4", "138 1234 5678", {"mobile"}),
    ("mobile 3-4-4 by dashes", "138-1234-5678", {"mobile"}),
    ("mobile 4-3-4", "1381 234 5678", {"mobile"}),
    ("mobile 3-8", "138-12345678", {"mobile"}),
    ("mobile with +86", "+86 13812345678", {"mobile"}),
    ("mobile with 86", "8613812345678", {"mobile"}),
    ("mobile with 0086", "0086-138-1234-5678", {"mobile"}),
    ("mobile behind a trunk 0", "013812345678", {"mobile"}),
    ("mobile in full width", "１３８１２３４５６７８", {"mobile"}),
    ("mobile between letters", "tel13812345678wx", {"mobile"}),
    ("mobile beside a name", "张三13812345678", {"mobile"}),
    ("virtual operator", "17012345678", {"mobile"}),
    ("card", CARD, {"bank_card"}),
    ("card in groups", "6222 0212 3456 7890 128", {"bank_card"}),
    ("card of sixteen", VISA, {"bank_card"}),
    ("card before a small number", "4012-8888-8888-1881 20", {"bank_card"}),
    ("card in text", f"开户行工行卡号{CARD}", {"bank_card"}),
    ("e-mail", "zhang.san@example.com", {"email"}),
    ("e-mail in text", "邮箱zhang_san@mail.gov.cn，欢迎来信", {"email"}),
    ("e-mail with full-width sign", "zhang＠example.com", {"email"}),
    ("e-mail of a number", "13812345678@139.com", {"email", "mobile"}),
    ("two kinds", f"{ID} 13812345678", {"resident_id", "mobile"}),
    ("plate", "车牌京A12345停放", {"vehicle_plate"}),
    ("plate with a dot", "桂K·8A6B2", {"vehicle_plate"}),
    ("plate of a new energy vehicle", "粤BD12345", {"vehicle_plate"}),
    ("plate of a police car", "京A1234警", {"vehicle_plate"}),
    ("sole trader", "92110101HBWAJJCNRK", {"sole_trader"}),
    *[(f"mobile by {sign}", f"138{sign}1234{sign}5678", {"mobile"}) for sign in "./·_，"],
    *[(f"card by {sign}", sign.join(("6222", "0212", "3456", "7890", "128")), {"bank_card"}) for sign in "./·_，"],
    *[(f"id by {sign}", f"450902{sign}19900101{sign}1235", {"resident_id"}) for sign in "./·_，"],
    ("mobile by points at the end of a sentence", "电话138.1234.5678.", {"mobile"}),
    ("mobile by points in full width", "电话１３８．１２３４．５６７８", {"mobile"}),
    ("passport", "护照号码：E12345678", {"passport"}),
    ("permit", "往来港澳通行证C12345678", {"passport"}),
]

NOT_FOUND = [
    ("masked id", "450902********1235"),
    ("masked id in full width", "450902＊＊＊＊＊＊＊＊1235"),
    ("masked mobile", "138****5678"),
    ("masked card", "6222 **** **** 0128"),
    ("masked e-mail", "z***@example.com"),
    ("masked e-mail with its last letter", "z***n@example.com"),
    ("id with a wrong check digit", "450902199001011236"),
    ("id born on 30 February", "450902199002301239"),
    ("id born tomorrow's century", "450902209901011234"),
    ("id of no province", "990902199001011234"),
    ("millisecond timestamp", "1700000000000"),
    ("second timestamp", "1700000000"),
    ("microsecond timestamp", "1700000000000000"),
    ("date and time", "20250102130501"),
    ("date and time with milliseconds", "20250102130501123"),
    ("date and time, written", "2025-01-02 13:05:01"),
    ("snowflake number", "1763000000000000001"),
    ("case number", "(2025)桂0902民初1234号"),
    ("file number", "玉审批〔2025〕123号"),
    ("service number", "YL202500000123"),
    ("case number of region, year, sequence", "4509022025010001"),
    ("long case number", "4509022025010001234"),
    ("amount", "13812345678.00"),
    ("amount with separators", "13,812,345,678"),
    ("decimal", "0.13812345678"),
    ("region code", "450902"),
    ("street code", "450902001001"),
    ("unified social credit code", "91450900MA5KXXXX1X"),
    ("unified social credit code of digits", "914509027690123456"),
    ("organisation code", "76901234-5"),
    ("business registration number", "450902200012347"),
    ("postcode", "537000"),
    ("landline", "0775-2823456"),
    ("two landlines", "0775-2823456 0775-2823457"),
    ("longer number", "138123456789"),
    ("number in a hash", "a13812345678e"),
    ("hash", "d41d8cd98f00b204e9800998ecf8427e"),
    ("uuid", "123e4567-e89b-12d3-a456-426614174000"),
    ("coordinates", "109.123456789012,22.123456789012"),
    ("version", "1.2.3.4@"),
    ("version of a browser", "Chrome/138.0.7204.1234"),
    ("address on the net", "138.123.123.138"),
    ("short coordinates", "113.1234,23.5678"),
    ("coordinates by a wide comma", "131.1234，45.5678"),
    ("coordinates by a slash", "131.1234/45.5678"),
    ("dates by points", "2024.01.05-2024.12.31"),
    ("dates by slashes", "2024/01/05 2024/12/31"),
    ("years", "2019/2020/2021/2022"),
    ("longer number by points", "1.138.1234.5678"),
    ("longer number by points behind", "138.1234.5678.9012"),
    ("decimals", "138.1234，138.1234"),
    ("amounts", "138.12/1234.56/5678.90"),
    ("handle", "@张三"),
    ("masked plate", "京A****5"),
    ("three letters behind a province", "云ABCD12"),
    ("a licence with a province", "京ICP备12345678号"),
    ("a long number behind a province", "沪B20080101"),
    ("sole trader with a wrong check sign", "92110101HBWAJJCNRL"),
    ("a code like a passport", "编号E12345678"),
    ("nothing", ""),
    ("emoji", "📞" * 50),
]


@pytest.mark.parametrize(("given", "kinds"), [pytest.param(g, k, id=name) for name, g, k in FOUND])
def test_finds(given: str, kinds: set[str]) -> None:
    assert {kind for kind, (_, hits) in read(pa.array([given])).items() if hits.values} == kinds


@pytest.mark.parametrize("given", [pytest.param(g, id=name) for name, g in NOT_FOUND])
def test_leaves_alone(given: str) -> None:
    assert {kind for kind, (_, hits) in read(pa.array([given])).items() if hits.values} == set()


def test_counts_cells_and_what_only_looks_like_one() -> None:
    texts = pa.array([f"{ID} {ID}", "450902199001011236", "其他", f"x{ID}", None])
    assert find(KINDS["resident_id"], texts.drop_null()) == Hits(values=2, shaped=3)


JOINTS = st.sampled_from(["", " ", "-", "–", "  ", "　", "\u00a0", "_"])
AROUND = st.sampled_from(["", "证件号", "，", "(", " ", "手机：", "。", "\n", "号", "tel", "*"])


@given(
    st.sampled_from(["110101", "450902", "652901", "820000"]),
    st.dates(min_value=date(1900, 1, 1), max_value=date(2024, 12, 31)),
    st.integers(0, 999),
    st.lists(JOINTS, min_size=17, max_size=17),
    AROUND,
    AROUND,
)
def test_every_id_number_is_found_however_it_is_written(
    resident_id: Maker, region: str, birth: date, sequence: int, joints: list[str], before: str, after: str
) -> None:
    number = resident_id(f"{region}{birth:%Y%m%d}{sequence:03d}")
    written = "".join(digit + joint for digit, joint in zip(number, [*joints, ""], strict=True))
    assert read(pa.array([before + written + after]))["resident_id"][1].values == 1


@given(st.text(st.characters(exclude_categories=["Nd", "Cs"], exclude_characters="@＠"), max_size=200))
def test_text_without_digits_is_never_a_hit(text: str) -> None:
    assert read(pa.array([text])) == {}


@given(st.text("0123456789 -./", max_size=40))
def test_whatever_is_found_was_a_candidate(text: str) -> None:
    array = pa.array([text])
    if any(find(kind, array).shaped for kind in KINDS.values()):
        assert pc.match_substring_regex(array, CANDIDATE).to_pylist() == [True]


@pytest.mark.parametrize(
    "token",
    [
        lambda r: "".join(r.choices("abcdefghijklmnopqrstuvwxyz234567", k=20)),
        lambda r: f"{r.getrandbits(128):032x}",
        lambda r: f"{r.getrandbits(96):024x}",
        lambda r: f"{r.getrandbits(256):064x}",
        lambda r: str(uuid.UUID(int=r.getrandbits(128))),
    ],
    ids=["base32 pseudonym", "md5", "object id", "sha256", "uuid"],
)
def test_pseudonyms_and_hashes_are_not_hit_by_chance(token: Callable[[random.Random], str]) -> None:
    """Base32 has no 0, 1, 8 and 9, which every year of birth and every mobile number needs."""
    chance = random.Random(7)
    hits = read(pa.array([token(chance) for _ in range(100_000)]))
    assert {kind for kind, (_, count) in hits.items() if count.values} == set()
