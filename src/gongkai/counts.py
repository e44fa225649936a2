"""What happened to the values of one run 计数: counts by column and by what was done, never a value."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any


class Counts:
    """Counts of one run, for one thread; what never happened is not in it.

    ``rows_in``: rows the source gave; ``rows_out``: rows that were staged; ``duplicates``: rows dropped as repeated.

    >>> tally = Counts()
    >>> tally.add("phone", "trim", 3); tally.add("phone", "trim", 2); tally.add("name", "unfit", 0)
    >>> tally.document()
    {'phone': {'trim': 5}}
    >>> tally.add("phone", "trim", -1)
    Traceback (most recent call last):
        ...
    ValueError: a count cannot be negative
    """

    def __init__(self) -> None:
        self.rows_in = 0
        self.rows_out = 0
        self.duplicates = 0
        self._counts: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def add(self, column: str, what: str, n: int = 1) -> None:
        """``n`` more values of ``column`` to which ``what`` happened; ValueError when negative."""
        if n < 0:
            raise ValueError("a count cannot be negative")
        if n:
            self._counts[column][what] += int(n)

    def merge(self, other: Counts) -> None:
        """Add everything another part of the same run counted."""
        self.rows_in += other.rows_in
        self.rows_out += other.rows_out
        self.duplicates += other.duplicates
        for column, counts in other._counts.items():
            for what, n in counts.items():
                self.add(column, what, n)

    def document(self) -> dict[str, dict[str, int]]:
        """``{column: {what: count}}`` as plain JSON values, both sorted by name."""
        return {column: dict(sorted(self._counts[column].items())) for column in sorted(self._counts)}

    def record(self) -> dict[str, Any]:
        """Everything counted as plain JSON values, for ``parse``.

        >>> tally = Counts()
        >>> tally.rows_in = 3
        >>> tally.add("phone", "trim", 2)
        >>> Counts.parse(tally.record()).record() == tally.record()
        True
        """
        rows = {"rows_in": self.rows_in, "rows_out": self.rows_out, "duplicates": self.duplicates}
        return {**rows, "columns": self.document()}

    @classmethod
    def parse(cls, record: Mapping[str, Any]) -> Counts:
        """The counts of a ``record``."""
        made = cls()
        made.rows_in, made.rows_out, made.duplicates = record["rows_in"], record["rows_out"], record["duplicates"]
        for column, counts in record["columns"].items():
            for what, n in counts.items():
                made.add(column, what, n)
        return made
