from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.errors import ConfigError
from gongkai.risk.models import Attack, attack

SIZES = st.dictionaries(st.integers(1, 500), st.integers(1, 50), min_size=1, max_size=20).map(lambda found: sorted(found.items()))


@pytest.mark.parametrize(
    ("name", "sizes", "threshold", "prosecutor"),
    [
        # seven rows in classes of 2, 2 and 3: a third of them per class, 3/7 found when all are looked for
        ("two threes", [(2, 2), (3, 1)], 0.4, Attack(4, 1 / 2, 3 / 7)),
        ("all unique", [(1, 5)], 0.5, Attack(5, 1.0, 1.0)),
        ("one class", [(8, 1)], 0.2, Attack(0, 1 / 8, 1 / 8)),
        ("the threshold itself is allowed", [(20, 2), (40, 1)], 0.05, Attack(0, 1 / 20, 3 / 80)),
        ("one below it is not", [(19, 1), (20, 1)], 0.05, Attack(19, 1 / 19, 2 / 39)),
        ("a third", [(2, 1), (3, 3)], 1 / 3, Attack(2, 1 / 2, 4 / 11)),
        ("written short of a third", [(3, 3)], 0.33, Attack(9, 1 / 3, 1 / 3)),
        ("half at risk", [(1, 2), (2, 3), (4, 2)], 0.25, Attack(8, 1.0, 7 / 16)),
        ("nobody", [], 0.05, Attack(0, 0.0, 0.0)),
    ],
)
def test_prosecutor(name: str, sizes: list[tuple[int, int]], threshold: float, prosecutor: Attack) -> None:
    found = attack(sizes, threshold=threshold)
    assert same(found.prosecutor, prosecutor), name
    # who declares no population has none but the file
    assert found.basis == "file"
    assert same(found.journalist, prosecutor)
    assert found.marketer == pytest.approx(prosecutor.average)


def same(one: Attack, other: Attack) -> bool:
    return one.at_risk == other.at_risk and (one.highest, one.average) == pytest.approx((other.highest, other.average))


# A register of 14 people by sex and decade of birth, seven of them in the file. Classes: men of the 1950s 4 in the register
# and 3 in the file, men of the 1960s 2 and 2, women of the 1950s 3 and 1, women of the 1960s 5 and 1.
MATCHED = ((1, 3, 1), (1, 5, 1), (2, 2, 1), (3, 4, 1))


def test_journalist_with_a_register() -> None:
    found = attack([(1, 2), (2, 1), (3, 1)], threshold=0.3, matched=MATCHED)
    assert found.basis == "register"
    # in the file: 1 + 1 rows alone, 2 rows at 1/2, 3 rows at 1/3, four classes among seven rows
    assert same(found.prosecutor, Attack(7, 1.0, 4 / 7))
    # in the register: 1/3, 1/5, 1/2 and 1/4; above 0.3 are the one at 1/3 and the two at 1/2
    forwards = (1 / 3 + 1 / 5 + 2 / 2 + 3 / 4) / 7
    backwards = 4 / 14
    assert same(found.journalist, Attack(3, 1 / 2, max(forwards, backwards)))
    assert found.marketer == pytest.approx(forwards)


def test_the_journalist_takes_the_easier_way() -> None:
    # 2 classes among 22 people of the register; of the file's three, one at 1/2 and two at 1/20
    found = attack([(1, 1), (2, 1)], threshold=0.5, matched=((1, 2, 1), (2, 20, 1)))
    assert found.journalist.average == pytest.approx(max(2 / 22, (1 / 2 + 2 / 20) / 3))


@pytest.mark.parametrize(
    ("name", "population", "journalist", "marketer"),
    [
        # 10 rows: 2 alone, 4 in pairs, 4 together
        ("ten times as many", 100, Attack(0, 1 / 10, 5 / 100), 5 / 100),
        ("twice as many", 20, Attack(2, 1 / 2, 5 / 20), 5 / 20),
        ("everybody", 10, Attack(6, 1.0, 5 / 10), 5 / 10),
    ],
)
def test_journalist_with_a_declared_population(name: str, population: int, journalist: Attack, marketer: float) -> None:
    found = attack([(1, 2), (2, 2), (4, 1)], threshold=0.3, population=population)
    assert found.basis == "population"
    assert same(found.journalist, journalist), name
    assert found.marketer == pytest.approx(marketer)
    assert same(found.prosecutor, Attack(6, 1.0, 1 / 2))


def test_a_register_is_preferred_to_a_number() -> None:
    found = attack([(1, 2), (2, 1), (3, 1)], threshold=0.3, population=1_000_000, matched=MATCHED)
    assert (found.basis, found.population, found.journalist.highest) == ("register", 1_000_000, 0.5)


@given(sizes=SIZES, threshold=st.floats(0.001, 1), times=st.integers(1, 1000))
def test_the_order_of_the_attackers(sizes: list[tuple[int, int]], threshold: float, times: int) -> None:
    units = sum(size * classes for size, classes in sizes)
    found = attack(sizes, threshold=threshold, population=units * times)
    ours, theirs = found.prosecutor, found.journalist
    assert ours.at_risk >= theirs.at_risk
    assert ours.highest >= theirs.highest > 0
    assert ours.average >= theirs.average - 1e-12
    assert theirs.average >= found.marketer - 1e-12
    assert 1 >= ours.highest >= ours.average - 1e-12
    assert ours.at_risk <= found.units == units


@given(sizes=SIZES, threshold=st.floats(0.001, 1))
def test_a_register_of_the_file_itself_changes_nothing(sizes: list[tuple[int, int]], threshold: float) -> None:
    found = attack(sizes, threshold=threshold, matched=[(size, size, classes) for size, classes in sizes])
    assert found.journalist == found.prosecutor


@pytest.mark.parametrize(
    ("given_", "error", "message"),
    [
        ({"threshold": 0}, ValueError, "threshold is a probability"),
        ({"threshold": 1.5}, ValueError, "threshold is a probability"),
        ({"population": 9}, ConfigError, "population: is smaller than the 10 people in the file"),
        ({"matched": [(1, 5, 2), (2, 5, 2)]}, ValueError, "another file's classes"),
        ({"matched": [(1, 5, 2), (2, 5, 2), (4, 3, 1)]}, ValueError, "smaller in the register"),
    ],
)
def test_refusals(given_: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        attack([(1, 2), (2, 2), (4, 1)], **{"threshold": 0.3, **given_})


def test_document() -> None:
    found = attack([(2, 1)], threshold=0.5, population=8).document()
    assert found == {
        "units": 2, "threshold": 0.5, "basis": "population", "population": 8, "marketer": 0.125,
        "prosecutor": {"at_risk": 0, "highest": 0.5, "average": 0.5},
        "journalist": {"at_risk": 0, "highest": 0.125, "average": 0.125},
    }  # fmt: skip
    assert json.loads(json.dumps(found)) == found
