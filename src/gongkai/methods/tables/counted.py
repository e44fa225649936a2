"""Counts and amounts of a table of cells 计数与金额: read, checked, and how far each must be able to lie from its value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from gongkai.errors import DataError
from gongkai.methods.columns.exact_numbers import counted, scale
from gongkai.methods.columns.plain import plain
from gongkai.methods.tables.cells import Cells, Mask, Values
from gongkai.methods.tables.feasible_changes import DOWN, UP

_NEARLY = 1e-9
"""By how much of itself a total of floats may miss its sum."""
_STEP = 1e-6


@dataclass(frozen=True, slots=True)
class Rule:
    """A count above 0 (0 too with ``zeros``) and below ``least`` is sensitive. ``protect``: the share of an amount beside it
    that must stay open."""

    least: int
    zeros: bool
    protect: float


@dataclass(frozen=True, slots=True, eq=False)
class CountColumn:
    """``values`` of a count (``whole``) in ones, of an amount in its column's steps; 0 where ``missing``. ``step``: the least
    difference of two amounts."""

    name: str
    values: Values
    missing: Mask
    whole: bool
    step: float

    def small(self, rule: Rule) -> Mask:
        """Which counts are about few people; no amount is by itself."""
        low = self.values >= 0 if rule.zeros else self.values > 0
        return np.asarray(self.whole & low & (self.values < rule.least) & ~self.missing)

    def sensitive(self, small: Mask, rule: Rule) -> Mask:
        """Its own small counts, or its amounts where any count is ``small``."""
        return self.small(rule) if self.whole else small & ~self.missing

    def needs(self, cells: Cells, sensitive: Mask, rule: Rule) -> Values:
        """How far below and above its value each sensitive cell must be able to lie, where no sum known from elsewhere forbids
        it."""
        if self.whole:
            down, up = self.values, rule.least - self.values
        else:
            down, up = rule.protect * self.values, np.maximum(rule.protect * self.values, self.step)
        known = cells.lines[~cells.closed]
        line, cell = known.nonzero()
        room = np.full(len(down), np.inf)
        np.minimum.at(room, cell, (known @ self.values)[line] - self.values[cell])
        needs = np.zeros((2, len(down)))
        needs[DOWN], needs[UP] = down, np.minimum(up, np.maximum(room, 0))
        return np.where(sensitive, needs, 0)


def read(column: pa.ChunkedArray, name: str, rows: Any, cells: Cells, *, holds: str = "count") -> CountColumn:
    """The column in the order of the cells. DataError for a number below 0, a count that is not whole, a total that is not the
    sum of its cells."""
    ordered = plain(column).take(pa.array(rows))
    missing = ordered.is_null().to_numpy(zero_copy_only=False)
    digits = scale(ordered)
    exact = counted(ordered) if digits is not None else ordered.fill_null(0).to_numpy(zero_copy_only=False).astype(np.float64)
    whole, ones = holds == "count", 10 ** (digits or 0)
    wrong = ~((exact >= 0) & (exact < np.inf))
    if whole:
        wrong[~wrong] = exact[~wrong] % ones != 0
    if wrong.any():
        message = "a count is a whole number of at least 0" if whole else "an amount is a number of at least 0"
        raise DataError.of("small_cells.value", message, column=name, count=int(wrong.sum()))
    broken = _broken(cells, exact, missing)
    if broken:
        raise DataError.of("small_cells.total", "totals are not the sum of their cells", column=name, count=broken)
    values = np.asarray(exact // ones if whole else exact, np.float64)
    return CountColumn(name, values, missing, whole, 1.0 if digits is not None else _STEP * float(values.max(initial=0)) or 1.0)


def _broken(cells: Cells, exact: Any, missing: Mask) -> int:
    """How many lines have a total that is not the sum of their parts; one with a missing cell cannot be told."""
    lines = cells.lines[cells.closed]
    if not lines.shape[0]:
        return 0
    starts = lines.indptr[:-1]
    addends = lines.data.astype(exact.dtype) * exact[lines.indices]
    tolerance = _NEARLY * np.add.reduceat(np.abs(addends), starts) if exact.dtype == np.float64 else 0
    off = np.abs(np.add.reduceat(addends, starts)) > tolerance
    return int((off & ~np.logical_or.reduceat(missing[lines.indices], starts)).sum())
