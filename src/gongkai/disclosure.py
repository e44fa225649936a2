"""What a reader of a published value still learns of the real one 披露.

Every method says it with ``reveals``; the planner holds it against the policy before a row moves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import IntEnum
from typing import Any

FULL_MASK, SHORT_MASK = "****", "***"
"""What stands for a text that may not show anything, not even its length; the short one for the text ``****`` itself."""

SUPPRESSED = "*"
"""What stands for a value of which a whole-table method leaves nothing."""

RUNNING_TEXT = "text"
"""The part that a method leaves which only takes personal data out of running text."""

WHOLE = "value"
"""The part that says a value may come out as it is where enough rows share it."""

MOVED = frozenset({"noisy", "interval", "shuffled"})
"""The parts that say a value is not its own any more: near it, at the same distance from the person's others, another row's."""

LOOKALIKE = "lookalike"
"""The part that says a method writes values like those it takes, which may be somebody's by chance."""


class Form(IntEnum):
    """How much of a value is left, least first."""

    NOTHING = 0
    """隐去: nothing, not even whether two values were equal."""
    LINK = 1
    """假名: only that two values were equal."""
    COARSE = 2
    """概化: a coarser value."""
    PART = 3
    """部分: some of its characters."""
    ALL = 4
    """原值: the value itself."""


@dataclass(frozen=True, slots=True)
class Disclosure:
    """``first`` and ``last``: how many characters stay visible at each end; ``middle``: the spans (start, stop) that do between
    them, counted from the left; ``parts``: what of the meaning stays.

    ``linkable``: equal inputs give equal outputs, so rows can be joined on the column, in ``domain`` (None: in its dataset).
    ``width``: how wide a coarser value is, in the column's own unit, where it is a range.

    >>> phone = Disclosure(Form.PART, 3, 4)
    >>> sorted(phone.positions(11))
    [0, 1, 2, 7, 8, 9, 10]
    """

    form: Form
    first: int = 0
    last: int = 0
    parts: frozenset[str] = frozenset()
    linkable: bool = False
    middle: tuple[tuple[int, int], ...] = ()
    width: float | None = None
    domain: str | None = None

    def document(self) -> dict[str, Any]:
        """The disclosure as JSON values."""
        middle = [list(span) for span in self.middle]
        return asdict(self) | {"form": self.form.name, "parts": sorted(self.parts), "middle": middle}

    @classmethod
    def parse(cls, written: Mapping[str, Any]) -> Disclosure:
        """The disclosure of a ``document``.

        >>> left = Disclosure(Form.PART, 3, 4, frozenset({"length"}), middle=((6, 10),))
        >>> Disclosure.parse(left.document()) == left
        True
        """
        middle = tuple((start, stop) for start, stop in written["middle"])
        return cls(**{**written, "form": Form[written["form"]], "parts": frozenset(written["parts"]), "middle": middle})

    def positions(self, length: int) -> frozenset[int]:
        """Which characters of a value of that length can be read."""
        if self.form is Form.ALL:
            return frozenset(range(length))
        if self.form < Form.COARSE:
            return frozenset()
        ends = [*range(min(self.first, length)), *range(max(0, length - self.last), length)]
        return frozenset(ends).union(*(range(start, min(stop, length)) for start, stop in self.middle))
