"""Canaries that came through 回收的金丝雀: a value, what came out for it, and what can be read of the one in the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_TELLING = 5
"""ASCII characters that a value has at least before finding it inside another text means something."""
WORDS = 4
"""Canaries at least, before what all of them show is a rule."""


@dataclass(frozen=True, slots=True)
class Passed:
    """One canary's value, what came out for it, and what comes out under another key; outputs as text, None for null."""

    raw: str
    out: str | None
    other: str | None


def holds(cell: str | None, raw: str) -> bool:
    """Whether a value stands in a cell, forwards or backwards, in whatever case; a short one only when it is all of it."""
    if not cell:
        return False
    cell, raw = cell.casefold(), raw.casefold()
    if cell in (raw, raw[::-1]):
        return True
    return is_telling(raw) and (raw in cell or raw[::-1] in cell)


def is_telling(raw: str) -> bool:
    return len(raw) >= _TELLING or (len(raw) > 1 and not raw.isascii())


def plain(text: str | None) -> str:
    return "".join(sign for sign in (text or "").casefold() if sign.isalnum())


def always_same_end(passed: Sequence[Passed]) -> bool:
    """Whether every output begins, or ends, as its value does."""
    pairs = [(plain(each.raw), plain(each.out)) for each in passed if each.out]
    return len(pairs) >= WORDS and any(all(raw and out and raw[place] == out[place] for raw, out in pairs) for place in (0, -1))
