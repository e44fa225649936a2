"""How well detection does on labelled text 评测: precision and recall of exact spans, and the share of characters covered.

For redaction the share of characters counts most: a span that is one character short still tells less than one overlooked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from gongkai.text.span import Span

TYPES = {
    "person": "PERSON",
    "location": "LOCATION",
    "organization": "ORGANIZATION",
    "address": "ADDRESS",
    "phone": "PHONE",
    "id_card": "CN_ID_CARD",
    "plate": "VEHICLE_PLATE",
    "disability_cert": "DISABILITY_CERT",
    "bank_card": "BANK_ACCOUNT",
    "email": "EMAIL",
    "wechat": "WECHAT",
    "uscc": "USCC",
    "passport": "ID_DOC_NO",
}
"""What labelled files may call an entity besides its code."""


@dataclass(slots=True)
class Score:
    """The count of one entity: spans labelled, found, found exactly; characters labelled, and of them found."""

    labelled: int = 0
    found: int = 0
    exact: int = 0
    characters: int = 0
    covered: int = 0

    @property
    def precision(self) -> float | None:
        """Of the spans found, the share that is right; None when none was found."""
        return self.exact / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        """Of the spans labelled, the share found exactly; None when none was labelled."""
        return self.exact / self.labelled if self.labelled else None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of both: 2 exact / (labelled + found).

        >>> Score(labelled=4, found=4, exact=3).f1
        0.75
        """
        return 2 * self.exact / (self.labelled + self.found) if self.labelled + self.found else None

    @property
    def character_recall(self) -> float | None:
        """Of the characters labelled, the share covered by spans of the entity; None when none was labelled."""
        return self.covered / self.characters if self.characters else None

    def document(self) -> dict[str, int | float | None]:
        """All counts and shares as JSON values, shares to four places."""
        shares = {name: getattr(self, name) for name in ("precision", "recall", "f1", "character_recall")}
        counts = {name: getattr(self, name) for name in ("labelled", "found", "exact")}
        return counts | {name: None if share is None else round(share, 4) for name, share in shares.items()}


@dataclass(slots=True)
class Evaluation:
    """The scores by entity, gathered text by text; ``only`` those entities where it is given."""

    only: Collection[str] | None = None
    scores: dict[str, Score] = field(default_factory=dict)

    def add(self, labelled: Iterable[Span], found: Iterable[Span]) -> None:
        """Count the spans of one text; scores of labels do not matter.

        >>> evaluation = Evaluation()
        >>> evaluation.add([Span(0, 3, "PERSON", 1.0)], [Span(0, 2, "PERSON", 0.9)])
        >>> score = evaluation.scores["PERSON"]
        >>> score.exact, score.covered, score.characters
        (0, 2, 3)
        """
        wanted, seen = self._by_entity(labelled), self._by_entity(found)
        for entity in sorted({*wanted, *seen}):
            score = self.scores.setdefault(entity, Score())
            right, mine = wanted.get(entity, Counter()), seen.get(entity, Counter())
            score.labelled += right.total()
            score.found += mine.total()
            score.exact += (right & mine).total()
            characters = _characters(right)
            score.characters += len(characters)
            score.covered += len(characters & _characters(mine))

    def document(self) -> dict[str, dict[str, int | float | None]]:
        """Every entity's score as JSON values."""
        return {entity: self.scores[entity].document() for entity in sorted(self.scores)}

    def _by_entity(self, spans: Iterable[Span]) -> dict[str, Counter[tuple[int, int]]]:
        sorted_out: dict[str, Counter[tuple[int, int]]] = {}
        for span in spans:
            if self.only is None or span.entity in self.only:
                sorted_out.setdefault(span.entity, Counter())[span.start, span.end] += 1
        return sorted_out


def _characters(spans: Iterable[tuple[int, int]]) -> set[int]:
    return {index for start, end in spans for index in range(start, end)}
