from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from gongkai import plugins
from gongkai.disclosure import Disclosure, Form
from gongkai.errors import ConfigError
from gongkai.project import SHIPPED, Project
from gongkai.reference import divisions

generalize_region = plugins.load(SHIPPED, "transforms", "generalize_region")


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
    table = divisions.load(SHIPPED)
    codes = [code for code in table.names if len(code) == 6]
    out = generalize_region.apply(pa.array(codes), to="county", written="name").to_pylist()
    assert out == [table.title(code) for code in codes]
    assert generalize_region.apply(pa.array(codes), to="city").to_pylist() == [f"{code[:4]}00" for code in codes]


def own(home: Path, table: str) -> Project:
    """A city's own table of divisions."""
    path = home / "rules" / "reference" / "divisions.csv"
    path.parent.mkdir(parents=True)
    path.write_text(table, encoding="utf-8")
    return Project.at(home)


def test_a_citys_own_table_is_used(tmp_path: Path) -> None:
    city = own(tmp_path, "# ours\ncode,name\n37,山东省\n3701,济南市\n370198,起步区\n")
    codes = pa.array(["370198", "370102", "110101"])
    out = generalize_region.apply(codes, to="county", written="name", project=city)
    assert out.to_pylist() == ["山东省济南市起步区", "山东省济南市", "****"]


@pytest.mark.parametrize(
    "table",
    ["37,山东省\n", "code,name\n", "code,name\n3701O2,历下区\n", "code,name\n370,济南市\n", "code,name\n370102\n", "code,name\n,历下区\n"],
    ids=["no header", "no line", "a letter", "three digits", "no name", "no code"],
)
def test_a_wrong_table_is_refused_without_its_lines(tmp_path: Path, table: str) -> None:
    with pytest.raises(ConfigError, match=r"^rules/reference/divisions\.csv: is no table of code") as refused:
        generalize_region.apply(pa.array([], pa.string()), to="county", project=own(tmp_path, table))
    assert not any(word in str(refused.value) for word in ("370", "济南", "历下"))


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
