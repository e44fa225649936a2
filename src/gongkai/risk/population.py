"""Uniqueness in the population 总体唯一性: of the people alone in their class, how many are alone everywhere.

Estimated from the sizes of the file's classes and the population's declared size by three models, and chosen between them by
the rule of Dankar, El Emam, Neisa & Roffey 2012 (BMC Medical Informatics and Decision Making 12:66), which they found best on
six clinical files: Pitman's where the file is at most a tenth of the population, else the smaller of Zayatz's and SNB's.

- Pitman 1996, fitted by Hoshino 2001 (Journal of Official Statistics 17:499): classes arise as in the Ewens–Pitman formula.
- Zayatz 1991: the population's class sizes are distributed as the file's.
- SNB, slide negative binomial, Chen & McNulty 1998 (Journal of Official Statistics 14:79): a population class has one person
  and a negative binomial number of others.

All are models of a random sample: a file of everybody with an illness is none, it is its own population. And a small sample
does not show where a long tail ends: one hundredth of a population by Zipf's law gives three to ten times its uniques.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias

from gongkai.risk import superpopulation
from gongkai.risk.models import check_population

Model: TypeAlias = Literal["file", "pitman", "zayatz", "snb"]

SMALL_SAMPLE = 0.1
"""The sampling fraction up to which Pitman's model is taken."""


@dataclass(frozen=True, slots=True)
class Uniqueness:
    """``uniques``: people alone in a ``population`` out of which the file has ``units``, by ``model``; ``file``: the file's own
    uniques, where it is the whole population or has none. Each model's estimate besides, None where it does not fit."""

    units: int
    population: int
    sample_uniques: int
    model: Model
    uniques: float
    pitman: float | None = None
    zayatz: float | None = None
    snb: float | None = None

    @property
    def fraction(self) -> float:
        """The file's part of the population."""
        return self.units / self.population if self.population else 1.0

    @property
    def expected(self) -> float:
        """Those of the ``uniques`` that are in the file."""
        return self.uniques * self.fraction

    @property
    def share(self) -> float:
        """The probability that somebody of the file is alone in the population."""
        return self.uniques / self.population if self.population else 0.0

    def document(self) -> dict[str, Any]:
        """Everything as JSON values."""
        return asdict(self) | {"fraction": self.fraction, "expected": self.expected, "share": self.share}


def estimate(sizes: Sequence[tuple[int, int]], population: int) -> Uniqueness:
    """How many people are alone in a ``population`` of that many, of which a file with classes of ``sizes`` is a sample.

    ``sizes``: pairs of class size and number of classes, as ``Classes.sizes``. Nobody who has company in the file is alone
    outside, so no estimate exceeds the people the file's uniques stand for. Raises ConfigError when the population is
    smaller than the file.

    >>> estimate([(1, 40), (2, 30), (5, 20)], 200).uniques
    40.0
    >>> estimate([(1, 40), (2, 30), (5, 20)], 20_000).model
    'pitman'
    >>> estimate([(1, 40)], 39)
    Traceback (most recent call last):
        ...
    gongkai.errors.ConfigError: population: is smaller than the 40 people in the file; declare how many people could be in it
    """
    sample = superpopulation.Sample(sizes, population)
    check_population(population, sample.units)
    if sample.units == population or not sample.uniques:
        return Uniqueness(sample.units, population, sample.uniques, "file", float(sample.uniques))
    pitman = _held(sample, superpopulation.pitman(sample))
    zayatz = _held(sample, superpopulation.zayatz(sample))
    found = superpopulation.snb(sample)
    snb = None if found is None else _held(sample, found)
    model: Model = "pitman"
    uniques = pitman
    if sample.fraction > SMALL_SAMPLE:
        model, uniques = ("snb", snb) if snb is not None and snb <= zayatz else ("zayatz", zayatz)
    return Uniqueness(sample.units, population, sample.uniques, model, uniques, pitman, zayatz, snb)


def _held(sample: superpopulation.Sample, uniques: float) -> float:
    """Between nobody and the people the file's uniques stand for; those, too, where arithmetic fails."""
    most = sample.uniques / sample.fraction
    return min(max(uniques, 0.0), most) if math.isfinite(uniques) else most
