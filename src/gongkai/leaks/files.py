"""The leak scan of a packaged release 成品泄露扫描: the bytes of every file, whatever wrote them.

A piece of a file is cut into segments at the signs that end a cell in any format (quotes, commas, tags, braces, line ends).
Each different segment is looked at once in every megabyte: for identifiers by shape and proof, for this run's sensitive values
by their hashes. What the check of the staged table found and let pass may stand here, too, and so may what the reviewed texts
say that go with the data.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from gongkai.errors import Reason
from gongkai.leaks import tokens, unpack
from gongkai.leaks.escapes import views
from gongkai.leaks.originals import LISTED, NAMES, looked_up, named
from gongkai.leaks.sketch import Sketch
from gongkai.leaks.staged import WORDS, identity, parted, read
from gongkai.leaks.tokens import Bytes, Hasher, Hashes, Marks, distinct

_SHORTEST = 7
"""Bytes of the shortest segment that can hold an identifier or a listed value; names have six and are looked for apart."""
_NAMED_PLACES = frozenset({unpack.HEADER, unpack.SHEET, unpack.METADATA, unpack.NAME})
_CACHE = 1 << 16
_MANY = 1 << 17
"""Segments that are looked at in one go."""
_PART = re.compile(r"[^-_.@+%/ ]+")
_TOGETHER = 8
_SPARE = bytes(8)


@dataclass(frozen=True, slots=True)
class Leak:
    """One leak: file, place, kind and count; never a value."""

    file: str
    place: str
    kind: str
    count: int

    def reason(self) -> Reason:
        return Reason(f"leak.{self.kind}", f"{WORDS[self.kind].english}s in {self.file}, {self.place}", count=self.count)


def scan(
    folder: Path, sketch: Sketch, *, allowed: Hashes, reviewed: Iterable[str] = (), data: Collection[str] = (), workers: int = 0
) -> list[Leak]:
    """Read every file of a release. ``data``: the names of its data files, all others are papers; ``allowed``: hashes of what
    the check let pass; ``reviewed``: texts that people wrote and approved, whose own numbers may stand in the papers.

    Raises DataError where a file cannot be looked into.
    """
    may = distinct(np.concatenate([allowed, *(hashes(sketch, text) for text in reviewed)]))
    scanner = _Scanner(sketch, may)
    found: defaultdict[tuple[str, str, str], list[Hashes]] = defaultdict(list)
    count = workers or os.cpu_count() or 1
    with ThreadPoolExecutor(count) as pool:
        paths = sorted((path for path in folder.rglob("*") if path.is_file()), key=lambda path: -path.stat().st_size)
        jobs = [pool.submit(scanner.file, path, path.name not in data) for path in paths]
        for path, job in zip(paths, jobs, strict=True):
            for (place, kind), hits in job.result().items():
                found[path.name, place, kind] += hits
    return [Leak(*where, len(distinct(np.concatenate(hits)))) for where, hits in sorted(found.items())]


def hashes(sketch: Sketch, text: str) -> Hashes:
    """The hashes of everything in a text that a scan could find."""
    parts = parted(pa.array([text], pa.string()))
    found = [sketch.hasher.of(identity(identifiers)) for identifiers, _ in read(parts).values()]
    found += [*looked_up(sketch, parts).values(), named(sketch, parts)]
    return np.concatenate(found)


class _Scanner:
    """Scans pieces of a file; immutable, so that threads share it."""

    def __init__(self, sketch: Sketch, may: Hashes) -> None:
        self._sketch, self._may = sketch, may

    def file(self, path: Path, paper: bool) -> dict[tuple[str, str], list[Hashes]]:
        found: defaultdict[tuple[str, str], list[Hashes]] = defaultdict(list)
        for place, texts in _gathered(path, paper, self._sketch.hasher):
            for kind, hits in self._look(texts, place):
                if len(hits):
                    found[place, kind].append(hits)
        return found

    def _look(self, texts: pa.Array, place: str) -> Iterator[tuple[str, Hashes]]:
        if place in _NAMED_PLACES:
            texts = pa.concat_arrays([texts, pa.array(_joined_parts(texts.to_pylist()), pa.string())])
        for kind, (identifiers, _) in read(texts).items():
            yield kind, self._forbidden(self._sketch.hasher.of(identity(identifiers)))
        for hits in looked_up(self._sketch, texts).values():
            yield LISTED, self._forbidden(hits)
        if place in _NAMED_PLACES:
            yield NAMES, self._forbidden(named(self._sketch, texts))

    def _forbidden(self, hits: Hashes) -> Hashes:
        if not len(hits) or not len(self._may):
            return hits
        at = np.minimum(np.searchsorted(self._may, hits), len(self._may) - 1)
        left: Hashes = hits[self._may[at] != hits]
        return left


def _gathered(path: Path, paper: bool, hasher: Hasher) -> Iterator[tuple[str, pa.Array]]:
    """The different segments of a file by place, many at a time: a regular expression is made anew for every look."""
    seen: defaultdict[str, Hashes] = defaultdict(lambda: np.zeros(_CACHE, np.uint64))
    waiting: defaultdict[str, list[pa.Array]] = defaultdict(list)
    for piece in unpack.pieces(path, paper=paper):
        place = piece.place
        for content in views(piece.content):
            waiting[place].append(_segments(content, seen[place], hasher, place))
        if sum(map(len, waiting[place])) > _MANY:
            yield place, pa.concat_arrays(waiting.pop(place))
    for place, texts in waiting.items():
        yield place, pa.concat_arrays(texts)


def _joined_parts(texts: Iterable[str]) -> Iterator[str]:
    """What stands between the signs of a name, ``data-2026.csv``, part by part and some parts together."""
    for text in texts:
        parts = list(_PART.finditer(text))
        for first, part in enumerate(parts):
            yield from (text[part.start() : last.end()] for last in parts[first : first + _TOGETHER])


def _segments(content: bytes, seen: Hashes, hasher: Hasher, place: str) -> pa.Array:
    """The different segments of a piece that are long enough; ``seen`` remembers some of the pieces before."""
    data = np.frombuffer(content + _SPARE, np.uint8)
    bounds = np.flatnonzero(_is_end(data[:-7]))
    starts, ends = np.concatenate([np.zeros(1, np.int64), bounds[:-1] + 1]), bounds
    long = ends - starts >= (_SHORTEST if place not in _NAMED_PLACES else 6)
    starts, ends = starts[long], ends[long]
    mixed = hasher.mix(data, starts, ends) | np.uint64(1)
    slot = (mixed >> np.uint64(48)).astype(np.int64)
    fresh = np.flatnonzero(seen[slot] != mixed)
    slot, new = slot[fresh], mixed[fresh]
    seen[slot] = new
    last = np.empty(_CACHE, np.int64)
    last[slot] = np.arange(len(slot))
    once = (last[slot] == np.arange(len(slot))) | (seen[slot] != new)
    return _text(tokens.between(data, starts[fresh[once]], ends[fresh[once]]))


def _is_end(data: Bytes) -> Marks:
    """Signs that end a cell in one format or another: control characters, ``" , < = > [ \\ ] { | } ; & '``."""
    marks: Marks = (data < 0x20) | (data - np.uint8(0x3C) < 3) | (data - np.uint8(0x5B) < 3) | (data - np.uint8(0x7B) < 3)
    for sign in b"\",;&'":
        marks |= data == sign
    return marks


def _text(segments: pa.Array) -> pa.Array:
    """As text; what is no UTF-8 becomes signs that say so."""
    try:
        segments.validate(full=True)
    except pa.ArrowInvalid:
        return pa.array([each.decode(errors="replace") for each in segments.cast(pa.large_binary()).to_pylist()], pa.string())
    return segments.cast(pa.string())
