"""The sketch 清单: hashes of a run's sensitive values, so that they can be recognized later, and never a value itself.

It is gathered while cleaned rows stream by, before any method; each section of it (``gongkai.leaks.values``) is a sorted run
of 64-bit keyed hashes in ``sketch.bin``, and ``sketch.json`` says where each begins. Memory is flat: hashes are spilled in
sorted runs and merged range by range.
"""

from __future__ import annotations

import json
import shutil
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gongkai import disk
from gongkai.batches import Batches
from gongkai.errors import DataError
from gongkai.leaks import values
from gongkai.leaks.columns import WatchedColumn
from gongkai.leaks.tokens import Hasher, Hashes, Marks, distinct

HELD = 1 << 21
"""Hashes that are held before they are spilled."""
_HASHES, _FACTS = "sketch.bin", "sketch.json"


class Collector:
    """Gathers the sketch of a run in ``folder``. ``stage`` lets every batch pass; ``close`` writes what was gathered."""

    def __init__(self, folder: Path, columns: Sequence[WatchedColumn], hasher: Hasher, *, held: int = HELD) -> None:
        self._folder, self._hasher, self._limit = folder, hasher, held
        self._columns = [column for column in columns if column.watched]
        self._held: defaultdict[str, list[Hashes]] = defaultdict(list)
        self._count = 0
        self._spilled: defaultdict[str, list[Path]] = defaultdict(list)

    def stage(self, batches: Batches) -> Batches:
        for batch in batches:
            for column in self._columns:
                self._take(column, pc.unique(batch.column(column.name).cast(pa.string())))
            if self._count > self._limit:
                self._spill()
            yield batch

    def _take(self, column: WatchedColumn, texts: pa.Array) -> None:
        for section, hashes in values.listed(column, texts, self._hasher):
            if len(hashes):
                self._held[section].append(hashes)
                self._count += len(hashes)

    def _spill(self) -> None:
        folder = disk.private(self._folder / "sketch.runs")
        for section, hashes in self._held.items():
            runs = self._spilled[section]
            path = folder / f"{len(self._spilled)}.{len(runs)}"
            distinct(np.concatenate(hashes)).tofile(path)
            runs.append(path)
        self._held.clear()
        self._count = 0

    def close(self) -> None:
        """Write the sketch and remove the runs."""
        facts: dict[str, list[int]] = {}
        place = 0
        disk.own(self._folder / _HASHES, b"")
        with (self._folder / _HASHES).open("wb") as file:
            for section in sorted({*self._held, *self._spilled}):
                count = 0
                for part in _merged(self._held.pop(section, []), self._spilled.pop(section, []), self._limit):
                    file.write(part.data)
                    count += len(part)
                facts[section] = [place, count]
                place += count
        shutil.rmtree(self._folder / "sketch.runs", ignore_errors=True)
        (self._folder / _FACTS).write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")


class Sketch:
    """A sketch to look hashes up in.

    >>> Sketch.open(Path("/nowhere"), Hasher(bytes(64)))
    Traceback (most recent call last):
        ...
    gongkai.errors.DataError: leak.sketch: the list of this run's sensitive values is missing
    """

    def __init__(self, sections: dict[str, Hashes], hasher: Hasher) -> None:
        self._sections = sections
        self.hasher = hasher

    @classmethod
    def open(cls, folder: Path, hasher: Hasher) -> Sketch:
        """The sketch a ``Collector`` wrote; DataError where it is missing or cut off."""
        try:
            facts = json.loads((folder / _FACTS).read_text(encoding="utf-8"))
            size = (folder / _HASHES).stat().st_size
            hashes = np.memmap(folder / _HASHES, np.uint64, "r") if size else np.empty(0, np.uint64)
        except (OSError, ValueError):
            raise DataError.of("leak.sketch", "the list of this run's sensitive values is missing") from None
        if sum(count for _, count in facts.values()) != len(hashes):
            raise DataError.of("leak.sketch", "the list of this run's sensitive values is not whole")
        return cls({section: hashes[place : place + count] for section, (place, count) in facts.items()}, hasher)

    def has(self, section: str) -> bool:
        return section in self._sections

    def knows(self, section: str, hashes: Hashes) -> Marks:
        """Which of these hashes are in a section; quickest when they are sorted."""
        listed = self._sections.get(section)
        if listed is None or not len(hashes):
            return np.zeros(len(hashes), bool)
        at = np.minimum(np.searchsorted(listed, hashes), len(listed) - 1)
        known: Marks = np.asarray(listed[at] == hashes)
        return known


def _merged(held: list[Hashes], spilled: list[Path], limit: int) -> Iterator[Hashes]:
    """All of a section, sorted and distinct, in parts of some ``limit`` hashes."""
    runs = [distinct(np.concatenate(held))] if held else []
    runs += [np.memmap(path, np.uint64, "r") for path in spilled]
    total = sum(map(len, runs))
    parts = max(1, -(-total // limit))
    bounds = [(index << 64) // parts for index in range(1, parts)]
    cuts = [[0, *(int(np.searchsorted(run, np.uint64(bound))) for bound in bounds), len(run)] for run in runs]
    for part in range(parts):
        yield distinct(np.concatenate([run[cut[part] : cut[part + 1]] for run, cut in zip(runs, cuts, strict=True)]))

