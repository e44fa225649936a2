"""Equivalence classes 等价类: how many people look alike in the columns an attacker may know.

k-anonymity after Samarati & Sweeney 1998 and GB/T 42460-2023 annex D. NULL is a value of its own: the one row without a
birth year stands out among those that have it. A class is counted in people where the file says who is who, else in rows:
twenty rows of one person hide nobody. What several rows of one person tell together is not measured here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, Literal, TypeAlias

from gongkai.errors import ConfigError
from gongkai.risk import table

Histogram: TypeAlias = tuple[tuple[int, int], ...]
"""Pairs of a class size and the number of classes of that size, smallest first. A file of n rows has at most √(2n) sizes."""
Matched: TypeAlias = tuple[tuple[int, int, int], ...]
"""Triples of a class's size in the file, its size in a register, and the number of classes that have both."""

THRESHOLDS = (2, 3, 5, 10, 20)
_EXACT = 20
"""Sizes up to this one stand alone in a report; larger ones are put into bands."""


@dataclass(frozen=True, slots=True)
class Classes:
    """The classes of one file. A person who stands in two classes is a unit of both, and one of ``people``. ``withheld``: rows
    whose quasi-identifiers were all suppressed, which are in no class.

    >>> Classes("row", rows=5, people=5, sizes=((1, 2), (3, 1))).k
    1
    """

    unit: Literal["row", "person"]
    rows: int
    people: int
    """Distinct persons, or rows where the file does not say who is who."""
    sizes: Histogram
    thresholds: tuple[int, ...] = THRESHOLDS
    withheld: int = 0

    @property
    def k(self) -> int:
        """The size of the smallest class; 0 for a file without rows."""
        return self.sizes[0][0] if self.sizes else 0

    @property
    def count(self) -> int:
        return sum(classes for _, classes in self.sizes)

    @property
    def units(self) -> int:
        """The sizes of all classes together."""
        return sum(size * classes for size, classes in self.sizes)

    @property
    def uniques(self) -> int:
        """Classes of a single person."""
        return self.below(2)

    def below(self, size: int) -> int:
        """Units in classes smaller than ``size``.

        >>> Classes("row", 5, 5, ((1, 2), (3, 1))).below(3)
        2
        """
        return sum(one * classes for one, classes in self.sizes if one < size)

    def document(self) -> dict[str, Any]:
        """Everything as JSON values; sizes above 20 in bands of 1-2-5."""
        return {
            "unit": self.unit,
            "rows": self.rows,
            "people": self.people,
            "units": self.units,
            "classes": self.count,
            "k": self.k,
            "uniques": self.uniques,
            "withheld": self.withheld,
            "below": [{"size": size, "units": self.below(size)} for size in self.thresholds],
            "sizes": _bands(self.sizes),
        }


def group(
    staged: Path,
    quasi: Sequence[str],
    *,
    person: str | Path | None = None,
    hidden: str | None = None,
    thresholds: Sequence[int] = THRESHOLDS,
    memory: str = table.MEMORY,
    temp: Path | None = None,
) -> Classes:
    """The equivalence classes of the Parquet file ``staged`` over the columns ``quasi``; one class where there are none.

    ``person``: the name of the column that says who a row is about, or a Parquet file with one column whose row i belongs to
    row i; rows of one person are counted once in a class, a null is a person of its own. ``hidden``: the text that stands in
    every quasi-identifier of a row that was suppressed. ``memory``: what DuckDB may hold; ``temp``: where it may spill, the
    system's folder where None.

    Raises ConfigError for a column that is not there, DataError ``risk.failed`` or ``risk.person``.

    >>> group(Path("/nowhere.parquet"), ["sex"])
    Traceback (most recent call last):
        ...
    gongkai.errors.DataError: risk.failed: the file could not be measured (FileNotFoundError)
    """
    with table.connected(memory, temp) as connection:
        given = table.rows(connection, staged, quasi, person=person)
        seen = table.shown(given, staged, quasi, hidden)
        classes = _sizes(seen, quasi, person is not None)
        found: Histogram = tuple(classes.aggregate("size, count(*)", "size").order("size").fetchall())
        rows = given.aggregate("count(*)").fetchone()[0]
        withheld = rows - seen.aggregate("count(*)").fetchone()[0] if hidden is not None else 0
        people = rows if person is None else _people(connection, staged, person)
    return Classes("row" if person is None else "person", rows, people, found, tuple(thresholds), withheld)


def match(
    staged: Path,
    register: Path,
    quasi: Sequence[str],
    *,
    person: str | Path | None = None,
    register_person: str | Path | None = None,
    memory: str = table.MEMORY,
    temp: Path | None = None,
) -> Matched:
    """How large each class of ``staged`` is in ``register``, a Parquet file of the population with the same columns.

    A class the register does not hold, or holds smaller, has its size in the file: those people do exist. Raises ConfigError
    for a column that is missing or of another type in one of the files, DataError as ``group`` does.
    """
    _check_types(staged, register, quasi)
    with table.connected(memory, temp) as connection:
        ours = _sizes(table.rows(connection, staged, quasi, person=person), quasi, person is not None)
        theirs = table.rows(connection, register, quasi, person=register_person)
        both = ours.set_alias("f").join(
            _sizes(theirs, quasi, register_person is not None).set_alias("r"),
            table.equal("f", "r", table.quasi_names(quasi)),
            how="left",
        )
        pairs = both.project("f.size AS size, greatest(f.size, coalesce(r.size, 0)) AS inside")
        found = pairs.aggregate("size, inside, count(*)", "size, inside").order("size, inside").fetchall()
    return tuple(found)


def _sizes(rows: Any, quasi: Sequence[str], person: bool) -> Any:
    """Every class and its size."""
    columns = ", ".join(table.quasi_names(quasi))
    if person:
        return table.by_person(rows, columns, "size")
    return rows.aggregate(f"{columns}, count(*) AS size", columns)


def _people(connection: Any, staged: Path, person: str | Path) -> int:
    """Distinct persons of the file, read from where they stand without joining them to the rows."""
    path, column = (staged, person) if isinstance(person, str) else (person, table.schema(person).names[0])
    found = table.by_person(table.rows(connection, path, [], person=column), "q0", "people").fetchone()
    return int(found[1]) if found else 0


def _check_types(staged: Path, register: Path, quasi: Iterable[str]) -> None:
    ours, theirs = table.schema(staged), table.schema(register)
    for name in quasi:
        if name in ours.names and name in theirs.names and ours.field(name).type != theirs.field(name).type:
            raise ConfigError.of(f"the column '{name}' has another type in the register", "give both the same type")


def _bands(sizes: Histogram) -> list[dict[str, int]]:
    bands: dict[tuple[int, int], list[int]] = {}
    for size, classes in sizes:
        band = bands.setdefault(_band(size), [0, 0])
        band[0] += classes
        band[1] += size * classes
    return [{"from": low, "to": high, "classes": band[0], "units": band[1]} for (low, high), band in bands.items()]


def _band(size: int) -> tuple[int, int]:
    """
    >>> _band(20), _band(21), _band(50), _band(51), _band(1001)
    ((20, 20), (21, 50), (21, 50), (51, 100), (1001, 2000))
    """
    if size <= _EXACT:
        return size, size
    low = _EXACT
    for high in (lead * 10**power for power in count(1) for lead in (2, 5, 10)):
        if size <= high:
            break
        low = high
    return low + 1, high
