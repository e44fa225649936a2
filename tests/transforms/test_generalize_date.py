from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pytest

from gongkai import plugins
from gongkai.disclosure import Disclosure, Form

generalize_date = plugins.load("gongkai.transforms", "generalize_date")
EXPECTED = {"month": "1990-03", "quarter": "1990-Q1", "year": "1990", "decade": "1990s"}


@pytest.mark.parametrize(
    "column",
    [
        pa.array(["1990-03-07", None]),
        pa.array(["19900307", None]),
        pa.array([dt.date(1990, 3, 7), None]),
        pa.array([dt.datetime(1990, 3, 7, 23, 59), None], pa.timestamp("us")),
    ],
    ids=["dashes", "digits", "date", "datetime"],
)
@pytest.mark.parametrize("to", EXPECTED)
def test_every_way_a_date_comes(column: pa.Array, to: str) -> None:
    assert generalize_date.apply(column, to=to).to_pylist() == [EXPECTED[to], None]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("1990-02-30", "****"),
        ("1990-3-7", "****"),
        ("1990", "****"),
        ("1990-03", "****"),
        ("1990-Q1", "****"),
        ("07/03/1990", "****"),
        ("１９９０-03-07", "****"),
        ("1990-03-07 10:00:00", "****"),
        ("0000-03-07", "****"),
        ("****", "***"),
        ("", ""),
        ("2024-02-29", "2024-Q1"),
        ("2024-12-31", "2024-Q4"),
        ("0001-01-01", "0001-Q1"),
    ],
    ids=str,
)
def test_text(given: str, expected: str) -> None:
    assert generalize_date.apply(pa.array([given]), to="quarter").to_pylist() == [expected]


def test_reveals_the_parts() -> None:
    assert generalize_date.reveals(to="year") == Disclosure(Form.COARSE, 4, parts=frozenset({"year"}))
    assert generalize_date.reveals(to="quarter").parts == {"year", "quarter"}
    assert [generalize_date.reveals(to=to).first for to in ("decade", "year", "quarter", "month")] == [3, 4, 5, 7]


def test_refuses_another_level() -> None:
    with pytest.raises(ValueError, match="to is one of"):
        generalize_date.apply(pa.array(["1990-03-07"]), to="day")
