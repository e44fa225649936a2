from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai import plugins
from gongkai.disclosure import Disclosure, Form
from gongkai.project import SHIPPED

generalize_date = plugins.load(SHIPPED, "transforms", "generalize_date")
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
    assert generalize_date.reveals("DATE_OF_BIRTH", to="year") == Disclosure(Form.COARSE, 4, parts=frozenset({"year"}))
    assert generalize_date.reveals("DATE_OF_BIRTH", to="quarter").parts == {"year", "quarter"}
    assert [generalize_date.reveals("DATE_OF_BIRTH", to=to).first for to in ("decade", "year", "quarter", "month")] == [3, 4, 5, 7]


@pytest.mark.parametrize("to", EXPECTED)
@settings(deadline=None)
@given(dates=st.lists(st.one_of(st.none(), st.dates()), max_size=10))
def test_every_day_of_the_calendar(to: str, dates: list[dt.date | None]) -> None:
    expected = [None if date is None else label(date, to) for date in dates]
    for column in (
        pa.array(dates, pa.date32()),
        pa.array([None if date is None else date.isoformat() for date in dates], pa.string()),
        pa.array([None if date is None else date.isoformat().replace("-", "") for date in dates], pa.string()),
    ):
        assert generalize_date.apply(column, to=to).to_pylist() == expected


def label(date: dt.date, to: str) -> str:
    year = f"{date.year:04d}"
    quarter = f"{year}-Q{(date.month + 2) // 3}"
    return {"month": date.isoformat()[:7], "quarter": quarter, "year": year, "decade": f"{year[:3]}0s"}[to]


@settings(deadline=None)
@given(st.text("0123456789-", max_size=11))
def test_text_is_read_as_python_reads_it(text: str) -> None:
    try:
        date = dt.datetime.strptime(text, "%Y-%m-%d" if "-" in text else "%Y%m%d").date()
    except ValueError:
        date = None
    written = date is not None and text in (date.isoformat(), date.isoformat().replace("-", ""))
    (out,) = generalize_date.apply(pa.array([text]), to="month").to_pylist()
    assert out == (text if not text else label(date, "month") if date and written else "****")


@pytest.mark.parametrize("days", [-719_529, -719_163, 2_932_897, 2**31 - 1, -(2**31)])
def test_days_outside_the_calendar_are_masked(days: int) -> None:
    column = pa.array([days, None], pa.int32()).cast(pa.date32())
    assert generalize_date.apply(column, to="year").to_pylist() == ["****", None]


@pytest.mark.parametrize(
    ("born", "width", "expected"),
    [
        ("1990-06-15", 10, "30-39"),
        ("1995-06-15", 10, "30-39"),
        ("1995-06-16", 10, "20-29"),
        ("2025-06-15", 10, "0-9"),
        ("2025-06-16", 10, "****"),
        ("1905-06-15", 10, "120-129"),
        ("1904-06-15", 10, "****"),
        ("2007-06-15", 18, "18-35"),
        ("2007-06-16", 18, "0-17"),
        ("2000-02-29", 5, "25-29"),
        ("1990-02-30", 10, "****"),
        ("", 10, ""),
        (None, 10, None),
    ],
    ids=str,
)
def test_age_bands(born: str | None, width: int, expected: str | None) -> None:
    given = {"to": "age", "as_of": dt.date(2025, 6, 15), "width": width}
    assert generalize_date.apply(pa.array([born], pa.string()), **given).to_pylist() == [expected]
    if born and expected and born != "1990-02-30":
        assert generalize_date.apply(pa.array([dt.date.fromisoformat(born)]), **given).to_pylist() == [expected]


@settings(deadline=None)
@given(st.dates(dt.date(1900, 1, 1), dt.date(2020, 1, 1)), st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1)))
def test_an_age_is_the_birthdays_there_were(born: dt.date, as_of: dt.date) -> None:
    age = as_of.year - born.year - ((as_of.month, as_of.day) < (born.month, born.day))
    (out,) = generalize_date.apply(pa.array([born]), to="age", as_of=as_of, width=2).to_pylist()
    low = age // 2 * 2
    assert out == (f"{low}-{low + 1}" if age <= 120 else "****")


def test_who_is_born_on_29_february_has_a_birthday_on_1_march() -> None:
    born = pa.array(["2004-02-29"])
    on = [generalize_date.apply(born, to="age", width=2, as_of=dt.date(2022, *day)).to_pylist()[0] for day in ((2, 28), (3, 1))]
    assert on == ["16-17", "18-19"]


def test_reveals_the_age_band() -> None:
    expected = Disclosure(Form.COARSE, parts=frozenset({"age_band"}), width=10.0)
    assert generalize_date.reveals("DATE_OF_BIRTH", to="age", as_of=dt.date(2025, 1, 1)) == expected


@pytest.mark.parametrize(
    "wrong",
    [
        {"to": "day"},
        {"to": "age"},
        {"to": "year", "width": 10},
        {"to": "year", "as_of": dt.date(2025, 1, 1)},
        {"to": "age", "as_of": dt.date(2025, 1, 1), "width": 1},
        {"to": "age", "as_of": dt.date(2025, 1, 1), "width": 121},
    ],
    ids=str,
)
def test_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"to is one of|as_of|width is 2"):
        generalize_date.apply(pa.array(["1990-03-07"]), **wrong)
    with pytest.raises(ValueError, match=r"to is one of|as_of|width is 2"):
        generalize_date.reveals("DATE_OF_BIRTH", **wrong)
