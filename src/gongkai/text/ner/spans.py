"""From probabilities to spans 片段: which stretches are names, how sure that is, and what is trimmed off them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from gongkai.text.ner.features import KINDS
from gongkai.text.ner.packing import Indices
from gongkai.text.ner.weights import Floats
from gongkai.text.span import Span

Likely = tuple[int, int, int, float]
"""First item, number of characters, index of the kind, probability."""

LONGEST = 48
"""Characters of the longest span."""

EQUAL = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {
    **{chr(code): chr(code + 32) for code in range(0x41, 0x5B)},
    **{chr(code): chr(code - 0xFEE0 + 32) for code in range(0xFF21, 0xFF3B)},
    **dict.fromkeys("、", ","),
    **dict.fromkeys("。", "."),
    **dict.fromkeys("“”", '"'),
    **dict.fromkeys("‘’", "'"),
    "【": "[",
    "】": "]",
    **dict.fromkeys("—–", "-"),
    **dict.fromkeys("•・‧", "·"),
}
"""The character the model knows for one it was not trained on: it saw half-width punctuation and small letters."""


def likely(probable: Floats, after: Indices, least: float) -> Iterator[Likely]:
    """What is likely among items, from their tag probabilities [items, tag] and the next item of each (``packing``).

    One for each start and kind: the end that makes it most probable. A span's probability is that of its first character's
    tag, times that of going on at each following one, times that of ending there.
    """
    after = np.append(after, len(after))
    for kind in range(len(KINDS)):
        first, inside = probable[:, 1 + 2 * kind], np.append(probable[:, 2 + 2 * kind], np.float32(0))
        onward = np.append(inside[after[:-1]] / np.maximum(first + inside[:-1], 1e-9), np.float32(0))
        np.minimum(onward, 1, out=onward)
        here = starts = np.flatnonzero(first >= least)
        sure = first[starts]
        lengths, best = np.ones(len(starts), np.int64), sure * (1 - onward[starts])
        for length in range(2, LONGEST + 1):
            sure, here = sure * onward[here], after[here]
            if not (sure >= least).any():
                break
            ending = sure * (1 - onward[here])
            better = ending > best
            best, lengths = np.where(better, ending, best), np.where(better, length, lengths)
        chosen = best >= least
        for start, length, score in zip(starts[chosen].tolist(), lengths[chosen].tolist(), best[chosen].tolist(), strict=True):
            yield start, length, kind, score


def disjoint(spans: list[Span]) -> list[Span]:
    """Of spans that overlap the surest, then the longest; from left to right.

    >>> disjoint([Span(0, 2, "PERSON", 0.4), Span(0, 3, "PERSON", 0.5), Span(3, 5, "LOCATION", 0.9)])
    [Span(start=0, end=3, entity='PERSON', score=0.5), Span(start=3, end=5, entity='LOCATION', score=0.9)]
    """
    if len(spans) < 2:
        return spans
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (-span.score, span.start - span.end, span.start, span.entity)):
        if all(span.end <= other.start or span.start >= other.end for other in kept):
            kept.append(span)
    return sorted(kept)


def trim(text: str, span: Span) -> Span | None:
    """The span without punctuation at its ends; a person's without a title behind, and with the whole of a Latin word.

    None when nothing of a name is left.

    >>> trim("请联系王芳女士。", Span(3, 7, "PERSON", 0.9))
    Span(start=3, end=5, entity='PERSON', score=0.9)
    >>> trim("现年45岁，姓名null", Span(2, 4, "PERSON", 0.9)) is None
    True
    """
    start, end = span.start, span.end
    while start < end and text[start] in _EDGE:
        start += 1
    while end > start and text[end - 1] in _EDGE:
        end -= 1
    if start == end:
        return None
    if span.entity == "PERSON":
        start, end = _words(text, start, end)
        title = _TITLE.search(text, start, end)
        end = title.start() if title and title.start() > start else end
        name = text[start:end]
        if name in _NOBODY or any(character.isdigit() for character in name) or _small(name):
            return None
    return Span(start, end, span.entity, span.score)


def _words(text: str, start: int, end: int) -> tuple[int, int]:
    """Latin words are not cut in two."""
    while start > 0 and _latin(text[start]) and _latin(text[start - 1]):
        start -= 1
    while end < len(text) and _latin(text[end - 1]) and _latin(text[end]):
        end += 1
    return start, end


def _small(name: str) -> bool:
    """Latin letters without a capital are a word, not a name."""
    return name.islower() and name.isascii()


def _latin(character: str) -> bool:
    return character.isalpha() and character < "\u0250"


_EDGE = frozenset(" \u3000,.，。、：:；;！!？?（）()《》<>“”\"'‘’【】[]-—\t\r\u200b")
_TITLE = re.compile(
    "(?:主席|总统|总理|部长|局长|处长|科长|市长|县长|校长|院长|主任|书记|经理"
    "|女士|先生|小姐|同志|教授|医生|老师|律师|警官|师傅)$"
)
_NOBODY = frozenset({"男", "女", "汉族"})
