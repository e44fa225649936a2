from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.columns.casting import cast

DECIMALS = ["decimal(5,2)", "decimal(38,0)", "decimal(38,38)", "decimal(3,3)"]
LOGICAL = ["text", "integer", "float", "boolean", "date", "datetime", *DECIMALS]
UNFIT = object()

CASES: list[tuple[str, str, Any]] = [
    *[("integer", text, value) for text, value in {
        "007": 7, "-0": 0, "+5": 5, "5.": 5, "5.00": 5, "9223372036854775807": 2**63 - 1, "-9223372036854775808": -(2**63),
        "0" * 30 + "1": 1, "-" + "0" * 30 + "12": -12,
    }.items()],
    *[("integer", text, UNFIT) for text in (
        "5.01", "9223372036854775808", "-9223372036854775809", "1" * 40, "１", "٣", "1e3", "0x1", " 1", "1 ", "1,000", "-", "+",
        ".", "--1",
    )],
    *[("decimal(5,2)", text, Decimal(value)) for text, value in {
        "1.5": "1.50", "999.99": "999.99", "1.5000000": "1.50", "-.5": "-0.50", "1.": "1.00", "+.50": "0.50", "-0": "0.00",
        "0" * 60 + "1.10" + "0" * 60: "1.10",
    }.items()],
    *[("decimal(5,2)", text, UNFIT) for text in ("1000", "1.505", ".", "1e2", "1,0", "nan", "١")],
    ("decimal(3,3)", "0.123", Decimal("0.123")),
    ("decimal(3,3)", ".5", Decimal("0.500")),
    ("decimal(3,3)", "1.0", UNFIT),
    ("decimal(38,0)", "9" * 38, Decimal("9" * 38)),
    ("decimal(38,0)", "1" + "0" * 38, UNFIT),
    ("decimal(38,38)", "-0." + "9" * 38, Decimal("-0." + "9" * 38)),
    *[("float", text, value) for text, value in {"1.5e3": 1500.0, "-.5": -0.5, "5.": 5.0, "1e-999": 0.0, "+7": 7.0}.items()],
    *[("float", text, UNFIT) for text in ("1e999", "nan", "NaN", "inf", "-Infinity", "0x10", "1e", "e5", "1_000", "9" * 400)],
    *[("boolean", text, True) for text in ("true", "TRUE", "t", "1", "yes", "Y", "是")],
    *[("boolean", text, False) for text in ("false", "F", "0", "no", "否")],
    *[("boolean", text, UNFIT) for text in ("2", "on", "对", " true", "10")],
    ("date", "2024-02-29", dt.date(2024, 2, 29)),
    ("date", "0001-01-01", dt.date(1, 1, 1)),
    *[("date", text, UNFIT) for text in (
        "2023-02-29", "2024-2-9", "20240229", "2024-02-29 00:00:00", "0000-01-01", "24-02-29",
    )],
    ("datetime", "2024-02-29 01:02:03", dt.datetime(2024, 2, 29, 1, 2, 3)),
    ("datetime", "2024-02-29T01:02:03.5", dt.datetime(2024, 2, 29, 1, 2, 3, 500_000)),
    ("datetime", "9999-12-31 23:59:59.999999", dt.datetime(9999, 12, 31, 23, 59, 59, 999_999)),
    *[("datetime", text, UNFIT) for text in (
        "2024-02-29", "2024-02-29 01:02", "2024-02-29 24:00:00", "2024-02-29 01:02:60", "2024-02-29 01:02:03Z",
        "2024-02-29 01:02:03+08:00", "2024-02-29 01:02:03.1234567", "2024-02-29 01:02:03.",
    )],
]  # fmt: skip


@pytest.mark.parametrize(("logical", "text", "expected"), CASES, ids=[f"{logical}-{text[:40]}" for logical, text, _ in CASES])
def test_one_value(logical: str, text: str, expected: Any) -> None:
    typed, unfit = cast(pa.array([text, None, ""]), logical)
    assert typed.to_pylist() == [None if expected is UNFIT else expected, None, None]
    assert unfit == (expected is UNFIT)


def test_text_stays_text() -> None:
    column = pa.array(["011", "", None, "null", "110101199003070038"])
    assert cast(column, "text") == (column, 0)


@pytest.mark.parametrize("logical", LOGICAL)
@settings(deadline=None)
@given(
    values=st.lists(
        st.one_of(
            st.none(),
            st.text(max_size=30),
            st.text("0123456789+-.eE: T,", max_size=60),
            st.from_regex(r"[+-]?0{0,40}[0-9]{0,40}\.?[0-9]{0,40}", fullmatch=True),
        ),
        max_size=20,
    ),
    start=st.integers(0, 3),
)
def test_never_fails_and_counts_what_it_drops(logical: str, values: list[str | None], start: int) -> None:
    column = pa.array(values, pa.string()).slice(start)
    typed, unfit = cast(column, logical)
    typed.validate(full=True)
    assert len(typed) == len(column)
    written = [value for value in column.to_pylist() if value]
    missing = sum(value is None for value, source in zip(typed.to_pylist(), column.to_pylist(), strict=True) if source)
    assert unfit == (0 if logical == "text" else missing)
    assert len(written) >= unfit


@settings(deadline=None)
@given(st.lists(st.integers(-(2**63), 2**63 - 1)))
def test_integers_come_back(numbers: list[int]) -> None:
    assert cast(pa.array(map(str, numbers), pa.string()), "integer") == (pa.array(numbers, pa.int64()), 0)


@settings(deadline=None)
@given(st.lists(st.decimals(-10**9, 10**9, places=4)))
def test_decimals_come_back_or_do_not_fit(numbers: list[Decimal]) -> None:
    typed, unfit = cast(pa.array([f"{number:f}" for number in numbers], pa.string()), "decimal(9,2)")
    fitting = [number if abs(number) < 10**7 and number == round(number, 2) else None for number in numbers]
    assert typed.to_pylist() == fitting
    assert unfit == fitting.count(None)


@settings(deadline=None)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False)))
def test_floats_come_back(numbers: list[float]) -> None:
    typed, unfit = cast(pa.array([repr(number) for number in numbers], pa.string()), "float")
    assert unfit == 0
    assert all(math.isclose(a, b, rel_tol=0) for a, b in zip(typed.to_pylist(), numbers, strict=True))


def test_unknown_type() -> None:
    with pytest.raises(ValueError, match="one of text, integer"):
        cast(pa.array(["1"]), "varchar")
