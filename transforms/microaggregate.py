"""microaggregate 微聚合: records are put in groups of at least k similar ones, and each number becomes that of its group.

Domingo-Ferrer & Mateo-Sanz (2002). One column is cut into the best runs, as Hansen & Mukherjee (2003) find them; several
columns are grouped together by MDAV, each in its own standard deviations, above 20,000 records in blocks along the first
principal component: every record has the same k-1 or more others beside it in all of them. Equal records are always in one
group, so that the result does not hang on the order of the rows. That may lose more than parting them would, where many are
equal, but then chance would say who gets which mean.

It is rows that k counts: where a person has many of them, a group may be about few.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gongkai.batches import Batches
from gongkai.disclosure import Disclosure, Form
from gongkai.errors import DataError, Reason
from gongkai.methods.columns import exact_numbers as numbers
from gongkai.methods.columns.exact_numbers import Counts
from gongkai.methods.recoding import groups as _groups
from gongkai.methods.recoding.spilled_table import halve, rejoin
from gongkai.methods.table import StagedTable, Treatment

TITLE = "微聚合"
VERSION = 1
TYPES = frozenset({"integer", "decimal", "float"})
Middle: TypeAlias = Literal["mean", "median"]
_LARGE = 2.0**900
"""Floats whose sum might overflow."""
_NONE = -1
"""Rank and group of a row that has no value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """ValueError where they hide nobody."""

    k: int = 20
    """How many records a group has at least, 2 or more."""

    def __post_init__(self) -> None:
        if self.k < 2:
            raise ValueError("k is 2 or more: a group of one hides nobody")


def stage(batches: Batches, params: Params, treatment: Treatment) -> Batches:
    """The rows with each number of the treated columns replaced by its group's, rounded half to even where the type has steps.

    Each value that comes out stands in ``k`` rows or more. A null stays null, a float that is not finite becomes null. Groups
    are made of the records that have all their values; one that lacks some joins the nearest group by those it has. DataError
    ``microaggregate.too_few`` where there are values, but fewer than ``k`` records have all. How many groups were made, and
    what share of each column's variance is lost, is noted.

    >>> from pathlib import Path
    >>> from tempfile import mkdtemp
    >>> table = pa.record_batch({"pay": [900, 5000, 1001, None, 5200]})
    >>> given = Treatment(columns={"pay": {}}, entities={}, scratch=Path(mkdtemp()))
    >>> [batch.column("pay").to_pylist() for batch in stage(iter([table]), Params(k=2), given)]
    [[950, 5100, 950, None, 5100]]
    >>> list(stage(iter([table]), Params(), given))
    Traceback (most recent call last):
        ...
    gongkai.errors.DataError: microaggregate.too_few: fewer than k records have all their values (4 values)
    """
    halves = halve(batches, treatment.columns, treatment.scratch)
    if halves is None:
        return
    read = {name: _Column(column) for name, column in halves.treated.items()}
    groups = _grouped(list(read.values()), params.k) if read else np.empty(0, np.int64)
    lost = {name: column.lost(groups) for name, column in read.items()}
    treatment.note({"k": params.k, "groups": len(np.unique(groups[groups != _NONE])), "lost": lost})
    results = {name: _sliced(read[name].middles(groups, **given)) for name, given in treatment.columns.items()}
    yield from rejoin(halves, results)


def broken(params: Params, columns: Mapping[str, Mapping[str, Any]], staged: StagedTable) -> Iterator[Reason]:
    """Why the staged table is not what was promised: a value that stands in fewer than ``k`` rows."""
    for name in columns:
        nulls = staged.count(name, "IS NULL")
        few = staged.classes([name]).below(params.k) - (nulls if nulls < params.k else 0)
        if few:
            yield Reason("kept.microaggregate", f"are means of fewer than {params.k}", name, few)


def output(type: str, *, to: Middle = "mean") -> str:
    """The same type; ValueError for a column that holds no numbers.

    >>> output("decimal(12,2)")
    'decimal(12,2)'
    >>> output("text")
    Traceback (most recent call last):
        ...
    ValueError: only numbers have a mean: integer, decimal or float
    """
    if type.partition("(")[0] not in TYPES:
        raise ValueError("only numbers have a mean: integer, decimal or float")
    return type


def reveals(entity: str, *, to: Middle = "mean") -> Disclosure:
    """Near which value it lies.

    >>> reveals("INCOME").form.name
    'COARSE'
    """
    if to not in ("mean", "median"):
        raise ValueError("to is one of mean, median")
    return Disclosure(Form.COARSE, parts=frozenset({"range"}))


class _Column:
    """A treated column: its distinct ``values``, rising, and the ``ranks`` of its rows among them."""

    def __init__(self, column: pa.Array) -> None:
        self.type, self.floats = column.type, pa.types.is_floating(column.type)
        held = column.is_valid()
        if self.floats:
            held = pc.fill_null(pc.is_finite(column), False)
        real = column.filter(held)
        exact = real.to_numpy().astype(np.float64) if numbers.scale(real) is None else numbers.counted(real)
        self.values, ranks = np.unique(exact, return_inverse=True)
        self.ranks = np.full(len(column), _NONE, np.int64)
        self.ranks[held.to_numpy(zero_copy_only=False)] = ranks

    def places(self, ranks: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """Where the values lie between -1 and 1: no square of a distance can overflow."""
        floats = self.values.astype(np.float64)
        return np.asarray((floats / (np.abs(floats).max() or 1))[ranks])

    def lost(self, groups: npt.NDArray[np.int64]) -> float:
        """Squared distances to the groups' means as a share of those to the mean of all (Domingo-Ferrer & Mateo-Sanz 2002)."""
        held = self.ranks != _NONE
        if not held.any():
            return 0.0
        places, groups = self.places(self.ranks[held]), groups[held]
        means = np.bincount(groups, places) / np.maximum(np.bincount(groups), 1)
        return round(float(((places - means[groups]) ** 2).sum() / (((places - places.mean()) ** 2).sum() or 1)), 6)

    def middles(self, groups: npt.NDArray[np.int64], *, to: Middle = "mean") -> pa.Array:
        """Every row's published value. Rows are taken by group, then by value: the same sum whatever order they came in."""
        rows = np.flatnonzero(self.ranks != _NONE)
        rows = rows[np.lexsort((self.ranks[rows], groups[rows]))]
        if not len(rows):
            return pa.nulls(len(groups), self.type)
        starts = np.flatnonzero(np.diff(groups[rows], prepend=_NONE))
        sizes = np.diff(starts, append=len(rows))
        ordered = self.values[self.ranks[rows]]
        middles = _means(ordered, starts, sizes) if to == "mean" else _medians(ordered, starts, sizes)
        at = np.full(len(groups), _NONE, np.int64)
        at[rows] = np.repeat(np.arange(len(starts)), sizes)
        held = np.ones(len(middles), bool)
        published = pa.array(middles, self.type) if self.floats else numbers.column(middles, held, self.type)
        return published.take(pa.array(at, mask=at == _NONE))


def _grouped(columns: list[_Column], k: int) -> npt.NDArray[np.int64]:
    """The group of every row; none for a row without any value."""
    ranks = np.stack([column.ranks for column in columns], axis=1)
    known = ranks != _NONE
    groups = np.full(len(ranks), _NONE, np.int64)
    if not known.any():
        return groups
    complete = known.all(axis=1)
    if complete.sum() < k:
        raise DataError.of("microaggregate.too_few", "fewer than k records have all their values", count=int(complete.sum()))
    records, inverse, counts = np.unique(ranks[complete], axis=0, return_inverse=True, return_counts=True)
    points = _points(columns, records)
    found = _groups.univariate(points[:, 0], counts, k) if len(columns) == 1 else _groups.multivariate(points, counts, k)
    groups[complete] = found[inverse.ravel()]
    rest = known.any(axis=1) & ~complete
    if rest.any():
        groups[rest] = _joined(columns, ranks[rest], points, found)
    return groups


def _points(columns: list[_Column], ranks: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    return np.stack([column.places(ranks[:, each]) for each, column in enumerate(columns)], axis=1)


def _joined(
    columns: list[_Column], ranks: npt.NDArray[np.int64], points: npt.NDArray[np.float64], found: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """For every incomplete record the group whose centre is nearest in the values it has."""
    from scipy.spatial import cKDTree

    scaled = _groups.standardized(points)
    sizes = np.bincount(found)
    centres = np.stack([np.bincount(found, each) / sizes for each in scaled.T], axis=1)
    known = ranks != _NONE
    groups = np.empty(len(ranks), np.int64)
    for pattern in np.unique(known, axis=0):
        rows = np.flatnonzero((known == pattern).all(axis=1))
        places = _groups.standardized(_points(columns, ranks[rows]), points)
        groups[rows] = cKDTree(centres[:, pattern]).query(places[:, pattern])[1]
    return groups


def _means(ordered: Counts, starts: npt.NDArray[np.int64], sizes: npt.NDArray[np.int64]) -> Counts:
    if ordered.dtype == np.float64:
        scale = 1.0 if np.abs(ordered).max() < _LARGE else 1 / _LARGE
        means = np.add.reduceat(ordered * scale, starts) / sizes / scale
        return np.clip(means, ordered[starts], ordered[starts + sizes - 1])  # a float mean may fall beside by its last bit
    return _quotients(np.add.reduceat(_roomy(ordered, int(sizes.max())), starts), sizes)


def _medians(ordered: Counts, starts: npt.NDArray[np.int64], sizes: npt.NDArray[np.int64]) -> Counts:
    low, high = ordered[starts + (sizes - 1) // 2], ordered[starts + sizes // 2]
    if ordered.dtype == np.float64:
        return np.asarray(low / 2 + high / 2)
    return _quotients(_roomy(low, 2) + _roomy(high, 2), np.full(len(low), 2))


def _quotients(sums: Counts, sizes: npt.NDArray[np.int64]) -> Counts:
    """To the nearest whole step, of two equally near the even one."""
    below = sums // sizes
    rest = 2 * (sums - below * sizes)
    return np.asarray(below + ((rest > sizes) | ((rest == sizes) & (below % 2 == 1))))


def _roomy(values: Counts, terms: int) -> Counts:
    """The values in a type that holds the sum of so many of them."""
    most = max(abs(int(values.min())), abs(int(values.max())))
    return values if most * terms < 2**62 else values.astype(object)


def _sliced(column: pa.Array) -> Callable[[int, int], pa.Array]:
    return lambda start, stop: column[start:stop]
