"""What a plan discloses 披露: of every column by itself, and of every identifier by all of them together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from gongkai.plan import contract
from gongkai.plan.records import ColumnPlan
from gongkai.project import Project
from gongkai.risk.disclosure import Told


class Registered(Protocol):
    """A published column of an entry."""

    @property
    def published(self) -> str: ...
    @property
    def entity(self) -> str | None: ...
    @property
    def method(self) -> str | None: ...
    @property
    def params(self) -> Mapping[str, Any]: ...
    @property
    def subject(self) -> str: ...


def disclosed(columns: Iterable[ColumnPlan], source: str = "") -> list[Told]:
    """What each column of a plan leaves to a reader; ``source`` names the dataset, where several are put together."""
    return [Told(column.published, column.entity, column.left, column.subject, source) for column in columns]


def foreseen(columns: Iterable[Registered], project: Project) -> list[Told]:
    """What each column of an entry will leave, before there is a plan; those are left out of which that cannot be said."""
    return [told for told in (_foreseen(column, project) for column in columns) if told is not None]


def _foreseen(column: Registered, project: Project) -> Told | None:
    """None where its method is none or not whole, or its parameters are wrong."""
    if column.entity is None or column.method not in contract.names(project):
        return None
    method = contract.load(project, str(column.method))
    if method.lacks:
        return None
    given, faults = method.check(column.params)
    if faults:
        return None
    try:
        left = method.reveals(column.entity, given)
    except ValueError:  # a method's own word on its parameters; the plan says it as a fault
        return None
    return Told(column.published, column.entity, left, column.subject)
