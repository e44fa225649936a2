from __future__ import annotations

import pyarrow as pa
import pytest

from gongkai import plugins
from gongkai.disclosure import Disclosure, Form
from gongkai.project import SHIPPED
from gongkai.reference import divisions

truncate_address = plugins.load(SHIPPED, "transforms", "truncate_address")
divisions = divisions.load(SHIPPED)

CASES = [
    ("in full", "山东省济南市历下区泉城路268号", "山东省", "山东省济南市", "山东省济南市历下区"),
    ("short names", "山东济南历下区泉城路268号", "山东省", "山东省济南市", "山东省济南市历下区"),
    ("without the province", "济南市历下区泉城路268号", "山东省", "山东省济南市", "山东省济南市历下区"),
    ("without the city", "江苏省昆山市玉山镇1号", "江苏省", "江苏省苏州市", "江苏省苏州市昆山市"),
    ("county alone", "昆山市玉山镇1号", "江苏省", "江苏省苏州市", "江苏省苏州市昆山市"),
    ("municipality", "北京市东城区东华门街道1号", "北京市", "北京市", "北京市东城区"),
    ("municipality with its rung", "北京市市辖区东城区1号", "北京市", "北京市", "北京市东城区"),
    ("municipality, short", "上海浦东新区世纪大道1号", "上海市", "上海市", "上海市浦东新区"),
    ("municipality twice", "北京市北京市东城区1号", "北京市", "北京市", "北京市东城区"),
    ("city without counties", "广东省东莞市东城街道1号", "广东省", "广东省东莞市", "广东省东莞市"),
    ("county under the province", "湖北省仙桃市沔州大道1号", "湖北省", "湖北省", "湖北省仙桃市"),
    ("autonomous", "延边州延吉市1号", "吉林省", "吉林省延边朝鲜族自治州", "吉林省延边朝鲜族自治州延吉市"),
    ("same name as its province", "吉林市昌邑区1号", "吉林省", "吉林省吉林市", "吉林省吉林市昌邑区"),
    ("same name as another province", "海南藏族自治州共和县", "青海省", "青海省海南藏族自治州", "青海省海南藏族自治州共和县"),
    ("spaces", " 山东省　济南市 历下区1号", "山东省", "山东省济南市", "山东省济南市历下区"),
    ("only the province is known", "广东省深圳南山大道1号", "广东省", "广东省", "广东省"),
    ("Hong Kong by name only", "香港特别行政区中西区", *["香港特别行政区"] * 3),
    ("road with a province's name", "海南路1号", *["****"] * 3),
    ("school with a province's name", "河南中学", *["****"] * 3),
    ("several places", "朝阳区建国路88号", *["****"] * 3),
    ("too short to name a place", "赵县路1号", *["****"] * 3),
    ("no division", "泉城路268号1单元201", *["****"] * 3),
    ("masked before", "****", *["***"] * 3),
    ("empty", "", *[""] * 3),
    ("null", None, *[None] * 3),
]


@pytest.mark.parametrize(("given", "province", "city", "county"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_addresses(given: str | None, province: str | None, city: str | None, county: str | None) -> None:
    column = pa.array([given], pa.string())
    found = [truncate_address.apply(column, to=to).to_pylist()[0] for to in ("province", "city", "county")]
    assert found == [province, city, county]


def test_every_county_is_found_by_its_full_address() -> None:
    codes = [code for code in divisions.names if len(code) == 6]
    column = pa.array([f"{divisions.title(code)}人民路{number}号" for number, code in enumerate(codes)])
    assert truncate_address.apply(column, to="county").to_pylist() == [divisions.title(code) for code in codes]


def test_within_a_city_names_that_several_places_have_are_its_own() -> None:
    column = pa.array(["市中区经四路1号", "朝阳区建国路88号", "青岛市市南区1号"])
    found = truncate_address.apply(column, to="county", within="3701").to_pylist()
    assert found == ["山东省济南市市中区", "****", "山东省青岛市市南区"]


def test_reveals_the_levels() -> None:
    assert truncate_address.reveals("ADDRESS", to="city") == Disclosure(Form.COARSE, parts=frozenset({"province", "city"}))


@pytest.mark.parametrize("wrong", [{"to": "street"}, {"to": "city", "within": "9901"}, {"to": "city", "within": "37"}], ids=str)
def test_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"to is one of|within is"):
        truncate_address.apply(pa.array([""]), **wrong)
