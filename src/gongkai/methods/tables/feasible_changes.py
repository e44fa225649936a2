"""Moves of a table 表的变动: changes of withheld cells that leave every sum a reader knows as it is, and no cell below zero.

A table that differs from the true one by a move looks the same to a reader. So how far a cell can move, down and up, is the
interval that can be computed of it, and its ends are linear programs (Cox 1980; Willenborg & de Waal 2001). Counts are whole
besides, which a reader knows too: in a table of counts only moves of whole numbers are believed, held against the lines
without rounding.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from gongkai.methods.tables.cells import Cells, Indices, Mask, Values, around, between

DOWN, UP = 0, 1
SIGN = (-1, 1)
_NODES = 2_000
"""Branches a search for whole numbers may take before it counts as failed."""
_NEARLY = 1e-6
_NEAR = 600
"""Cells among which a program looks first."""
_CORNERS = 20_000
"""Hypercubes looked at for one cell."""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """``values`` of the cells; ``whole`` where they are counts and a reader knows that they are whole."""

    cells: Cells
    values: Values
    whole: bool


def farthest(table: Table, lines: Any, among: Indices, needs: Values, direction: int, *, search: bool = False) -> Values:
    """One move ``among`` cells that brings those with a need as far towards it as they can be brought together.

    Zeros where it would not be of whole numbers, unless ``search`` looks for the best one that is.
    """
    wanting = needs > 0
    scale = 1.0 if table.whole else float(needs[wanting].min())
    low, high = -table.values[among] / scale, np.full(len(among), np.inf)
    if direction == UP:
        high[wanting] = needs[wanting] / scale
    else:
        low[wanting] = np.maximum(low[wanting], -needs[wanting] / scale)
    costs = np.where(wanting, -SIGN[direction], 0.0)
    found = _cheapest(costs, lines, low, high, whole=table.whole, search=search)
    return np.zeros(len(among)) if found is None else found * scale


def own(table: Table, among: Indices, costs: Values, cell: int, direction: int, need: float) -> tuple[Indices, Values] | None:
    """The cells that change, and how, when ``cell`` moves by ``need`` at the least cost; None where it cannot."""
    from scipy import sparse

    lines = between(table.cells.lines, among)
    scale = 1.0 if table.whole else need
    for near in around(lines, int(np.searchsorted(among, cell)), _NEAR):
        chosen, within = among[near], between(lines, near)
        low, high = np.zeros((2, len(near))), np.stack([table.values[chosen], np.full(len(near), np.inf)])
        both = np.tile(costs[chosen], 2)
        at = int(np.searchsorted(chosen, cell))
        low[direction, at] = high[direction, at] = need
        high[1 - direction, at] = 0
        falls_and_rises = sparse.hstack([-within, within], format="csr")
        found = _cheapest(both, falls_and_rises, low.ravel() / scale, high.ravel() / scale, whole=table.whole, search=True)
        if found is not None:
            move = (found[len(near) :] - found[: len(near)]) * scale
            changed = np.abs(move) > _NEARLY * need
            return chosen[changed], move[changed]
    return None


def some(lines: Any, sums: Indices) -> Values | None:
    """Whole numbers of at least 0 that give these sums along the lines; None where none were found."""
    size = lines.shape[1]
    if not size:
        return np.zeros(0)
    return _cheapest(np.zeros(size), lines, np.zeros(size), np.full(size, np.inf), whole=True, search=True, sums=sums)


def arrived(move: Values, needs: Values, direction: int, *, whole: bool) -> Mask:
    """Which cells a move brings as far as they need."""
    return np.asarray((needs > 0) & (SIGN[direction] * move >= needs * (1 if whole else 1 - _NEARLY)))


def _cheapest(
    costs: Values, lines: Any, low: Values, high: Values, *, whole: bool, search: bool, sums: Indices | int = 0
) -> Values | None:
    """The cheapest values within bounds with these sums along the lines (HiGHS); None where there are none, or none found."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    given: dict[str, Any] = {"bounds": Bounds(low, high)}
    if lines.shape[0]:
        given["constraints"] = LinearConstraint(lines, sums, sums)
    found = milp(costs, **given).x
    if not whole or found is None:
        return None if found is None else np.asarray(found)
    if search and not _fits(np.rint(found), lines, low, high, sums):
        found = milp(costs, integrality=np.ones(len(costs)), options={"node_limit": _NODES}, **given).x
    return np.rint(found) if found is not None and _fits(np.rint(found), lines, low, high, sums) else None


def _fits(values: Values, lines: Any, low: Values, high: Values, sums: Indices | int) -> bool:
    """Whether whole numbers fit without any tolerance."""
    return bool((values >= low).all() and (values <= high).all() and (lines @ values.astype(np.int64) == sums).all())


class Grid:
    """The table laid out in full, one axis per dimension, with a price for each cell: infinite for one that must not change."""

    LARGEST = 1 << 24

    def __init__(self, table: Table, costs: Values) -> None:
        cells = table.cells
        self._codes, self._total, self._shape = cells.codes, cells.total, cells.shape
        self._axes = [axis for axis, bound in enumerate(cells.bound) if bound]
        self._flat = np.ravel_multi_index(tuple(cells.codes.T), cells.shape)
        self._costs, self._values = np.full(cells.shape, np.inf), np.full(cells.shape, -1.0)
        self._costs.flat[self._flat], self._values.flat[self._flat] = costs, table.values
        self._index = np.full(cells.shape, -1)
        self._index.flat[self._flat] = np.arange(len(costs))

    def price(self, cells: Indices, cost: float) -> None:
        """From now on these cells cost so much."""
        self._costs.flat[self._flat[cells]] = cost

    def hypercube(self, cell: int, down: float, up: float) -> Indices | None:
        """The corners of the cheapest hypercube that moves ``cell`` so far; None where there is none.

        They have the labels of the cell or of one opposite cell; as the cell rises half of them rise and the others fall.
        """
        here = [np.array([code]) for code in self._codes[cell]]
        sides = [self._side(axis, self._codes[cell], down, up) for axis in self._axes]
        cost = np.zeros([len(labels) for labels, _ in sides])
        if not cost.size:
            return None
        for changed in product((False, True), repeat=len(sides)):
            if any(changed):
                cost += self._priced(here, sides, changed, down, up)
        best = int(np.argmin(cost))
        if not np.isfinite(cost.flat[best]):
            return None
        for axis, (labels, _), at in zip(self._axes, sides, np.unravel_index(best, cost.shape), strict=True):
            here[axis] = np.append(here[axis], labels[at])
        return np.unique(self._index[np.ix_(*here)])

    def _side(self, axis: int, here: Indices, down: float, up: float) -> tuple[Indices, Mask]:
        """Labels of an opposite cell along one axis, those whose corner beside the cell has room, the cheapest of them; and
        whether that corner falls as the cell rises: parts fall for each other, a total rises with its parts."""
        beside = tuple(slice(None) if each == axis else code for each, code in enumerate(here))
        falls = np.full(self._shape[axis], here[axis] != self._total[axis])
        if self._total[axis] >= 0:
            falls[self._total[axis]] = False
        costs = np.where(self._values[beside] >= np.where(falls, up, down), self._costs[beside], np.inf)
        costs[here[axis]] = np.inf
        labels = np.argsort(costs, kind="stable")[: int(_CORNERS ** (1 / len(self._axes)))]
        labels = labels[np.isfinite(costs[labels])]
        return labels, falls[labels]

    def _priced(
        self, here: list[Indices], sides: list[tuple[Indices, Mask]], changed: tuple[bool, ...], down: float, up: float
    ) -> Values:
        """The price of the corners that differ from the cell along the ``changed`` axes, for every choice of labels."""
        at, falling = list(here), np.zeros(1, bool)
        for place, (axis, (labels, falls), change) in enumerate(zip(self._axes, sides, changed, strict=True)):
            if change:
                along = (-1,) + (1,) * (len(sides) - 1 - place)
                at[axis], falling = labels.reshape(along), falling ^ falls.reshape(along)
        corners = tuple(at)
        room = self._values[corners] >= np.where(falling, up, down)
        return np.asarray(np.where(room, self._costs[corners], np.inf))
