"""Distinct numbers 去重: what occurs among whole numbers, and where; by counting where they lie close, else by sorting."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

_ROOM = 1 << 20


def distinct(numbers: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], npt.NDArray[np.intp]]:
    """The numbers that occur, rising, and which of them each one is.

    >>> values, places = distinct(np.array([30, 10, 30, -5]))
    >>> values.tolist(), places.tolist()
    ([-5, 10, 30], [2, 1, 2, 0])
    """
    if not len(numbers) or numbers.dtype == object or int(numbers.max()) - int(numbers.min()) > max(_ROOM, 4 * len(numbers)):
        values, places = np.unique(numbers, return_inverse=True)
        return values, places
    low = int(numbers.min())
    shifted = numbers - low
    there = np.zeros(int(shifted.max()) + 1, bool)
    there[shifted] = True
    found = np.flatnonzero(there)
    place = np.empty(len(there), np.intp)
    place[found] = np.arange(len(found))
    return found + low, place[shifted]
