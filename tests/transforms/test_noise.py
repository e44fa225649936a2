from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from cryptography.hazmat.primitives.ciphers import algorithms
from cryptography.hazmat.primitives.cmac import CMAC
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from gongkai import plugins
from gongkai.disclosure import Disclosure, Form
from gongkai.project import SHIPPED

noise = plugins.load(SHIPPED, "transforms", "noise")
KEY = bytes(range(32))
GIVEN: dict[str, Any] = {"epsilon": 0.5, "sensitivity": 3.0, "low": -1000, "high": 1000}
COUNT = 100_000


def persons(count: int = COUNT, of: str = "person") -> pa.Array:
    return pa.array([f"{of} {index}" for index in range(count)])


def drawn(value: int = 0, key: bytes = KEY, **changed: Any) -> np.ndarray[Any, Any]:
    """One value of many people, with noise."""
    given = {**GIVEN, **changed}
    out = noise.apply(pa.array(np.full(COUNT, value)), key=key, person=persons(), **given)
    return np.asarray(out.to_numpy())


def mass(counts: np.ndarray[Any, Any], rate: float, value: int = 0, low: int = -1000, high: int = 1000) -> np.ndarray[Any, Any]:
    """How often each outcome is to be expected: the discrete Laplace distribution, its tails gathered at the bounds."""
    law = stats.dlaplace(rate)
    expected = law.pmf(counts - value)
    expected = np.where(counts == low, law.cdf(low - value), expected)
    return np.asarray(np.where(counts == high, law.sf(high - 1 - value), expected))


@pytest.mark.parametrize(
    ("changed", "rate", "value", "bounds"),
    [
        ({}, 0.5 / 3, 0, (-1000, 1000)),
        ({"epsilon": 2.0, "sensitivity": 1.0}, 2.0, 7, (-1000, 1000)),
        ({"epsilon": 10.0, "sensitivity": 1.0}, 10.0, 0, (-1000, 1000)),
        ({"sensitivity": 2.5}, 0.5 / 3, 0, (-1000, 1000)),
        ({"low": -5, "high": 9}, 0.5 / 3, 2, (-5, 9)),
    ],
    ids=["as given", "narrow", "narrowest", "between steps", "within bounds"],
)
def test_is_the_discrete_laplace_distribution(changed: dict[str, Any], rate: float, value: int, bounds: tuple[int, int]) -> None:
    outcomes, seen = np.unique(drawn(value, **changed), return_counts=True)
    span = np.arange(bounds[0], bounds[1] + 1)
    expected = COUNT * mass(span, rate, value, *bounds)
    often = expected >= 10
    observed = np.zeros(len(span))
    observed[outcomes - bounds[0]] = seen
    groups = [np.append(each[often], each[~often].sum()) for each in (observed, expected)]
    groups = [each[groups[1] > 0.5] for each in groups]
    statistic = float((((groups[0] - groups[1]) ** 2) / groups[1]).sum())
    assert statistic < stats.chi2.ppf(0.999, max(len(groups[0]) - 1, 1))


def test_mean_and_variance() -> None:
    out = drawn(5)
    alpha = math.exp(-0.5 / 3)
    variance = 2 * alpha / (1 - alpha) ** 2
    assert out.mean() == pytest.approx(5, abs=4 * math.sqrt(variance / COUNT))
    assert out.var() == pytest.approx(variance, rel=0.03)


def test_no_outcome_is_more_than_e_to_the_epsilon_likelier() -> None:
    for near, far in ((0, 3), (-2, 1)):
        first, second = (np.bincount(drawn(value) + 1000, minlength=2001)[994:1008] / COUNT for value in (near, far))
        slack = 1 + 5 / np.sqrt(COUNT * np.minimum(first, second))
        assert (first <= second * math.exp(0.5) * slack).all()
        assert (second <= first * math.exp(0.5) * slack).all()


@settings(deadline=None, max_examples=50)
@given(st.integers(-1100, 1100), st.text(min_size=1, max_size=20))
def test_is_drawn_from_the_cmac_of_person_and_value(value: int, person: str) -> None:
    (out,) = noise.apply(pa.array([value]), key=KEY, person=pa.array([person]), **GIVEN).to_pylist()
    clamped = min(max(value, -1000), 1000)
    mac = CMAC(algorithms.AES(KEY))
    mac.update(f"{person}\0{clamped}".encode())
    halves = mac.finalize()
    uniform = [(int.from_bytes(half) + 1) / 2**64 for half in (halves[:8], halves[8:])]
    first, second = (math.floor(math.log(each) / (-0.5 / 3)) for each in uniform)
    assert out == min(max(clamped + first - second, -1000), 1000)


def test_again_is_the_same_and_nothing_to_average() -> None:
    values = pa.array([30, 30, 31, 30])
    who = pa.array(["a", "a", "a", "b"])
    first, second, third, other = noise.apply(values, key=KEY, person=who, **GIVEN).to_pylist()
    assert first == second
    assert noise.apply(values[3:], key=KEY, person=who[3:], **GIVEN).to_pylist() == [other]
    assert len({first, third, other}) > 1


def test_person_and_value_cannot_be_mistaken_for_another_pair() -> None:
    who = pa.array(["a1", "a", "a\x001", "a"])
    out = np.array([noise.apply(pa.array([value] * 4), key=KEY, person=who, **GIVEN).to_numpy() - value for value in range(1, 60)])
    assert not any((out[:, left] == out[:, right]).all() for left, right in ((0, 1), (1, 2), (0, 2)))
    assert (out[:, 1] == out[:, 3]).all()


def test_another_key_draws_anew() -> None:
    assert (drawn() == drawn(key=KEY[::-1])).mean() < 0.12  # by chance one in twelve


@pytest.mark.parametrize(
    ("column", "given", "step"),
    [
        (pa.array([10, 12, 13, None]), {}, 1),
        (pa.array([10, 12, 13, None]), {"step": 5.0}, 5),
        (pa.array([Decimal("10.00"), Decimal("12.34"), None], pa.decimal128(9, 2)), {}, Decimal("0.01")),
        (pa.array([Decimal("10.00"), Decimal("12.34"), None], pa.decimal128(30, 2)), {"step": 0.5}, Decimal("0.5")),
        (pa.array([10.0, 12.34, float("nan"), float("inf"), None]), {"step": 0.1}, 0.1),
    ],
    ids=["integer", "coarser", "decimal", "wide decimal", "float"],
)
def test_stays_on_the_grid_of_its_type(column: pa.Array, given: dict[str, Any], step: Any) -> None:
    who = persons(len(column))
    out = noise.apply(column, key=KEY, person=who, **{**GIVEN, **given})
    assert out.type == column.type
    for published, value in zip(out.to_pylist(), column.to_pylist(), strict=True):
        assert (published is None) == (value is None or value != value)
        if published is not None:
            assert float(published) / float(step) == pytest.approx(round(float(published) / float(step)), abs=1e-6)
            assert -1000 <= published <= 1000
            assert len(str(published)) <= 8


def test_values_are_pulled_in_to_the_bounds() -> None:
    out = noise.apply(pa.array([10**15, -(10**15)]), key=KEY, person=pa.array(["a", "b"]), **{**GIVEN, "epsilon": 10.0, "sensitivity": 1.0})
    assert out.to_pylist() == [pytest.approx(1000, abs=3), pytest.approx(-1000, abs=3)]


def test_nobody_has_no_value() -> None:
    out = noise.apply(pa.array([1, 1, 1]), key=KEY, person=pa.array(["a", None, ""]), **GIVEN).to_pylist()
    assert [each is None for each in out] == [False, True, True]


def test_reveals_how_near() -> None:
    left = noise.reveals("INCOME", **GIVEN)
    assert left == Disclosure(Form.COARSE, parts=frozenset({"noisy"}), width=2 * math.log(20) * 3 / 0.5)
    inside = (np.abs(drawn()) <= left.width / 2).mean()
    assert inside == pytest.approx(0.95, abs=0.01)
    assert noise.reveals("INCOME", **{**GIVEN, "epsilon": 0.001}).width == 2000


WRONG = [
    {"epsilon": 0.0}, {"epsilon": -1.0}, {"epsilon": 10.5}, {"epsilon": float("nan")},
    {"sensitivity": 0.0}, {"sensitivity": float("inf")}, {"low": 5, "high": 5}, {"low": float("-inf")}, {"high": float("nan")},
    {"step": 0.0}, {"step": -1.0}, {"step": 7.0}, {"step": 1e-12},
]  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"epsilon is|sensitivity is|low and high|step is"):
        noise.apply(pa.array([1.5]), key=KEY, person=pa.array(["a"]), **{**GIVEN, "step": 1.0, **wrong})
    with pytest.raises(ValueError, match=r"epsilon is|sensitivity is|low and high|step is"):
        noise.reveals("INCOME", **{**GIVEN, **wrong})


@pytest.mark.parametrize(
    ("kind", "given", "says"),
    [
        (pa.float64(), {}, "step is missing"),
        (pa.int64(), {"step": 0.5}, "step has no more decimals"),
        (pa.int64(), {"low": 0.5}, "multiples of step"),
        (pa.decimal128(12, 2), {"low": 0.125}, "multiples of step"),
        (pa.int64(), {"epsilon": 1e-12, "sensitivity": 1e6}, "take a coarser step"),
    ],
    ids=["float", "step", "bound", "decimal bound", "fine"],
)
def test_refuses_a_grid_that_does_not_go_with_the_column(kind: pa.DataType, given: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        noise.apply(pa.array([], kind), key=KEY, person=pa.array([], pa.string()), **{**GIVEN, **given})


def test_refuses_to_guess_whose_value_it_is() -> None:
    assert noise.NEEDS_PERSON
    with pytest.raises(ValueError, match="name the entry's person column"):
        noise.apply(pa.array([1]), key=KEY, **GIVEN)
