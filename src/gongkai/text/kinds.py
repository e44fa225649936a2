"""Every identifier in one pass over a text 结构化标识: the plug-ins of ``gongkai.identifiers``, with boundaries.

Chinese characters count as word characters, so the usual word boundary never stands between 号 and 1. A number here ends where
no ASCII letter or digit goes on; a decimal point with digits goes on too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import NamedTuple

from gongkai import plugins
from gongkai.text.config import IDENTIFIERS, Config

_ITEM = "[ \t\n,，。;；、:：(（)）!?！？】]"
_NO_DECIMAL = f"(?:(?<![0-9][.])|(?<={_ITEM}[1-9][.])|(?<=^[1-9][.]))"
"""Not behind a decimal point; the point of a numbered item (1.138…) is none."""
_BOUNDARIES = {
    "number": (f"(?<![0-9A-Za-z]){_NO_DECIMAL}", "(?![0-9A-Za-z]|[.][0-9])"),
    "token": ("(?<![0-9A-Za-z@_])(?<![0-9A-Za-z][.-])(?![-.%+])", "(?![0-9A-Za-z@_]|[.-]+[0-9A-Za-z])"),
}
_FILLER = "(?:号码|帐号|账号|账户|号|ID|id|Id|同号|名|是|为|也是|加|联系|[ :=\"'“”‘’「『(（【\\[<、,，-]){0,4}"
"""What may stand between a trigger word and the identifier it announces."""
_GLUE = "-/_.:#&=+%"

_WORTH = re.compile("@|[0-9A-Za-z]{5}|[0-9A-Za-z][)]?[-. :·•・]{1,3}[(]?[0-9A-Fa-f]")
"""Five letters or digits in a row, or two of them joined by a sign: less is no identifier."""
_CAPITALS = {ord(letter): letter.upper() for letter in "abcdefghijklmnopqrstuvwxyz"}

PROVEN, TELLING, LIFTED, SHAPE, FAINT = 1.0, 0.85, 0.65, 0.3, 0.2
"""Scores: the checksum holds; a telling shape; a word of its kind stands by; the checksum fails; a shape that says little."""


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
    return [_kind(name, config) for name in plugins.modules(IDENTIFIERS)]


def finder(kinds: Sequence[Kind]) -> Callable[[str], Iterator[Hit]]:
    """A function that finds every kind in a half-width text, in small letters or capitals.

    Most texts cost two searches: one for what the shape of any number begins with, one for the words of those kinds whose shape
    says too little without a word.
    """
    weak = [kind for kind in kinds if kind.evidence == "weak"]
    strong = [kind for kind in kinds if kind.evidence != "weak"]
    words = sorted({re.escape(word) for kind in weak for word in kind.context}, key=len, reverse=True)
    announced = re.compile("|".join(words) or "(?!)", re.IGNORECASE)

    def find(half: str) -> Iterator[Hit]:
        wanted = [*(strong if _WORTH.search(half) else ()), *(weak if announced.search(half) else ())]
        if wanted:
            capitals = half.translate(_CAPITALS)
            for kind in wanted:
                yield from _hits(kind, capitals)

    return find


def _kind(name: str, config: Config) -> Kind:
    module = import_module(f"{IDENTIFIERS}.{name}")
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
    if kind.evidence == "shape":
        return SHAPE if glued else TELLING
    return FAINT


def _glued(half: str, start: int, end: int) -> bool:
    """Part of something longer: a letter or digit beyond a joining sign, as in 2024-138… or =138…&; not the item 1.138…."""
    before, after = half[max(0, start - 2) : start], half[end : end + 2]
    item = before[-1:] == "." and before[0].isdigit()
    return (_joined(before) and not item) or _joined(after[::-1])


def _joined(pair: str) -> bool:
    return len(pair) == 2 and pair[1] in _GLUE and pair[0].isascii() and pair[0].isalnum()
