"""Secondary suppression 二次抑制: which further cells to withhold, until an audit finds no sensitive one told too closely.

Company for a cell is looked for in hypercubes first (Repsilber 1994; Giessing 2004), and where none has room by a linear
program (Kelly, Golden & Assad 1992). A cell costs 1, and a little more the larger it is; one that is withheld already costs
next to nothing. What turns out not to be needed is published after all, the largest first.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np

from gongkai.errors import DataError
from gongkai.methods.tables.cells import Indices, Mask, Values, parts
from gongkai.methods.tables.feasible_changes import DOWN, UP, Grid, Table, arrived, farthest, own

_TOGETHER = 20_000
"""Cells that one program moves at once."""
_FEW = 300
"""Withheld cells up to which a cell is published again only after a thorough look."""
_TRIMMED = 50_000
"""Cells up to which a table is looked through again at all."""
_FREE = 1e-4
"""What a cell costs that is withheld already: so little that no way around is worth it."""


class Effort(IntEnum):
    """How far an audit goes: hypercubes; moves of many cells at once; each cell by itself, which alone is exact."""

    CUBES = 0
    TOGETHER = 1
    EACH = 2


@dataclass(frozen=True, slots=True)
class Audit:
    """``weak``: the cells that can be bounded more tightly than they need, of shape ``(2, cells)``. ``proofs``: for the others
    the cells of a move, by direction and cell."""

    weak: Mask
    proofs: dict[tuple[int, int], Indices] = field(default_factory=dict)

    def prove(self, direction: int, cells: Indices, company: Indices) -> None:
        self.weak[direction, cells] = False
        self.proofs.update(((direction, int(cell)), company) for cell in cells)


def audit(table: Table, withheld: Mask, needs: Values, effort: Effort = Effort.EACH, *, hasty: bool = False) -> Audit:
    """Which cells a reader can bound more tightly than they need, and what proves the others.

    ``needs[DOWN]`` and ``needs[UP]`` say how far below and above its value each must be able to lie, 0 for no need. A need is
    met by a move among the withheld cells. At full effort it is missed only where there is none (or where the search for whole
    numbers gave up: the cell then counts as weak). ``hasty``: no further than to the first weak cell.
    """
    found = Audit((needs > 0) & withheld)
    among = np.flatnonzero(withheld)
    grid = _grid(table, np.where(withheld, 0, np.inf))
    if grid:
        for cell in np.flatnonzero(found.weak.any(axis=0)):
            _by_cubes(grid, int(cell), needs, found)
    if effort >= Effort.TOGETHER and found.weak.any():
        _together(table, among, needs, found)
    if effort >= Effort.EACH:
        _each(table, among, needs, found, hasty=hasty)
    found.weak[(needs > 0) & ~withheld] = True
    return found


def _by_cubes(grid: Grid, cell: int, needs: Values, found: Audit) -> bool:
    """Whether hypercubes prove all that is weak in a cell: one for both ways, or one for each."""
    for directions in ((DOWN, UP), (DOWN,), (UP,)):
        if found.weak[directions, cell].all():
            company = grid.hypercube(cell, *[needs[each, cell] if each in directions else 0 for each in (DOWN, UP)])
            if company is not None:
                for direction in directions:
                    found.prove(direction, np.array([cell]), company)
    return not found.weak[:, cell].any()


def _together(table: Table, among: Indices, needs: Values, found: Audit) -> None:
    for part, lines in parts(table.cells.lines, among):
        for direction in (DOWN, UP):
            while len(part) <= _TOGETHER and found.weak[direction, part].any():
                wanted = np.where(found.weak[direction, part], needs[direction, part], 0)
                move = farthest(table, lines, part, wanted, direction)
                proven = arrived(move, wanted, direction, whole=table.whole)
                if not proven.any():
                    break
                found.prove(direction, part[proven], part[move != 0])


def _each(table: Table, among: Indices, needs: Values, found: Audit, *, hasty: bool) -> None:
    costs = np.ones(len(table.values))
    for direction, cell in zip(*np.nonzero(found.weak), strict=True):
        if found.weak[direction, cell]:
            moved = own(table, among, costs, int(cell), int(direction), float(needs[direction, cell]))
            if moved is None and hasty:
                return
            if moved is not None:
                company, move = moved
                wanted = np.where(found.weak[direction, company], needs[direction, company], 0)
                found.prove(int(direction), company[arrived(move, wanted, int(direction), whole=table.whole)], company)


def settle(table: Table, withheld: Mask, needs: Values) -> tuple[Mask, Values]:
    """A pattern that withholds at least those cells and meets all needs, as far as any pattern meets them; and those needs.

    DataError ``small_cells.unprotected`` should the last audit find a weak cell nevertheless.
    """
    given, found = withheld, audit(table, withheld, needs, Effort.TOGETHER)
    while found.weak.any():
        before = withheld.sum(), needs.sum()
        withheld, needs = widen(table, withheld, needs, found.weak)
        found = audit(table, withheld, needs)
        if before == (withheld.sum(), needs.sum()):
            break
    if not found.weak.any() and withheld.sum() > given.sum() and len(given) <= _TRIMMED:
        withheld = trimmed(table, withheld, given, needs, found)
        found = audit(table, withheld, needs)
    if found.weak.any():
        raise DataError.of("small_cells.unprotected", "cells could still be computed", count=int(found.weak.any(axis=0).sum()))
    return withheld, needs


def widen(table: Table, withheld: Mask, needs: Values, weak: Mask) -> tuple[Mask, Values]:
    """More withheld cells, so that every ``weak`` one can move as it needs. A need that no pattern meets becomes what is met
    when every cell is withheld."""
    withheld, needs = withheld | weak.any(axis=0), needs.copy()
    costs = np.where(withheld, _FREE, 1 + table.values / (1 + table.values.sum()))
    grid = _grid(table, costs)
    for cell in np.flatnonzero(weak.any(axis=0)):
        wanted = np.where(weak[:, cell], needs[:, cell], 0)
        company = _cubes(grid, int(cell), wanted) if grid else None
        if company is None:
            company = _programs(table, costs, int(cell), needs, wanted)
        withheld[company] = True
        costs[company] = _FREE
        if grid:
            grid.price(company, _FREE)
    return withheld, needs


def attainable(table: Table, cell: int, direction: int, need: float) -> tuple[float, Indices]:
    """How far a cell could move, at most ``need``, were every cell withheld; and the cells that would change."""
    everything = np.arange(len(table.values))
    only = np.where(everything == cell, need, 0)
    move = farthest(table, table.cells.lines, everything, only, direction, search=True)
    return abs(float(move[cell])), np.flatnonzero(move)


def trimmed(table: Table, withheld: Mask, given: Mask, needs: Values, found: Audit) -> Mask:
    """The pattern without the cells that no proof needs, or can be made to do without."""
    withheld, proofs = withheld.copy(), dict(found.proofs)
    users: defaultdict[int, set[tuple[int, int]]] = defaultdict(set)
    for proven, company in proofs.items():
        for cell in company.tolist():
            users[cell].add(proven)
    grid = _grid(table, np.where(withheld, 0, np.inf)) if withheld.sum() > _FEW else None
    added = np.flatnonzero(withheld & ~given)
    for cell in added[np.argsort(-table.values[added], kind="stable")]:
        withheld[cell] = False
        again = np.zeros_like(needs)
        for proven in users[int(cell)]:
            again[proven] = needs[proven]
        anew = _again(table, grid, withheld, int(cell), again)
        if anew.weak.any():
            withheld[cell] = True
            continue
        for proven, company in anew.proofs.items():
            for each in proofs[proven].tolist():
                users[each].discard(proven)
            for each in company.tolist():
                users[each].add(proven)
            proofs[proven] = company
    return withheld


def _cubes(grid: Grid, cell: int, wanted: Values) -> Indices | None:
    """One hypercube for both ways, or one for each."""
    both = grid.hypercube(cell, *wanted)
    if both is not None or not wanted.all():
        return both
    down, up = grid.hypercube(cell, wanted[DOWN], 0), grid.hypercube(cell, 0, wanted[UP])
    return None if down is None or up is None else np.union1d(down, up)


def _programs(table: Table, costs: Values, cell: int, needs: Values, wanted: Values) -> Indices:
    costs, company = costs.copy(), np.array([cell])
    for direction in (DOWN, UP):
        if wanted[direction]:
            moved = own(table, np.arange(len(costs)), costs, cell, direction, float(wanted[direction]))
            if moved is None:
                needs[direction, cell], changed = attainable(table, cell, direction, float(wanted[direction]))
            else:
                changed = moved[0]
            company = np.union1d(company, changed)
            costs[company] = _FREE
    return company


def _again(table: Table, grid: Grid | None, withheld: Mask, cell: int, needs: Values) -> Audit:
    """The audit without one cell; by hypercubes alone where a grid is given, and no further than to the first weak one."""
    if grid is None:
        return audit(table, withheld, needs, hasty=True)
    found = Audit(needs > 0)
    grid.price(np.array([cell]), np.inf)
    if not all(_by_cubes(grid, int(each), needs, found) for each in np.flatnonzero(found.weak.any(axis=0))):
        grid.price(np.array([cell]), 0)
    return found


def _grid(table: Table, costs: Values) -> Grid | None:
    return Grid(table, costs) if np.prod(table.cells.shape, dtype=float) <= Grid.LARGEST else None
