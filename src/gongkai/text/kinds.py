"""Every identifier in one pass over a text 结构化标识: the plug-ins of ``gongkai.classify.identifiers``, with boundaries.

Chinese characters count as word characters, so the usual word boundary never stands between 号 and 1. A number here ends where
no ASCII letter or digit goes on; a decimal point with digits goes on too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from gongkai import plugins
from gongkai.text.config import IDENTIFIERS, Config

_BOUNDARIES = {
    # 1.138… is a numbered line, 0.138… and 120.138… are decimals
    "number": (r"(?<![0-9A-Za-z])(?<!0[.])(?<![0-9]{2}[.])", r"(?![0-9A-Za-z]|[.][0-9])"),
    "token": (r"(?<![0-9A-Za-z@_])(?<![0-9A-Za-z][.-])", r"(?![0-9A-Za-z@_]|[.-]+[0-9A-Za-z])"),
}
_FILLER = "(?:号码|帐号|账号|账户|号|ID|id|Id|同号|名|是|为|也是|加|联系|[ :=\"'“”‘’「『(（【\\[<、,，-]){0,4}"
"""What may stand between a trigger word and the identifier it announces."""
_GLUE = "-/_.:#&=+%"

SHAPE, PROVEN, TELLING, LIFTED, DOUBTED = 0.3, 1.0, 0.85, 0.65, 0.2
"""Scores: the shape alone; checksum holds; a telling shape; lifted by a word of its kind; said to be another number."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One identifier as it is looked for in text. ``trigger`` where it is one only behind its trigger word."""

    name: str
    entity: str
    evidence: str
    pattern: re.Pattern[str]
    context: tuple[str, ...]
    trigger: bool
    is_valid: Callable[[str], bool]


class Hit(NamedTuple):
    """An occurrence in half-width text and what is known of it without the words around."""

    start: int
    end: int
    kind: Kind
    score: float


def kinds(config: Config) -> list[Kind]:
    """All identifiers there are, by the settings."""
    return [_kind(name, config) for name in plugins.names(IDENTIFIERS)]


def finder(kinds: Sequence[Kind]) -> Callable[[str], Iterator[Hit]]:
    """A function that finds every kind in a half-width text. A text without digit, ``@`` or trigger word costs one search."""
    words = sorted({re.escape(word) for kind in kinds if kind.trigger for word in kind.context}, key=len, reverse=True)
    worth = re.compile("|".join(["[0-9@]", *words]), re.IGNORECASE)

    def find(half: str) -> Iterator[Hit]:
        if worth.search(half):
            for kind in kinds:
                yield from _hits(kind, half)

    return find


def _kind(name: str, config: Config) -> Kind:
    module = plugins.load(IDENTIFIERS, name)
    before, after = _BOUNDARIES[module.BOUNDARY]
    trigger = module.ENTITY in config.adjacent
    words = "|".join(map(re.escape, sorted(module.CONTEXT, key=len, reverse=True)))
    head = f"(?i:{words}){_FILLER}" if trigger else ""
    pattern = re.compile(f"{head}{before}({module.FIND}){after}")
    context = tuple(word.lower() for word in module.CONTEXT)
    return Kind(name, module.ENTITY, module.EVIDENCE, pattern, context, trigger, module.is_valid)


def _hits(kind: Kind, half: str) -> Iterator[Hit]:
    for found in kind.pattern.finditer(half):
        start, end = found.span(1)
        valid = kind.is_valid(found[1])
        if valid or kind.evidence == "checksum":
            yield Hit(start, end, kind, _score(kind, valid, _glued(half, start, end)))


def _score(kind: Kind, valid: bool, glued: bool) -> float:
    if kind.trigger:
        return TELLING
    if not valid:
        return SHAPE
    if kind.evidence == "checksum":
        return PROVEN
    return TELLING if kind.evidence == "shape" and not glued else SHAPE


def _glued(half: str, start: int, end: int) -> bool:
    """Part of something longer: a letter or digit beyond a joining sign, as in 2024-138… or /138…."""
    left = start > 1 and half[start - 1] in _GLUE and half[start - 2].isascii() and half[start - 2].isalnum()
    right = end + 1 < len(half) and half[end] in _GLUE and half[end + 1].isascii() and half[end + 1].isalnum()
    return left or right
