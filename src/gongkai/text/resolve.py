"""One span for each stretch of text 重叠消解: of overlapping ones the longest stays, then the surest."""

from __future__ import annotations

from collections.abc import Iterable

from gongkai.text.span import Span

_FIRST = ("CN_ID_CARD", "DISABILITY_CERT", "PHONE", "BANK_ACCOUNT", "USCC", "ADDRESS", "PERSON")
_LAST = ("ORGANIZATION", "LOCATION")
_RANK = {**{name: index - len(_FIRST) for index, name in enumerate(_FIRST)}, **dict.fromkeys(_LAST, 1)}


def resolve(spans: Iterable[Span]) -> list[Span]:
    """The spans that stay, in the order of the text; none overlaps another. The order given does not matter.

    >>> resolve([Span(2, 8, "LOCATION", 0.8), Span(2, 14, "ADDRESS", 0.8), Span(20, 31, "PHONE", 0.9)])
    [Span(start=2, end=14, entity='ADDRESS', score=0.8), Span(start=20, end=31, entity='PHONE', score=0.9)]
    """
    kept: list[Span] = []
    for span in sorted(spans, key=_precedence):
        if all(span.end <= other.start or other.end <= span.start for other in kept):
            kept.append(span)
    return sorted(kept)


def _precedence(span: Span) -> tuple[int, float, int, str, int]:
    return (span.start - span.end, -span.score, _RANK.get(span.entity, 0), span.entity, span.start)
