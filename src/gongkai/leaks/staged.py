"""The leak scan 泄露扫描 of the staged table: every published column read once more, by code that knows nothing of the methods.

It stands behind desensitization and does not trust it: a telephone in a remark, an ID number in a column somebody registered
as plain. Columns of numbers are read like text, because a telephone registered as a number is one. One identifier in one cell
refuses the release; among numbers with a fraction, half of the cells must hold one. Where a column's own numbers look like
identifiers (case numbers made of region, date and sequence pass an ID number's check digit once in eleven), a person may say
so under ``allow`` in the dataset's expectations; then the kinds with a check digit pass as long as no more of them prove
themselves than chance explains. Where this run's sensitive values are listed, they are looked for as well
(``gongkai.leaks.originals``).
"""

from __future__ import annotations

import math
import os
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gongkai.batches import Batches
from gongkai.errors import Reason
from gongkai.leaks import originals
from gongkai.leaks.originals import Gathered, Listed, Originals
from gongkai.leaks.patterns import CANDIDATE, KINDS, Hits, matches
from gongkai.leaks.tokens import Hasher, Hashes, distinct

_ROWS = 16_384
_WIDE = "[\uff0b\uff0d\uff10-\uff19\uff20-\uff3a\uff41-\uff5a]"
_PARTED = r"[\x{00}-\x{1F}\",<=>\[\\\]{|};&']+"
"""Signs that end a cell in one format or another: a file's scan sees what is between them."""

Found = dict[str, tuple[pa.Array, Hits]]
"""By kind: the identifiers themselves, as they are never told, and how many cells hold one."""


class ScannedColumn(Protocol):
    """A published column by its name, and the logical type it has after its method."""

    @property
    def published(self) -> str: ...
    @property
    def output(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Word:
    """What people call what was found."""

    title: str
    english: str


WORDS = {kind.code: Word(kind.title, kind.english) for kind in KINDS.values()} | {
    originals.LISTED: Word("已脱敏数据的原值", "original value"),
    originals.NAMES: Word("已脱敏的姓名", "original name"),
}
"""Every kind of finding, by the word people answer for it with."""


@dataclass(frozen=True, slots=True)
class Leak:
    """What one column holds of one kind. ``allowed``: somebody answered for it, and chance explains it."""

    column: str
    kind: str
    hits: Hits
    waived: bool = False

    @property
    def allowed(self) -> bool:
        return self.waived and self.hits.values <= _by_chance(self.kind, self.hits)

    def reason(self) -> Reason:
        message = f"{WORDS[self.kind].english}s in published text"
        if self.waived:
            message += ", more than chance explains"
        return Reason(f"scan.{self.kind}", message, self.column, self.hits.values)

    def document(self) -> dict[str, Any]:
        counts = {"values": self.hits.values, "shaped": self.hits.shaped}
        return {"column": self.column, "kind": self.kind, **counts, "waived": self.waived, "allowed": self.allowed}


@dataclass(frozen=True, slots=True)
class Scan:
    """``columns`` that were read, what was found by column and kind, and the hashes of what was found and may be there."""

    columns: list[str] = field(default_factory=list)
    findings: list[Leak] = field(default_factory=list)
    allowed: Hashes = field(default_factory=lambda: np.empty(0, np.uint64))


def scan(
    staged: Path, columns: Sequence[ScannedColumn], waived: Collection[tuple[str, str]] = (), listed: Listed | None = None
) -> Scan:
    """Read the staged table. ``waived``: pairs of column and kind that a person answers for; ``listed``: this run's values."""
    import pyarrow.parquet as pq

    names = [column.published for column in columns if _is_scanned(column.output)]
    fractional = {column.published for column in columns if _is_fractional(column.output)}
    alike = set() if listed is None else {name for name, column in listed.published.items() if column.lookalike}
    tolerated = {*waived, *((name, kind) for name in fractional | alike for kind in KINDS)}
    counts = _Counts(tolerated, listed)
    seen = None if listed is None else Originals(listed, waived)
    with pq.ParquetFile(staged) as file, ThreadPoolExecutor(os.cpu_count()) as pool:
        for batch in _batches(file, names):
            for name, found in zip(names, pool.map(read, batch.columns), strict=True):
                counts.add(name, batch.column(name), found)
            if seen is not None:
                list(pool.map(seen.read, names, batch.columns))
    findings = [
        Leak(name, kind, counts.hits[name, kind], (name, kind) in waived)
        for name in names
        for kind in KINDS
        if name not in alike
        if (name, kind) in counts.hits and _tells(counts.hits[name, kind].values, counts.values[name], name in fractional)
    ]
    if seen is not None:
        findings += [Leak(name, kind, Hits(n, n), (name, kind) in waived) for name, kind, n in seen.findings()]
    return Scan(names, findings, distinct(np.concatenate([counts.allowed(), *([seen.allowed()] if seen else [])])))


def read(column: pa.Array) -> Found:
    """What a column of any type holds."""
    texts = _texts(column.drop_null())
    texts = texts.filter(pc.match_substring_regex(texts, CANDIDATE))
    if not len(texts):
        return {}
    texts = _half_width(texts)
    found = {code: matches(kind, texts) for code, kind in KINDS.items()}
    return {code: hits for code, hits in found.items() if hits[1].shaped}


def identity(found: pa.Array) -> pa.Array:
    """Identifiers as they are hashed, apart from a run's listed values."""
    return pc.binary_join_element_wise("identifier", found, ":")


def parted(texts: pa.Array) -> pa.Array:
    """What stands between the signs that end a cell."""
    return pc.list_flatten(pc.split_pattern_regex(texts, _PARTED))


def _batches(file: Any, names: Sequence[str]) -> Batches:
    """One row group after the other: read in one go, pyarrow keeps something of each until the last."""
    for group in range(file.metadata.num_row_groups):
        yield from file.iter_batches(_ROWS, row_groups=[group], columns=names, use_threads=False)


class _Counts:
    """Hits by column and kind, and the identifiers of those that may be there."""

    def __init__(self, tolerated: Collection[tuple[str, str]], listed: Listed | None) -> None:
        self.hits: dict[tuple[str, str], Hits] = {}
        self.values: Counter[str] = Counter()
        self._tolerated, self._listed = tolerated, listed
        self._allowed = Gathered()

    def add(self, name: str, column: pa.Array, found: Found) -> None:
        self.values[name] += len(column) - column.null_count
        again: defaultdict[str, list[pa.Array]] = defaultdict(list)
        for kind, (identifiers, hits) in found.items():
            self.hits[name, kind] = self.hits.get((name, kind), Hits()) + hits
            if (name, kind) in self._tolerated:
                again[kind].append(identifiers)
        if again and self._listed is not None:
            self._allow(again, parted(_texts(column.drop_null())), self._listed.sketch.hasher)

    def _allow(self, found: dict[str, list[pa.Array]], parts: pa.Array, hasher: Hasher) -> None:
        for kind, (identifiers, _) in read(parts).items():
            if kind in found:
                found[kind].append(identifiers)
        for identifiers in (array for arrays in found.values() for array in arrays):
            self._allowed.add(distinct(hasher.of(identity(identifiers))))

    def allowed(self) -> Hashes:
        return self._allowed.hashes()


def _tells(hits: int, values: int, fractional: bool) -> bool:
    """One hit tells; among amounts and measures, which may look like telephone numbers by chance, half of the values do."""
    return 2 * hits >= values > 0 if fractional else hits > 0


def _is_fractional(logical: str) -> bool:
    return logical == "float" or (logical.startswith("decimal") and not logical.endswith(",0)"))


def _is_scanned(logical: str) -> bool:
    return logical in ("text", "integer", "float") or logical.startswith("decimal")


def _texts(column: pa.Array) -> pa.Array:
    """Values as a reader sees them; of numbers with a fraction only the whole ones, without it."""
    if pa.types.is_floating(column.type):
        whole = pc.and_(pc.equal(column, pc.trunc(column)), pc.less(pc.abs(column), 2.0**53))
        column = column.filter(whole).cast(pa.int64())
    texts = column.cast(pa.string())
    return pc.replace_substring_regex(texts, r"\.0+$", "") if pa.types.is_decimal(column.type) else texts


def _half_width(texts: pa.Array) -> pa.Array:
    """The same texts, in another order, without full-width letters, digits and signs."""
    wide = pc.match_substring_regex(texts, _WIDE)
    if not pc.any(wide).as_py():
        return texts
    return pa.concat_arrays([texts.filter(pc.invert(wide)), pc.utf8_normalize(texts.filter(wide), form="NFKC")])


def _by_chance(kind: str, hits: Hits) -> float:
    """The most values that a column of mere numbers of this shape shows, four standard deviations up."""
    chance = KINDS[kind].chance if kind in KINDS else None
    if chance is None:
        return math.inf
    return hits.shaped * chance + 4 * math.sqrt(hits.shaped * chance * (1 - chance))
