"""What a plan discloses 披露: of every column by itself, and of every identifier by all of them together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from gongkai.plan import methods
from gongkai.risk.disclosure import Residual, Told
from gongkai.risk.disclosure import residuals as _residuals


class Published(Protocol):
    """A published column of an entry or of a plan."""

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


def disclosed(columns: Iterable[Published], source: str = "") -> list[Told]:
    """What each column leaves to a reader; ``source`` names the dataset, where several are put together."""
    return [_told(column, source) for column in columns]


def is_told(column: Published) -> bool:
    """Whether it can be said what a column leaves: its method is one, and its parameters are right."""
    if column.method not in methods.names() or column.entity is None:
        return False
    try:
        _told(column, "")
    except ValueError:  # a method's own word on its parameters; the plan says it as a fault
        return False
    return not methods.check(methods.load(column.method), column.params)[1]


def residuals(columns: Iterable[Published]) -> list[Residual]:
    """What is left of each identifier to a reader of all these columns."""
    return _residuals(disclosed(columns))


def _told(column: Published, source: str) -> Told:
    method = methods.load(str(column.method))
    entity = str(column.entity)
    left = methods.revealed(method, entity, methods.check(method, column.params)[0])
    return Told(column.published, entity, left, column.subject, source)
