"""Every error this program raises, in one tree.

::

    GongkaiError
    ├── ConfigError      the entry, rule or setting is wrong            exit 2   never retried
    ├── DataError        the data is not what was registered            exit 3   never retried
    │   └── Refused      a gate says no: approval, check, policy        exit 3   never retried
    └── TransientError   the source or store is out of reach for now    exit 4   retried

No message holds a cell's value. An error of another library is caught where that library is called, and only its
class and its place go on: its own text may quote a row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong in what somebody wrote, where it stands, and what would be right.

    >>> print(Fault("catalog/hrss/card.yml", "columns[2].method", "no method 'maks'", "did you mean 'mask'?"))
    catalog/hrss/card.yml: columns[2].method: no method 'maks'; did you mean 'mask'?
    """

    file: str
    key: str
    problem: str
    remedy: str = ""

    def __str__(self) -> str:
        place = ": ".join(part for part in (self.file, self.key) if part)
        text = f"{self.problem}; {self.remedy}" if self.remedy else self.problem
        return f"{place}: {text}" if place else text


@dataclass(frozen=True, slots=True)
class Reason:
    """Why data was refused: the rule's stable id, a sentence, and the column and count it speaks of.

    >>> print(Reason("schema.new_column", "a column nobody classified", column="remark"))
    schema.new_column: a column nobody classified (column remark)
    >>> print(Reason("scan.id_number", "ID numbers in published text", column="note", count=3))
    scan.id_number: ID numbers in published text (column note, 3 values)
    """

    rule: str
    message: str
    column: str | None = None
    count: int | None = None

    def __str__(self) -> str:
        column = f"column {self.column}" if self.column is not None else ""
        count = "" if self.count is None else f"{self.count} value{'' if self.count == 1 else 's'}"
        place = ", ".join(part for part in (column, count) if part)
        return f"{self.rule}: {self.message}" + (f" ({place})" if place else "")


class GongkaiError(Exception):
    """Anything this program refuses to do, said without a value of any row."""

    exit_code: ClassVar[int] = 1


class ConfigError(GongkaiError):
    """The entry, rule or setting is wrong; trying again changes nothing.

    >>> raise ConfigError(Fault("gongkai.yml", "store", "is not a folder"))
    Traceback (most recent call last):
        ...
    gongkai.errors.ConfigError: gongkai.yml: store: is not a folder
    """

    exit_code = 2

    def __init__(self, *faults: Fault) -> None:
        self.faults: tuple[Fault, ...] = faults
        super().__init__(*faults)

    def __str__(self) -> str:
        return "\n".join(map(str, self.faults))

    @classmethod
    def of(cls, problem: str, remedy: str = "", *, file: str = "", key: str = "") -> ConfigError:
        """A single fault, for the places that can only see one."""
        return cls(Fault(file, key, problem, remedy))


class DataError(GongkaiError):
    """The data is not what was registered; trying again changes nothing.

    >>> raise DataError(Reason("source.row_count", "the source has 10 rows, 9 arrived"))
    Traceback (most recent call last):
        ...
    gongkai.errors.DataError: source.row_count: the source has 10 rows, 9 arrived
    """

    exit_code = 3

    def __init__(self, *reasons: Reason) -> None:
        self.reasons: tuple[Reason, ...] = reasons
        super().__init__(*reasons)

    def __str__(self) -> str:
        return "\n".join(map(str, self.reasons))

    @classmethod
    def of(cls, rule: str, message: str, *, column: str | None = None, count: int | None = None) -> DataError:
        """A single reason."""
        return cls(Reason(rule, message, column, count))


class Refused(DataError):
    """A gate holds the release: no approval, a failed check, a policy that forbids it."""


class TransientError(GongkaiError):
    """Something out of reach for now; the same call may succeed later.

    ``what`` is the thing (a connection's id, a store's name), ``kind`` the class of the foreign error.
    """

    exit_code = 4

    def __init__(self, what: str, kind: str) -> None:
        self.what, self.kind = what, kind
        super().__init__(what, kind)

    def __str__(self) -> str:
        return f"{self.what} is out of reach ({self.kind})"


def known(name: str, names: Iterable[str]) -> str:
    """The remedy for an unknown name: the nearest known one, or all of them.

    >>> known("maks", ["mask", "keep"])
    "did you mean 'mask'?"
    >>> known("xyz", ["mask", "keep"])
    'known: keep, mask'
    """
    from difflib import get_close_matches

    choices: Sequence[str] = sorted(names)
    close = get_close_matches(name, choices, n=1)
    return f"did you mean '{close[0]}'?" if close else f"known: {', '.join(choices)}"
