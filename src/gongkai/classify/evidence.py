"""What the values of a column say about what it holds 取值证据: ratios of distinct values, never a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

Strength = Literal["checksum", "shape", "set", "words", "form", "weak"]
"""checksum: proves itself. shape: an e-mail address, a plate. set: a few known values. words: names, places, organisations, by
their words. form: dates, long texts. weak: only speaks where the header already does."""

CAPS: Mapping[Strength, float] = MappingProxyType(
    {"checksum": 0.99, "shape": 0.95, "set": 0.9, "words": 0.9, "form": 0.7, "weak": 0.5}
)
"""The most that values of this kind can say, however many there are."""
FLOORS: Mapping[Strength, float] = MappingProxyType(
    {"checksum": 0.5, "shape": 0.5, "set": 0.9, "words": 0.6, "form": 0.5, "weak": 0.5}
)
"""The least ratio at which they say anything."""


@dataclass(frozen=True, slots=True)
class Signal:
    """One detector's opinion: the ratio of distinct values that fit ``entity``.

    ``bare``: the values are digits and nothing else, so that a serial number may fit by chance.
    """

    entity: str
    by: str
    strength: Strength
    ratio: float
    bare: bool = False

    @property
    def counts(self) -> bool:
        """Whether the ratio is high enough to say anything."""
        return self.ratio >= FLOORS[self.strength]

    @property
    def score(self) -> float:
        """How sure the values make us, 0 to the cap of their strength.

        >>> Signal("CN_ID_CARD", "resident_id", "checksum", 1.0).score, Signal("EMAIL", "email", "shape", 0.4).score
        (0.99, 0.0)
        """
        return min(self.ratio, CAPS[self.strength]) if self.counts else 0.0

    @property
    def alone(self) -> bool:
        """Whether it may name a column whose header says nothing."""
        return self.counts and self.strength != "weak"


@dataclass(frozen=True, slots=True)
class Evidence:
    """All signals of ``count`` distinct values, and what else was seen of them (``facts``, ratios and a mean length)."""

    count: int = 0
    signals: tuple[Signal, ...] = ()
    facts: Mapping[str, float] = field(default_factory=dict)

    def fact(self, name: str) -> float:
        return self.facts.get(name, 0.0)
