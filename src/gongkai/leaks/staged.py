"""The leak scan 泄露扫描: every published column read once more, by code that knows nothing of the methods, for identifiers.

It stands behind desensitization and does not trust it: a telephone in a remark, an ID number in a column somebody registered
as plain. Columns of numbers are read like text, because a telephone registered as a number is one. One identifier in one cell
refuses the release; among numbers with a fraction, half of the cells must hold one. Where a column's own numbers look like
identifiers (case numbers made of region, date and sequence pass an ID number's check digit once in eleven), a person may say
so under ``allow`` in the dataset's expectations; then the kinds with a check digit pass as long as no more of them prove
themselves than chance explains.
"""

from __future__ import annotations

import math
import os
from collections import Counter
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from gongkai.errors import Reason
from gongkai.leaks.patterns import CANDIDATE, KINDS, Hits, find
from gongkai.stage import Batches

_ROWS = 16_384
_WIDE = "[\uff0b\uff0d\uff10-\uff19\uff20-\uff3a\uff41-\uff5a]"


class Published(Protocol):
    """A published column by its name, and the logical type it has after its method."""

    @property
    def published(self) -> str: ...
    @property
    def output(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Finding:
    """What one column holds of one kind. ``allowed``: somebody answered for it, and chance explains it."""

    column: str
    kind: str
    hits: Hits
    waived: bool = False

    @property
    def allowed(self) -> bool:
        return self.waived and self.hits.values <= _by_chance(self.kind, self.hits)

    def reason(self) -> Reason:
        message = f"{KINDS[self.kind].english}s in published text"
        if self.waived:
            message += ", more than chance explains"
        return Reason(f"scan.{self.kind}", message, self.column, self.hits.values)

    def document(self) -> dict[str, Any]:
        counts = {"values": self.hits.values, "shaped": self.hits.shaped}
        return {"column": self.column, "kind": self.kind, **counts, "waived": self.waived, "allowed": self.allowed}


def scan(
    staged: Path, columns: Sequence[Published], waived: Collection[tuple[str, str]] = ()
) -> tuple[list[str], list[Finding]]:
    """The names of the columns that were read, and what was found in them, by column and kind.

    ``waived``: pairs of column and kind that a person answers for.
    """
    import pyarrow.parquet as pq

    names = [column.published for column in columns if _is_scanned(column.output)]
    fractional = {column.published for column in columns if _is_fractional(column.output)}
    found: dict[tuple[str, str], Hits] = {}
    values: Counter[str] = Counter()
    with pq.ParquetFile(staged) as file, ThreadPoolExecutor(os.cpu_count()) as pool:
        for batch in _batches(file, names):
            for name, column in zip(names, batch.columns, strict=True):
                values[name] += len(column) - column.null_count
            for name, hits in zip(names, pool.map(_read, batch.columns), strict=True):
                for kind, count in hits.items():
                    found[name, kind] = found.get((name, kind), Hits()) + count
    findings = [
        Finding(name, kind, found[name, kind], (name, kind) in waived)
        for name in names
        for kind in KINDS
        if (name, kind) in found and _tells(found[name, kind].values, values[name], name in fractional)
    ]
    return names, findings


def _batches(file: Any, names: Sequence[str]) -> Batches:
    """One row group after the other: read in one go, pyarrow keeps something of each until the last."""
    for group in range(file.metadata.num_row_groups):
        yield from file.iter_batches(_ROWS, row_groups=[group], columns=names, use_threads=False)


def _tells(hits: int, values: int, fractional: bool) -> bool:
    """One hit tells; among amounts and measures, which may look like telephone numbers by chance, half of the values do."""
    return 2 * hits >= values > 0 if fractional else hits > 0


def _is_fractional(logical: str) -> bool:
    return logical == "float" or (logical.startswith("decimal") and not logical.endswith(",0)"))


def _is_scanned(logical: str) -> bool:
    return logical in ("text", "integer", "float") or logical.startswith("decimal")


def _read(column: pa.Array) -> dict[str, Hits]:
    texts = _texts(column.drop_null())
    texts = texts.filter(pc.match_substring_regex(texts, CANDIDATE))
    if not len(texts):
        return {}
    texts = _half_width(texts)
    hits = {code: find(kind, texts) for code, kind in KINDS.items()}
    return {code: count for code, count in hits.items() if count.shaped}


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
    chance = KINDS[kind].chance
    if chance is None:
        return math.inf
    return hits.shaped * chance + 4 * math.sqrt(hits.shaped * chance * (1 - chance))
