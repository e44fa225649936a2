"""What the program gives a whole-table method 整表方法, and what such a method may ask of the table it left."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from gongkai.project import SHIPPED, Project


def _discard(_: dict[str, Any]) -> None:
    """Discard what a method did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """One treatment of one table, beside the method's own ``Params``."""

    columns: Mapping[str, Mapping[str, Any]]
    """The treated columns by their published names, each with its own parsed parameters, those of ``reveals``."""
    entities: Mapping[str, str]
    """What each of them holds."""
    scratch: Path
    """An empty folder for what is desensitized already; it is left empty."""
    note: Callable[[dict[str, Any]], None] = _discard
    """Told once, in JSON values, what the method did."""
    person: str | None = None
    """The column whose equal values are one person, where the entry names one; it goes along with the rows."""
    key: bytes = b""
    """32 bytes, for a method that says ``NEEDS_KEY``."""
    project: Project = SHIPPED
    """The city's project, for content files."""


class Classes(Protocol):
    """The rows of a staged table by what they look like."""

    def below(self, size: int) -> int:
        """How many rows, or persons, stand in classes smaller than ``size``."""


class StagedTable(Protocol):
    """The table as it will be published, to be counted and not to be read: no value of it can be asked for."""

    @property
    def rows(self) -> int:
        """How many there are."""

    def classes(self, columns: Sequence[str], *, hidden: str | None = None, persons: bool = False) -> Classes:
        """Rows that are equal in these columns, null being a value. Those that say ``hidden`` in all of them are in no class.
        ``persons``: a class is counted in persons where the run can tell them apart."""

    def count(self, column: str, condition: str) -> int:
        """How many rows meet a condition on one column, written as SQL has it after the column's name: ``IS NULL``, ``< 5``."""
