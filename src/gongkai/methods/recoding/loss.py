"""Information loss 信息损失: what a recoding takes from a table, summed over its cells, so that every column counts by itself.

``certainty`` is the loss of Iyengar (KDD 2002), also known as normalised certainty penalty and as ARX's "Loss": a cell that
may be any of n of the column's N values loses (n-1)/(N-1), a suppressed cell 1. ``entropy`` is the non-uniform entropy of
Gionis and Tassa (IEEE TKDE 21(2), 2009) as ARX measures it when it is monotonic: a suppressed row loses no more than its class.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Numbers: TypeAlias = npt.NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True)
class Loss:
    """``cells``: per column and level, what a cell of each finest value loses; it never falls from level to level.

    ``suppressed``: per column, what a cell of a suppressed row loses; without it, what it loses in its class. ``whole``: per
    column, what all its cells have to lose.
    """

    cells: tuple[tuple[Floats, ...], ...]
    suppressed: tuple[float, ...] | None
    whole: tuple[float, ...]


def certainty(shares: Sequence[Sequence[Floats]], weights: Sequence[float], rows: int) -> Loss:
    """``shares``: per column and level, which share of the column's values a cell of each finest value may be, 0 for one, 1 for
    any. ``weights``: how much a column counts.

    >>> loss = certainty([[np.array([0.0, 0.0]), np.array([1.0, 1.0])]], [2.0], 10)
    >>> loss.cells[0][1].tolist(), loss.suppressed, loss.whole
    ([2.0, 2.0], (2.0,), (20.0,))
    """
    cells = tuple(tuple(each * weight for each in levels) for levels, weight in zip(shares, weights, strict=True))
    return Loss(cells, tuple(weights), tuple(weight * rows for weight in weights))


def entropy(groups: Sequence[Sequence[Numbers]], counts: Sequence[Numbers], weights: Sequence[float]) -> Loss:
    """In bits. ``groups``: per column and level, the group of each finest value; ``counts``: how many rows have each.

    A cell of a value that a rows have, in a group that b rows have, loses log2(b/a).

    >>> loss = entropy([[np.array([0, 1]), np.array([0, 0])]], [np.array([1, 3])], [1.0])
    >>> loss.cells[0][1].round(2).tolist(), round(loss.whole[0], 2)
    ([2.0, 0.42], 3.25)
    """
    columns = list(zip(groups, counts, weights, strict=True))
    cells = tuple(tuple(weight * _bits(each, rows) for each in levels) for levels, rows, weight in columns)
    # added up as the losses of levels are, so that none is more than the whole by a last digit
    whole = tuple(float(np.sum(weight * _bits(np.zeros(len(rows), np.int64), rows) * rows)) for _, rows, weight in columns)
    return Loss(cells, None, whole)


def share(values: int, domain: int) -> float:
    """The share of a domain's values that a cell may be when it may be any of so many.

    >>> share(1, 12), share(12, 12), share(1, 1)
    (0.0, 1.0, 0.0)
    """
    return (values - 1) / max(domain - 1, 1)


def _bits(groups: Numbers, rows: Numbers) -> Floats:
    bits: Floats = np.log2(np.bincount(groups, rows)[groups].clip(1) / rows.clip(1))
    return bits
