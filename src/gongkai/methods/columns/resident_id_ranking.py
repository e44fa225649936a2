"""Ranks of resident identity numbers 公民身份号码的序号: every valid number has one, and every rank is a valid number's.

GB 11643-1999: a division code (here of six digits in the table of divisions), a birth date (here 1900 to 2099), a sequence
000 to 999, odd for a man, and the check character of ISO 7064 MOD 11-2. Parts that are kept are not counted in a rank.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from gongkai.project import Project
from gongkai.reference import divisions

Bytes: TypeAlias = npt.NDArray[np.uint8]
Words: TypeAlias = npt.NDArray[np.uint64]
Integers: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]

LENGTH = 18
PARTS = ("region", "birth_year", "sex")
"""What may be kept."""
_FIRST, _END = date(1900, 1, 1), date(2100, 1, 1)
_SEQUENCES = 1_000
_CHECK = np.frombuffer(b"10X98765432", np.uint8)
_WEIGHTS = np.array([2**power % 11 for power in range(LENGTH - 1, 0, -1)])
_ZERO = np.uint8(ord("0"))


@dataclass(frozen=True, slots=True)
class Numbers:
    """Numbers by what they are made of: places in the table of divisions, days since 1900-01-01, sequences."""

    region: Integers
    day: Integers
    sequence: Integers

    def taken(self, rows: Any) -> Numbers:
        return Numbers(self.region[rows], self.day[rows], self.sequence[rows])


@dataclass(frozen=True, slots=True)
class _Table:
    """All ways to write a part: the digits, and what they add to the check; and where each number stands, from ``first`` on, or
    -1 where it does not."""

    written: Bytes
    sums: Integers
    places: npt.NDArray[np.int32]
    first: int

    def place(self, digits: Bytes) -> Integers:
        number = digits[:, 0].astype(np.int64)
        for digit in digits[:, 1:].T:
            number *= 10
            number += digit
        number -= self.first
        return self.places[np.clip(number, 0, len(self.places) - 1, out=number)].astype(np.int64)

    def write(self, places: Integers) -> Bytes:
        digits = self.written.shape[1]
        whole: Bytes = self.written.view((np.void, digits)).ravel()[places]
        return whole.view(np.uint8).reshape(-1, digits)


def ranking(project: Project) -> Ranking:
    """The ranking by the table of divisions in force."""
    return project.once(_ranking)


def bounds(project: Project, kept: frozenset[str]) -> tuple[int, int]:
    """The least and the most numbers that there can be with the same kept parts.

    >>> from gongkai.project import SHIPPED
    >>> bounds(SHIPPED, frozenset({"region", "birth_year"})), bounds(SHIPPED, frozenset({"region", "sex"}))
    ((365000, 366000), (36524500, 36524500))
    """
    return project.once(_bounds, kept)


@dataclass(frozen=True, eq=False)
class Ranking:
    """The numbers that a table of divisions admits, in their order.

    ``year_starts``, ``year_days``: for every day, the first one of its year and how many that year has.
    """

    region: _Table
    day: _Table
    sequence: _Table
    year_starts: Integers
    year_days: Integers

    def read(self, characters: Bytes) -> tuple[Numbers, Flags]:
        """What numbers are made of, and which are valid; ``characters`` are ASCII of shape (numbers, 18).

        >>> from gongkai.project import SHIPPED
        >>> ranking(SHIPPED).read(np.array([list(b"11010519491231002X"), list(b"110105194912310021")], np.uint8))[1].tolist()
        [True, False]
        """
        digits = characters[:, :-1] - _ZERO
        numeric = digits < 10
        digits *= numeric  # a sign that is no digit counts as 0, and makes the number none
        numbers = Numbers(
            self.region.place(digits[:, :6]), self.day.place(digits[:, 6:14]), self.sequence.place(digits[:, 14:])
        )
        valid: Flags = reduce(np.logical_and, numeric.T, (numbers.region >= 0) & (numbers.day >= 0))
        valid &= self._check(numbers) == characters[:, -1]
        return numbers, valid

    def write(self, numbers: Numbers) -> Bytes:
        """The numbers as ASCII of shape (numbers, 18)."""
        characters = np.empty((len(numbers.day), LENGTH), np.uint8)
        characters[:, :6] = self.region.write(numbers.region)
        characters[:, 6:14] = self.day.write(numbers.day)
        characters[:, 14:17] = self.sequence.write(numbers.sequence)
        characters[:, 17] = self._check(numbers)
        return characters

    def rank(self, numbers: Numbers, kept: Collection[str]) -> Words:
        """The place of every number among those with the same kept parts."""
        starts, days = self._years(numbers, kept)
        ranks = numbers.day - starts
        if "region" not in kept:
            ranks += numbers.region * days
        step = _step(kept)
        ranks = ranks * (_SEQUENCES // step) + numbers.sequence // step
        words: Words = ranks.view(np.uint64)
        return words

    def unrank(self, ranks: Words, numbers: Numbers, kept: Collection[str]) -> Numbers:
        """The numbers at these places among those with the kept parts of ``numbers``."""
        step = _step(kept)
        starts, days = self._years(numbers, kept)
        rest, sequence = _divided(ranks.view(np.int64), _SEQUENCES // step)
        if step == 2:
            sequence = 2 * sequence + numbers.sequence % 2
        region, day = (numbers.region, rest) if "region" in kept else _divided(rest, days)
        return Numbers(region, day + starts, sequence)

    def among(self, numbers: Numbers, kept: Collection[str]) -> Words:
        """How many numbers there are with the same kept parts."""
        _, days = self._years(numbers, kept)
        per_day = (1 if "region" in kept else len(self.region.sums)) * _SEQUENCES // _step(kept)
        return np.broadcast_to(np.asarray(days * per_day, np.uint64), len(numbers.day))

    def kept_parts(self, numbers: Numbers, kept: Collection[str]) -> Bytes:
        """The kept parts of every number, in as many bytes for each."""
        pieces = [np.empty((len(numbers.day), 0), np.uint8)]
        if "region" in kept:
            pieces.append(self.region.write(numbers.region))
        if "birth_year" in kept:
            pieces.append(self.day.write(numbers.day)[:, :4])
        if "sex" in kept:
            pieces.append((numbers.sequence[:, None] % 2).astype(np.uint8))
        return np.concatenate(pieces, axis=1)

    def _years(self, numbers: Numbers, kept: Collection[str]) -> tuple[Any, Any]:
        """The first day that a number may have, and how many there are from it on."""
        if "birth_year" not in kept:
            return 0, len(self.day.sums)
        return self.year_starts[numbers.day], self.year_days[numbers.day]

    def _check(self, numbers: Numbers) -> Bytes:
        sums = self.region.sums[numbers.region] + self.day.sums[numbers.day] + self.sequence.sums[numbers.sequence]
        characters: Bytes = _CHECK[sums % 11]
        return characters


def _step(kept: Collection[str]) -> int:
    return 2 if "sex" in kept else 1


def _divided(numbers: Integers, by: Any) -> tuple[Integers, Integers]:
    quotient = numbers // by
    return quotient, numbers - quotient * by


def _bounds(project: Project, kept: frozenset[str]) -> tuple[int, int]:
    ours = ranking(project)
    every_day = np.arange(len(ours.day.sums))
    counts = ours.among(Numbers(every_day, every_day, every_day), kept)
    return int(counts.min()), int(counts.max())


def _ranking(project: Project) -> Ranking:
    dates = [_FIRST + timedelta(days) for days in range((_END - _FIRST).days)]
    years = [(date(each.year, 1, 1), date(each.year + 1, 1, 1)) for each in dates]
    return Ranking(
        _table(sorted(code for code in divisions.load(project).names if len(code) == 6), 0, 0, 999_999),
        _table([each.strftime("%Y%m%d") for each in dates], 6, 1900_00_00, 2099_99_99),
        _table([f"{number:03d}" for number in range(_SEQUENCES)], 14, 0, _SEQUENCES - 1),
        np.array([(start - _FIRST).days for start, _ in years]),
        np.array([(end - start).days for start, end in years]),
    )


def _table(written: Sequence[str], position: int, first: int, last: int) -> _Table:
    """``first`` and ``last`` bound what the digits can be; a number outside is taken as one of these, and they are none."""
    digits = np.frombuffer("".join(written).encode(), np.uint8).reshape(len(written), -1)
    places = np.full(last - first + 1, -1, np.int32)
    places[[int(each) - first for each in written]] = range(len(written))
    sums = (digits - _ZERO).astype(np.int64) @ _WEIGHTS[position : position + digits.shape[1]]
    return _Table(digits, sums, places, first)
