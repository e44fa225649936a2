"""l-diversity 多样性 and t-closeness 接近性: what a class tells of its people's sensitive values, without telling them apart.

Distinct and entropy l-diversity after Machanavajjhala et al. 2007: the fewest values of a class, and the fewest it looks
like by its entropy. t-closeness after Li, Li & Venkatasubramanian 2007: the earth mover's distance from a class's values to
the whole file's, by ordered distance where values have an order (numbers, dates), else by equal distance. NULL is a value
of its own.

An order has no place for NULL: it stands at distance 1 from every value. What a class holds more or less of it then counts in
full, and the other values are compared among themselves in the share that both have; equal distance is taken where it is
less. That is the distance itself where class and file have the same share of NULL, else at least the distance.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from gongkai.risk import table

Distance: TypeAlias = Literal["ordered", "equal"]
Numbers: TypeAlias = npt.NDArray[np.float64]
Indices: TypeAlias = npt.NDArray[np.int64]

_BATCH = 1 << 20


@dataclass(frozen=True, slots=True)
class ColumnDiversity:
    """One sensitive column: its worst class by each measure. ``values``: distinct values in the file, NULL among them."""

    name: str
    values: int
    distance: Distance
    l_distinct: int
    l_entropy: float
    t: float


@dataclass(frozen=True, slots=True)
class Diversity:
    """The sensitive columns of a file, and the worst of them. A file without rows has l = 0.

    >>> ill, paid = ColumnDiversity("病种", 9, "equal", 3, 2.5, 0.2), ColumnDiversity("收入", 50, "ordered", 4, 1.9, 0.1)
    >>> Diversity((ill, paid)).l_entropy
    1.9
    """

    columns: tuple[ColumnDiversity, ...]

    @property
    def l_distinct(self) -> int:
        return min(column.l_distinct for column in self.columns)

    @property
    def l_entropy(self) -> float:
        return min(column.l_entropy for column in self.columns)

    @property
    def t(self) -> float:
        return max(column.t for column in self.columns)

    def document(self) -> dict[str, Any]:
        """Everything as JSON values."""
        return {
            "l_distinct": self.l_distinct,
            "l_entropy": self.l_entropy,
            "t": self.t,
            "columns": [asdict(column) for column in self.columns],
        }


def measure(
    staged: Path,
    quasi: Sequence[str],
    sensitive: Sequence[str],
    *,
    person: str | Path | None = None,
    hidden: str | None = None,
    memory: str = table.MEMORY,
    temp: Path | None = None,
) -> Diversity:
    """l and t of the columns ``sensitive`` in the equivalence classes that the columns ``quasi`` of ``staged`` make.

    ``person`` and ``hidden`` as for ``classes.group``: a value counts once for each person of a class who has it, else once
    for each row.
    Raises ValueError without a sensitive column, ConfigError for a column that is not there, DataError ``risk.failed``.

    >>> measure(Path("/nowhere.parquet"), ["sex"], [])
    Traceback (most recent call last):
        ...
    ValueError: name at least one sensitive column
    """
    if not sensitive:
        raise ValueError("name at least one sensitive column")
    types = table.schema(staged)
    with table.connected(memory, temp) as connection:
        given = table.shown(table.rows(connection, staged, quasi, sensitive=sensitive, person=person), staged, quasi, hidden)
        columns = ", ".join(table.quasi_names(quasi))
        given.aggregate(columns, columns).project("row_number() OVER () AS class, *").create("class")
        found = []
        for index, name in enumerate(sensitive):
            cells = _cells(connection, given.project(f"*, s{index} AS s"), table.quasi_names(quasi), person is not None)
            found.append(_column(connection, cells, name, _distance(types.field(name).type)))
    return Diversity(tuple(found))


def _distance(kind: pa.DataType) -> Distance:
    ordered = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal, pa.types.is_temporal, pa.types.is_boolean)
    return "ordered" if any(holds(kind) for holds in ordered) else "equal"


def _cells(connection: Any, rows: Any, names: Sequence[str], person: bool) -> Any:
    """How many of each class have which sensitive value: ``class s n``."""
    columns = ", ".join([*names, "s"])
    counted = table.by_person(rows, columns, "n") if person else rows.aggregate(f"{columns}, count(*) AS n", columns)
    classes = connection.table("class").set_alias("class")
    numbered = counted.set_alias("counted").join(classes, table.equal("counted", "class", names))
    return _kept(connection, "cell", numbered.project("class.class AS class, s, n"))


def _column(connection: Any, cells: Any, name: str, distance: Distance) -> ColumnDiversity:
    """The figures of one sensitive column: DuckDB counts and sorts, numpy measures class after class."""
    totals = cells.aggregate("s, sum(n)::BIGINT AS total", "s")
    values = _kept(connection, "value", totals.project("s, total, row_number() OVER (ORDER BY s NULLS LAST) - 1 AS rank"))
    file = values.order("rank").project("total, s IS NULL AS empty").fetchnumpy()
    worst = _Worst(np.asarray(file["total"]), bool(np.any(file["empty"])), distance)
    ranked = cells.set_alias("cell").join(values.set_alias("value"), table.equal("cell", "value", ["s"]))
    for portion in _whole(ranked.project("class, rank, n").order("class, rank").to_arrow_reader(_BATCH)):
        worst.add(*portion)
    return ColumnDiversity(name, len(file["total"]), distance, worst.l_distinct, worst.l_entropy, worst.t)


def _kept(connection: Any, name: str, relation: Any) -> Any:
    """A relation computed once and kept where it can spill."""
    connection.execute(f"DROP TABLE IF EXISTS {name}")
    relation.create(name)
    return connection.table(name)


def _whole(cells: Iterator[pa.RecordBatch]) -> Iterator[tuple[Indices, Indices, Indices]]:
    """Where classes start, ranks and counts, in portions of whole classes: the last one of a batch waits for the next."""
    held = np.empty((3, 0), np.int64)
    for batch in cells:
        held = np.concatenate([held, np.array([column.to_numpy() for column in batch.columns], np.int64)], axis=1)
        cut = int(np.searchsorted(held[0], held[0, -1])) if held.shape[1] else 0
        if cut:
            yield _portion(held[:, :cut])
            held = held[:, cut:]
    if held.shape[1]:
        yield _portion(held)


def _portion(cells: Indices) -> tuple[Indices, Indices, Indices]:
    starts = np.flatnonzero(np.diff(cells[0], prepend=cells[0, 0] - 1))
    return starts, cells[1], cells[2]


class _Worst:
    """The worst class so far. ``counts``: how often each value of the file occurs, in the order of values, NULL last."""

    def __init__(self, counts: Indices, empty: bool, distance: Distance) -> None:
        self._share: Numbers = counts / max(1, counts.sum())
        self._ordered = distance == "ordered"
        self._null = float(self._share[-1]) if empty else 0.0
        self._known = len(counts) - empty
        running = np.cumsum(counts[: self._known])
        self._below: Numbers = running / max(1, counts[: self._known].sum())
        self._sum: Numbers = np.concatenate([[0.0], np.cumsum(self._below)])
        self.l_distinct, self.l_entropy, self.t = 0, 0.0, 0.0

    def add(self, starts: Indices, ranks: Indices, counts: Indices) -> None:
        """Classes begin at ``starts``; each has its values' ranks, rising, and their counts."""
        sizes = np.diff(starts, append=len(ranks))
        share: Numbers = counts / np.repeat(np.add.reduceat(counts, starts), sizes)
        entropy = np.exp(-np.add.reduceat(share * np.log(share), starts))
        t = self._more(starts, ranks, share)
        if self._ordered:
            t = np.minimum(t, self._moved(starts, ranks, counts))
        self.l_distinct = min(self.l_distinct or len(ranks), int(sizes.min()))
        self.l_entropy = min(self.l_entropy or len(ranks), float(entropy.min()))
        self.t = max(self.t, float(t.max()))

    def _more(self, starts: Indices, ranks: Indices, share: Numbers) -> Numbers:
        """Equal distance: the share by which values are more frequent in the class than in the file."""
        more: Numbers = np.add.reduceat(np.maximum(share - self._share[ranks], 0), starts)
        return more

    def _moved(self, starts: Indices, ranks: Indices, counts: Indices) -> Numbers:
        """Ordered distance: the mean over the file's values of the difference between both distributions up to there."""
        sizes = np.diff(starts, append=len(ranks))
        known_counts = np.where(ranks < self._known, counts, 0)
        known_totals = np.add.reduceat(known_counts, starts)
        known = known_totals / np.add.reduceat(counts, starts)
        # the class's distribution is a step: level from a value's rank to the rank of the class's next value
        running = np.cumsum(known_counts)
        before = running[starts] - known_counts[starts]
        level = (running - np.repeat(before, sizes)) / np.repeat(np.maximum(known_totals, 1), sizes)
        stops = np.append(ranks[1:], self._known)
        stops[starts[1:] - 1] = self._known
        steps = np.add.reduceat(self._gap(ranks, stops, level), starts) + self._sum[ranks[starts]]
        moved = np.where(known_totals > 0, steps / max(1, self._known - 1), 0.0)
        return np.asarray(np.abs(1 - known - self._null) + np.minimum(known, 1 - self._null) * moved)

    def _gap(self, starts: Indices, stops: Indices, level: Numbers) -> Numbers:
        """Sum of ``|level - below|`` over the ranks from each start up to its stop; ``below`` rises, so it crosses once."""
        cross = np.clip(np.searchsorted(self._below, level), starts, stops)
        under = level * (cross - starts) - (self._sum[cross] - self._sum[starts])
        over = (self._sum[stops] - self._sum[cross]) - level * (stops - cross)
        return np.asarray(under + over)
