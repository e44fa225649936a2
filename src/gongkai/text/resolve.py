"""One span for each stretch of text 重叠消解: what points at somebody before what does not, then the longest, then the surest.

What loses keeps the piece of it that stands outside: nothing that was found is left uncovered at its edge.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Sequence

from gongkai.text.span import Span

_SURE = 0.5
_PLACES = ("ORGANIZATION", "LOCATION")
_FIRST = ("CN_ID_CARD", "DISABILITY_CERT", "PHONE", "BANK_ACCOUNT", "USCC", "ADDRESS", "PERSON")
_RANK = {name: index - len(_FIRST) for index, name in enumerate(_FIRST)}


def resolve(spans: Iterable[Span]) -> list[Span]:
    """The spans that stay, in the order of the text; none overlaps another. The order given does not matter.

    >>> resolve([Span(2, 8, "LOCATION", 0.8), Span(2, 14, "ADDRESS", 0.8), Span(10, 21, "PHONE", 0.9)])
    [Span(start=2, end=10, entity='ADDRESS', score=0.8), Span(start=10, end=21, entity='PHONE', score=0.9)]
    """
    kept: list[Span] = []
    for span in sorted(spans, key=_precedence):
        start, end = _outside(span, touching(kept, span.start, span.end))
        if end > start and (end - start > 1 or span.end - span.start == 1):
            insort(kept, span._replace(start=start, end=end))
    return kept


def touching(spans: Sequence[Span], start: int, end: int) -> Sequence[Span]:
    """Those that share a character with a stretch, of spans in order that do not overlap.

    >>> [span.entity for span in touching([Span(0, 3, "PERSON", 1.0), Span(5, 16, "PHONE", 1.0)], 3, 6)]
    ['PHONE']
    """
    return spans[bisect_right(spans, start, key=lambda span: span.end) : bisect_left(spans, end, key=lambda span: span.start)]


def _precedence(span: Span) -> tuple[int, int, float, int, str, int]:
    return (_tier(span), span.start - span.end, -span.score, _RANK.get(span.entity, 0), span.entity, span.start)


def _tier(span: Span) -> int:
    """Identifiers first; then persons, addresses and doubtful identifiers; places and organisations, which are many's, last."""
    if span.entity in _PLACES:
        return 2
    return 1 if span.entity in ("PERSON", "ADDRESS") or span.score < _SURE else 0


def _outside(span: Span, kept: Sequence[Span]) -> tuple[int, int]:
    """The longest piece of a span between those kept, the first of equals; an empty one where there is none."""
    edges = [span.start, *(edge for other in kept for edge in (other.start, other.end)), span.end]
    return max(zip(edges[::2], edges[1::2], strict=True), key=lambda piece: piece[1] - piece[0])
