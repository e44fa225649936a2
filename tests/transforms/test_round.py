from __future__ import annotations

import math
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai import plugins
from gongkai.disclosure import Disclosure, Form
from gongkai.project import SHIPPED

rounding = plugins.load(SHIPPED, "transforms", "round")
MONEY = pa.decimal128(12, 2)
WIDE = pa.decimal128(38, 2)
EXACT = Context(prec=80, rounding=ROUND_HALF_EVEN)
CASES: list[tuple[str, pa.Array, dict[str, Any], list[Any]]] = [
    ("half to even", pa.array([5, 15, 25, -5, -15, None]), {"to": 10}, [0, 20, 20, 0, -20, None]),
    ("either side of half", pa.array([4, 6, 14, 16]), {"to": 10}, [0, 10, 10, 20]),
    ("step of two", pa.array([1, 2, 3, 5]), {"to": 2}, [0, 2, 4, 4]),
    ("beyond 64 bits", pa.array([2**63 - 1, -(2**63), 7]), {"to": 1000}, [None, None, 0]),
    ("step beyond 64 bits", pa.array([2**63 - 1]), {"to": 1e30}, [0]),
    ("decimal", pa.array([Decimal("0.25"), Decimal("0.35"), None], MONEY), {"to": 0.1}, [Decimal("0.20"), Decimal("0.40"), None]),
    ("one digit more", pa.array([Decimal("9.96")], pa.decimal128(3, 2)), {"to": 0.1}, [Decimal("10.00")]),
    ("38 digits", pa.array([Decimal("9" * 36 + ".99"), Decimal("15.00")], WIDE), {"to": 10}, [None, Decimal("20.00")]),
    ("float", pa.array([0.34, 0.37, -0.04, None]), {"to": 0.1}, [0.3, 0.4, 0.0, None]),
    ("floats that cannot", pa.array([float("nan"), float("inf"), 1e17]), {"to": 10}, [None] * 3),
    ("digits", pa.array([123456, 99500, -1250, 7, 0]), {"digits": 2}, [120000, 100000, -1200, 7, 0]),
    ("digits beyond 64 bits", pa.array([2**63 - 1, 15]), {"digits": 1}, [9 * 10**18, 20]),
    ("all digits of the largest", pa.array([-(2**63)]), {"digits": 15}, [None]),
    ("decimal digits", pa.array([Decimal("1234.56"), Decimal("0.05")], MONEY), {"digits": 3}, [Decimal("1230.00"), Decimal("0.05")]),
    ("wide digits", pa.array([Decimal("1" * 30)], WIDE), {"digits": 2}, [Decimal("11" + "0" * 28)]),
    ("float digits", pa.array([1234.5, 0.0012345, 0.0, 1e-300]), {"digits": 3}, [1230.0, 0.00123, 0.0, None]),
]


@pytest.mark.parametrize(("column", "given", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_rounds(column: pa.Array, given: dict[str, Any], expected: list[Any]) -> None:
    assert rounding.apply(column, **given).to_pylist() == expected


@settings(deadline=None)
@given(st.integers(-(10**15), 10**15), st.integers(2, 10**6))
def test_whole_numbers_as_decimal_quantizes_them(number: int, step: int) -> None:
    expected = int(EXACT.multiply(EXACT.quantize(EXACT.divide(number, step), Decimal(1)), step))
    (out,) = rounding.apply(pa.array([number]), to=step).to_pylist()
    assert abs(out - number) * 2 <= step
    assert out == expected


@settings(deadline=None)
@given(st.decimals(-(10**9), 10**9, places=2), st.sampled_from(["0.05", "0.1", "0.5", "10", "2500"]), st.sampled_from([MONEY, WIDE]))
def test_decimals_exactly(number: Decimal, step: str, kind: pa.DataType) -> None:
    (out,) = rounding.apply(pa.array([number], kind), to=float(step)).to_pylist()
    assert out == EXACT.multiply(EXACT.quantize(EXACT.divide(number, Decimal(step)), Decimal(1)), Decimal(step))
    assert out.as_tuple().exponent == -2


@settings(deadline=None)
@given(st.integers(-(10**17), 10**17), st.integers(1, 15))
def test_significant_digits_as_decimal_keeps_them(number: int, digits: int) -> None:
    expected = int(Context(prec=digits, rounding=ROUND_HALF_EVEN).create_decimal(number))
    assert rounding.apply(pa.array([number]), digits=digits).to_pylist() == [expected]


@settings(deadline=None)
@given(st.floats(-1e12, 1e12), st.integers(1, 15))
def test_significant_digits_of_floats(number: float, digits: int) -> None:
    (out,) = rounding.apply(pa.array([number]), digits=digits).to_pylist()
    if out is not None and number:
        unit = 10.0 ** (math.floor(math.log10(abs(number))) - digits + 1)
        assert abs(out - number) <= 0.501 * unit + 4 * math.ulp(number)
        assert len(f"{out:.15g}".replace(".", "").replace("-", "").split("e")[0].strip("0")) <= digits


def test_a_decimal_gets_one_digit_and_keeps_its_scale() -> None:
    assert rounding.apply(pa.array([], MONEY), to=10).type == pa.decimal128(13, 2)
    assert rounding.apply(pa.array([], WIDE), to=10).type == WIDE
    assert rounding.apply(pa.array([], pa.int64()), digits=2).type == pa.int64()


def test_reveals_the_range() -> None:
    assert rounding.reveals("INCOME", to=1000) == Disclosure(Form.COARSE, parts=frozenset({"range"}), width=1000.0)
    assert rounding.reveals("INCOME", digits=2) == Disclosure(Form.COARSE, parts=frozenset({"range"}))


WRONG = [{}, {"to": 10, "digits": 2}, {"to": 0}, {"to": -10}, {"to": float("nan")}, {"to": float("inf")}, {"digits": 0}, {"digits": 16}]


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_refused_whatever_the_column(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"to|digits"):
        rounding.apply(pa.array([1.5]), **wrong)
    with pytest.raises(ValueError, match=r"to|digits"):
        rounding.reveals("INCOME", **wrong)


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        (pa.int64(), {"to": 1}),
        (pa.int64(), {"to": 2.5}),
        (MONEY, {"to": 0.01}),
        (MONEY, {"to": 0.005}),
        (MONEY, {"digits": 12}),
        (pa.decimal128(3, 2), {"digits": 3}),
    ],
    ids=str,
)
def test_refuses_what_would_change_nothing(kind: pa.DataType, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"two of the column's own steps|fewer than the column's own"):
        rounding.apply(pa.array([], kind), **wrong)
