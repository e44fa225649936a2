"""One span for each stretch of text 重叠消解: an identifier before a name, then the longest, the surest, the more telling.

What loses keeps the piece of it that stands outside: nothing that was found is left uncovered at its edge.
"""

from __future__ import annotations

from collections.abc import Iterable

from gongkai.text.config import NAMED
from gongkai.text.span import Span

_NAMES = frozenset({*NAMED, "ADDRESS"})
_SURE = 0.5
_FIRST = ("CN_ID_CARD", "DISABILITY_CERT", "PHONE", "BANK_ACCOUNT", "USCC", "ADDRESS", "PERSON")
_LAST = ("ORGANIZATION", "LOCATION")
_RANK = {**{name: index - len(_FIRST) for index, name in enumerate(_FIRST)}, **dict.fromkeys(_LAST, 1)}


def resolve(spans: Iterable[Span]) -> list[Span]:
    """The spans that stay, in the order of the text; none overlaps another. The order given does not matter.

    >>> resolve([Span(2, 8, "LOCATION", 0.8), Span(2, 14, "ADDRESS", 0.8), Span(10, 21, "PHONE", 0.9)])
    [Span(start=2, end=10, entity='ADDRESS', score=0.8), Span(start=10, end=21, entity='PHONE', score=0.9)]
    """
    kept: list[Span] = []
    for span in sorted(spans, key=_precedence):
        start, end = _outside(span, kept)
        if end > start and (end - start > 1 or span.end - span.start == 1):
            kept.append(span._replace(start=start, end=end))
    return sorted(kept)


def _precedence(span: Span) -> tuple[bool, int, float, int, str, int]:
    name = span.entity in _NAMES or span.score < _SURE
    return (name, span.start - span.end, -span.score, _RANK.get(span.entity, 0), span.entity, span.start)


def _outside(span: Span, kept: Iterable[Span]) -> tuple[int, int]:
    """The longest piece of a span outside those kept, the first of equals; an empty one where there is none."""
    pieces = [(span.start, span.end)]
    for other in kept:
        pieces = (
            [
                piece
                for start, end in pieces
                for piece in ((start, min(end, other.start)), (max(start, other.end), end))
                if piece[1] > piece[0]
            ]
            if other.start < span.end and span.start < other.end
            else pieces
        )
    return max(pieces, key=lambda piece: piece[1] - piece[0], default=(0, 0))
