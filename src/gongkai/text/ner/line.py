"""Sentences one after the other with gaps between, and the stretches of characters worth a second look 候选片段."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gongkai.text.ner.packing import Indices, Packing, pack

GAP = 2
"""Empty places before, between and behind sentences: who looks so far aside sees no other sentence."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Line:
    """Where packed characters stand on the line."""

    place: Indices  # [characters]
    item: Indices  # [places]; the packed character standing there, the number of characters in a gap

    @property
    def inside(self) -> Mask:
        """Places that are not a gap."""
        return np.asarray(self.item < len(self.place))


def line(packing: Packing) -> Line:
    """The sentences of a packing on a line.

    >>> line(pack(np.array([2, 1]))).item.tolist()
    [3, 3, 0, 2, 3, 3, 1, 3, 3]
    """
    lengths = np.bincount(packing.column)
    ends = np.cumsum(lengths + GAP)
    place = ends[packing.column] - lengths[packing.column] + packing.time
    item = np.full(ends[-1] + GAP, len(place))
    item[place] = np.arange(len(place))
    return Line(place, item)


def widen(mask: Mask, by: int) -> Mask:
    """True places and those within ``by`` (at most GAP) of one.

    >>> widen(np.array([False, False, True, False, False]), 1).tolist()
    [False, True, True, True, False]
    """
    wide = mask.copy()
    for shift in range(1, by + 1):
        wide[shift:] |= mask[:-shift]
        wide[:-shift] |= mask[shift:]
    return wide


def runs(mask: Mask) -> tuple[Packing, Indices]:
    """Stretches of true places as sequences: their packing, and the place of each packed item.

    >>> packing, places = runs(np.array([True, False, True, True]))
    >>> places.tolist(), packing.bounds.tolist()
    ([2, 0, 3], [0, 2, 3])
    """
    edges = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False])).astype(np.int8)))
    starts, lengths = edges[::2], edges[1::2] - edges[::2]
    order = np.argsort(-lengths, kind="stable")
    packing = pack(lengths[order])
    return packing, starts[order][packing.column] + packing.time
