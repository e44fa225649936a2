"""Whoever attacks here knows nothing of how cells were chosen: it writes every published cell and every known sum as an equation
over the whole table, and asks for the least and the most whole number that a cell can be."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from gongkai import plugins
from gongkai.disclosure import Form
from gongkai.errors import DataError
from gongkai.methods.table import Treatment
from gongkai.methods.tables import feasible_changes as moves
from gongkai.methods.tables import withholding as withhold
from gongkai.project import SHIPPED

small_cells = plugins.load(SHIPPED, "transforms", "small_cells")
LABELS = ("区县", "年份", "性别", "险种")
NO_END = 10_000


def table(cube: Any, *, type_: pa.DataType | None = None, absent: Any = None) -> pa.Table:
    """The rows of a cube; where an axis has a total it is the last label."""
    cube = np.asarray(cube)
    at = np.indices(cube.shape).reshape(cube.ndim, -1)
    names = {LABELS[axis]: [f"{code:03d}" for code in codes] for axis, codes in enumerate(at)}
    rows = pa.table({**names, "人数": pa.array(cube.ravel().tolist(), type_ or pa.int64())})
    return rows if absent is None else rows.filter(pa.array(~np.asarray(absent).ravel()))


def with_totals(cube: Any) -> Any:
    for axis in range(np.ndim(cube)):
        cube = np.concatenate([cube, np.sum(cube, axis=axis, keepdims=True)], axis=axis)
    return cube


def labels_of_totals(cube: Any) -> dict[str, str]:
    return {LABELS[axis]: f"{size - 1:03d}" for axis, size in enumerate(np.shape(cube))}


def staged(
    batches: Iterator[pa.RecordBatch], *, columns: dict[str, dict[str, Any]], note: Any = lambda _: None, **given: Any
) -> Iterator[pa.RecordBatch]:
    treatment = Treatment(columns=columns, entities={}, scratch=Path(), note=note)
    made: Iterator[pa.RecordBatch] = small_cells.stage(batches, small_cells.Params(**given), treatment)
    return made


def run(rows: pa.Table, *, columns: dict[str, dict[str, Any]] | None = None, cut: int = 7, **given: Any) -> pa.Table:
    by = tuple(name for name in rows.column_names if name in LABELS)
    batches = rows.to_batches(max_chunksize=cut) or [pa.RecordBatch.from_pylist([], rows.schema)]
    return pa.Table.from_batches(list(staged(iter(batches), columns=columns or {"人数": {}}, by=by, **given)))


def exposed(true: pa.Table, shown: pa.Table, columns: dict[str, dict[str, Any]] | None = None, **given: Any) -> dict[str, int]:
    by = tuple(name for name in true.column_names if name in LABELS)
    found: dict[str, int] = small_cells.audit(true, shown, small_cells.Params(by=by, **given), columns or {"人数": {}})
    return found


def published(cube: Any, **given: Any) -> list[Any]:
    return np.array(run(table(cube), **given)["人数"].to_pylist(), object).reshape(np.shape(cube)).tolist()


def attack(true: Any, shown: Any, cell: int, sums: list[tuple[Any, float]]) -> tuple[float, float]:
    """The least and the most that ``cell`` can be: whole numbers, not below 0, equal to what is shown, with these sums."""
    values = np.asarray(true, float).ravel()
    low, high = np.where(shown, values, 0), np.where(shown, values, NO_END)
    known = LinearConstraint(np.array([row for row, _ in sums]), *[[each for _, each in sums]] * 2) if sums else ()
    ends = []
    for sign in (1, -1):
        aim = np.zeros(len(values))
        aim[cell] = sign
        found = milp(aim, bounds=Bounds(low, high), constraints=known, integrality=np.ones(len(values)))
        ends.append(float(round(found.x[cell])))
    return (ends[0], ends[1])


def sums_along(cube: Any, *, totals: bool) -> list[tuple[Any, float]]:
    """Every line of the cube as coefficients and what they add up to."""
    cube = np.asarray(cube)
    index = np.arange(cube.size).reshape(cube.shape)
    found = []
    for axis in range(cube.ndim):
        for line in np.moveaxis(index, axis, -1).reshape(-1, cube.shape[axis]):
            row = np.zeros(cube.size)
            row[line] = 1
            if totals:
                row[line[-1]] = -1
            if totals or len(line) > 1:
                found.append((row, 0.0 if totals else float(cube.ravel()[line].sum())))
    return found


def hold_promise(
    cube: Any, out: Any, *, sums: list[tuple[Any, float]], absent: Any = False, zeros: bool = False, least: int = 5
) -> None:
    """Neither 0 nor ``least`` can be ruled out, unless the sums rule it out with every cell withheld."""
    true, shown = np.asarray(cube).ravel(), np.array([each is not None for each in np.asarray(out, object).ravel()])
    assert [each for each in np.asarray(out, object).ravel() if each is not None] == true[shown].tolist()
    for cell in np.flatnonzero((true >= (0 if zeros else 1)) & (true < least)):
        assert not shown[cell]
        lowest, highest = attack(cube, shown, int(cell), sums)
        if lowest > 0 or highest < least:
            widest = attack(cube, np.zeros(len(true), bool) | np.ravel(absent), int(cell), sums)
            assert lowest == max(widest[0], 0)
            assert highest >= min(widest[1], least)
        assert lowest < highest


def cubes(*shapes: tuple[int, ...]) -> st.SearchStrategy[Any]:
    counts = st.one_of(st.integers(0, 6), st.integers(0, 60))
    return st.sampled_from(shapes).flatmap(
        lambda shape: st.lists(counts, min_size=int(np.prod(shape)), max_size=int(np.prod(shape))).map(
            lambda values: np.array(values).reshape(shape)
        )
    )


@settings(max_examples=30)
@given(cube=cubes((5,), (1, 4), (2, 2), (3, 4), (2, 3, 2)))
def test_no_reader_who_knows_all_sums_bounds_a_small_count(cube: Any) -> None:
    try:
        out = published(cube)
    except DataError as error:
        assert error.reasons[0].rule == "small_cells.margins"
        everything = np.zeros(cube.size, bool)
        small = [int(cell) for cell in np.flatnonzero((cube.ravel() > 0) & (cube.ravel() < 5))]
        ends = [attack(cube, everything, cell, sums_along(cube, totals=False)) for cell in small]
        assert sum(low == high for low, high in ends) == error.reasons[0].count
    else:
        hold_promise(cube, out, sums=sums_along(cube, totals=False))


@settings(max_examples=25)
@given(cube=cubes((4,), (1, 2), (2, 2), (3, 2), (2, 2, 2)))
def test_no_reader_of_a_table_with_totals_bounds_a_small_count(cube: Any) -> None:
    whole = with_totals(cube)
    out = published(whole, totals=labels_of_totals(whole))
    hold_promise(whole, out, sums=sums_along(whole, totals=True))
    shown = pa.table({**table(whole).drop_columns("人数").to_pydict(), "人数": pa.array(np.ravel(out).tolist(), pa.int64())})
    by = tuple(shown.column_names[:-1])
    assert small_cells.told(shown, small_cells.Params(by=by, totals=labels_of_totals(whole)), "人数") == 0


@settings(max_examples=15)
@given(cube=cubes((2, 2), (3, 3), (2, 3, 2)), zeros=st.booleans(), least=st.integers(2, 12))
def test_where_one_dimension_has_totals_the_sums_of_the_others_are_known(cube: Any, zeros: bool, least: int) -> None:
    half = np.concatenate([cube, cube.sum(axis=1, keepdims=True)], axis=1)
    index = np.arange(half.size).reshape(half.shape)
    closed = {int(line[0]): line for line in np.moveaxis(index, 1, -1).reshape(-1, half.shape[1])}
    sums = [(row, each) for row, each in sums_along(half, totals=False) if not any(row[line].all() for line in closed.values())]
    for line in closed.values():
        sums.append((np.isin(np.arange(half.size), line[:-1]) - 1.0 * (np.arange(half.size) == line[-1]), 0.0))
    try:
        out = published(half, totals={LABELS[1]: f"{half.shape[1] - 1:03d}"}, zeros=zeros, least=least)
    except DataError as error:
        assert error.reasons[0].rule == "small_cells.margins"
        return
    hold_promise(half, out, sums=sums, zeros=zeros, least=least)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cube=cubes((2, 3), (3, 3), (2, 2, 2, 2)), absent=st.sets(st.integers(0, 8), max_size=4))
def test_the_promise_holds_where_the_table_is_too_sparse_to_be_laid_out(
    monkeypatch: pytest.MonkeyPatch, cube: Any, absent: set[int]
) -> None:
    gone = np.isin(np.arange(cube.size), list(absent)).reshape(cube.shape)
    cube = np.where(gone, 0, cube)
    monkeypatch.setattr(moves.Grid, "LARGEST", 0)
    try:
        rows = run(table(cube, absent=gone))
    except DataError as error:
        assert error.reasons[0].rule == "small_cells.margins"
        return
    values = iter(rows["人数"].to_pylist())
    out = np.array([0 if each else next(values) for each in gone.ravel()], object)
    several = [(row, each) for row, each in sums_along(cube, totals=False) if ((row > 0) & ~gone.ravel()).sum() > 1]
    hold_promise(cube, out, sums=several, absent=gone)


def enumerated(rows: list[int], columns: list[int]) -> list[list[list[int]]]:
    """Every table of counts with these sums."""
    if len(rows) == 1:
        return [[columns]]
    found = []
    for first in itertools.product(*(range(min(rows[0], most) + 1) for most in columns)):
        if sum(first) == rows[0]:
            rest = [most - taken for most, taken in zip(columns, first, strict=True)]
            found += [[list(first), *others] for others in enumerated(rows[1:], rest)]
    return found


@settings(max_examples=25)
@given(cube=cubes((2, 2), (2, 3), (3, 3)).map(lambda cube: cube % 9))
def test_every_table_that_fits_is_listed_and_none_tells(cube: Any) -> None:
    tables = np.array(enumerated(cube.sum(axis=1).tolist(), cube.sum(axis=0).tolist()))
    try:
        shown = np.array(published(cube), object)
    except DataError:
        small = (cube > 0) & (cube < 5)
        assert any(len(set(tables[:, row, column])) == 1 for row, column in zip(*np.nonzero(small), strict=True))
        return
    fitting = tables[np.all((tables == shown) | (shown == None), axis=(1, 2))]  # noqa: E711
    for row, column in zip(*np.nonzero((cube > 0) & (cube < 5)), strict=True):
        possible, with_sums_alone = set(fitting[:, row, column]), set(tables[:, row, column])
        assert len(possible) > 1
        assert min(possible) == min(with_sums_alone)
        assert max(possible) >= min(5, max(with_sums_alone))


@pytest.mark.parametrize(
    ("cube", "given_", "expected"),
    [
        # 20 + 3 + 7: beside the small cell the sum of one other must stay unknown; 7 is the smaller
        ([20, 3, 7], {}, [20, None, None]),
        # a row, a column and the cell where they meet again; 9, 8 and 7 are the smallest with room for 3
        ([[3, 9, 30], [8, 7, 40], [50, 60, 70]], {}, [[None, None, 30], [None, None, 40], [50, 60, 70]]),
        # 2 can fall by 2 only, not enough for the 3 opposite to fall to 0: that needs 30 and 40
        ([[3, 9, 30], [8, 2, 40], [50, 60, 70]], {}, [[None, None, None], [None, None, None], [50, 60, 70]]),
        # two small cells protect each other with two more
        ([[4, 20, 90], [20, 4, 90], [90, 90, 90]], {}, [[None, None, 90], [None, None, 90], [90, 90, 90]]),
        # in three dimensions the smallest move takes all corners of a box
        ([[[3, 9], [9, 9]], [[9, 9], [9, 9]]], {}, [[[None] * 2] * 2] * 2),
        ([0, 6, 0, 9], {}, [0, 6, 0, 9]),
        ([0, 6, 0, 9], {"zeros": True}, [None, None, None, 9]),
        ([0, 6, 9], {"zeros": True, "least": 3}, [None, None, 9]),
        ([2, 9], {"margins": "published"}, [None, 9]),
        ([1, 2, 9], {"least": 2}, [None, None, 9]),
        # the sum of 3 is known: nobody can hide that each of the two is at most 3
        ([[1, 2, 0], [9, 9, 9], [9, 9, 9]], {}, [[None, None, 0], [None, None, 9], [9, 9, 9]]),
    ],
    ids=[
        "line", "square", "no room", "two", "box", "none", "zeros", "zeros, least 3", "published", "least 2", "small sum",
    ],
)  # fmt: skip
def test_worked_by_hand(cube: Any, given_: dict[str, Any], expected: Any) -> None:
    assert published(cube, **given_) == expected


def test_totals_are_withheld_with_their_cells() -> None:
    whole = with_totals([[3, 30, 40], [50, 60, 70]])
    out = published(whole, totals=labels_of_totals(whole))
    assert out == [[None, None, 40, 73], [None, None, 70, 180], [53, 90, 110, 253]]
    column = with_totals([[2], [60]])
    assert published(column, totals=labels_of_totals(column)) == [[None, None], [None, None], [62, 62]]


@given(cube=cubes((6,), (3, 4), (2, 3, 2)).map(lambda cube: np.where((cube > 0) & (cube < 5), 5, cube)))
def test_nothing_is_lost_where_nothing_is_small(cube: Any) -> None:
    assert published(cube) == cube.tolist()
    assert published(with_totals(cube), totals=labels_of_totals(with_totals(cube))) == with_totals(cube).tolist()


CUBE = np.array([[3, 9, 30, 0], [8, 1, 40, 17], [50, 60, 2, 70], [5, 44, 21, 12]])


def test_the_order_and_the_cuts_of_rows_do_not_matter() -> None:
    rows = table(CUBE)
    expected = run(rows)
    order = list(range(len(rows)))
    random.Random(1).shuffle(order)
    assert run(rows, cut=1).equals(expected)
    assert run(rows.take(order), cut=100).equals(expected.take(order))
    encoded = rows.set_column(0, LABELS[0], rows.column(0).dictionary_encode())
    assert run(encoded).equals(expected)


@pytest.mark.parametrize("type_", [pa.int64(), pa.float64(), pa.decimal128(9, 2), pa.decimal128(38, 2)], ids=str)
def test_types_stay(type_: pa.DataType) -> None:
    rows = table(CUBE, type_=type_)
    out = run(rows)
    assert out.schema.equals(rows.schema)
    assert [each is None for each in out["人数"].to_pylist()] == [each is None for each in run(table(CUBE))["人数"].to_pylist()]
    kept = pa.compute.is_valid(out["人数"])
    assert out.filter(kept).equals(rows.filter(kept))


def test_a_null_is_withheld_already_and_may_be_the_company_of_others() -> None:
    rows = table([[3, 9], [8, 9]])
    amounts = pa.array([3, None, 8, 9], pa.int64())
    assert run(rows.set_column(2, "人数", amounts))["人数"].to_pylist() == [None, None, None, None]
    assert run(rows.set_column(2, "人数", pa.nulls(4, pa.int64())))["人数"].to_pylist() == [None] * 4


def test_notes_how_many_cells_were_withheld() -> None:
    notes: list[dict[str, Any]] = []
    run(table([[3, 9], [8, 9]]), note=notes.append)
    found = {"人数": {"sensitive": 1, "withheld": 4}}
    assert notes == [{"least": 5, "margins": "assumed", "cells": 4, "columns": found}]


def test_nothing_in_nothing_out() -> None:
    assert list(staged(iter([]), columns={"人数": {}}, by=("区县",))) == []
    empty = table(np.zeros((2, 2), int)).slice(0, 0)
    assert run(empty).equals(empty)


MONEY = pa.array([Decimal(each * 100 + each % 7) for each in CUBE.ravel().tolist()], pa.decimal128(12, 2))
AMOUNTS = table(CUBE).append_column("金额", MONEY)


def test_an_amount_goes_with_its_count_and_is_protected_itself() -> None:
    columns: dict[str, dict[str, Any]] = {"人数": {}, "金额": {"holds": "amount"}}
    out = run(AMOUNTS, columns=columns)
    hidden = [each is None for each in out["人数"].to_pylist()]
    assert hidden == [each is None for each in out["金额"].to_pylist()]
    values = np.array([float(each) for each in AMOUNTS["金额"].to_pylist()])
    sums = sums_along(values.reshape(CUBE.shape), totals=False)
    for cell in np.flatnonzero((CUBE.ravel() > 0) & (CUBE.ravel() < 5)):
        low, high = attack(values, ~np.array(hidden), int(cell), sums)
        assert low <= 0
        assert high >= 2 * values[cell] - 1
    assert exposed(AMOUNTS, out, columns) == {"人数": 0, "金额": 0}


def test_columns_apart_have_patterns_of_their_own() -> None:
    rows = table([[3, 9, 30], [8, 7, 40], [50, 60, 70]])
    rows = rows.append_column("户数", pa.array([30, 9, 3, 40, 7, 8, 70, 60, 50]))
    apart = run(rows, columns={"人数": {}, "户数": {}}, together=False)
    assert apart["人数"].to_pylist() == [None, None, 30, None, None, 40, 50, 60, 70]
    assert apart["户数"].to_pylist() == [30, None, None, 40, None, None, 70, 60, 50]
    both = run(rows, columns={"人数": {}, "户数": {}})
    assert (
        both["人数"].is_null().to_pylist()
        == both["户数"].is_null().to_pylist()
        == [each is None for each in [None, 9, None, None, 7, None, 50, 60, 70]]
    )


def test_the_audit_refuses_a_table_without_company(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(withhold, "widen", lambda _table, withheld, needs, _weak: (withheld, needs))
    with pytest.raises(DataError, match=r"small_cells.unprotected.*\(3 values\)"):
        run(table(CUBE.reshape(2, 8)[:, [0, 1, 2, 5, 6, 7]]))


def test_the_audit_refuses_a_pattern_that_was_trimmed_too_far(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(withhold, "trimmed", lambda _table, _withheld, given, _needs, _found: given)
    with pytest.raises(DataError, match=r"small_cells\.unprotected"):
        run(table(CUBE))


@pytest.mark.parametrize(
    ("hidden", "count"),
    [([], 3), ([0], 3), ([0, 1, 4, 5], 2), ([0, 5, 10], 3), (range(16), 0)],
    ids=["none", "one", "square", "all small", "all"],
)
def test_a_published_table_is_held_against_the_audit(hidden: Any, count: int) -> None:
    rows = table(CUBE)
    values = [None if at in hidden else each for at, each in enumerate(rows["人数"].to_pylist())]
    shown = rows.set_column(2, "人数", pa.array(values, pa.int64()))
    assert exposed(rows, shown) == {"人数": count}
    assert exposed(rows, run(rows)) == {"人数": 0}


def test_what_a_published_table_tells_by_itself() -> None:
    names = {"区县": ["A", "B", "C", "合计"]}
    given_ = (small_cells.Params(by=("区县",), totals={"区县": "合计"}), "人数")
    assert small_cells.told(pa.table({**names, "人数": [None, None, 9, 12]}), *given_) == 0
    assert small_cells.told(pa.table({**names, "人数": [None, 8, 9, 20]}), *given_) == 1
    assert small_cells.told(pa.table({**names, "人数": [None, 8, 9, 23]}), *given_) == 0
    with pytest.raises(DataError, match=r"small_cells\.total"):
        small_cells.told(pa.table({**names, "人数": [None, None, 9, 8]}), *given_)


@pytest.mark.parametrize(
    ("rows", "given_", "rule", "count"),
    [
        (pa.concat_tables([table(CUBE), table(CUBE)[:3]]), {}, "small_cells.duplicate", 3),
        (table([[3, 9, 13], [8, 7, 15], [11, 16, 28]]), {"totals": {"区县": "002", "年份": "002"}}, "small_cells.total", 2),
        (table([3.5, 9, 7.25], type_=pa.float64()), {}, "small_cells.value", 2),
        (table([-3, 9, 7]), {}, "small_cells.value", 1),
        (table([float("nan"), float("inf"), 7], type_=pa.float64()), {}, "small_cells.value", 2),
        (table([[4, 0], [0, 0]]), {}, "small_cells.margins", 1),
    ],
    ids=["duplicate", "total", "fraction", "negative", "not finite", "margins"],
)
def test_tables_that_are_refused(rows: pa.Table, given_: dict[str, Any], rule: str, count: int) -> None:
    with pytest.raises(DataError) as refused:
        run(rows, **given_)
    assert (refused.value.reasons[0].rule, refused.value.reasons[0].count) == (rule, count)
    assert not any(str(value) in str(refused.value).replace(f"({count} value", "") for value in rows["人数"].to_pylist())


def test_too_many_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(small_cells, "_MOST", 10)
    with pytest.raises(DataError, match=r"small_cells\.too_many"):
        run(table(CUBE))


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        ({"by": ()}, "by names"),
        ({"by": ("区县", "区县")}, "by names"),
        ({"by": ("人数",)}, "by names"),
        ({"by": ("街道",)}, "by names"),
        ({"totals": {"街道": "合计"}}, "totals gives"),
        ({"least": 1}, "least is 2"),
        ({"protect": 0.0}, "protect is"),
        ({"protect": float("nan")}, "protect is"),
        ({"columns": {"人数": {"holds": "amount"}}}, "treat a count too"),
        ({"columns": {"人数": {}, "金额": {"holds": "amount"}}, "together": False}, "treat a count too"),
    ],
    ids=str,
)
def test_refused_parameters(wrong: dict[str, Any], match: str) -> None:
    given_: dict[str, Any] = {"columns": {"人数": {}}, "by": ("区县", "年份")} | wrong
    with pytest.raises(ValueError, match=match):
        list(staged(iter(AMOUNTS.to_batches()), **given_))


def test_says_what_it_gives() -> None:
    assert small_cells.output("decimal(12,2)", holds="amount") == "decimal(12,2)"
    assert small_cells.reveals("NONE").form is Form.ALL
    with pytest.raises(ValueError, match="are numbers"):
        small_cells.output("date")
    with pytest.raises(ValueError, match="holds is one of"):
        small_cells.reveals("NONE", holds="share")


@pytest.mark.slow
@pytest.mark.parametrize(("shape", "totals"), [((100, 100), True), ((40, 20, 12), False)], ids=["100 x 100", "40 x 20 x 12"])
def test_ten_thousand_cells(shape: tuple[int, ...], totals: bool) -> None:
    rng = np.random.default_rng(1)
    cube = rng.negative_binomial(0.5, 0.02, size=shape)
    cube = with_totals(cube) if totals else cube
    given_ = {"totals": labels_of_totals(cube)} if totals else {}
    rows = table(cube)
    out = run(rows, cut=65_536, **given_)
    assert exposed(rows, out, **given_) == {"人数": 0}
    sensitive = int(((cube > 0) & (cube < 5)).sum())
    assert sensitive <= out["人数"].null_count < 4 * sensitive
