"""What the rows of a staged table tell 行级风险: classes, diversity, the attackers' odds, the level, beside what is asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gongkai.assessment.roles import Roles
from gongkai.disclosure import FULL_MASK
from gongkai.errors import Reason
from gongkai.risk import classes as risk_classes
from gongkai.risk import diversity, level, models, population
from gongkai.risk.classes import Classes
from gongkai.risk.diversity import Diversity
from gongkai.risk.level import Level
from gongkai.risk.models import Models
from gongkai.risk.population import Uniqueness
from gongkai.rules import Demand

_CONTEXTS: dict[str, level.Context] = {"unconditional": "public", "conditional": "controlled"}


@dataclass(frozen=True, slots=True)
class Rows:
    """``blocking``: of each quasi-identifier the smallest class there would be without it, where the smallest is too small."""

    demand: Demand
    classes: Classes
    diversity: Diversity | None
    models: Models | None
    uniqueness: Uniqueness | None
    level: Level
    blocking: tuple[tuple[str, int], ...] = ()

    @property
    def withheld(self) -> float:
        """The share of rows whose quasi-identifiers are all suppressed."""
        return self.classes.withheld / self.classes.rows if self.classes.rows else 0.0

    def reasons(self) -> Iterator[Reason]:
        """Why the rows may not go out."""
        unit = "persons" if self.classes.unit == "person" else "rows"
        small = self.classes.below(self.demand.k)
        if small:
            message = f"{unit} share their quasi-identifiers with fewer than {self.demand.k}, the fewest with {self.classes.k}"
            if self.blocking:
                worst = ", ".join(f"{name} (without it {k:,})" for name, k in self.blocking)
                message += f"; coarser or fewer columns help: {worst}"
            yield Reason("risk.k", message, count=small)
        if self.diversity is not None and self.diversity.l_distinct < self.demand.l:
            column = min(self.diversity.columns, key=lambda each: each.l_distinct)
            message = f"some class has {column.l_distinct} different values where {self.demand.l} must be"
            yield Reason("risk.l", message, column.name)
        if self.diversity is not None and self.diversity.t > self.demand.t:
            column = max(self.diversity.columns, key=lambda each: each.t)
            message = f"some class's values lie {column.t:.3f} from the whole table's, {self.demand.t:g} is the most"
            yield Reason("risk.t", message, column.name)
        if self.withheld > self.demand.suppress:
            message = f"{self.withheld:.1%} of the rows had to be suppressed, {self.demand.suppress:.1%} is the most"
            yield Reason("risk.suppressed", message, count=self.classes.withheld)

    def document(self) -> dict[str, Any]:
        return {
            "demand": {"k": self.demand.k, "l": self.demand.l, "t": self.demand.t, "suppress": self.demand.suppress},
            "classes": self.classes.document(),
            "withheld": self.withheld,
            "diversity": None if self.diversity is None else self.diversity.document(),
            "attackers": None if self.models is None else self.models.document(),
            "population": None if self.uniqueness is None else self.uniqueness.document(),
            "level": self.level.document(),
            "blocking": [{"column": name, "k_without": k} for name, k in self.blocking],
        }


def measure(
    staged: Path,
    found: Roles,
    demand: Demand,
    *,
    opening: str,
    person: str | Path | None,
    population_size: int | None,
    temp: Path,
) -> Rows:
    """Measure a staged table. ``person``: a column or a row-aligned file that tells persons apart; ``population_size``: of how
    many people they are some, where that is declared."""
    quasi = list(found.quasi)
    classes = risk_classes.group(staged, quasi, person=person, hidden=FULL_MASK, thresholds=_thresholds(demand), temp=temp)
    context = _CONTEXTS[opening]
    most = 1 / demand.k if demand.k > 1 else None
    sensitive = list(found.sensitive)
    sampled = population_size if population_size is not None and population_size >= classes.units else None
    return Rows(
        demand=demand,
        classes=classes,
        diversity=_diversity(staged, quasi, sensitive, person, temp),
        models=models.attack(classes.sizes, threshold=most or level.CLASS_RISK[context], population=sampled) if quasi else None,
        uniqueness=population.estimate(classes.sizes, sampled) if quasi and sampled is not None else None,
        level=_level(classes, found, context, most),
        blocking=_blocking(staged, quasi, classes, demand, person, temp),
    )


def _diversity(
    staged: Path, quasi: list[str], sensitive: list[str], person: str | Path | None, temp: Path
) -> Diversity | None:
    if not quasi or not sensitive:
        return None
    return diversity.measure(staged, quasi, sensitive, person=person, hidden=FULL_MASK, temp=temp)


def _thresholds(demand: Demand) -> list[int]:
    return sorted({2, 3, 5, 10, 20, demand.k})


def _level(classes: Classes, found: Roles, context: level.Context, most: float | None) -> Level:
    direct = dict.fromkeys(found.direct, classes.rows)
    return level.grade(classes, context=context, direct=direct, class_threshold=most, aggregated=not found.personal)


def _blocking(
    staged: Path, quasi: list[str], classes: Classes, demand: Demand, person: str | Path | None, temp: Path
) -> tuple[tuple[str, int], ...]:
    """The quasi-identifiers without which the smallest class would be larger, the most telling first."""
    if not classes.below(demand.k):
        return ()
    others = {name: [other for other in quasi if other != name] for name in quasi}
    given: dict[str, Any] = {"person": person, "hidden": FULL_MASK, "temp": temp}
    without = {name: risk_classes.group(staged, rest, **given) for name, rest in others.items()}
    helping = sorted(without.items(), key=lambda item: item[1].below(demand.k))
    return tuple((name, rest.k) for name, rest in helping if rest.below(demand.k) < classes.below(demand.k))[:3]
