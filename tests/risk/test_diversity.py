from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pycanon import anonymity
from scipy.optimize import linprog

from gongkai.errors import ConfigError, DataError
from gongkai.risk import diversity
from gongkai.risk.diversity import ColumnDiversity, Diversity, measure

QUIET = [HealthCheck.function_scoped_fixture]


def write(path: Path, **columns: Sequence[Any]) -> Path:
    pq.write_table(pa.table({name: pa.array(cells) for name, cells in columns.items()}), path, row_group_size=50)
    return path


@given(data=st.data(), rows=st.integers(2, 30))
@settings(max_examples=10, suppress_health_check=QUIET)
def test_agrees_with_pycanon_without_null(data: st.DataObject, rows: int, tmp_path: Path) -> None:
    def column(cells: list[Any]) -> list[Any]:
        return data.draw(st.lists(st.sampled_from(cells), min_size=rows, max_size=rows))

    frame = pd.DataFrame(
        {"a": column(list("xyz")), "b": column([1, 2]), "病种": column(list("pqrst")), "pay": column([-3.5, 1, 2, 100]), "old": column([True, False])}
    )  # fmt: skip
    file = write(tmp_path / "t.parquet", **{name: frame[name].tolist() for name in frame})
    quasi = ["a", "b"]
    for sensitive in (["病种"], ["pay"], ["old"], ["病种", "pay"]):
        found = measure(file, quasi, sensitive)
        assert found.l_distinct == anonymity.l_diversity(frame, quasi, sensitive)
        # pyCANON cuts the number down, and after rounding errors: three equally frequent values give it 2
        assert anonymity.entropy_l_diversity(frame, quasi, sensitive) in {math.floor(found.l_entropy + slip) for slip in (-1e-9, 1e-9)}
        if all(frame[name].nunique() > 1 for name in sensitive):  # else it divides by zero
            assert found.t == pytest.approx(anonymity.t_closeness(frame, quasi, sensitive), abs=1e-12)


def test_entropy_of_three_equal_values_is_three(tmp_path: Path) -> None:
    frame = pd.DataFrame({"sex": list("mmmfff"), "ill": list("abcabc")})
    assert anonymity.entropy_l_diversity(frame, ["sex"], ["ill"]) == 2
    found = measure(write(tmp_path / "t.parquet", sex=list("mmmfff"), ill=list("abcabc")), ["sex"], ["ill"])
    assert found.l_entropy == pytest.approx(3)


def test_one_value_is_close_to_itself(tmp_path: Path) -> None:
    frame = pd.DataFrame({"sex": list("mmff"), "pay": [5] * 4})
    with pytest.raises(ZeroDivisionError):
        anonymity.t_closeness(frame, ["sex"], ["pay"])
    found = measure(write(tmp_path / "t.parquet", sex=list("mmff"), pay=[5] * 4), ["sex"], ["pay"])
    assert (found.l_distinct, found.l_entropy, found.t) == (1, 1, 0)


def test_null_in_a_quasi_identifier(tmp_path: Path) -> None:
    """pyCANON leaves the last row out: the class of one that gives its illness away."""
    years, ills = [1980, 1980, 1980, 1990, 1990, 1990, None], list("abcabcd")
    frame = pd.DataFrame({"year": years, "ill": ills})
    assert anonymity.l_diversity(frame, ["year"], ["ill"]) == 3
    assert anonymity.t_closeness(frame, ["year"], ["ill"]) == pytest.approx(1 / 7)
    found = measure(write(tmp_path / "t.parquet", year=years, ill=ills), ["year"], ["ill"])
    # the row without a year: d alone, one seventh of the file's values
    assert (found.l_distinct, found.l_entropy) == (1, 1)
    assert found.t == pytest.approx(6 / 7)


def test_null_in_a_number(tmp_path: Path) -> None:
    sexes, pays = list("mmmfff"), [1.0, 1.0, None, 1.0, 2.0, 2.0]
    frame = pd.DataFrame({"sex": sexes, "pay": pays})
    with np.errstate(all="ignore"):  # it takes the logarithm of 0
        assert anonymity.entropy_l_diversity(frame, ["sex"], ["pay"]) == 1
    assert anonymity.t_closeness(frame, ["sex"], ["pay"]) == pytest.approx(1 / 4)
    found = measure(write(tmp_path / "t.parquet", sex=sexes, pay=pays), ["sex"], ["pay"])
    # m has 1 1 NULL: its entropy is that of a third and two thirds
    assert found.l_distinct == 2
    assert found.l_entropy == pytest.approx(3 / 2 ** (2 / 3))
    # file 1/2 1/3 1/6, m 2/3 0 1/3, f 1/3 2/3 0: a third of either class stands elsewhere, all of it at distance 1
    assert found.t == pytest.approx(1 / 3)
    assert found.columns[0].values == 3


@pytest.mark.parametrize("ills", [["a", "a", None, "a", "b", "b"], [None] * 6])
def test_null_in_a_text(ills: list[str | None], tmp_path: Path) -> None:
    frame = pd.DataFrame({"sex": list("mmmfff"), "ill": ills}, dtype=object)
    with pytest.raises((TypeError, ValueError)):
        anonymity.t_closeness(frame, ["sex"], ["ill"])
    file = tmp_path / "t.parquet"
    pq.write_table(pa.table({"sex": list("mmmfff"), "ill": pa.array(ills, pa.string())}), file)
    found = measure(file, ["sex"], ["ill"])
    if any(ills):
        # file a 1/2 b 1/3 NULL 1/6; m a 2/3 NULL 1/3: more by 1/6 and 1/6
        assert (found.l_distinct, found.t) == (2, pytest.approx(1 / 3))
    else:
        assert (found.l_distinct, found.l_entropy, found.t) == (1, 1, 0)


NUMBERS = st.lists(st.tuples(st.sampled_from("abc"), st.one_of(st.none(), st.integers(0, 6))), min_size=1, max_size=30)


@given(rows=NUMBERS)
@settings(max_examples=25, suppress_health_check=QUIET)
def test_ordered_distance_is_what_a_transport_costs(rows: list[tuple[str, int | None]], tmp_path: Path) -> None:
    """The earth mover's distance by its definition, a linear program; exact where the shares of NULL agree, else a bound."""
    quasi, pays = [row[0] for row in rows], [row[1] for row in rows]
    file = tmp_path / "t.parquet"
    pq.write_table(pa.table({"q": quasi, "pay": pa.array(pays, pa.int64())}), file)
    exact, equal, same = 0.0, 0.0, True
    for name in set(quasi):
        inside = [pay for q, pay in rows if q == name]
        exact = max(exact, transport(inside, pays))
        equal = max(equal, varies(inside, pays))
        same &= inside.count(None) * len(pays) == pays.count(None) * len(inside)
    found = measure(file, ["q"], ["pay"]).t
    assert exact - 1e-9 <= found <= equal + 1e-9
    if same:
        assert found == pytest.approx(exact, abs=1e-9)


def transport(here: list[Any], there: list[Any]) -> float:
    values = sorted({pay for pay in there if pay is not None})
    cells = [*values, None] if None in there else values
    rank = {value: place for place, value in enumerate(values)}
    n = len(cells)
    cost = [0 if a == b else 1 if None in (a, b) else abs(rank[a] - rank[b]) / (len(values) - 1) for a in cells for b in cells]
    out = np.kron(np.eye(n), np.ones(n))
    into = np.kron(np.ones(n), np.eye(n))
    shares = [listed.count(value) / len(listed) for listed in (here, there) for value in cells]
    return float(linprog(cost, A_eq=np.vstack([out, into]), b_eq=shares).fun)


def varies(here: list[Any], there: list[Any]) -> float:
    share = {value: Fraction(here.count(value), len(here)) - Fraction(there.count(value), len(there)) for value in {*there}}
    return float(sum(gap for gap in share.values() if gap > 0))


@pytest.mark.parametrize(
    ("name", "cells", "distance"),
    [
        ("whole numbers", [1, 2, 3, 4], "ordered"),
        ("decimals", [Decimal("1.10"), Decimal("2.00"), Decimal("3.00"), Decimal("9.99")], "ordered"),
        ("dates", [date(2020, 1, 1), date(2020, 1, 2), date(2021, 1, 1), date(2024, 1, 1)], "ordered"),
        ("text", ["1", "2", "3", "4"], "equal"),
    ],
)
def test_distance_by_type(name: str, cells: list[Any], distance: str, tmp_path: Path) -> None:
    found = measure(write(tmp_path / "t.parquet", q=list("xxyy"), s=cells), ["q"], ["s"]).columns[0]
    assert (found.name, found.values, found.distance) == ("s", 4, distance), name
    # x holds the lower half: ordered it is 1/4 1/2 1/4 off at three steps, equal it is half
    assert found.t == pytest.approx(1 / 3 if distance == "ordered" else 1 / 2)


def test_the_worst_of_several_columns(tmp_path: Path) -> None:
    file = write(tmp_path / "t.parquet", q=list("xxyy"), a=list("pqpq"), b=list("rrss"), p=[1, 1, 1, 2])
    found = measure(file, ["q"], ["a", "b", "p"])
    assert [column.l_distinct for column in found.columns] == [2, 1, 1]
    assert [round(column.t, 6) for column in found.columns] == [0, 0.5, 0.25]
    assert (found.l_distinct, found.l_entropy, found.t) == (1, 1, 0.5)
    assert found.document()["columns"][1] == {"name": "b", "values": 2, "distance": "equal", "l_distinct": 1, "l_entropy": 1.0, "t": 0.5}


def test_a_value_counts_once_for_a_person(tmp_path: Path) -> None:
    who, ills = ["1", "1", "1", "2", None, None], ["a", "a", "a", "b", "b", "b"]
    file = write(tmp_path / "t.parquet", q=["x"] * 6, ill=ills, who=who)
    people = write(tmp_path / "people.parquet", who=who)
    assert measure(file, ["q"], ["ill"]).l_entropy == pytest.approx(2)
    # one person has a, three have b
    for person in ("who", people):
        assert measure(file, ["q"], ["ill"], person=person).l_entropy == pytest.approx(4 / 3**0.75)


def test_the_same_column_may_be_both(tmp_path: Path) -> None:
    found = measure(write(tmp_path / "t.parquet", ill=["a", "a", "b"]), ["ill"], ["ill"])
    assert (found.l_distinct, found.t) == (1, pytest.approx(2 / 3))


def test_no_rows(tmp_path: Path) -> None:
    file = tmp_path / "t.parquet"
    pq.write_table(pa.table({"q": pa.array([], pa.string()), "n": pa.array([], pa.int64())}), file)
    assert measure(file, ["q"], ["n"]) == Diversity((ColumnDiversity("n", 0, "ordered", 0, 0.0, 0.0),))


def test_no_quasi_identifier_is_one_class(tmp_path: Path) -> None:
    found = measure(write(tmp_path / "t.parquet", n=[1, 2, 3, None]), [], ["n"])
    assert (found.l_distinct, found.t) == (4, 0)


def test_refusals(tmp_path: Path) -> None:
    file = write(tmp_path / "t.parquet", q=["x"], n=[1])
    with pytest.raises(ConfigError, match="0 columns 'm'"):
        measure(file, ["q"], ["m"])
    file.write_bytes(b"13812345678")
    with pytest.raises(DataError, match=r"^risk\.failed: the file could not be measured \(\w+\)$"):
        measure(file, ["q"], ["n"])


@given(sizes=st.lists(st.integers(1, 6), min_size=1, max_size=12), cut=st.integers(1, 9))
def test_classes_are_whole_however_batches_are_cut(sizes: list[int], cut: int) -> None:
    numbers = [number for number, size in enumerate(sizes) for _ in range(size)]
    cells = pa.record_batch({"class": numbers, "rank": range(len(numbers)), "n": [1] * len(numbers)})
    portions = list(diversity._whole(cells.slice(start, cut) for start in range(0, len(numbers), cut)))
    lengths = [int(size) for starts, ranks, _ in portions for size in np.diff(starts, append=len(ranks))]
    assert lengths == sizes
    assert np.concatenate([ranks for _, ranks, _ in portions]).tolist() == list(range(len(numbers)))


def test_many_classes_and_values(tmp_path: Path) -> None:
    """More cells than a batch holds, against the definition computed class by class."""
    chance = np.random.default_rng(2)
    frame = pd.DataFrame({"q": chance.integers(0, 300, 30_000), "pay": chance.integers(0, 4000, 30_000)})
    file = tmp_path / "t.parquet"
    frame.to_parquet(file)
    whole = np.bincount(frame["pay"], minlength=4000)[np.unique(frame["pay"])] / len(frame)
    ranks = np.unique(frame["pay"], return_inverse=True)[1]
    expected = max(
        np.abs(np.cumsum(np.bincount(ranks[rows], minlength=len(whole)) / len(rows) - whole)).sum() / (len(whole) - 1)
        for rows in frame.groupby("q").indices.values()
    )
    found = measure(file, ["q"], ["pay"], memory="200MB")
    assert found.t == pytest.approx(expected, abs=1e-12)
