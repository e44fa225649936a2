from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

import pyarrow as pa
import pytest
from cryptography.hazmat.primitives.ciphers import algorithms
from cryptography.hazmat.primitives.cmac import CMAC
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai import plugins
from gongkai.disclosure import Disclosure, Form
from gongkai.project import SHIPPED

shift_date = plugins.load(SHIPPED, "transforms", "shift_date")
KEY = bytes(range(32))
DATES = st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1))


def shift(person: str, days: int) -> int:
    """The same draw, value by value."""
    mac = CMAC(algorithms.AES(KEY))
    mac.update(person.encode())
    index = int.from_bytes(mac.finalize()[:4]) * 2 * days >> 32
    return index - days if index < days else index - days + 1


@settings(deadline=None)
@given(st.lists(st.tuples(DATES, st.text(min_size=1, max_size=40)), min_size=1, max_size=8), st.integers(7, 3650))
def test_is_drawn_from_the_cmac_of_the_person(rows: list[tuple[dt.date, str]], days: int) -> None:
    who = pa.array([person for _, person in rows])
    out = shift_date.apply(pa.array([date for date, _ in rows]), days=days, key=KEY, person=who).to_pylist()
    assert out == [date + dt.timedelta(shift(person, days)) for date, person in rows]


@settings(deadline=None)
@given(st.lists(DATES, min_size=2, max_size=10), st.integers(7, 3650))
def test_time_between_the_dates_of_a_person_stays(dates: list[dt.date], days: int) -> None:
    who = pa.array(["one"] * len(dates))
    out = shift_date.apply(pa.array(dates), days=days, key=KEY, person=who).to_pylist()
    moved = {after - before for before, after in zip(dates, out, strict=True)}
    assert len(moved) == 1
    assert 1 <= abs(moved.pop().days) <= days


def test_every_way_a_date_comes() -> None:
    who = pa.array(["a", "a"])
    moment = dt.datetime(1990, 3, 7, 23, 59, 1, 5)
    after = dt.date(1990, 3, 7) + dt.timedelta(shift("a", 30))
    for column, expected in (
        (pa.array(["1990-03-07", None]), after.isoformat()),
        (pa.array(["19900307", None]), f"{after:%Y%m%d}"),
        (pa.array([moment.date(), None]), after),
        (pa.array([moment, None], pa.timestamp("us")), moment + dt.timedelta(shift("a", 30))),
    ):
        out = shift_date.apply(column, days=30, key=KEY, person=who)
        assert out.to_pylist() == [expected, None]
        assert out.type == column.type


@pytest.mark.parametrize(
    ("given", "person", "expected"),
    [
        ("1990-02-30", "a", "****"),
        ("1990-03-07 10:00:00", "a", "****"),
        ("03/07/1990", "a", "****"),
        ("1990-03-07", None, "****"),
        ("1990-03-07", "", "****"),
        ("0001-01-01", "b", "****"),
        ("9999-12-31", "a", "****"),
        ("****", "a", "***"),
        ("", "a", ""),
        ("", None, ""),
        (None, "a", None),
    ],
    ids=str,
)
def test_what_cannot_be_moved(given: str | None, person: str | None, expected: str | None) -> None:
    assert shift("a", 3650) > 0 > shift("b", 3650)
    who = pa.array([person], pa.string())
    assert shift_date.apply(pa.array([given], pa.string()), days=3650, key=KEY, person=who).to_pylist() == [expected]


def test_a_typed_date_of_nobody_becomes_null() -> None:
    dates = pa.array([dt.date(1990, 3, 7)] * 3)
    out = shift_date.apply(dates, days=30, key=KEY, person=pa.array(["a", None, ""])).to_pylist()
    assert [each is None for each in out] == [False, True, True]


def test_persons_are_spread_evenly_and_never_stay() -> None:
    count, days = 60_000, 10
    who = pa.array([f"person {index}" for index in range(count)])
    out = shift_date.apply(pa.array([dt.date(2000, 1, 15)] * count), days=days, key=KEY, person=who).to_pylist()
    seen = Counter((each - dt.date(2000, 1, 15)).days for each in out)
    assert set(seen) == {*range(-days, 0), *range(1, days + 1)}
    each = count / (2 * days)
    assert sum((number - each) ** 2 / each for number in seen.values()) < 43.8  # chi-square, 19 degrees, one in a thousand


def test_another_key_moves_otherwise() -> None:
    who = pa.array([str(index) for index in range(100)])
    dates = pa.array([dt.date(2000, 1, 15)] * 100)
    one, two = (shift_date.apply(dates, days=3650, key=key, person=who).to_pylist() for key in (KEY, KEY[::-1]))
    assert sum(first == second for first, second in zip(one, two, strict=True)) < 3


def test_a_person_may_come_as_a_number() -> None:
    dates = pa.array([dt.date(2000, 1, 15)])
    first, second = (shift_date.apply(dates, days=30, key=KEY, person=who) for who in (pa.array([17]), pa.array(["17"])))
    assert first.equals(second)


@pytest.mark.parametrize(
    ("days", "parts", "first"),
    [
        (7, {"year", "month"}, 7),
        (15, {"year", "month"}, 7),
        (16, {"year", "quarter"}, 5),
        (46, {"year"}, 4),
        (365, {"year"}, 4),
        (366, {"decade"}, 3),
        (3650, {"decade"}, 3),
    ],
)
def test_reveals_what_the_span_leaves(days: int, parts: set[str], first: int) -> None:
    expected = Disclosure(Form.COARSE, first, parts=frozenset({*parts, "interval"}), width=2.0 * days + 1)
    assert shift_date.reveals("DATE_OF_BIRTH", days=days) == expected


@pytest.mark.parametrize("wrong", [{"days": 6}, {"days": 3651}, {"days": -30}], ids=str)
def test_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="days is 7 to 3650"):
        shift_date.apply(pa.array(["1990-03-07"]), key=KEY, person=pa.array(["a"]), **wrong)
    with pytest.raises(ValueError, match="days is 7 to 3650"):
        shift_date.reveals("DATE_OF_BIRTH", **wrong)


def test_refuses_to_guess_whose_dates_they_are() -> None:
    assert shift_date.NEEDS_PERSON
    with pytest.raises(ValueError, match="name the entry's person column"):
        shift_date.apply(pa.array(["1990-03-07"]), days=30, key=KEY)
