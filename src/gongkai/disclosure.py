"""What a reader of a published value still learns of the real one 披露.

Every method says it with ``reveals``; the planner holds it against the policy before a row moves.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

RUNNING_TEXT = "text"
"""The part that a method leaves which only takes personal data out of running text."""


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
    """``first`` and ``last``: how many characters stay visible at each end; ``parts``: what of the meaning stays.

    ``linkable``: equal inputs give equal outputs, so rows can be joined on the column.
    """

    form: Form
    first: int = 0
    last: int = 0
    parts: frozenset[str] = frozenset()
    linkable: bool = False
