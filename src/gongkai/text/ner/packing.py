"""Sequences of different lengths side by side, time after time, without filling up 打包.

The longest sequence comes first. All first items stand together, then all second items of the sequences that have one, and
so on: a step of a recursion reads one contiguous piece, and nothing is computed that is no item.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Packing:
    """Where items stand; all arrays but ``bounds`` are [items], in packed order."""

    bounds: Indices  # [steps + 1]; the items of step t are bounds[t]:bounds[t + 1]
    time: Indices
    column: Indices  # which sequence
    mirror: Indices  # the item as far from its sequence's end as this one is from its start
    after: Indices  # the next item of the sequence; the number of items for its last one

    def steps(self) -> list[tuple[int, int]]:
        """Bounds of every step."""
        return list(pairwise(self.bounds.tolist()))


def pack(lengths: Indices) -> Packing:
    """The packing of sequences of these lengths: 1 or more each, never rising.

    >>> packing = pack(np.array([3, 1]))
    >>> packing.time.tolist(), packing.column.tolist(), packing.mirror.tolist(), packing.after.tolist()
    ([0, 0, 1, 2], [0, 1, 0, 0], [3, 1, 2, 0], [2, 4, 3, 4])
    """
    times = np.arange(lengths[0])
    alive = len(lengths) - np.searchsorted(lengths[::-1], times, side="right")
    bounds = np.concatenate(([0], np.cumsum(alive)))
    time = np.repeat(times, alive)
    column = np.arange(bounds[-1]) - bounds[time]
    last = lengths[column] - 1
    after = np.where(time < last, bounds[time + 1] + column, bounds[-1])
    return Packing(bounds, time, column, bounds[last - time] + column, after)
