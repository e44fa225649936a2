from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai import plugins
from gongkai.disclosure import Disclosure, Form
from gongkai.errors import ConfigError
from gongkai.methods.recoding import coding, ladders
from gongkai.project import SHIPPED, Project

SCHOOLS = "小学;义务教育;基础教育;*\n初中;义务教育;基础教育;*\n高中;高中阶段;基础教育;*\n本科;高等教育;高等教育;*\n"


def hierarchy(home: Path, text: str | bytes, name: str = "school") -> None:
    folder = home / "rules" / "hierarchies"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.csv").write_bytes(text if isinstance(text, bytes) else text.encode())


@pytest.fixture
def home(tmp_path: Path) -> Path:
    hierarchy(tmp_path, SCHOOLS)
    return tmp_path


def climbed(ladder: Any, column: pa.Array) -> dict[str, list[str | None]]:
    """What every value becomes at every level."""
    coder = coding.Coder(ladder)
    codes = coder.encode(column)
    rungs, final = coder.finish()
    return {
        level: texts.take(pa.array(groups[final[codes]])).to_pylist()
        for level, texts, groups in zip(rungs.levels, rungs.texts, rungs.groups, strict=True)
    }


CASES: list[tuple[str, str, dict[str, Any], pa.Array, dict[str, list[str | None]]]] = [
    (
        "birth dates as text", "DATE_OF_BIRTH", {},
        pa.array(["1990-03-07", "19900401", "1991-12-31", "spring", "1990-02-30", "", None]),
        {
            "month": ["1990-03", "1990-04", "1991-12", "****", "****", "", None],
            "quarter": ["1990-Q1", "1990-Q2", "1991-Q4", "****", "****", "", None],
            "year": ["1990", "1990", "1991", "****", "****", "", None],
            "decade": ["1990s", "1990s", "1990s", "****", "****", "", None],
            "*": ["*"] * 7,
        },
    ),
    (
        "dates of the registered type", "NONE", {"finest": "year", "coarsest": "decade"},
        pa.array([dt.date(1990, 3, 7), None, dt.date(2001, 1, 1)]),
        {"year": ["1990", None, "2001"], "decade": ["1990s", None, "2000s"]},
    ),
    (
        "regions", "ADDRESS_REGION", {},
        pa.array(["370102", "370102001", "370202", "110101", "990102", None]),
        {
            "county": ["370102", "370102", "370202", "110101", "****", None],
            "city": ["370100", "370100", "370200", "110100", "****", None],
            "province": ["370000", "370000", "370000", "110000", "****", None],
            "*": ["*"] * 6,
        },
    ),
    (
        "addresses within a city", "ADDRESS", {"within": "3701", "coarsest": "province"},
        pa.array(["市中区经四路1号", "山东省青岛市市南区1号", "泉城路268号", None]),
        {
            "county": ["山东省济南市市中区", "山东省青岛市市南区", "****", None],
            "city": ["山东省济南市", "山东省青岛市", "****", None],
            "province": ["山东省", "山东省", "****", None],
        },
    ),
    (
        "ages", "AGE", {},
        pa.array([3, 19, 20, 44, None]),
        {
            "5": ["0-4", "15-19", "20-24", "40-44", None],
            "10": ["0-9", "10-19", "20-29", "40-49", None],
            "20": ["0-19", "0-19", "20-39", "40-59", None],
            "40": ["0-39", "0-39", "0-39", "40-79", None],
            "*": ["*"] * 5,
        },
    ),
    (
        "amounts", "INCOME", {"widths": [0.5, 1.5], "coarsest": "1.5"},
        pa.array([Decimal("0.49"), Decimal("-0.01"), Decimal("1.50"), None], pa.decimal128(9, 2)),
        {"0.5": ["[0.0,0.5)", "[-0.5,0.0)", "[1.5,2.0)", None], "1.5": ["[0.0,1.5)", "[-1.5,0.0)", "[1.5,3.0)", None]},
    ),
    (
        "numbers too large for ranges", "NONE", {"widths": [5, 10]},
        pa.array([6e15, 6.5e15, float("nan"), 1.0]),
        {"5": ["****", "****", "****", "[0,5)"], "10": ["****", "****", "****", "[0,10)"], "*": ["*"] * 4},
    ),
    (
        "names", "PERSON_NAME", {},
        pa.array(["张三", "张伟国", "欧阳修", "张", "张*", "张**", "****", None]),
        {"surname": ["张*", "张*", "欧*", "****", "****", "****", "****", None], "*": ["*"] * 8},
    ),
    (
        "values", "ETHNICITY", {},
        pa.array(["汉族", "满族", "****", "", None]),
        {"value": ["汉族", "满族", "****", "", None], "*": ["*"] * 5},
    ),
    ("booleans", "NONE", {"coarsest": "value"}, pa.array([True, None, False]), {"value": ["true", None, "false"]}),
    (
        "a city's file", "EDUCATION", {"hierarchy": "school"},
        pa.array(["小学", "高中", "本科", "大专", None]),
        {
            "value": ["小学", "高中", "本科", "****", None],
            "1": ["义务教育", "高中阶段", "高等教育", "****", None],
            "2": ["基础教育", "基础教育", "高等教育", "****", None],
            "*": ["*"] * 5,
        },
    ),
    ("only the top", "DATE_OF_BIRTH", {"finest": "*"}, pa.array(["1990-03-07", None]), {"*": ["*", "*"]}),
    ("no values at all", "DATE_OF_BIRTH", {"coarsest": "month"}, pa.array([None, None], pa.date32()), {"month": [None, None]}),
]  # fmt: skip


@pytest.mark.parametrize(("entity", "given_", "column", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_levels(home: Path, entity: str, given_: dict[str, Any], column: pa.Array, expected: dict[str, list[str | None]]) -> None:
    type_ = {"string": "text", "date32[day]": "date", "int64": "integer", "double": "float", "bool": "boolean"}
    ladder = ladders.build(entity, type_.get(str(column.type), "decimal(9,2)"), **given_, project=Project.at(home))
    assert climbed(ladder, column) == expected


def test_values_that_do_not_fit_are_counted() -> None:
    coder = coding.Coder(ladders.build("DATE_OF_BIRTH", project=SHIPPED))
    coder.encode(pa.array(["1990-03-07", "spring", None]))
    coder.encode(pa.array(["1990-13-01"]))
    assert coder.unfit == 2


@pytest.mark.parametrize(
    ("entity", "type_", "given_", "message"),
    [
        ("AGE", "text", {}, "ladder number takes integer, decimal, float, not text"),
        ("DATE_OF_BIRTH", "integer", {}, "ladder date takes text, date, datetime, not integer"),
        ("NONE", "date", {"ladder": "mask"}, "ladder mask takes text, not date"),
        ("DATE_OF_BIRTH", "text", {"finest": "day"}, r"finest is one of month, quarter, year, decade, \*"),
        ("DATE_OF_BIRTH", "text", {"coarsest": "week"}, "coarsest is one of month"),
        ("DATE_OF_BIRTH", "text", {"finest": "year", "coarsest": "month"}, "finest is no coarser than coarsest"),
        ("DATE_OF_BIRTH", "text", {"widths": [5]}, "ladder number takes"),
        ("DATE_OF_BIRTH", "text", {"ladder": "date", "widths": [5]}, "widths go with ladder number only"),
        ("ETHNICITY", "text", {"within": "3701"}, "within goes with ladder address only"),
        ("ADDRESS", "text", {"within": "9999"}, "within is the four-digit code"),
        ("NONE", "integer", {"widths": []}, "widths rise"),
        ("NONE", "integer", {"widths": [20, 50]}, "widths rise, each a multiple of the one before"),
        ("NONE", "integer", {"widths": [10, 10]}, "widths rise"),
        ("NONE", "integer", {"widths": [-5, 10]}, "widths rise"),
        ("NONE", "float", {"widths": [float("nan")]}, "widths rise"),
        ("NONE", "integer", {"widths": [1, 10]}, "make it wider"),
        ("NONE", "integer", {"widths": [2.5, 5]}, "no more decimals than the column"),
        ("NONE", "text", {"ladder": "file"}, "hierarchy names the file"),
        ("NONE", "text", {"ladder": "value", "hierarchy": "school"}, "hierarchy names the file"),
        ("NONE", "text", {"hierarchy": "shcool"}, "no file rules/hierarchies/shcool.csv; did you mean 'school'"),
        ("NONE", "text", {"hierarchy": "../policy"}, "no file rules/hierarchies"),
        ("DATE_OF_BIRTH", "text", {"ladder": "value"}, "DATE_OF_BIRTH would come out whole: take ladder date"),
        ("PERSON_NAME", "text", {"ladder": "value"}, "would come out whole"),
        ("AGE", "integer", {"hierarchy": "school"}, "would come out whole"),
    ],
    ids=str,
)
def test_refused(home: Path, entity: str, type_: str, given_: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ladders.build(entity, type_, **given_, project=Project.at(home))


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("empty", "", "has no lines"),
        ("ragged", "a;x;*\nb;*\n", "line 2 has 2 fields, the first has 3"),
        ("twice", "a;x\nb;x\na;y\n", "line 3 says again"),
        ("not nested", "a;x;1\nb;x;2\nc;y;2\n", "level 2 parts values that level 1 joins"),
        ("not UTF-8", "高中;*\n".encode("gbk"), "is no CSV file in UTF-8"),
        ("open quote", 'a;"x\n', "is no CSV file in UTF-8"),
    ],
)
def test_a_broken_file_is_named_and_not_quoted(home: Path, name: str, text: str | bytes, message: str) -> None:
    hierarchy(home, text)
    with pytest.raises(ConfigError, match=message) as caught:
        ladders.build("NONE", hierarchy="school", project=Project.at(home))
    assert str(caught.value).startswith("rules/hierarchies/school.csv: ")


def test_a_file_with_byte_order_mark_and_without_top(home: Path) -> None:
    hierarchy(home, "\ufeffa;x\nb;y\n")
    assert ladders.build("NONE", hierarchy="school", project=Project.at(home)).levels == ("value", "1", "*")


@pytest.mark.parametrize(
    ("entity", "given_", "expected"),
    [
        ("DATE_OF_BIRTH", {}, Disclosure(Form.COARSE, 7, parts=frozenset({"year", "month"}))),
        ("DATE_OF_BIRTH", {"finest": "decade"}, Disclosure(Form.COARSE, 3, parts=frozenset({"decade"}))),
        ("ADDRESS_REGION", {"finest": "city"}, Disclosure(Form.COARSE, 4, parts=frozenset({"province", "city"}))),
        ("ADDRESS", {}, Disclosure(Form.COARSE, parts=frozenset({"province", "city", "county"}))),
        ("AGE", {}, Disclosure(Form.COARSE, parts=frozenset({"range"}), width=5.0)),
        ("AGE", {"widths": [10, 20], "finest": "20"}, Disclosure(Form.COARSE, parts=frozenset({"range"}), width=20.0)),
        ("PERSON_NAME", {}, Disclosure(Form.PART, 1)),
        ("ETHNICITY", {}, Disclosure(Form.COARSE, parts=frozenset({"value"}))),
        ("EDUCATION", {"hierarchy": "school"}, Disclosure(Form.COARSE, parts=frozenset({"value"}))),
        ("EDUCATION", {"hierarchy": "school", "finest": "1"}, Disclosure(Form.COARSE, parts=frozenset({"level1"}))),
        ("DATE_OF_BIRTH", {"finest": "*"}, Disclosure(Form.NOTHING)),
    ],
    ids=lambda each: each.form.name if isinstance(each, Disclosure) else str(each),
)
def test_what_the_finest_level_leaves(home: Path, entity: str, given_: dict[str, Any], expected: Disclosure) -> None:
    assert plugins.load(SHIPPED, "transforms", "k_anonymize").reveals(entity, **given_, project=Project.at(home)) == expected


DATES = st.dates(dt.date(1900, 1, 1), dt.date(2030, 1, 1))
LADDERS: dict[str, tuple[Any, Any]] = {
    "date": (ladders.build("DATE_OF_BIRTH", project=SHIPPED), st.one_of(DATES.map(str), st.text(max_size=8))),
    "region": (ladders.build("ADDRESS_REGION", project=SHIPPED), st.one_of(st.from_regex("(11|37|42|44)[0-2][0-9]{3}", fullmatch=True), st.text(max_size=6))),
    "address": (
        ladders.build("ADDRESS", project=SHIPPED),
        st.builds("{}{}".format, st.sampled_from(["山东省", "济南历下区", "湖北省仙桃市", "北京市东城区", "朝阳区", "广东省东莞市", "江苏省"]), st.text(max_size=4)),
    ),
    "number": (ladders.build("NONE", "float", widths=[0.1, 0.5, 2.0, 10.0], project=SHIPPED), st.floats(-100, 100)),
    "mask": (ladders.build("PERSON_NAME", project=SHIPPED), st.text("张王李欧阳*ab", max_size=4)),
    "value": (ladders.build("ETHNICITY", project=SHIPPED), st.text(max_size=3)),
}  # fmt: skip


@pytest.mark.parametrize("name", LADDERS)
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_laws_of_every_ladder(name: str, data: st.DataObject) -> None:
    """Levels only join, shares rise from 0 to 1, and neither the order of rows nor their batches leave a trace."""
    ladder, values = LADDERS[name]
    rows = data.draw(st.lists(st.one_of(st.none(), values), min_size=1, max_size=20))
    column = pa.array(rows, pa.float64() if name == "number" else pa.string())
    coder = coding.Coder(ladder)
    codes = [coder.encode(column[:7]), coder.encode(column[7:])]
    rungs, final = coder.finish()
    for level in range(len(rungs.levels) - 1):
        pairs = {*zip(rungs.groups[level].tolist(), rungs.groups[level + 1].tolist(), strict=True)}
        assert len(pairs) == len({fine for fine, _ in pairs})
        assert (rungs.shares[level] <= rungs.shares[level + 1]).all()
        assert rungs.shares[level].min() >= 0
    assert set(rungs.shares[0][2:].tolist()) <= {0.0}
    assert set(rungs.shares[-1].tolist()) == {1.0}
    order = list(range(len(rows)))
    random.Random(1).shuffle(order)
    again = coding.Coder(ladder)
    mixed = again.encode(column.take(order))
    same, its_final = again.finish()
    assert its_final[mixed].tolist() == final[np.concatenate(codes)][order].tolist()
    assert [each.to_pylist() for each in same.texts] == [each.to_pylist() for each in rungs.texts]
    assert all((one == other).all() for one, other in zip(same.shares, rungs.shares, strict=True))


def test_the_share_of_a_files_own_domain(home: Path) -> None:
    """Of the four schools in the file a cell of 基础教育 may be three, though the table has only one of them."""
    coder = coding.Coder(ladders.build("EDUCATION", hierarchy="school", project=Project.at(home)))
    coder.encode(pa.array(["小学", "本科"]))
    rungs, _ = coder.finish()
    by_level = dict(zip(rungs.levels, rungs.shares, strict=True))
    texts = sorted(["小学", "本科"])
    assert by_level["2"][2 + texts.index("小学")] == pytest.approx(2 / 3)
    assert by_level["1"][2 + texts.index("小学")] == pytest.approx(1 / 3)
    assert by_level["2"][2 + texts.index("本科")] == 0
