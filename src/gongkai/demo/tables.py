"""The ten source tables of the demo, as the departments hold them: with everything that is wrong in them 源表.

A table is a mapping from column name to cells. The same seed gives the same city, cell for cell.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from gongkai.demo import city, defects
from gongkai.demo.defects import repeat, spoil
from gongkai.demo.people import People, Values, addresses, credit_codes, people

SEED = 20260701
Table = dict[str, Values]

_ID_DEFECTS = (
    defects.lower_x,
    defects.full_width,
    defects.blanks,
    defects.old_number,
    defects.bad_check_digit,
    defects.masked_long,
    defects.word_null,
    defects.empty,
    defects.missing,
)
_PHONE_DEFECTS = (
    defects.spaced_phone,
    defects.country_code,
    defects.dashed_phone,
    defects.full_width,
    defects.masked_long,
    defects.masked_short,
    defects.cut,
    defects.word_none,
    defects.missing,
)
_DATE_DEFECTS = (defects.compact_date, defects.slashed_date, defects.chinese_date, defects.excel_date)


@dataclass(frozen=True, slots=True)
class City:
    """Who lives in it and its random numbers, of which every table takes its own stream."""

    residents: People
    seed: int

    def random(self, stream: int) -> np.random.Generator:
        return np.random.default_rng([self.seed, stream])


def residents(seed: int = SEED) -> People:
    """Everybody who lives in the city."""
    return people(np.random.default_rng(seed), 50_000)


def build(seed: int = SEED) -> dict[str, Table]:
    """Every table of the city by the code of its dataset."""
    place = City(residents(seed), seed)
    return {code: make(place, place.random(stream)) for stream, (code, make) in enumerate(_TABLES.items())}


def _card_holders(place: City, rng: np.random.Generator) -> Table:
    """社会保障卡: everybody has one."""
    folk = place.residents
    count = len(folk)
    return {
        "card_no": [f"YL{number:08d}" for number in rng.permutation(count) + 10_000_000],
        "holder_name": spoil(rng, folk.name, 0.02, defects.blanks),
        "id_number": spoil(rng, folk.id_number, 0.03, *_ID_DEFECTS),
        "birth_date": spoil(rng, _texts(folk.birth), 0.05, *_DATE_DEFECTS),
        "sex": spoil(rng, ["1" if sex == "男" else "2" for sex in folk.sex], 0.02, defects.word_null),
        "mobile": spoil(rng, folk.phone, 0.08, *_PHONE_DEFECTS),
        "home_address": spoil(rng, folk.address, 0.01, defects.blanks, defects.missing, defects.empty),
        "service_point": _choice(rng, ["011", "012", "021", "035", "102"], count),
        "bank_name": _choice(rng, city.BANKS, count),
        "bank_account": list(folk.bank_card),
        "issued_on": _days(rng, count, "2012-01-01", 5000),
        "status": _choice(rng, ["01", "02", "03"], count),
        "updated_at": _moments(rng, count, "2026-01-01", 180),
    }


def _training_subsidies(place: City, rng: np.random.Generator) -> Table:
    """职业技能培训补贴: amounts, course hours, occupations."""
    count = 8000
    who = _sample(place, rng, count)
    amounts = [f"{cents / 100:.2f}" for cents in rng.integers(30_000, 350_000, count)]
    return {
        "subsidy_no": [f"2026{number:014d}" for number in rng.permutation(count) * 7 + 103],
        "trainee_name": who.name,
        "id_number": spoil(rng, who.id_number, 0.02, *_ID_DEFECTS),
        "mobile": spoil(rng, who.phone, 0.05, *_PHONE_DEFECTS),
        "occupation": _choice(rng, ["养老护理员", "电工", "焊工", "中式烹调师", "育婴员", "保安员", "叉车司机"], count),
        "skill_level": _choice(rng, ["5", "4", "3"], count),
        "training_org": _choice(rng, [f"云澜市{name}职业培训学校" for name in ("启航", "蓝领", "匠心", "新程", "致远")], count),
        "class_hours": [str(hours) for hours in rng.integers(3, 20, count) * 8],
        "amount": spoil(rng, amounts, 0.04, defects.thousands, defects.full_width),
        "paid_on": spoil(rng, _days(rng, count, "2026-01-05", 170), 0.2, *_DATE_DEFECTS),
    }


def _unemployment_registrations(place: City, rng: np.random.Generator) -> Table:
    """失业登记. Its last column came after the entry was approved, and nobody has classified it."""
    count = 4000
    who = _sample(place, rng, count)
    return {
        "registration_no": [f"SY{number:07d}" for number in rng.permutation(count) + 26_000],
        "person_name": who.name,
        "id_number": spoil(rng, who.id_number, 0.02, *_ID_DEFECTS),
        "mobile": spoil(rng, who.phone, 0.05, *_PHONE_DEFECTS),
        "education": _choice(rng, ["初中", "高中", "中专", "大专", "本科", "研究生"], count),
        "reason": _choice(rng, ["合同期满", "单位裁员", "个人辞职", "经营困难", "其他"], count),
        "registered_on": _days(rng, count, "2025-07-01", 360),
        "wechat": [f"wx_{email.partition('@')[0]}" for email in who.email],
    }


def _business_licences(place: City, rng: np.random.Generator) -> Table:
    """市场主体登记: headers in Chinese, a licensing office with a leading zero."""
    count = 20_000
    who = _sample(place, rng, count)
    regions = _regions(rng, count)
    trades = _choice(rng, list(city.TRADES), count)
    capital = [
        f"{amount}.{cents:02d}" for amount, cents in zip(rng.integers(1, 9000, count), rng.integers(0, 100, count), strict=True)
    ]
    return {
        "统一社会信用代码": list(credit_codes(rng, regions)),
        "企业名称": spoil(rng, _companies(rng, trades), 0.02, defects.blanks, defects.full_width),
        "法定代表人": who.name,
        "联系电话": spoil(rng, who.phone, 0.06, *_PHONE_DEFECTS),
        "电子邮箱": spoil(rng, who.email, 0.3, defects.missing, defects.empty),
        "住所": list(addresses(rng, regions)),
        "所在区县": [city.DISTRICTS[region] for region in regions],
        "经营范围": spoil(rng, [city.TRADES[trade] for trade in trades if trade], 0.03, defects.two_lines),
        "注册资本万元": spoil(rng, capital, 0.03, defects.thousands),
        "成立日期": spoil(rng, _days(rng, count, "2001-03-01", 9000), 0.15, *_DATE_DEFECTS),
        "登记状态": _choice(rng, ["存续", "存续", "存续", "注销", "吊销"], count),
        "登记机关": _choice(rng, ["011", "012", "013", "021", "022"], count),
        "更新时间": _moments(rng, count, "2026-01-01", 180),
    }


def _food_inspections(place: City, rng: np.random.Generator) -> Table:
    """食品安全抽检: 18-digit numbers, and trade marks that really read ``null`` or ``None``."""
    count = 6000
    who = _sample(place, rng, count)
    marks = _choice(rng, ["云湖", "null", "None", "NULL", "岭上人家", "0", "/", "", "桐川红"], count)
    table: Table = {
        "抽检编号": [f"4599{number:014d}" for number in rng.permutation(count) * 13 + 20260000],
        "样品名称": _choice(rng, ["大米", "鲜牛奶", "豆腐干", "食用油", "酱牛肉", "生抽", "苹果", "小龙虾"], count),
        "商标": marks,
        "规格型号": _choice(rng, ["500g/袋", "1.5kg/袋", "250ml/盒", "散装", "5L/桶"], count),
        "被抽样单位": list(_companies(rng, _choice(rng, ["餐饮", "商贸"], count))),
        "抽样地点": list(addresses(rng, _regions(rng, count))),
        "抽样人员": who.name,
        "抽样日期": spoil(rng, _days(rng, count, "2025-09-01", 300), 0.25, *_DATE_DEFECTS),
        "检验结果": spoil(rng, _choice(rng, ["合格"] * 19 + ["不合格"], count), 0.05, defects.blanks),
        "不合格项目": spoil(rng, _choice(rng, [*("/",) * 9, "菌落总数"], count), 0.4, defects.missing, defects.word_null),
    }
    return repeat(rng, table, 0.03)


def _consumer_complaints(place: City, rng: np.random.Generator) -> Table:
    """消费投诉: closed. What people wrote about each other stays with the office."""
    count = 3000
    who = _sample(place, rng, count)
    wishes = _choice(rng, ["退货退款", "赔偿损失", "更换商品", "道歉"], count)
    return {
        "投诉编号": [f"TS2026{number:06d}" for number in rng.permutation(count)],
        "投诉人": who.name,
        "联系电话": who.phone,
        "被投诉单位": list(_companies(rng, _choice(rng, list(city.TRADES), count))),
        "投诉内容": [
            f"我叫{name}，要求{wish}，请打{phone}" for name, wish, phone in zip(who.name, wishes, who.phone, strict=True)
        ],
        "受理时间": _moments(rng, count, "2026-01-01", 180),
    }


def _construction_permits(place: City, rng: np.random.Generator) -> Table:
    """施工许可: 地址 beside 地质, texts that break in the middle of a cell."""
    count = 3000
    who = _sample(place, rng, count)
    regions = _regions(rng, count)
    scale = [
        f"地上{up}层，地下{down}层；总建筑面积{area}平方米"
        for up, down, area in rng.integers([1, 0, 800], [33, 4, 90_000], (count, 3))
    ]
    price = [f"{cents / 100:.2f}" for cents in rng.integers(5_000_000, 9_000_000_000, count)]
    table: Table = {
        "施工许可证编号": [f"{region}2026{number:08d}" for region, number in zip(regions, rng.permutation(count), strict=True)],
        "工程名称": [
            f"{estate}{phase}期工程"
            for estate, phase in zip(_choice(rng, city.ESTATES, count), rng.integers(1, 9, count), strict=True)
        ],
        "地址": _sites(rng, regions),
        "地质": _choice(rng, ["粉质黏土", "强风化泥岩", "中砂", "淤泥质土", "碎石土"], count),
        "街道代码": _choice(rng, ["001", "002", "011", "100"], count),
        "建设规模": spoil(rng, scale, 0.3, defects.two_lines),
        "合同价格": spoil(rng, price, 0.2, defects.thousands),
        "建设单位": list(_companies(rng, _choice(rng, ["建材", "商贸"], count))),
        "项目负责人": who.name,
        "负责人身份证号": spoil(rng, who.id_number, 0.05, *_ID_DEFECTS),
        "负责人电话": spoil(rng, who.phone, 0.1, *_PHONE_DEFECTS),
        "发证日期": spoil(rng, _days(rng, count, "2024-01-02", 880), 0.3, *_DATE_DEFECTS),
    }
    return repeat(rng, table, 0.02)


def _rental_tenants(place: City, rng: np.random.Generator) -> Table:
    """公租房保障对象: people who need help, so it is opened under conditions and coarsely."""
    count = 6000
    who = _sample(place, rng, count)
    return {
        "合同编号": [f"GZ{number:06d}" for number in rng.permutation(count)],
        "承租人": spoil(rng, who.name, 0.02, defects.blanks),
        "身份证号": spoil(rng, who.id_number, 0.06, *_ID_DEFECTS),
        "出生日期": spoil(rng, _texts(who.birth), 0.1, *_DATE_DEFECTS),
        "联系电话": spoil(rng, who.phone, 0.1, *_PHONE_DEFECTS),
        "户籍地址": who.address,
        "所在区县": who.district,
        "家庭人口": [str(number) for number in rng.integers(1, 7, count)],
        "家庭年收入": [f"{cents / 100:.2f}" for cents in rng.integers(800_000, 6_000_000, count)],
        "银行卡号": who.bank_card,
        "月租金": [f"{cents / 100:.2f}" for cents in rng.integers(8_000, 90_000, count)],
        "签约日期": spoil(rng, _days(rng, count, "2019-01-02", 2500), 0.2, *_DATE_DEFECTS),
    }


def _property_services(place: City, rng: np.random.Generator) -> Table:
    """物业服务项目: the remarks hold mobile numbers nobody thought of."""
    count = 2000
    who = _sample(place, rng, count)
    remarks = _choice(rng, ["合同即将到期", "业委会已成立", "前期物业", "/"], count)
    for row in rng.choice(count, 37, replace=False):
        remarks[row] = f"夜间报修找{who.name[row]}{who.phone[row]}"
    return {
        "项目编号": [f"0{number:06d}" for number in rng.permutation(count) + 1000],
        "项目名称": list(_choice(rng, city.ESTATES, count)),
        "所在区县": who.district,
        "服务企业": list(_companies(rng, _choice(rng, ["商贸", "机电设备"], count))),
        "项目经理": who.name,
        "服务电话": [f"0999-{number}" for number in rng.integers(2_000_000, 8_999_999, count)],
        "收费标准": [f"{cents / 100:.2f}" for cents in rng.integers(60, 680, count)],
        "备注": remarks,
    }


def _historic_buildings(_: City, rng: np.random.Generator) -> Table:
    """历史建筑名录: no person in it, published once."""
    count = 2000
    regions = _regions(rng, count)
    return {
        "编号": [f"{number:04d}" for number in rng.permutation(count)],
        "名称": [
            f"{road}{kind}"
            for road, kind in zip(
                _choice(rng, city.ROADS, count), _choice(rng, ["旧址", "民居", "祠堂", "老字号"], count), strict=True
            )
        ],
        "地址": _sites(rng, regions),
        "地质": _choice(rng, ["粉质黏土", "中砂", "碎石土"], count),
        "建成年代": _choice(rng, ["明", "清", "民国", "1950年代", "1960年代"], count),
        "保护级别": spoil(rng, _choice(rng, ["市级", "县级", "未定级"], count), 0.02, defects.blanks, defects.missing),
        "建筑面积": [f"{area / 10:.1f}" for area in rng.integers(400, 60_000, count)],
        "经度": [f"{110 + point / 1e5:.5f}" for point in rng.integers(0, 50_000, count)],
        "纬度": [f"{22 + point / 1e5:.5f}" for point in rng.integers(0, 40_000, count)],
    }


_TABLES: dict[str, Callable[[City, np.random.Generator], Table]] = {
    "hrss-card-holders": _card_holders,
    "hrss-training-subsidies": _training_subsidies,
    "hrss-unemployment-registrations": _unemployment_registrations,
    "market-business-licences": _business_licences,
    "market-food-inspections": _food_inspections,
    "market-consumer-complaints": _consumer_complaints,
    "housing-construction-permits": _construction_permits,
    "housing-rental-tenants": _rental_tenants,
    "housing-property-services": _property_services,
    "housing-historic-buildings": _historic_buildings,
}


@dataclass(frozen=True, slots=True)
class _Sample:
    name: Values
    id_number: Values
    birth: list[date]
    phone: Values
    address: Values
    district: Values
    email: list[str]
    bank_card: Values


def _sample(place: City, rng: np.random.Generator, count: int) -> _Sample:
    """Some residents, nobody twice."""
    rows = rng.choice(len(place.residents), count, replace=False)
    return _Sample(**{name: [getattr(place.residents, name)[row] for row in rows] for name in _Sample.__slots__})


def _choice(rng: np.random.Generator, words: Sequence[str], count: int) -> Values:
    return [words[position] for position in rng.integers(0, len(words), count)]


def _companies(rng: np.random.Generator, trades: Sequence[str | None]) -> list[str]:
    brands, forms = _choice(rng, city.BRANDS, len(trades)), _choice(rng, city.FORMS, len(trades))
    return [f"{city.NAME}{brand}{trade}{form}" for brand, trade, form in zip(brands, trades, forms, strict=True)]


def _regions(rng: np.random.Generator, count: int) -> npt.NDArray[np.str_]:
    return rng.choice(list(city.DISTRICTS), count)


def _sites(rng: np.random.Generator, regions: npt.NDArray[np.str_]) -> Values:
    """Places of buildings, which are nobody's home."""
    roads, numbers = _choice(rng, city.ROADS, len(regions)), rng.integers(1, 900, len(regions))
    return [
        f"{city.NAME}{city.DISTRICTS[region]}{road}{number}号"
        for region, road, number in zip(regions, roads, numbers, strict=True)
    ]


def _days(rng: np.random.Generator, count: int, first: str, span: int) -> Values:
    start = date.fromisoformat(first)
    return [(start + timedelta(days=int(days))).isoformat() for days in rng.integers(0, span, count)]


def _moments(rng: np.random.Generator, count: int, first: str, span: int) -> Values:
    start = np.datetime64(first, "s")
    return [str(moment).replace("T", " ") for moment in start + rng.integers(0, span * 86_400, count)]


def _texts(days: Sequence[date]) -> Values:
    return [day.isoformat() for day in days]
