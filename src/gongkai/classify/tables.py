"""Everything about a table in one pass 全表识别: a sample of every column, its finding, and the sweep of what looks plain.

The first rows decide provisionally which columns need no sweep, because they are treated as personal anyway; the sample of the
whole stream decides in the end.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from types import MappingProxyType

import pyarrow as pa

from gongkai import rules
from gongkai.classify import fusion, values
from gongkai.classify.columns import Finding, Sample, finding, told
from gongkai.classify.evidence import Evidence
from gongkai.classify.fusion import Verdict
from gongkai.classify.sampling import Sampler
from gongkai.classify.sweep import Sweep
from gongkai.project import Project

EARLY_ROWS = 65_536
"""Rows after which it is decided which columns are swept."""
BATCH_ROWS = 131_072

_NOTHING: Mapping[str, str] = MappingProxyType({})
_THREADS = min(4, os.cpu_count() or 1)


def profile(
    rows: pa.Table | Iterable[pa.RecordBatch],
    project: Project,
    comments: Mapping[str, str] = _NOTHING,
    natives: Mapping[str, str] = _NOTHING,
) -> list[Finding]:
    """One finding for each column of a table or of a stream of batches, in their order; a stream of nothing has none.

    ``comments`` and ``natives``: what the source says of a column, by its name. A plain column with identifiers in single cells
    becomes free text where it holds writing; where it holds codes it stays plain, and a person must look. Evidence then has
    ``sweep.<ENTITY>``, a count of cells.

    >>> from gongkai.project import SHIPPED
    >>> remarks = ["正常"] * 999 + ["来电13812345678"]
    >>> found, = profile(pa.table({"c1": remarks}), SHIPPED)
    >>> found.entity, found.evidence["sweep.PHONE"]
    ('FREE_TEXT', 1.0)
    """
    return [found for _, found in study(rows, project, comments, natives)]


def study(
    rows: pa.Table | Iterable[pa.RecordBatch],
    project: Project,
    comments: Mapping[str, str] = _NOTHING,
    natives: Mapping[str, str] = _NOTHING,
) -> list[tuple[Sample, Finding]]:
    """What `profile` finds, with the sample each finding rests on.

    >>> from gongkai.project import SHIPPED
    >>> (sample, found), = study(pa.table({"c1": ["正常", None, "正常"]}), SHIPPED)
    >>> sample.values.to_pylist(), sample.rows, sample.nulls, found.column
    (['正常'], 3, 1, 'c1')
    """
    pass_ = _Pass(project, comments, natives)
    with ThreadPoolExecutor(_THREADS) as pool:
        for batch in _batches(rows):
            pass_.feed(batch, pool)
        return [(pass_.sample(found.column), found) for found in pass_.findings(pool)]


class _Pass:
    """One pass over one table."""

    def __init__(self, project: Project, comments: Mapping[str, str], natives: Mapping[str, str]) -> None:
        self._project, self._comments, self._natives = project, comments, natives
        self._samplers: dict[str, Sampler] = {}
        self._sweep = Sweep(project)
        self._swept: frozenset[str] | None = None
        self._early: list[pa.RecordBatch] = []
        self._rows = 0
        self._read: dict[str, tuple[int, Finding, Evidence]] = {}

    def feed(self, batch: pa.RecordBatch, pool: ThreadPoolExecutor) -> None:
        self._rows += batch.num_rows
        for name in batch.schema.names:
            self._samplers.setdefault(name, Sampler())
        list(pool.map(lambda name: self._feed(name, batch.column(name)), batch.schema.names))
        if self._swept is None:
            self._early.append(batch)
            if self._rows >= EARLY_ROWS:
                self._decide(pool)

    def findings(self, pool: ThreadPoolExecutor) -> list[Finding]:
        if self._swept is None:
            self._decide(pool)
        hits = self._sweep.hits()
        return list(pool.map(lambda name: self._finding(name, hits.get(name, {})), self._samplers))

    def sample(self, name: str) -> Sample:
        """What is known of a column from the rows so far."""
        sampler = self._samplers[name]
        known = (self._comments.get(name), self._natives.get(name))
        return Sample(name, *known, sampler.values(), sampler.rows, sampler.nulls)

    def _feed(self, name: str, column: pa.Array) -> None:
        self._samplers[name].add(column)
        if self._swept and name in self._swept:
            self._sweep.feed(name, column)

    def _decide(self, pool: ThreadPoolExecutor) -> None:
        """Sweep what looks plain or doubtful in the rows so far, those rows included."""
        found = pool.map(lambda name: self._classified(name)[0], self._samplers)
        self._swept = frozenset(each.column for each in found if each.role == "plain" or each.review)
        for batch in self._early:
            list(pool.map(lambda name: self._sweep.feed(name, batch.column(name)), self._swept))  # noqa: B023 used up here
        self._early = []

    def _classified(self, name: str) -> tuple[Finding, Evidence]:
        """The finding of the rows so far; what has been read is not read again."""
        at = self._samplers[name].rows
        rows, found, evidence = self._read.get(name, (-1, None, None))
        if rows != at or found is None or evidence is None:
            sample = self.sample(name)
            evidence = values.read(sample.values, self._project)
            found = finding(sample, evidence, self._project)
            self._read[name] = (at, found, evidence)
        return found, evidence

    def _finding(self, name: str, hits: Mapping[str, int]) -> Finding:
        found, evidence = self._classified(name)
        if found.role != "plain":
            return found
        if self._swept is not None and name not in self._swept:
            return _doubted(found, found.entity, {"swept": False}, self._project)
        told_already = fusion.LOOKS_LIKE.get(found.entity, frozenset())
        counts = {f"sweep.{entity}": float(count) for entity, count in hits.items() if entity not in told_already}
        if not counts:
            return found
        is_writing = evidence.fact("codes") < 0.5 and evidence.fact("digits") < 0.5
        return _doubted(found, "FREE_TEXT" if is_writing else found.entity, counts, self._project)


def _doubted(found: Finding, entity: str, evidence: Mapping[str, float | str | bool], project: Project) -> Finding:
    verdict = Verdict(entity, min(found.confidence, 0.5), review=True)
    return told(found.column, verdict, {**found.evidence, **evidence}, rules.load(project))


def _batches(rows: pa.Table | Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    if isinstance(rows, pa.Table):
        yield from rows.to_batches(max_chunksize=BATCH_ROWS) or [pa.RecordBatch.from_pylist([], schema=rows.schema)]
    else:
        yield from rows
