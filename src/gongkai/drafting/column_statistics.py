"""What all values of a column have in common 列特征, gathered while the rows stream by: types that fit, keys, lengths.

Nothing kept here is a value. A column keeps a 64-bit hash per row only as long as it may still be a key, and at most for
``MOST_HASHED`` rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gongkai.columns import cleaning

MOST_HASHED = 4_000_000
"""Rows up to which a column is proved to be a key; a longer table tells its keys only by declaring them."""
MOST_HASHES = 24_000_000
"""Hashes of all columns together, eight bytes each."""
_WHOLE = "^-?(?:0|[1-9][0-9]{0,14})$"
_POINT = r"^-?(?:0|[1-9][0-9]{0,14})\.[0-9]{1,6}$"
DATES = ("%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日", "%Y.%m.%d", "%Y%m%d")
DATETIMES = ("%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M")
_MOMENTS = frozenset({*DATES, *DATETIMES})
_FIRST = 100


@dataclass(slots=True)
class Facts:
    """One column. ``rows``, ``nulls`` and ``blanks`` (empty texts) are counts; ``shortest`` and ``longest`` are characters.

    ``fits``: what every value seen is: ``integer`` (no leading zeros), ``decimal`` (with ``whole`` digits before the point and
    ``scale`` behind), one of ``DATES`` or ``DATETIMES``, or ``native``, the type the source itself declares. Empty when no
    value was seen.
    """

    native: str | None = None
    rows: int = 0
    nulls: int = 0
    blanks: int = 0
    shortest: int = 0
    longest: int = 0
    whole: int = 0
    scale: int = 0
    fits: set[str] = field(default_factory=set)
    unique: bool = True
    _seen: bool = False
    _hashes: list[npt.NDArray[np.int64]] = field(default_factory=list)

    @property
    def values(self) -> int:
        """How many are there and not empty."""
        return self.rows - self.nulls - self.blanks

    @property
    def key(self) -> bool:
        """Whether it tells every row seen apart."""
        if not self.unique or not self.rows or self.rows > MOST_HASHED:
            return False
        hashes = np.concatenate(self._hashes)
        return len(np.unique(hashes)) == len(hashes)

    def add(self, column: pa.Array) -> None:
        """Look at the next batch of the column, as text."""
        self.rows += len(column)
        self.nulls += column.null_count
        distinct = column.unique().drop_null()
        present = distinct.filter(pc.not_equal(distinct, ""))
        if len(present) < len(distinct):
            self.blanks += pc.sum(pc.equal(column, "")).as_py()
        self._look_for_key(column, len(present))
        if len(present):
            self._measure(present)
            self._narrow(present)

    def forget(self) -> None:
        """Give up on this column as a key."""
        self.unique, self._hashes = False, []

    def _look_for_key(self, column: pa.Array, distinct: int) -> None:
        if not self.unique or distinct < len(column) or self.rows > MOST_HASHED:
            self.forget()
            return
        self._hashes.append(np.fromiter(map(hash, column.to_pylist()), np.int64, len(column)))

    def _measure(self, present: pa.Array) -> None:
        lengths = pc.min_max(pc.utf8_length(present)).as_py()
        self.shortest = min(self.shortest, lengths["min"]) if self._seen else lengths["min"]
        self.longest = max(self.longest, lengths["max"])

    def _narrow(self, present: pa.Array) -> None:
        if not self._seen:
            self._seen = True
            self.fits = {"integer", "decimal", *DATES, *DATETIMES} | ({"native"} if self.native else set())
        for part in (present.slice(0, _FIRST), present):  # most columns are told by a few values
            if self.fits & _MOMENTS and not _all(pc.match_substring_regex(part, "^[12][0-9]{3}")):
                self.fits -= _MOMENTS
            self.fits = {kind for kind in self.fits if self._fitting(kind, part)}

    def _fitting(self, kind: str, present: pa.Array) -> bool:
        if kind == "integer":
            return _all(pc.match_substring_regex(present, _WHOLE))
        if kind == "decimal":
            return self._decimal(present)
        if kind == "native":
            return cleaning.cast(present, str(self.native))[1] == 0
        time = "%H" in kind
        if not time and self.longest > 11:
            return False
        operation = cleaning.parse([{"datetime" if time else "date": [kind]}], key="", file="")[0]
        read = cleaning.clean(present, operation)[0]
        iso = cleaning.cast(present, "datetime" if time else "date")[0]
        plain = kind in (DATES[0], DATETIMES[0])
        return bool(iso.null_count == 0 if plain else not cleaning.cast(read, "datetime" if time else "date")[1])

    def _decimal(self, present: pa.Array) -> bool:
        if not _all(pc.or_(pc.match_substring_regex(present, _POINT), pc.match_substring_regex(present, _WHOLE))):
            return False
        parts = pc.extract_regex(present, r"^-?(?P<whole>[0-9]+)(?:\.(?P<behind>[0-9]+))?$")
        self.whole = max(self.whole, pc.max(pc.binary_length(parts.field("whole"))).as_py())
        self.scale = max(self.scale, pc.max(pc.binary_length(pc.fill_null(parts.field("behind"), ""))).as_py())
        return True


def bound(facts: Iterable[Facts]) -> None:
    """Give up on keys, the last columns first, until no more than ``MOST_HASHES`` are held over all.

    >>> one, two = Facts(), Facts()
    >>> for column in (one, two): column.add(pa.array(["011", "12"]))
    >>> bound([one, two]), one.key, two.key, "integer" in one.fits
    (None, True, True, False)
    """
    held = 0
    for each in facts:
        held += each.rows if each.unique else 0
        if held > MOST_HASHES:
            each.forget()


def _all(flags: pa.Array) -> bool:
    return bool(pc.all(flags, min_count=0).as_py())
