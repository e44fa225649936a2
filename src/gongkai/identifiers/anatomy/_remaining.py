"""How many values are left 剩余候选数, and how that was counted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the reasoning, as people read it."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Remaining:
    """The candidates behind the least and the most protected value there can be. ``example``: a made-up number as it would
    show, and how many stand behind it; None where none is worth giving."""

    least: int
    most: int
    steps: tuple[Step, ...]
    example: tuple[str, int] | None = None


def independent(hidden: Iterable[int], *, alphabet: int = 10, title: Step) -> Remaining:
    """The candidates where every hidden character is any of ``alphabet`` by itself.

    >>> independent({3, 4}, title=Step("", "")).least
    100
    """
    places = len(set(hidden))
    count = alphabet**places
    return Remaining(count, count, (title, Step(f"未显示 {places} 位：{count:,}", f"{places} hidden: {count:,}")))
