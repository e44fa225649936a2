"""How much of a long proof is run: all of it under ``make proofs``, elsewhere a sample that is the same each time."""

from __future__ import annotations

import os
from collections.abc import Iterable
from random import Random
from typing import TypeVar

SEED = 20261122
_FULL = os.environ.get("GONGKAI_PROOFS") == "1"
"""Read before any test: some clear such variables."""
Item = TypeVar("Item")


def full() -> bool:
    """Whether everything is counted."""
    return _FULL


def sample(items: Iterable[Item], n: int, seed: int = SEED) -> list[Item]:
    """All of the items, or ``n`` of them in their order, chosen by the seed."""
    every = list(items)
    if full() or n >= len(every):
        return every
    chosen = sorted(Random(seed).sample(range(len(every)), n))
    return [every[place] for place in chosen]


def count(most: int, n: int) -> int:
    """How often something is done: ``most`` times, or ``n``."""
    return most if full() else n
