"""The search over the lattice of recodings 泛化格: of all combinations of levels, the one that loses least.

A node is one level per column. Best-first branch and bound: what a node loses before a row is suppressed is a sum over columns
and never falls towards coarser levels, so nodes are taken in its order and the search ends where it passes the best loss found.
Rows in weak classes never become more towards coarser levels either (Samarati, IEEE TKDE 13(6), 2001): whatever is finer than a
node with too many of them has too many itself. On the way up from a node that nothing is known of, bisection finds where that
ends (Kohlmayer et al., Flash, PASSAT 2012).
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from gongkai.errors import ConfigError
from gongkai.methods.recoding.classes import Classes, Flags, Numbers, coarsen
from gongkai.methods.recoding.loss import Floats, Loss

Node: TypeAlias = tuple[int, ...]
LARGEST = 2**24
"""Nodes of a lattice that is still searched: ten columns of five levels."""
_KEPT = 64
"""Nodes whose classes are kept, to make coarser ones of."""
_UNKNOWN, _REACHABLE, _OUT, _TAKEN = range(4)


@dataclass(frozen=True, slots=True)
class Limits:
    """A node holds when at most ``budget`` rows stand in weak classes: of fewer than ``k`` rows or persons, or of fewer than
    ``diversity`` values of a sensitive column."""

    k: int
    budget: int = 0
    diversity: int = 1


@dataclass(frozen=True, slots=True)
class Recoding:
    """The level of each column, what all columns and each lose together, and the classes that are left.

    ``suppressed`` rows stood in weak classes; ``smallest`` is the size of the smallest other class, 0 where there is none.
    ``evaluated`` of all ``nodes`` had their classes counted.
    """

    levels: Node
    loss: float
    losses: tuple[float, ...]
    suppressed: int
    classes: int
    smallest: int
    evaluated: int
    nodes: int


class Lattice:
    """All nodes over the classes of the finest levels. ``groups``: per column and level, the group of each finest value.

    ConfigError where there are more nodes than ``LARGEST``.
    """

    def __init__(self, finest: Classes, groups: Sequence[Sequence[Numbers]], loss: Loss, limits: Limits) -> None:
        self.finest, self.limits = finest, limits
        self.top = tuple(len(levels) - 1 for levels in groups)
        self._groups, self._loss = groups, loss
        self._spans = [[int(each.max()) + 1 for each in levels] for levels in groups]
        self._nodes = math.prod(map(len, groups))
        if self._nodes > LARGEST:
            remedy = "treat fewer columns, or limit their ladders with finest and coarsest"
            raise ConfigError.of(f"more than {LARGEST:,} combinations of levels", remedy)
        self._totals = [
            [_total(cells, column, finest.rows) for cells in levels]
            for levels, column in zip(loss.cells, finest.cells, strict=True)
        ]
        self._bounds = _sums(self._totals)
        self._states = np.full(self._bounds.shape, _UNKNOWN, np.uint8)
        self._counted = OrderedDict[Node, Classes]()
        self._evaluated = 0
        self._best: Recoding | None = None

    def search(self) -> Recoding | None:
        """The recoding that loses least, of equal ones the first in the order of levels; None where no node holds."""
        if not self._holds(self.top):
            return None
        for place in np.argsort(self._bounds, axis=None, kind="stable"):
            state = self._states.flat[place]
            if state in (_OUT, _TAKEN):
                continue
            node = tuple(int(level) for level in np.unravel_index(place, self._bounds.shape))
            if self._best is not None and (self._bounds[node], node) > (self._best.loss, self._best.levels):
                break
            if state == _REACHABLE:
                self._holds(node)
            else:
                self._climb(node)
        return self._best and replace(self._best, evaluated=self._evaluated)

    def at(self, node: Node, *, without: Collection[int] = (), of: Classes | None = None) -> tuple[Classes, Numbers]:
        """The classes of a node, ``without`` some columns, and which of the finest (or of others, finer than it) goes where."""
        finer = self.finest if of is None else of
        used = [(column, level) for column, level in enumerate(node) if column not in without]
        used = [(column, level) for column, level in used if self._spans[column][level] > 1]
        columns = [self._groups[column][level][finer.cells[column]] for column, level in used]
        return coarsen(finer, columns, [self._spans[column][level] for column, level in used])

    def weak(self, classes: Classes) -> Flags:
        return classes.weak(self.limits.k, self.limits.diversity)

    def _climb(self, node: Node) -> None:
        """Settle a node that nothing is known of, by bisection of the cheapest way up from it."""
        way = [node, *self._way_up(node)]
        low, high = 0, len(way)
        while low < high:
            middle = (low + high) // 2
            if self._holds(way[middle]):
                high = middle
            else:
                low = middle + 1

    def _way_up(self, node: Node) -> list[Node]:
        """The nodes above, each a step cheapest from the one before, while nothing is known of them and they may be best."""
        way: list[Node] = []
        while node != self.top:
            steps = [column for column, level in enumerate(node) if level < self.top[column]]
            node = min((_raised(node, column) for column in steps), key=lambda each: (self._bounds[each], each))
            if self._states[node] != _UNKNOWN or (self._best is not None and self._bounds[node] > self._best.loss):
                break
            way.append(node)
        return way

    def _holds(self, node: Node) -> bool:
        """Count a node's classes, and mark what that says of finer or coarser nodes."""
        classes = self._made(node)
        weak = self.weak(classes)
        suppressed = int(classes.rows[weak].sum())
        self._evaluated += 1
        if suppressed > self.limits.budget:
            self._states[tuple(slice(level + 1) for level in node)] = _OUT
            return False
        above = self._states[tuple(slice(level, None) for level in node)]
        above[above == _UNKNOWN] = _REACHABLE
        self._states[node] = _TAKEN
        found = self._recoding(node, classes, weak)
        if self._best is None or (found.loss, found.levels) < (self._best.loss, self._best.levels):
            self._best = found
        return True

    def _recoding(self, node: Node, classes: Classes, weak: Flags) -> Recoding:
        more = [0.0] * len(node)
        if self._loss.suppressed is not None and weak.any():
            for column, level in enumerate(node):
                lost = self._loss.suppressed[column] - self._loss.cells[column][level]
                more[column] = _total(lost, classes.cells[column][weak], classes.rows[weak])
        sizes = classes.sizes[~weak]
        return Recoding(
            levels=node,
            loss=float(self._bounds[node]) + sum(more),
            losses=tuple(self._totals[column][level] + more[column] for column, level in enumerate(node)),
            suppressed=int(classes.rows[weak].sum()),
            classes=len(sizes),
            smallest=int(sizes.min()) if len(sizes) else 0,
            evaluated=self._evaluated,
            nodes=self._nodes,
        )

    def _made(self, node: Node) -> Classes:
        """The classes of a node, made of the fewest finer ones at hand; kept, together no more than twice the finest."""
        finer = [classes for known, classes in self._counted.items() if all(map(int.__le__, known, node))]
        made, _ = self.at(node, of=min(finer, key=len, default=self.finest))
        self._counted[node] = made
        while len(self._counted) > _KEPT or sum(each.held for each in self._counted.values()) > 2 * self.finest.held:
            self._counted.popitem(last=False)
        return made


def _total(cells: Floats, column: Numbers, rows: Numbers) -> float:
    """Summed value by value, so that the order of rows leaves no trace in the last digit."""
    return float(np.sum(cells * np.bincount(column, rows, len(cells))))


def _sums(totals: Sequence[Sequence[float]]) -> Floats:
    """What every node loses: one dimension per column."""
    sums: Floats = np.zeros(())
    for levels in totals:
        sums = sums[..., None] + np.array(levels)
    return sums


def _raised(node: Node, column: int) -> Node:
    return (*node[:column], node[column] + 1, *node[column + 1 :])
