"""Three attackers 攻击者: what each of them can expect of a file, by how many people look alike.

The prosecutor 检察官 looks for one person who is known to be in the file; the journalist 记者 for anybody, in a population of
which the file may be a part; the marketer 营销者 for as many as possible. Measures after El Emam & Dankar 2008 (JAMIA 15:627)
and El Emam, Guide to the De-Identification of Personal Health Information, 2013.

How large a class is in the population is known only from a register. Where nothing but the population's size is declared,
a class is taken to be as much larger as the population is, never smaller than in the file. That is right on average and
too kind to the rare: a class of one may be alone in the population too (see ``population``). Where nothing is declared, the
file is the whole population, and the journalist is the prosecutor.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias

from gongkai.errors import ConfigError

Basis: TypeAlias = Literal["file", "population", "register"]


@dataclass(frozen=True, slots=True)
class Attack:
    """``at_risk``: units whose risk is above the threshold; ``highest``: the largest risk of any of them; ``average``: the
    share of units that is found when all are looked for. Risks are probabilities."""

    at_risk: int
    highest: float
    average: float


@dataclass(frozen=True, slots=True)
class Models:
    """The three attackers of one file of ``units`` people; ``basis``: where the sizes in the population come from."""

    units: int
    threshold: float
    basis: Basis
    population: int | None
    prosecutor: Attack
    journalist: Attack
    marketer: float
    """The share of units an attacker finds who matches the whole file against the population."""

    def document(self) -> dict[str, Any]:
        """Everything as JSON values."""
        return asdict(self)


def attack(
    sizes: Sequence[tuple[int, int]],
    *,
    threshold: float,
    population: int | None = None,
    matched: Sequence[tuple[int, int, int]] | None = None,
) -> Models:
    """The risk of a file whose classes have ``sizes`` (pairs of size and number of classes, as ``Classes.sizes``).

    ``threshold``: the risk from which a unit is called at risk, itself still allowed: 0.05 allows classes of 20.
    ``population``: how many people could be in the file; ``matched``: the classes' sizes in a register (``classes.match``),
    which is preferred to it. Raises ConfigError when the population is smaller than the file, ValueError when the threshold
    is no probability or the register's classes are not the file's.

    >>> found = attack([(1, 1), (3, 1), (4, 1)], threshold=0.3)
    >>> found.prosecutor
    Attack(at_risk=4, highest=1.0, average=0.375)
    >>> attack([(1, 1), (3, 1)], threshold=0.3, population=40).journalist
    Attack(at_risk=0, highest=0.1, average=0.05)
    >>> attack([(5, 1)], threshold=0.3, population=4)
    Traceback (most recent call last):
        ...
    gongkai.errors.ConfigError: population: is smaller than the 5 people in the file; declare how many people could be in it
    """
    if not 0 < threshold <= 1:
        raise ValueError("threshold is a probability: more than 0, at most 1")
    inside = [(size, float(size), classes) for size, classes in sizes]
    outside = inside
    basis: Basis = "file"
    if matched is not None:
        outside, basis = _of_register(sizes, matched), "register"
    elif population is not None:
        outside, basis = _scaled(sizes, population), "population"
    return Models(
        units=sum(size * classes for size, classes in sizes),
        threshold=threshold,
        basis=basis,
        population=population,
        prosecutor=_attack(inside, threshold),
        journalist=_attack(outside, threshold),
        marketer=_found(outside),
    )


def check_population(population: int, units: int) -> None:
    """ConfigError unless the people of the file could all be in the population."""
    if population < units:
        raise ConfigError.of(
            f"is smaller than the {units} people in the file", "declare how many people could be in it", key="population"
        )


def _attack(classes: Sequence[tuple[int, float, int]], threshold: float) -> Attack:
    """Of classes (size in the file, size in the population, how many). The average is El Emam's: of finding people of the
    file in the population, or people of the population in the file, whichever is easier."""
    if not classes:
        return Attack(0, 0.0, 0.0)
    at_risk = sum(size * many for size, population, many in classes if 1 / population > threshold)
    backwards = sum(many for *_, many in classes) / sum(population * many for _, population, many in classes)
    highest = 1 / min(population for _, population, _ in classes)
    return Attack(at_risk, highest, max(_found(classes), backwards))


def _found(classes: Iterable[tuple[int, float, int]]) -> float:
    """The expected share of units found by guessing within each class."""
    found, units = 0.0, 0
    for size, population, many in classes:
        found += many * size / population
        units += many * size
    return found / units if units else 0.0


def _scaled(sizes: Sequence[tuple[int, int]], population: int) -> list[tuple[int, float, int]]:
    units = sum(size * classes for size, classes in sizes)
    check_population(population, units)
    return [(size, max(float(size), size * population / units), classes) for size, classes in sizes]


def _of_register(
    sizes: Sequence[tuple[int, int]], matched: Sequence[tuple[int, int, int]]
) -> list[tuple[int, float, int]]:
    of_file: dict[int, int] = {}
    for size, inside, classes in matched:
        of_file[size] = of_file.get(size, 0) + classes
        if inside < size:
            raise ValueError("a class cannot be smaller in the register than in the file")
    if of_file != dict(sizes):
        raise ValueError("the register was matched with another file's classes")
    return [(size, float(inside), classes) for size, inside, classes in matched]
