"""What every method but keep holds for whatever text a column may contain: no value comes out raw, none shows too much."""

from __future__ import annotations

import datetime as dt
import re
import string
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gongkai import plugins
from gongkai.disclosure import Form
from gongkai.project import SHIPPED
from gongkai.reference import divisions

KEY = bytes(range(32))
CASES: list[tuple[str, dict[str, Any]]] = [
    ("mask", {"keep": (3, 4)}),
    ("mask", {"keep": (1, 0)}),
    ("mask", {"keep": (0, 4)}),
    ("mask", {"keep": (6, 4), "char": "●"}),
    ("mask", {"keep": (0, 0)}),
    ("suppress", {}),
    ("pseudonymize", {"key": KEY}),
    ("pseudonymize", {"key": KEY, "cipher": "sm4", "length": 12}),
    ("pseudonymize", {"key": KEY, "length": 25}),
    ("generalize_date", {"to": "month"}),
    ("generalize_date", {"to": "quarter"}),
    ("generalize_date", {"to": "year"}),
    ("generalize_date", {"to": "decade"}),
    ("generalize_region", {"to": "province"}),
    ("generalize_region", {"to": "city"}),
    ("generalize_region", {"to": "county"}),
    ("truncate_address", {"to": "province"}),
    ("truncate_address", {"to": "city"}),
    ("truncate_address", {"to": "county", "within": "3701"}),
    ("mask", {"show": ("birth_year", "sex"), "entity": "CN_ID_CARD"}),
    ("mask", {"show": ("surname",), "entity": "PERSON_NAME", "char": "●"}),
    ("redact", {}),
    ("generalize", {"hierarchy": "education", "level": 1}),
    ("generalize_date", {"to": "age", "as_of": dt.date(2026, 1, 1)}),
    ("generalize_region", {"to": "county", "written": "name"}),
    ("snap_coordinates", {"metres": 1000, "order": "lng_lat"}),
    ("snap_coordinates", {"metres": 1000, "axis": "latitude"}),
    ("shift_date", {"days": 7, "key": KEY}),
    ("fake", {"kind": "name", "key": KEY}),
    ("fake", {"kind": "address", "key": KEY}),
]
IDS = [f"{name}-{'-'.join(str(value) for key, value in given.items() if key != 'key')}" for name, given in CASES]
COARSE = {
    "generalize_date": re.compile(r"[0-9]{4}(-[0-9]{2}|-Q[1-4])?|[0-9]{3}0s|[0-9]{1,3}-[0-9]{1,3}"),
    "generalize_region": re.compile(r"[0-9]{6}|[^0-9]+"),
    "generalize": re.compile("(研究生|大学本科|大学专科|中等职业|普通高级中学|初级中学|小学)教育|小学以下|其他"),
    "snap_coordinates": re.compile(r"-?[0-9]{1,3}\.[0-9]{3}(,-?[0-9]{1,3}\.[0-9]{3})?"),
    "shift_date": re.compile(r"[0-9]{4}-?[0-9]{2}-?[0-9]{2}"),
    "redact": re.compile("〔已隐去〕"),
    "fake": re.compile(r"\w+"),
}
PERSONS = {"shift_date"}
ODD = [
    "", "a", "张", "张三", "欧阳修文", "********", "****", "***", "138****1234", "110101********0038", "●●●●●●●●●●●●●●●●●●",
    "１１０１０１１９９００３０７００３８", "110101900307003", "11010119900307003x", "11010119900307003X", "110101199003070039",
    "someone.at.example", "a@b.cn", "京A1234", "京A12345", "62220202", "5551234", "😀" * 11, "e\u0301" * 9, "\u200d\ufeff" * 8,
    "1" * 5000, "张" * 5000, "1990-03-07", "19900307", "1990-02-30", "1990", "1990s", "370102", "370100", "370102001001",
    "山东省济南市历下区泉城路268号", "济南市历下区", "市中区经四路1号", "海南路1号", "\x00", "a\nb", " ", "　　　　",
]  # fmt: skip
VALUES = st.one_of(
    st.text(max_size=40),
    st.sampled_from(ODD),
    st.text("*●", min_size=1, max_size=20),
    st.text(string.digits + "xX-", max_size=20),
    st.builds("{}{}{}".format, st.text(max_size=6), st.text("*", max_size=12), st.text(max_size=6)),
    st.builds("{}{}".format, st.sampled_from(["山东省", "山东济南市", "北京市东城区"]), st.text(max_size=12)),
)


@pytest.mark.parametrize(("name", "given_"), CASES, ids=IDS)
@given(values=st.lists(st.one_of(st.none(), VALUES), max_size=12))
@example(values=[*ODD, None])
@settings(max_examples=60, deadline=None)
def test_no_text_comes_out_raw(name: str, given_: dict[str, Any], values: list[str | None]) -> None:
    method = plugins.load(SHIPPED, "transforms", name)
    who = {"person": pa.array([f"p{index}" for index in range(len(values))], pa.string())} if name in PERSONS else {}
    out = method.apply(pa.array(values, pa.string()), **given_, **who).to_pylist()
    told = {key: value for key, value in given_.items() if key in plugins.parameters(method.reveals)}
    disclosed = method.reveals(given_.get("entity", "NONE"), **told)
    assert len(out) == len(values)
    for value, published in zip(values, out, strict=True):
        if not value:
            assert published is None if name == "suppress" else published == value
        else:
            assert published != value or holds_nothing_finer(name, value, given_)
            assert shows_no_more(name, disclosed, value, published, given_)


def holds_nothing_finer(name: str, value: str, given_: dict[str, Any]) -> bool:
    """A code or address already as coarse as was asked for: the one case in which a value may come out as it was."""
    if name == "generalize_region":
        return value.endswith("0" * {"province": 4, "city": 2, "county": 0}[given_["to"]]) and len(value) == 6
    if name == "truncate_address":
        return value in titles({"province": 2, "city": 4, "county": 6}[given_["to"]])
    if name == "snap_coordinates":
        return bool(COARSE[name].fullmatch(value))  # the centre of a cell
    return name == "generalize" and bool(COARSE[name].fullmatch(value))


def shows_no_more(name: str, disclosed: Any, value: str, published: str | None, given_: dict[str, Any]) -> bool:
    if published is None or published in ("****", "***"):
        return True
    if disclosed.middle:
        shown, sign = disclosed.positions(len(value)), given_.get("char", "*")
        signs = enumerate(zip(published, value, strict=True))
        return all(out == sign or (out == real and place in shown) for place, (out, real) in signs)
    if disclosed.form is Form.PART:
        first, last = disclosed.first, disclosed.last
        hidden = len(value) - first - last
        sign = given_.get("char", "*")
        return hidden * 2 >= first + last and published == value[:first] + sign * hidden + value[len(value) - last :]
    if name == "pseudonymize":
        return len(published) == given_.get("length", 20) and not re.search("[^a-z2-7]", published)
    if name == "truncate_address":
        return published in titles({"province": 2, "city": 4, "county": 6}[given_["to"]])
    return bool(COARSE[name].fullmatch(published))


def titles(digits: int) -> set[str]:
    table = divisions.load(SHIPPED)
    return {table.title(code) for code in table.names if len(code) <= digits}


@pytest.mark.parametrize(
    ("value", "keep"),
    [
        ("someone.at.example", (1, 0)),
        ("京A1234", (3, 4)),
        ("62220202", (4, 4)),
        ("5551234", (3, 4)),
        ("张三", (1, 1)),
        ("张三", (1, 0)),
        ("王", (1, 0)),
        ("11010119900307003x", (6, 4)),
        ("11010119900307003X", (6, 4)),
        ("110101900307003", (6, 4)),
        ("110101199003070039", (14, 4)),
        ("138****1234", (3, 4)),
    ],
    ids=[
        "e-mail without @",
        "plate of six characters",
        "card of eight digits",
        "phone of seven digits",
        "name of two, both ends kept",
        "name of two",
        "name of one",
        "ID number ending in x",
        "ID number ending in X",
        "ID number of fifteen digits",
        "wrong checksum, everything kept",
        "masked before",
    ],
)
def test_values_others_let_through_are_masked(value: str, keep: tuple[int, int]) -> None:
    masked = plugins.load(SHIPPED, "transforms", "mask").apply(pa.array([value]), keep=keep).to_pylist()[0]
    assert masked != value
    assert "*" in masked
    assert sum(character in value for character in masked.replace("*", "")) <= sum(keep)
