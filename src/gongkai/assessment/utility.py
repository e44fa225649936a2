"""What the methods took from each column 效用损失: information, values that were hidden, how far a distribution moved.

Measured on some 50,000 rows, spread evenly over the run, of which only hashes and numbers are held, in memory. ``kept``: the
entropy of what is published as a share of the entropy of what came in (Shannon; 1 nothing lost, 0 all); ``hidden``: the share
of values that became null or a full mask; ``moved``: for numbers that stay numbers, the Kolmogorov-Smirnov distance between
both distributions (0 the same, 1 apart).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gongkai.batches import Batches, Stage
from gongkai.columns import cleaning
from gongkai.disclosure import FULL_MASK, SHORT_MASK, SUPPRESSED
from gongkai.plan import ColumnPlan, Plan
from gongkai.plan.contract import load
from gongkai.project import Project
from gongkai.risk import table

ROWS = 50_000
_HIDDEN = (FULL_MASK, SHORT_MASK, SUPPRESSED)
_NUMBERS = ("integer", "decimal", "float")
_Numbers = npt.NDArray[np.float64]


@dataclass(slots=True)
class _Sample:
    """One column's rows: hashes of what came in, and what came in and went out as it was measured."""

    raw: list[pa.Array] = field(default_factory=list)
    out: list[pa.Array] = field(default_factory=list)


class Utility:
    """Gathers the sample while the rows stream by; ``document`` when the last one has passed."""

    def __init__(self, project: Project, plan: Plan) -> None:
        self._plan = plan
        self._untouched = {column.published for column in plan.columns if load(project, column.method).is_identity}
        self._whole = {name for step in plan.steps for name in step.columns}
        self._samples = {column.published: _Sample() for column in plan.columns}
        self._step, self._seen, self._held = 1, 0, 0

    def around(self, stage: Stage) -> Stage:
        """The stage of a plan, watched: it must give a batch for a batch."""

        def run(batches: Batches) -> Batches:
            given: deque[pa.RecordBatch] = deque()
            for out in stage(_noted(batches, given)):
                if given:
                    self._take(given.popleft(), out)
                yield out

        return run

    def document(self, staged: Path, temp: Path) -> dict[str, Any]:
        """What each column lost, as JSON values; ``staged`` holds what the whole-table methods made."""
        later = _sampled(staged, [name for name in self._samples if name in self._whole], self._held, temp)
        return {
            column.published: _lost(
                column,
                self._samples[column.published],
                later.get(column.published),
                untouched=column.published in self._untouched,
            )
            for column in self._plan.columns
        }

    def _take(self, given: pa.RecordBatch, out: pa.RecordBatch) -> None:
        rows = pa.array(np.arange(-self._seen % self._step, out.num_rows, self._step))
        self._seen += out.num_rows
        for column in self._plan.columns:
            sample = self._samples[column.published]
            sample.raw.append(_measured(given.column(column.name).take(rows), column))
            if column.published not in self._whole:
                sample.out.append(out.column(column.published).take(rows))
        self._held += len(rows)
        if self._held > 2 * ROWS:
            self._halve()

    def _halve(self) -> None:
        """Every second row goes, and from here on half as many are taken."""
        self._step *= 2
        for sample in self._samples.values():
            for name in ("raw", "out"):
                pieces = getattr(sample, name)
                if pieces:
                    every = pa.concat_arrays(pieces)
                    setattr(sample, name, [every.take(pa.array(np.arange(0, len(every), 2)))])
        self._held = (self._held + 1) // 2


def _noted(batches: Batches, given: deque[pa.RecordBatch]) -> Batches:
    for batch in batches:
        given.append(batch)
        yield batch


def _measured(texts: pa.Array, column: ColumnPlan) -> pa.Array:
    """A number for each value: itself where it is one, else a hash that says only whether two were equal."""
    if column.type.partition("(")[0] in _NUMBERS:
        return cleaning.cast(texts, column.type)[0].cast(pa.float64(), safe=False)
    encoded = texts.cast(pa.string()).dictionary_encode()
    hashes = [None if text is None else hash(text) for text in encoded.dictionary.to_pylist()]
    return pa.array(hashes, pa.int64()).take(encoded.indices)


def _lost(column: ColumnPlan, sample: _Sample, later: pa.Array | None, *, untouched: bool) -> dict[str, Any]:
    raw = pa.concat_arrays(sample.raw) if sample.raw else pa.array([], pa.int64())
    out = later if later is not None else pa.concat_arrays(sample.out) if sample.out else pa.array([], pa.string())
    if not len(raw) or not len(out):
        return {"kept": None, "hidden": None, "moved": None}
    before, after = _entropy(raw), _entropy(out)
    kept = 1.0 if untouched else min(1.0, after / before) if before else 1.0
    return {"kept": round(kept, 4), "hidden": round(_hidden(raw, out), 4), "moved": _moved(column, raw, out)}


def _entropy(values: pa.Array) -> float:
    counts = pc.value_counts(values).field("counts").to_numpy()
    share = counts / counts.sum()
    return float(-(share * np.log(share)).sum())


def _hidden(raw: pa.Array, out: pa.Array) -> float:
    """Of the values that came in, the share that does not stand in what went out."""
    there = (len(raw) - raw.null_count) / len(raw)
    said = out.is_valid()
    if pa.types.is_string(out.type):
        said = pc.and_(said, pc.invert(pc.is_in(out, pa.array(_HIDDEN))))
    left = (pc.sum(said).as_py() or 0) / len(out)
    return max(0.0, 1 - left / there) if there else 0.0


def _moved(column: ColumnPlan, raw: pa.Array, out: pa.Array) -> float | None:
    if column.type.partition("(")[0] not in _NUMBERS or column.output.partition("(")[0] not in _NUMBERS:
        return None
    before, after = (_sorted(values) for values in (raw, out))
    if not len(before) or not len(after):
        return None
    every = np.concatenate([before, after])
    shares = [np.searchsorted(values, every, "right") / len(values) for values in (before, after)]
    return round(float(np.abs(shares[0] - shares[1]).max()), 4)


def _sorted(values: pa.Array) -> _Numbers:
    numbers: _Numbers = np.sort(values.drop_null().cast(pa.float64(), safe=False).to_numpy())
    return numbers


def _sampled(staged: Path, names: list[str], rows: int, temp: Path) -> dict[str, pa.Array]:
    """About as many rows of the staged table's columns as were held of what came in."""
    if not names:
        return {}
    with table.connected(temp=temp) as connection:
        given = table.rows(connection, staged, names)
        given.create_view("given")
        # a number is all that is put into it
        sampled = f"SELECT * FROM given USING SAMPLE reservoir({max(rows, 1)} ROWS) REPEATABLE (1)"  # noqa: S608
        found = connection.sql(sampled).to_arrow_table()
    types = dict(zip(names, table.quasi_names(names), strict=True))
    return {name: found.column(place).combine_chunks() for name, place in types.items()}
