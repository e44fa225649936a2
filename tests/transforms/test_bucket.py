from __future__ import annotations

from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai import plugins
from gongkai.disclosure import Form
from gongkai.project import SHIPPED

bucket = plugins.load(SHIPPED, "transforms", "bucket")
MONEY = pa.decimal128(12, 2)


@pytest.mark.parametrize(
    ("column", "given", "expected"),
    [
        (pa.array([0, 9, 10, 117, None]), {"width": 10}, ["0-9", "0-9", "10-19", "110-119", None]),
        (pa.array([-1, -10, -11]), {"width": 10}, ["(-10)-(-1)", "(-10)-(-1)", "(-20)-(-11)"]),
        (pa.array([17, 18, 59, 60]), {"edges": [18, 60]}, ["<18", "18-59", "18-59", ">=60"]),
        (pa.array([5]), {"edges": [5]}, [">=5"]),
        (pa.array([Decimal("0.30"), Decimal("0.29")], MONEY), {"width": 0.1}, ["[0.3,0.4)", "[0.2,0.3)"]),
        (pa.array([Decimal("2999.99"), Decimal("3000")], MONEY), {"edges": [0, 3000, 5000]}, ["[0,3000)", "[3000,5000)"]),
        (pa.array([0.7, 0.3, float("nan"), float("inf"), 1e300]), {"width": 0.1}, ["[0.7,0.8)", "[0.3,0.4)", *["****"] * 3]),
        (pa.array([-0.05]), {"width": 0.1}, ["[-0.1,0.0)"]),
        (pa.array([2**63 - 1, -(2**63)]), {"edges": [-5, 5]}, [">=5", "<-5"]),
    ],
    ids=["width", "negative", "edges", "one edge", "decimal", "decimal edges", "float", "negative float", "extremes"],
)
def test_labels(column: pa.Array, given: dict[str, Any], expected: list[str | None]) -> None:
    assert bucket.apply(column, **given).to_pylist() == expected


@settings(deadline=None)
@given(st.integers(-(2**63), 2**63 - 1), st.integers(2, 10**9))
def test_whole_numbers_lie_in_their_range(number: int, width: int) -> None:
    (label,) = bucket.apply(pa.array([number]), width=width).to_pylist()
    low = number // width * width
    assert label == (f"{low}-{low + width - 1}" if low >= 0 else f"({low})-({low + width - 1})")


@settings(deadline=None)
@given(st.decimals(-1_000_000, 1_000_000, places=2), st.sampled_from(["0.1", "0.25", "3", "0.7", "100"]))
def test_decimals_lie_in_their_range(number: Decimal, width: str) -> None:
    (label,) = bucket.apply(pa.array([number], MONEY), width=float(width)).to_pylist()
    low, high = (Decimal(bound) for bound in label.strip("[)").split(","))
    assert low <= number < high
    assert high - low == Decimal(width)


def test_reveals_the_range() -> None:
    assert bucket.reveals("AGE", edges=[1, 2]).form is Form.COARSE


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"edges": [1.0], "width": 1.0},
        {"edges": []},
        {"edges": [2, 1]},
        {"edges": [1, 1]},
        {"edges": [float("nan")]},
        {"width": 0},
        {"width": -1},
        {"width": float("inf")},
        {"width": 1},
        {"width": 2.5},
        {"edges": [1, 2]},
        {"edges": [1.5]},
        {"width": 1e30},
    ],
    ids=str,
)
def test_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"edges|width|wider"):
        bucket.apply(pa.array([1]), **wrong)


def test_no_finer_than_the_column() -> None:
    with pytest.raises(ValueError, match="no more decimals"):
        bucket.apply(pa.array([Decimal("1.5")], pa.decimal128(5, 1)), width=0.25)


def test_decimals_of_more_than_18_digits() -> None:
    column = pa.array([Decimal("3000.0"), None], pa.decimal128(30, 1))
    assert bucket.apply(column, edges=[3000]).to_pylist() == [">=3000", None]
    large = pa.array([Decimal("12345678901234567889.9"), Decimal("12345678901234567890.0")], pa.decimal128(30, 1))
    assert bucket.apply(large, width=10).to_pylist() == [
        "[12345678901234567880,12345678901234567890)",
        "[12345678901234567890,12345678901234567900)",
    ]


@settings(deadline=None)
@given(st.lists(st.integers(-(10**6), 10**6) | st.integers(-(2**63), 2**63 - 1), max_size=20), st.integers(2, 1000))
def test_how_far_apart_values_lie_does_not_matter(values: list[int], width: int) -> None:
    alone = [bucket.apply(pa.array([value]), width=width).to_pylist()[0] for value in values]
    assert bucket.apply(pa.array(values, pa.int64()), width=width).to_pylist() == alone
