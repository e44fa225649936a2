from __future__ import annotations

from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai import plugins
from gongkai.disclosure import Disclosure, Form
from gongkai.project import SHIPPED

top_code = plugins.load(SHIPPED, "transforms", "top_code")
MONEY = pa.decimal128(7, 2)


@pytest.mark.parametrize(
    ("column", "given", "expected"),
    [
        (pa.array([17, 18, 90, 91, None]), {"top": 90, "bottom": 18}, [18, 18, 90, 90, None]),
        (pa.array([-5, 200]), {"top": 90}, [-5, 90]),
        (pa.array([-5, 200]), {"bottom": 0}, [0, 200]),
        (pa.array([2**63 - 1, -(2**63)]), {"top": 10, "bottom": -10}, [10, -10]),
        (pa.array([Decimal("0.10"), Decimal("99999.99"), None], MONEY), {"top": 500.5}, [Decimal("0.10"), Decimal("500.50"), None]),
        (pa.array([Decimal("9" * 30)], pa.decimal128(38, 2)), {"top": 1}, [Decimal("1.00")]),
        (pa.array([0.1, 7.5, float("inf"), float("-inf"), float("nan")]), {"top": 7.25}, [0.1, 7.25, None, None, None]),
    ],
    ids=["integer", "top", "bottom", "extremes", "decimal", "38 digits", "float"],
)
def test_values_beyond_become_the_bound(column: pa.Array, given: dict[str, Any], expected: list[Any]) -> None:
    out = top_code.apply(column, **given)
    assert out.to_pylist() == expected
    assert out.type == column.type


@settings(deadline=None)
@given(st.lists(st.integers(-(2**63), 2**63 - 1)), st.integers(-100, 100), st.integers(1, 100))
def test_inside_nothing_changes(values: list[int], bottom: int, width: int) -> None:
    out = top_code.apply(pa.array(values, pa.int64()), bottom=bottom, top=bottom + width).to_pylist()
    assert out == [min(max(value, bottom), bottom + width) for value in values]


def test_reveals_the_value_itself() -> None:
    assert top_code.reveals("AGE", top=90) == Disclosure(Form.ALL, parts=frozenset({"coded"}), linkable=True)


@pytest.mark.parametrize(
    "wrong", [{}, {"top": 1, "bottom": 1}, {"top": 1, "bottom": 2}, {"top": float("nan")}, {"bottom": float("-inf")}], ids=str
)
def test_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"top.* bottom"):
        top_code.apply(pa.array([1]), **wrong)
    with pytest.raises(ValueError, match=r"top.* bottom"):
        top_code.reveals("AGE", **wrong)


@pytest.mark.parametrize(
    ("kind", "bound"), [(pa.int64(), 1.5), (pa.int64(), 1e19), (MONEY, 0.125), (MONEY, 100_000)], ids=["half", "large", "fine", "long"]
)
def test_refuses_a_bound_the_column_cannot_hold(kind: pa.DataType, bound: float) -> None:
    with pytest.raises(ValueError, match="no more digits than the column"):
        top_code.apply(pa.array([], kind), top=bound)
