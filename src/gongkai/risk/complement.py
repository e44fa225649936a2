"""Masks that add up 掩码互补: what open releases show of one identifier, put together.

One dataset shows the first six characters of an ID number, another the last four, or last quarter's rule hid what this
quarter's shows. Each may be harmless, and both together leave one person. No row is looked at: masks that may meet will.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from gongkai.project import Project
from gongkai.risk.disclosure import Residual, Told, residuals


@dataclass(frozen=True, slots=True)
class Complement:
    """``identifier`` is left with ``least`` candidates to a reader of ``sources`` together, and with ``alone`` to one of this
    dataset alone; the policy wants ``wanted``."""

    identifier: str
    title: str
    sources: tuple[str, ...]
    positions: str
    least: int
    alone: int
    wanted: int


def complements(
    mine: Sequence[Told], others: Sequence[Told], wanted: Mapping[str, int], project: Project, *, own: Collection[str] = ()
) -> list[Complement]:
    """Every identifier that ``mine`` shows enough of alone, and too much of together with ``others``.

    ``others``: columns of open releases, each with its ``source``; ``wanted``: by entity how many candidates must be left;
    ``own``: sources that are earlier releases of this very dataset, whose subjects are the same. Another dataset's subject may
    be anybody of this one's.

    >>> from gongkai.disclosure import Disclosure, Form
    >>> from gongkai.project import SHIPPED
    >>> head = Told("a", "CN_ID_CARD", Disclosure(Form.PART, 6, 0), source="here")
    >>> tail = Told("b", "CN_ID_CARD", Disclosure(Form.PART, 0, 4), source="elsewhere")
    >>> year = Told("c", "DATE_OF_BIRTH", Disclosure(Form.COARSE, parts=frozenset({"year"})), source="elsewhere")
    >>> found = complements([head], [tail, year], {"CN_ID_CARD": 330}, SHIPPED)
    >>> [(each.sources, each.least, each.alone) for each in found]
    [(('elsewhere',), 32, 33238000)]
    """
    found = []
    for alone in residuals(mine, project):
        sources = _showing(alone.identifier, others, project)
        joint = _joint(alone, mine, others, sources, own, project)
        limit = max(wanted.get(told.entity, 1) for told in joint.shown)
        if joint.remaining.least >= limit or alone.remaining.least < limit:
            continue
        for source in sources:
            fewer = tuple(each for each in sources if each != source)
            if _joint(alone, mine, others, fewer, own, project).remaining.least < limit:
                sources = fewer
        joint = _joint(alone, mine, others, sources, own, project)
        left = (joint.remaining.least, alone.remaining.least)
        found.append(Complement(alone.identifier, alone.title, sources, joint.masked, *left, limit))
    return found


def _showing(identifier: str, others: Sequence[Told], project: Project) -> tuple[str, ...]:
    """The sources that show characters of an identifier."""
    by_source = {told.source: [each for each in others if each.source == told.source] for told in others}
    return tuple(
        source
        for source, columns in by_source.items()
        if any(each.identifier == identifier for each in residuals(columns, project))
    )


def _joint(
    alone: Residual,
    mine: Sequence[Told],
    others: Sequence[Told],
    sources: Collection[str],
    own: Collection[str],
    project: Project,
) -> Residual:
    """What is left of the identifier to a reader of this dataset and of those sources, as if each told of the same person."""
    columns = [told for told in mine if told.subject == alone.subject]
    for source in sources:
        theirs = [told for told in others if told.source == source]
        subjects = {each.subject for each in residuals(theirs, project) if each.identifier == alone.identifier}
        if source in own:
            subjects = {alone.subject}
        columns += [told for told in theirs if told.subject in subjects]
    together = residuals([replace(told, subject="") for told in columns], project)
    return next(each for each in together if each.identifier == alone.identifier)
