"""This run's sensitive values looked for in published columns 原值查找, by their hashes (``gongkai.leaks.sketch``).

One value that is one person's anywhere refuses; a number some office made refuses where a method had to remove it; names,
which are words too, refuse a column only when many of its values are some. A column that is registered as something which may
be published, an office's telephone, may hold what is masked elsewhere, and one whose method writes values like those it takes
may by chance.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gongkai.leaks import tokens, values
from gongkai.leaks.columns import WatchedColumn
from gongkai.leaks.sketch import Sketch
from gongkai.leaks.tokens import Hashes, distinct

LISTED, NAMES = "listed", "names"
_FEWEST, _SHARE = 3, 0.02
"""Names that a column holds at least, and of how many of its values, to be one of names."""
_LONG_NAME = r"\p{Han}{3}|·"
"""Names of two characters are too often words."""
_NAME_BYTES = 6
_PIECES = 64
_DIGITS = 10
_READINGS = (b" ./_-", b"./_-", b"._-")


@dataclass(frozen=True, slots=True)
class Listed:
    """The sketch, and what the columns it is held against are."""

    sketch: Sketch
    columns: Sequence[WatchedColumn]

    @property
    def published(self) -> Mapping[str, WatchedColumn]:
        return {str(column.published): column for column in self.columns if column.published is not None}


class Originals:
    """What the columns of a table hold of the listed values; ``read`` may be called from several threads, one a column."""

    def __init__(self, listed: Listed, waived: Collection[tuple[str, str]]) -> None:
        self._sketch, self._columns, self._waived = listed.sketch, listed.published, waived
        self._found: defaultdict[str, Gathered] = defaultdict(Gathered)
        self._named: defaultdict[str, Gathered] = defaultdict(Gathered)
        self._cells: defaultdict[str, Estimate] = defaultdict(Estimate)
        self._allowed: defaultdict[str, Gathered] = defaultdict(Gathered)

    def read(self, name: str, values_: pa.Array) -> None:
        column = self._columns.get(name)
        if column is None:
            return
        texts = pc.unique(values_.drop_null().cast(pa.string()))
        whole = distinct(self._sketch.hasher.of(texts))
        self._keep(name, whole[self._sketch.knows(values.own(name), whole)], may=False)
        found = looked_up(self._sketch, texts)
        may = column.public or column.lookalike
        self._keep(name, found[values.STRONG], may=may or (name, LISTED) in self._waived)
        self._keep(name, found[values.CODE], may=column.whole or column.lookalike)
        if not pa.types.is_string(values_.type) or not self._sketch.has(values.NAME):
            return
        if may:  # the smallest and the largest of them stand in a Parquet file's footer too
            self._allowed[name].add(named(self._sketch, texts))
        else:
            self._cells[name].add(whole)
            self._named[name].add(named(self._sketch, texts, _LONG_NAME))

    def findings(self) -> Iterator[tuple[str, str, int]]:
        """WatchedColumn, kind of finding, number of different values."""
        for name, found in self._found.items():
            yield name, LISTED, len(found.hashes())
        for name, found in self._named.items():
            names = len(found.hashes())
            if names >= _FEWEST and names >= _SHARE * self._cells[name].count():
                yield name, NAMES, names

    def allowed(self) -> Hashes:
        """The hashes of values that were found where they may be."""
        return np.concatenate([*(found.hashes() for found in self._allowed.values()), np.empty(0, np.uint64)])

    def _keep(self, name: str, hashes: Hashes, *, may: bool) -> None:
        if not len(hashes):
            return
        if may:
            self._allowed[name].add(hashes)
        if not may or (name, LISTED) in self._waived:
            self._found[name].add(hashes)


class Gathered:
    """Distinct hashes, gathered piece by piece."""

    def __init__(self) -> None:
        self._pieces: list[Hashes] = []

    def add(self, hashes: Hashes) -> None:
        if len(hashes):
            self._pieces.append(hashes)
        if len(self._pieces) > _PIECES:
            self._pieces = [self.hashes()]

    def hashes(self) -> Hashes:
        return distinct(np.concatenate([*self._pieces, np.empty(0, np.uint64)]))


class Estimate:
    """About how many different hashes there were, in flat memory: of many only those that end in enough zeros are kept.

    >>> few = Estimate()
    >>> few.add(np.array([1, 2, 2], np.uint64)); few.count()
    2
    """

    def __init__(self, most: int = 1 << 16) -> None:
        self._kept = np.empty(0, np.uint64)
        self._zeros, self._most = 0, most

    def add(self, hashes: Hashes) -> None:
        self._kept = distinct(np.concatenate([self._kept, self._sampled(hashes)]))
        while len(self._kept) > self._most:
            self._zeros += 1
            self._kept = self._sampled(self._kept)

    def count(self) -> int:
        return len(self._kept) << self._zeros

    def _sampled(self, hashes: Hashes) -> Hashes:
        sampled: Hashes = hashes[hashes & np.uint64((1 << self._zeros) - 1) == 0]
        return sampled


def looked_up(sketch: Sketch, texts: pa.Array) -> dict[str, Hashes]:
    """The hashes of all tokens of these texts that are listed, by section."""
    data = tokens.lines(texts)
    places = [tokens.narrow(data), tokens.wide(data)]
    starts, ends = (np.concatenate(both) for both in zip(*places, strict=True))
    spelled = _respelled(sketch, texts)
    hashes = distinct(np.concatenate([sketch.hasher.seal(distinct(sketch.hasher.mix(data, starts, ends))), spelled]))
    return {section: hashes[sketch.knows(section, hashes)] for section in (values.STRONG, values.CODE)}


def _respelled(sketch: Sketch, texts: pa.Array) -> Hashes:
    """The hashes of numbers that are written in groups, without the signs between: as listed numbers are hashed.

    Two numbers side by side are told apart by reading with fewer signs as well.
    """
    wide = texts.filter(pc.match_substring_regex(texts, "[0-9][·，][0-9]"))
    data = tokens.lines(pa.concat_arrays([texts, pc.replace_substring_regex(wide, "[·，]", "-")]))
    pieces = [_joined(sketch, data, signs) for signs in _READINGS]
    return np.concatenate(pieces)


def _joined(sketch: Sketch, data: tokens.Bytes, signs: bytes) -> Hashes:
    """The hashes of the numbers of ten digits or more that there are without these signs, one or two between digits."""
    digit, sign = data - np.uint8(ord("0")) < 10, np.isin(data, np.frombuffer(signs, np.uint8))
    drop = np.zeros(len(data), bool)
    drop[1:-1] = sign[1:-1] & digit[:-2] & digit[2:]
    two = np.flatnonzero(sign[1:-2] & sign[2:-1] & digit[:-3] & digit[3:])
    drop[two + 1] = drop[two + 2] = True
    if not drop.any():
        return np.empty(0, np.uint64)
    data = data[~drop]
    edges = np.flatnonzero(np.diff(data - np.uint8(ord("0")) < 10, prepend=False))
    starts, ends = edges[0::2], edges[1::2]
    long = ends - starts >= _DIGITS
    starts, ends = starts[long], ends[long]
    checked = (data[ends] | 0x20) == ord("x")
    data[ends[checked]] = ord("X")
    return sketch.hasher.seal(distinct(sketch.hasher.mix(data, starts, ends + checked)))


def named(sketch: Sketch, texts: pa.Array, shape: str = "") -> Hashes:
    """The hashes of listed names of that shape that stand by themselves in these texts."""
    data = tokens.lines(texts)
    found = tokens.cut(data, *tokens.wide(data, _NAME_BYTES))
    found = found.filter(pc.match_substring_regex(found, values.NAMED))
    hashes = distinct(sketch.hasher.of(found.filter(pc.match_substring_regex(found, shape)) if shape else found))
    return hashes[sketch.knows(values.NAME, hashes)]
