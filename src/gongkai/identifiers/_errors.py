"""Why a text is not the identifier it was taken for. The text itself is never told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, get_args

Reason = Literal["length", "shape", "date", "checksum", "component"]
REASONS: tuple[Reason, ...] = get_args(Reason)

_SENTENCES: dict[Reason, str] = {
    "length": "has not the length of this identifier",
    "shape": "is not written like this identifier",
    "date": "holds a date that is not a day from 1900 until today",
    "checksum": "fails the check of its standard",
    "component": "holds a part that was never given out",
}


class InvalidIdentifier(ValueError):
    """Not a valid identifier; ``reason`` is one of ``REASONS``, the message holds nothing of the text.

    >>> raise InvalidIdentifier("checksum")
    Traceback (most recent call last):
        ...
    gongkai.identifiers._errors.InvalidIdentifier: fails the check of its standard
    """

    def __init__(self, reason: Reason) -> None:
        self.reason: Reason = reason
        super().__init__(reason)

    def __str__(self) -> str:
        return _SENTENCES[self.reason]


def demand(holds: object, reason: Reason) -> None:
    """Raise `InvalidIdentifier` for this reason unless the condition holds."""
    if not holds:
        raise InvalidIdentifier(reason)


def passes(validate: Callable[[str], str]) -> Callable[[str], bool]:
    """Whether a module's ``validate`` lets a text through, as a function that never raises.

    >>> def even(text: str) -> str:
    ...     demand(text[-1:] in "02468", "shape")
    ...     return text
    >>> passes(even)("12"), passes(even)("13")
    (True, False)
    """

    def is_valid(text: str) -> bool:
        """Whether `validate` lets it through."""
        try:
            validate(text)
        except InvalidIdentifier:
            return False
        return True

    return is_valid
