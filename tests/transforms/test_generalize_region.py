from __future__ import annotations

import pyarrow as pa
import pytest

from gongkai import plugins
from gongkai.disclosure import Disclosure, Form

generalize_region = plugins.load("gongkai.transforms", "generalize_region")


@pytest.mark.parametrize(
    ("given", "to", "expected"),
    [
        ("370102", "province", "370000"),
        ("370102", "city", "370100"),
        ("370102", "county", "370102"),
        ("370102001", "county", "370102"),
        ("370102001003", "city", "370100"),
        ("370000", "province", "370000"),
        ("810000", "city", "810000"),
        ("990102", "city", "****"),
        ("3701", "city", "****"),
        ("3701020", "city", "****"),
        ("３７０１０２", "city", "****"),
        ("370102 ", "city", "****"),
        ("济南市", "city", "****"),
        ("****", "city", "***"),
        ("", "city", ""),
        (None, "city", None),
    ],
    ids=str,
)
def test_codes(given: str | None, to: str, expected: str | None) -> None:
    assert generalize_region.apply(pa.array([given], pa.string()), to=to).to_pylist() == [expected]


@pytest.mark.parametrize(
    ("given", "to", "expected"),
    [
        ("370102", "county", "山东省济南市历下区"),
        ("370102001003", "county", "山东省济南市历下区"),
        ("370102", "city", "山东省济南市"),
        ("370102", "province", "山东省"),
        ("110101", "county", "北京市东城区"),
        ("110101", "city", "北京市"),
        ("419001", "county", "河南省济源市"),
        ("441900", "city", "广东省东莞市"),
        ("370199", "county", "山东省济南市"),
        ("379900", "city", "山东省"),
        ("370000", "county", "山东省"),
        ("990102", "county", "****"),
        ("", "county", ""),
        (None, "county", None),
    ],
    ids=str,
)
def test_names(given: str | None, to: str, expected: str | None) -> None:
    assert generalize_region.apply(pa.array([given], pa.string()), to=to, written="name").to_pylist() == [expected]


def test_every_code_of_the_table_has_the_name_an_address_is_cut_to() -> None:
    divisions = plugins.load_private("gongkai.transforms", "_divisions").load()
    codes = [code for code in divisions.names if len(code) == 6]
    out = generalize_region.apply(pa.array(codes), to="county", written="name").to_pylist()
    assert out == [divisions.title(code) for code in codes]
    assert generalize_region.apply(pa.array(codes), to="city").to_pylist() == [f"{code[:4]}00" for code in codes]


def test_reveals_the_levels() -> None:
    assert generalize_region.reveals("ADDRESS_REGION", to="city") == Disclosure(Form.COARSE, 4, parts=frozenset({"province", "city"}))


def test_a_name_tells_what_its_code_tells() -> None:
    for to in ("province", "city", "county"):
        assert generalize_region.reveals("ADDRESS_REGION", to=to, written="name") == generalize_region.reveals("ADDRESS_REGION", to=to)


@pytest.mark.parametrize("wrong", [{"to": "street"}, {"to": "city", "written": "pinyin"}], ids=str)
def test_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"(to|written) is one of"):
        generalize_region.apply(pa.array(["370102"]), **wrong)
    with pytest.raises(ValueError, match=r"(to|written) is one of"):
        generalize_region.reveals("ADDRESS_REGION", **wrong)
