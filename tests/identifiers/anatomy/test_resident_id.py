"""Candidates of an ID number, counted once more by going through every number there is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from gongkai.identifiers.anatomy import Facts, resident_id
from gongkai.project import SHIPPED

CODE = "110101"


def check(seventeen: str) -> str:
    return "0123456789X"[(1 - sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(seventeen))) % 11]


def days(first: int, last: int) -> Iterator[date]:
    day = date(first, 1, 1)
    while day.year <= last:
        yield day
        day += timedelta(1)


def behind(first: int, last: int, sequence: str) -> Counter[str]:
    """How many numbers of one county and sequence have each check character."""
    return Counter(check(f"{CODE}{day:%Y%m%d}{sequence}") for day in days(first, last))


ENDS = frozenset({*range(6), *range(14, 18)})


def test_first_six_and_last_four() -> None:
    counted = behind(1930, 2020, "123")
    found = resident_id.remaining(ENDS, Facts(), SHIPPED)
    assert (found.least, found.most) == (min(counted.values()), max(counted.values())) == (3018, 3027)
    assert found.example == ("110101********1230", counted["0"]) == ("110101********1230", 3024)


def test_beside_a_birth_year() -> None:
    counted = [behind(year, year, "123") for year in range(1930, 2021)]
    found = resident_id.remaining(ENDS, Facts(birth=frozenset({"year"})), SHIPPED)
    assert found.least == min(min(each.values()) for each in counted) == 32
    assert found.most == max(max(each.values()) for each in counted)
    assert found.example is not None
    assert found.example[1] == counted[60]["0"] == 32


def test_beside_an_age() -> None:
    counted = [behind(year, year + 1, "123") for year in range(1930, 2020)]
    found = resident_id.remaining(ENDS, Facts(birth_years=2), SHIPPED)
    assert found.least == min(min(each.values()) for each in counted)
    assert found.example is not None
    assert found.example[1] == behind(1989, 1990, "123")["0"] == 66


@pytest.mark.parametrize(
    ("shown", "facts", "least", "most"),
    [
        ({0, 1, 2, *range(14, 18)}, Facts(birth=frozenset({"year", "month", "day"}), region=6), 1, 1),
        (set(range(14)), Facts(), 1000, 1000),
        (set(range(14)), Facts(sex=True), 500, 500),
        (set(range(17)), Facts(), 1, 1),
        (set(range(18)), Facts(), 1, 1),
        (set(range(6)), Facts(), 33_238_000, 33_238_000),
        (set(range(6)), Facts(birth=frozenset({"year"}), sex=True), 182_500, 183_000),
        (set(range(6)), Facts(birth=frozenset({"year", "month"}), sex=True), 14_000, 15_500),
        ({*range(6), *range(6, 10)}, Facts(sex=True), 182_500, 183_000),
    ],
    ids=["unique", "first 14", "and sex", "all but the check", "all", "county", "year and sex", "month and sex", "year shown"],
)
def test_numbers_of_the_literature(shown: set[int], facts: Facts, least: int, most: int) -> None:
    found = resident_id.remaining(frozenset(shown), facts, SHIPPED)
    assert (found.least, found.most) == (least, most)


def test_a_hidden_place_of_the_sequence_takes_part_in_the_check() -> None:
    """Birth date and county known, the last place of the sequence hidden, the check shown: counted over all of it."""
    counted = Counter((order, check(f"{CODE}19900328{order:02d}{last}")) for order in range(100) for last in range(10))
    known = Facts(birth=frozenset({"year", "month", "day"}), region=6)
    found = resident_id.remaining(frozenset({14, 15, 17}), known, SHIPPED)
    assert (found.least, found.most) == (min(counted.values()), max(counted.values()))


def test_more_that_is_known_never_leaves_more() -> None:
    steps = [Facts(), Facts(birth_years=11), Facts(birth_years=2), Facts(birth=frozenset({"year"})),
             Facts(birth=frozenset({"year", "month"})), Facts(birth=frozenset({"year", "month", "day"}))]  # fmt: skip
    counts = [resident_id.remaining(ENDS, facts, SHIPPED).least for facts in steps]
    assert counts == sorted(counts, reverse=True)
