"""Columns of made-up values for the golden corpus: what a kind of value usually is, and the edges of what it may be."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from itertools import product
from typing import Any

import pyarrow as pa

from gongkai.columns.logical_types import arrow_type

_ODD: list[str | None] = [
    None, "", " ", "\t", "　", "-", "*", "****", "********", "0", "00000", "null", "N/A", "a", "Z", "é", "e\u0301", "𠮷", "😀", "👨‍👩‍👧",
    "\u200b", "\ufeffx", "a\nb", "c\r\nd", "\x00", "张", "张3", "●●●●", "138****1234", "110101********0038", "<&>\"',;\\", "=1+1",
    "9" * 40, "长" * 300,
]  # fmt: skip
"""Texts that stand in any column sooner or later."""
_REGIONS = ("110101", "370102", "440305", "659001", "990101")
_DAYS = ("19000101", "19491231", "20000229", "20240229", "20991231")


def _checked(seventeen: str) -> str:
    """An ID number of its first 17 digits, GB 11643-1999."""
    total = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(seventeen))
    return seventeen + "0123456789X"[(1 - total) % 11]


def _card(issuer: str, account: str) -> str:
    """A bank card's number, its last digit by Luhn."""
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(issuer + account)))
    return f"{issuer}{account}{-sum(each - 9 * (each > 9) for each in doubled) % 10}"


_IDS = [
    _checked(f"{region}{day}{order:03}") for region, day, order in product(_REGIONS, _DAYS, (1, 2, 998, *range(25, 900, 35)))
]
_FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
_TEXTS: dict[str, list[str | None]] = {
    "CN_ID_CARD": [
        *_IDS, _IDS[0][:-1] + "Y", _IDS[1][:-1] + str((int(_IDS[1][16]) + 1) % 10), *(each.lower() for each in _IDS if each[-1] == "X"),
        _IDS[5].translate(_FULL_WIDTH), "110101491231002", "370102000229123", f" {_IDS[3]}", _IDS[4][:17], "110101199002300018",
        "11010518991231002X", "110101210001010018",
    ],
    "PHONE": [
        *(f"1{second}{rest}" for second, rest in product("3456789", ("300000000", "812345678", "999999999"))), "010-88886666", "0531-8888666",
        "+8613800138000", "138 0013 8000", "12345", "12800138000", "１３８００１３８０００", "4008001234",
    ],
    "PERSON_NAME": [
        "王伟", "李娜", "张建国", "欧阳修", "欧阳震华", "司马相如", "诸葛", "上官婉儿", "买买提·吐尔逊", "迪丽热巴·迪力木拉提", "John Smith", "单",
        "𠮷田", "张 三", "张三（男）", "尉迟恭", "令狐冲之", "曾国藩", "仇英", "解缙", "查良镛", "阿布都热西提",
    ],
    "ADDRESS": [
        "北京市东城区东华门街道1号", "山东省济南市历下区泉城路268号", "山东济南历下区泉城路", "济南市历下区", "市中区经四路1号", "海南路1号", "广东省深圳市南山区",
        "深圳市", "新疆维吾尔自治区喀什地区喀什市", "内蒙古呼和浩特市新城区", "上海市浦东新区世纪大道100号2栋301室", "朝阳区建国路", "重庆市渝中区", "火星基地一号",
        "江苏省", "苏州工业园区星湖街", "山东省历下区泉城路", "香港特别行政区", " 山东省济南市", "山东省\n济南市",
    ],
    "ADDRESS_REGION": [
        "110000", "110101", "370000", "370100", "370102", "370102001", "370102001001", "37", "3701", "990102", "37010", "370102000000",
        "440305", "659001", "810000", "000000", "370199", "３７０１０２", "37010X",
    ],
    "DATE_OF_BIRTH": [
        "1990-03-07", "19900307", "1990-02-30", "1900-01-01", "2000-02-29", "2100-02-29", "2024-12-31", "0001-01-01", "9999-12-31", "1990-3-7",
        "1990/03/07", "1990-13-01", "1990", "1990-03", "１９９０-０３-０７", "1899-12-31", "2025-03-07", "2025-03-08", "1905-03-07",
    ],
    "BANK_ACCOUNT": [
        *(_card(issuer, account) for issuer, account in product(("621661", "622202", "436742"), ("000000000", "123456789012", "999999999999"))),
        "6222020000000000001", "622202", "6222 0200 0000 0000 001",
    ],
    "EMAIL": ["a@b.cn", "someone@city.example.cn", "SOME.ONE+x@EXAMPLE.COM", "a@b", "@b.cn", "张三@例子.中国", "x@1.2.3.4", f"{'a' * 64}@b.cn"],
    "VEHICLE_PLATE": ["京A12345", "鲁A·D12345", "粤B D1234", "京A1234", "使014578", "粤Z1234港", "WJ京12345", "京a12345"],
    "VIN": ["LSVAU2A37N2183255", "1M8GDM9AXKP042788", "LSVAU2A37N218325", "IOQ0000000000000A"],
    "ID_DOC_NO": ["E12345678", "G98765432", "H1234567", "e12345678"],
    "ORG_NAME": ["济南市某某科技有限公司", "某市人力资源和社会保障局", "有限公司", "ACME Ltd."],
    "EDUCATION": ["10", "21", "31", "90", "博士研究生", "硕士", "大学本科", "大专", "高中", "初中", "小学", "文盲", "三年级", "研究生教育", "１０"],
    "GEO": [
        "120.155150,30.274150", "30.274150,120.155150", "-179.999999,-89.999999", "180,90", "181,0", "0,0", "120.15，30.27", "120.15 30.27", "120.15",
        " 30.27415 ", "999", "-0.5", "89.9", "116.397428,39.90923", "1e2,3", "120.155150,",
    ],
}  # fmt: skip
_COORDINATES = ["30.274150", "120.155150", "-33.868820", "89.999999", "90.000000", "91.000000", "-180.000000", "0.000001"]
_TYPED: dict[str, list[Any]] = {
    "integer": [
        0, 1, -1, 5, 7, 10, 14, 15, 17, 18, 25, 30, 42, 59, 60, 65, 90, 103, -7, -15, 99, 100, 123_456, -98_765, 500_000, 999_999_999_999_999,
        2**53 + 1, 2**63 - 1, -(2**63), None,
    ],
    "decimal(12,2)": [Decimal(each) for each in (
        "0.00", "0.01", "-0.01", "0.05", "0.25", "0.45", "1.50", "2.50", "9.96", "17.99", "18.00", "42.42", "-7.00", "999.95", "12345.67",
        "-9999999999.99", "9999999999.99")] + [None],
    "decimal(9,6)": [*map(Decimal, _COORDINATES), None],
    "decimal(38,20)": [Decimal("1E-20"), Decimal("-1E-20"), Decimal("0E-20"), Decimal("123456789012345678.5"), None],
    "decimal(38,0)": [Decimal(10**37), Decimal(-(10**37)), Decimal(15), None],
    "float": [
        0.0, -0.0, 0.1, 0.25, 0.5, 1.5, 2.5, 14.75, 17.5, 18.0, 42.125, -7.25, 90.5, 103.0, 1e15, 1e16, 1e22, 5e-324, 1.7976931348623157e308,
        float("inf"), float("-inf"), float("nan"), *map(float, _COORDINATES), None,
    ],
    "boolean": [True, False, None],
    "date": [date(1, 1, 1), date(1899, 12, 31), date(1900, 1, 1), date(1949, 12, 31), date(1970, 1, 1), date(1990, 3, 7), date(2000, 2, 29),
             date(2024, 2, 29), date(2025, 3, 7), date(2025, 3, 8), date(9999, 12, 31), None],
    "datetime": [datetime(1, 1, 1), datetime(1900, 1, 1, 0, 0, 0, 1), datetime(1969, 12, 31, 23, 59, 59, 999999), datetime(1990, 3, 7, 1, 2, 3),
                 datetime(2024, 2, 29, 8), datetime(2025, 3, 8), datetime(9999, 12, 31, 23, 59, 59, 999999), None],
}  # fmt: skip
TYPES = ("text", *_TYPED)


def column(logical: str, entity: str = "NONE") -> pa.Array:
    """The values of a logical type; texts are those of an entity, and odd ones."""
    values = [*_TEXTS.get(entity, []), *_ODD] if logical == "text" else _TYPED[logical]
    return pa.array(values, arrow_type(logical))


def persons(rows: int) -> pa.Array:
    """Who each row is about: several rows of one, and some of nobody."""
    return pa.array([None if row % 11 == 10 else "" if row % 13 == 12 else f"p{row % 7}" for row in range(rows)], pa.string())


def city(rows: int = 180) -> pa.RecordBatch:
    """A table of people as a whole-table method takes it, every column with some nulls; nothing in it is left to chance."""
    places = ["370102", "370103", "370112", "110101", "110105", "440305"]
    homes = [
        "山东省济南市历下区泉城路1号",
        "山东省济南市市中区经四路2号",
        "北京市东城区东华门大街3号",
        "广东省深圳市南山区深南大道4号",
    ]
    schooling = ["小学", "初中", "高中", "大专", "大学本科", "硕士", "10", "文盲"]

    def cycle(values: list[Any], step: int, null_each: int, logical: str = "text") -> pa.Array:
        chosen = [None if row % null_each == 3 else values[row * step % len(values)] for row in range(rows)]
        return pa.array(chosen, arrow_type(logical))

    return pa.record_batch(
        {
            "编号": pa.array([f"{row:05}" for row in range(rows)], pa.string()),
            "人": pa.array([f"p{row * 2 // 3}" for row in range(rows)], pa.string()),
            "出生": cycle([date(1940 + 7 * each % 70, 1 + each % 12, 1 + each % 28) for each in range(53)], 5, 41, "date"),
            "登记": cycle([datetime(2020 + each % 5, 1 + each % 12, 1, each % 24) for each in range(31)], 3, 37, "datetime"),
            "年龄": cycle(list(range(0, 100, 3)), 7, 29, "integer"),
            "收入": cycle([Decimal(each * 1250) / 4 for each in range(47)], 11, 31, "decimal(12,2)"),
            "指数": cycle([each * 0.25 - 3 for each in range(61)], 13, 43, "float"),
            "区划": cycle(places, 1, 23),
            "住址": cycle(homes, 3, 47),
            "学历": cycle(schooling, 5, 19),
            "姓名": cycle(["王伟", "李娜", "欧阳修", "司马相如", "张三", "诸葛亮"], 1, 53),
            "低保": cycle([True, False, False], 1, 59, "boolean"),
            "病种": cycle(["高血压", "糖尿病", "流感", "骨折", "哮喘"], 2, 61),
        }
    )  # fmt: skip


def counts(totals: bool = False) -> pa.RecordBatch:
    """A table of counts and amounts by county, year and sex; with ``totals`` the rows that sum them up by county."""
    cells = [
        (county, str(year), sex, (3 * at * at + 5 * at + (7 if sex == "男" else 2)) % 23 * (at % 4 != 3))
        for at, (county, year, sex) in enumerate(
            product(["历下区", "市中区", "槐荫区", "天桥区"], (2024, 2025, 2026), ["男", "女"])
        )
    ]
    if totals:
        named = sorted({(year, sex) for _, year, sex, _ in cells})
        cells += [("合计", *pair, sum(count for _, *names, count in cells if tuple(names) == pair)) for pair in named]
    counties, years, sexes, numbers = (list(each) for each in zip(*cells, strict=True))
    return pa.record_batch(
        {
            "区县": counties,
            "年份": years,
            "性别": sexes,
            "人数": pa.array(numbers, pa.int64()),
            "户数": pa.array([number + number % 3 * (not totals) for number in numbers], pa.int64()),
            "次数": pa.array([float(number) for number in numbers], pa.float64()),
            "金额": pa.array([Decimal(number) * 25 for number in numbers], pa.decimal128(12, 2)),
        }
    )
