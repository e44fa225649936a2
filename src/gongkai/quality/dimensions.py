"""The six dimensions of data quality 六性, by GB/T 36344-2018, and the score they add up to.

The standard measures each indicator as A/B, the share of elements that are as they should be. Plain shares saturate near one
and cannot rank datasets, so a rule's score spreads the last percent: 100 when all are right, 90 at what the rule tolerates,
falling to 0 from there. A dimension is the mean of its rules weighted by severity; one without rules has no score, never 100.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Dimension:
    """``titles``: its names in Chinese, the standard's first; ``weight``: its part of the total, in percent."""

    titles: tuple[str, ...]
    english: str
    weight: int


DIMENSIONS = {
    "conformity": Dimension(("规范性",), "Conformity", 20),
    "completeness": Dimension(("完整性",), "Completeness", 20),
    "accuracy": Dimension(("准确性",), "Accuracy", 20),
    "consistency": Dimension(("一致性",), "Consistency", 15),
    "timeliness": Dimension(("时效性",), "Timeliness", 15),
    "availability": Dimension(("可访问性", "可用性"), "Availability", 10),
}
GRADES = ((95, "excellent"), (85, "good"), (75, "fair"), (60, "pass"), (0, "poor"))
SEVERITIES = {"critical": 5, "warning": 3, "info": 1}
REFUSED = 59.9
"""The most a refused release scores."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One rule's part in the score: ``share`` of elements as they should be, and the share its rule asks for."""

    dimension: str
    severity: str
    share: float
    wanted: float = 1.0

    @property
    def score(self) -> float:
        """From 0 to 100.

        >>> [round(Mark("accuracy", "info", share, 0.95).score) for share in (1, 0.95, 0.7, 0.1)]
        [100, 90, 45, 0]
        """
        if self.share >= 1:
            return 100.0
        if self.share >= self.wanted:
            return 90 + 10 * (self.share - self.wanted) / (1 - self.wanted)
        return 90 * max(0.0, 1 - (self.wanted - self.share) / max(0.05, 10 * (1 - self.wanted)))


def score(marks: Iterable[Mark], *, refused: bool) -> dict[str, Any]:
    """The score of a release: the total, its grade, each dimension (None where nothing was asked) and how many rules it has.

    >>> given = [Mark("accuracy", "critical", 1.0), Mark("accuracy", "info", 0.0), Mark("timeliness", "info", 1.0)]
    >>> found = score(given, refused=False)
    >>> found["total"], found["grade"], found["dimensions"]["accuracy"], found["dimensions"]["conformity"]
    (90.5, 'good', {'score': 83.3, 'rules': 2}, {'score': None, 'rules': 0})
    >>> score(given, refused=True)["total"]
    59.9
    """
    given = list(marks)
    dimensions = {code: _dimension([mark for mark in given if mark.dimension == code]) for code in DIMENSIONS}
    covered = {code: found["score"] for code, found in dimensions.items() if found["score"] is not None}
    weight = sum(DIMENSIONS[code].weight for code in covered)
    total = sum(DIMENSIONS[code].weight * value for code, value in covered.items()) / weight if weight else 0.0
    total = round(min(total, REFUSED) if refused else total, 1)
    return {"total": total, "grade": next(name for least, name in GRADES if total >= least), "dimensions": dimensions}


def _dimension(marks: list[Mark]) -> dict[str, Any]:
    weight = sum(SEVERITIES[mark.severity] for mark in marks)
    mean = sum(SEVERITIES[mark.severity] * mark.score for mark in marks) / weight if weight else None
    return {"score": None if mean is None else round(mean, 1), "rules": len(marks)}
