"""What happened to the values of one run 计数: counts by column and by what was done, never a value."""

from __future__ import annotations

from collections import Counter, defaultdict


class Tally:
    """Counts of one run, for one thread; what never happened is not in it.

    ``rows_in``: rows the source gave; ``rows_out``: rows that were staged; ``duplicates``: rows dropped as repeated.

    >>> tally = Tally()
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

    def merge(self, other: Tally) -> None:
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
