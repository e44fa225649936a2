"""The search against brute force, and against what ARX's own tests say of the Adult data."""

from __future__ import annotations

import csv
import gzip
import itertools
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests import proofs

from gongkai.errors import ConfigError
from gongkai.methods.recoding import classes, coding, ladders, lattice, loss
from gongkai.project import SHIPPED, Project

ADULT = Path(__file__).parent.parent / "data" / "adult"


class Case:
    """A small random table: codes, ladders of groups that only join, and who and what stands beside them."""

    def __init__(self, seed: int) -> None:
        chance = np.random.default_rng(seed)
        self.rows = int(chance.integers(1, 40))
        widths = chance.integers(1, 7, chance.integers(1, 5))
        self.columns = [chance.integers(0, width, self.rows) for width in widths]
        self.groups = [_ladder(chance, int(width)) for width in widths]
        self.shares = [[_shares(each, levels[0]) for each in levels] for levels in self.groups]
        self.persons = chance.integers(-1, 15, self.rows) if chance.random() < 0.5 else None
        self.sensitive = [chance.integers(0, 3, self.rows) for _ in range(chance.integers(0, 3))]
        self.weights = [float(each) for each in chance.choice([0.5, 1.0, 3.0], len(widths))]
        self.limits = lattice.Limits(
            int(chance.integers(1, 6)), int(self.rows * chance.choice([0, 0.2, 0.5, 1.0])), int(chance.integers(1, 3))
        )

    def table(self) -> Any:
        spans = [len(levels[0]) for levels in self.groups]
        return classes.tabulate(self.columns, spans, self.persons, self.sensitive)

    def lattice(self) -> Any:
        return lattice.Lattice(self.table()[0], self.groups, loss.certainty(self.shares, self.weights, self.rows), self.limits)

    def weak_rows(self, node: tuple[int, ...]) -> list[int]:
        """Rows in weak classes, counted one by one."""
        members = defaultdict(list)
        for row in range(self.rows):
            members[tuple(self.groups[c][level][self.columns[c][row]] for c, level in enumerate(node))].append(row)
        return [row for rows in members.values() if self.is_weak(rows) for row in rows]

    def is_weak(self, rows: list[int]) -> bool:
        size = len(rows) if self.persons is None else len({self.persons[row] for row in rows} - {-1})
        return size < self.limits.k or any(len({each[row] for row in rows}) < self.limits.diversity for each in self.sensitive)

    def lost(self, node: tuple[int, ...], weak: list[int]) -> float:
        return sum(
            weight * (1.0 if row in weak else shares[level][column[row]])
            for weight, shares, level, column in zip(self.weights, self.shares, node, self.columns, strict=True)
            for row in range(self.rows)
        )

    def nodes(self) -> list[tuple[int, ...]]:
        return list(itertools.product(*(range(len(levels)) for levels in self.groups)))


def _ladder(chance: np.random.Generator, width: int) -> list[np.ndarray]:
    levels = [np.arange(width)]
    for _ in range(chance.integers(0, 5)):
        last = levels[-1]
        levels.append(chance.integers(0, int(last.max()) + 1, int(last.max()) + 1)[last])
    return [np.unique(each, return_inverse=True)[1] for each in levels]


def _shares(groups: np.ndarray, finest: np.ndarray) -> np.ndarray:
    counts = Counter(groups.tolist())
    return np.array([loss.share(counts[group], len(finest)) for group in groups.tolist()])


@given(st.integers(0, 2**32))
@settings(max_examples=150, deadline=None)
def test_the_search_finds_what_brute_force_finds(seed: int) -> None:
    case = Case(seed)
    held = {}
    for node in case.nodes():
        weak = case.weak_rows(node)
        if len(weak) <= case.limits.budget:
            held[node] = case.lost(node, weak)
    found = case.lattice().search()
    if not held:
        assert found is None
        return
    best = min(held.values())
    assert found.loss == pytest.approx(best)
    assert held[found.levels] == pytest.approx(best)
    assert found.suppressed == len(case.weak_rows(found.levels))
    assert sum(found.losses) == pytest.approx(best)
    assert 0 < found.evaluated <= found.nodes == len(case.nodes())


@given(st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_the_classes_of_every_node_are_counted_right(seed: int) -> None:
    case = Case(seed)
    _, places = case.table()
    made = case.lattice()
    for node in case.nodes():
        coarse, where = made.at(node)
        assert coarse.rows.sum() == case.rows
        assert np.flatnonzero(made.weak(coarse)[where[places]]).tolist() == sorted(case.weak_rows(node))


@given(st.lists(st.lists(st.integers(0, 2**20 - 1), min_size=4, max_size=4), min_size=1, max_size=30), st.integers(20, 60))
@example([[0, 0, 0, 0], [0, 0, 1, 0], [0, 1, 0, 0], [0, 2, 0, 0], [1, 0, 0, 0], [0, 0, 2, 0], [0, 0, 3, 0], [1, 1, 1, 1]], 61)
@settings(deadline=None)
def test_keys_wider_than_64_bits(rows: list[list[int]], bits: int) -> None:
    columns = np.array(rows + rows[::2]).T
    places, first = classes.group(list(columns), [2**bits] * 4)
    distinct = np.unique(columns, axis=1)
    assert columns[:, first].tolist() == distinct.tolist()
    assert distinct[:, places].tolist() == columns.tolist()


def test_of_equal_losses_the_first_in_the_order_of_levels_is_taken() -> None:
    """Either of the two columns may be given up, at the same loss."""
    table, _ = classes.tabulate([np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])], [2, 2])
    groups, shares = [np.arange(2), np.zeros(2, int)], [np.zeros(2), np.ones(2)]
    even = loss.certainty([shares, shares], [1.0, 1.0], 4)
    assert lattice.Lattice(table, [groups, groups], even, lattice.Limits(2)).search().levels == (0, 1)


def test_a_lattice_too_large_to_search_is_refused() -> None:
    levels = [np.zeros(1, int)] * 5
    table, _ = classes.tabulate([np.zeros(3, int)] * 11, [1] * 11)
    flat = loss.certainty([[np.zeros(1)] * 5] * 11, [1.0] * 11, 3)
    with pytest.raises(ConfigError, match="combinations of levels; treat fewer columns"):
        lattice.Lattice(table, [levels] * 11, flat, lattice.Limits(2))


# -- ARX ----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def city(tmp_path: Path) -> Project:
    """A city whose own hierarchies are ARX's."""
    folder = tmp_path / "rules" / "hierarchies"
    folder.mkdir(parents=True)
    for path in ADULT.glob("adult_hierarchy_*.csv"):
        shutil.copy(path, folder)
    return Project.at(tmp_path)


@pytest.fixture
def adult() -> dict[str, list[str]]:
    """The columns by name, in the order of the header."""
    with gzip.open(ADULT / "adult.csv.gz", "rt", encoding="utf-8") as file:
        header, *rows = csv.reader(file, delimiter=";")
    return dict(zip(header, map(list, zip(*rows, strict=True)), strict=True))


def coded(columns: dict[str, list[str]], city: Project) -> tuple[list[Any], Any]:
    rungs, cells = [], []
    for name, values in columns.items():
        coder = coding.Coder(ladders.build("NONE", hierarchy=f"adult_hierarchy_{name}", project=city))
        codes = coder.encode(pa.array(values))
        made, final = coder.finish()
        rungs.append(made)
        cells.append(final[codes])
        assert coder.unfit == 0
    return rungs, classes.tabulate(cells, [len(each.groups[0]) for each in rungs])[0]


@pytest.mark.parametrize(
    ("k", "suppress", "levels", "expected"),
    [
        (5, 0.04, (1, 0, 1, 1, 3, 2, 2, 0, 1), 255559.85455731067),
        (100, 0.04, (1, 1, 1, 1, 3, 2, 2, 1, 1), 379417.3460570988),
        (5, 0.0, (1, 2, 1, 1, 3, 2, 2, 1, 1), 407289.5388925293),
        (100, 0.0, (0, 4, 1, 1, 3, 2, 2, 1, 1), 453196.8932458743),
    ],
)
def test_arx_finds_the_same_optimum(
    adult: dict[str, list[str]], city: Project, k: int, suppress: float, levels: tuple[int, ...], expected: float
) -> None:
    rungs, table = coded(adult, city)
    counts = [np.bincount(cells, table.rows, len(each.groups[0])) for each, cells in zip(rungs, table.cells, strict=True)]
    groups = [each.groups for each in rungs]
    limits = lattice.Limits(k, int(suppress * 30162))
    found = lattice.Lattice(table, groups, loss.entropy(groups, counts, [1.0] * 9), limits).search()
    assert found.levels == levels
    assert found.loss == pytest.approx(expected, rel=1e-14)


def test_arx_measures_the_same_loss_of_each_column(adult: dict[str, list[str]], city: Project) -> None:
    """At one node: rows in classes under 5 are suppressed; ARX lists the columns' losses from large to small."""
    del adult["occupation"]
    levels, expected = (0, 3, 0, 0, 1, 0, 0, 0), [0.297248193, 0.29678055, *[0.1297659306] * 6]
    rungs, table = coded(adult, city)
    groups = [[each.groups[level]] for each, level in zip(rungs, levels, strict=True)]
    shares = [[each.shares[level]] for each, level in zip(rungs, levels, strict=True)]
    found = lattice.Lattice(table, groups, loss.certainty(shares, [1.0] * 8, 30162), lattice.Limits(5, 30162)).search()
    assert sorted((lost / 30162 for lost in found.losses), reverse=True) == pytest.approx(expected, abs=1e-10)


def test_the_best_recoding_of_adult_under_our_own_loss(adult: dict[str, list[str]], city: Project) -> None:
    rungs, table = coded(adult, city)
    groups, shares = [each.groups for each in rungs], [each.shares for each in rungs]
    found = lattice.Lattice(table, groups, loss.certainty(shares, [1.0] * 9, 30162), lattice.Limits(5, 1206)).search()
    assert found.levels == (0, 3, 0, 1, 1, 1, 1, 2, 0)
    assert found.suppressed <= 1206
    assert found.smallest >= 5
    assert found.evaluated < found.nodes / 10


@pytest.mark.slow
def test_no_recoding_of_adult_is_better(
    adult: dict[str, list[str]], city: Project, record_property: Callable[[str, object], None]
) -> None:
    """All 12,960 counted out, or some of them with the one that was found."""
    rungs, table = coded(adult, city)
    groups, shares = [each.groups for each in rungs], [each.shares for each in rungs]
    made = lattice.Lattice(table, groups, loss.certainty(shares, [1.0] * 9, 30162), lattice.Limits(5, 1206))
    found = made.search()
    nodes = proofs.sample(itertools.product(*(range(len(levels)) for levels in groups)), 1500)
    best: tuple[float, tuple[int, ...]] = (np.inf, ())
    for node in {*nodes, found.levels}:
        coarse, places = made.at(node)
        weak = made.weak(coarse)
        if coarse.rows[weak].sum() <= 1206:
            kept = np.where(weak[places], 0, table.rows)
            lost = sum(
                kept @ share[level][cells] + (table.rows - kept).sum()
                for share, level, cells in zip(shares, node, table.cells, strict=True)
            )
            best = min(best, (float(lost), node))
    assert (found.loss, found.levels) == (pytest.approx(best[0]), best[1])
    record_property("proof", f"recodings of Adult, k = 5: {len(nodes):,} of {found.nodes:,} counted out, 0 better")


def test_hierarchies_of_the_city_are_content() -> None:
    assert "hierarchies/README.md" in SHIPPED.files("rules", "hierarchies/*.md")
