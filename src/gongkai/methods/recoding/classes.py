"""Equivalence classes 等价类: rows whose treated cells are equal, how many rows or persons each has, and its sensitive values.

Cells are whole numbers from 0, which stand for values; a column's span is one more than its largest. Coarser classes are made
of finer ones, so the rows are read once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Numbers: TypeAlias = npt.NDArray[np.integer[Any]]
Flags: TypeAlias = npt.NDArray[np.bool_]

_WIDEST = 2**62
"""Keys that 64 bits hold."""


@dataclass(frozen=True, slots=True)
class Members:
    """Who or what stands in which class: each pair of class and member once. Members are numbers below ``span``."""

    classes: Numbers
    members: Numbers
    span: int

    def counts(self, classes: int) -> Numbers:
        """How many different members each of so many classes has."""
        return np.bincount(self.classes, minlength=classes)


@dataclass(frozen=True, slots=True)
class Classes:
    """``cells``: per column, the finest value of one row of each class. ``rows``: how many rows each has.

    ``persons`` counts, by class, those whose rows all stand in it; ``shared`` are the others. Without them rows count.
    """

    cells: tuple[Numbers, ...]
    rows: Numbers
    persons: Numbers | None = None
    shared: Members | None = None
    sensitive: tuple[Members, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def held(self) -> int:
        """How many numbers are held."""
        members = [*self.sensitive, *([self.shared] if self.shared is not None else [])]
        return len(self.rows) * (len(self.cells) + 2) + sum(2 * len(each.members) for each in members)

    @property
    def sizes(self) -> Numbers:
        """Persons of each class, or rows."""
        if self.persons is None or self.shared is None:
            return self.rows
        return self.persons + self.shared.counts(len(self))

    def weak(self, k: int, diversity: int) -> Flags:
        """Classes of fewer than ``k`` rows or persons, or of fewer than ``diversity`` values of a sensitive column."""
        weak: Flags = self.sizes < k
        for values in self.sensitive:
            weak |= values.counts(len(self)) < diversity
        return weak


def tabulate(
    columns: Sequence[Numbers], spans: Sequence[int], persons: Numbers | None = None, sensitive: Sequence[Numbers] = ()
) -> tuple[Classes, Numbers]:
    """The classes of rows given column by column, and the class of every row.

    ``persons`` and ``sensitive`` hold a number for every row; a person below 0 is nobody.

    >>> classes, places = tabulate([np.array([1, 0, 1]), np.array([0, 0, 0])], [2, 1])
    >>> classes.rows.tolist(), places.tolist()
    ([1, 2], [1, 0, 1])
    >>> tabulate([np.array([1, 0, 1])], [2], persons=np.array([7, -1, 7]))[0].sizes.tolist()
    [0, 1]
    """
    places, first = group(columns, spans)
    cells = tuple(column[first] for column in columns)
    rows = np.bincount(places, minlength=len(first))
    values = tuple(_members(places, each) for each in sensitive)
    if persons is None:
        return Classes(cells, rows, sensitive=values), places
    known = persons >= 0
    alone, shared = _split(_members(places[known], persons[known]))
    return Classes(cells, rows, alone.counts(len(first)), shared, values), places


def coarsen(classes: Classes, columns: Sequence[Numbers], spans: Sequence[int]) -> tuple[Classes, Numbers]:
    """The classes that these become where they are equal in ``columns``, one number for each class, and which becomes which.

    >>> fine, _ = tabulate([np.array([0, 1, 2, 2])], [3])
    >>> coarse, places = coarsen(fine, [np.array([0, 0, 1])], [2])
    >>> coarse.rows.tolist(), places.tolist()
    ([2, 2], [0, 0, 1])
    """
    places, first = group(columns or [np.zeros(len(classes), np.int8)], spans or [1])
    cells = tuple(column[first] for column in classes.cells)
    rows = _summed(places, classes.rows, len(first))
    values = tuple(_moved(each, places) for each in classes.sensitive)
    if classes.persons is None or classes.shared is None:
        return Classes(cells, rows, sensitive=values), places
    alone, shared = _split(_moved(classes.shared, places))
    persons = _summed(places, classes.persons, len(first)) + alone.counts(len(first))
    return Classes(cells, rows, persons, shared, values), places


def group(columns: Sequence[Numbers], spans: Sequence[int]) -> tuple[Numbers, Numbers]:
    """The number of each row's class, and one row of every class. Classes are numbered in the order of their cells.

    >>> [each.tolist() for each in group([np.array([2, 0, 2])], [3])]
    [[1, 0, 1], [1, 2]]
    """
    keys, span = columns[0].astype(np.int64), spans[0]
    for column, its_span in zip(columns[1:], spans[1:], strict=True):
        cells, cells_span = column, its_span
        if span * its_span > _WIDEST:
            packed, first = _packed(keys, span)
            keys, span = packed.astype(np.int64), len(first)
        if span * its_span > _WIDEST:
            cells, first = _packed(column, its_span)
            cells_span = len(first)
        keys *= cells_span
        keys += cells
        span *= cells_span
    return _packed(keys, span)


def _packed(keys: Numbers, span: int) -> tuple[Numbers, Numbers]:
    """Keys renumbered without gaps, and where one of each stands."""
    kind: Any = np.int32 if max(len(keys), span) < 2**31 else np.int64
    if span <= 4 * len(keys) + 1024:
        taken = np.zeros(span, bool)
        taken[keys] = True
        numbers = np.cumsum(taken, dtype=kind)
        places = numbers[keys]
        places -= 1
        first = np.empty(int(numbers[-1]), kind)
        first[places] = np.arange(len(keys), dtype=kind)
        return places, first
    order = np.argsort(keys)
    ordered = keys[order]
    new = np.ones(len(keys), bool)
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    numbers = np.cumsum(new, dtype=kind)
    places = np.empty(len(keys), kind)
    places[order] = numbers
    places -= 1
    return places, order[new]


def _summed(places: Numbers, counts: Numbers, classes: int) -> Numbers:
    """Exact: counts stay far below 2^53."""
    return np.bincount(places, counts, classes).astype(np.int64)


def _members(places: Numbers, members: Numbers) -> Members:
    return _once(places, members, int(members.max(initial=0)) + 1)


def _moved(members: Members, places: Numbers) -> Members:
    return _once(places[members.classes], members.members, members.span)


def _once(classes: Numbers, members: Numbers, span: int) -> Members:
    if not len(classes):
        return Members(classes, members, span)
    _, first = group([classes, members], [int(classes.max()) + 1, span])
    return Members(classes[first], members[first], span)


def _split(people: Members) -> tuple[Members, Members]:
    """Those who stand in one class, and those who stand in several."""
    alone = np.bincount(people.members, minlength=people.span)[people.members] == 1
    return (
        Members(people.classes[alone], people.members[alone], people.span),
        Members(people.classes[~alone], people.members[~alone], people.span),
    )
