"""How well column names and comments are understood 表头识别评测: accuracy, precision, recall and F1 on labelled headers.

A row is found when the predicted entity equals its label. Precision and recall are micro-averaged over what is not NONE.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

Predict = Callable[[str, "str | None"], str]
"""Physical name and comment to an entity."""


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled header."""

    header: str
    comment: str | None
    entity: str


@dataclass(frozen=True, slots=True)
class Score:
    """``rows`` counted; the rest are shares from 0 to 1."""

    rows: int
    accuracy: float
    precision: float
    recall: float
    f1: float


def read(path: Path) -> list[Row]:
    """The rows of a CSV file with at least the columns header, comment, entity."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [Row(row["header"], row["comment"] or None, row["entity"]) for row in csv.DictReader(file)]


def score(rows: Iterable[Row], predict: Predict) -> Mapping[str, Score]:
    """The scores by what the prediction may see: ``name``, ``comment`` or ``both``; ``comment`` counts only rows that have one.

    >>> score([Row("xm", "姓名", "PERSON_NAME")], lambda name, comment: "PERSON_NAME" if comment else "NONE")["name"].recall
    0.0
    """
    rows = list(rows)
    commented = [row for row in rows if row.comment]
    return {
        "name": _score([(row.entity, predict(row.header, None)) for row in rows]),
        "comment": _score([(row.entity, predict("", row.comment)) for row in commented]),
        "both": _score([(row.entity, predict(row.header, row.comment)) for row in rows]),
    }


def _score(pairs: Sequence[tuple[str, str]]) -> Score:
    """Labels and predictions compared; a share of nothing is 0."""
    right = sum(label == guess for label, guess in pairs)
    found = sum(label == guess != "NONE" for label, guess in pairs)
    precision = _share(found, sum(guess != "NONE" for _, guess in pairs))
    recall = _share(found, sum(label != "NONE" for label, _ in pairs))
    return Score(len(pairs), _share(right, len(pairs)), precision, recall, _share(2 * precision * recall, precision + recall))


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
