"""What all published columns together leave of each identifier 合并披露: residual candidates 剩余候选数, without a single row.

Parts that several columns show of one identifier add up; what the other columns of the same person tell (birth year, sex,
county) is taken as known. So an ID number's first six and last four characters leave 3,024 numbers by themselves, and 32 beside
a birth year.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any

from gongkai.disclosure import Disclosure
from gongkai.identifiers import anatomy
from gongkai.identifiers.anatomy import Facts, Remaining
from gongkai.project import Project
from gongkai.risk.facts import told


@dataclass(frozen=True, slots=True)
class Told:
    """A published column: what it holds, what its method leaves, whose it is, and in which dataset and release it stands."""

    column: str
    entity: str
    left: Disclosure
    subject: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Residual:
    """What is left of one identifier of one subject.

    ``shown``: the columns that show characters of it, ``positions`` which ones; ``beside``: the columns whose ``facts`` narrow
    it down; ``remaining``: how many values then stand behind one.
    """

    identifier: str
    title: str
    subject: str
    shown: tuple[Told, ...]
    positions: frozenset[int]
    beside: tuple[Told, ...] = ()
    facts: Facts = field(default_factory=Facts)
    remaining: Remaining = field(default_factory=lambda: Remaining(1, 1, ()))

    @property
    def masked(self) -> str:
        """Which characters show, counted from 1, in runs.

        >>> from gongkai.disclosure import Form
        >>> known = Told("id", "PHONE", Disclosure(Form.PART, 3, 4))
        >>> from gongkai.project import SHIPPED
        >>> residuals([known], SHIPPED)[0].masked
        '1-3, 8-11'
        """
        places = sorted(self.positions)
        runs: list[list[int]] = []
        for place in places:
            if runs and place == runs[-1][1] + 1:
                runs[-1][1] = place
            else:
                runs.append([place, place])
        return ", ".join(f"{first + 1}" if first == last else f"{first + 1}-{last + 1}" for first, last in runs)


def document(residual: Residual, wanted: int) -> dict[str, Any]:
    """What is left of an identifier as JSON values, beside how many the policy wants."""
    left = residual.remaining
    return {
        "identifier": residual.identifier,
        "title": residual.title,
        "subject": residual.subject,
        "columns": [told.column for told in residual.shown],
        "characters": residual.masked,
        "beside": [told.column for told in residual.beside],
        "least": left.least,
        "most": left.most,
        "example": left.example,
        "wanted": wanted,
        "reasoning": [{"zh": step.zh, "en": step.en} for step in left.steps],
    }


def residuals(columns: Sequence[Told], project: Project) -> list[Residual]:
    """Every identifier of which something shows, with what is left of it.

    >>> from gongkai.disclosure import Form
    >>> id_number = Told("id", "CN_ID_CARD", Disclosure(Form.PART, 6, 4))
    >>> year = Told("born", "DATE_OF_BIRTH", Disclosure(Form.COARSE, 4, parts=frozenset({"year"})))
    >>> from gongkai.project import SHIPPED
    >>> [(each.identifier, each.remaining.least) for each in residuals([id_number, year], SHIPPED)]
    [('resident_id', 32)]
    >>> residuals([year], SHIPPED)
    []
    """
    by_subject: defaultdict[str, list[Told]] = defaultdict(list)
    for column in columns:
        by_subject[column.subject].append(column)
    return [residual for subject, own in by_subject.items() for residual in _of_subject(subject, own, project)]


def _of_subject(subject: str, columns: Sequence[Told], project: Project) -> Iterable[Residual]:
    seen: defaultdict[str, dict[Told, frozenset[int]]] = defaultdict(dict)
    for column in columns:
        shown = anatomy.shown(column.entity, column.left)
        if shown is not None and shown.positions:
            seen[shown.identifier][column] = shown.positions
    for identifier, by_column in seen.items():
        narrowing = [(column, told(column.entity, column.left)) for column in columns if column not in by_column]
        beside = [(column, facts) for column, facts in narrowing if facts != Facts()]
        facts = reduce(or_, (facts for _, facts in beside), Facts())
        positions = frozenset[int]().union(*by_column.values())
        module = anatomy.module(identifier)
        yield Residual(
            identifier,
            module.TITLE,
            subject,
            tuple(by_column),
            positions,
            tuple(column for column, _ in beside),
            facts,
            module.remaining(positions, facts, project),
        )
