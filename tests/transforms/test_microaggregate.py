from __future__ import annotations

import itertools
import random
import statistics
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from gongkai import plugins
from gongkai.disclosure import Disclosure, Form
from gongkai.errors import DataError
from gongkai.methods.recoding import groups
from gongkai.methods.table import Treatment
from gongkai.project import SHIPPED

microaggregate = plugins.load(SHIPPED, "transforms", "microaggregate")
RANDOM = np.random.default_rng(7)
PAY = pa.array([None if row % 13 == 0 else int(value) for row, value in enumerate(RANDOM.lognormal(9, 1, 300))], pa.int64())
TABLE = pa.table({"row": range(300), "pay": PAY, "age": [int(age) for age in RANDOM.integers(0, 100, 300)]})


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    return tmp_path


def run(
    rows: pa.Table, scratch: Path, columns: Any = ("pay",), *, cut: int = 17, note: Any = lambda _: None, **given: Any
) -> pa.Table:
    columns = columns if isinstance(columns, dict) else {name: {} for name in columns}
    batches = rows.to_batches(max_chunksize=cut) or [pa.RecordBatch.from_pylist([], rows.schema)]
    treatment = Treatment(columns=columns, entities={}, scratch=scratch, note=note)
    return pa.Table.from_batches(list(microaggregate.stage(iter(batches), microaggregate.Params(**given), treatment)))


def of(values: list[Any], scratch: Path, type_: pa.DataType | None = None, *, k: int = 2, **given: Any) -> list[Any]:
    return run(pa.table({"v": pa.array(values, type_)}), scratch, {"v": given}, k=k)["v"].to_pylist()


def partitions(items: list[int], k: int) -> Iterator[list[list[int]]]:
    """Every way to part the items into groups of at least ``k``."""
    if not items:
        yield []
    for size in range(k, len(items) + 1):
        for others in itertools.combinations(items[1:], size - 1):
            rest = [each for each in items[1:] if each not in others]
            for further in partitions(rest, k):
                yield [[items[0], *others], *further]


def loss(values: list[int], parting: list[list[int]]) -> Fraction:
    lost = Fraction(0)
    for group in parting:
        mean = Fraction(sum(values[each] for each in group), len(group))
        lost += sum((values[each] - mean) ** 2 for each in group)
    return lost


def as_groups(found: Any) -> list[list[int]]:
    return [np.flatnonzero(found == group).tolist() for group in np.unique(found)]


@settings(max_examples=60)
@given(values=st.lists(st.integers(0, 30), min_size=4, max_size=8, unique=True).map(sorted), k=st.integers(2, 3))
def test_no_partition_loses_less(values: list[int], k: int) -> None:
    found = as_groups(groups.univariate(np.array(values, float), np.ones(len(values), int), k))
    assert min(map(len, found)) >= k
    assert loss(values, found) == min(loss(values, parting) for parting in partitions(list(range(len(values))), k))


@settings(max_examples=60)
@given(values=st.lists(st.integers(0, 6), min_size=4, max_size=9).map(sorted), k=st.integers(2, 4))
def test_no_runs_that_keep_equal_values_together_lose_less(values: list[int], k: int) -> None:
    distinct, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    found = as_groups(groups.univariate(distinct.astype(float), counts, k)[inverse])
    places = [place for place in range(1, len(values)) if values[place - 1] != values[place]]
    runs = []
    for cuts in (cuts for size in range(len(places) + 1) for cuts in itertools.combinations(places, size)):
        ends = [0, *cuts, len(values)]
        runs.append([list(range(start, stop)) for start, stop in itertools.pairwise(ends)])
    assert loss(values, found) == min(loss(values, each) for each in runs if min(map(len, each)) >= k)


@settings(max_examples=30)
@given(values=st.lists(st.integers(-(10**9), 10**9), min_size=30, max_size=120, unique=True).map(sorted), k=st.integers(2, 12))
def test_many_values_as_a_plain_shortest_path(values: list[int], k: int) -> None:
    best = [Fraction(0)] + [Fraction(10**30)] * len(values)
    for end in range(k, len(values) + 1):
        for start in range(max(0, end - 2 * k + 1), end - k + 1):
            best[end] = min(best[end], best[start] + loss(values, [list(range(start, end))]))
    found = loss(values, as_groups(groups.univariate(np.array(values, float), np.ones(len(values), int), k)))
    assert float(found) == pytest.approx(float(best[-1]), rel=1e-9)


def test_blocks_of_ends_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    values, counts = np.unique(RANDOM.integers(0, 3_000, 2_000), return_counts=True)
    expected = groups.univariate(values.astype(float), counts, 25)
    monkeypatch.setattr(groups, "_CELLS", 60)
    assert groups.univariate(values.astype(float), counts, 25).tolist() == expected.tolist()


def textbook_mdav(points: list[tuple[float, ...]], k: int) -> set[frozenset[int]]:
    """As Domingo-Ferrer & Torra (2005) write it down, record by record."""

    def apart(one: tuple[float, ...], other: tuple[float, ...]) -> float:
        return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))

    def centre(of_: list[int]) -> tuple[float, ...]:
        return tuple(statistics.fmean(points[each][axis] for each in of_) for axis in range(len(points[0])))

    def around(point: tuple[float, ...]) -> list[int]:
        return sorted(left, key=lambda each: apart(points[each], point))[:k]

    left, made = list(range(len(points))), set()
    while len(left) >= 3 * k:
        middle = centre(left)
        far = max(left, key=lambda each: apart(points[each], middle))
        opposite = max(left, key=lambda each: apart(points[each], points[far]))
        for seed in (far, opposite):
            group = around(points[seed])
            made.add(frozenset(group))
            left = [each for each in left if each not in group]
    if len(left) >= 2 * k:
        middle = centre(left)
        group = around(points[max(left, key=lambda each: apart(points[each], middle))])
        made.add(frozenset(group))
        left = [each for each in left if each not in group]
    return made | {frozenset(left)}


@pytest.mark.parametrize(("count", "k"), [(4, 2), (7, 3), (60, 5), (100, 7), (101, 3)])
def test_several_columns_as_the_textbook_groups_them(count: int, k: int) -> None:
    points = np.random.default_rng(count).normal(size=(count, 3)) * [1, 100, 0.01]
    found = {frozenset(group) for group in as_groups(groups.multivariate(points, np.ones(count, int), k))}
    scaled = (points - points.mean(axis=0)) / points.std(axis=0)
    assert found == textbook_mdav([tuple(point) for point in scaled.tolist()], k)


@settings(max_examples=40)
@given(
    records=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3)), min_size=12, max_size=60),
    k=st.integers(2, 6),
    blocks=st.booleans(),
)
def test_groups_of_several_columns_are_large_enough(records: list[tuple[int, int]], k: int, blocks: bool) -> None:
    distinct, counts = np.unique(records, axis=0, return_counts=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(groups, "MOST", 4 if blocks else 20_000)
        found = groups.multivariate(distinct.astype(float), counts, k)
    assert min(np.bincount(found, counts)) >= k
    assert set(found) == set(range(max(found) + 1))


def test_blocks_lose_little(monkeypatch: pytest.MonkeyPatch) -> None:
    points, ones = RANDOM.normal(size=(1_000, 2)), np.ones(1_000, int)

    def lost(found: Any) -> float:
        return sum(((points[found == group] - points[found == group].mean(axis=0)) ** 2).sum() for group in set(found))

    at_once = lost(groups.multivariate(points, ones, 5))
    monkeypatch.setattr(groups, "MOST", 250)
    found = groups.multivariate(points, ones, 5)
    assert min(np.bincount(found)) >= 5
    assert lost(found) < 1.5 * at_once < 0.1 * (points.var(axis=0) * 1_000).sum()


LISTS = st.lists(st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1), st.integers(-3, 3)), min_size=6, max_size=40)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=LISTS, k=st.integers(2, 5), order=st.randoms())
@example(values=[2**63 - 1] * 3 + [-(2**63)] * 3 + [None], k=3, order=random.Random(1))
def test_laws(scratch: Path, values: list[int | None], k: int, order: random.Random) -> None:
    real = [value for value in values if value is not None]
    if 0 < len(real) < k:
        with pytest.raises(DataError, match=r"microaggregate\.too_few"):
            of(values, scratch, pa.int64(), k=k)
        return
    out = of(values, scratch, pa.int64(), k=k)
    assert [each is None for each in out] == [value is None for value in values]
    published = [each for each in out if each is not None]
    assert all(count >= k for count in Counter(published).values())
    assert abs(sum(published) - sum(real)) <= len(real) / 2
    assert len({(value, each) for value, each in zip(values, out, strict=True)}) == len(set(values))
    rows = list(range(len(values)))
    order.shuffle(rows)
    assert of([values[row] for row in rows], scratch, pa.int64(), k=k) == [out[row] for row in rows]


@pytest.mark.parametrize(
    ("values", "type_", "given_", "expected"),
    [
        ([1, 2, 10, 13], pa.int64(), {}, [2, 2, 12, 12]),
        ([1, 4, 5, 100], pa.int64(), {"k": 4, "to": "median"}, [4, 4, 4, 4]),
        ([1, 4, 6, 100], pa.int64(), {"k": 4, "to": "median"}, [5, 5, 5, 5]),
        ([1, 4, 6], pa.int64(), {"k": 3, "to": "median"}, [4, 4, 4]),
        (["1.00", "1.01", "7.00", None], pa.decimal128(5, 2), {"k": 3}, ["3.00", "3.00", "3.00", None]),
        (["-0.03", "0.00"], pa.decimal128(5, 2), {}, ["-0.02", "-0.02"]),
        (["9" * 38, "9" * 37 + "8"], pa.decimal128(38, 0), {}, ["9" * 37 + "8", "9" * 37 + "8"]),
        ([0.1, 0.1, 0.1, 5.0, 5.5, None], pa.float64(), {}, [0.1, 0.1, 0.1, 5.25, 5.25, None]),
        ([1.7e308, 1.7e308, -1.7e308, -1.7e308], pa.float64(), {}, [1.7e308, 1.7e308, -1.7e308, -1.7e308]),
        ([1.0, 3.0, float("nan"), float("inf")], pa.float64(), {}, [2.0, 2.0, None, None]),
        ([5, 5, 5], pa.int64(), {}, [5, 5, 5]),
        ([None, None], pa.int64(), {}, [None, None]),
    ],
    ids=[
        "half to even", "median half to even", "median", "odd median", "decimal", "negative half", "38 digits", "float", "huge",
        "not finite", "equal", "nulls",
    ],
)  # fmt: skip
def test_values(scratch: Path, values: list[Any], type_: pa.DataType, given_: dict[str, Any], expected: list[Any]) -> None:
    if pa.types.is_decimal(type_):
        values, expected = ([Decimal(each) if each else None for each in some] for some in (values, expected))
    assert of(values, scratch, type_, **given_) == expected


def test_several_columns_are_grouped_as_one(scratch: Path) -> None:
    out = run(TABLE, scratch, ["pay", "age"], k=20)
    complete = out.filter(pa.compute.is_valid(out["pay"]))
    pairs = Counter(zip(complete["pay"].to_pylist(), complete["age"].to_pylist(), strict=True))
    assert min(pairs.values()) >= 20
    assert len(pairs) > 8
    assert out["pay"].is_null().to_pylist() == TABLE["pay"].is_null().to_pylist()
    assert out["age"].null_count == 0
    assert set(out["age"].to_pylist()) == set(complete["age"].to_pylist())
    for name in ("pay", "age"):
        assert abs(sum(filter(None, out[name].to_pylist())) - sum(filter(None, TABLE[name].to_pylist()))) <= 150


def test_a_record_without_some_values_joins_the_nearest_by_the_others(scratch: Path) -> None:
    rows = pa.table({"a": [1, 1, 9, 9, None, 1, None], "b": [1, 1, 9, 9, 8, None, None]})
    out = run(rows, scratch, ["a", "b"], k=2)
    assert out.to_pydict() == {"a": [1, 1, 9, 9, None, 1, None], "b": [1, 1, 9, 9, 9, None, None]}


def test_the_order_and_the_cuts_of_rows_do_not_matter(scratch: Path) -> None:
    expected = run(TABLE, scratch, ["pay", "age"])
    assert expected.schema.equals(TABLE.schema)
    assert run(TABLE, scratch, ["pay", "age"], cut=1).equals(expected)
    order = list(range(300))
    random.Random(1).shuffle(order)
    assert run(TABLE.take(order), scratch, ["pay", "age"], cut=300).equals(expected.take(order))
    encoded = TABLE.set_column(1, "pay", TABLE["pay"].dictionary_encode())
    assert run(encoded, scratch, ["pay", "age"]).equals(expected)


def test_notes_what_was_lost(scratch: Path) -> None:
    notes: list[dict[str, Any]] = []
    rows = pa.table({"v": [0, 2, 10, 12, None], "w": [5, 5, 5, 5, 5]})
    run(rows, scratch, ["v", "w"], k=2, note=notes.append)
    assert notes == [{"k": 2, "groups": 2, "lost": {"v": round(4 / 104, 6), "w": 0.0}}]


def test_nothing_in_nothing_out(scratch: Path) -> None:
    treatment = Treatment(columns={"pay": {}}, entities={}, scratch=scratch)
    assert list(microaggregate.stage(iter([]), microaggregate.Params(), treatment)) == []
    assert run(TABLE[:0], scratch).equals(TABLE[:0])
    assert run(TABLE, scratch, []).equals(TABLE)


@pytest.mark.parametrize(("columns", "count"), [(["pay"], 13), (["pay", "age"], 13)])
def test_too_few(scratch: Path, columns: list[str], count: int) -> None:
    with pytest.raises(DataError) as refused:
        run(TABLE[1:15], scratch, columns)
    assert (refused.value.reasons[0].rule, refused.value.reasons[0].count) == ("microaggregate.too_few", count)


def test_no_treated_value_is_on_disk_and_the_others_leave_with_the_stage(scratch: Path) -> None:
    secret = 0x5345435245540000
    rows = pa.table({"row": range(400), "pay": [secret + row for row in range(400)]})
    treatment = Treatment(columns={"pay": {}}, entities={}, scratch=scratch)
    flow = microaggregate.stage(iter(rows.to_batches(max_chunksize=100)), microaggregate.Params(), treatment)
    next(flow)
    (file,) = scratch.iterdir()
    with pa.ipc.open_stream(file) as stream:
        assert stream.schema.names == ["row"]
    assert secret.to_bytes(8, "little")[2:] not in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0
    assert len(list(flow)) == 3
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize("k", [1, 0, -5])
def test_refused_k(scratch: Path, k: int) -> None:
    with pytest.raises(ValueError, match="k is 2 or more"):
        run(TABLE, scratch, k=k)


def test_says_what_it_gives() -> None:
    assert microaggregate.output("decimal(9,2)", to="median") == "decimal(9,2)"
    assert microaggregate.reveals("INCOME", to="median") == Disclosure(Form.COARSE, parts=frozenset({"range"}))
    with pytest.raises(ValueError, match="only numbers"):
        microaggregate.output("date")
    with pytest.raises(ValueError, match="to is one of"):
        microaggregate.reveals("INCOME", to="mode")
