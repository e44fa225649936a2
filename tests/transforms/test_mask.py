from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai import plugins
from gongkai.disclosure import Disclosure, Form
from gongkai.project import SHIPPED

mask = plugins.load(SHIPPED, "transforms", "mask")

CASES = [
    ("phone", "13812345678", (3, 4), "138****5678"),
    ("ID number", "110101199003070038", (6, 4), "110101********0038"),
    ("name", "张三丰", (1, 0), "张**"),
    ("name, end only", "张三丰", (0, 1), "**丰"),
    ("bank card", "6222021001116245702", (6, 4), "622202*********5702"),
    ("just long enough", "12345678901", (3, 4), "123****8901"),
    ("one too short", "1234567890", (3, 4), "****"),
    ("exactly the ends", "1234567", (3, 4), "****"),
    ("shorter than the ends", "123", (3, 4), "****"),
    ("emoji are one character", "😀😁😂🤣😃", (1, 1), "😀***😃"),
    ("masked already", "138****5678", (3, 4), "****"),
    ("only signs", "***********", (3, 4), "****"),
    ("the full mask itself", "****", (1, 0), "***"),
    ("nothing kept", "13812345678", (0, 0), "****"),
    ("empty", "", (3, 4), ""),
    ("null", None, (3, 4), None),
]


@pytest.mark.parametrize(("given", "keep", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_each_alone_and_among_others(given: str | None, keep: tuple[int, int], expected: str | None) -> None:
    assert mask.apply(pa.array([given], pa.string()), keep=keep).to_pylist() == [expected]
    among = pa.array(["a much longer value than the others", given, None], pa.string())
    assert mask.apply(among, keep=keep).to_pylist()[1] == expected


def test_another_sign() -> None:
    column = pa.array(["13812345678", "张三丰三丰", None, "1"])
    assert mask.apply(column, keep=(1, 1), char="●").to_pylist() == ["1●●●●●●●●●8", "张●●●丰", None, "****"]


TEXTS = st.text(st.sampled_from("019*-aé张欧😀\u0301●\0"), max_size=14)


@settings(deadline=None)
@given(st.lists(st.one_of(st.none(), TEXTS), max_size=8), st.integers(0, 4), st.integers(0, 4), st.sampled_from("*●"))
def test_as_python_cuts_characters(values: list[str | None], first: int, last: int, char: str) -> None:
    def masked(value: str | None) -> str | None:
        if not value:
            return value
        hidden = len(value) - first - last
        out = value[:first] + char * hidden + value[len(value) - last :]
        if first + last and 2 * hidden >= first + last and hidden > 0 and out != value:
            return out
        return "***" if value == "****" else "****"

    column = pa.array(["前", *values, None], pa.string())[1:-1]
    assert mask.apply(column, keep=(first, last), char=char).to_pylist() == [masked(value) for value in values]


def test_what_lies_under_a_null_does_not_matter() -> None:
    values = pa.array(["张三丰", "secret", "欧阳修"])
    valid = pa.py_buffer(np.packbits([True, False, True], bitorder="little"))
    column = pa.Array.from_buffers(pa.string(), 3, [valid, *values.buffers()[1:]])
    out = mask.apply(column, keep=(1, 0))
    assert out.to_pylist() == ["张**", None, "欧**"]
    assert b"secret" not in out.buffers()[2].to_pybytes()


def test_reveals_the_ends_and_the_length() -> None:
    assert mask.reveals("PHONE", keep=(3, 4)) == Disclosure(Form.PART, 3, 4, frozenset({"length"}))
    assert mask.reveals("PHONE", keep=(0, 0)) == Disclosure(Form.NOTHING)


ID = "110101199003281230"
BY_PARTS: list[tuple[str, str, tuple[str, ...], str]] = [
    ("CN_ID_CARD", ID, ("province",), "11****************"),
    ("CN_ID_CARD", ID, ("city",), "**01**************"),
    ("CN_ID_CARD", ID, ("county",), "****01************"),
    ("CN_ID_CARD", ID, ("birth_year",), "******1990********"),
    ("CN_ID_CARD", ID, ("birth_month",), "**********03******"),
    ("CN_ID_CARD", ID, ("birth_day",), "************28****"),
    ("CN_ID_CARD", ID, ("order",), "**************12**"),
    ("CN_ID_CARD", ID, ("sex",), "****************3*"),
    ("CN_ID_CARD", ID, ("check",), "*****************0"),
    ("CN_ID_CARD", ID, ("region",), "110101************"),
    ("CN_ID_CARD", ID, ("birth_date",), "******19900328****"),
    ("CN_ID_CARD", ID, ("sequence",), "**************123*"),
    ("CN_ID_CARD", ID, ("sex", "province", "birth_year"), "11****1990******3*"),
    ("CN_ID_CARD", "11010119900328123x", ("check",), "*****************x"),
    ("CN_ID_CARD", "110101900328123", ("region",), "****"),
    ("CN_ID_CARD", "11010119900328123Y", ("region",), "****"),
    ("CN_ID_CARD", f"{ID} ", ("region",), "****"),
    ("CN_ID_CARD", "１１０１０１１９９００３２８１２３０", ("region",), "****"),
    ("CN_ID_CARD", "110101********1230", ("region",), "****"),
    ("PHONE", "13812345678", ("segment",), "138********"),
    ("PHONE", "13812345678", ("segment", "line"), "138****5678"),
    ("PHONE", "13812345678", ("area",), "***1234****"),
    ("PHONE", "+8613812345678", ("segment",), "****"),
    ("PHONE", "0531-88881234", ("segment",), "****"),
    ("PHONE", "12812345678", ("segment",), "****"),
    ("VEHICLE_PLATE", "鲁A12345", ("place",), "鲁A*****"),
    ("VEHICLE_PLATE", "鲁AD12345", ("place",), "鲁A******"),
    ("VEHICLE_PLATE", "京A1234警", ("province",), "京******"),
    ("VEHICLE_PLATE", "A12345", ("place",), "****"),
    ("PERSON_NAME", "欧阳震华", ("surname",), "欧阳**"),
    ("PERSON_NAME", "欧阳", ("surname",), "欧*"),
    ("PERSON_NAME", "司马光", ("surname",), "司马*"),
    ("PERSON_NAME", "张三", ("surname",), "张*"),
    ("PERSON_NAME", "张三", ("given",), "*三"),
    ("PERSON_NAME", "张", ("surname",), "****"),
    ("PERSON_NAME", "张三3", ("surname",), "****"),
    ("PERSON_NAME", "阿卜杜拉·买买提", ("surname",), "****"),
    ("PERSON_NAME", "Zhang San", ("surname",), "****"),
    ("EMAIL", "zhang.san@city.gov.cn", ("domain",), "*********@city.gov.cn"),
    ("EMAIL", "zhang.san@city", ("domain",), "****"),
    ("EMAIL", "zhang.san", ("domain",), "****"),
    ("DATE_OF_BIRTH", "1990-03-07", ("year",), "1990******"),
    ("DATE_OF_BIRTH", "19900307", ("year", "month"), "199003**"),
    ("ADDRESS_REGION", "370102", ("province", "city"), "3701**"),
    ("VIN", "LSVAU033822123456", ("maker",), "LSV**************"),
    ("BANK_ACCOUNT", "6222021001116245702", ("issuer",), "622202*************"),
    ("USCC_SOLE_TRADER", "92370102MA3C12345X", ("kind", "region"), "92370102**********"),
    ("PHONE", "", ("segment",), ""),
]


@pytest.mark.parametrize(("entity", "given", "show", "expected"), BY_PARTS, ids=[f"{case[0]}-{case[1]}-{'-'.join(case[2])}" for case in BY_PARTS])
def test_parts_by_their_names(entity: str, given: str, show: tuple[str, ...], expected: str) -> None:
    among = pa.array([given, "no such value", given, None])
    out = mask.apply(among, show=show, entity=entity).to_pylist()
    assert out == [expected, "****", expected, None]
    assert mask.apply(pa.array([given]), show=show, entity=entity).to_pylist() == [expected]
    assert mask.apply(pa.array([given]), show=show, entity=entity, char="●").to_pylist() == [
        expected if expected == "****" else expected.replace("*", "●")
    ]


@pytest.mark.parametrize(("entity", "given", "show", "expected"), BY_PARTS, ids=[f"{case[0]}-{case[1]}-{'-'.join(case[2])}" for case in BY_PARTS])
def test_no_more_shows_than_is_said(entity: str, given: str, show: tuple[str, ...], expected: str) -> None:
    left = mask.reveals(entity, show=show)
    assert left.form is Form.PART
    assert {*show} <= left.parts or {*show} & {"region", "birth_date", "sequence", "place"}
    assert "length" in left.parts
    if expected not in ("****", ""):
        assert all(sign == "*" or place in left.positions(len(given)) for place, sign in enumerate(expected))


@pytest.mark.parametrize(
    ("entity", "show", "says"),
    [
        ("CN_ID_CARD", ("surname",), "CN_ID_CARD has the parts birth_date, .*birth_year.*region"),
        ("PHONE", ("segment", "prefix"), "PHONE has the parts area, line, segment"),
        ("PERSON_NAME", ("first",), "PERSON_NAME has the parts given, surname"),
        ("NONE", ("surname",), "NONE has no named parts"),
        ("PHONE", ("segment", "area", "line"), "show names every part"),
        ("CN_ID_CARD", ("region", "birth_date", "sequence", "check"), "show names every part"),
        ("PERSON_NAME", ("given", "surname"), "show names every part"),
    ],
)
def test_wrong_parts_are_told_the_right_ones(entity: str, show: tuple[str, ...], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        mask.apply(pa.array(["a"]), show=show, entity=entity)
    with pytest.raises(ValueError, match=says):
        mask.reveals(entity, show=show)


@pytest.mark.parametrize("wrong", [{}, {"keep": (3, 4), "show": ("segment",)}], ids=["neither", "both"])
def test_either_keep_or_show(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="give either keep"):
        mask.apply(pa.array(["13812345678"]), entity="PHONE", **wrong)
    with pytest.raises(ValueError, match="give either keep"):
        mask.reveals("PHONE", **wrong)


SIGNS = ["", "**", "x", "0", "张", " ", "\x00"]


@pytest.mark.parametrize(
    "wrong", [{"keep": (-1, 4)}, {"keep": (3, -4)}, *({"keep": (1, 0), "char": each} for each in SIGNS)], ids=str
)
def test_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"keep is|char is"):
        mask.apply(pa.array(["13812345678"]), **wrong)
    with pytest.raises(ValueError, match=r"keep is|char is"):
        mask.reveals("PHONE", **wrong)
