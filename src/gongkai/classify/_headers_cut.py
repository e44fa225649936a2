"""Cutting a run of letters into known words 切分: Chinese titles, joined English and the first letters of pinyin alike.

Of all ways to cut, the one that leaves the fewest letters over; then the one of the fewest words; then the one whose last
word is longest, because the end of a title decides: 结婚证|编号, not 结婚|证编号.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

Value = TypeVar("Value")


def cut(
    text: str, words: Mapping[str, Value], longest: int, *, least: int = 1, short_end: bool = False
) -> list[Value | None]:
    """What the words of a text stand for, first to last; None for a run of letters that is no word.

    ``least`` is the shortest word that counts; with ``short_end`` the last word is rather short: bhr|xm, not bh|rxm.

    >>> cut("homeaddrx", {"home": 1, "addr": 2, "me": 3}, 4)
    [1, 2, None]
    """
    best: list[tuple[int, int, int, Value | None]] = [(0, 0, 0, None)]
    for end in range(1, len(text) + 1):
        left, count, _, _ = best[end - 1]
        choice: tuple[int, int, int, Value | None] = (left + 1, count, end - 1, None)
        starts = range(max(0, end - longest), end - least + 1)
        for start in reversed(starts) if short_end else starts:
            value = words.get(text[start:end])
            if value is not None:
                over, used, _, _ = best[start]
                if (over, used + 1) < choice[:2]:
                    choice = (over, used + 1, start, value)
        best.append(choice)
    return _walk(best)


def _walk(best: list[tuple[int, int, int, Value | None]]) -> list[Value | None]:
    """The chosen words, first to last, unknown letters in a row as one None."""
    found: list[Value | None] = []
    end = len(best) - 1
    while end > 0:
        _, _, start, value = best[end]
        if value is not None or not found or found[-1] is not None:
            found.append(value)
        end = start
    found.reverse()
    return found
