"""Columns as whole numbers 编码: each batch's values become codes of their finest level as they stream by.

Only the texts of that level are kept, and for each one value that has it, of which the coarser levels are made in the end; all
other raw values are forgotten with their batch.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gongkai.disclosure import FULL_MASK
from gongkai.errors import ConfigError
from gongkai.methods.columns.plain import plain
from gongkai.methods.recoding.classes import Numbers
from gongkai.methods.recoding.ladders import TOP, Ladder
from gongkai.methods.recoding.loss import Floats, share

_NULL, _UNFIT, _FIRST = 0, 1, 2
"""Codes of a missing value, of one that does not fit, and of the first text."""


@dataclass(frozen=True, slots=True)
class Rungs:
    """A column's ladder over the values it has. Per level: the texts of its groups, the group of each finest value, and the
    share of the column's values that a cell of each may be."""

    levels: tuple[str, ...]
    texts: tuple[pa.Array, ...]
    groups: tuple[Numbers, ...]
    shares: tuple[Floats, ...]


class Coder:
    """Gives the codes of one column. Memory grows with the texts of the finest level, not with the rows.

    >>> from gongkai.methods.recoding.ladders import build
    >>> from gongkai.project import SHIPPED
    >>> coder = Coder(build("DATE_OF_BIRTH", project=SHIPPED))
    >>> coder.encode(pa.array(["1990-03-07", None, "spring", "1990-03-28"])).tolist()
    [2, 0, 1, 2]
    """

    def __init__(self, ladder: Ladder) -> None:
        self._ladder = ladder
        self._codes: dict[str, int] = {}
        self._samples: list[pa.Array] = []
        self.unfit = 0

    def encode(self, column: pa.Array) -> Numbers:
        """The code of every value, in the smallest type that holds them."""
        values = plain(column).dictionary_encode()
        if self._ladder.levels[0] == TOP:
            return np.zeros(len(column), np.uint8)
        texts = self._ladder.write(values.dictionary, self._ladder.levels[0]).dictionary_encode()
        of_text = np.array([*self._learned(texts, values.dictionary), _UNFIT], np.int64)
        of_value = np.array([*of_text[_places(texts)], _NULL], np.int64)
        codes = of_value[_places(values)]
        self.unfit += int(np.count_nonzero(codes == _UNFIT))
        return narrow(codes)

    def _learned(self, texts: pa.DictionaryArray, values: pa.Array) -> list[int]:
        """The codes of the distinct texts; new ones are entered with a value that has them."""
        first = np.zeros(len(texts.dictionary) + 1, np.int64)
        first[_places(texts)] = np.arange(len(texts))
        codes, new = [], []
        for place, text in enumerate(texts.dictionary.to_pylist()):
            if text not in self._codes:
                self._codes[text] = _FIRST + len(self._codes)
                new.append(first[place])
            codes.append(self._codes[text])
        if new:
            self._samples.append(values.take(pa.array(new, pa.int64())))
        return codes

    def finish(self) -> tuple[Rungs, Numbers]:
        """The rungs, and the final code of each code given: texts in their order, whatever order the rows came in.

        ConfigError where a level parts what a finer one joined.
        """
        texts = sorted(self._codes)
        order = np.array([self._codes[text] - _FIRST for text in texts], np.int64)
        final = np.arange(_FIRST + len(texts))
        final[_FIRST + order] = np.arange(_FIRST, len(final))
        ladder = self._ladder
        below = [level for level in ladder.levels if level != TOP]
        values = pa.concat_arrays(self._samples).take(pa.array(order)) if self._samples else pa.array([], pa.string())
        written = [ladder.write(values, level).to_pylist() if texts else [] for level in below]
        domain = _domain(ladder, below) or written
        made = [_level(*both) for both in zip(written, domain, strict=True)]
        if ladder.levels[-1] == TOP:
            made.append((pa.array([TOP]), np.zeros(len(final), np.int64), np.ones(len(final))))
        names, groups, shares = zip(*made, strict=True)
        _check_nested(groups, below)
        return Rungs(ladder.levels, names, groups, shares), final


def narrow(codes: Numbers) -> Numbers:
    """Whole numbers from 0 in the smallest type that holds them.

    >>> narrow(np.array([0, 300])).dtype.name
    'uint16'
    """
    return codes.astype(np.min_scalar_type(int(codes.max(initial=0))))


def _places(encoded: pa.DictionaryArray) -> Numbers:
    """Where in its dictionary each value stands, and -1, the last place, for null."""
    places: Numbers = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False)
    return places


def _domain(ladder: Ladder, levels: list[str]) -> list[list[str | None]]:
    """Per level, what becomes of the finest texts of a ladder that lists its values."""
    if ladder.domain is None or not levels:
        return []
    once = {text: place for place, text in enumerate(ladder.write(ladder.domain, levels[0]).to_pylist()) if text is not None}
    values = ladder.domain.take(pa.array(sorted(once.values()), pa.int64()))
    return [ladder.write(values, level).to_pylist() for level in levels]


def _level(written: list[str | None], domain: list[str | None]) -> tuple[pa.Array, Numbers, Floats]:
    """The texts of one level's groups, the group of each finest value, and the share a cell of each may be."""
    names = sorted({text for text in written if text is not None})
    place = {text: _FIRST + number for number, text in enumerate(names)}
    groups = np.array([_NULL, _UNFIT, *(_UNFIT if text is None else place[text] for text in written)], np.int64)
    sizes, total = Counter(domain), len(domain)
    shares = np.array([0.0, 1.0, *(1.0 if text is None else share(sizes[text], total) for text in written)])
    return pa.array([None, FULL_MASK, *names], pa.string()), groups, shares


def _check_nested(groups: tuple[Numbers, ...], levels: list[str]) -> None:
    for number, (fine, coarse) in enumerate(pairwise(groups)):
        if len(np.unique(fine)) != len({*zip(fine.tolist(), coarse.tolist(), strict=True)}):
            problem = f"level {levels[number + 1]} parts values that level {levels[number]} joins"
            raise ConfigError.of(problem, "a level may only join groups of the one before")
