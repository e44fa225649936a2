"""A part of a value 组成部分."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """``pattern``: what it looks like, in RE2 without groups; ``length``: its characters, None where that varies, and then the
    ``most`` there are."""

    name: str
    title: str
    pattern: str
    length: int | None = None
    most: int | None = None


def digits(name: str, title: str, length: int) -> Part:
    """A part of so many digits."""
    return Part(name, title, f"[0-9]{{{length}}}", length)
